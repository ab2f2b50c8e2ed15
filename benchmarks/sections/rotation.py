"""The rotation benchmark on the page: medians of each size and limit, beside Timefold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.curves import Line, over_time
from benchmarks.results import Run, gap, is_borne_out
from benchmarks.sections import cells

SIZES = ("S", "M", "L", "XL")
SOLVERS = ("timefold", "rota")
HEAD = ["size", "limit", "seeds", "Rota", "bound", "recomputed", "gap", "seconds", "processor", "MiB"]

Solved = Mapping[str, Sequence[Run]]


def rotation(runs: Sequence[Run], figures: Path) -> Iterator[str]:
    """Say the medians of each size and limit, and draw the longest runs of the large ones."""
    groups: dict[tuple[str, float], dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in sorted(runs, key=lambda run: (SIZES.index(run["size"]), run["limit"], run["seed"])):
        groups[run["size"], run["limit"]][run["solver"]].append(run)
    rows = (_row(size, limit, found) for (size, limit), found in groups.items())
    yield from cells.table([*HEAD, "Timefold", "its seconds", "its processor"], rows)
    yield from _apart({f"{size} {limit:g} s": found for (size, limit), found in groups.items()})
    panels = dict(_panels(runs))
    if panels:
        over_time(figures / "rotation.svg", panels, "cost")
        yield from ("", "![Value and bound over time](figures/rotation.svg)")


def _row(size: str, limit: float, found: Solved) -> list[str]:
    mine, theirs = found.get("rota", ()), found.get("timefold", ())
    them = cells.ended(theirs)
    took = [f"{cells.typical(them, name):.1f}" for name in ("seconds", "cpu")] if them else []
    beside = [cells.median_of(theirs, "value"), *took]
    return [size, f"{limit:g} s", *_said(mine), *beside]


def _said(runs: Sequence[Run]) -> list[str]:
    mine = cells.ended(runs)
    if not mine:
        return [cells.seeds(runs), *["failed" if runs else ""], *[""] * 6]
    planned = [run for run in mine if run["value"] is not None]
    bounds = [run["bound"] or 0 for run in mine]
    return [
        cells.seeds(runs),
        cells.median_of(mine, "value"),
        f"{median(bounds):,.15g}",
        f"{sum(is_borne_out(run['bound'], run.get('certified')) for run in mine)} of {len(mine)}",
        f"{median(gap(run['value'], run['bound']) for run in planned):.2%}" if planned else "–",
        f"{cells.typical(mine, 'seconds'):.1f}",
        f"{cells.typical(mine, 'cpu'):.1f}",
        cells.memory(mine),
    ]


def _apart(groups: Mapping[str, Solved]) -> Iterator[str]:
    """Say where Timefold's values are not of the invocation that Rota's are."""
    beside = {name: found for name, found in groups.items() if found.get("timefold")}
    other = {name: found for name, found in beside.items() if not is_one(found)}
    if not other:
        return
    where = "" if len(other) == len(beside) else f" at {', '.join(other)}"
    theirs, mine = (_days([run for found in other.values() for run in found.get(who, ())]) for who in SOLVERS)
    when = f", of {theirs or 'an unknown day'}; Rota's are of {mine or 'an unknown day'}" if theirs or mine else ""
    yield from ("", f"Timefold's values{where} are of another run{when}.")


def is_one(found: Solved) -> bool:
    """Tell whether for each seed Timefold's run is of the invocation that Rota's is."""
    mine = {run["seed"]: _invocation(run) for run in found.get("rota", ())}
    return all(mine.get(run["seed"]) == _invocation(run) for run in found["timefold"])


def _invocation(run: Run) -> str:
    """Return what tells invocations apart: older ones have no id, but the load was looked up once in each."""
    return str(run.get("invocation") or run["machine"]["load"])


def _days(runs: Sequence[Run]) -> str:
    """Say on what days runs were made, where any of them says so."""
    days = sorted({run["begun"][:10] for run in runs if run.get("begun")})
    return " to ".join(sorted({days[0], days[-1]})) if days else ""


def _panels(runs: Sequence[Run]) -> Iterator[tuple[str, dict[str, Line]]]:
    for size in ("L", "XL"):
        mine = [run for run in runs if run["size"] == size and run["solver"] == "rota" and run["curve"]]
        if mine:
            longest = max(mine, key=lambda run: (run["limit"], -run["seed"]))
            if drawn := cells.lines(longest["curve"], 1):
                yield f"{size}, seed {longest['seed']}", drawn
