"""Decisions about seats, tried in the plan: what they break anew, and whose place is taken where nobody says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from constraints.deciding import broken_by
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


def pin(who: str) -> dict[str, object]:
    return {"session": f"day@{DAYS[0]}", "part": "main", "role": "host", "resource": who}
