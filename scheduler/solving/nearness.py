"""Nearness: how many sessions of a plan differ from those of another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.plan import PlanPart, Session

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case


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
