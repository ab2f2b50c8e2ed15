"""Completing a plan: the least at the priorities that nobody has fixed yet, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scheduler.solving.decode import as_plan, decode
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.board import Board
    from rota.case import Case
    from rota.plan import Plan
    from scheduler.solving.control import Control

COMPLETING = 10.0
"""Deterministic seconds for one priority."""


def completed(
    case: Case, board: Board, plan: Plan, priorities: Iterable[int], control: Control
) -> tuple[Plan, tuple[int, ...]]:
    """Return the best plan found on a board, from a known one on, and the priorities that are not proved the least.

    What follows one that is not proved is not either: with a lower value there, it may come out otherwise.
    """
    unproved: list[int] = []
    for priority in priorities:
        cost = cost_at(board, priority)
        _hint(board, plan)
        board.model.minimize(cost)
        found = None if control.over else run(board.model, control, Effort(exact=True, deterministic=COMPLETING))
        if found is None or found.values is None or found.objective is None:
            unproved.append(priority)
            continue
        plan = as_plan(case, decode(board, found.values), open_seats=board.open_seats)
        board.model.clear_objective()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        board.model.add(cost <= found.objective)
        if unproved or not found.proved:
            unproved.append(priority)
    return plan, tuple(unproved)


def _hint(board: Board, plan: Plan) -> None:
    board.model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
    for lit, value in board.values(plan.session):
        board.model.add_hint(lit, value)
