"""How long does one change take to be answered, at a belt's size and in a district?

`python -m benchmarks.district.repairs [--stations 10 100 1000] [--case examples/jiangning] [--changes 100] [--together
2] [--commands 5] [--own] [--seed 7] [--json FILE]`; where neither stations nor a case are named, 10 stations. Somebody
is away on the day of a turn, or a room is closed on the day of a session, each drawn at random, and the plan is
repaired by the function that the engine calls, with case and plan in memory. Districts begin with the plan that was
planted in them, with `--own` and in other cases with what is planned in `--seconds`. What reading the case from its
folder costs is told apart. Some of the changes are made anew as a coordinator makes them, by commands, each a process
of its own that reads folder and journal: `rota away`, `rota replan`, `rota apply`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from benchmarks import results
from benchmarks.district import commands
from benchmarks.district.generator import case_of, laid_out, planted, size
from benchmarks.district.planting import NoPlanPlantedError
from benchmarks.processes import Took
from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from rota.case import Case
from rota.demand import Availability, Level
from rota.plan import Plan
from rota.problem import RotaError
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError
from scheduler.solving.repair import Request, repair
from scheduler.solving.solve import solve
from workbook.folder import write_folder
from workbook.reading import read_case

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
CLOSED = 0.25
"""The share of changes that close a room."""
FREEZE = 14
"""Days from now on in which sessions stay as they are where they can."""
FEW = 10
"""Stations of the district that is taken where nothing is asked for."""
COMMANDS = 5
"""So many changes are also made by commands."""
ASKED = ("seed", "changes", "together", "freeze", "seconds", "own")
"""What makes runs of one case different."""
HEAD = f"{'':<22}{'read':>7}{'changes':>9}{'proved':>8}{'moved':>7}   {'processor: p50, p99, most':<28}clock"


class Answer(NamedTuple):
    """One repair: what is proved of it, how many sessions it moves (none: there is none), and the seconds it took."""

    proved: str
    changed: int | None
    processor: float
    clock: float


def changes(case: Case, plan: Plan, number: int, draw: Random) -> Iterator[tuple[Availability, Request]]:
    """Yield so many changes, each with the day on which it becomes known."""
    days = (case.settings.last - case.settings.first).days
    for _ in range(number):
        today = case.settings.first + dt.timedelta(days=draw.randrange(days // 2))
        now = dt.datetime.combine(today, dt.time.min, case.zone)
        session = draw.choice([session for session in plan.sessions if session.start > now])
        rooms = [part.room for part in session.parts if part.room is not None]
        what = draw.choice(rooms if rooms and draw.random() < CLOSED else session.serving() or rooms)
        day = session.start.astimezone(case.zone).date()
        yield Availability(resource=what, level=Level.CANNOT, first=day, last=day), Request(plan, now, FREEZE)


def together(
    drawn: Iterator[tuple[Availability, Request]], number: int
) -> Iterator[tuple[tuple[Availability, ...], Request]]:
    """Yield so many changes at once, all known from the day on which the first one is."""
    for first in drawn:
        some = [first, *islice(drawn, number - 1)]
        yield tuple(away for away, _ in some), min((request for _, request in some), key=lambda each: each.now or NEVER)


def answered(case: Case, away: Sequence[Availability], request: Request) -> Answer:
    """Repair the plan of a case in which something is not there."""
    changed = case.model_copy(update={"availability": (*case.availability, *away)})
    gc.collect()  # what the change before left behind
    processor, clock = time.process_time(), time.monotonic()
    try:
        found = repair(changed, read_rules(changed), request, Control())
    except (InfeasibleError, NoPlanFoundError) as error:
        return Answer(type(error).__name__, None, time.process_time() - processor, time.monotonic() - clock)
    everything = found.price_proved and all(level.proved for level in found.levels)
    proved = "all" if found.proved and everything else "number" if found.proved else "none"
    return Answer(proved, len(found.changed), time.process_time() - processor, time.monotonic() - clock)


def by_command(
    case: Case, plan: Plan, drawn: Sequence[tuple[Sequence[Availability], Request]]
) -> list[dict[str, Took]]:
    """Return what a coordinator's commands take for some changes, each of one thing and from the same folder."""
    if not drawn:
        return []
    with commands.published(case, plan) as folder:
        return [commands.answered(folder, away, request) for (away,), request in drawn]


def line(name: str, read: float, answers: Sequence[Answer]) -> Iterator[str]:
    """Say how long the answers took, and what is proved of them."""
    took = [[answer.processor for answer in answers], [answer.clock for answer in answers]]
    shown = [f"{results.percentile(s, 50):.2f}, {results.percentile(s, 99):.2f}, {max(s):.2f}" for s in took]
    proved = sum(answer.proved == "all" for answer in answers)
    moved = sum(answer.changed or 0 for answer in answers) / len(answers)
    yield f"{name:<22}{read:>7.2f}{len(answers):>9}{proved:>8}{moved:>7.2f}   {shown[0]:<28}{shown[1]}"
    others = Counter(answer.proved for answer in answers if answer.proved != "all")
    if others:
        yield "  else proved: " + ", ".join(f"{what} ({n})" for what, n in sorted(others.items()))


def command_lines(took: Sequence[dict[str, Took]]) -> Iterator[str]:
    """Say how long the commands took."""
    for name in commands.NAMES if took else ():
        spread = [sorted(getattr(each[name], measure) for each in took) for measure in Took._fields]
        shown = [f"{results.percentile(s, 50):.2f}, {max(s):.2f}" for s in spread]
        yield f"  rota {name:<8}{len(took):>32}   p50, most: {shown[0]:<17}{shown[1]}"


def measured(read: float, answers: Sequence[Answer], took: Sequence[dict[str, Took]]) -> dict[str, Any]:
    """Return what is kept of the answers, and of the commands."""
    return {
        "read": round(read, 3),
        "proved": dict(Counter(answer.proved for answer in answers)),
        "processor": [round(answer.processor, 3) for answer in answers],
        "clock": [round(answer.clock, 3) for answer in answers],
        "commands": commands.kept(took),
    }


def of_district(stations: int, seed: int, seconds: float | None = None) -> tuple[Case, Plan, float]:
    """Return a district as it is read, the plan planted in it, or planned in some seconds, and what reading takes."""
    laid = laid_out(stations, seed)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(case_of(laid, f"district-{stations}-{seed}"), Path(folder), catalogue())
        case, read = _read(Path(folder))
    return case, planted(laid, case) if seconds is None else _planned(case, seconds), read


def of_folder(folder: Path, seconds: float) -> tuple[Case, Plan, float]:
    """Return a case, what is planned of it in so many seconds, and the seconds of reading."""
    case, read = _read(folder)
    return case, _planned(case, seconds), read


def _planned(case: Case, seconds: float) -> Plan:
    return solve(case, read_rules(case), Control(seconds=seconds)).plan


def _read(folder: Path) -> tuple[Case, float]:
    begun = time.process_time()
    case = read_case(folder, catalogue(), (rule_problems,)).required()
    return case, time.process_time() - begun


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stations", nargs="*", type=size, default=[])
    parser.add_argument("--case", nargs="*", type=Path, default=[])
    parser.add_argument("--seconds", type=float, default=60.0, help="for planning a case")
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--together", type=int, default=1, help="so many changes at once")
    parser.add_argument("--commands", type=int, default=COMMANDS, help="so many of the changes by commands as well")
    parser.add_argument("--json", type=Path, help="also keep all runs there")
    parser.add_argument("--own", action="store_true", help="districts begin with what is planned in --seconds")
    asked = parser.parse_args()
    kept = results.Runs(asked.json, "name", *ASKED)
    sys.stdout.write(f"seed {asked.seed}; load {kept.machine['load']}; seconds\n{HEAD}\n")
    for made in (*asked.case, *asked.stations) or (FEW,):
        name = _named(made, asked)
        run = {"name": name, "freeze": FREEZE} | {each: getattr(asked, each) for each in ASKED if each in asked}
        try:
            found, said = _answered(name, made, asked)
        except (RotaError, NoPlanPlantedError, subprocess.CalledProcessError) as error:
            found, said = {"failed": str(error) or type(error).__name__}, [f"{name:<22} failed: {error}"]
        kept.add({**run, **found})
        sys.stdout.write("\n".join(said) + "\n")
        sys.stdout.flush()


def _named(made: int | Path, asked: argparse.Namespace) -> str:
    name = f"{made:,} stations" if isinstance(made, int) else made.name
    name += ", own plan" if asked.own and isinstance(made, int) else ""
    return name + (f", {asked.together} at once" if asked.together > 1 else "")


def _answered(name: str, made: int | Path, asked: argparse.Namespace) -> tuple[dict[str, Any], list[str]]:
    """Return what is kept of a case, and what is said of it."""
    case, plan, read = _begun(made, asked)
    drawn = list(together(changes(case, plan, asked.changes * asked.together, Random(asked.seed)), asked.together))
    answers = [answered(case, away, request) for away, request in drawn]
    mended = [each for each, answer in zip(drawn, answers, strict=True) if answer.changed is not None]
    took = by_command(case, plan, mended[: asked.commands] if asked.together == 1 else ())
    return measured(read, answers, took), [*line(name, read, answers), *command_lines(took)]


def _begun(made: int | Path, asked: argparse.Namespace) -> tuple[Case, Plan, float]:
    """Return a case, the plan that it begins with, and the seconds of reading."""
    if isinstance(made, int):
        return of_district(made, asked.seed, asked.seconds if asked.own else None)
    return of_folder(made, asked.seconds)


if __name__ == "__main__":
    main()
