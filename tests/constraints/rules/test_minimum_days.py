"""Minimum days in a coordinator's words: a course of three sessions a week is not given on one day."""

from __future__ import annotations

from typing import Any

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
    series,
    session_ids,
)

DAILY = cycle("days", "FREQ=DAILY;COUNT=10")


def course(rounds: str = "1-3", *rows: Row, rule: dict[str, object] | None = None, **cells: object) -> Case:
    """A course with sessions on days from Monday 4 January 2027 on, each on its day or the next."""
    given: dict[str, Any] = {
        "cycle": "days",
        "rounds": rounds,
        "days_after": 1,
        "name": "课程",
        "name_en": "Course",
        **cells,
    }
    return case_of(DAILY, series("course", **given), *rows, demand("minimum_days", **{"least": 2, **(rule or {})}))


TINY = (
    course(rule={"least": 3, "weight": 2}),
    course(days_after=2, rule={"least": 9}),  # more than there are sessions
    course("1-4", presence="may", rule={"least": 3}),
    course("1-2", presence="may", times="09:00; 14:00"),
    course("6-9", rule={"least": 2}),  # 9-10 January lie in one week, 11-12 in the next
    course("6-9", rule={"least": 4, "per": "全期"}),
    course(
        "1-2",
        series("other", cycle="days", rounds="1-2", days_after=1, presence="may"),
        series("free", cycle="days", rounds="1", days_after=1),
        rule={"activities": "course; other", "per": "month"},
    ),
    course("1", presence="may"),
    course("1-3", rule={"least": 1}),
    course("1-2", series("other", cycle="days", rounds="1-2", days_after=1)),
)


def on(case: Case, *days: str) -> list[int]:
    """Hold the sessions in turn on days of January, and return the amounts of the breaches."""
    sessions = zip(session_ids(case), days, strict=True)
    return amounts(case, [held(case, s, start=f"2027-01-{day} 09:00") for s, day in sessions if day])


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("04", "05", "06"), []),
        (("05", "05", "06"), [1]),  # two days, three are asked for
        (("05", "06", "06"), [1]),
        (("04", "05", ""), []),  # of two sessions that take place, each has its day
        (("05", "05", ""), [1]),
        (("04", "", ""), []),
        (("", "", ""), []),
    ],
)
def test_sessions_that_take_place_lie_on_different_days(days: tuple[str, ...], expected: list[int]) -> None:
    assert on(course(presence="may", rule={"least": 3}), *days) == expected


def test_two_days_are_enough_for_four_sessions_where_two_are_asked_for() -> None:
    assert on(course("1-4"), "05", "05", "07", "07") == []
    assert on(course("1-4", days_after=3), "07", "07", "07", "07") == [1]


def test_a_session_belongs_to_the_period_of_its_nominal_date() -> None:
    case = course("7-8")  # Sunday the 10th and Monday the 11th, in different weeks
    assert on(case, "11", "11") == []
    month = course("7-8", rule={"per": "month"})
    assert on(month, "11", "11") == [1]


def test_a_session_past_midnight_lies_on_the_day_on_which_it_begins() -> None:
    case = course("1-2", times="09:00; 23:30")
    first, second = session_ids(case)
    evening = held(case, first, start="2027-01-05 23:30")
    assert amounts(case, [evening, held(case, second, start="2027-01-05 09:00")]) == [1]


def test_each_activity_is_looked_at_by_itself_and_others_are_not_meant() -> None:
    rows = (series("other", cycle="days", rounds="1-2", days_after=1),)
    case = course("1-2", *rows, rule={"activities": "course"})
    assert session_ids(case) == ["course@2027-01-04", "other@2027-01-04", "course@2027-01-05", "other@2027-01-05"]
    assert on(case, "04", "05", "05", "05") == []
    assert on(case, "05", "04", "05", "05") == [1]
    assert on(course("1-2", *rows), "05", "05", "05", "05") == [1, 1]


def test_a_breach_says_how_many_days_there_are() -> None:
    case = course(rule={"least": 3})
    first, second, third = session_ids(case)
    sessions = [held(case, first, start="2027-01-05 09:00"), held(case, second), held(case, third)]
    (breach,) = breaches(case, sessions)
    assert breach.message.say("en") == "Course falls on 2 days in week 1 of 2027; asked for: 3 days"
    assert breach.message.say("zh") == "课程在 2027年第1周仅分布于 2 天；要求 3 天"
    assert breach.sessions == tuple(session_ids(case))


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ({}, "Every activity: sessions on at least 2 days each week", "各活动项目：每周的场次至少分散在 2 天"),
        (
            {"activities": "course", "least": 1, "per": "全期"},
            "Course: sessions on at least 1 day in the whole horizon",
            "课程：全期的场次至少分散在 1 天",
        ),
    ],
)
def test_the_rule_is_said(rule: dict[str, object], en: str, zh: str) -> None:
    case = course(rule=rule)
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
