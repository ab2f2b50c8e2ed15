"""How good are plans of the rotation benchmark after so many seconds, beside Timefold where that is there?

`python -m benchmarks.rotation.run [--sizes S M L XL] [--seeds 7 8 9] [--seconds 10 60] [--json FILE]`. Every answer is
judged by the benchmark's own program, and every bound computed anew from its certificate (`certificate.py`). Timefold
(Java) runs after Rota for as long, by `../shared/bench/rotation/timefold`, unless asked for Rota `--alone`.
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
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from time import monotonic

from benchmarks.processes import Peak, used, why
from benchmarks.results import Point, Runs, Trace, gap, is_borne_out
from benchmarks.rotation.adapter import INSTANCES, Instance, answer_of, benchmark, case_of
from constraints.reading import read_rules
from rota.certificate import Certificate, dump_certificate
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.solve import solve

CHECKER = Path(__file__).parent / "certificate.py"
"""Computes bounds anew, and shares nothing with Rota."""
TIMEFOLD = INSTANCES.parent / "timefold" / "run.sh"
INSTALLED = Path(__file__).resolve().parents[2] / "build" / "timefold"
"""Where Timefold is installed by its first run."""
INSTALLING = 600.0
"""Seconds on top of its limit after which Timefold is given up."""


@dataclass(frozen=True)
class Result:
    """How one run ended: the value that the judge counts (None without a valid answer), the bound, the seconds.

    `certified` is the bound that the certificate proves, `cpu` are the seconds of the processor that all of its
    processes took, `memory` the MiB that they held together at most (of Rota); `curve` is how it went. `failed` says
    why it did not come to an end of its own.
    """

    size: str
    seed: int
    limit: float
    solver: str
    value: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    curve: tuple[Point, ...] = ()
    certified: int | None = None
    failed: str = ""


def rota(size: str, seed: int, limit: float, certificates: Path | None = None) -> Result:
    """Plan one instance in a process of its own, the making of its case included in the seconds."""
    try:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
            return executor.submit(plan, size, seed, limit, certificates).result()
    except BrokenProcessPool as error:
        return Result(size, seed, limit, "rota", failed=str(error))


def plan(size: str, seed: int, limit: float, certificates: Path | None = None) -> Result:
    """Plan one instance in this process; its certificate is kept in a folder."""
    instance = benchmark().make(size, seed)
    peak, trace, before = Peak(), Trace(), used()
    case, failed = case_of(instance), ""
    value = bound = stated = None
    try:
        solved = solve(case, read_rules(case), Control(seconds=limit, seed=seed, report=trace))
        trace.end(solved.plan.score)
        value, bound = _judged(instance, answer_of(solved.plan.sessions)), solved.plan.score[0].bound
        stated = solved.certificate
    except NoPlanFoundError as error:
        print(error.message.say("en"), file=sys.stderr)
    except (RotaError, ValueError) as error:
        failed = str(error)
    seconds, cpu, memory = monotonic() - trace.begun, used() - before, peak.end()
    kept = certificates and certificate_of(certificates, size, seed, limit)
    certified = recomputed(instance, stated, kept)
    points = tuple(trace.points)
    return Result(size, seed, limit, "rota", value, bound, seconds, cpu, memory, points, certified, failed)


def certificate_of(folder: Path, size: str, seed: int, limit: float) -> Path:
    """Return where the certificate of a run is kept."""
    return folder / f"{size}{seed}-{limit:g}s.certificate.json.gz"


def recomputed(instance: Instance, certificate: Certificate | None, kept: Path | None) -> int | None:
    """Return the bound that a program of its own computes from a certificate, None where it refuses that.

    The certificate takes the place of the former one of such a run, as its bound does.
    """
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
    if certificate is None or not certificate.priorities:
        return None
    with tempfile.TemporaryDirectory() as work:
        made, stated = Path(work) / "instance.json", Path(work) / "certificate.json.gz"
        made.write_text(json.dumps(instance), encoding="utf-8")
        stated.write_bytes(gzip.compress(dump_certificate(certificate).encode(), mtime=0))
        if kept:
            shutil.copy(stated, kept)
        ended = subprocess.run(  # noqa: S603 - the program beside this one
            [sys.executable, str(CHECKER), str(made), str(stated)], capture_output=True, text=True, check=False
        )
    said = re.search(r"proved (\d+)", ended.stdout)
    return int(said[1]) if said else None


def timefold(size: str, seed: int, limit: float) -> Result:
    """Let Timefold answer one instance."""
    instance = benchmark().make(size, seed)
    with tempfile.TemporaryDirectory() as folder:
        lines, answer = Path(folder) / "instance.txt", Path(folder) / "answer.json"
        lines.write_text(benchmark().text(instance), encoding="utf-8")
        begun, before = monotonic(), used()
        failed = _asked([str(TIMEFOLD), str(lines), str(round(limit)), str(answer)], limit + INSTALLING)
        seconds, cpu, value = monotonic() - begun, used() - before, None
        if not failed and not answer.exists():
            failed = "it left no answer"
        if not failed:
            value = _judged(instance, json.loads(answer.read_text(encoding="utf-8")))
    return Result(size, seed, limit, "timefold", value, None, seconds, cpu, failed=failed)


def _asked(command: list[str], seconds: float) -> str:
    """Run Timefold, and return why it failed; nothing where it did not."""
    if not TIMEFOLD.exists():
        return f"{TIMEFOLD.name} is not there"
    if not shutil.which("java"):
        return "java is not found"
    environment = {"ROTA_BENCH_DIR": str(INSTALLED), **os.environ}
    try:
        ended = subprocess.run(  # noqa: S603 - the benchmark's own
            command, capture_output=True, text=True, check=False, env=environment, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"it did not end within {seconds:g} s"
    return why(ended)


def _judged(instance: Instance, answer: dict[str, list[int]]) -> int | None:
    found = benchmark().judge(instance, answer)
    return int(found["total"]) if found["valid"] else None


def _line(results: Sequence[Result]) -> str:
    """Say the medians of one solver over the seeds; a run without a valid answer is worse than any.

    Runs that failed are told as such, and left out.
    """
    first, ended = results[0], [each for each in results if not each.failed]
    begun = f"{first.size:<4} {first.limit:>6g} {first.solver:<9}"
    if not ended:
        return f"{begun} failed: {first.failed}"
    values = [float("inf") if each.value is None else each.value for each in ended]
    planned = [each for each in ended if each.value is not None]
    is_bounded = first.solver == "rota"
    gaps = [gap(each.value, each.bound) for each in planned if each.value is not None] if is_bounded else []
    shown = f"{median(gaps):8.2%}" if gaps else f"{'-':>8}"
    seconds, cpu = (median(getattr(each, name) for each in ended) for name in ("seconds", "cpu"))
    certain = sum(is_borne_out(each.bound, each.certified) for each in ended)
    checked = f"{certain:>5} of {len(ended)}" if is_bounded else ""
    failed = "".join(f"  seed {each.seed} failed: {each.failed}" for each in results if each.failed)
    return f"{begun} {median(values):>8.15g} {shown} {seconds:>7.1f} {cpu:>7.1f} {checked}".rstrip() + failed


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
    folder = asked.json.parent / "certificates" if asked.json else None
    solvers: list[Callable[[str, int, float], Result]] = [partial(rota, certificates=folder)]
    solvers += [] if asked.alone else [timefold]
    kept = Runs(asked.json, "size", "limit", "solver", "seed")
    print(f"medians of seeds {', '.join(map(str, asked.seeds))}; load {kept.machine['load']}")
    print("size  limit solver       value      gap seconds     cpu  bounds recomputed", flush=True)
    for size, limit, solver in product(asked.sizes, asked.seconds, solvers):
        results = list[Result]()
        for seed in asked.seeds:
            results.append(solver(size, seed, limit))
            kept.add(asdict(results[-1]))
        print(_line(results), flush=True)


if __name__ == "__main__":
    main()
