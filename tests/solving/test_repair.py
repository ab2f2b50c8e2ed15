"""The smallest repair: the fewest sessions change, then the cheapest way, then as good a plan as that leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, settings

from constraints.reading import read_rules
from rota.case import Case
from rota.plan import Plan
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Repair, Request, repair
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
    units,
)
from tests.solving.brute import smallest

FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


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


def changed(case: Case, *rows: object) -> Case:
    """Return a case to which rows were added."""
    for row in rows:
        table = TABLE_OF[type(row)]
        case = case.model_copy(update={table: (*getattr(case, table), row)})
    return case


@pytest.mark.parametrize(
    ("case", "baseline"),
    [
        pytest.param(BASE, KEPT, id="nothing has changed"),
        pytest.param(changed(BASE, states("b", "cannot", "2027-01-11")), KEPT, id="b cannot on its day"),
        pytest.param(changed(BASE, states("a", "cannot", "2027-01-04", last="2027-01-31")), KEPT, id="a is away"),
        pytest.param(changed(BASE, pin("duty@2027-01-18", role="host", resource="a")), KEPT, id="a is pinned"),
        pytest.param(changed(BASE, series("talk", rounds="2"), seats(activity="talk")), KEPT, id="a session is added"),
        pytest.param(changed(BASE, *units("d")), KEPT, id="d joins"),
        pytest.param(changed(ROOMS, states("red", "cannot", "2027-01-11")), IN_RED, id="a room is closed"),
        pytest.param(
            changed(ROOMS, states("hall", "cannot", "2027-01-04", end="12:00")), IN_RED, id="a closed morning"
        ),
        pytest.param(changed(ROOMS, demand("line_balance", id="even")), IN_RED, id="lines are to be even"),
        pytest.param(changed(ROOMS, demand("line_balance", id="even", priority=1)), IN_RED, id="even lines are liked"),
    ],
)
@pytest.mark.parametrize("now", [None, pytest.param("2027-01-01", marks=pytest.mark.slow), "2027-01-08", "2027-01-20"])
@pytest.mark.parametrize("more", [{}, {"budget": 1}, {"order": (1,)}, {"order": (2, 1), "budget": 2}], ids=str)
def test_the_repair_is_that_of_brute_force(case: Case, baseline: Plan, now: str | None, more: dict[str, int]) -> None:
    same_as_by_brute_force(case, Request(baseline, day(now) if now else None, **more))  # type: ignore[arg-type]
