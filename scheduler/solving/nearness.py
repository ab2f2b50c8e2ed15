"""Nearness: how many sessions of a plan differ from those of another one, and the plan of which the fewest do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rota.agenda import agenda_of
from rota.plan import PlanPart, Session
from scheduler.solving.decode import decode
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case
    from scheduler.solving.control import Control

FEW = 10
"""So many sessions, at the most, differ in the first search for the nearest plan: little is left to decide then."""
EFFORT = 5.0
"""Deterministic seconds for each."""


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


def nearest(
    board_of: Callable[[], Board], best: tuple[Session, ...], near: Mapping[str, Session], control: Control
) -> tuple[Session, ...]:
    """Return the plan nearest to `near` among those of a board, as far as it is found; `best` if that is no further.

    Raises:
        SearchOverError: the search is over before a model stands.
    """
    for most in (FEW, None):
        board = board_of()
        different = cp_model.LinearExpr.sum(list(differing(board, near)))
        if most is not None:
            board.model.add(different <= most)
        board.model.minimize(different)
        for lit, value in board.values(near):
            board.model.add_hint(lit, value)
        found = run(board.model, control, Effort(exact=True, deterministic=EFFORT))
        if found.values is not None:
            return min(best, decode(board, found.values), key=partial(_apart, near))
    return best


def _apart(near: Mapping[str, Session], sessions: Sequence[Session]) -> int:
    """Return in how many sessions a plan differs from a known one: other, dropped, or newly held."""
    held = {session.id: session for session in sessions}
    return sum(held.get(id_) != near.get(id_) for id_ in held.keys() | near.keys())


def foreseen(case: Case, sessions: Mapping[str, Session]) -> dict[str, Session]:
    """Return sessions as far as the case still foresees them, by id: from these a plan differs as a board counts.

    What the case itself has dropped or made longer since is no difference then.
    """
    known = agenda_of(case).by_id
    return {id_: _as_foreseen(case, known[id_], session) for id_, session in sessions.items() if id_ in known}


def _as_foreseen(case: Case, occurrence: Occurrence, session: Session) -> Session:
    start = session.start.astimezone(case.zone)
    parts = (_part(occurrence.part[part.id], part) for part in session.parts if part.id in occurrence.part)
    return Session(
        id=session.id,
        activity=occurrence.activity.id,
        start=start,
        end=occurrence.end_of(start),
        site=session.site,
        parts=tuple(parts),
    )


def _part(frame: PartFrame, part: PlanPart) -> PlanPart:
    roles = {s.name: tuple(w for w in part.roles.get(s.name, ()) if w in s.candidates) for s in frame.seats}
    return PlanPart(
        id=part.id,
        room=part.room if frame.needs_room else None,
        theme=frame.theme.zh,
        line=part.line if frame.lines else None,
        roles=roles,
    )
