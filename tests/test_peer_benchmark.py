"""CP-SAT by itself, the peer of benchmarks: it has the same case, and comes to the same where both prove the best."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest
from ortools.sat.python import cp_model

from benchmarks.cp_sat import Peer, alone, beside, said
from benchmarks.processes import run, why
from constraints.reading import read_rules
from constraints.registry import catalogue
from scheduler.solving.control import Control, default_workers
from scheduler.solving.executors import usable_cores
from scheduler.solving.solve import solve
from tests.constraints.building import case_of, demand, seats, series, states, units
from workbook.folder import write_folder

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
    assert alone(case, 20.0, 7, workers=2) == best
    assert all(proved for *_, proved in best)


def test_where_it_finds_no_plan_nothing_is_said_of_values() -> None:
    case = case_of(*ROTATION, demand("load", id="few", role="host", most=1))
    assert alone(case, 20.0, 7, workers=2) == []
    peers = Peer(2), Peer(8, [(1, 4, 4, True), (2, 9, None, False)]), Peer(9, failed="it ended with -9")
    assert [*said(peers)] == [
        "CP-SAT by itself, 2 workers: no plan",
        "CP-SAT by itself, 8 workers: 4; 9 (–)",
        "CP-SAT by itself, 9 workers: failed: it ended with -9",
    ]


def test_nothing_is_proved_below_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = iter([cp_model.FEASIBLE])
    solve_it = cp_model.CpSolver.solve

    def stopped_at_first(solver: cp_model.CpSolver, model: cp_model.CpModel) -> cp_model.CpSolverStatus:
        return next(statuses, solve_it(solver, model))

    monkeypatch.setattr(cp_model.CpSolver, "solve", stopped_at_first)
    case = case_of(*ROTATION)
    found = alone(case, 20.0, 7, workers=2)
    assert [proved for *_, proved in found] == [False, False]
    assert found[1][1] == found[1][2]


@pytest.mark.slow
def test_it_is_asked_with_a_worker_for_each_core_and_with_as_many_as_rota_has(tmp_path: Path) -> None:
    write_folder(case_of(*ROTATION), tmp_path, catalogue())
    peers = beside(tmp_path, 5.0, 7)
    assert [peer.workers for peer in peers] == sorted({usable_cores(), default_workers()})
    assert all(len(peer.scores) == 2 for peer in peers)


def test_what_hangs_is_ended_and_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.processes.STARTING", 0.5)
    ended = run([sys.executable, "-c", "import time; time.sleep(60)"], 0.1)
    assert why(ended) == "it did not end within 0.8 s"
