"""The example cases on the page, priority by priority."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.curves import over_time
from benchmarks.results import Run
from benchmarks.sections import cells

HEAD = ["case", "sessions", "limit", "seeds", cells.VALUES, "all proved", "seconds", "processor", "MiB"]


def stations(runs: Sequence[Run], figures: Path) -> Iterator[str]:
    """Say what the example cases came to, and draw those that were not proved."""
    groups = cells.groups(runs, "case", "limit")
    workers = cells.settings(runs)
    yield from cells.table([*HEAD, *cells.peer_heads(workers)], (_row(mine, workers) for mine in groups.values()))
    longest = {case: cells.ended(mine)[0] for (case, _), mine in groups.items() if cells.ended(mine)}
    for run in longest.values():
        panels = {f"{run['case']}, priority {p}": cells.lines(run["curve"], p) for p, *_, ok in run["scores"] if not ok}
        panels = {title: lines for title, lines in panels.items() if lines}
        if panels:
            over_time(figures / f"{run['case']}.svg", panels, "cost")
            yield from ("", f"![Value and bound over time](figures/{run['case']}.svg)")


def _row(runs: Sequence[Run], workers: Sequence[int]) -> list[str]:
    """Say the run whose values are the median, and of all runs the median of the times and the most memory."""
    mine, limit = cells.ended(runs), f"{runs[0]['limit']:g} s"
    if not mine:
        return [runs[0]["case"], "", limit, cells.seeds(runs), "failed"]
    middle = cells.middle(mine, "scores")
    proved = sum(bool(run["scores"]) and all(proved for *_, proved in run["scores"]) for run in mine)
    return [
        middle["case"],
        str(middle["sessions"]),
        limit,
        cells.seeds(runs),
        cells.values(middle["scores"]) or "no plan",
        {0: "no", len(mine): "yes"}.get(proved, f"{proved} of {len(mine)}"),
        f"{median(run['search'] + run['settling'] for run in mine):.1f}",
        f"{cells.typical(mine, 'cpu'):.1f}",
        cells.memory(mine),
        *(cells.peer(mine, each) for each in workers),
    ]
