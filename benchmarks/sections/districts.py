"""Districts on the page: what each size came to, by one machine and by a cluster, and how changes are answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.curves import over_size
from benchmarks.results import Run, first_plan, percentile
from benchmarks.sections import cells

HEAD = ["stations", "sessions", "limit", "seed", "read", "first plan", "sessions a second", "ended", "verified in"]
ABOVE = "above local processes"
HUNDRED = 100
"""What 99 % do not exceed is said of no fewer runs than this."""
ASKED = ("seed", "seconds", "freeze", "together")
"""What tells repairs of one case apart where they have one name."""


def district(runs: Sequence[Run], figures: Path) -> Iterator[str]:
    """Say what each district took and came to, each seed being another one, and draw how that grows with its size."""
    groups = cells.groups(runs, "stations", "limit")
    workers = cells.settings(runs)
    head = [*HEAD, "processor", "MiB", "holds", cells.GAPS, *cells.peer_heads(workers)]
    yield from cells.table(head, (_sized(run, workers) for mine in groups.values() for run in mine))
    sizes = {stations: cells.ended(mine) for (stations, _), mine in groups.items() if cells.ended(mine)}
    if len(sizes) > 1:  # each with its longest limit
        panels = {
            "seconds to a plan that holds": [(n, median(map(_first_plan, mine))) for n, mine in sizes.items()],
            "memory, MiB": [(n, cells.typical(mine, "memory")) for n, mine in sizes.items()],
        }
        over_size(figures / "district.svg", panels, "stations")
        yield from ("", "![Time to a plan that holds, and memory, over the number of stations](figures/district.svg)")


def _first_plan(run: Run) -> float:
    return first_plan(run["curve"], run["plan"])


def _sized(run: Run, workers: Sequence[int]) -> list[str]:
    """Say what a district took and came to."""
    asked = [f"{run['limit']:g} s", str(run["seed"])]
    if run.get("failed"):
        return [f"{run['stations']:,}", "", *asked, *[""] * 7, "no", "failed"]
    first, sessions = _first_plan(run), run["sessions"]
    read, *took = (f"{run[name]:.1f} s" for name in ("read", "plan", "verify", "processor"))
    return [
        f"{run['stations']:,}",
        f"{sessions:,}",
        *asked,
        read,
        f"{first:.1f} s",
        f"{sessions / first:.1f}",
        *took,
        cells.memory([run]),
        "yes" if run["holds"] else "no",
        cells.gaps(run["values"]) or "no plan",
        *(cells.peer([run], each) for each in workers),
    ]


def cluster(runs: Sequence[Run], _: Path) -> Iterator[str]:
    """Say what each way of searching a district came to, how that compares with local processes, and the medians."""
    head = ["searched by", "stations", "seed", "limit", "seconds", "holds", cells.VALUES, ABOVE]
    yield from cells.table(head, map(_way, sorted(runs, key=lambda run: (run["stations"], run["seed"]))))
    compared = cells.groups([run for run in runs if run.get("above")], "stations", "way", "limit").values()
    if several := [mine for mine in compared if len(mine) > 1]:
        yield from ("", "Medians over the seeds:", "")
        yield from cells.table(["searched by", "stations", "seeds", "limit", ABOVE], map(_typical_way, several))


def _typical_way(runs: Sequence[Run]) -> list[str]:
    """Say the median of how much each priority is above that of local processes; above 0 is above any percentage."""
    columns = zip(*(run["above"] for run in runs), strict=True)
    found = [median(float("inf") if each is None else each for each in column) for column in columns]
    run = {"above": [None if each == float("inf") else each for each in found]}
    return [runs[0]["way"], str(runs[0]["stations"]), cells.seeds(runs), f"{runs[0]['limit']:g} s", _above(run)]


def _way(run: Run) -> list[str]:
    asked = [str(run["stations"]), str(run["seed"]), f"{run['limit']:g} s"]
    if run.get("failed"):
        return [run["way"], *asked, "", "", "failed"]
    values = "; ".join(f"{value:,} ({bound or 0:,})" for _, value, bound in run["values"])
    came_late = run["way"].endswith("killed") and not run["killed"]
    way = f"{run['way']} (it had ended before)" if came_late else run["way"]
    return [way, *asked, f"{run['seconds']:.1f}", "yes" if run["holds"] else "no", values, _above(run)]


def _above(run: Run) -> str:
    """Say by how much each value is above that of local processes; older runs did not compare."""
    return "; ".join("it is 0 there" if each is None else f"{each:+.1f} %" for each in run.get("above", ())) or "–"


def repairs(runs: Sequence[Run], _: Path) -> Iterator[str]:
    """Say how long changes take to be answered, what is proved of the answers, and how long whole commands take."""
    head = ["case", "reading", "changes", "all proved", "half", "99 %", "most", "on the clock: half", "99 %", "most"]
    yield from cells.table(head, (_repaired(_named(run, runs), run) for run in runs))
    told = [run for run in cells.ended(runs) if run.get("commands", {}).get("clock", {}).get("replan")]
    if told:
        spread = ["processor: half", "most", "on the clock: half", "most"]
        yield from ("", "The same by commands, for the first of these changes:", "")
        rows = (row for run in told for row in _by_command(_named(run, runs), run))
        yield from cells.table(["case", "command", "changes", *spread], rows)


def _named(run: Run, runs: Sequence[Run]) -> str:
    """Name a case, with what else was asked where others have its name."""
    others = [each for each in runs if each["name"] == run["name"] and each is not run]
    differing = [name for name in ASKED if any(each.get(name) != run.get(name) for each in others)]
    return ", ".join([str(run["name"]), *(f"{name} {run.get(name, 'not kept')}" for name in differing)])


def _by_command(name: str, run: Run) -> Iterator[list[str]]:
    for command, processor in run["commands"]["processor"].items():
        clock = run["commands"]["clock"][command]
        took = [f"{found:.2f}" for times in (processor, clock) for found in (percentile(times, 50), max(times))]
        yield [name, f"`rota {command}`", str(len(clock)), *took]


def _repaired(name: str, run: Run) -> list[str]:
    if run.get("failed"):
        return [name, "", "failed"]
    others = {"number": "the number of changes alone", "none": "nothing", "InfeasibleError": "that there is no plan"}
    proved = [str(run["proved"].get("all", 0))]
    proved += [f"{others.get(what, what)} {n}" for what, n in run["proved"].items() if what != "all"]
    took = [found for times in (run["processor"], run["clock"]) for found in _spread(times)]
    return [name, f"{run['read']:.2f}", str(len(run["clock"])), "; ".join(proved), *took]


def _spread(seconds: Sequence[float]) -> tuple[str, str, str]:
    """Say half, 99 % and most; of fewer than a hundred, 99 % are all, and nothing is said of them."""
    most = f"{percentile(seconds, 99):.2f}" if len(seconds) >= HUNDRED else "–"
    return f"{percentile(seconds, 50):.2f}", most, f"{max(seconds):.2f}"
