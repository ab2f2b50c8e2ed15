"""Does a cluster plan a district as well as one machine does, and as well where a worker is killed midway?

`python -m benchmarks.district.cluster [--stations 10 …] [--seeds 7 …] [--seconds 60] [--json FILE]`. The same district
is planned by local processes, by one and by two workers of a Dask cluster, which is started here, by two of which one
is killed after half of the time, and by one that has half as long again, which is as much of the processor. Each way
has a process of its own. What the others come to is compared with what local processes came to at the same district,
priority by priority, in percent.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from itertools import product
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.district.generator import district, size
from benchmarks.processes import run, used, why
from benchmarks.results import Runs
from constraints.reading import read_rules
from scheduler.solving.cluster import cluster
from scheduler.solving.control import Control
from scheduler.solving.executors import usable_cores
from scheduler.solving.solve import solve

if TYPE_CHECKING:
    from scheduler.solving.executors import Crew


class Way(NamedTuple):
    """How a district is planned: by so many workers of a cluster, with so many times the seconds that are asked for.

    `kills`: one of the workers is killed midway.
    """

    workers: int = 0
    times: float = 1.0
    kills: bool = False


LOCAL = "local processes"
WAYS = {
    LOCAL: Way(),
    "one worker": Way(1),
    "one worker, half as long again": Way(1, times=1.5),
    "two workers": Way(2),
    "two workers, one killed": Way(2, kills=True),
}
MIDWAY = 0.5
"""The share of the time after which a worker is killed."""

Values = Sequence[tuple[int, int, int | None]]
"""Priority, value and bound."""


@dataclass(frozen=True)
class Planned:
    """What one way came to; `processor` are the seconds of all processes.

    By how much percent each value is above that of local processes is `above`, None where that is 0 and this is not.
    `failed` says why there is nothing else.
    """

    way: str
    stations: int
    seed: int
    limit: float
    seconds: float = 0.0
    processor: float = 0.0
    killed: bool = False
    holds: bool = False
    values: Values = ()
    above: Sequence[float | None] = ()
    failed: str = ""


def above(values: Values, local: Values) -> list[float | None]:
    """Return by how much percent values are above those of local processes, priority by priority."""
    found: list[float | None] = []
    for (_, value, _), (_, other, _) in zip(values, local, strict=True):
        found.append(round(100 * (value - other) / other, 2) if other else None if value else 0.0)
    return found


def planned(way: str, stations: int, seed: int, seconds: float) -> Planned:
    """Plan a district in this process and the workers that the way has."""
    case = district(stations, seed)
    rules = read_rules(case)
    killed: list[int] = []
    with _crew(way, seconds, killed) as crew:
        begun = monotonic()
        found = solve(case, rules, Control(seconds=seconds, seed=seed, crew=crew))
        took = monotonic() - begun
        was_killed = bool(killed)
    values = tuple((s.priority, s.value, s.bound) for s in found.plan.score)
    holds = found.verdict.holds
    return Planned(way, stations, seed, seconds, took, used(), was_killed, holds, values)


@contextmanager
def _crew(way: str, seconds: float, killed: list[int]) -> Iterator[Crew | None]:
    """Start the workers of a way; note which is killed midway."""
    workers, _, kills = WAYS[way]
    if not workers:
        yield None
        return
    distributed: Any = import_module("distributed")  # an extra, without types
    options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
    started = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, **options)
    with started, cluster(started.scheduler_address.replace("tcp", "dask")) as crew:
        timer = Timer(seconds * MIDWAY, _kill, (started, killed))
        if kills:
            timer.start()
        yield crew
        timer.cancel()


def _kill(started: Any, killed: list[int]) -> None:  # noqa: ANN401 - Dask has no types
    """Kill a worker as a machine that fails would: it says nothing any more. Another is started in its place."""
    process = next(iter(started.workers.values())).pid
    os.kill(process, signal.SIGKILL)
    killed.append(process)


def _apart(way: str, stations: int, seed: int, seconds: float) -> Planned:
    """Plan in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.district.cluster", "--one", way, "--stations", str(stations)]
    command += ["--seeds", str(seed), "--seconds", str(seconds)]
    ended = run(command, seconds)
    if failed := why(ended):
        return Planned(way, stations, seed, seconds, failed=failed)
    return Planned(**json.loads(ended.stdout.splitlines()[-1]))


def _line(found: Planned) -> str:
    start = f"{found.stations:>8}{found.seed:>6}  {found.way:<32}"
    if found.failed:
        return f"{start}  failed: {found.failed}"
    values = "".join(f"{value:>9} ({bound or 0})" for _, value, bound in found.values)
    holds = "yes" if found.holds else "no"
    compared = "; ".join("0 there" if each is None else f"{each:+.1f} %" for each in found.above)
    return f"{start}{found.seconds:>9.1f}{found.processor:>9.1f}{holds:>6}{values}  {compared}".rstrip()


def main() -> None:
    """Print a line for each way, or with --one what one comes to as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--stations", nargs="+", type=size, default=[10])
    parser.add_argument("--seeds", nargs="+", type=int, default=[7])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path, help="also keep all runs there")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asdict(planned(asked.one, asked.stations[0], asked.seeds[0], asked.seconds))))
        return
    kept = Runs(asked.json, "way", "stations", "seed", "limit")
    print(f"{asked.seconds:g} s, {usable_cores()} cores; {kept.machine['load']}")
    head = f"stations{'seed':>6}  {'searched by':<32}{'seconds':>9}{'CPU':>9}{'holds':>6}"
    print(f"{head}  by priority: value (bound); above local processes", flush=True)
    for stations, seed in product(asked.stations, asked.seeds):
        local: Values = ()
        for way, (_, times, _) in WAYS.items():
            each = _apart(way, stations, seed, asked.seconds * times)
            if way == LOCAL:
                local = each.values
            elif local and each.values:
                each = replace(each, above=above(each.values, local))
            print(_line(each), flush=True)
            kept.add(asdict(each))


if __name__ == "__main__":
    main()
