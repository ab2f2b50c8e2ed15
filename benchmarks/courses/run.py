"""How good are Rota's timetables of the competition's instances (ITC-2007, track 3), beside what is known of them?

`python -m benchmarks.courses.run [--instances comp01 comp02 ...] [--seconds 300] [--seeds 1] [--json FILE]`. Every plan
is judged by a program that shares nothing with the rules (`benchmarks/courses/judge.py`). Each run has a process of its
own, so that the memory is its own; seconds are those of the clock, and `cpu` those of all its processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from time import monotonic

from benchmarks.courses.adapter import case_of
from benchmarks.courses.instance import FOLDER, WINNER, is_as_good, known_values, path_of, read
from benchmarks.courses.judge import Judge, lectures_of
from benchmarks.results import Point, Runs, Trace
from constraints.reading import read_rules
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.solve import solve

INSTANCES = [f"comp{number:02}" for number in range(1, 11)]
KNOWN = {
    "best_known": "best",
    WINNER: "Müller",
    "lu_hao_2007": "Lü-Hao",
    "atsuta_2007": "Atsuta",
    "geiger_2007": "Geiger",
    "clark_2007": "Clark",
}
"""The columns of what is known, and whose they are; Müller won the competition."""


@dataclass(frozen=True)
class Result:
    """How one run ended.

    `judged` is the judge's cost, None without a valid plan; `value` and `bound` are Rota's own. `seconds` are those of
    the clock, `cpu` those of the processor, `megabytes` the peak of the largest process; `known` is what others came
    to, `curve` how the run went.
    """

    instance: str
    seed: int
    limit: float
    judged: int | None
    costs: dict[str, int]
    violations: dict[str, int]
    value: int | None
    bound: int | None
    seconds: float
    cpu: float
    megabytes: int
    known: dict[str, int | None]
    curve: tuple[Point, ...]


def plan(name: str, seed: int, limit: float) -> Result:
    """Plan one instance, the reading of its case included in the seconds, and judge the plan."""
    text = path_of(name).read_text(encoding="utf-8")
    trace = Trace()
    case = case_of(read(text))
    judged = value = bound = None
    costs, violations = dict[str, int](), dict[str, int]()
    try:
        found = solve(case, read_rules(case), Control(seconds=limit, seed=seed, report=trace)).plan
        judgement = Judge(text).judge(lectures_of(found.sessions))
        value, bound = found.score[0].value, found.score[0].bound
        trace.end(found.score)
        costs, violations = judgement.cost, judgement.hard
        judged = judgement.total if judgement.valid else None
    except RotaError as error:
        print(error.message.say("en"), file=sys.stderr)
    known = {whose: number for whose, number in known_values(name).items() if whose in KNOWN}
    seconds, curve = monotonic() - trace.begun, tuple(trace.points)
    return Result(name, seed, limit, judged, costs, violations, value, bound, seconds, *_used(), known, curve)


def _used() -> tuple[float, int]:
    """Return the seconds of the processor and the peak megabytes of this process and of those that it started."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used), max(each.ru_maxrss for each in used) // 1024


def _apart(name: str, seed: int, limit: float) -> Result:
    """Plan in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(plan, name, seed, limit).result()


def _line(result: Result) -> str:
    found = [result.judged, result.value, result.bound]
    measured = f"{result.seconds:>8.1f} {result.cpu:>7.1f} {result.megabytes:>6}"
    beside = "".join(f"{_said(result.known.get(column)):>8}" for column in KNOWN)
    return f"{result.instance:<9}{result.seed:>5}{''.join(f'{_said(n):>8}' for n in found)} {measured}{beside}"


def _said(number: int | None) -> str:
    return "-" if number is None else str(number)


def main() -> None:
    """Print one line for each run, and how many came to no more than the winner's value."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--instances", nargs="+", default=INSTANCES)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--json", type=Path, help="also keep all runs there")
    asked = parser.parse_args()
    if not FOLDER.exists():
        print("Skipped: the instances are not there, shared/data/cbctt beside the project.")
        return
    print(
        "instance  seed  judged   value   bound  seconds     cpu     MB"
        + "".join(f"{who:>8}" for who in KNOWN.values())
    )
    kept, results = Runs(asked.json, "instance", "seed", "limit"), list[Result]()
    for name, seed in product(asked.instances, asked.seeds):
        results.append(_apart(name, seed, asked.seconds))
        print(_line(results[-1]), flush=True)
        kept.add(asdict(results[-1]))
    as_good = sum(is_as_good(each.judged, each.known) for each in results)
    valid = sum(each.judged is not None for each in results)
    print(f"{len(results)} runs: {valid} valid, {as_good} no worse than the winner of 2007")


if __name__ == "__main__":
    main()
