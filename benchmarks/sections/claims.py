"""What Rota is held to at strength and scale, with what was measured of each and whether that is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import inf, isfinite
from statistics import median
from typing import NamedTuple

from benchmarks.courses.instance import is_as_good
from benchmarks.district.cluster import LOCAL, WAYS, above
from benchmarks.results import Run, first_plan, gap, is_borne_out, percentile
from benchmarks.sections import cells
from benchmarks.sections.districts import HUNDRED
from benchmarks.sections.rotation import is_one

Results = Mapping[str, Sequence[Run]]
"""All runs that are kept, by benchmark."""

SEVERAL = 3
"""Where there are fewer seeds than these, their number is said."""
MARKS = (10.0, 60.0, 300.0)
FIVE_PERCENT, ONE_PERCENT = 0.05, 1.0
"""A share, as gaps are, and a percentage, as what is above local processes."""
SIZES = (10, 100, 1000)
TWICE = 2.0
"""So many times as long for each station is near to linear: ten times the stations take at most twenty times as long,
where what grows with the square takes a hundred times."""
HALF_AN_HOUR = 1800.0
INSTANCES, AT_LEAST = 10, 8
"""So many instances of ITC-2007, of as many, are to be no worse than the winner."""
BELT_SECONDS, COURSE_SECONDS = 60.0, 300.0


class Answer(NamedTuple):
    """What was measured, in words, and whether that is what is asked for."""

    said: str
    met: bool


class Claim(NamedTuple):
    """What is asked for, the benchmark that measures it, and what its runs say: nothing where there are none.

    Runs that failed are among these. `options` are those with which the benchmark measures it.
    """

    asked: str
    benchmark: str
    measured: Callable[[Sequence[Run]], Answer | None]
    options: str = ""

    def command(self) -> str:
        """Return the command that measures it."""
        return f"make bench-{self.benchmark} {self.options}".rstrip()


def claims(results: Results) -> Iterator[str]:
    """Say each claim, the command that measures it, and how it stands."""
    yield from cells.table(["asked for", "measured by", "measured", "met"], (_row(each, results) for each in CLAIMS))


def _row(claim: Claim, results: Results) -> list[str]:
    found = claim.measured(results.get(claim.benchmark, ()))
    said = ["not measured", "no"] if found is None else [found.said, "yes" if found.met else "no"]
    return [claim.asked, f"`{claim.command()}`", *said]


def _median(runs: Sequence[Run], of: Callable[[Run], float | None]) -> float:
    """Return the median of all runs; one that failed, or of which there is nothing, is worse than any."""
    found = (None if run.get("failed") else of(run) for run in runs)
    return float(median(inf if each is None else each for each in found))


def _number(found: float, form: str, unit: str = "") -> str:
    return f"{found:{form}}{unit}" if isfinite(found) else "no plan"


def _few(runs: Sequence[Run]) -> str:
    """Say how many seeds there are where these are few."""
    number = len({run["seed"] for run in runs})
    return "" if number >= SEVERAL else f" ({number} seed{'' if number == 1 else 's'})"


def _most_seeds(runs: Sequence[Run], *names: str) -> Sequence[Run]:
    """Return the runs that say the same under these names: those with the most seeds, and of such the largest."""
    return max(cells.groups(runs, *names).items(), key=lambda each: (len(each[1]), each[0]), default=((), ()))[1]


def _rotations(runs: Sequence[Run], size: str, limit: float, solver: str = "rota") -> list[Run]:
    return [run for run in runs if (run["size"], run["limit"], run["solver"]) == (size, limit, solver)]


def _value(run: Run) -> float | None:
    return None if run["value"] is None else float(run["value"])


def _proved_within(size: str, seconds: float) -> Callable[[Sequence[Run]], Answer | None]:
    def measured(runs: Sequence[Run]) -> Answer | None:
        mine = _rotations(runs, size, MARKS[0])
        if not mine:
            return None
        proved = sum(_value(run) is not None and run["value"] == run["bound"] for run in mine)
        took = _median(mine, lambda run: None if run["value"] is None else run["seconds"])
        said = f"{proved} of {len(mine)} proved, {_number(took, '.1f', ' s')}{_few(mine)}"
        return Answer(said, proved == len(mine) and took < seconds)

    return measured


def _beside_timefold(runs: Sequence[Run]) -> Answer | None:
    """Compare the medians at each mark over the seeds that both have, a lower one being better.

    A run of Timefold that failed says nothing of Timefold, and is none.
    """
    said, better, other = list[str](), list[bool](), list[str]()
    for name, mine, theirs in _compared(runs):
        if not mine:
            said.append(f"{name}: not measured")
            continue
        ours, its = (_median(each, _value) for each in (mine, theirs))
        better.append(ours < its)
        said.append(f"{name}: {_number(ours, ',.15g')} and {_number(its, ',.15g')}{_few(mine)}")
        other += [] if is_one({"rota": mine, "timefold": theirs}) else [name]
    if not better:
        return None
    if other:
        where = "" if len(other) == len(better) else f" at {', '.join(other)}"
        said.append(f"values of Timefold{where} of another run")
    return Answer("; ".join(said), len(better) == 2 * len(MARKS) and all(better))


def _compared(runs: Sequence[Run]) -> Iterator[tuple[str, list[Run], list[Run]]]:
    """Yield each mark with the runs of Rota and of Timefold of the seeds that both have."""
    for size in ("L", "XL"):
        for mark in MARKS:
            theirs = cells.ended(_rotations(runs, size, mark, "timefold"))
            mine = _rotations(runs, size, mark)
            seeds = {run["seed"] for run in mine} & {run["seed"] for run in theirs}
            ours, its = ([run for run in each if run["seed"] in seeds] for each in (mine, theirs))
            yield f"{size} {mark:g} s", ours, its


def _gap_within(size: str, limit: float, most: float) -> Callable[[Sequence[Run]], Answer | None]:
    def measured(runs: Sequence[Run]) -> Answer | None:
        mine = _rotations(runs, size, limit)
        if not mine:
            return None
        found = _median(mine, lambda run: None if run["value"] is None else gap(run["value"], run["bound"]))
        return Answer(f"{_number(found, '.2%')}{_few(mine)}", found <= most)

    return measured


def _recomputed(runs: Sequence[Run]) -> Answer | None:
    mine = [run for run in runs if run["solver"] == "rota"]
    found = sum(is_borne_out(run["bound"], run.get("certified")) for run in mine)
    if not mine:
        return None
    fewest = min(cells.groups(mine, "size", "limit").values(), key=len)
    return Answer(f"{found} of {len(mine)} runs{_few(fewest)}", found == len(mine))


def _timetables(runs: Sequence[Run]) -> Answer | None:
    asked = [run for run in runs if run["limit"] == COURSE_SECONDS]
    groups = cells.groups(asked, "instance").values()
    if not groups:
        return None
    good = sum(is_as_good(_median(mine, lambda run: run.get("judged")), mine[0]["known"]) for mine in groups)
    valid = sum(run.get("judged") is not None and not run.get("failed") for run in asked)
    fewest = min(groups, key=len)
    said = f"{good} of {len(groups)}; {valid} of {len(asked)} runs valid{_few(fewest)}"
    return Answer(said, good >= AT_LEAST and valid == len(asked) and len(groups) == INSTANCES)


def _belt(runs: Sequence[Run]) -> Answer | None:
    """Take the largest gap of any priority of each seed, and of these the median."""
    mine = [run for run in runs if run["case"] == "jiangning" and run["limit"] == BELT_SECONDS]
    if not mine:
        return None
    said = ", ".join(f"{run['seed']}: {_number(_median([run], _largest_gap), '.1%')}" for run in mine)
    found = _median(mine, _largest_gap)
    return Answer(f"{_number(found, '.1%')} (seeds {said}){_few(mine)}", found < FIVE_PERCENT)


def _largest_gap(run: Run) -> float | None:
    return max((gap(value, bound) for _, value, bound, _ in run["scores"]), default=None)


def _thousand(runs: Sequence[Run]) -> Answer | None:
    mine = _most_seeds([run for run in runs if run["stations"] == SIZES[-1]], "limit")
    if not mine:
        return None
    took = _median(mine, lambda run: run["read"] + run["plan"] + run["verify"] if run["holds"] else None)
    held = sum(_holds(run) for run in mine)
    kept = "" if held == len(mine) else f", {held} of {len(mine)} hold"
    return Answer(f"{_number(took / 60, '.1f', ' min')}{kept}{_few(mine)}", took < HALF_AN_HOUR and held == len(mine))


def _holds(run: Run | None) -> bool:
    return run is not None and not run.get("failed") and run["holds"]


def _growth(runs: Sequence[Run]) -> Answer | None:
    """Compare the seconds to the first plan, for each station, with those of the size before."""
    sizes = {n: _most_seeds([run for run in runs if run["stations"] == n], "limit") for n in SIZES}
    each = {n: _median(mine, _first_plan) / n for n, mine in sizes.items() if mine}
    if not each:
        return None
    said = (f"{_number(each[n], '.2f', ' s')}{_few(mine)}" if mine else "not measured" for n, mine in sizes.items())
    grown = [after <= TWICE * before for before, after in pairwise(each.values())]
    met = len(each) == len(SIZES) and all(map(isfinite, each.values())) and all(grown)
    return Answer("; ".join(f"{n:,}: {found}" for n, found in zip(SIZES, said, strict=True)), met)


def _first_plan(run: Run) -> float | None:
    return first_plan(run["curve"], run["plan"]) if run["holds"] else None


def _cluster(*ways: str) -> Callable[[Sequence[Run]], Answer | None]:
    """Say by how much the objective is above local processes; the last of the ways that was measured decides.

    They are of one size and of one limit for local processes, those of which there are the most seeds.
    """

    def measured(runs: Sequence[Run]) -> Answer | None:
        asked = [{**run, "asked": round(run["limit"] / WAYS[run["way"]].times, 3)} for run in runs]
        tried = [[run for run in asked if run["way"] == way] for way in ways]
        sized = _most_seeds(next((each for each in reversed(tried) if each), ()), "stations", "asked")
        if not sized:
            return None
        size = sized[0]["stations"], sized[0]["asked"]
        same = [run for run in asked if (run["stations"], run["asked"]) == size]
        local = {run["seed"]: run for run in same if run["way"] == LOCAL}
        found = {way: _way([run for run in same if run["way"] == way], local) for way in ways}
        short = {way: "" if len(ways) == 1 else f"{way.removeprefix(f'{ways[0]}, ')}: " for way in ways}
        said = "; ".join(f"{short[way]}{each.said if each else 'not measured'}" for way, each in found.items())
        met = next(each.met for each in reversed(found.values()) if each)
        return Answer(f"{size[0]:,} stations, {size[1]:g} s: {said}", met)

    return measured


def _way(runs: Sequence[Run], local: Mapping[int, Run]) -> Answer | None:
    """Say the medians over the seeds, of the objective and of each priority, and what is wrong with any of the runs.

    The objective is what all wishes cost together, each by its weight: that decides.
    """
    if not runs:
        return None
    wrong = {run["seed"]: _wrong(run, local.get(run["seed"])) for run in runs}
    counted = [{**run, "failed": wrong[run["seed"]]} for run in runs]
    found = _median(counted, lambda run: _together(run, local[run["seed"]]))
    priorities = range(max(len(run.get("above", ())) for run in runs))
    each = ", ".join(_percent(_median(counted, partial(_above, at))) for at in priorities)
    faults = (f"{n} of {len(runs)} {why}" for why, n in Counter(filter(None, wrong.values())).items())
    said = ", ".join(filter(None, (_percent(found), *faults)))
    by_priority = f" (by priority {each})" if each else ""
    return Answer(f"{said}{by_priority}{_few(runs)}", not any(wrong.values()) and found <= ONE_PERCENT)


def _percent(found: float) -> str:
    return f"{found:+.1f} %" if isfinite(found) else "no comparison"


def _together(run: Run, local: Run) -> float | None:
    """Return by how much percent all costs together are above those of local processes."""
    here, there = (sum(value for _, value, _ in each["values"]) for each in (run, local))
    return above([(0, here, None)], [(0, there, None)])[0]


def _above(at: int, run: Run) -> float | None:
    found: Sequence[float | None] = run["above"]
    return found[at]


def _wrong(run: Run, local: Run | None) -> str:
    """Say why a run is not compared with that of local processes; nothing where it is."""
    if run.get("failed"):
        return "failed"
    if not run["holds"]:
        return "without a plan that holds"
    if WAYS[run["way"]].kills and not run["killed"]:
        return "had ended before a worker was killed"
    return "" if _holds(local) and run.get("above") else "without local processes to compare with"


def _repairs(name: str, most: float) -> Callable[[Sequence[Run]], Answer | None]:
    def measured(runs: Sequence[Run]) -> Answer | None:
        alone = [run for run in runs if run["name"] == name and run.get("together", 1) == 1]
        mine = [run for run in alone if run.get("failed") or len(run["clock"]) >= HUNDRED]
        if not mine:
            return None
        found = _median(mine, lambda run: percentile(_answered(run), 99))
        return Answer(f"{_number(found, '.2f', ' s')}{_few(mine)}", found < most)

    return measured


def _answered(run: Run) -> Sequence[float]:
    """Return the seconds of each change; those that found no plan, though there may be one, have no end."""
    lost = int(run.get("proved", {}).get("NoPlanFoundError", 0))
    return [*sorted(run["clock"])[lost:], *[inf] * lost]


def _start(runs: Sequence[Run]) -> Answer | None:
    mine = [run for run in runs if run["command"] == "rota --help"]
    if not mine:
        return None
    found = _median([max(mine, key=lambda run: int(run["times"]))], lambda run: run["clock"])
    return Answer(_number(found, ".2f", " s"), found < 0.3)  # noqa: PLR2004 - as is asked


CLAIMS = (
    Claim("rotation S proved within 1 s", "rotation", _proved_within("S", 1.0)),
    Claim("rotation M proved within 5 s", "rotation", _proved_within("M", 5.0)),
    Claim("L and XL better than Timefold at 10, 60 and 300 s", "rotation", _beside_timefold),
    Claim("L within 1 % of its bound at 60 s", "rotation", _gap_within("L", 60.0, 0.01)),
    Claim("XL within 0.75 % of its bound at 300 s", "rotation", _gap_within("XL", 300.0, 0.0075)),
    Claim("every bound recomputed from its certificate", "rotation", _recomputed),
    Claim("ITC-2007, 300 s each: no worse than the winner on 8 of 10, all valid", "courses", _timetables),
    Claim("jiangning (17 sites) within 5 % at every priority in 60 s", "stations", _belt, "CASES=jiangning"),
    Claim("1,000 stations read, planned and verified in half an hour", "district", _thousand, "STATIONS=1000 SEEDS=7"),
    Claim(
        "districts of 10, 100 and 1,000 stations: the first plan that holds takes, for each station, at most twice as"
        " long as at the size before",
        "district",
        _growth,
        'STATIONS="10 100 1000" SEEDS=7',
    ),
    Claim(
        "one worker of a cluster, given as much of the processor (half as long again): the same objective as local"
        " processes within 1 %",
        "cluster",
        _cluster("one worker", "one worker, half as long again"),
        "SECONDS=180",
    ),
    Claim(
        "two workers of a cluster: the same objective as local processes within 1 %",
        "cluster",
        _cluster("two workers"),
        "SECONDS=180",
    ),
    Claim(
        "two workers of a cluster, one of them killed midway: the same objective as local processes within 1 %",
        "cluster",
        _cluster("two workers, one killed"),
        "SECONDS=180",
    ),
    Claim(
        "99 % of repairs of a belt (jiangning), case and plan in memory, within 2 s",
        "repairs",
        _repairs("jiangning", 2.0),
    ),
    Claim(
        "99 % of repairs of 1,000 stations, case and plan in memory, within 5 s",
        "repairs",
        _repairs("1,000 stations", 5.0),
        "STATIONS=1000",
    ),
    Claim("`rota --help` within 0.3 s", "start", _start),
)
