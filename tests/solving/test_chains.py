"""A seat that stays empty is filled by turns that change hands, as far away as it takes."""

from __future__ import annotations

import pytest

from constraints.reading import read_rules
from rota.agenda import agenda_of
from rota.plan import Session
from scheduler.solving.chains import chain, lacks, linked
from scheduler.solving.control import Control
from scheduler.solving.improving import Context, Prepared, improved, pack
from scheduler.solving.narrowing import Window
from tests.constraints.building import case_of, demand, held, seats, series, unit

CASE = case_of(
    unit("a", groups="north"),
    unit("b", groups="north; middle"),
    unit("c", groups="middle; south"),
    unit("d", groups="east"),
    *(series(at, rounds=str(week)) for week, at in enumerate(("north", "middle", "south", "east"), start=1)),
    *(seats(activity=at, groups=at) for at in ("north", "middle", "south", "east")),
    demand("load", role="host", most=1, per="month"),
)
NORTH, MIDDLE, SOUTH, EAST = (o.id for o in agenda_of(CASE).occurrences)
BEFORE = {NORTH: "b", MIDDLE: "c", SOUTH: "", EAST: "d"}
"""Only c can take the turn in the south, and has used up the month."""


def prepared() -> Prepared:
    found = Prepared(Context.of(CASE, read_rules(CASE)))
    found.take_up({id_: pack(held(CASE, id_, host=who)) for id_, who in BEFORE.items()})
    return found


def hosts(sessions: dict[str, Session]) -> dict[str, str]:
    return {id_: " ".join(session.serving("host")) for id_, session in sessions.items()}


@pytest.mark.parametrize(
    ("days", "after"),
    [(31, {NORTH: "a", MIDDLE: "b", SOUTH: "c", EAST: "d"}), (1, BEFORE)],
    ids=["three turns change hands", "too few days"],
)
def test_the_one_who_could_take_an_empty_seat_is_replaced_elsewhere(days: int, after: dict[str, str]) -> None:
    plan = prepared()
    window = chain(plan.admitted, plan.given, SOUTH, BEFORE, days, 100)
    for id_, packed in improved(plan, window, 1.0, Control(), mending=True).changed.items():
        plan.put(id_, packed)
    assert hosts(plan.given.sessions) == after


def test_turns_are_linked_to_those_of_whoever_could_take_them() -> None:
    plan = prepared()
    window = linked(plan.admitted, plan.given, ["a"], BEFORE, 100)
    assert window == Window((), frozenset("a"))
    window = linked(plan.admitted, plan.given, ["c"], BEFORE, 100)
    assert window == Window((MIDDLE, NORTH), frozenset("abc"))


def test_a_session_lacks_whom_it_needs() -> None:
    by_id = agenda_of(CASE).by_id
    assert [id_ for id_, who in BEFORE.items() if lacks(by_id[id_], held(CASE, id_, host=who))] == [SOUTH]
    assert lacks(by_id[EAST], None)
