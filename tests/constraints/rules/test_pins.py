"""Pins in a coordinator's words: what was promised by hand is not planned away."""

from __future__ import annotations

import pytest

from constraints.board import Board
from rota.demand import Pin
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    pin,
    room,
    rule_of,
    seats,
    series,
    turns,
    unit,
    units,
)

FIRST, SECOND = "duty@2027-01-04", "duty@2027-01-11"

TINY = (
    case_of(
        *units("a b c"),
        series(rounds="1-3"),
        seats(),
        pin(FIRST, role="host", resource="a"),
        pin(SECOND, role="host", resource="a", absent="是"),
        demand("pins", weight=2),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", times="09:00; 14:00", days_after=1, presence="may"),
        pin(FIRST, start="2027-01-04 14:00"),
        pin(SECOND, start="2027/01/11 09:00", absent="是"),
        demand("pins"),
    ),
    case_of(  # a pin that names its part is about this part, one that names none is about any
        room("red"),
        room("blue"),
        *units("a b"),
        series(rounds="1", needs_room=True),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        pin(FIRST, part="p", room="red"),
        pin(FIRST, room="blue"),
        pin(FIRST, part="q", role="host", resource="b"),
        pin(FIRST, role="host", resource="a"),
        demand("pins"),
    ),
    case_of(
        room("red"),
        room("blue"),
        *units("a b"),
        series(rounds="1-2", needs_room=True, presence="may"),
        seats(),
        seats("partner"),
        pin(FIRST, room="red", absent="是"),
        pin(FIRST, role="partner", resource="a", absent="是"),
        pin(SECOND, role="partner", resource="b"),
        demand("pins"),
    ),
    case_of(  # that a session takes place, and that another one does not
        *units("a b"),
        series(rounds="1-3", presence="may"),
        seats(),
        pin(FIRST),
        pin(SECOND, absent="是"),
        demand("pins"),
    ),
)


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [
        (pin(FIRST, role="host", resource="a"), []),
        (pin(FIRST, role="host", resource="b"), [1]),
        (pin(FIRST, role="partner", resource="a"), [1]),
        (pin(FIRST, role="host", resource="a", absent="是"), [1]),
        (pin(FIRST, role="host", resource="b", absent="是"), []),
        (pin(FIRST, start="2027-01-04 09:00"), []),
        (pin(FIRST, start="2027-01-04 09:01"), [1]),
        (pin(FIRST, room="red"), []),
        (pin(FIRST, room="blue"), [1]),
        (pin(SECOND, room="red"), [1]),  # a session that is not held keeps no pin
        (pin(SECOND, room="red", absent="是"), []),  # and breaks no ban
        (pin(FIRST), []),
        (pin(FIRST, absent="是"), [1]),
        (pin(SECOND), [1]),
        (pin(SECOND, absent="是"), []),
    ],
)
def test_what_is_pinned_is_kept(pinned: Pin, expected: list[int]) -> None:
    case = case_of(
        room("red"),
        room("blue"),
        *units("a b"),
        series(rounds="1-2", needs_room=True, presence="may"),
        seats(),
        seats("partner"),
        pinned,
        demand("pins"),
    )
    assert amounts(case, [held(case, FIRST, host="a", partner="b")]) == expected


def test_a_breach_says_which_pin() -> None:
    case = case_of(
        room("red", name="红厅", name_en="Red Room"),
        unit("a", name="税务局", name_en="Tax Office"),
        unit("b"),
        series(rounds="1", name="值守", name_en="Duty"),
        seats(),
        pin(FIRST, role="host", resource="a"),
        pin(FIRST, role="host", resource="b", absent="是"),
        pin(FIRST, room="red"),
        pin(FIRST, start="2027-01-04 14:00"),
        demand("pins"),
    )
    seat, ban, place, time = breaches(case, turns(case, "b"))
    assert seat.message.say("en") == "Duty 2027-01-04 (Mon) does not keep what was fixed by hand: Tax Office as Host"
    assert seat.message.say("zh") == "值守 2027-01-04 (周一)：未遵守锁定的“轮值单位：税务局”"
    assert ban.message.say("en") == "Duty 2027-01-04 (Mon) has what was banned by hand: b as Host"
    assert ban.message.say("zh") == "值守 2027-01-04 (周一)：出现了已禁止的“轮值单位：b”"
    assert place.message.say("en") == "Duty 2027-01-04 (Mon) does not keep what was fixed by hand: Red Room"
    assert time.message.say("en") == (
        "Duty 2027-01-04 (Mon) does not keep what was fixed by hand: 2027-01-04 (Mon) 14:00"
    )
    assert (seat.who, place.who, seat.sessions) == (("a",), (), (FIRST,))


def test_an_instance_is_named_after_the_session_and_what_is_pinned() -> None:
    case = case_of(
        room("red"),
        unit("a"),
        series(rounds="1", needs_room=True),
        seats(),
        pin(FIRST, role="host", resource="a"),
        pin(FIRST, room="red"),
        pin(FIRST, start="2027-01-04 09:00"),
        demand("pins"),
    )
    board = Board(case, mode="explain")
    board.post([rule_of(case)])
    assert [instance.about for instance in board.instances if instance.demand == "rule"] == [
        (FIRST, "a"),
        (FIRST, "red"),
        (FIRST, "2027-01-04 09:00"),
    ]


def test_the_rule_is_said() -> None:
    case = case_of(series(), demand("pins"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "What has been fixed by hand stays"
    assert said.say("zh") == "人工锁定的内容保持不变"
