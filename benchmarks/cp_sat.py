"""What CP-SAT comes to by itself: the peer beside Rota's search, in the same run and for as long.

`python -m benchmarks.cp_sat FOLDER [--seconds 60] [--seed 0] [--workers 8]` prints the result as JSON. It has the model
of the whole case, and the rules said as Rota says them. Priorities follow each other; each has an even share of the
time that is left, and is kept to what it came to. Building the model counts. Benchmarks ask it twice: with one worker
for each core, and with as many as Rota lets it have (decision 2), since neither is better everywhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from benchmarks.processes import run, why
from constraints.board import Board
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from scheduler.solving.control import default_workers
from scheduler.solving.executors import usable_cores
from scheduler.solving.levels import weighted, worth
from workbook.reading import read_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rota.case import Case

Score = tuple[int, int, int | None, bool]
"""A priority, what the plan comes to there, the bound, None where it was not asked for, and whether that is proved.

A bound is one of the plans that are as good at all stronger priorities; it proves the best only where these are proved.
"""


@dataclass(frozen=True)
class Peer:
    """What CP-SAT came to by itself with so many workers, nothing without a plan; or why it failed."""

    workers: int
    scores: Sequence[Score] = ()
    failed: str = ""


def beside(folder: Path, seconds: float, seed: int) -> list[Peer]:
    """Return what CP-SAT comes to by itself, each time in a process of its own: first with one worker for each core."""
    return [_apart(folder, seconds, seed, workers) for workers in sorted({usable_cores(), default_workers()})]


def _apart(folder: Path, seconds: float, seed: int, workers: int) -> Peer:
    command = [sys.executable, "-m", "benchmarks.cp_sat", str(folder), "--seconds", str(seconds), "--seed", str(seed)]
    ended = run([*command, "--workers", str(workers)], seconds)
    if failed := why(ended):
        return Peer(workers, failed=failed)
    return Peer(workers, [(p, value, bound, proved) for p, value, bound, proved in json.loads(ended.stdout)])


def said(peers: Sequence[Peer]) -> Iterator[str]:
    """Say what CP-SAT came to by itself, with the bounds where these are not met."""
    for peer in peers:
        bounds = ("" if proved else f" ({'–' if bound is None else bound})" for _, _, bound, proved in peer.scores)
        values = "; ".join(f"{value}{bound}" for (_, value, *_), bound in zip(peer.scores, bounds, strict=True))
        came_to = f"failed: {peer.failed}" if peer.failed else values or "no plan"
        yield f"CP-SAT by itself, {peer.workers} workers: {came_to}"


def alone(case: Case, seconds: float, seed: int, workers: int) -> list[Score]:
    """Return what CP-SAT comes to within so many seconds, priority by priority; nothing without a plan."""
    ends = monotonic() + seconds
    board = Board(case)
    board.post(read_rules(case))
    priorities = sorted(board.costs)
    values: Sequence[int] | None = None
    proved: dict[int, tuple[int, bool]] = {}
    for number, priority in enumerate(priorities):
        left = ends - monotonic()
        if left <= 0:
            break
        cost = weighted(board.costs[priority])
        board.model.minimize(cost)
        solver = _solver(left / (len(priorities) - number), seed, workers)
        status = solver.solve(board.model)
        if status == cp_model.INFEASIBLE:
            return []
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            values = list(solver.response_proto.solution)
            proved[priority] = round(solver.best_objective_bound), status == cp_model.OPTIMAL
            board.model.add(cost <= round(solver.objective_value))
            _hint(board.model, values)
    if values is None:
        return []
    scores, settled = list[Score](), True
    for priority in priorities:
        reached = sum(amount * worth(what, values) for amount, what in board.costs[priority])
        bound, is_least = proved.get(priority, (None, False))
        settled = settled and is_least
        scores.append((priority, reached, bound, settled))
    return scores


def _solver(seconds: float, seed: int, workers: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    return solver


def _hint(model: cp_model.CpModel, values: Sequence[int]) -> None:
    model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
    for index, value in enumerate(values):
        model.add_hint(model.get_int_var_from_proto_index(index), value)


def main() -> None:
    """Print what was found as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=default_workers())
    asked = parser.parse_args()
    case = read_case(asked.folder, catalogue(), [rule_problems]).required()
    print(json.dumps(alone(case, asked.seconds, asked.seed, asked.workers)))


if __name__ == "__main__":
    main()
