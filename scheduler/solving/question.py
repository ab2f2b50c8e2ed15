"""Questions about what is required: do these instances conflict, and what must be given up at the least?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from ortools.sat.python import cp_model

from constraints.board import Board
from scheduler.solving.control import SearchOverError
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case
    from scheduler.solving.control import Control

    Groups = Sequence[Collection[Instance]]

PATIENCE = 4.0
"""Deterministic seconds for one question about a conflict."""
RECALLING = 0.5
"""Deterministic seconds for the same question, asked so that the search recalls what conflicts."""
MISSES = 2
"""Where so many such questions in a row had no answer, the next ones are given a fifth of the time."""
RELAXING = 20.0
"""Deterministic seconds for the least that must be given up."""
HOLDING = 12.0
"""Deterministic seconds for finding out that all but a few can hold."""
CONFLICTS = 25
"""So many conflicts are looked at before what must be given up is looked for in the whole."""
LARGE = 50
"""A conflict of more instances says too little about what to give up."""


class Relaxed(NamedTuple):
    """What was given up so that the rest can be kept, and whether nothing cheaper would do."""

    given_up: tuple[Instance, ...]
    cheapest: bool


class _TooManyError(Exception):
    """What must be given up is not found conflict by conflict."""


class Answer(NamedTuple):
    """Whether instances conflict, None where that was not found out in time; and some of them that do already.

    `recalled` tells if these are what the search recalls, and not simply all.
    """

    conflict: bool | None
    core: tuple[Instance, ...] = ()
    recalled: bool = False


class Question:
    """Asks about the required rules of a case, each time on a copy of the model in which only some are enforced.

    The board is that of the whole case, unless a `window` makes another one in explain mode. Every answer rests on
    solving; one that did not come in time is None, and `always_answered` is then False.
    """

    def __init__(
        self, case: Case, rules: Iterable[Rule], control: Control, window: Callable[[], Board] | None = None
    ) -> None:
        self.board = window() if window else Board(case, mode="explain")
        self.control = control
        self.always_answered = True
        self.known: list[tuple[Instance, ...]] = []
        self._answers: dict[frozenset[Instance], Answer] = {}
        self._misses = 0
        self._least: tuple[Mapping[Instance, int], Relaxed] | None = None
        with suppress(SearchOverError):  # what is over stays so, and is asked nothing
            self.board.post([rule for rule in rules if rule.required], control.go_on)

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Everything that is required, instance by instance."""
        return tuple(self.board.instances)

    def ask(self, instances: Sequence[Instance], patience: float = PATIENCE) -> Answer:
        """Tell whether the instances cannot all hold together, and which of them are enough for that.

        What the search recalls is no more than a guess: only `conflict` shows that it is enough.
        """
        asked = frozenset(instances)
        if asked not in self._answers:
            answer = self._answer(instances, patience)
            if answer.conflict is None:
                return answer
            self._answers[asked] = answer
        return self._answers[asked]

    def _answer(self, instances: Sequence[Instance], patience: float) -> Answer:
        if not self.control.over:
            model = self.board.model.clone()
            model.add_assumptions([self._literal(model, instance) for instance in instances])
            patience_to_recall = RECALLING if self._misses < MISSES else RECALLING / 5
            found = run(model, self.control, Effort(workers=1, deterministic=patience_to_recall, recall=True))
            if found.infeasible:
                self._misses, indices = 0, set(found.core)
                core = tuple(i for i in instances if self.board.instances[i].index in indices)
                return Answer(conflict=True, core=core, recalled=True)
            if found.values is not None:
                return Answer(conflict=False)
            self._misses += 1
        conflict = self.conflict(instances, patience)
        return Answer(conflict, tuple(instances) if conflict else ())

    def conflict(self, instances: Iterable[Instance], patience: float = PATIENCE) -> bool | None:
        """Tell whether the instances cannot all hold together."""
        if self.control.over:
            self.always_answered = False
            return None
        model = self.board.model.clone()
        for instance in instances:
            model.add_bool_or([self._literal(model, instance)])
        found = run(model, self.control, Effort(workers=1, deterministic=patience))
        if not found.infeasible and found.values is None:
            self.always_answered = False
            return None
        return found.infeasible

    def guess(self, instances: Sequence[Instance]) -> list[Instance] | None:
        """Return some of the instances that conflict already, as the search recalls them: all where it recalls none.

        What the search recalls is confirmed by a question of its own; None if no conflict was shown.
        """
        answer = self.ask(instances)
        if answer.recalled and not self.conflict(answer.core):
            return list(instances) if self.conflict(instances) else None
        return list(answer.core) if answer.conflict else None

    def relax(
        self,
        prices: Mapping[Instance, int],
        keep: Collection[Instance] = (),
        not_again: Iterable[Groups] = (),
        patience: float = RELAXING,
    ) -> Relaxed | None:
        """Return the cheapest instances to give up so that all others can hold; None if none were found.

        Those in `keep` stay, and of each set of groups of instances in `not_again` one group at least stays as a whole.
        """
        if self.control.over:
            return None
        not_again = list(not_again)
        if self._least and self._least[0] == prices and not not_again and not set(keep) & set(self._least[1].given_up):
            return self._least[1]  # what is cheapest where all may go is so where some stay that it does not touch
        relaxed = self._relaxed(prices, set(keep), not_again, patience)
        if relaxed and relaxed.cheapest and not keep and not not_again:
            self._least = dict(prices), relaxed
        return relaxed

    def _relaxed(
        self,
        prices: Mapping[Instance, int],
        keep: Collection[Instance],
        not_again: Sequence[Groups],
        patience: float,
    ) -> Relaxed | None:
        """Return what `relax` does, from the conflicts known if these are few, else from the whole."""
        with suppress(_TooManyError):
            return self._hit(prices, keep, not_again)
        model = self.board.model.clone()
        literal = {instance: self._literal(model, instance) for instance in self.instances}
        for instance in keep:
            model.add_bool_or([literal[instance]])
        for groups in not_again:
            model.add_bool_or([_whole(model, group, literal) for group in groups])
        model.minimize(sum(prices[instance] * (1 - literal[instance]) for instance in self.instances))
        found = run(model, self.control, Effort(exact=True, deterministic=patience))
        if found.values is None:
            return None
        given_up = [i for i in self.instances if not found.values[self.board.instances[i].index]]
        return Relaxed(tuple(given_up), found.proved)

    def _hit(
        self, prices: Mapping[Instance, int], keep: Collection[Instance], not_again: Sequence[Groups]
    ) -> Relaxed | None:
        """Return the same from below: the cheapest instances that meet all conflicts known, as soon as these are all.

        Where the rest conflicts yet, that is one conflict more (Davies and Bacchus, Solving MAXSAT by solving a
        sequence of simpler SAT instances, 2011).

        Raises:
            _TooManyError: there are too many conflicts, or one was not found out about in time.
        """
        for _ in range(CONFLICTS):
            chosen = self._cheapest_hit(prices, keep, not_again)
            if chosen is None:
                return None
            answer = self.ask([instance for instance in self.instances if instance not in chosen], HOLDING)
            if answer.conflict is None or len(answer.core) > LARGE:
                break
            if not answer.conflict:
                return Relaxed(tuple(i for i in self.instances if i in chosen), cheapest=True)
            self.known.append(answer.core)
        raise _TooManyError

    def _cheapest_hit(
        self, prices: Mapping[Instance, int], keep: Collection[Instance], not_again: Sequence[Groups]
    ) -> set[Instance] | None:
        """Return the cheapest instances that meet every conflict known; None where those that may go do not."""
        model = cp_model.CpModel()
        kept = {instance: model.new_bool_var("") for instance in dict.fromkeys(i for c in self.known for i in c)}
        for conflict in self.known:
            model.add_bool_or([~kept[instance] for instance in conflict])
        model.add_bool_and([lit for instance, lit in kept.items() if instance in keep])
        for groups in not_again:
            model.add_bool_or([_whole(model, group, kept) for group in groups])
        model.minimize(sum(prices[instance] * (1 - lit) for instance, lit in kept.items()))
        found = run(model, self.control, Effort(workers=1))
        if found.infeasible:
            return None
        if found.values is None or not found.proved:
            raise _TooManyError
        values = found.values
        return {instance for instance, lit in kept.items() if not values[lit.index]}

    def _literal(self, model: cp_model.CpModel, instance: Instance) -> cp_model.IntVar:
        return model.get_bool_var_from_proto_index(self.board.instances[instance].index)


def _whole(
    model: cp_model.CpModel, group: Collection[Instance], kept: Mapping[Instance, cp_model.IntVar]
) -> cp_model.IntVar:
    """Return a literal that implies that nothing of a group is given up."""
    whole = model.new_bool_var("")
    model.add_bool_and([kept[instance] for instance in group if instance in kept]).only_enforce_if(whole)
    return whole
