"""The smallest repair on Suzhou: for each single unavailability, how many sessions change, and in how much time.

    python benchmarks/repair.py            every committee, partner and instructor away on the day of each turn
    python benchmarks/repair.py --few 5    every fifth of these
    python benchmarks/repair.py --today 2023-06-01 --freeze 14

For each turn of the year's plan whoever takes it is away on that day, and the plan is repaired: the least number of
changed sessions is proved, then the price, then each priority. Times are processor time of the process, reading and
posting the rules included.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.results import percentile
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from rota.case import Case
from rota.demand import Availability, Level
from rota.plan import Plan
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.repair import Request, repair
from scheduler.solving.solve import solve
from workbook.reading import read_case

SUZHOU = Path(__file__).resolve().parent.parent / "examples" / "suzhou"


class Outcome(NamedTuple):
    """One repair: how many sessions changed, what of it is proved, and the seconds it took."""

    changed: int | None
    proved: str
    seconds: float


def absences(case: Case, plan: Plan) -> Iterator[Availability]:
    """Yield for each turn of the plan, once per resource and day, that its holder is away on that day."""
    seen = set()
    for session in plan.sessions:
        day = session.start.astimezone(case.zone).date()
        for who in session.serving():
            if (who, day) not in seen:
                seen.add((who, day))
                yield Availability(resource=who, level=Level.CANNOT, first=day, last=day)


def tried(case: Case, away: Availability, request: Request) -> Outcome:
    """Repair the plan of a case in which somebody is away."""
    changed = case.model_copy(update={"availability": (*case.availability, away)})
    begun = time.process_time()
    try:
        found = repair(changed, read_rules(changed), request, Control())
    except InfeasibleError:
        return Outcome(None, "no plan", time.process_time() - begun)
    levels = (found.proved, found.price_proved, *(level.proved for level in found.levels))
    proved = "all" if all(levels) else f"{sum(levels)} of {len(levels)}"
    return Outcome(len(found.changed), proved, time.process_time() - begun)


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the figures, line by line."""
    yield f"{'changed':>8}{'cases':>7}{'p50':>8}{'p99':>8}{'max':>8}  CPU seconds"
    by_number: dict[str, list[float]] = {}
    for each in outcomes:
        by_number.setdefault("none" if each.changed is None else str(each.changed), []).append(each.seconds)
    for number, seconds in (*sorted(by_number.items()), ("all", [each.seconds for each in outcomes])):
        p50, p99 = (percentile(seconds, percent) for percent in (50, 99))
        yield f"{number:>8}{len(seconds):>7}{p50:>8.2f}{p99:>8.2f}{max(seconds):>8.2f}"
    yield "proved: " + ", ".join(f"{what} ({n})" for what, n in Counter(each.proved for each in outcomes).items())


def main(arguments: Sequence[str]) -> None:
    """Try the absences and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--few", type=int, default=1, metavar="N", help="only every so-many-th absence")
    parser.add_argument("--today", type=dt.date.fromisoformat, help="what is before this day is past")
    parser.add_argument("--freeze", type=int, default=0, metavar="DAYS", help="keep so many days from then on")
    given = parser.parse_args(arguments)
    case = read_case(SUZHOU, catalogue(), (rule_problems,)).required()
    plan = solve(case, read_rules(case), Control()).plan
    now = dt.datetime.combine(given.today, dt.time.min, case.zone) if given.today else None
    request = Request(plan, now, given.freeze)
    outcomes = [tried(case, away, request) for away in list(absences(case, plan))[:: given.few]]
    sys.stdout.write("\n".join(table(outcomes)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
