"""Given sessions: those that are fixed as they are in a plan, and what they come to as constants, for many boards."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rota.agenda import Occurrence, PartFrame, agenda_of

if TYPE_CHECKING:
    from constraints.board.literals import Lit
    from rota.case import Case
    from rota.plan import PlanPart, Session


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
    """The sessions of a plan by id, and what they say, as far as the case still knows it; changed one by one."""

    def __init__(self, case: Case, sessions: Mapping[str, Session]) -> None:
        self.zone = case.zone
        self.agenda = agenda_of(case)
        self.sessions: dict[str, Session] = {}
        self._said: dict[str, frozenset[tuple[object, ...]]] = {}
        self._seated: defaultdict[str, dict[str, tuple[Place, ...] | None]] = defaultdict(dict)
        """The sessions in which each resource has seats, with these once they have been asked for."""
        self._hosted: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """The sessions of which parts are in each room."""
        for session in sessions.values():
            self._take_up(session)

    def put(self, session: Session) -> None:
        """Take a session up, in the place of what was said of it."""
        self.leave_out(session.id)
        self._take_up(session)

    def _take_up(self, session: Session) -> None:
        id_ = session.id
        self.sessions[id_] = session
        for part in session.parts:
            if part.room is not None:
                self._hosted[part.room][id_] = None
            for seated in part.roles.values():
                for who in seated:
                    self._seated[who][id_] = None

    def leave_out(self, session: str) -> None:
        """Forget a session, if it is there."""
        known = self.sessions.pop(session, None)
        self._said.pop(session, None)
        for part in known.parts if known else ():
            self._hosted[part.room or ""].pop(session, None)
            for seated in part.roles.values():
                for who in seated:
                    self._seated[who].pop(session, None)

    @property
    def seated(self) -> Collection[str]:
        """Those who have, or have had, a seat."""
        return self._seated.keys()

    def sessions_of(self, who: str) -> Collection[str]:
        """Return the sessions in which somebody has seats, in the order in which they were taken up."""
        return self._seated.get(who, {}).keys()

    def places(self, who: str) -> Iterator[tuple[str, tuple[Place, ...]]]:
        """Yield the sessions in which somebody has seats, with these."""
        mine = self._seated.get(who, {})
        for session, known in mine.items():
            found = mine[session] = tuple(self._places(who, session)) if known is None else known
            yield session, found

    def _places(self, who: str, session: str) -> Iterator[Place]:
        occurrence = self.agenda.by_id[session]
        for part, frame in self._parts(session):
            for role, seated in part.roles.items():
                for _ in range(seated.count(who)):
                    yield Place(occurrence, frame, role, taken=True)

    def in_room(self, room: str) -> Iterator[RoomUse]:
        """Yield the uses of a room."""
        for session in self._hosted.get(room, ()):
            for part, frame in self._parts(session):
                if part.room == room:
                    yield RoomUse(self.agenda.by_id[session], frame, made=True)

    def _parts(self, session: str) -> Iterator[tuple[PlanPart, PartFrame]]:
        """Yield the parts of a session that the case knows."""
        frames = self.agenda.by_id[session].part
        for part in self.sessions[session].parts:
            if part.id in frames:
                yield part, frames[part.id]

    def turns(self, who: str, role: str = "") -> Iterator[tuple[Occurrence, dt.datetime]]:
        """Yield the sessions in which somebody serves, in `role` or in any, with their starts."""
        for session, places in self.places(who):
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
        for session, places in self.given.places(who):
            if session not in self._opened:
                yield from places

    def in_room(self, room: str) -> Iterator[RoomUse]:
        """Yield the uses of a room by fixed sessions."""
        return (use for use in self.given.in_room(room) if use.occurrence.id not in self._opened)
