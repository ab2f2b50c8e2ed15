"""Bounds from starts and rooms: never above the best timetable, and often its cost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from constraints.reading import read_rules
from constraints.verify import verify
from rota.case import Case
from rota.row import Row
from scheduler.solving.bounding.placement import placement_of
from scheduler.solving.control import Control
from tests.constraints import timetables
from tests.constraints.building import case_of, demand, plan_of, room, seats, series, unit
from tests.solving.test_bounding import least_cost
from tests.thoroughness import sparing

RANDOM = settings(max_examples=sparing(25, 200), deadline=None, suppress_health_check=list(HealthCheck))


def bound_of(case: Case) -> int:
    placement = placement_of(case, read_rules(case), 1)
    assert placement is not None
    found: list[int] = []
    placement.improve(Control(seconds=60), found.append)
    return max(found)


def school(*rows: Row, attendance: int = 40) -> Case:
    """Two courses of one class, three lessons each, in two hours of four days; the large room holds 30."""
    week = {"days_after": 3, "times": "09:00; 10:00", "needs_room": True}
    return case_of(
        *(room("large", capacity=30), room("small", capacity=10), unit("class", groups="class")),
        series("algebra", rounds="1-3", attendance=attendance, **week),
        series("botany", rounds="1-3", attendance=5, **week),
        *(seats("class", activity, groups="class") for activity in ("algebra", "botany")),
        *rows,
    )


FIT = demand("room_fit", id="fit", priority=1)
TOGETHER = demand("compactness", id="together", priority=1, weight=2)
SPREAD = demand("minimum_days", id="spread", priority=1, weight=5, per="horizon", least=3)


@pytest.mark.parametrize(
    ("case", "cost"),
    [
        (school(TOGETHER, attendance=20), 0),
        (school(FIT), 30),  # ten have no place in the large room, three times
        (school(FIT, TOGETHER, SPREAD), 30),
        (school(demand("room_fit", id="fit", priority=2), SPREAD), 0),  # what is preferred less does not count
    ],
)
def test_a_school_pays_at_least_so_much(case: Case, cost: int) -> None:
    assert bound_of(case) == cost == least_cost(case, read_rules(case), 1)


def test_the_best_starts_come_with_rooms_that_hold() -> None:
    case = school(TOGETHER, FIT, SPREAD, attendance=20)
    placement = placement_of(case, read_rules(case), 1)
    assert placement is not None
    assert placement.improve(Control(seconds=60), lambda _: None)
    found = placement.plan(Control(seconds=60))
    assert found is not None
    verdict = verify(case, read_rules(case), plan_of(case, found.values()))
    assert (verdict.holds, verdict.costs) == (True, {1: 0})


@pytest.mark.slow
@given(timetables.cases(preferred=True))
@RANDOM
def test_no_timetable_costs_less(case: Case) -> None:
    if placement_of(case, read_rules(case), 1) is None:
        return
    least = least_cost(case, read_rules(case), 1)
    assert least is None or bound_of(case) <= least
