"""How long does a district take to plan, with how much memory, and how good is the plan?

`python -m benchmarks.district.run [--stations 10 100 1000] [--seeds 7] [--seconds 60 …] [--json FILE]`. Each district
is made, written as a folder, read, planned and verified in a process of its own, with its children; what was measured
is kept as soon as each ends. Then CP-SAT by itself has the same case, twice, for as long each (`benchmarks/cp_sat.py`),
up to 100 stations and unless asked for Rota `--alone`. `per s` are the sessions of the first plan that holds, by the
seconds until it is there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, product
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from benchmarks.cp_sat import Peer, Score, beside, said
from benchmarks.district.generator import district, size
from benchmarks.district.planting import NoPlanPlantedError
from benchmarks.processes import Peak, run, used, why
from benchmarks.results import Point, Runs, Trace, first_plan, gap
from constraints.board import Board
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.plan import Plan
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from workbook.folder import write_folder
from workbook.reading import read_case

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

WEEK = 7
FEW = 12
"""So many sessions are in the window whose building is measured."""
PEER = 100
"""Up to so many stations CP-SAT is asked by itself: with larger ones the longest run would take twice as long."""
LIMITS = {10: 60.0, 100: 300.0, 1000: 1620.0}
"""Seconds for planning, by the number of stations, where none are given: with all else, at most half an hour."""
EACH = 3.0
"""As many for each station of other districts."""

HEAD = (
    f"stations{'sessions':>9}{'read':>9}{'build':>9}{'plan':>9}{'verify':>9}{'CPU':>9}{'MiB':>7}{'per s':>8}"
    f"{'holds':>6}{'prio':>5}{'value':>10}{'bound':>10}{'gap':>8}"
)


@dataclass(frozen=True)
class Measured:
    """What was measured of one district; times in seconds, memory in MiB.

    `values` holds (priority, value, bound, proved); `processor` is the time of all processes together, `curve` how the
    search went. `peers` hold the same values of CP-SAT by itself, if it was asked. `failed` says why there is nothing
    else.
    """

    stations: int
    seed: int
    sessions: int = 0
    limit: float = 0.0
    read: float = 0.0
    build: float = 0.0
    plan: float = 0.0
    verify: float = 0.0
    processor: float = 0.0
    memory: int = 0
    holds: bool = False
    values: tuple[Score, ...] = ()
    curve: tuple[Point, ...] = ()
    peers: Sequence[Peer] = ()
    failed: str = ""


def measure(stations: int, seed: int, seconds: float) -> Measured:
    """Make, read, plan and verify a district; what ends without a plan has failed, as one is planted."""
    peak = Peak()
    try:
        return _measured(stations, seed, seconds, peak)
    except RotaError as error:
        failed = error.message.say("en")
    except NoPlanPlantedError:
        failed = "no plan could be planted in such a district"
    finally:
        peak.end()
    return Measured(stations, seed, limit=seconds, failed=failed)


def _measured(stations: int, seed: int, seconds: float, peak: Peak) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        write_folder(district(stations, seed), Path(folder), catalogue())
        times = [monotonic()]
        case = read_case(Path(folder), catalogue(), (rule_problems,)).required()
    rules = read_rules(case)
    times.append(monotonic())
    _one_window(case.model_copy(), rules)  # what is worked out for it is not there for the search
    times.append(monotonic())
    trace = Trace()
    plan = solve(case, rules, Control(seconds=seconds, seed=seed, report=trace)).plan
    trace.end(plan.score)
    times.append(monotonic())
    again = Plan.model_validate_json(plan.model_dump_json())
    times.append(monotonic())
    holds = verify(case, rules, again).holds
    times.append(monotonic())
    read, build, planned, _, verified = (after - before for before, after in pairwise(times))
    return Measured(
        stations,
        seed,
        len(plan.sessions),
        seconds,
        read,
        build,
        planned,
        verified,
        used(),
        peak.end(),
        holds,
        tuple((s.priority, s.value, s.bound, s.proved) for s in plan.score),
        tuple(trace.points),
    )


def _one_window(case: Case, rules: Sequence[Rule]) -> None:
    """Build the model of the first week's sessions, with whatever rules work out once for a case."""
    occurrences = agenda_of(case).occurrences
    week = [o for o in occurrences if (o.nominal - occurrences[0].nominal).days < WEEK][:FEW]
    frames = {o.id: o for o in week}
    Board(case, frames, narrowed=frames).post(rules)


def _lines(found: Measured) -> Iterator[str]:
    """Say what was measured, one line per priority."""
    if found.failed:
        yield f"{found.stations:>8} failed: {found.failed}"
    for number, (priority, value, bound, _) in enumerate(found.values):
        times = (found.read, found.build, found.plan, found.verify, found.processor)
        pace = found.sessions / first_plan(found.curve, found.plan)
        first = (
            f"{found.stations:>8}{found.sessions:>9}",
            "".join(f"{seconds:>9.1f}" for seconds in times),
            f"{found.memory:>7}{pace:>8.1f}{'yes' if found.holds else 'no':>6}",
        )
        shown = "".join(first) if number == 0 else " " * len("".join(first))
        yield f"{shown}{priority:>5}{value:>10}{bound or 0:>10}{gap(value, bound):>8.1%}"
    yield from (f"{'':>8} {each}" for each in said(found.peers))


def main() -> None:
    """Print the table, or with --one the measurements of one district as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stations", nargs="+", type=size, default=[10, 100])
    parser.add_argument("--seeds", nargs="+", type=int, default=[7])
    parser.add_argument("--seconds", nargs="+", type=float, default=[], help="for planning, one for each size")
    parser.add_argument("--json", type=Path, help="also keep all runs there")
    parser.add_argument("--alone", action="store_true", help="without CP-SAT by itself")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    limits = [*asked.seconds, *(LIMITS.get(n, EACH * n) for n in asked.stations[len(asked.seconds) :])]
    if asked.one:
        print(json.dumps(asdict(measure(asked.stations[0], asked.seeds[0], limits[0]))))
        return
    kept = Runs(asked.json, "stations", "seed", "limit")
    seeds = ", ".join(map(str, asked.seeds))
    print(f"seeds {seeds}; load {kept.machine['load']}; times in seconds, memory of all processes in MiB")
    print(HEAD, flush=True)
    for (stations, seconds), seed in product(zip(asked.stations, limits, strict=False), asked.seeds):
        measured = _apart(stations, seed, seconds)
        if stations <= PEER and not asked.alone and not measured.failed:
            measured = _beside(measured)
        print("\n".join(_lines(measured)), flush=True)
        kept.add(asdict(measured))


def _beside(measured: Measured) -> Measured:
    """Return what was measured with what CP-SAT by itself comes to."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(district(measured.stations, measured.seed), Path(folder), catalogue())
        return replace(measured, peers=beside(Path(folder), measured.limit, measured.seed))


def _apart(stations: int, seed: int, seconds: float) -> Measured:
    """Measure one district in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.district.run", "--one", "--stations", str(stations)]
    command += ["--seeds", str(seed), "--seconds", str(seconds)]
    ended = run(command, seconds)
    if failed := why(ended):
        return Measured(stations, seed, limit=seconds, failed=failed)
    return Measured(**json.loads(ended.stdout))


if __name__ == "__main__":
    main()
