"""Repairs for tests: small cases that change, drawn or written out, held to the best of all plans."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from constraints.reading import read_rules
from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Declined
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Repair, Request, repair
from tests.constraints import sampling
from tests.constraints.building import (
    TABLE_OF,
    case_of,
    demand,
    held,
    line,
    pin,
    plan_of,
    room,
    seats,
    series,
    session_ids,
    site,
    states,
    turns,
    unit,
    units,
)
from tests.solving.brute import few_enough, smallest
from tests.thoroughness import often, sparing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rota.row import Row

FEW = settings(max_examples=sparing(3, 8), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(40, 100), deadline=None, suppress_health_check=list(HealthCheck))


ORDERS: tuple[list[int], ...] = ([], [], [1], [2], [2, 1])
Asked = tuple[Case, Request]


def day(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{said}T00:00+08:00")


def repaired(case: Case, request: Request) -> Repair:
    return repair(case, read_rules(case), request, Control())


def same_as_by_brute_force(case: Case, request: Request) -> Repair | None:
    """Repair a plan, and hold what comes of it to what the best of all plans comes to."""
    expected = smallest(case, request)
    if expected is None:
        with pytest.raises(InfeasibleError):
            repaired(case, request)
        return None
    least, (number, price, costs) = expected
    found = repaired(case, request)
    assert found.verdict.holds
    assert (found.least, found.proved) == (least, True)
    assert (len(found.changed), found.price, found.verdict.costs) == (number, price, costs)
    assert all(level.proved for level in found.levels)
    return found


BASE = case_of(
    *units("a b c"),
    series(rounds="1-4"),
    seats(),
    demand("load", id="once", role="host", most=2),
    demand("rest_gap", id="rest", role="host", cycle="weeks", rounds=2),
    demand("fair_share", id="fair", role="host", priority=1),
    demand("turn_order", id="order", role="host", priority=2),
)
KEPT = plan_of(BASE, turns(BASE, "a b c a"))
ROOMS = case_of(
    *units("a b"),
    site("hall"),
    site("yard"),
    room("red"),
    room("blue"),
    room("shed", at="yard"),
    line("law"),
    line("tea"),
    series(rounds="1-2", times="09:00; 14:00", needs_room=True, lines="law; tea"),
    seats(),
    demand("date_preference", id="dates", priority=1),
)
IN_RED = plan_of(
    ROOMS, [held(ROOMS, id_, host=who, room="red") for id_, who in zip(session_ids(ROOMS), "ab", strict=True)]
)


def changed(case: Case, *rows: Row) -> Case:
    """Return a case to which rows were added."""
    for row in rows:
        table = TABLE_OF[type(row)]
        case = case.model_copy(update={table: (*getattr(case, table), row)})
    return case


def left(case: Case, who: str, day: str) -> Case:
    """Return a case in which a unit leaves after a day."""
    gone = tuple(unit(row.id, left=day) if row.id == who else row for row in case.units)
    return case.model_copy(update={"units": gone})


MAY = case_of(
    *units("a b"),
    series(rounds="1-4", presence="may", times="09:00; 14:00"),
    seats(),
    demand("load", id="twice", role="host", most=2, per="month"),
    demand("wanted", id="wanted", priority=1),
)
THREE = plan_of(MAY, turns(MAY, "a b a")).model_copy(
    update={"declined": (Declined(session="duty@2027-01-25", reason=""),)}
)

CHANGES = [
    pytest.param(BASE, KEPT, id="nothing has changed"),
    pytest.param(changed(BASE, states("b", "cannot", "2027-01-11")), KEPT, id="b cannot on its day"),
    pytest.param(changed(BASE, states("a", "cannot", "2027-01-04", last="2027-01-31")), KEPT, id="a is away"),
    pytest.param(changed(BASE, pin("duty@2027-01-18", role="host", resource="a")), KEPT, id="a is pinned"),
    pytest.param(changed(BASE, series("talk", rounds="2"), seats(activity="talk")), KEPT, id="a session is added"),
    pytest.param(changed(BASE, *units("d")), KEPT, id="d joins"),
    pytest.param(left(BASE, "b", "2027-01-10"), KEPT, id="b leaves after the first week"),
    pytest.param(changed(ROOMS, states("red", "cannot", "2027-01-11")), IN_RED, id="a room is closed"),
    pytest.param(changed(ROOMS, states("hall", "cannot", "2027-01-04", end="12:00")), IN_RED, id="a closed morning"),
    pytest.param(changed(ROOMS, demand("line_balance", id="even")), IN_RED, id="lines are to be even"),
    pytest.param(changed(ROOMS, demand("line_balance", id="even", priority=1)), IN_RED, id="even lines are liked"),
    pytest.param(
        changed(MAY, states("a", "cannot", "2027-01-18")), THREE, id="a cannot, and the session may be dropped"
    ),
    pytest.param(changed(MAY, pin("duty@2027-01-25")), THREE, id="what was declined is to take place"),
    pytest.param(changed(MAY, demand("load", id="none", role="host", most=1)), THREE, id="only two can be held"),
]


def drawn(data: st.DataObject, budgets: Sequence[int] = (0, 1, 2), orders: Sequence[Sequence[int]] = ORDERS) -> Asked:
    """Draw a case and a plan of it, right or wrong, and change the case."""
    case = data.draw(sampling.cases())
    assume(few_enough(case))
    sessions = data.draw(sampling.plans(case))
    may = [o.id for o in agenda_of(case).occurrences if not o.must and o.id not in sessions]
    declined = tuple(Declined(session=id_, reason="") for id_ in may if data.draw(st.booleans()))
    baseline = plan_of(case, sessions.values()).model_copy(update={"declined": declined})
    whose = data.draw(st.sampled_from([*case.resources, "red", "hall"]))
    away = states(whose, "cannot", data.draw(sampling.DAYS), end=data.draw(st.sampled_from(["", "10:00"])))
    now = data.draw(st.sampled_from([None, None, "2027-01-01", "2027-01-05", "2027-01-12"]))
    budget, order = data.draw(st.sampled_from(budgets)), tuple(data.draw(st.sampled_from(orders)))
    return changed(case, away), Request(baseline, day(now) if now else None, budget=budget, order=order)
