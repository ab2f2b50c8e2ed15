"""Results of benchmarks, kept as JSON beside them, with how value and bound went on while a search ran."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
import secrets
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rota.plan import PriorityScore
    from scheduler.solving.control import Progress

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path(__file__).parent / "results"
"""The results that `docs/performance.md` shows."""
WRITTEN = ("benchmarks/results", "docs/performance.md", "docs/figures")
"""What benchmarks write themselves; no commit is another for that."""
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
        "model": _model(),
        "load": load,
        "python": platform.python_version(),
        "ortools": version("ortools"),
    }


def _model() -> str:
    """Return what the processor is called, as Linux tells it; elsewhere how its kind is called."""
    with suppress(OSError):
        said = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
        if said:
            return said[1]
    return platform.machine()


def commit(root: Path = ROOT) -> str:
    """Return the commit that is measured, short; with "+" where files are not as it has them; outside git nothing."""
    if not (root / ".git").exists():
        return ""
    try:
        name = _git(root, "rev-parse", "--short", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", ".", *(f":(exclude){path}" for path in WRITTEN))
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{name}+" if changed else name


def _git(root: Path, *asked: str) -> str:
    command = ["git", *asked]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=True)  # noqa: S603 - git
    return said.stdout.strip()


class Runs:
    """The runs of one benchmark in a file: a run takes the place of the former one that was asked the same.

    So a long benchmark can be made in pieces. Each run says when it began (UTC), what was measured (the commit), on
    which machine, how busy that was before, and of which invocation it is: runs of one invocation can be compared.
    """

    def __init__(self, path: Path | None, *asked: str) -> None:
        """`asked` names what tells runs apart; without a path nothing is kept."""
        self.path, self.asked = path, asked
        self.invocation = secrets.token_hex(4)
        self.begin()

    def begin(self) -> None:
        """Note that a run begins; after each that is added the next one does so by itself."""
        now, self.machine = dt.datetime.now(dt.UTC), machine()
        self.noted: Run = {
            "machine": self.machine,
            "begun": f"{now:%Y-%m-%dT%H:%MZ}",
            "commit": commit(),
            "invocation": self.invocation,
        }

    def add(self, run: Run) -> None:
        """Keep one run, at once, as the others may take hours."""
        run = {**self.noted, **run}
        if self.path:
            former = read(self.path) if self.path.exists() else []
            places = [place for place, each in enumerate(former) if self._is_same(each, run)]
            others = [each for each in former if not self._is_same(each, run)]
            place = places[0] if places else len(others)
            write(self.path, [*others[:place], run, *others[place:]])
        self.begin()

    def _is_same(self, former: Run, run: Run) -> bool:
        """Tell whether a former run was asked the same; what older ones do not say tells nothing apart."""
        return all(former.get(name, run[name]) == run[name] for name in self.asked)


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


def gap(value: int, bound: int | None) -> float:
    """Return by what share of a value its bound lies below it; no cost is below nothing, whether bounded or not."""
    return (value - (bound or 0)) / max(1, value)


def first_plan(curve: Iterable[Sequence[Any]], ended: float) -> float:
    """Return after how many seconds there was a plan that holds; where the curve does not say, when all had ended."""
    return max(0.01, next((float(seconds) for seconds, _, value, _ in curve if value is not None), ended))


def is_borne_out(bound: int | None, certified: int | None) -> bool:
    """Tell whether a bound was computed anew from its certificate, with the same result or a better one."""
    return certified is not None and certified >= (bound or 0)
