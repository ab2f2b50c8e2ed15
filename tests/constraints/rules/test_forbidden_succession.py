"""Forbidden succession in a coordinator's words: after the night no early morning."""

from __future__ import annotations

import pytest

from rota.case import Case
from rota.row import Row
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    rule_of,
    seats,
    series,
    turn,
    turns,
    unit,
    units,
)

DAILY = cycle("days", "FREQ=DAILY;COUNT=5")


def shifts(night: str, morning: str, *rows: Row, **rule: object) -> Case:
    """Nights and mornings in some rounds of a cycle of days from Monday 4 January 2027 on, each with one host."""
    return case_of(
        DAILY,
        series("night", cycle="days", rounds=night, times="20:00", name="夜班", name_en="Night"),
        series("morning", cycle="days", rounds=morning, name="早班", name_en="Morning"),
        seats(activity="night"),
        seats(activity="morning"),
        *(rows if any(row.__class__.__name__ == "Unit" for row in rows) else (*units("a b"), *rows)),
        demand("forbidden_succession", **{"activities": "night", "then": "morning", **rule}),
    )


TINY = (
    shifts("1-2", "2-3", role="host", weight=3),
    shifts("1-2", "2,4", days=2),
    shifts("1-2", "1-2", activities="", then="night; morning"),  # a turn of any kind, and one on the same day
    case_of(  # both days are open
        unit("a"),
        DAILY,
        series("night", cycle="days", rounds="1-2", days_after=1, times="20:00", presence="may"),
        series("morning", cycle="days", rounds="3", days_before=2, days_after=1),
        seats(activity="night"),
        seats(activity="morning", least=0),
        demand("forbidden_succession", activities="night", then="morning", days=2),
    ),
    shifts("1-2", "2", turn("a", "2027-01-03", activity="night"), turn("a", "2027-01-06", activity="morning"), days=2),
    shifts(  # days known of earlier years, with sessions of this year on them
        "2", "1,3", turn("a", "2027-01-05", activity="night"), turn("a", "2027-01-06", activity="morning"), days=1
    ),
    shifts(
        "1", "2", unit("a", groups="old"), unit("b"), seats("partner", activity="morning"), role="host", groups="old"
    ),
)


def test_no_morning_after_the_night() -> None:
    case = shifts("1", "2-3")
    assert amounts(case, turns(case, "a b a")) == []  # somebody else on the morning after, the day after that is free
    (breach,) = breaches(case, turns(case, "a a b"))
    assert (breach.amount, breach.who) == (1, ("a",))
    assert breach.sessions == ("night@2027-01-04", "morning@2027-01-05")


def test_the_morning_of_the_same_day_and_nights_after_mornings_are_innocent() -> None:
    case = shifts("2", "1-2", unit("a"))
    assert amounts(case, turns(case, "a a a")) == []


def test_every_pair_of_days_within_the_time_counts() -> None:
    case = shifts("1-2", "3-4", unit("a"), days=2)
    assert amounts(case, turns(case, "a a a a")) == [1, 1, 1]  # 4 and 6, 5 and 6, 5 and 7 January; 4 and 7 are 3 apart


def test_two_mornings_on_one_day_are_one_day() -> None:
    case = case_of(
        unit("a"),
        DAILY,
        series("night", cycle="days", rounds="1", times="20:00"),
        series("morning", cycle="days", rounds="2"),
        series("noon", cycle="days", rounds="2", times="12:00"),
        *(seats(activity=each) for each in ("night", "morning", "noon")),
        demand("forbidden_succession", activities="night", then="morning; noon"),
    )
    (breach,) = breaches(case, turns(case, "a a a"))
    assert (breach.amount, len(breach.sessions)) == (1, 3)


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (turn("a", "2027-01-03", activity="night"), [1]),
        (turn("a", "2027-01-02", activity="night"), []),
        (turn("a", "2027-01-03", activity="morning"), []),
        (turn("a", "2027-01-03", activity="night", role="partner"), []),
        (turn("b", "2027-01-03", activity="night"), []),
    ],
)
def test_nights_of_earlier_years_are_looked_back_on(earlier: Row, expected: list[int]) -> None:
    case = shifts("4", "1", earlier, role="host")
    assert amounts(case, turns(case, "a")) == expected


def test_what_lies_in_earlier_years_altogether_is_past() -> None:
    night, morning = turn("a", "2026-12-30", activity="night"), turn("a", "2026-12-31", activity="morning")
    case = shifts("1", "3", night, morning)
    assert amounts(case, turns(case, "a a")) == []


def test_a_night_lies_on_the_day_on_which_it_begins() -> None:
    case = case_of(
        unit("a"),
        DAILY,
        series("night", cycle="days", rounds="1", times="23:30; 00:30", days_after=1),
        series("morning", cycle="days", rounds="2"),
        seats(activity="night"),
        seats(activity="morning"),
        demand("forbidden_succession", activities="night", then="morning"),
    )
    morning = held(case, "morning@2027-01-05", host="a")
    assert amounts(case, [held(case, "night@2027-01-04", host="a"), morning]) == [1]
    after_midnight = held(case, "night@2027-01-04", start="2027-01-05 00:30", host="a")
    assert amounts(case, [after_midnight, morning]) == []


def test_a_breach_says_what_followed_on_what() -> None:
    case = shifts("1", "2", unit("a", name="税务局", name_en="Tax Office"))
    (breach,) = breaches(case, turns(case, "a a"))
    assert breach.message.say("en") == (
        "Tax Office serves in Morning on 2027-01-05 (Tue), 1 day after 2027-01-04 (Mon)"
    )
    assert breach.message.say("zh") == "税务局于 2027-01-05 (周二) 在“早班”当值，距 2027-01-04 (周一) 当值仅 1 天"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {"role": "host"},
            "As Host: no turn in Morning for 1 day after a turn in Night",
            "任“轮值单位”：在“夜班”当值后 1 天内不得在“早班”当值",
        ),
        (
            {"activities": "", "days": 2},
            "Everybody: no turn in Morning for 2 days after a turn",
            "每人当值后 2 天内不得在“早班”当值",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = shifts("1", "2", **params)
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
