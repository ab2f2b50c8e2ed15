"""Why there is no plan: instances of what is required that cannot all hold, each shown to be needed for that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.instances import say_instances, session_of
from constraints.structure import LEAST, TAKES_PLACE
from scheduler.solving.question import Question

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case
    from rota.text import Message
    from scheduler.solving.control import Control

FIRMNESS = {LEAST: 4, TAKES_PLACE: 6}
"""How hard it is to give up a piece of structure, on the scale of `Rule.firmness`."""
FEW = 21
"""Of more groups of instances than this, several are left out at a time at first; a shorter conflict is looked for."""
GUESSES = 4
"""So many guesses at a conflict, from different starts; the smallest is taken up."""


@dataclass(frozen=True)
class Conflict:
    """Instances that cannot all hold together; `minimal` if each was shown to be needed for that."""

    instances: tuple[Instance, ...]
    sentences: tuple[Message, ...]
    minimal: bool


def find_conflict(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    *,
    open_seats: bool = False,
    window: Callable[[], Board] | None = None,
) -> Conflict | None:
    """Return instances of required rules that no plan can keep together; None if that was not shown in time.

    With `open_seats`, that sessions take place and seats are taken is not among what is required. `window` makes the
    board in explain mode where not all sessions are open.
    """
    return conflict_of(Question(case, rules, control, window), case, rules, open_seats=open_seats)


def conflict_of(question: Question, case: Case, rules: Sequence[Rule], *, open_seats: bool = False) -> Conflict | None:
    """Return a conflict as `find_conflict` does, on the board of a question.

    What the search itself recalls of a conflict is a start. Where that is nothing, or many instances: what would be
    given up at the least lies in conflicts with what is kept, so that any one of it, with all that is kept, conflicts.
    Then instances are left out as long as the rest still conflicts.
    """
    may_stay_open = {LEAST, TAKES_PLACE} if open_seats else set()
    stated = [instance for instance in question.instances if instance.demand not in may_stay_open]
    stated.sort(key=lambda instance: session_of(case, instance))
    guess = question.guess(stated)
    if guess is None:
        return None
    if len(guess) > FEW:
        starts = [kept for kept in _starts(question, stated, prices(question, rules)) if len(kept) < len(stated)]
        guesses = [(start, found) for start in starts if (found := question.guess(start)) is not None]
        recalled = [found for start, found in [*guesses, (stated, guess)] if len(found) < len(start)]
        guess = min(recalled, key=len) if recalled else _whole_demands(question, (starts or [stated])[0], rules)
    kept, minimal = _smallest(question, [[instance] for instance in guess])
    question.known.append(tuple(kept))
    return Conflict(tuple(kept), say_instances(case, rules, kept), minimal=minimal)


def prices(question: Question, rules: Sequence[Rule]) -> dict[Instance, int]:
    """Return how hard it is to give up each instance."""
    firmness = {**FIRMNESS, **{rule.id: rule.firmness for rule in rules}}
    return {instance: firmness[instance.demand] for instance in question.instances}


def _starts(question: Question, stated: list[Instance], costs: dict[Instance, int]) -> Iterator[list[Instance]]:
    """Yield what is stated without all that would be given up at the least, but for one instance of it at a time."""
    allowed = set(stated)
    relaxed = question.relax({i: cost if i in allowed else 0 for i, cost in costs.items()})
    given_up = [instance for instance in relaxed.given_up if instance in allowed] if relaxed else []
    one_of_each_demand = {instance.demand: instance for instance in reversed(given_up)}
    for one in list(one_of_each_demand.values())[:GUESSES]:
        yield [instance for instance in stated if instance == one or instance not in set(given_up)]


def _whole_demands(question: Question, kept: list[Instance], rules: Sequence[Rule]) -> list[Instance]:
    """Leave out whole demands without which the rest still conflicts: those about many sessions before single facts."""
    required = [rule for rule in rules if rule.required]
    order = [*(r.id for r in required if not r.fact), *(r.id for r in required if r.fact), LEAST, TAKES_PLACE]
    by_demand = [[instance for instance in kept if instance.demand == demand] for demand in order]
    return _smallest(question, [group for group in by_demand if group])[0]


def _smallest(question: Question, groups: list[list[Instance]]) -> tuple[list[Instance], bool]:
    """Leave out ever shorter runs of groups without which the rest still conflicts, in the end single groups.

    Returns what is left, and whether each group of it was shown to be needed: without it, the others can hold.
    """
    size = len(groups) // 4 if len(groups) > FEW else 1
    while size > 1:
        groups, _ = _without_runs(question, groups, size)
        size //= 2
    groups, unsettled = _without_runs(question, groups, 1)
    if unsettled:  # now that the rest is small, it may be settled
        groups, unsettled = _without_runs(question, groups, 1)
    return _all(groups), not unsettled


def _without_runs(question: Question, groups: list[list[Instance]], size: int) -> tuple[list[list[Instance]], int]:
    """Leave out runs of `size` groups without which the rest still conflicts; return what is left.

    Returned as well is of how many runs it was not found out whether they are needed.
    """
    tried: list[list[Instance]] = []
    unsettled = 0
    while groups:
        run, rest = groups[:size], groups[size:]
        answer = question.ask(_all([*tried, *rest]))
        if answer.conflict:
            core = set(answer.core)
            tried, rest = ([g for g in part if core.intersection(g)] for part in (tried, rest))
        else:
            unsettled += answer.conflict is None
            tried += run
        groups = rest
    return tried, unsettled


def _all(groups: Sequence[Sequence[Instance]]) -> list[Instance]:
    return [instance for group in groups for instance in group]
