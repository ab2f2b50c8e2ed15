"""Questions about what is required: do these instances conflict, and what must be given up at the least?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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

PATIENCE = 4.0
"""Deterministic seconds for one question about a conflict."""
CORE = 1.0
"""Deterministic seconds for a first guess at a conflict."""
RELAXING = 20.0
"""Deterministic seconds for the least that must be given up."""


class Relaxed(NamedTuple):
    """What was given up so that the rest can be kept, and whether nothing cheaper would do."""

    given_up: tuple[Instance, ...]
    cheapest: bool


class Question:
    """Asks about the required rules of a case, each time on a copy of the model in which only some are enforced.

    Every answer rests on solving; one that did not come in time is None, and `always_answered` is then False.
    """

    def __init__(self, case: Case, rules: Iterable[Rule], control: Control) -> None:
        self.board = Board(case, mode="explain")
        self.control = control
        self.always_answered = True
        with suppress(SearchOverError):  # what is over stays so, and is asked nothing
            self.board.post([rule for rule in rules if rule.required], control.go_on)

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Everything that is required, instance by instance."""
        return tuple(self.board.instances)

    def conflict(self, instances: Iterable[Instance]) -> bool | None:
        """Tell whether the instances cannot all hold together."""
        if self.control.over:
            self.always_answered = False
            return None
        model = self.board.model.clone()
        for instance in instances:
            model.add_bool_or([self._literal(model, instance)])
        found = run(model, self.control, Effort(workers=1, deterministic=PATIENCE))
        if not found.infeasible and found.values is None:
            self.always_answered = False
            return None
        return found.infeasible

    def guess(self, instances: Sequence[Instance]) -> list[Instance] | None:
        """Return some of the instances that conflict already, as the search itself recalls them; None if it does not.

        What the search recalls is only a guess until a question of its own confirms it.
        """
        if self.control.over:
            return None
        model = self.board.model.clone()
        model.add_assumptions([self._literal(model, instance) for instance in instances])
        found = run(model, self.control, Effort(workers=1, deterministic=CORE, presolve=False))
        if not found.infeasible:
            return None
        recalled = set(found.core)
        guessed = [instance for instance in instances if self.board.instances[instance].index in recalled]
        return guessed if self.conflict(guessed) else None

    def relax(
        self, prices: Mapping[Instance, int], keep: Collection[Instance], not_again: Iterable[Collection[Instance]]
    ) -> Relaxed | None:
        """Return the cheapest instances to give up so that all others can hold; None if none were found.

        Those in `keep` stay, and of each set in `not_again` at least one stays.
        """
        if self.control.over:
            return None
        model = self.board.model.clone()
        literal = {instance: self._literal(model, instance) for instance in self.instances}
        for instance in keep:
            model.add_bool_or([literal[instance]])
        for given_up in not_again:
            model.add_bool_or([literal[instance] for instance in given_up])
        model.minimize(sum(prices[instance] * (1 - literal[instance]) for instance in self.instances))
        found = run(model, self.control, Effort(exact=True, deterministic=RELAXING))
        if found.values is None:
            return None
        given_up = [i for i in self.instances if not found.values[self.board.instances[i].index]]
        return Relaxed(tuple(given_up), found.proved)

    def _literal(self, model: cp_model.CpModel, instance: Instance) -> cp_model.IntVar:
        return model.get_bool_var_from_proto_index(self.board.instances[instance].index)
