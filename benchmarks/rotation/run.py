"""How good are plans of the rotation benchmark after so many seconds, beside Timefold where that is there?

`python -m benchmarks.rotation.run [--sizes S M L XL] [--seeds 7 8 9] [--seconds 10 60] [--json FILE]`. Every answer is
judged by the benchmark's own program, and every bound computed anew from its certificate (`certificate.py`). Timefold
(Java) runs after Rota for as long, where java and the folder `../shared/bench/rotation/timefold` are found.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks.results import Point, Runs, Trace
from benchmarks.rotation.adapter import INSTANCES, Instance, answer_of, benchmark, case_of
from constraints.reading import read_rules
from rota.certificate import dump_certificate
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.solve import solve

CHECKER = Path(__file__).parent / "certificate.py"
"""Computes bounds anew, and shares nothing with Rota."""
TIMEFOLD = INSTANCES.parent / "timefold" / "run.sh"
INSTALLED = Path(__file__).resolve().parents[2] / "build" / "timefold"
"""Where Timefold is installed by its first run."""


@dataclass(frozen=True)
class Result:
    """How one run ended: the value that the judge counts (None without a valid answer), the bound, the seconds.

    `certified` is the bound that the certificate proves, `cpu` are the seconds of the processor that all of its
    processes took; `curve` is how it went.
    """

    size: str
    seed: int
    limit: float
    solver: str
    value: int | None
    bound: int | None
    seconds: float
    cpu: float = 0.0
    curve: tuple[Point, ...] = ()
    certified: int | None = None


def rota(size: str, seed: int, limit: float, certificates: Path | None = None) -> Result:
    """Plan one instance in a process of its own, the reading of its case included in the seconds."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(plan, size, seed, limit, certificates).result()


def plan(size: str, seed: int, limit: float, certificates: Path | None = None) -> Result:
    """Plan one instance in this process; its certificate is kept in a folder."""
    instance = benchmark().make(size, seed)
    trace, used = Trace(), _used()
    case = case_of(instance)
    value = bound = certified = None
    try:
        solved = solve(case, read_rules(case), Control(seconds=limit, seed=seed, report=trace))
        trace.end(solved.plan.score)
        value, bound = _judged(instance, answer_of(solved.plan.sessions)), solved.plan.score[0].bound
        seconds, cpu = monotonic() - trace.begun, _used() - used
        if solved.certificate and solved.certificate.priorities:
            certified = recomputed(instance, f"{size}{seed}", dump_certificate(solved.certificate), certificates)
    except RotaError as error:
        print(error.message.say("en"), file=sys.stderr)
        seconds, cpu = monotonic() - trace.begun, _used() - used
    return Result(size, seed, limit, "rota", value, bound, seconds, cpu, tuple(trace.points), certified)


def recomputed(instance: Instance, name: str, certificate: str, folder: Path | None) -> int | None:
    """Return the bound that a program of its own computes from a certificate, None where it refuses that.

    The certificate is kept in the folder, unless one that proves more is kept there.
    """
    with tempfile.TemporaryDirectory() as work:
        made, stated = Path(work) / f"{name}.json", Path(work) / f"{name}.certificate.json.gz"
        made.write_text(json.dumps(instance), encoding="utf-8")
        stated.write_bytes(gzip.compress(certificate.encode(), mtime=0))
        found = _proved(made, stated)
        if folder and found is not None:
            folder.mkdir(parents=True, exist_ok=True)
            kept = folder / stated.name
            if not kept.exists() or found >= (_proved(made, kept) or 0):
                shutil.copy(stated, kept)
    return found


def _proved(instance: Path, certificate: Path) -> int | None:
    ended = subprocess.run(  # noqa: S603 - the program beside this one
        [sys.executable, str(CHECKER), str(instance), str(certificate)], capture_output=True, text=True, check=False
    )
    said = re.search(r"proved (\d+)", ended.stdout)
    return int(said[1]) if said else None


def _used() -> float:
    """Return the seconds of the processor that this process took, and those that it started and that have ended."""
    return sum(os.times()[:4])


def timefold(size: str, seed: int, limit: float) -> Result:
    """Let Timefold answer one instance."""
    instance = benchmark().make(size, seed)
    with tempfile.TemporaryDirectory() as folder:
        lines, answer = Path(folder) / "instance.txt", Path(folder) / "answer.json"
        lines.write_text(benchmark().text(instance), encoding="utf-8")
        begun, used = monotonic(), _used()
        command = [str(TIMEFOLD), str(lines), str(round(limit)), str(answer)]
        environment = {"ROTA_BENCH_DIR": str(INSTALLED), **os.environ}
        subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - the benchmark's own
        seconds = monotonic() - begun
        value = _judged(instance, json.loads(answer.read_text())) if answer.exists() else None
    return Result(size, seed, limit, "timefold", value, None, seconds, _used() - used)


def _judged(instance: Instance, answer: dict[str, list[int]]) -> int | None:
    found = benchmark().judge(instance, answer)
    return int(found["total"]) if found["valid"] else None


def _line(results: list[Result]) -> str:
    """Say the medians of one solver over the seeds; an answer that is not valid, or missing, is worse than any."""
    first = results[0]
    values = [float("inf") if each.value is None else each.value for each in results]
    gaps = [(e.value - e.bound) / e.value for e in results if e.value and e.bound is not None]
    shown = f"{median(gaps):8.2%}" if gaps else f"{'-':>8}"
    seconds, cpu = (median(getattr(each, name) for each in results) for name in ("seconds", "cpu"))
    certain = [each.certified is not None and each.certified >= (each.bound or 0) for each in results]
    checked = f"{sum(certain):>5} of {len(results)}" if first.solver == "rota" else ""
    return (
        f"{first.size:<4} {first.limit:>6g} {first.solver:<9} {median(values):>8.15g} {shown}"
        f" {seconds:>7.1f} {cpu:>7.1f} {checked}"
    ).rstrip()


def runs(asked: argparse.Namespace) -> Iterator[list[Result]]:
    """Yield the results of each size, limit and solver for all seeds."""
    folder = asked.json.parent / "certificates" if asked.json else None
    solvers: list[Callable[[str, int, float], Result]] = [partial(rota, certificates=folder)]
    if shutil.which("java") and TIMEFOLD.exists() and not asked.alone:
        solvers.append(timefold)
    for size in asked.sizes:
        for limit in asked.seconds:
            for solver in solvers:
                yield [solver(size, seed, limit) for seed in asked.seeds]


def main() -> None:
    """Print one line per size, limit and solver."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", nargs="+", default=["S", "M", "L", "XL"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[7, 8, 9])
    parser.add_argument("--seconds", nargs="+", type=float, default=[10, 60, 300])
    parser.add_argument("--alone", action="store_true", help="without Timefold")
    parser.add_argument("--json", type=Path, help="also keep all runs there, and certificates in a folder beside")
    asked = parser.parse_args()
    if not INSTANCES.exists():
        print(f"Skipped: the benchmark's program is not there, {INSTANCES.name} beside the project in shared/.")
        return
    kept = Runs(asked.json, "size", "limit", "solver", "seed")
    print(f"medians of seeds {', '.join(map(str, asked.seeds))}; load {kept.machine['load']}")
    print("size  limit solver       value      gap seconds     cpu  bounds recomputed", flush=True)
    for results in runs(asked):
        print(_line(results), flush=True)
        for result in results:
            kept.add(asdict(result))


if __name__ == "__main__":
    main()
