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


def write(path: Path, machine_before: Mapping[str, str], runs: Iterable[Mapping[str, Any]]) -> None:
    """Write the runs of one benchmark, and on which machine they were made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = json.dumps({"machine": machine_before, "runs": list(runs)}, ensure_ascii=False)
    new = path.with_suffix(".new")
    new.write_text(body.replace('{"', '\n{"') + "\n", encoding="utf-8")
    new.replace(path)


def read(path: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the machine and the runs of one benchmark."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return found["machine"], found["runs"]


def percentile(numbers: Sequence[float], percent: int) -> float:
    """Return the least number that so many percent do not exceed."""
    ranked = sorted(numbers)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
