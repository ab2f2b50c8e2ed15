"""Decisions about seats, tried in the plan: what they break anew, and whose place is taken where nobody says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from constraints.deciding import broken_by, objections
from rota.changes import CHANGES, read_change
from rota.changes.making import CheckedChange
from rota.document import State
from rota.plan import Plan
from tests.rota.small import TABLES, case_of, plan_of

DAYS = ("2027-03-06", "2027-03-13", "2027-03-20")
CASE = case_of(
    roles=[{**TABLES["roles"][0], "most": 2}],
    availability=[{"resource": "court", "level": "cannot", "first": DAYS[2]}],
)


def plan(*hosts: tuple[str, ...]) -> Plan:
    parts = [{"id": "main", "room": "hall", "roles": {"host": list(who)}} for who in hosts]
    return plan_of(*({"day": day, "parts": [part]} for day, part in zip(DAYS, parts, strict=True)))


def seat(day: str, who: str) -> dict[str, str]:
    return {"session": f"day@{day}", "part": "main", "role": "host", "who": who}


def changes(*said: tuple[str, Mapping[str, object]]) -> list[CheckedChange]:
    return [read_change(kind, CHANGES[kind].version, body) for kind, body in said]


def swap(mine: dict[str, str], other: dict[str, str]) -> list[CheckedChange]:
    asked = {"id": "s1", "mine": mine, "other": other}
    answer = ("swap_answered", {"id": "s1", "agreed": True})
    return changes(("swap_asked", asked), answer, ("swap_confirmed", {"id": "s1"}))


ALTERNATING = plan(("bank",), ("court",), ("bank",))


@pytest.mark.parametrize(
    ("decided", "rules"),
    [
        (swap(seat(DAYS[0], "bank"), seat(DAYS[1], "court")), []),
        (swap(seat(DAYS[2], "bank"), seat(DAYS[1], "court")), ["时间意向"]),
        (changes(("seat_set", {**seat(DAYS[0], "court"), "instead_of": "bank"})), []),
        (changes(("seat_set", {**seat(DAYS[2], "court"), "instead_of": "bank"})), ["时间意向"]),
        (changes(("seat_set", seat(DAYS[2], "court"))), ["时间意向"]),
        (changes(("unavailable", {"resource": "bank", "first": DAYS[0]})), ["时间意向"]),
    ],
)
def test_what_a_decision_breaks_is_said_with_its_rule(decided: list[CheckedChange], rules: list[str]) -> None:
    found = broken_by(State(case=CASE), ALTERNATING, decided, None)
    assert [rule.say("zh") for rule, _ in found] == rules


def test_what_was_broken_before_is_not_said_again() -> None:
    known = plan(("bank",), ("bank",), ("court",))
    decided = changes(("seat_set", {**seat(DAYS[0], "court"), "instead_of": "bank"}))
    assert broken_by(State(case=CASE), known, decided, None) == []


def test_what_is_past_is_not_judged() -> None:
    decided = changes(("seat_set", {**seat(DAYS[2], "court"), "instead_of": "bank"}))
    later = dt.datetime(2027, 3, 21, tzinfo=CASE.zone)
    assert broken_by(State(case=CASE), ALTERNATING, decided, later) == []


def test_who_takes_a_seat_in_a_full_part_does_so_in_the_place_that_breaks_least() -> None:
    units = [{**unit, "groups": ["hosts"]} for unit in TABLES["units"]]
    case = case_of(units=units, roles=[{**TABLES["roles"][0], "most": 2}], pins=[pin("bank")])
    known = plan(("bank", "court"), ("court",), ("bank",))
    decided = changes(("seat_set", seat(DAYS[0], "shop")))
    assert broken_by(State(case=case), known, decided, None) == []
    away = [{"resource": "shop", "level": "cannot", "first": DAYS[0]}]
    case = case_of(units=units, roles=[{**TABLES["roles"][0], "most": 2}], pins=[pin("bank")], availability=away)
    assert [rule.say("zh") for rule, _ in broken_by(State(case=case), known, decided, None)] == ["时间意向"]


BOTH_AWAY: list[dict[str, object]] = [
    {"resource": who, "level": "cannot", "first": "2027-03-09"} for who in ("bank", "court")
]
MOVED = ("session_moved", {"session": f"day@{DAYS[0]}", "start": "2027-03-09 10:00", "widen": True})


def objected(availability: list[dict[str, object]], *said: tuple[str, Mapping[str, object]]) -> list[tuple[str, bool]]:
    """What speaks against decisions where some cannot come, and whether it can be mended."""
    hall = {"resource": "hall", "level": "cannot", "first": DAYS[1]}
    case = case_of(availability=[*availability, hall])
    known = plan(("bank",), ("court",), ("bank",))
    rooms = [session.parts[0].model_copy(update={"room": "corner"}) for session in known.sessions]
    sessions = [s.model_copy(update={"parts": (part,)}) for s, part in zip(known.sessions, rooms, strict=True)]
    settled = known.model_copy(update={"sessions": tuple(sessions)})
    found = objections(State(case=case), settled, changes(*said), None)
    return [(each.message.say("en"), each.mendable) for each in found]


def test_a_session_is_moved_where_somebody_else_can_come_and_that_is_said() -> None:
    ((said, mendable),) = objected(BOTH_AWAY[:1], MOVED)
    assert ("Bank" in said, mendable) == (True, True)


def test_a_session_is_not_moved_where_nobody_can_come() -> None:
    (rule, _), (lost, mendable) = objected(BOTH_AWAY, MOVED)
    assert rule.startswith("Availability: Bank")
    assert "cannot take place so: at 2027-03-09 (Tue) 10:00 0 of 2 candidates can be Host; it takes 1" in lost
    assert not mendable


def test_a_session_is_not_moved_where_its_fixed_host_cannot_come() -> None:
    found = objected(BOTH_AWAY[:1], ("pinned", {"pin": pin("bank")}), MOVED)
    assert [mendable for _, mendable in found] == [False, False]
    assert "cannot have Bank [bank]; possible: 法院 [court]" in found[1][0]


def test_a_room_that_is_closed_then_is_not_set() -> None:
    set_ = {"session": f"day@{DAYS[1]}", "part": "main", "room": "hall"}
    for said in (("room_set", set_), ("pinned", {"pin": {**set_}})):
        found = objected([], said)
        assert [mendable for _, mendable in found] == [False, False]
        assert "cannot have 大厅 [hall]" in found[1][0]


def test_a_room_that_another_session_has_may_be_set_for_that_can_move() -> None:
    beside = {**TABLES["activities"][0], "id": "talk", "name": "讲座", "cycle": "weeks"}
    roles = [TABLES["roles"][0], {"activity": "talk", "role": "host", "groups": ["partners"]}]
    case = case_of(activities=[TABLES["activities"][0], beside], roles=roles)
    talk = {"day": DAYS[0], "id": f"talk@{DAYS[0]}", "activity": "talk"}
    parts = {
        room: [{"id": "main", "room": room, "roles": {"host": [who]}}]
        for room, who in (("hall", "bank"), ("corner", "shop"))
    }
    known = plan_of({"day": DAYS[0], "parts": parts["hall"]}, {**talk, "parts": parts["corner"]})
    decided = changes(("room_set", {"session": f"day@{DAYS[0]}", "part": "main", "room": "corner"}))
    found = objections(State(case=case), known, decided, None)
    assert [each.mendable for each in found] == [True]


def test_somebody_fixed_by_hand_who_breaks_a_rule_is_objected_to() -> None:
    away: list[dict[str, object]] = [{"resource": "court", "level": "cannot", "first": DAYS[0]}]
    found = objected(away, ("pinned", {"pin": pin("court")}))
    assert [mendable for _, mendable in found] == [False] * len(found)
    assert found[-1][0].endswith("cannot have 法院 [court]; possible: Bank [bank]")


def test_a_ban_is_left_to_the_repair() -> None:
    assert (
        objected(
            [], ("pinned", {"pin": {"session": f"day@{DAYS[0]}", "part": "main", "room": "corner", "absent": True}})
        )
        == []
    )


def pin(who: str) -> dict[str, object]:
    return {"session": f"day@{DAYS[0]}", "part": "main", "role": "host", "resource": who}
