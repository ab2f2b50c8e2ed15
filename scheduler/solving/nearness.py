"""Nearness: how many sessions of a plan differ from those of another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from rota.plan import Session


def differing(board: Board, sessions: Mapping[str, Session]) -> Iterator[Lit]:
    """Yield for every open session that `sessions` holds, or does not, whether the plan does otherwise."""
    chosen: dict[str, list[Lit]] = {occurrence.id: [] for occurrence in board.occurrences}
    as_before = {lit.index for lit, value in board.values(sessions) if value}
    for name, lit in board.decisions():
        session = name[1]
        if session in chosen:
            chosen[session].append(lit if lit.index in as_before else board.negation(lit))
    for occurrence in board.occurrences:
        if occurrence.id in sessions:
            yield board.negation(board.all_of(chosen[occurrence.id]))
        else:
            yield board.held(occurrence)
