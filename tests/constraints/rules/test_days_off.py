"""Days off in a coordinator's words: two days off a week, a weekend off a month."""

from __future__ import annotations

import datetime as dt

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
)


def daily(rounds: str, *rows: Row, first: str = "2027-01-04", last: str = "2027-01-17", **rule: object) -> Case:
    """Days from the first on, on which one unit may serve or not; without a word two weeks, Monday to Sunday."""
    days = cycle("days", "FREQ=DAILY;COUNT=14", first=dt.date.fromisoformat(first))
    duty = series(cycle="days", rounds=rounds, name="值守", name_en="Duty")
    who = () if any(row.__class__.__name__ == "Unit" for row in rows) else (unit("a"),)
    return case_of(days, duty, seats(least=0), *who, *rows, demand("days_off", **rule), first=first, last=last)


TINY = (
    daily("1-4", least=5, weight=2),
    daily("6-9", least=6, role="host"),
    daily("5-8", least=2, weekdays="周五-周日"),
    daily("6-7", least=3, weekdays="周末"),  # a week has no more than two
    daily("1-3", least=5, per="horizon", first="2027-01-05", last="2027-01-11"),
    daily("5-8", least=6, first="2027-01-06", last="2027-01-17"),  # the first week is cut
    daily("1-3", turn("a", "2027-01-06"), turn("a", "2027-01-09"), least=5),
    daily("1-2", turn("a", "2027-01-05"), turn("a", "2027-01-06"), turn("a", "2027-01-07"), least=6),
    case_of(  # the day is open, and two sessions on one day are one day
        unit("a", groups="old"),
        unit("b"),
        cycle("days", "FREQ=DAILY;COUNT=7"),
        series(cycle="days", rounds="1-2", days_after=1, times="09:00; 14:00", presence="may"),
        series("other", cycle="days", rounds="3"),
        seats(least=0),
        seats("partner", activity="other"),
        demand("days_off", groups="old", activities="duty", least=6),
        first="2027-01-04",
        last="2027-01-10",
    ),
)


def test_as_many_days_off_as_asked_for_are_innocent_and_one_less_is_a_breach() -> None:
    case = daily("1-7", least=2)
    assert amounts(case, turns(case, "a a a a a - -")) == []
    (breach,) = breaches(case, turns(case, "a a a a a a -"))
    assert (breach.amount, breach.who) == (1, ("a",))
    assert len(breach.sessions) == 6


def test_weeks_are_looked_at_one_by_one() -> None:
    case = daily("1-14", least=2)
    assert amounts(case, turns(case, "- - a a a a a a a a a a - -")) == []
    assert amounts(case, turns(case, "a a a a a a a - - a a a a a")) == [2]


def test_only_days_off_on_the_weekdays_count() -> None:
    case = daily("1-7", least=1, weekdays="Sat-Sun")
    assert amounts(case, turns(case, "a a a a a a -")) == []
    assert amounts(case, turns(case, "- - - - - a a")) == [1]


def test_no_more_days_off_are_asked_for_than_a_period_has() -> None:
    case = daily("1-7", least=5, weekdays="Sun", per="week")
    assert amounts(case, turns(case, "a a a a a a -")) == []
    assert amounts(case, turns(case, "- - - - - - a")) == [1]


def test_a_period_cut_by_the_edge_of_the_horizon_asks_for_nothing() -> None:
    case = daily("", least=7, first="2027-01-05", last="2027-01-16")
    assert amounts(case, turns(case, "a - - - - - - - - - - a")) == []
    whole = daily("", least=12, per="horizon", first="2027-01-05", last="2027-01-16")
    assert amounts(whole, turns(whole, "a - - - - - - - - - - a")) == [2]


def test_turns_of_earlier_years_take_days() -> None:
    case = daily("1-2", turn("a", "2027-01-10"), least=5)
    assert amounts(case, turns(case, "a -")) == []
    assert amounts(case, turns(case, "a a")) == [1]  # with the 10th three of seven days are served


def test_two_turns_on_one_day_take_one_day() -> None:
    case = case_of(
        unit("a"),
        cycle("days", "FREQ=DAILY;COUNT=2"),
        series(cycle="days", rounds="1"),
        series("next", cycle="days", rounds="2", days_before=1, times="14:00"),
        seats(),
        seats(activity="next"),
        demand("days_off", least=6),
    )
    first = held(case, "duty@2027-01-04", host="a")
    assert amounts(case, [first, held(case, "next@2027-01-05", start="2027-01-04 14:00", host="a")]) == []
    assert amounts(case, [first, held(case, "next@2027-01-05", host="a")]) == [1]


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {"least": 6},
            "Tax Office has 5 days off in week 1 of 2027; asked for: 6 days",
            "税务局在 2027年第1周休息 5 天；至少应休 6 天",
        ),
        (
            {"least": 1, "weekdays": "周一、周二", "per": "horizon", "last": "2027-01-09"},
            "Tax Office has 0 days off on Mon, Tue in the whole horizon; asked for: 1 day",
            "税务局在全期（周一、周二）休息 0 天；至少应休 1 天",
        ),
    ],
)
def test_a_breach_says_how_many_days_off_there_were(params: dict[str, str], en: str, zh: str) -> None:
    case = daily("1-2", unit("a", name="税务局", name_en="Tax Office"), **params)
    (breach,) = breaches(case, turns(case, "a a"))
    assert (breach.message.say("en"), breach.message.say("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"role": "host"}, "As Host: at least 1 day off each week", "任“轮值单位”：每周至少休息 1 天"),
        (
            {"least": 2, "weekdays": "周末", "per": "月"},
            "Everybody: at least 2 days off on Sat, Sun each month",
            "每人每月（周六、周日）至少休息 2 天",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = daily("1", **params)  # type: ignore[arg-type]  # parameters of the rule only
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
