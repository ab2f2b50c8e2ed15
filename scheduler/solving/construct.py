"""Construction: a first plan, built round by round, each round as well as the ones before it allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from rota.agenda import Occurrence, agenda_of
from scheduler.solving.control import Control
from scheduler.solving.decode import decode
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

EFFORT = 0.3
"""Deterministic seconds for one round."""
STEP = 1000
"""How much more the next stronger priority weighs, so that one sum stands for them all."""


def construct(case: Case, rules: Sequence[Rule], control: Control) -> dict[str, Session]:
    """Return the sessions of a first plan by id; myopic, so minima over the year may be missed and seats stay empty.

    Each week's sessions are decided together, those of earlier weeks staying as they are.
    """
    held: dict[str, Session] = {}
    for week in _weeks(agenda_of(case).occurrences):
        if control.over:
            break
        board = Board(case, [o.id for o in week], held, open_seats=True, partial=True)
        board.post(rules)
        board.model.minimize(_all_costs(board))
        found = run(board.model, control, Effort(workers=1, deterministic=EFFORT))
        if found.values is not None:
            held = {session.id: session for session in decode(board, found.values)}
    return held


def _weeks(occurrences: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    for _, week in groupby(occurrences, key=lambda o: o.nominal.isocalendar()[:2]):
        yield list(week)


def _all_costs(board: Board) -> cp_model.LinearExprT:
    """Return one sum for all priorities: missing seats first, then each priority a step below the one before."""
    priorities = sorted(board.costs)
    factors = {priority: STEP ** (min(3, len(priorities)) - min(3, rank)) for rank, priority in enumerate(priorities)}
    total = sum(STEP**4 * amount * what for amount, what in board.missing)
    for priority, terms in board.costs.items():
        total += factors[priority] * cp_model.LinearExpr.weighted_sum([w for _, w in terms], [a for a, _ in terms])
    return total
