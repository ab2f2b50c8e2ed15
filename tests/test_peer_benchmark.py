"""CP-SAT by itself, the peer of benchmarks: it has the same case, and comes to the same where both prove the best."""

from __future__ import annotations

import datetime as dt

import pytest
from ortools.sat.python import cp_model

from benchmarks.cp_sat import alone, said
from constraints.reading import read_rules
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, seats, series, states, units

ROTATION = (
    *units("a b c"),
    series("talk", rounds="1-5"),
    seats("host", "talk", least=1, most=1),
    demand("fair_share", id="fair", priority=1, role="host"),
    states("a", "avoid", "2027-01-01", last=dt.date(2027, 2, 28)),
    demand("availability", id="spare", priority=2, weight=3, level="avoid"),
)


@pytest.mark.slow
def test_it_comes_to_the_same_where_both_prove_the_best() -> None:
    case = case_of(*ROTATION)
    found = solve(case, read_rules(case), Control(seconds=20)).plan.score
    best = [(each.priority, each.value, each.bound, each.proved) for each in found]
    assert alone(case, 20.0, 7) == best
    assert all(proved for *_, proved in best)


def test_where_it_finds_no_plan_nothing_is_said_of_values() -> None:
    case = case_of(*ROTATION, demand("load", id="few", role="host", most=1))
    assert alone(case, 20.0, 7) == []
    assert said([]) == "CP-SAT by itself: no plan"
    assert said([(1, 4, 4, True), (2, 9, None, False)]) == "CP-SAT by itself: 4; 9 (–)"


def test_nothing_is_proved_below_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = iter([cp_model.FEASIBLE])
    solve_it = cp_model.CpSolver.solve

    def stopped_at_first(solver: cp_model.CpSolver, model: cp_model.CpModel) -> cp_model.CpSolverStatus:
        return next(statuses, solve_it(solver, model))

    monkeypatch.setattr(cp_model.CpSolver, "solve", stopped_at_first)
    case = case_of(*ROTATION)
    found = alone(case, 20.0, 7)
    assert [proved for *_, proved in found] == [False, False]
    assert found[1][1] == found[1][2]
