"""Construction: a first plan, built round by round, each round as well as the ones before it allow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from rota.agenda import Occurrence, agenda_of
from scheduler.solving.bounding.relaxation import Place
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.decode import decode
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

EFFORT = 0.3
"""Deterministic seconds for one round."""
LARGEST_SUM = 2**50
"""What one sum that stands for all priorities may come to; priorities beyond that do not count in the construction."""


Seating = Mapping[Place, Collection[str]]
"""Who is meant to sit where."""


def construct(
    case: Case, rules: Sequence[Rule], control: Control, seating: Seating | None = None
) -> dict[str, Session]:
    """Return the sessions of a first plan by id; myopic, so minima over the year may be missed and seats stay empty.

    Each week's sessions are decided together, those of earlier weeks staying as they are. Where a `seating` fills the
    seats of a role, nobody else is looked at for them.
    """
    held: dict[str, Session] = {}
    for week in _weeks(agenda_of(case).occurrences):
        if control.over:
            break
        board = Board(case, [o.id for o in week], held, open_seats=True, partial=True)
        _narrow(board, seating or {})
        try:
            board.post(rules, control.go_on)
        except SearchOverError:
            break
        board.model.minimize(_all_costs(board))
        found = run(board.model, control, Effort(workers=1, deterministic=EFFORT))
        if found.values is not None:
            held = {session.id: session for session in decode(board, found.values)}
    return held


def _narrow(board: Board, seating: Seating) -> None:
    """Rule out who is not meant to sit where enough others are."""
    for occurrence in board.occurrences:
        for part in occurrence.parts:
            for seats in part.seats:
                meant = seating.get(Place(occurrence.id, part.id, seats.name), ())
                if len(meant) >= max(1, seats.role.least):
                    for who in set(seats.candidates).difference(meant):
                        board.rule_out(board.seat(occurrence, part, seats.name, who))


def _weeks(occurrences: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    for _, week in groupby(occurrences, key=lambda o: o.nominal.isocalendar()[:2]):
        yield list(week)


def _all_costs(board: Board) -> cp_model.LinearExprT:
    """Return one sum for all priorities: missing seats first, each outweighing all the weaker ones together."""
    levels: list[Sequence[tuple[int, cp_model.LinearExprT]]] = [
        board.missing,
        *(board.costs[priority] for priority in sorted(board.costs)),
    ]
    parts: list[tuple[int, cp_model.LinearExprT]] = []
    factor = 1
    for terms in reversed(levels):
        reach = sum(amount * _span(what) for amount, what in terms)
        if factor * (reach + 1) > LARGEST_SUM:
            parts, factor = [], 1
        parts += [(factor * amount, what) for amount, what in terms]
        factor *= reach + 1
    return cp_model.LinearExpr.weighted_sum([what for _, what in parts], [amount for amount, _ in parts])


def _span(what: object) -> int:
    """Return how far apart the least and the greatest value of a term of the costs can be."""
    if isinstance(what, cp_model.IntVar):
        bounds = list(what.proto.domain)
        return int(bounds[-1] - bounds[0])
    return 1
