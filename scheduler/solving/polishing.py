"""A plan that one model holds is polished, all priorities at once, by the solver's search of large neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from constraints.board import Board
from rota.demand import REQUIRED
from scheduler.solving.control import Control, Progress, SearchOverError
from scheduler.solving.decode import decode
from scheduler.solving.descent import Sessions
from scheduler.solving.levels import better, costs_in, costs_near, sum_of_all
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

STILL = 10.0
"""Seconds without a better plan after which it ends, at the least."""
STILLNESS = 0.5
"""The share of the time that its best plan took, for which polishing may bring nothing better."""

Costs = Mapping[int, int]


def polished(
    case: Case, rules: Sequence[Rule], control: Control, start: Sessions, least: Callable[[int, Costs], int]
) -> Sessions:
    """Return a plan that holds, made better until nothing better has come for a while.

    No priority gets worse but for a stronger one that gets better. It ends, too, as soon as each costs no more than the
    `least` that it can where the stronger ones come to their costs.
    """
    board = Board(case)
    try:
        board.post(rules, control.go_on)
    except SearchOverError:
        return start
    values = _completed(board, start, control) if board.costs else None
    if values is None:
        return start
    found = _Polish(board, control, least, values).run()
    return {session.id: session for session in decode(board, found)}


class _Polish:
    """The search from the values of all variables in a plan, with what it has come to."""

    def __init__(
        self, board: Board, control: Control, least: Callable[[int, Costs], int], values: Sequence[int]
    ) -> None:
        self.board, self.control, self.least, self.values = board, control, least, values
        self.costs: Costs = costs_in(board, values)
        self.began = self.at = control.now()
        self.is_told = True

    def run(self) -> Sequence[int]:
        if self._is_least():
            return self.values
        model = self.board.model
        for index, value in enumerate(self.values):
            model.add_hint(model.get_int_var_from_proto_index(index), value)
        model.minimize(costs_near(self.board, self.costs, held=True))
        found = run(model, self.control, Effort(nearby=True), lambda *_: None, None, self._keep, self._is_done)
        self._keep(found.values or self.values)
        self._tell()
        return self.values

    def _keep(self, values: Sequence[int]) -> None:
        costs = costs_in(self.board, values)
        if better(costs, self.costs):
            self.values, self.costs, self.at, self.is_told = values, costs, self.control.now(), False

    def _is_done(self) -> bool:
        """Tell whether there is nothing to be had any more; say what the plan has come to."""
        self._tell()
        is_still = self.control.now() - self.at > max(STILL, STILLNESS * (self.at - self.began))
        return is_still or self._is_least()

    def _tell(self) -> None:
        if not self.is_told:
            self.is_told, costs = True, self.costs
            self.control.report(Progress.of_all(costs, lambda priority: self.least(priority, costs)))

    def _is_least(self) -> bool:
        return all(cost <= self.least(p, self.costs) for p, cost in self.costs.items() if p != REQUIRED)


def _completed(board: Board, sessions: Sessions, control: Control) -> Sequence[int] | None:
    """Return the values of all variables in a plan, where costs are no more than they must be."""
    model = board.model.clone()
    for lit, value in board.values(sessions):
        model.add_hint(lit, value)
    model.minimize(sum_of_all(board))
    return run(model, control, Effort(workers=1, to_hint=True)).values
