"""Pins that no plan can keep are found in their cells, with what would be possible there."""

from __future__ import annotations

import pytest

from constraints.pinned import pins_without_a_way
from constraints.reading import read_rules
from rota.demand import Pin
from tests.constraints.building import case_of, pin, room, seats, series, site, states, unit

FIRST = "duty@2027-01-04"


def found(*pins: Pin) -> list[tuple[int | None, str | None, str]]:
    case = case_of(
        site("hall", hours="Mon 08:00-12:00"),
        room("big"),
        room("shut", hours="Tue 08:00-12:00"),
        unit("a"),
        unit("b"),
        unit("late", joined="2027-02-01"),
        series(times="09:00; 10:00; 15:00", needs_room=True, rooms="big; shut"),
        seats(),
        states("b", "cannot", "2027-01-04", start="08:00", end="09:30"),
        *pins,
    )
    return [(p.row, p.field, p.message.say("en")) for p in pins_without_a_way(case, read_rules(case))]


@pytest.mark.parametrize(
    "kept",
    [
        pin(FIRST, start="2027-01-04 10:00"),
        pin(FIRST, start="2027-01-04 11:00", absent=True),
        pin(FIRST, role="host", resource="a"),
        pin(FIRST, role="host", resource="b"),
        pin(FIRST, room="big"),
        pin(FIRST),
    ],
)
def test_a_pin_that_can_be_kept_is_no_problem(kept: Pin) -> None:
    assert found(kept) == []


@pytest.mark.parametrize(
    ("lost", "field", "possible"),
    [
        (pin(FIRST, start="2027-01-04 11:00"), "start", "2027-01-04 (Mon) 09:00; 2027-01-04 (Mon) 10:00"),
        (pin(FIRST, start="2027-01-04 15:00"), "start", "2027-01-04 (Mon) 09:00; 2027-01-04 (Mon) 10:00"),
        (pin(FIRST, role="host", resource="late"), "resource", "a [a]; b [b]"),
        (pin(FIRST, room="shut"), "room", "big [big]"),
    ],
    ids=["no such start", "closed then", "no member yet", "a closed room"],
)
def test_a_pin_that_cannot_be_kept_says_what_could_stand_there(lost: Pin, field: str, possible: str) -> None:
    ((row, cell, message),) = found(lost)
    assert (row, cell) == (0, field)
    assert message.endswith(f"; possible: {possible}")


def test_somebody_who_cannot_at_the_pinned_start_cannot_be_pinned() -> None:
    problems = found(pin(FIRST, start="2027-01-04 09:00"), pin(FIRST, role="host", resource="b"))
    assert [(row, field) for row, field, _ in problems] == [(1, "resource")]
    assert problems[0][2].endswith("possible: a [a]")
