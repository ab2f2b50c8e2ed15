"""A plan that one model holds is polished: priority by priority, by the solver's own search of large neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from scheduler.solving.control import Control, Progress, SearchOverError
from scheduler.solving.decode import decode
from scheduler.solving.descent import Lowest, Sessions
from scheduler.solving.levels import better, costs_in
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

SHARE = 0.65
"""The share of the time left that one priority may take while weaker ones wait."""

Costs = Mapping[int, int]


def polished(
    case: Case, rules: Sequence[Rule], control: Control, start: Sessions, least: Callable[[int, Costs], int]
) -> Sessions:
    """Return a plan that holds, made better until each priority in turn has brought nothing better for a while.

    What a priority costs at the `least`, where the stronger ones come to some costs, is not searched for.
    """
    board = Board(case)
    try:
        board.post(rules, control.go_on)
    except SearchOverError:
        return start
    if not board.costs:
        return start
    values = _completed(board, start, control)
    while values is not None and not control.over:
        found = _once(board, control, values, least)
        if not better(costs_in(board, found), costs_in(board, values)):
            break
        values = found
    return start if values is None else {session.id: session for session in decode(board, values)}


def _once(board: Board, control: Control, values: Sequence[int], least: Callable[[int, Costs], int]) -> Sequence[int]:
    """Minimise each priority once, from the strongest, and hold it there but for the last."""
    *stronger, last = sorted(board.costs)
    for priority in (*stronger, last):
        costs = costs_in(board, values)
        floor = least(priority, costs)
        if costs[priority] > floor:
            limited = control if priority == last else _sharing(control)
            low = Lowest(board, priority, limited, {priority: floor}.__getitem__, lambda *_: None, lambda _: None)
            values = low.run(values, Effort(nearby=True), stays=False).values or values
            costs = costs_in(board, values)
            control.report(Progress.of_all(costs, partial(_bound, costs=costs, least=least)))
        if priority != last:
            board.model.add(cost_at(board, priority) <= costs[priority])
        if control.over:
            break
    return values


def _bound(priority: int, costs: Costs, least: Callable[[int, Costs], int]) -> int:
    return least(priority, costs)


def _sharing(control: Control) -> Control:
    """Return the control of one priority while others wait."""
    left = control.left()
    return control if left is None else replace(control, seconds=SHARE * left)


def _completed(board: Board, sessions: Sessions, control: Control) -> Sequence[int] | None:
    """Return the values of all variables in a plan, where costs are no more than they must be."""
    model = board.model.clone()
    for lit, value in board.values(sessions):
        model.add_hint(lit, value)
    model.minimize(cp_model.LinearExpr.sum([cost_at(board, priority) for priority in board.costs]))
    return run(model, control, Effort(workers=1, to_hint=True)).values
