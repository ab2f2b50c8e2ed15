"""Start-up on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.results import Run
from benchmarks.sections import cells


def start(runs: Sequence[Run], _: Path) -> Iterator[str]:
    """Say what commands take that do next to nothing."""
    rows = (
        [f"`{run['command']}`", str(run["times"]), f"{run['processor']:.2f} s", f"{run['clock']:.2f} s"] for run in runs
    )
    yield from cells.table(["command", "times", "processor", "on the clock"], rows)
