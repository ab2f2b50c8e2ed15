"""Write the figures of `docs/performance.md` that benchmarks print, from the results that are kept here as JSON.

`python -m benchmarks.page`; `--check` only says whether the page is as the results have it. What a benchmark printed is
kept by naming a file: `python -m benchmarks.rotation.run --json benchmarks/results/rotation.json`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.courses.instance import WINNER, is_as_good
from benchmarks.curves import Line, over_size, over_time
from benchmarks.results import KEPT, Run, percentile, read

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "performance.md"
FIGURES = DOCS / "figures"

VALUES = "by priority: value (bound)"
PEER = "CP-SAT by itself"
GAPS = "by priority: value (bound, gap)"

HUNDRED = 100
"""What 99 % do not exceed is said of no fewer runs than this."""
SIZES = ("S", "M", "L", "XL")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def rotation(runs: Sequence[Run]) -> Iterator[str]:
    """Say the medians of each size and limit, beside Timefold, and draw the longest runs of the large ones."""
    groups: dict[tuple[str, float], dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in sorted(runs, key=lambda run: (SIZES.index(run["size"]), run["limit"], run["seed"])):
        groups[run["size"], run["limit"]][run["solver"]].append(run)
    head = ["size", "limit", "seeds", "Rota", "bound", "recomputed", "gap", "seconds", "processor"]
    head += ["Timefold", "its seconds"]
    yield from table(head, (_row(size, limit, found) for (size, limit), found in groups.items()))
    panels = dict(_panels(runs))
    if panels:
        over_time(FIGURES / "rotation.svg", panels, "cost")
        yield from ("", "![Value and bound over time](figures/rotation.svg)")


def _row(size: str, limit: float, found: Mapping[str, Sequence[Run]]) -> list[str]:
    mine, theirs = found["rota"], found.get("timefold", ())
    answered = [run for run in mine if run["value"] is not None]
    gaps = [(run["value"] - run["bound"]) / max(1, run["value"]) for run in answered]
    return [
        size,
        f"{limit:g} s",
        ", ".join(str(run["seed"]) for run in mine),
        _median(mine, "value"),
        _median(mine, "bound"),
        f"{sum(map(_is_certain, mine))} of {len(mine)}",
        f"{median(gaps):.2%}" if gaps else "–",
        f"{median(run['seconds'] for run in mine):.1f}",
        f"{median(run['cpu'] for run in mine):.1f}",
        _median(theirs, "value"),
        f"{median(run['seconds'] for run in theirs):.1f}" if theirs else "",
    ]


def _is_certain(run: Run) -> bool:
    """Tell whether a bound was computed anew from its certificate, with the same result or a better one."""
    return run.get("certified") is not None and run["certified"] >= run["bound"]


def _median(runs: Sequence[Run], name: str) -> str:
    """Return the median; a run without an answer is worse than any."""
    if not runs:
        return ""
    found = median(float("inf") if run[name] is None else run[name] for run in runs)
    return "no plan" if found == float("inf") else f"{found:,.15g}"


def _panels(runs: Sequence[Run]) -> Iterator[tuple[str, dict[str, Line]]]:
    for size in ("L", "XL"):
        mine = [run for run in runs if run["size"] == size and run["solver"] == "rota" and run["curve"]]
        if mine:
            longest = max(mine, key=lambda run: (run["limit"], -run["seed"]))
            yield f"{size}, seed {longest['seed']}", _lines(longest["curve"], 1)


def _lines(curve: Sequence[Sequence[Any]], priority: int) -> dict[str, Line]:
    """Return value and bound at a priority, from the first plan on."""
    mine = [(max(seconds, 0.01), value, bound) for seconds, p, value, bound in curve if p == priority]
    value = [(seconds, value) for seconds, value, _ in mine if value is not None]
    bound = [(seconds, bound) for seconds, value, bound in mine if bound and value is not None]
    return {name: line for name, line in (("value", value), ("bound", bound)) if line}


OTHERS = {
    "best_known": "best known",
    WINNER: "winner of 2007 (Müller)",
    "lu_hao_2007": "Lü and Hao",
    "atsuta_2007": "Atsuta",
    "geiger_2007": "Geiger",
    "clark_2007": "Clark",
}
"""Whose timetables are shown beside ours, and how they are named."""
AROUND, PANEL = 3, 5
"""Curves begin at so many times the winner's value; so many instances share a panel."""


def courses(runs: Sequence[Run]) -> Iterator[str]:
    """Say what each instance came to, beside what is known of it; draw how it went, beside the winner."""
    groups: dict[tuple[str, float], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run["instance"], run["limit"], run["seed"])):
        groups[run["instance"], run["limit"]].append(run)
    head = ["instance", "limit", "seeds", "judged", "all", "bound", "processor", "MB", *OTHERS.values()]
    yield from table(head, map(_timetable, groups.values()))
    valid, as_good = sum(run["judged"] is not None for run in runs), sum(map(_is_as_good, groups.values()))
    as_good_said = f"{as_good} of {len(groups)} medians are no worse than the winner (in bold)."
    yield from ("", f"{valid} of {len(runs)} runs are valid; {as_good_said}")
    first = {run["instance"]: _beside_winner(run) for run in reversed(runs)}
    lines = [(name, line) for name, line in sorted(first.items()) if line]
    if lines:
        parts = [lines[at : at + PANEL] for at in range(0, len(lines), PANEL)]
        panels = {f"{part[0][0]} to {part[-1][0]}": dict(part) for part in parts}
        over_time(FIGURES / "courses.svg", panels, "value / winner's value")
        yield from ("", "![Values over time, divided by the winner's](figures/courses.svg)")


def _timetable(runs: Sequence[Run]) -> list[str]:
    judged, known = _median(runs, "judged"), runs[0]["known"]
    return [
        runs[0]["instance"],
        f"{runs[0]['limit']:g} s",
        ", ".join(str(run["seed"]) for run in runs),
        f"**{judged}**" if _is_as_good(runs) else judged,
        ", ".join("no plan" if run["judged"] is None else str(run["judged"]) for run in runs),
        str(max(run["bound"] or 0 for run in runs)),
        f"{median(run['cpu'] for run in runs):.0f} s",
        str(max(run["megabytes"] for run in runs)),
        *("–" if known.get(whose) is None else f"{known[whose]:,}" for whose in OTHERS),
    ]


def _is_as_good(runs: Sequence[Run]) -> bool:
    judged = median(float("inf") if run["judged"] is None else run["judged"] for run in runs)
    return is_as_good(judged, runs[0]["known"])


def _beside_winner(run: Run) -> Line:
    """Return how the value went on, divided by the winner's, once it is near to that."""
    won = run["known"].get(WINNER)
    known = [(max(seconds, 0.01), value / won) for seconds, _, value, _ in run["curve"] if won and value is not None]
    return [(seconds, ratio) for seconds, ratio in known if ratio <= AROUND]


def district(runs: Sequence[Run]) -> Iterator[str]:
    """Say what each district took and came to, and draw how that grows with its size."""
    head = [
        "stations",
        "sessions",
        "limit",
        "seeds",
        "read",
        "first plan",
        "sessions a second",
        "ended",
        "verified in",
        "processor",
        "MiB",
    ]
    groups: dict[tuple[int, float], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run["stations"], run["limit"], run["seed"])):
        groups[run["stations"], run["limit"]].append(run)
    yield from table([*head, "holds", GAPS, PEER], map(_sized, groups.values()))
    sizes = {stations: mine for (stations, _), mine in groups.items()}  # with the longest limit of each
    if len(sizes) > 1:
        panels = {
            "seconds to a plan that holds": [(n, median(map(first_plan, mine))) for n, mine in sizes.items()],
            "memory, MiB": [(n, median(run["memory"] for run in mine)) for n, mine in sizes.items()],
        }
        over_size(FIGURES / "district.svg", panels, "stations")
        yield from ("", "![Time to a plan that holds, and memory, over the number of stations](figures/district.svg)")


def first_plan(run: Run) -> float:
    """Return after how many seconds of planning there was a plan that holds; where it is not known, all of them."""
    return next((float(seconds) for seconds, _, value, _ in run["curve"] if value is not None), float(run["plan"]))


def _sized(runs: Sequence[Run]) -> list[str]:
    """Say the run whose values are the median, and of all runs the median of the times and the most memory."""
    middle = sorted(runs, key=lambda run: [value for _, value, *_ in run["values"]])[len(runs) // 2]
    values = [
        f"{value:,}" if proved else f"{value:,} ({bound or 0:,}, {(value - (bound or 0)) / max(1, value):.1%})"
        for _, value, bound, proved in middle["values"]
    ]
    first, sessions = median(map(first_plan, runs)), middle["sessions"]
    took = [f"{median(run[name] for run in runs):.1f} s" for name in ("read", "plan", "verify", "processor")]
    return [
        f"{middle['stations']:,}",
        f"{sessions:,}",
        f"{middle['limit']:g} s",
        ", ".join(str(run["seed"]) for run in runs),
        took[0],
        f"{first:.1f} s",
        f"{sessions / first:.1f}",
        *took[1:],
        f"{max(run['memory'] for run in runs):,}",
        "yes" if all(run["holds"] for run in runs) else "no",
        "; ".join(values),
        _peer(runs),
    ]


def _peer(runs: Sequence[Run]) -> str:
    """Say of CP-SAT by itself the run whose values are the median, where it was asked; one without a plan is worst."""
    found = sorted((run["peer"] for run in runs if run.get("peer") is not None), key=_ranked)
    return _values(found[len(found) // 2]) or "no plan" if found else ""


def _ranked(values: Sequence[Sequence[Any]]) -> list[float]:
    return [value for _, value, *_ in values] or [float("inf")]


def _values(values: Sequence[Sequence[Any]]) -> str:
    """Say values, and bounds where these are not met."""
    bounds = ("" if proved else f" ({'–' if bound is None else f'{bound:,}'})" for _, _, bound, proved in values)
    return "; ".join(f"{value:,}{bound}" for (_, value, *_), bound in zip(values, bounds, strict=True))


def repairs(runs: Sequence[Run]) -> Iterator[str]:
    """Say how long changes take to be answered, what is proved of the answers, and how long whole commands take."""
    head = ["case", "reading", "changes", "all proved", "half", "99 %", "most", "on the clock: half", "99 %", "most"]
    yield from table(head, map(_repaired, runs))
    told = [run for run in runs if run.get("commands", {}).get("clock", {}).get("replan")]
    if told:
        spread = ["processor: half", "most", "on the clock: half", "most"]
        yield from ("", "The same by commands, for the first of these changes:", "")
        yield from table(["case", "command", "changes", *spread], (row for run in told for row in _by_command(run)))


def _by_command(run: Run) -> Iterator[list[str]]:
    for command, processor in run["commands"]["processor"].items():
        clock = run["commands"]["clock"][command]
        took = [f"{found:.2f}" for times in (processor, clock) for found in (percentile(times, 50), max(times))]
        yield [run["name"], f"`rota {command}`", str(len(clock)), *took]


def _repaired(run: Run) -> list[str]:
    others = {"number": "the number of changes alone", "none": "nothing", "InfeasibleError": "that there is no plan"}
    proved = [str(run["proved"].get("all", 0))]
    proved += [f"{others.get(what, what)} {n}" for what, n in run["proved"].items() if what != "all"]
    took = [found for times in (run["processor"], run["clock"]) for found in _spread(times)]
    return [run["name"], f"{run['read']:.2f}", str(len(run["clock"])), "; ".join(proved), *took]


def _spread(seconds: Sequence[float]) -> tuple[str, str, str]:
    """Say half, 99 % and most; of fewer than a hundred, 99 % are all, and nothing is said of them."""
    most = f"{percentile(seconds, 99):.2f}" if len(seconds) >= HUNDRED else "–"
    return f"{percentile(seconds, 50):.2f}", most, f"{max(seconds):.2f}"


def stations(runs: Sequence[Run]) -> Iterator[str]:
    """Say what the example cases came to, priority by priority, and draw those that were not proved."""
    groups: dict[tuple[str, float], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run["case"], run["limit"], run["seed"])):
        groups[run["case"], run["limit"]].append(run)
    head = ["case", "sessions", "limit", "seeds", VALUES, "all proved", "seconds", "processor", "MB", PEER]
    yield from table(head, map(_station, groups.values()))
    longest = {case: mine[0] for (case, _), mine in groups.items()}
    for run in longest.values():
        panels = {f"{run['case']}, priority {p}": _lines(run["curve"], p) for p, *_, ok in run["scores"] if not ok}
        panels = {title: lines for title, lines in panels.items() if lines}
        if panels:
            over_time(FIGURES / f"{run['case']}.svg", panels, "cost")
            yield from ("", f"![Value and bound over time](figures/{run['case']}.svg)")


def _station(runs: Sequence[Run]) -> list[str]:
    """Say the run whose values are the median, and of all runs the median of the times and the most memory."""
    middle = sorted(runs, key=lambda run: _ranked(run["scores"]))[len(runs) // 2]
    proved = sum(bool(run["scores"]) and all(proved for *_, proved in run["scores"]) for run in runs)
    took = median(run["search"] + run["settling"] for run in runs)
    return [
        middle["case"],
        str(middle["sessions"]),
        f"{middle['limit']:g} s",
        ", ".join(str(run["seed"]) for run in runs),
        _values(middle["scores"]),
        {0: "no", len(runs): "yes"}.get(proved, f"{proved} of {len(runs)}"),
        f"{took:.1f}",
        f"{median(run['cpu'] for run in runs):.1f}",
        str(max(run["megabytes"] for run in runs)),
        _peer(runs),
    ]


def cluster(runs: Sequence[Run]) -> Iterator[str]:
    """Say what each way of searching a district came to."""
    head = ["searched by", "stations", "seed", "limit", "seconds", "holds", VALUES]
    rows = []
    for run in sorted(runs, key=lambda run: (run["stations"], run["seed"])):
        values = "; ".join(f"{value:,} ({bound or 0:,})" for _, value, bound in run["values"])
        came_late = run["way"].endswith("killed") and not run["killed"]
        way = f"{run['way']} (it had ended before)" if came_late else run["way"]
        asked = [way, str(run["stations"]), str(run["seed"]), f"{run['limit']:g} s"]
        rows.append([*asked, f"{run['seconds']:.1f}", "yes" if run["holds"] else "no", values])
    yield from table(head, rows)


SECTIONS: dict[str, Callable[[Sequence[Run]], Iterator[str]]] = {
    "stations": stations,
    "rotation": rotation,
    "courses": courses,
    "district": district,
    "repairs": repairs,
    "cluster": cluster,
}


def written(page: str) -> str:
    """Return the page with the results that are kept."""
    for name, section in SECTIONS.items():
        kept = KEPT / f"{name}.json"
        if kept.exists():
            runs = read(kept)
            said = _machines([run["machine"] for run in runs])
            before, _, rest = page.partition(_begin(name))
            _, _, after = rest.partition(_end(name))
            page = "\n".join([f"{before}{_begin(name)}", "", said, "", *section(runs), "", f"{_end(name)}{after}"])
    return page


def _machines(machines: Sequence[Mapping[str, str]]) -> str:
    """Say on what the runs were made, and how busy that was before."""
    kinds = dict.fromkeys("{cores} cores, Python {python}, OR-Tools {ortools}".format(**each) for each in machines)
    loads = sorted({float(each["load"].partition(",")[0]) for each in machines})
    spread = " to ".join(f"{load:g}" for load in sorted({loads[0], loads[-1]}))
    return f"{'; '.join(kinds)}; load before the runs {spread}."


def _begin(name: str) -> str:
    return f"<!-- {name}: made by `python -m benchmarks.page` -->"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->"


def main() -> None:
    """Write the page, or check it."""
    now = PAGE.read_text(encoding="utf-8")
    new = written(now)
    if "--check" in sys.argv:
        sys.exit(
            f"{PAGE.name} is not what benchmarks/results say: run `python -m benchmarks.page`" if now != new else 0
        )
    PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
