"""`rota plan`: the search with its progress and its interrupt, and what is said and kept of its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from console.interrupt import said_to_stop
from console.loading import plan_from
from console.no_plan import conflict_body, say_conflict
from console.places import has_journal, previous_of
from console.progress import make_way, progress_line
from console.screen import Screen
from console.verifying import costs_line
from constraints.quick import impossibilities
from constraints.rule import Rule
from rota.case import Case
from rota.difference import difference
from rota.plan import Plan, dump_plan
from rota.text import Message, several, text
from scheduler.solving.conflict import find_conflict
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.executors import Crew
from scheduler.solving.search import Solved
from scheduler.solving.solve import solve
from workbook.output.terminal import year_table
from workbook.saving import write_file

EXPLAINING = 20.0
"""Seconds of the processor for finding out why there is no plan."""


@contextmanager
def working(address: str | None, screen: Screen, stop: Event, *, divided: bool) -> Iterator[Crew | None]:
    """Reach the cluster at an address, where one is given; say so where the case is not divided for it.

    Raises:
        RotaError: it cannot be reached, or cannot do the work, or `stop` was set before that was known.
    """
    if address is None:
        yield None
        return
    from scheduler.solving.cluster import cluster  # noqa: PLC0415 - an extra, loaded only where somebody asks for it

    with cluster(address, lambda message: remark(message, screen), stop) as crew:
        if not divided:
            screen.note(
                text(
                    "This case is planned as a whole, on one machine; the cluster is hardly used.",
                    "本次排班不分块，单机即可求解，集群基本不会用到。",
                )
            )
        yield crew


def remark(message: Message, screen: Screen) -> None:
    """Say something in the middle of a search."""
    make_way()
    screen.note(message)


def search(
    case: Case,
    rules: tuple[Rule, ...],
    screen: Screen,
    control: Control,
    *,
    open_seats: bool,
    near: Plan | None = None,
) -> Solved:
    """Search for the best plan, of equals one `near` another; where there is none, say why before the error goes on.

    Raises:
        RotaError: there is no plan, or none was found in time.
    """
    said: list[Message] = []

    def tell(message: Message) -> None:
        if message not in said:
            said.append(message)
            remark(message, screen)

    with progress_line(screen.language) as report:
        told = replace(control, report=report, tell=tell)
        try:
            with said_to_stop(control.stop, screen):
                return solve(case, rules, told, near=near.session if near else None, open_seats=open_seats)
        except InfeasibleError:
            explain(case, rules, screen, open_seats=open_seats)
            raise


@dataclass(frozen=True)
class Published:
    """The newest published plan, and the number of its revision."""

    number: int
    plan: Plan


def newest_plan(place: Path, case: Case, screen: Screen) -> Published | None:
    """Return what was published last of a case; None where nothing was.

    Raises:
        RotaError: the working copy differs from the journal.
    """
    if not has_journal(place):
        return None
    from console.desk import opened_for, refuse_other_rows  # noqa: PLC0415 - most cases have no journal

    with opened_for(place, case, screen) as desk:
        if case.settings.id not in desk.journal.streams():  # a year that goes on in the journal of the last one
            return None
        refuse_other_rows(desk, case)
        revision = desk.journal.newest(desk.stream)
        return Published(revision.number, desk.plan(revision.number)) if revision else None


def based_on(plan: Plan, published: Published | None) -> Plan:
    """Return a plan with the revision noted that it was made from."""
    return plan if published is None else plan.made_from(published.number)


def explain(case: Case, rules: tuple[Rule, ...], screen: Screen, *, open_seats: bool = False) -> None:
    """Print what cannot hold together."""
    seen = () if open_seats else impossibilities(case, rules)
    if seen:
        screen.say(text("This cannot be, whatever else is decided:", "无论如何安排，以下情况都无法满足："))
        screen.each(f"  - {problem.message.say(screen.language)}" for problem in seen)
        screen.emit({"impossible": [problem.message.say(screen.language) for problem in seen]})
        return
    conflict = find_conflict(case, rules, Control.by_processor(EXPLAINING), open_seats=open_seats)
    if conflict is None:
        screen.say(text("No small conflict was found in time.", "限时内未能找出具体冲突。"))
        return
    say_conflict(conflict, screen)
    screen.emit(conflict_body(conflict, screen))
    screen.note(text("`rota why` names ways out.", "可用 `rota why` 查看让步办法。"))


def keep(plan: Plan, target: Path, screen: Screen | None, *, keep_previous: bool) -> None:
    """Write a plan by replacing; the one that lay there by default before is kept beside it.

    A `screen` is told in how many sessions the two differ.
    """
    content = dump_plan(plan).encode()
    if keep_previous and target.is_file() and (before := target.read_bytes()) != content:
        changed = 0 if screen is None else len(difference(plan_from(target), plan).sessions)
        write_file(previous_of(target), before)
        if changed and screen is not None:
            sessions = several(changed, "session differs", "场", "sessions differ")
            screen.note(
                text(
                    "{sessions} from the previous plan: see `rota diff`",
                    "与上一份安排相比有 {sessions}不同；可用 `rota diff` 查看",
                    sessions=sessions,
                )
            )
    write_file(target, content)


def show_solved(case: Case, solved: Solved, screen: Screen, target: Path | None) -> None:
    """Print the year, where it lies, and how good it is."""
    plan = solved.plan
    screen.say(year_table(case, plan, screen.language, screen.width).rstrip("\n"))
    screen.say(text("Costs: {costs}", "代价：{costs}", costs=costs_line(solved.verdict.costs) or text("none", "无")))
    if target is not None:
        screen.say(str(target))
    screen.emit(
        {
            "plan": None if target is None else str(target),
            "proved": plan.proved,
            "interrupted": solved.interrupted,
            "score": [score.model_dump(mode="json") for score in plan.score],
            "rules": [rule.model_dump(mode="json") for rule in plan.rules],
            "open": [seat.model_dump(mode="json") for seat in plan.open],
            "declined": [declined.model_dump(mode="json") for declined in plan.declined],
        }
    )
