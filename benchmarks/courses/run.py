"""How good are Rota's timetables of the competition's instances (ITC-2007, track 3), beside what is known of them?

`python -m benchmarks.courses.run [--instances comp01 comp02 ...] [--seconds 300] [--seeds 1] [--json FILE]`. Every plan
is judged by a program that shares nothing with the rules (`benchmarks/courses/judge.py`). Each run has a process of its
own, so that the memory is its own; seconds are those of the clock, and `cpu` those of all its processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from itertools import product
from pathlib import Path
from time import monotonic

from benchmarks.courses.adapter import case_of
from benchmarks.courses.instance import FOLDER, OTHERS, is_as_good, known_values, path_of, read
from benchmarks.courses.judge import Judge, lectures_of
from benchmarks.processes import Peak, used
from benchmarks.results import Point, Runs, Trace
from constraints.reading import read_rules
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.solve import solve

INSTANCES = [f"comp{number:02}" for number in range(1, 11)]


@dataclass(frozen=True)
class Result:
    """How one run ended.

    `judged` is the judge's cost, None without a valid plan; `value` and `bound` are Rota's own. `seconds` are those of
    the clock, `cpu` those of the processor, `memory` the MiB that all processes held together at most; `known` is what
    others came to, `curve` how the run went. `failed` says why it did not come to an end of its own.
    """

    instance: str
    seed: int
    limit: float
    judged: int | None = None
    costs: dict[str, int] = field(default_factory=dict)
    violations: dict[str, int] = field(default_factory=dict)
    value: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    known: dict[str, int | None] = field(default_factory=dict)
    curve: tuple[Point, ...] = ()
    failed: str = ""


def plan(name: str, seed: int, limit: float) -> Result:
    """Plan one instance, the reading of its case included in the seconds, and judge the plan."""
    text = path_of(name).read_text(encoding="utf-8")
    peak, trace = Peak(), Trace()
    case = case_of(read(text))
    judged = value = bound = None
    costs, violations, failed = dict[str, int](), dict[str, int](), ""
    try:
        found = solve(case, read_rules(case), Control(seconds=limit, seed=seed, report=trace)).plan
        judgement = Judge(text).judge(lectures_of(found.sessions))
        value, bound = found.score[0].value, found.score[0].bound
        trace.end(found.score)
        costs, violations = judgement.cost, judgement.hard
        judged = judgement.total if judgement.valid else None
    except NoPlanFoundError as error:
        print(error.message.say("en"), file=sys.stderr)
    except RotaError as error:
        failed = error.message.say("en")
    measured = monotonic() - trace.begun, used(), peak.end()
    curve = tuple(trace.points)
    return Result(name, seed, limit, judged, costs, violations, value, bound, *measured, _known(name), curve, failed)


def _known(name: str) -> dict[str, int | None]:
    return {whose: number for whose, number in known_values(name).items() if whose in OTHERS}


def _apart(name: str, seed: int, limit: float) -> Result:
    """Plan in a process of its own."""
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
            return executor.submit(plan, name, seed, limit).result()
    except BrokenProcessPool as error:
        return Result(name, seed, limit, known=_known(name), failed=str(error))


def _line(result: Result) -> str:
    if result.failed:
        return f"{result.instance:<9}{result.seed:>5} failed: {result.failed}"
    found = [result.judged, result.value, result.bound]
    measured = f"{result.seconds:>8.1f} {result.cpu:>7.1f} {result.memory:>6}"
    beside = "".join(f"{_said(result.known.get(column)):>11}" for column in OTHERS)
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
        "instance  seed  judged   value   bound  seconds     cpu    MiB"
        + "".join(f"{who:>11}" for who in OTHERS.values())
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
