"""How many workers: the strongest priority of the Suzhou year, searched with different numbers of strategies at once.

Every run starts from the same model and the same constructed plan. `python benchmarks/workers.py --seconds 30` allows
each run more time. docs/decisions/0002-workers.md says what follows from it.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from ortools.sat.python import cp_model

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from constraints.board import Board  # noqa: E402 - found through the line above, also where Rota is not installed
from constraints.reading import read_rules, rule_problems  # noqa: E402
from constraints.registry import catalogue  # noqa: E402
from rota.plan import Session  # noqa: E402
from scheduler.solving.construct import construct  # noqa: E402
from scheduler.solving.control import Control, default_workers  # noqa: E402
from workbook.reading import read_case  # noqa: E402

RUNS = ((1, 2, False), (8, 1, True), (2, 1, True), (2, 2, True))
"""Workers, CP-SAT's level of linearisation (1 is its default, 2 is the full linear relaxation), whether from the hint.

The first is Rota's exact search, the second its portfolio."""


@dataclass(frozen=True)
class Result:
    """How one run ended."""

    workers: int
    linearization: int
    hinted: bool
    value: int
    bound: int
    proved: bool
    seconds: float


def model_of(case_folder: Path) -> cp_model.CpModel:
    """Return the model of a case that minimises its strongest priority, with a constructed plan as its hint."""
    case = read_case(case_folder, catalogue(), [rule_problems]).required()
    rules = read_rules(case)
    sessions: dict[str, Session] = construct(case, rules, Control())
    board = Board(case)
    board.post(rules)
    terms = board.costs[min(board.costs)]
    board.model.minimize(cp_model.LinearExpr.weighted_sum([what for _, what in terms], [amount for amount, _ in terms]))
    for lit, value in board.values(sessions):
        board.model.add_hint(lit, value)
    return board.model


def run(model: cp_model.CpModel, setting: tuple[int, int, bool], seconds: float) -> Result:
    """Search with one setting of `RUNS` for at most so many seconds."""
    workers, linearization, hinted = setting
    model = model.clone()
    if not hinted:
        model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.linearization_level = linearization
    solver.parameters.max_time_in_seconds = seconds
    begun = monotonic()
    status = solver.solve(model)
    return Result(
        workers,
        linearization,
        hinted,
        round(solver.objective_value),
        round(solver.best_objective_bound),
        status == cp_model.OPTIMAL,
        monotonic() - begun,
    )


def main() -> None:
    """Print one line per number of workers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=15.0, help="at most so many seconds per run")
    parser.add_argument("--case", type=Path, default=ROOT / "examples" / "suzhou")
    asked = parser.parse_args()
    model = model_of(asked.case)
    print(
        f"{asked.case.name}: strongest priority, at most {asked.seconds:g} s per run; "
        f"here Rota uses {default_workers()} workers"
    )
    print(
        f"{'workers':>7} {'linear':>6} {'hint':>4} {'value':>7} {'bound':>7} "
        f"{'proved':>6} {'seconds':>8} {'time ratio':>10}"
    )
    first: Result | None = None
    for setting in RUNS:
        result = run(model, setting, asked.seconds)
        first = first or result
        ratio = f"{result.seconds / first.seconds:.1f}" if result.proved else f"> {result.seconds / first.seconds:.1f}"
        print(
            f"{result.workers:>7} {result.linearization:>6} {'yes' if result.hinted else 'no':>4} "
            f"{result.value:>7} {result.bound:>7} "
            f"{'yes' if result.proved else 'no':>6} {result.seconds:>8.1f} {ratio:>10}",
            flush=True,
        )


if __name__ == "__main__":
    main()
