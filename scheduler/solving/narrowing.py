"""Windows: what of a plan is open in one small search, as frames of sessions that leave no more open than that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from constraints.quick import Facts
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import PlanPart, Session


@dataclass(frozen=True)
class Window:
    """What of a plan is open: all of some `sessions`, or the seats and rooms that the `free` ones hold.

    Where somebody `free` sits now, anybody `free` may sit; all else stays, but for those open as a `whole`. Sessions
    that the plan does not hold are open as a whole where nothing is said of `free`, and closed otherwise. Where
    `starts` or `sites` are given, sessions that are open as a whole may move to these only, and where `rooms` name some
    for a session, its parts to these; whoever is `passed` over sits only where he sits now. A `light` one is searched
    faster with little of its linear relaxation.
    """

    sessions: tuple[str, ...]
    free: frozenset[str] | None = None
    starts: frozenset[dt.datetime] | None = None
    rooms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    light: bool = False
    whole: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    sites: frozenset[str] | None = None


class Admitted:
    """The sessions of a case with those candidates alone that required facts admit at one of their starts."""

    def __init__(self, case: Case, rules: Sequence[Rule]) -> None:
        self.agenda = agenda_of(case)
        self._facts = Facts(case, rules)
        self._known: dict[str, Occurrence] = {}

    def frame(self, session: str) -> Occurrence:
        """Return a session, with those candidates for seats and rooms that could take them."""
        if session not in self._known:
            self._known[session] = self.admit(self.agenda.by_id[session])
        return self._known[session]

    def admit(self, occurrence: Occurrence) -> Occurrence:
        """Return a session, of which less may be open than the case leaves open, with those whom facts admit."""
        return replace(occurrence, parts=tuple(self._part(occurrence, part) for part in occurrence.parts))

    def _part(self, occurrence: Occurrence, part: PartFrame) -> PartFrame:
        seats = tuple(
            replace(
                each,
                candidates=tuple(
                    who
                    for who in each.candidates
                    if any(self._facts.able(who, part, each, occurrence, start) for start in occurrence.starts)
                ),
            )
            for each in part.seats
        )
        rooms = tuple(room for room in part.rooms if self._fits(occurrence, part, room))
        return replace(part, rooms=rooms, seats=seats)

    def _fits(self, occurrence: Occurrence, part: PartFrame, room: str) -> bool:
        return any(
            self._facts.fits(room, part, self._facts.sites(occurrence, start), start, occurrence.end_of(start))
            for start in occurrence.starts
        )


def frames_of(window: Window, admitted: Admitted, plan: Mapping[str, Session]) -> dict[str, Occurrence]:
    """Return the sessions about which anything is open, each with all that is."""
    found: dict[str, Occurrence] = {}
    for id_ in window.sessions:
        session = plan.get(id_)
        if window.free is None or id_ in window.whole:
            frame = _limited(admitted.frame(id_), session, window)
            found[id_] = frame if window.sites is None else admitted.admit(_at(frame, session, window.sites, admitted))
        elif session is not None and _asked(admitted.agenda.by_id[id_], session, window.free):
            found[id_] = _narrowed(admitted, id_, session, window.free)
    return found


def _limited(occurrence: Occurrence, session: Session | None, window: Window) -> Occurrence:
    """Return a session with those of its starts, rooms and candidates to which it may move, and what it has."""
    if window.passed:
        occurrence = replace(occurrence, parts=tuple(_passing(part, session, window) for part in occurrence.parts))
    if window.starts is not None:
        now = session.start.astimezone(occurrence.nominal.tzinfo) if session else None
        starts = tuple(each for each in occurrence.starts if each in window.starts or each == now)
        occurrence = replace(occurrence, starts=starts)
    allowed = window.rooms.get(occurrence.id)
    if allowed is None:
        return occurrence
    held = {part.room for part in session.parts} if session else set()
    parts = (
        replace(part, rooms=tuple(r for r in part.rooms if r in allowed or r in held)) for part in occurrence.parts
    )
    return replace(occurrence, parts=tuple(parts))


def as_it_is(occurrence: Occurrence, session: Session) -> Occurrence:
    """Return a session with nothing left open but whether it takes place, as it does in a plan."""
    start = session.start.astimezone(occurrence.nominal.tzinfo)
    parts = tuple(_part_as_it_is(frame, session.part[frame.id]) for frame in occurrence.parts)
    return replace(occurrence, starts=(start,), sites=(session.site,), parts=parts)


def _part_as_it_is(frame: PartFrame, part: PlanPart) -> PartFrame:
    seats = tuple(_seats_as_they_are(each, part.roles.get(each.name, ())) for each in frame.seats)
    return replace(frame, rooms=(part.room,) if part.room else (), lines=(part.line,) if part.line else (), seats=seats)


def _seats_as_they_are(seats: Seats, seated: Sequence[str]) -> Seats:
    role = seats.role.model_copy(update={"least": len(seated), "most": len(seated)})
    return Seats(role, tuple(seated))


def _at(frame: Occurrence, session: Session | None, sites: frozenset[str], admitted: Admitted) -> Occurrence:
    """Return a session that may be held at some sites, and where it is."""
    allowed = sites | ({session.site} if session else set())
    case = admitted.agenda.case
    parts = tuple(
        replace(part, rooms=tuple(room for room in part.rooms if case.room[room].site in allowed))
        for part in frame.parts
    )
    return replace(frame, sites=tuple(site for site in frame.sites if site in allowed), parts=parts)


def _passing(frame: PartFrame, session: Session | None, window: Window) -> PartFrame:
    """Return a part with those candidates alone who are not passed over, and those who sit there."""
    roles = session.part[frame.id].roles if session else {}
    seats = tuple(
        replace(each, candidates=tuple(who for who in each.candidates if who not in window.passed or who in now))
        for each in frame.seats
        for now in [roles.get(each.name, ())]
    )
    return replace(frame, seats=seats)


def size_of(frames: Iterable[Occurrence]) -> int:
    """Return how many candidates decisions have in some sessions, where they have more than one."""
    return sum(sum(n for n in _choices(occurrence) if n > 1) for occurrence in frames)


def is_larger(frames: Iterable[Occurrence], than: int) -> bool:
    """Tell whether decisions have more candidates than so many; no more sessions are looked at than needed."""
    return any(size > than for size in accumulate(size_of([occurrence]) for occurrence in frames))


def _choices(occurrence: Occurrence) -> Iterable[int]:
    yield len(occurrence.starts)
    yield len(occurrence.sites)
    for part in occurrence.parts:
        yield from (len(part.rooms), len(part.lines), *(len(seats.candidates) for seats in part.seats))


def _asked(occurrence: Occurrence, session: Session, free: frozenset[str]) -> bool:
    """Tell whether the free ones hold anything of a session, or seats are missing there."""
    return any(
        part.room in free or any(_asks(seats, part.roles.get(seats.name, ()), free) for seats in frame.seats)
        for frame in occurrence.parts
        for part in [session.part[frame.id]]
    )


def _narrowed(admitted: Admitted, id_: str, session: Session, free: frozenset[str]) -> Occurrence:
    """Return a session with nothing open but what the free ones hold."""
    occurrence = admitted.frame(id_)
    parts = []
    for frame in occurrence.parts:
        part = session.part[frame.id]
        rooms = tuple(
            room for room in frame.rooms if room == part.room or _may_move(admitted, room, part, session, free)
        )
        seats = tuple(_seats(each, part.roles.get(each.name, ()), free) for each in frame.seats)
        parts.append(replace(frame, rooms=rooms, lines=(part.line,) if part.line else (), seats=seats))
    start = session.start.astimezone(occurrence.nominal.tzinfo)
    return replace(occurrence, starts=(start,), sites=(session.site,), parts=tuple(parts))


def _may_move(admitted: Admitted, room: str, part: PlanPart, session: Session, free: frozenset[str]) -> bool:
    return part.room in free and room in free and admitted.agenda.case.room[room].site == session.site


def _asks(seats: Seats, seated: tuple[str, ...], free: frozenset[str]) -> bool:
    """Tell whether seats are open: somebody free sits there, or too few do."""
    return not free.isdisjoint(seated) or len(seated) < seats.role.least


def _seats(seats: Seats, seated: tuple[str, ...], free: frozenset[str]) -> Seats:
    """Leave the seats to those who sit there, and to all that are free where one of them does, or seats are left."""
    allowed = free.union(seated) if not free.isdisjoint(seated) or len(seated) < seats.role.most else seated
    return replace(seats, candidates=tuple(who for who in seats.candidates if who in allowed))
