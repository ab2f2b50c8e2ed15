"""Alike sessions: those that no rule tells apart keep the order that they have, so that no search exchanges them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Session


def are_alike(case: Case, rules: Iterable[Rule]) -> bool:
    """Tell whether any two sessions of one activity may be exchanged: no rule tells them apart."""
    return not any(rule.tells_apart(case) for rule in rules)


def keep_order(board: Board, plan: Mapping[str, Session]) -> None:
    """Let open sessions of one activity that have the same starts begin in the order of a plan, or of their dates.

    To be said only where sessions are alike. Nobody who sits in one of them sits in another at the same time.
    """
    groups: dict[tuple[str, tuple[dt.datetime, ...]], list[Occurrence]] = defaultdict(list)
    for occurrence in board.occurrences:
        if len(occurrence.starts) > 1 and board.held(occurrence) is True:
            groups[occurrence.activity.id, occurrence.starts].append(occurrence)
    for alike in groups.values():
        alike.sort(key=lambda o: (plan[o.id].start if o.id in plan else o.nominal, o.nominal))
        for early, late in pairwise(alike):
            _order(board, early, late)


def _order(board: Board, early: Occurrence, late: Occurrence) -> None:
    """Let one session begin no later than another: by each moment the one has begun if the other has."""
    begun: list[list[cp_model.BoolVarT]] = [[], []]
    for start in early.starts:
        for lits, occurrence in zip(begun, (early, late), strict=True):
            lit = board.start(occurrence, start)
            if not isinstance(lit, bool):
                lits.append(lit)
        if board.start(late, start) is not False:
            board.model.add(_sum(begun[1]) <= _sum(begun[0]))


def _sum(lits: Sequence[cp_model.BoolVarT]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.sum(lits)
