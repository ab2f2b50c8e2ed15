"""Load in a coordinator's words: nobody too often, nobody too seldom, in a week, a month or the whole year."""

from __future__ import annotations

import pytest

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    rule_of,
    seats,
    series,
    turns,
    unit,
    units,
)

# The last Monday of January is round 4 (25 January); round 5 is 1 February.
TINY = (
    case_of(*units("a b"), series(rounds="4-5", days_before=1), seats(), demand("load", role="host", most=1, per="月")),
    case_of(*units("a b"), series(rounds="1-3"), seats(), demand("load", role="host", least=1, most=2, weight=3)),
    case_of(  # b joins within January, c leaves within February: only whole months are asked of them
        unit("a"),
        unit("b", joined="2027-01-02"),
        unit("c", left="2027-02-27"),
        series(rounds="4-5"),
        seats(most=2),
        demand("load", role="host", least=1, per="month"),
        first="2027-01-01",
        last="2027-02-28",
    ),
    case_of(  # two turns are not asked of one who joins later
        unit("a"),
        unit("b", joined="2027-01-05"),
        series(rounds="1-3"),
        seats(),
        demand("load", role="host", least=2),
    ),
    case_of(  # a quarter of an hour more on one day is a quarter of an hour too much
        *units("a b"),
        series("long", rounds="1", minutes=45),
        series("short", rounds="1-2", minutes=30, times="14:00"),
        seats(activity="long"),
        seats(activity="short"),
        demand("load", role="host", most=60, measure="分钟", per="day", weight=2),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", presence="may"),
        seats(),
        demand("load", role="host", least=1, most=1, per="week"),
        first="2027-01-04",
        last="2027-01-17",
    ),
    case_of(  # several seats in one session are one turn
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("load", most=1),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2"),
        seats(),
        seats("partner"),
        demand("load", role="partner", most=1),
    ),
    case_of(
        unit("a", groups="old"),
        unit("b", groups="new"),
        series(rounds="1-2"),
        series("extra", rounds="1-2"),
        seats(),
        seats(activity="extra"),
        demand("load", groups="old", activities="duty", least=1, most=1),
    ),
)


def test_as_many_turns_as_allowed_are_innocent_and_one_more_is_a_breach() -> None:
    case = case_of(*units("a b"), series(rounds="1-3"), seats(), demand("load", role="host", most=2))
    assert amounts(case, turns(case, "a a b")) == []
    assert amounts(case, turns(case, "a a a")) == [1]  # 3 turns, 2 are allowed


def test_as_few_turns_as_asked_are_innocent_and_one_less_is_a_breach() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("load", role="host", least=2))
    assert amounts(case, turns(case, "a a b b")) == []
    (breach,) = breaches(case, turns(case, "a a a b"))
    assert (breach.amount, breach.who) == (1, ("b",))  # 1 turn, 2 are asked for


def test_turns_of_a_week_count_by_the_day_on_which_they_begin() -> None:
    # Round 2 is Monday the 11th; moved to Sunday the 10th it lies in the week of round 1.
    case = case_of(
        *units("a b"), series(rounds="1-2", days_before=1), seats(), demand("load", role="host", most=1, per="week")
    )
    first, second = "duty@2027-01-04", "duty@2027-01-11"
    innocent = [held(case, first, host="a"), held(case, second, start="2027-01-11 09:00", host="a")]
    culprit = [held(case, first, host="a"), held(case, second, start="2027-01-10 09:00", host="a")]
    assert amounts(case, innocent) == []
    assert amounts(case, culprit) == [1]


def test_a_turn_past_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1", times="23:30"),
        series("early", rounds="1", times="00:30", days_after=1),
        seats(),
        seats(activity="early"),
        demand("load", most=1, per="day"),
    )
    late = held(case, "duty@2027-01-04", host="a")
    assert amounts(case, [late, held(case, "early@2027-01-04", start="2027-01-05 00:30", host="a")]) == []
    assert amounts(case, [late, held(case, "early@2027-01-04", host="a")]) == [1]


def test_minutes_are_counted_where_minutes_are_meant() -> None:
    case = case_of(
        *units("a b"), series(rounds="1-2", minutes=90), seats(), demand("load", most=120, measure="minutes")
    )
    assert amounts(case, turns(case, "a b")) == []
    assert amounts(case, turns(case, "a a")) == [60]  # 180 minutes, 120 are allowed


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, [1]),  # a member all year with no turn
        ({"joined": "2027-01-01"}, [1]),  # a member from the first day on
        ({"joined": "2027-01-02"}, []),
        ({"left": "2027-12-31"}, [1]),
        ({"left": "2027-12-30"}, []),
    ],
)
def test_a_minimum_is_asked_only_of_members_of_the_whole_period(cells: dict[str, str], expected: list[int]) -> None:
    case = case_of(unit("a"), unit("b", **cells), series(rounds="1"), seats(), demand("load", least=1))
    assert amounts(case, turns(case, "a")) == expected


def test_a_turn_taken_in_a_period_without_a_minimum_is_no_breach() -> None:
    case = case_of(unit("a", joined="2027-01-02"), series(rounds="1"), seats(), demand("load", least=2))
    assert amounts(case, turns(case, "a")) == []


def test_a_breach_says_who_had_how_many_when() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1-3"),
        seats(),
        demand("load", role="host", most=2, per="month"),
    )
    (breach,) = breaches(case, turns(case, "a a a"))
    assert breach.message.say("en") == "Tax Office has 3 turns as Host in January 2027; at most 2"
    assert breach.message.say("zh") == "税务局在 2027年1月任“轮值单位”3 次；至多 2 次"
    assert breach.sessions == ("duty@2027-01-04", "duty@2027-01-11", "duty@2027-01-18")


def test_the_whole_horizon_has_a_name() -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(), demand("load", least=90, measure="minutes"))
    (breach,) = breaches(case, turns(case, "a"))
    assert breach.amount == 30  # 60 minutes, 90 are asked for
    assert breach.message.say("en") == "a has 60 minutes in the whole horizon; at least 90"
    assert breach.message.say("zh") == "a 在全期当值 60 分钟；至少 90 分钟"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"most": 2, "per": "月"}, "Everybody: at most 2 turns each month", "每人每月至多 2 次"),
        ({"least": 1, "role": "host"}, "As Host: at least 1 turn in the whole horizon", "任“轮值单位”：全期至少 1 次"),
        (
            {"least": 60, "most": 90, "measure": "分钟", "per": "week"},
            "Everybody: 60 to 90 minutes each week",
            "每人每周 60 至 90 分钟",
        ),
        (
            {"most": 2, "per": "week", "groups": "volunteers"},
            "Everybody: at most 2 turns each week (volunteers)",
            "每人每周至多 2 次（volunteers）",
        ),
    ],
)
def test_the_rule_is_said_with_its_limits(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a", groups="volunteers"), series(), seats(), demand("load", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
