"""Results of benchmarks, kept as JSON beside them, with how value and bound went on while a search ran."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rota.plan import PriorityScore
    from scheduler.solving.control import Progress

KEPT = Path(__file__).parent / "results"
"""The results that `docs/performance.md` shows."""
Run = Mapping[str, Any]
PACE = 0.05
"""Points of a curve lie so many times the seconds so far apart, at the least."""


class Point(NamedTuple):
    """Where a search stood after so many seconds: the value at a priority, None without a plan, and its bound."""

    seconds: float
    priority: int
    value: int | None
    bound: int | None


class Trace:
    """An ear for the progress of a search, `Control.report`, that keeps its points."""

    def __init__(self) -> None:
        self.begun = monotonic()
        self.points: list[Point] = []

    def __call__(self, progress: Progress) -> None:
        """Keep a point; the last one only, where several follow each other closely."""
        if progress.priority is None or (progress.value is None and progress.bound is None):
            return
        point = Point(round(monotonic() - self.begun, 2), progress.priority, progress.value, progress.bound)
        last = self.points[-2:]
        if len(last) == 2 and point.seconds - last[0].seconds < PACE * point.seconds:  # noqa: PLR2004 - a pair
            self.points.pop()
        self.points.append(point)

    def end(self, score: Iterable[PriorityScore]) -> None:
        """Keep what the search ended with."""
        seconds = round(monotonic() - self.begun, 2)
        self.points += [Point(seconds, each.priority, each.value, each.bound) for each in score]


def machine() -> dict[str, str]:
    """Return what a run depends on: the machine, how busy it is, and the versions that matter."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg()) if hasattr(os, "getloadavg") else ""
    return {
        "cores": str(os.cpu_count()),
        "load": load,
        "python": platform.python_version(),
        "ortools": version("ortools"),
    }


class Runs:
    """The runs of one benchmark in a file: a run takes the place of the former one that was asked the same.

    So a long benchmark can be made in pieces: each run says on which machine, and how busy that was before.
    """

    def __init__(self, path: Path | None, *asked: str) -> None:
        """`asked` names what tells runs apart; without a path nothing is kept."""
        self.path, self.asked, self.machine = path, asked, machine()
        self.found = {self._key(run): run for run in (read(path) if path and path.exists() else ())}

    def add(self, run: Run) -> None:
        """Keep one run, at once, as the others may take hours."""
        run = {"machine": self.machine, **run}
        self.found[self._key(run)] = run
        if self.path:
            write(self.path, self.found.values())

    def _key(self, run: Run) -> tuple[Any, ...]:
        return tuple(run[name] for name in self.asked)


def write(path: Path, runs: Iterable[Run]) -> None:
    """Write the runs of one benchmark, each on a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(run, ensure_ascii=False) for run in runs)
    new = path.with_suffix(".new")
    new.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    new.replace(path)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the runs of one benchmark."""
    return list(json.loads(path.read_text(encoding="utf-8")))


def percentile(numbers: Sequence[float], percent: int) -> float:
    """Return the least number that so many percent do not exceed."""
    ranked = sorted(numbers)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
