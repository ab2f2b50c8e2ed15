"""How well and how fast the stations of examples are planned: one table, each case in a process of its own.

`python benchmarks/stations.py [CASE …] [--seconds 60] [--seeds 0] [--json FILE]`; without names, all cases in
examples/. After each, CP-SAT by itself has the same case, twice, for as long each (`cp_sat.py`), unless asked for Rota
`--alone`.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cp_sat import Peer, Score, beside, said  # noqa: E402
from benchmarks.processes import Peak, run, used, why  # noqa: E402
from benchmarks.results import Point, Runs, Trace  # noqa: E402
from constraints.board import Board  # noqa: E402 - found through the line above, also where Rota is not installed
from constraints.reading import read_rules, rule_problems  # noqa: E402
from constraints.registry import catalogue  # noqa: E402
from rota.problem import RotaError  # noqa: E402
from scheduler.solving.control import Control, Progress  # noqa: E402
from scheduler.solving.errors import NoPlanFoundError  # noqa: E402
from scheduler.solving.solve import solve  # noqa: E402
from workbook.reading import read_case  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constraints.rule import Rule
    from rota.case import Case

HEAD = (
    "case",
    "sessions",
    "variables",
    "prio",
    "value",
    "bound",
    "proved",
    "build",
    "search",
    "settle",
    "MiB",
    "same",
)
WIDTHS = (10, 8, 9, 4, 8, 8, 6, 7, 7, 7, 5, 4)


@dataclass
class Measured:
    """What was measured of one case; times in seconds, memory in MiB of all processes together.

    `scores` holds (priority, value, bound, proved), `peers` the same of CP-SAT by itself, if it was asked. `failed`
    says why there is nothing else.
    """

    case: str
    seed: int = 0
    sessions: int = 0
    variables: int = 0
    scores: Sequence[Score] = ()
    building: float = 0.0
    search: float = 0.0
    settling: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    limit: float = 0.0
    curve: Sequence[Point] = ()
    reproducible: bool = False
    failed: str = ""
    peers: Sequence[Peer] = ()


def measure(folder: Path, seconds: float, seed: int) -> Measured:
    """Plan one case and measure the steps."""
    found, peak = Measured(folder.name, seed, limit=seconds), Peak()
    try:
        case = read_case(folder, catalogue(), [rule_problems]).required()
        rules = read_rules(case)
        begun = monotonic()
        board = Board(case.model_copy())  # what is worked out for it is not there for the search
        board.post(rules)
        found.building = monotonic() - begun
        found.variables = len(board.model.proto.variables)
        _plan(case, rules, found)
    except NoPlanFoundError as error:
        print(error.message.say("en"), file=sys.stderr)
    except RotaError as error:
        found.failed = error.message.say("en")
    found.cpu, found.memory = used(), peak.end()
    return found


def _plan(case: Case, rules: Sequence[Rule], found: Measured) -> None:
    """Plan, taking the time where settling begins."""
    at: dict[str, float] = {}
    trace = Trace()

    def report(progress: Progress) -> None:
        at.setdefault(progress.stage, monotonic())
        trace(progress)

    begun = monotonic()
    solved = solve(case, rules, Control(seconds=found.limit, seed=found.seed, report=report))
    ended = monotonic()
    found.search = at.get("settle", ended) - begun
    found.settling = ended - at.get("settle", ended)
    found.sessions = len(solved.plan.sessions)
    found.reproducible = solved.plan.solver.reproducible
    trace.end(solved.plan.score)
    found.curve = trace.points
    found.scores = [(s.priority, s.value, s.bound, s.proved) for s in solved.plan.score]


def lines(found: Measured) -> list[str]:
    """Return the lines of the table for one case, one per priority."""
    if found.failed:
        return [f"{found.case:<10} failed: {found.failed}"]
    if not found.scores:
        return [f"{found.case:<10} no plan"]
    times = [f"{t:.1f}" for t in (found.building, found.search, found.settling)]
    rows = []
    for number, (priority, value, bound, proved) in enumerate(found.scores):
        first = number == 0
        rows.append(
            (
                *((found.case, f"{found.sessions}", f"{found.variables}") if first else ("", "", "")),
                *(f"{priority}", f"{value}", "-" if bound is None else f"{bound}", "yes" if proved else "no"),
                *((*times, f"{found.memory}", "yes" if found.reproducible else "no") if first else ()),
            )
        )
    return [*map(_line, rows), *(f"{'':<10} {each}" for each in said(found.peers))]


def _line(row: Sequence[str]) -> str:
    cells = (
        f"{cell:>{width}}" if number else f"{cell:<{width}}"
        for number, (cell, width) in enumerate(zip(row, WIDTHS, strict=False))
    )
    return " ".join(cells).rstrip()


def main() -> None:
    """Print the table, or with --one the measurements of one case as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("case", nargs="*", help="names of folders in examples/, or paths; else all that are there")
    parser.add_argument("--seconds", type=float, default=60.0, help="at most so many seconds of solving per case")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--json", type=Path, help="also keep all runs there")
    parser.add_argument("--alone", action="store_true", help="without CP-SAT by itself")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asdict(measure(asked.one, asked.seconds, asked.seeds[0]))))
        return
    kept = Runs(asked.json, "case", "seed", "limit")
    folders = [Path(c) if Path(c).is_dir() else ROOT / "examples" / c for c in asked.case]
    print(
        f"at most {asked.seconds:g} s of solving per case; times in seconds, memory of all processes at its peak in MiB"
    )
    print(_line(HEAD), flush=True)
    folders = folders or sorted(path.parent for path in (ROOT / "examples").glob("*/rotation.toml"))
    for folder, seed in product(folders, asked.seeds):
        measured = _apart(folder, asked.seconds, seed)
        if not asked.alone and not measured.failed:
            measured.peers = beside(folder, asked.seconds, seed)
        print("\n".join(lines(measured)), flush=True)
        kept.add(asdict(measured))


def _apart(folder: Path, seconds: float, seed: int) -> Measured:
    """Measure one case in a process of its own."""
    command = [sys.executable, __file__, "--one", str(folder), "--seconds", str(seconds), "--seeds", str(seed)]
    ended = run(command, seconds)
    if failed := why(ended):
        return Measured(folder.name, seed, limit=seconds, failed=failed)
    return Measured(**json.loads(ended.stdout))


if __name__ == "__main__":
    main()
