"""Why there is no plan: instances of what is required that cannot all hold, each shown to be needed for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.instances import say_instances, session_of
from constraints.structure import LEAST, TAKES_PLACE
from scheduler.solving.question import Question

if TYPE_CHECKING:
    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case
    from rota.text import Message
    from scheduler.solving.control import Control

FIRMNESS = {LEAST: 4, TAKES_PLACE: 6}
"""How hard it is to give up a piece of structure, on the scale of `Rule.firmness`."""
FEW = 21
"""Of more groups of instances than this, several are left out at a time at first."""
GUESSES = 4
"""So many guesses at a conflict, from different starts; the smallest is taken up."""


@dataclass(frozen=True)
class Conflict:
    """Instances that cannot all hold together; `minimal` if each was shown to be needed for that."""

    instances: tuple[Instance, ...]
    sentences: tuple[Message, ...]
    minimal: bool


def find_conflict(case: Case, rules: Sequence[Rule], control: Control, *, open_seats: bool = False) -> Conflict | None:
    """Return instances of required rules that no plan can keep together; None if that was not shown in time.

    With `open_seats`, that sessions take place and seats are taken is not among what is required.
    """
    return conflict_of(Question(case, rules, control), case, rules, open_seats=open_seats)


def conflict_of(question: Question, case: Case, rules: Sequence[Rule], *, open_seats: bool = False) -> Conflict | None:
    """Return a conflict as `find_conflict` does, on the board of a question.

    What would be given up at the least lies in conflicts with what is kept: any one of it, with all that is kept,
    conflicts. There the search's own guess is a start; then instances are left out as long as the rest still conflicts.
    """
    may_stay_open = {LEAST, TAKES_PLACE} if open_seats else set()
    stated = [instance for instance in question.instances if instance.demand not in may_stay_open]
    stated.sort(key=lambda instance: session_of(case, instance))
    if question.conflict(stated) is not True:
        return None
    starts = [kept for kept in _starts(question, stated, prices(question, rules)) if len(kept) < len(stated)]
    guesses = [guess for start in starts or [stated] if (guess := question.guess(start)) is not None]
    kept = min(guesses, key=len) if guesses else _whole_demands(question, (starts or [stated])[0], rules)
    kept = _smallest(question, [[instance] for instance in kept])
    return Conflict(tuple(kept), say_instances(case, rules, kept), minimal=question.always_answered)


def prices(question: Question, rules: Sequence[Rule]) -> dict[Instance, int]:
    """Return how hard it is to give up each instance."""
    firmness = {**FIRMNESS, **{rule.id: rule.firmness for rule in rules}}
    return {instance: firmness[instance.demand] for instance in question.instances}


def _starts(question: Question, stated: list[Instance], costs: dict[Instance, int]) -> Iterator[list[Instance]]:
    """Yield what is stated without all that would be given up at the least, but for one instance of it at a time."""
    allowed = set(stated)
    relaxed = question.relax({i: cost if i in allowed else 0 for i, cost in costs.items()}, (), ())
    given_up = [instance for instance in relaxed.given_up if instance in allowed] if relaxed else []
    one_of_each_demand = {instance.demand: instance for instance in reversed(given_up)}
    for one in list(one_of_each_demand.values())[:GUESSES]:
        yield [instance for instance in stated if instance == one or instance not in set(given_up)]


def _whole_demands(question: Question, kept: list[Instance], rules: Sequence[Rule]) -> list[Instance]:
    """Leave out whole demands without which the rest still conflicts: those about many sessions before single facts."""
    required = [rule for rule in rules if rule.required]
    order = [*(r.id for r in required if not r.fact), *(r.id for r in required if r.fact), LEAST, TAKES_PLACE]
    by_demand = [[instance for instance in kept if instance.demand == demand] for demand in order]
    return _smallest(question, [group for group in by_demand if group])


def _smallest(question: Question, groups: list[list[Instance]]) -> list[Instance]:
    """Leave out ever shorter runs of groups without which the rest still conflicts, in the end single groups."""
    size = len(groups) // 4 if len(groups) > FEW else 1
    while True:
        position = 0
        while position < len(groups):
            rest = groups[:position] + groups[position + size :]
            if question.conflict(_all(rest)):
                groups = rest
            else:
                position += size
        if size == 1:
            return _all(groups)
        size = max(1, size // 2)


def _all(groups: Sequence[Sequence[Instance]]) -> list[Instance]:
    return [instance for group in groups for instance in group]
