"""What the tables of the page have in common: how runs are grouped, and how values, seeds and medians are said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.results import Run, gap

if TYPE_CHECKING:
    from benchmarks.curves import Line

VALUES = "by priority: value (bound)"
GAPS = "by priority: value (bound, gap)"

Group = Mapping[tuple[Any, ...], Sequence[Run]]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; a row that is shorter than its head ends in empty cells."""
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join([*cells, *[''] * (len(head) - len(cells))])} |"


def groups(runs: Sequence[Run], *names: str) -> Group:
    """Return the runs by what they say under these names, each group by its seeds."""
    found: dict[tuple[Any, ...], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (*(run[name] for name in names), run["seed"])):
        found[tuple(run[name] for name in names)].append(run)
    return found


def ended(runs: Iterable[Run]) -> list[Run]:
    """Return the runs that did not fail."""
    return [run for run in runs if not run.get("failed")]


def seeds(runs: Sequence[Run]) -> str:
    """Say the seeds, and which runs failed: the rest of a row is said of the others."""
    return ", ".join(f"{run['seed']} (failed)" if run.get("failed") else str(run["seed"]) for run in runs)


def middle(runs: Sequence[Run], name: str) -> Run:
    """Return the run whose values under a name are the median; one without a plan is worse than any."""
    return sorted(runs, key=lambda run: ranked(run[name]))[len(runs) // 2]


def ranked(values: Sequence[Sequence[Any]]) -> list[float]:
    """Return what a run is ranked by."""
    return [value for _, value, *_ in values] or [float("inf")]


def median_of(runs: Sequence[Run], name: str) -> str:
    """Return the median of the runs that did not fail, and how many did; a run without an answer is worse than any."""
    mine = ended(runs)
    failed = len(runs) - len(mine)
    if not mine:
        return "failed" if failed else ""
    found = median(float("inf") if run[name] is None else run[name] for run in mine)
    said = "no plan" if found == float("inf") else f"{found:,.15g}"
    return f"{said} ({failed} failed)" if failed else said


def typical(runs: Sequence[Run], name: str) -> float:
    """Return the median of a measure."""
    return float(median(run[name] for run in runs))


def memory(runs: Sequence[Run]) -> str:
    """Say the most MiB that any of the runs held; older ones say it under another name, or not at all."""
    most = max(run.get("memory", run.get("megabytes", 0)) for run in runs)
    return f"{most:,}" if most else "–"


def values(scores: Sequence[Sequence[Any]]) -> str:
    """Say values, and bounds where these are not met."""
    bounds = ("" if proved else f" ({'–' if bound is None else f'{bound:,}'})" for _, _, bound, proved in scores)
    return "; ".join(f"{value:,}{bound}" for (_, value, *_), bound in zip(scores, bounds, strict=True))


def gaps(scores: Sequence[Sequence[Any]]) -> str:
    """Say values, and bounds with the distance to them where these are not met."""
    return "; ".join(
        f"{value:,}" if proved else f"{value:,} ({bound or 0:,}, {gap(value, bound):.1%})"
        for _, value, bound, proved in scores
    )


def settings(runs: Iterable[Run]) -> list[int]:
    """Return with how many workers CP-SAT was asked by itself in any of the runs."""
    return sorted({peer["workers"] for run in runs for peer in run.get("peers", ())})


def peer_heads(workers: Iterable[int]) -> list[str]:
    """Return the heads of what CP-SAT came to by itself."""
    return [f"CP-SAT by itself, {each} workers" for each in workers]


def peer(runs: Sequence[Run], workers: int) -> str:
    """Say of CP-SAT by itself the run whose values are the median, where it was asked; one without a plan is worst."""
    asked = [peer for run in runs for peer in run.get("peers", ()) if peer["workers"] == workers]
    found = sorted((peer["scores"] for peer in asked if not peer["failed"]), key=ranked)
    if not found:
        return "failed" if asked else ""
    return values(found[len(found) // 2]) or "no plan"


def lines(curve: Sequence[Sequence[Any]], priority: int) -> dict[str, Line]:
    """Return value and bound at a priority, from the first plan on."""
    mine = [(max(seconds, 0.01), value, bound) for seconds, p, value, bound in curve if p == priority]
    value = [(seconds, value) for seconds, value, _ in mine if value is not None]
    bound = [(seconds, bound) for seconds, value, bound in mine if bound and value is not None]
    return {name: line for name, line in (("value", value), ("bound", bound)) if line}
