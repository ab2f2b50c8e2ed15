"""Consecutive days in a coordinator's words: not too many days on end, and no single days either."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from rota.case import Case
from rota.row import Row
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    part,
    rule_of,
    seats,
    series,
    turn,
    turns,
    unit,
    units,
)

DAILY = cycle("days", "FREQ=DAILY;COUNT=7")


def daily(rounds: str, *rows: Row, first: str = "2027-01-01", last: str = "2027-12-31", **rule: object) -> Case:
    """Days from Monday 4 January 2027 on which a unit may serve or not."""
    duty = series(cycle="days", rounds=rounds)
    who = () if any(row.__class__.__name__ == "Unit" for row in rows) else units("a")
    return case_of(DAILY, duty, seats(least=0), *who, *rows, demand("consecutive_days", **rule), first=first, last=last)


TINY = (
    daily("1-4", most=2, weight=2),
    daily("1-4", least=2),
    daily("1-5", least=3, most=4, role="host"),
    daily("1-4", least=3, first="2027-01-04", last="2027-01-07"),  # stretches at both edges may go on outside
    daily("2-4", turn("a", "2027-01-03"), turn("a", "2027-01-04"), most=3, least=3),  # earlier years, before and
    daily("2-3", turn("a", "2027-01-06"), turn("a", "2027-01-07"), most=2, least=2),  # after
    daily("1-2", turn("a", "2027-01-08"), turn("a", "2027-01-04"), least=2),  # one alone, and one on a day
    daily("1-2", turn("a", "2027-01-02"), turn("a", "2027-01-01"), turn("a", "2026-12-31"), most=2),
    case_of(  # the day is open, too: two sessions on one day are one day
        unit("a"),
        DAILY,
        series(cycle="days", rounds="1-3", days_after=1, times="09:00; 14:00"),
        seats(),
        demand("consecutive_days", most=2, least=2),
    ),
    case_of(
        unit("a", groups="old"),
        unit("b"),
        DAILY,
        series(cycle="days", rounds="1-3", presence="may"),
        series("extra", cycle="days", rounds="2"),
        part("extra", "p"),
        part("extra", "q"),
        seats(),
        seats("partner", activity="extra", part="p"),
        seats("host", activity="extra", part="q"),
        demand("consecutive_days", role="host", groups="old", activities="duty", most=1),
    ),
)


def test_as_many_days_in_a_row_as_allowed_are_innocent_and_one_more_is_a_breach() -> None:
    case = daily("1-7", *units("a b"), most=3)
    assert amounts(case, turns(case, "a a a b a a a")) == []
    (breach,) = breaches(case, turns(case, "b b a a a a b"))
    assert (breach.amount, breach.who) == (1, ("a",))
    assert breach.sessions == tuple(f"duty@2027-01-{day:02}" for day in (6, 7, 8, 9))


def test_every_day_beyond_the_most_counts() -> None:
    case = daily("1-7", most=3)
    assert amounts(case, turns(case, "a a a a a a a")) == [4]  # seven days; days 1-4, 2-5, 3-6 and 4-7 are too long


def test_a_stretch_that_is_too_short_lacks_days() -> None:
    case = daily("1-7", *units("a b"), least=3)
    assert amounts(case, turns(case, "a a a b b b b")) == []
    assert amounts(case, turns(case, "a a a b a a a")) == [2]  # b's single day lacks two


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2027-01-03", "2027-01-08", [1, 1]),  # the stretches 4-5 and 6-7 January lie inside
        ("2027-01-04", "2027-01-08", [1]),
        ("2027-01-03", "2027-01-07", [1]),
        ("2027-01-04", "2027-01-07", []),
    ],
)
def test_a_stretch_at_the_edge_of_the_horizon_may_go_on_outside(first: str, last: str, expected: list[int]) -> None:
    case = daily("1-4", *units("a b"), least=3, first=first, last=last)
    assert amounts(case, turns(case, "a a b b")) == expected


def test_days_of_earlier_years_go_on_into_this_one() -> None:
    served = [turn("a", day) for day in ("2026-12-30", "2026-12-31", "2027-01-01")]
    duty = series(cycle="days", rounds="")
    newyear = cycle("days", "FREQ=DAILY;COUNT=3", first=served[-1].day.replace(day=2))
    rows = (unit("a"), newyear, duty, seats(), *served)
    allowed = case_of(*rows, demand("consecutive_days", most=4))
    asked = case_of(*rows, demand("consecutive_days", most=2))
    assert amounts(allowed, turns(allowed, "a - a")) == []
    # 30 December to 2 January: of the rows of three days one is all of earlier years
    assert amounts(asked, turns(asked, "a - a")) == [1]


@pytest.mark.parametrize("other", [turn("a", "2027-01-03", role="partner"), turn("a", "2027-01-03", activity="open")])
def test_only_days_that_count_are_looked_back_on(other: Row) -> None:
    case = daily("1-2", other, role="host", activities="duty", most=2)
    assert amounts(case, turns(case, "a a")) == []


def test_a_turn_lies_on_the_day_on_which_it_begins() -> None:
    case = case_of(
        unit("a"),
        DAILY,
        series(cycle="days", rounds="1", times="23:30"),
        series("next", cycle="days", rounds="2", days_after=1),
        seats(),
        seats(activity="next"),
        demand("consecutive_days", most=1),
    )
    late = held(case, "duty@2027-01-04", host="a")
    assert amounts(case, [late, held(case, "next@2027-01-05", start="2027-01-06 09:00", host="a")]) == []
    assert amounts(case, [late, held(case, "next@2027-01-05", host="a")]) == [1]


def test_at_least_more_than_at_most_is_refused() -> None:
    with pytest.raises(ValidationError, match="is less than the minimum"):
        rule_of(daily("1", most=2)).model_validate({"id": "rule", "least": 3, "most": 2})


def test_a_breach_says_how_long_from_when() -> None:
    case = daily("1-4", unit("a", name="税务局", name_en="Tax Office"), least=2, most=2)
    (short,) = breaches(case, turns(case, "- a - -"))
    assert short.message.say("en") == "Tax Office serves on 1 day in a row from 2027-01-05 (Tue) on; 2 to 2 days"
    (long,) = breaches(case, turns(case, "a a a -"))
    assert long.message.say("zh") == "税务局自 2027-01-04 (周一) 起连续当值 3 天；2 至 2 天"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"most": 1, "role": "host"}, "As Host: at most 1 day in a row", "任“轮值单位”：连续当值至多 1 天"),
        ({"least": 2}, "Everybody: at least 2 days in a row", "每人连续当值至少 2 天"),
        ({"least": 2, "most": 5}, "Everybody: 2 to 5 days in a row", "每人连续当值 2 至 5 天"),
    ],
)
def test_the_rule_is_said_with_its_limits(params: dict[str, object], en: str, zh: str) -> None:
    case = daily("1", **params)  # type: ignore[arg-type]  # parameters of the rule only
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
