"""Given sessions: those that are fixed as they are in a plan, and what they come to as constants, for many boards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rota.agenda import Occurrence, PartFrame, agenda_of

if TYPE_CHECKING:
    from constraints.board.literals import Lit
    from rota.case import Case
    from rota.plan import Session


class Place(NamedTuple):
    """A seat that one resource could take, or takes: in which role of which part of which occurrence."""

    occurrence: Occurrence
    part: PartFrame
    role: str
    taken: Lit


class RoomUse(NamedTuple):
    """A part of an occurrence that could take place in a room, or does."""

    occurrence: Occurrence
    part: PartFrame
    made: Lit


class Given:
    """The sessions of a plan by id, and what they say, as far as the case still knows it; changed one by one.

    `places` and `rooms` hold by resource and by room who and what is there, by session.
    """

    def __init__(self, case: Case, sessions: Mapping[str, Session]) -> None:
        self.zone = case.zone
        self.agenda = agenda_of(case)
        self.sessions: dict[str, Session] = {}
        self._said: dict[str, frozenset[tuple[object, ...]]] = {}
        self.places: dict[str, dict[str, list[Place]]] = {}
        self.rooms: dict[str, dict[str, list[RoomUse]]] = {}
        for session in sessions.values():
            self._take_up(session)

    def put(self, session: Session) -> None:
        """Take a session up, in the place of what was said of it."""
        self.leave_out(session.id)
        self._take_up(session)

    def _take_up(self, session: Session) -> None:
        occurrence = self.agenda.by_id[session.id]
        self.sessions[session.id] = session
        for part in session.parts:
            frame = occurrence.part.get(part.id)
            if frame is None:
                continue
            if part.room is not None:
                self.rooms.setdefault(part.room, {}).setdefault(session.id, []).append(
                    RoomUse(occurrence, frame, made=True)
                )
            for role, seated in part.roles.items():
                for who in seated:
                    place = Place(occurrence, frame, role, taken=True)
                    self.places.setdefault(who, {}).setdefault(session.id, []).append(place)

    def leave_out(self, session: str) -> None:
        """Forget a session, if it is there."""
        known = self.sessions.pop(session, None)
        self._said.pop(session, None)
        for part in known.parts if known else ():
            self.rooms.get(part.room or "", {}).pop(session, None)
            for seated in part.roles.values():
                for who in seated:
                    self.places.get(who, {}).pop(session, None)

    def turns(self, who: str, role: str = "") -> Iterator[tuple[Occurrence, dt.datetime]]:
        """Yield the sessions in which somebody serves, in `role` or in any, with their starts."""
        for session, places in self.places.get(who, {}).items():
            if any(role in {"", place.role} for place in places):
                yield places[0].occurrence, self.sessions[session].start.astimezone(self.zone)

    def said(self, session: str) -> frozenset[tuple[object, ...]]:
        """Return all that is true of a session, as the board's decisions are named; made when it is first asked for."""
        if session not in self._said:
            self._said[session] = frozenset(self._true(self.sessions[session], self.agenda.by_id[session]))
        return self._said[session]

    def _true(self, session: Session, occurrence: Occurrence) -> Iterator[tuple[object, ...]]:
        yield ("held",)
        yield "start", session.start.astimezone(self.zone)
        yield "site", session.site
        for part in session.parts:
            if part.id in occurrence.part:
                yield "room", part.id, part.room
                yield "line", part.id, part.line
                for role, seated in part.roles.items():
                    for who in seated:
                        yield "seat", part.id, role, who


class Beside(Mapping[str, "Session"]):
    """The given sessions without those that are open."""

    def __init__(self, given: Given, opened: Iterable[str]) -> None:
        self.given = given
        self._opened = frozenset(opened)

    def __getitem__(self, session: str) -> Session:
        """Return a session that is fixed."""
        if session in self._opened:
            raise KeyError(session)
        return self.given.sessions[session]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of all that are fixed."""
        return (session for session in self.given.sessions if session not in self._opened)

    def __len__(self) -> int:
        """Count them."""
        return len(self.given.sessions) - sum(session in self.given.sessions for session in self._opened)

    def __contains__(self, session: object) -> bool:
        """Tell whether a session is fixed."""
        return session in self.given.sessions and session not in self._opened

    def says(self, session: str, what: tuple[object, ...]) -> bool:
        """Tell whether something is true of a fixed session."""
        return session in self and what in self.given.said(session)

    def starts(self, session: str) -> tuple[dt.datetime, ...]:
        """Return the one start of a fixed session."""
        return (self.given.sessions[session].start.astimezone(self.given.zone),)

    def places(self, who: str) -> Iterator[Place]:
        """Yield the seats that somebody has in fixed sessions."""
        for session, places in self.given.places.get(who, {}).items():
            if session not in self._opened:
                yield from places

    def in_room(self, room: str) -> Iterator[RoomUse]:
        """Yield the uses of a room by fixed sessions."""
        for session, uses in self.given.rooms.get(room, {}).items():
            if session not in self._opened:
                yield from uses
