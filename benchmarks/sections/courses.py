"""Course timetabling on the page: what each instance came to, beside what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.courses.instance import OTHERS, WINNER, is_as_good
from benchmarks.curves import Line, over_time
from benchmarks.results import Run
from benchmarks.sections import cells

HEAD = ["instance", "limit", "seeds", "judged", "all", "best bound", "processor", "MiB"]
AROUND, PANEL = 3, 5
"""Curves begin at so many times the winner's value; so many instances share a panel."""


def courses(runs: Sequence[Run], figures: Path) -> Iterator[str]:
    """Say what each instance came to; draw how it went, beside the winner."""
    groups = cells.groups(runs, "instance", "limit")
    known = [f"winner of 2007 ({who})" if whose == WINNER else who for whose, who in OTHERS.items()]
    yield from cells.table([*HEAD, *known], map(_row, groups.values()))
    valid, as_good = sum(run.get("judged") is not None for run in runs), sum(map(_is_as_good, groups.values()))
    as_good_said = f"{as_good} of {len(groups)} medians are no worse than the winner (in bold)."
    yield from ("", f"{valid} of {len(runs)} runs are valid; {as_good_said}")
    ordered = [run for found in groups.values() for run in cells.ended(found)]
    first = {run["instance"]: _beside_winner(run) for run in reversed(ordered)}
    lines = [(name, line) for name, line in sorted(first.items()) if line]
    if lines:
        parts = [lines[at : at + PANEL] for at in range(0, len(lines), PANEL)]
        panels = {f"{part[0][0]} to {part[-1][0]}": dict(part) for part in parts}
        over_time(figures / "courses.svg", panels, "value / winner's value")
        yield from ("", "![Values over time, divided by the winner's](figures/courses.svg)")


def _row(runs: Sequence[Run]) -> list[str]:
    mine, known = cells.ended(runs), runs[0]["known"]
    asked = [runs[0]["instance"], f"{runs[0]['limit']:g} s", cells.seeds(runs)]
    if not mine:
        return [*asked, "failed"]
    judged = cells.median_of(mine, "judged")
    return [
        *asked,
        f"**{judged}**" if _is_as_good(runs) else judged,
        ", ".join("no plan" if run["judged"] is None else str(run["judged"]) for run in mine),
        str(max(run["bound"] or 0 for run in mine)),
        f"{cells.typical(mine, 'cpu'):.0f} s",
        cells.memory(mine),
        *("–" if known.get(whose) is None else f"{known[whose]:,}" for whose in OTHERS),
    ]


def _is_as_good(runs: Sequence[Run]) -> bool:
    """Tell whether the median is no worse than the winner; a run that failed is worse than any."""
    judged = median(float("inf") if run.get("judged") is None else run["judged"] for run in runs)
    return is_as_good(judged, runs[0]["known"])


def _beside_winner(run: Run) -> Line:
    """Return how the value went on, divided by the winner's, once it is near to that."""
    won = run["known"].get(WINNER)
    known = [(max(seconds, 0.01), value / won) for seconds, _, value, _ in run["curve"] if won and value is not None]
    return [(seconds, ratio) for seconds, ratio in known if ratio <= AROUND]
