"""What the parts of a board cost at a priority, and one search for the least of it in one part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rota.demand import REQUIRED
from scheduler.solving.control import Control, Progress
from scheduler.solving.levels import weighted, worth
from scheduler.solving.parts import Part, Priced
from scheduler.solving.run import Effort, Run, run

if TYPE_CHECKING:
    from constraints.board import Board


class Minimiser:
    """Minimises what a board costs, priority by priority, each of its parts by itself."""

    def __init__(self, board: Board, parts: Sequence[Part], control: Control) -> None:
        self.board, self.parts, self.control = board, parts, control

    def improve(self, part: Part, priority: int, known: int | None, effort: Effort) -> Run | None:
        """Minimise what one part costs at a priority, and hold it to that from then on.

        None where there is nothing to find. `known` is what the best plan costs altogether.
        """
        cost = self._cost(part, priority)
        if cost is None and part.values is not None:
            part.proved.add(priority)
            return None
        if cost is not None:
            part.model.minimize(cost)
        found = self._run(part, priority, known, effort)
        part.model.clear_objective()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        part.note(priority, found, exact=effort.exact)
        if priority in part.proved or not effort.exact:
            self.hold(part, priority)
        return found

    def worth(self, part: Part, priority: int, values: Sequence[int]) -> int:
        """Return what a part costs at a priority in a solution."""
        return sum(amount * worth(what, values) for amount, what in self._terms(part, priority))

    def hold(self, part: Part, priority: int) -> None:
        """Hold a part to what it has come to at a priority."""
        cost, value = self._cost(part, priority), part.reached.get(priority)
        if cost is None or value is None:
            return
        if priority in part.proved:  # an equation: so the linear relaxation pays for what has to be paid
            part.model.add(cost == value)
        else:
            part.model.add(cost <= value)

    def choose(self, part: Part, fresh: Part, priorities: Sequence[int], effort: Effort) -> Sequence[int] | None:
        """Return a solution with the least costs that are known of a part, sought in a fresh copy of it.

        None where it was not found, or not proved, with that effort.
        """
        *stronger, last = priorities
        for priority in stronger:
            if (cost := self._cost(fresh, priority)) is not None:
                fresh.model.add(cost == part.least.get(priority, 0))
        if (cost := self._cost(fresh, last)) is not None:
            fresh.model.minimize(cost)
        found = run(fresh.model, self.control, effort)
        return found.values if found.proved else None

    def _cost(self, part: Part, priority: int) -> cp_model.LinearExprT | None:
        """Return what a part costs at a priority; None where it costs nothing."""
        terms = self._terms(part, priority)
        return weighted(terms) if terms or len(self.parts) == 1 else None

    def _terms(self, part: Part, priority: int) -> Sequence[Priced]:
        charged = charged_at(self.board, priority)
        return charged if len(self.parts) == 1 else part.terms(charged)

    def _run(self, part: Part, priority: int, known: int | None, effort: Effort) -> Run:
        """Search, and report what is found with what the other parts cost."""
        others = [other for other in self.parts if other is not part]
        elsewhere = sum(other.reached.get(priority, 0) for other in others)
        below = sum(other.least.get(priority, 0) for other in others)
        seen = Progress("search", priority, known, below)

        def on_solution(value: int, bound: int) -> None:
            nonlocal seen
            seen = Progress("search", priority, value + elsewhere, bound + below)
            self.control.report(seen)

        def on_bound(bound: int) -> None:
            nonlocal seen
            seen = Progress("search", priority, seen.value, bound + below)
            self.control.report(seen)

        return run(part.model, self.control, effort, on_solution, on_bound)


def cost_at(board: Board, priority: int) -> cp_model.LinearExprT:
    """Return what a board charges at a priority."""
    return weighted(charged_at(board, priority))


def charged_at(board: Board, priority: int) -> Sequence[Priced]:
    """Return what a board charges at a priority; at that of what must hold, the seats that are missing."""
    return board.missing if priority == REQUIRED else board.costs.get(priority, [])
