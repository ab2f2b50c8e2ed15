"""Editions: a published plan with everything that its feeds are made of."""

from __future__ import annotations

from dataclasses import dataclass

from rota.case import Case
from rota.plan import Plan, Session
from rota.stamp import Stamps


@dataclass(frozen=True)
class Former:
    """A session as it last was somebody's: their turn has gone to others, or it takes place elsewhere.

    `of` is the id of the unit, person, piece of equipment, room or site that it has left.
    """

    of: str
    session: Session


@dataclass(frozen=True)
class Edition:
    """The newest revision of one case: the case as it was answered, the plan, and the stamps of its sessions.

    `former` are the sessions that have left somebody of late, in order of time.
    """

    case: Case
    plan: Plan
    stamps: Stamps
    former: tuple[Former, ...] = ()


def concerned(session: Session) -> frozenset[str]:
    """Return the ids of whoever serves in a session, and of where it takes place."""
    rooms = (part.room for part in session.parts if part.room is not None)
    return frozenset((session.site, *rooms, *session.serving()))
