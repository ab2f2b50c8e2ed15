"""Membership in a coordinator's words: nobody is asked to serve before joining or after leaving."""

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

TINY = (
    case_of(  # round 2 lies on 11 January and may be moved to the 10th or the 12th
        unit("a"),
        unit("b", joined="2027-01-11"),
        unit("c", left="2027-01-11"),
        series(rounds="2-3", days_before=1, days_after=1),
        seats(),
        demand("membership"),
    ),
    case_of(
        unit("a", joined="2027-01-05", left="2027-01-11"),
        unit("b"),
        series(rounds="1-3"),
        seats(least=0),
        demand("membership", weight=2),
    ),
    case_of(  # two seats in one session are one turn
        *units("a"),
        unit("b", joined="2027-01-12"),
        series(rounds="2-3", presence="may"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("membership"),
    ),
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"joined": "2027-01-11"}, []),
        ({"joined": "2027-01-12"}, [1]),
        ({"left": "2027-01-11"}, []),
        ({"left": "2027-01-10"}, [1]),
        ({}, []),
    ],
)
def test_the_days_of_joining_and_leaving_are_included(cells: dict[str, str], expected: list[int]) -> None:
    case = case_of(unit("a", **cells), series(rounds="2"), seats(), demand("membership"))
    assert amounts(case, turns(case, "a")) == expected


def test_the_day_on_which_a_session_begins_decides() -> None:
    case = case_of(unit("a", left="2027-01-11"), series(rounds="2", days_after=1), seats(), demand("membership"))
    assert amounts(case, [held(case, "duty@2027-01-11", start="2027-01-12 09:00", host="a")]) == [1]


def test_a_session_past_midnight_begins_on_the_day_before() -> None:
    case = case_of(unit("a", left="2027-01-04"), series(rounds="1", times="23:30"), seats(), demand("membership"))
    assert amounts(case, turns(case, "a")) == []


def test_every_turn_outside_is_named() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office", left="2027-01-04"), series(), seats(), demand("membership")
    )
    first, second = breaches(case, turns(case, "a a a"))
    assert first.message.say("en") == "Tax Office serves in duty 2027-01-11 (Mon) 09:00, but is not a member then"
    assert second.message.say("zh") == "税务局在 duty 2027-01-18 (周一) 09:00 当值，但当日不是成员"
    assert (first.sessions, first.who) == (("duty@2027-01-11",), ("a",))


def test_the_rule_is_said() -> None:
    case = case_of(unit("a"), series(), seats(), demand("membership"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "Nobody serves before joining or after leaving"
    assert said.say("zh") == "加入之前、退出之后不安排"
