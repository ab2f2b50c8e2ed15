"""A plan read against its case: who serves where and when. This is what rules check."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from rota.agenda import Occurrence, agenda_of, with_day
from rota.hours import minute_of
from rota.text import Message

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan, PlanPart, Session


@dataclass(frozen=True, eq=False)
class Held:
    """A session of the plan together with what the case foresees for it; times are the case's local ones.

    `begins` and `ends` are the numbers of the minutes.
    """

    occurrence: Occurrence
    session: Session
    start: dt.datetime
    end: dt.datetime
    begins: int
    ends: int

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session.id

    @property
    def site(self) -> str:
        """Where the session takes place."""
        return self.session.site

    @property
    def label(self) -> Message:
        """The session with the time at which it begins, and the day where that is not the one that its name says."""
        named = self.occurrence.nominal.date()
        if self.start.date() != named:
            return with_day(self.occurrence.label, named, self.start)
        return Message(
            "{session} {time}", "{session} {time}", {"session": self.occurrence.label, "time": self.start.time()}
        )


class Seat(NamedTuple):
    """One resource in one role of one part of a held session."""

    held: Held
    part: PlanPart
    role: str
    who: str


class Roster:
    """The sessions of a plan that the case knows, in order of time, and who serves in them.

    Sessions that the case does not know are left to the structure check of the verifier.
    """

    def __init__(
        self, case: Case, plan: Plan, only: Collection[str] | None = None, known: Roster | None = None
    ) -> None:
        """Read a plan; `only` some resources are asked about, where these are its sessions alone.

        What is the same in a roster of the same case that is `known` is not read again.
        """
        self.case = case
        self.plan = plan
        self.only = only
        self.agenda = agenda_of(case)
        read = known.by_id if known is not None else {}
        held = list(_held(plan.sessions, self.agenda.by_id, read, case.zone))
        self.held = tuple(in_time(held))
        self._turns: dict[str, Mapping[str, tuple[Held, ...]]] = {}

    def among(self, resources: Iterable[str]) -> Iterable[str]:
        """Return those of some resources that are asked about."""
        return resources if self.only is None else [who for who in resources if who in self.only]

    @cached_property
    def by_id(self) -> Mapping[str, Held]:
        """Held sessions by id."""
        return {held.id: held for held in self.held}

    @cached_property
    def listed(self) -> Mapping[tuple[str, str | None, str | None], int]:
        """How many seats the plan lists as open by session, part and role; without a part, the session is missing."""
        listed: Counter[tuple[str, str | None, str | None]] = Counter()
        for seat in self.plan.open:
            listed[seat.session, seat.part, seat.role] += seat.missing
        return listed

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """Everybody's seats, in order of time."""
        return tuple(
            Seat(held, part, role, who)
            for held in self.held
            for part in held.session.parts
            for role, seated in part.roles.items()
            for who in seated
        )

    @cached_property
    def using(self) -> Mapping[str, Sequence[Held]]:
        """The sessions in which each resource, room and site is used, in order of time; each once."""
        using: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self.held:
            for each in used_by(held.session):
                using[each].append(held)
        return dict(using)

    @cached_property
    def seated(self) -> Mapping[str, Sequence[Held]]:
        """The sessions in which each resource has a seat, in order of time; one in which it has several, as often."""
        seated: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self.held:
            for part in held.session.parts:
                for some in part.roles.values():
                    for who in some:
                        seated[who].append(held)
        return dict(seated)

    @cached_property
    def seats_by_who(self) -> Mapping[str, tuple[Seat, ...]]:
        """The seats of each resource that has any, in order of time."""
        by_who: dict[str, list[Seat]] = {}
        for seat in self.seats:
            by_who.setdefault(seat.who, []).append(seat)
        return {who: tuple(seats) for who, seats in by_who.items()}

    def seats_of(self, who: str) -> tuple[Seat, ...]:
        """Return the seats of one resource, in order of time."""
        return self.seats_by_who.get(who, ())

    def turns(self, who: str, role: str = "") -> tuple[Held, ...]:
        """Return the sessions in which `who` serves, in `role` or in any; several seats in one session are one turn."""
        if role not in self._turns:
            seated = self._seated_as(role) if role else self.seated
            self._turns[role] = {each: tuple(dict.fromkeys(mine)) for each, mine in seated.items()}
        return self._turns[role].get(who, ())

    def _seated_as(self, role: str) -> Mapping[str, Sequence[Held]]:
        """Return the sessions in which each resource has a seat in a role, as `seated` does."""
        seated: defaultdict[str, list[Held]] = defaultdict(list)
        for held in self.held:
            for part in held.session.parts:
                for who in part.roles.get(role, ()):
                    seated[who].append(held)
        return seated

    def in_rooms(self) -> Iterator[tuple[str, Held, PlanPart]]:
        """Yield every use of a room."""
        for held in self.held:
            for part in held.session.parts:
                if part.room is not None:
                    yield part.room, held, part


def in_time(held: Iterable[Held]) -> list[Held]:
    """Return held sessions in order of time."""
    return sorted(held, key=lambda h: (h.start, h.session.id))


def used_by(session: Session) -> tuple[str, ...]:
    """Return those who serve in a session, its rooms and its site; each once."""
    used = [who for part in session.parts for seated in part.roles.values() for who in seated]
    used += [part.room for part in session.parts if part.room is not None]
    return tuple(dict.fromkeys((*used, session.site)))


def _held(
    sessions: Iterable[Session], known: Mapping[str, Occurrence], read: Mapping[str, Held], zone: dt.tzinfo
) -> Iterator[Held]:
    """Yield the sessions that are known, as they were `read` already where they are the same."""
    for session in sessions:
        before = read.get(session.id)
        if before is not None and before.session is session:
            yield before
        elif (occurrence := known.get(session.id)) is not None:
            start, end = session.start.astimezone(zone), session.end.astimezone(zone)
            yield Held(occurrence, session, start, end, minute_of(start), minute_of(end))
