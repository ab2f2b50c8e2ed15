"""The roster: who serves where and when, read from a plan and its case."""

from __future__ import annotations

from rota.roster import Roster
from tests.rota.small import case_of, plan_of

TWO_PARTS = [
    {"id": "p1", "room": "hall", "roles": {"host": ["bank"], "partner": ["shop"]}},
    {"id": "p2", "roles": {"host": ["bank"]}},
]


def roster_of(*sessions: dict[str, object], zone: str = "Asia/Shanghai") -> Roster:
    return Roster(case_of({"zone": zone}), plan_of(*sessions))


def test_sessions_are_held_in_order_of_time_whatever_their_order_in_the_plan() -> None:
    roster = roster_of({"day": "2027-03-13"}, {"day": "2027-03-06"})
    assert [held.id for held in roster.held] == ["day@2027-03-06", "day@2027-03-13"]
    assert roster.by_id["day@2027-03-13"].occurrence.round == 2


def test_times_are_local_to_the_case() -> None:
    (held,) = roster_of({"day": "2027-03-06"}, zone="Europe/Berlin").held
    assert held.start.isoformat() == "2027-03-06T02:00:00+01:00"


def test_a_session_that_the_case_does_not_know_is_left_out() -> None:
    assert roster_of({"day": "2027-03-07"}).held == ()


def test_several_seats_in_one_session_are_one_turn() -> None:
    roster = roster_of({"day": "2027-03-06", "parts": TWO_PARTS})
    assert [(seat.part.id, seat.role) for seat in roster.seats_of("bank")] == [("p1", "host"), ("p2", "host")]
    assert [held.id for held in roster.turns("bank")] == ["day@2027-03-06"]


def test_turns_are_those_in_the_role_asked_for_in_order_of_time() -> None:
    roster = roster_of(
        {"day": "2027-03-13"}, {"day": "2027-03-06", "parts": TWO_PARTS}, {"day": "2027-03-20", "host": "court"}
    )
    assert [held.id for held in roster.turns("bank", "host")] == ["day@2027-03-06", "day@2027-03-13"]
    assert roster.turns("bank", "partner") == ()
    assert [held.id for held in roster.turns("shop")] == ["day@2027-03-06"]
    assert roster.turns("nobody") == ()


def test_parts_with_a_room_use_it() -> None:
    roster = roster_of({"day": "2027-03-06", "parts": TWO_PARTS})
    assert [(room, held.id, part.id) for room, held, part in roster.in_rooms()] == [("hall", "day@2027-03-06", "p1")]
