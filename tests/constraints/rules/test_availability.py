"""Availability in a coordinator's words: who said they cannot is not asked, nor is a room or a site that is closed."""

from __future__ import annotations

import pytest

from constraints.reading import read_rules
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    room,
    rule_of,
    seats,
    series,
    site,
    states,
    turns,
    unit,
    units,
)

DUTY = "duty@2027-01-04"

TINY = (
    case_of(  # a cannot on the second Monday, b not before ten, c said something else
        *units("a b c"),
        series(rounds="1-2", times="09:00; 10:00"),
        seats(),
        states("a", "cannot", "2027-01-11"),
        states("b", "cannot", "2027-01-01", last="2027-01-31", end="10:00", weekdays="Mon"),
        states("c", "avoid", "2027-01-04"),
        states("hall", "cannot", "2027-01-11", start="10:30"),
        demand("availability"),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", days_after=1),
        seats(),
        states("a", "avoid", "2027-01-05", last="2027-01-11"),
        states("b", "cannot", "2027-01-05"),
        demand("availability", level="尽量避免", weight=3),
    ),
    case_of(  # a prefers Tuesdays and the last Monday; b said nothing; c only what it would rather not
        *units("a b c"),
        series(rounds="2-3", days_after=1),
        seats(),
        states("a", "prefer", "2027-01-01", last="2027-01-31", weekdays="Tue"),
        states("a", "prefer", "2027-01-18"),
        states("c", "avoid", "2027-01-11"),
        demand("availability", level="prefer", weight=2),
    ),
    case_of(  # rooms and sites state their times too
        site("hall"),
        site("yard"),
        room("red"),
        room("blue", at="yard"),
        unit("a"),
        series(rounds="1", needs_room=True, days_after=1),
        series("open", rounds="2", days_after=1),
        states("red", "cannot", "2027-01-04"),
        states("yard", "cannot", "2027-01-05", last="2027-01-12"),
        demand("availability"),
    ),
    case_of(  # who has two seats, and a room with two parts, are used once
        room("red"),
        room("blue"),
        *units("a b"),
        series(rounds="1", needs_room=True, days_after=1),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        states("a", "cannot", "2027-01-04"),
        states("red", "cannot", "2027-01-05"),
        demand("availability"),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", presence="may"),
        seats(),
        seats("partner"),
        states("a", "cannot", "2027-01-04", last="2027-03-01", rrule="FREQ=WEEKLY;INTERVAL=2"),
        states("hall", "cannot", "2027-01-11", start="09:59", end="12:00"),
        demand("availability"),
    ),
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"first": "2027-01-04"}, [1]),
        ({"first": "2027-01-05"}, []),
        ({"first": "2027-01-01", "last": "2027-01-04"}, [1]),
        ({"first": "2027-01-01", "last": "2027-01-03"}, []),
        ({"first": "2027-01-04", "end": "09:00"}, []),  # over when the session begins
        ({"first": "2027-01-04", "end": "09:01"}, [1]),
        ({"first": "2027-01-04", "start": "10:00"}, []),  # begins when the session is over
        ({"first": "2027-01-04", "start": "09:59"}, [1]),
        ({"first": "2027-01-01", "last": "2027-12-31", "weekdays": "周一"}, [1]),
        ({"first": "2027-01-01", "last": "2027-12-31", "weekdays": "周二"}, []),
        ({"first": "2026-12-28", "last": "2027-12-31", "rrule": "FREQ=WEEKLY;INTERVAL=2"}, []),
        ({"first": "2026-12-21", "last": "2027-12-31", "rrule": "FREQ=WEEKLY;INTERVAL=2"}, [1]),
    ],
)
def test_a_time_that_meets_a_statement_is_a_breach(cells: dict[str, str], expected: list[int]) -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(), states("a", "cannot", **cells), demand("availability"))
    assert amounts(case, turns(case, "a")) == expected


def test_preferred_times_bind_only_those_who_named_some() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        seats(),
        states("a", "prefer", "2027-01-11"),
        demand("availability", level="prefer"),
    )
    assert amounts(case, turns(case, "b a")) == []
    assert amounts(case, turns(case, "a b")) == [1]


def test_other_levels_are_other_rules() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1"),
        seats(),
        states("a", "avoid", "2027-01-04"),
        demand("availability", level="cannot"),
    )
    assert amounts(case, turns(case, "a")) == []


def test_a_rule_about_one_level_leaves_the_standing_rule_about_cannot() -> None:
    case = case_of(series(), demand("availability", level="avoid", priority=1))
    standing = [rule.id for rule in read_rules(case) if rule.kind == "availability"]
    assert standing == ["availability", "rule"]
    case = case_of(series(), demand("availability", level="cannot", priority=1))
    assert [rule.id for rule in read_rules(case) if rule.kind == "availability"] == ["rule"]


def test_rooms_and_sites_are_used_as_well() -> None:
    case = case_of(
        site("hall"),
        room("red"),
        unit("a"),
        series(rounds="1", needs_room=True),
        seats(),
        states("red", "cannot", "2027-01-04"),
        states("hall", "cannot", "2027-01-04"),
        demand("availability"),
    )
    assert [breach.who for breach in breaches(case, turns(case, "a"))] == [("red",), ("hall",)]


def test_a_breach_says_the_reason() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1", name="值守", name_en="Duty"),
        seats(),
        states("a", "cannot", "2027-01-04"),
        states("a", "cannot", "2027-01-04", reason="征期"),
        demand("availability"),
    )
    (breach,) = breaches(case, turns(case, "a"))
    assert breach.message.say("en") == 'Tax Office is used in Duty 2027-01-04 (Mon) 09:00, but said "cannot" (征期)'
    assert breach.message.say("zh") == "税务局被安排在值守 2027-01-04 (周一) 09:00，但其时间意向为“不能”（征期）"
    assert (breach.sessions, breach.who) == ((DUTY,), ("a",))


def test_a_breach_of_preferred_times_says_so() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1"),
        seats(),
        states("a", "prefer", "2027-01-05"),
        demand("availability", level="prefer"),
    )
    (breach,) = breaches(case, [held(case, DUTY, host="a")])
    assert breach.message.say("en").endswith("but prefers other times")
    assert breach.message.say("zh").endswith("但其优先的是其他时间")


@pytest.mark.parametrize(
    ("level", "en", "zh"),
    [
        ("cannot", 'Nobody is used at a time of which they said "cannot"', "不在“不能”的时间安排"),
        ("avoid", 'Nobody is used at a time of which they said "avoid"', "不在“尽量避免”的时间安排"),
        ("prefer", "Turns lie within the preferred times of those who named any", "安排在各自“优先”的时间内"),
    ],
)
def test_the_rule_is_said_with_its_level(level: str, en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("availability", level=level))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
