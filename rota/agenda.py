"""The agenda of a case: every session that could take place, with all that could be chosen for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rota.activity import Activity, Part, Presence, Role
from rota.order import asked_for
from rota.text import Message, name
from rota.timetable import RoundDate, Timetable, at_times, dates

if TYPE_CHECKING:
    from rota.case import Case
    from rota.order import Order
    from rota.plan import Session

MAIN_PART = "main"
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Seats:
    """The seats of one role in one part: from `least` to `most` of the `candidates`."""

    role: Role
    candidates: tuple[str, ...]

    @property
    def name(self) -> str:
        """The role's id."""
        return self.role.role


@dataclass(frozen=True)
class PartFrame:
    """One part of an occurrence: candidate rooms (empty: needs none), candidate lines (empty: has none), seats."""

    id: str
    theme: Message
    rooms: tuple[str, ...]
    lines: tuple[str, ...]
    attendance: int
    features: frozenset[str]
    needs_room: bool
    seats: tuple[Seats, ...]

    @cached_property
    def seats_by_role(self) -> Mapping[str, Seats]:
        """The seats by the role's id."""
        return {seats.name: seats for seats in self.seats}


@dataclass(frozen=True, eq=False)
class Occurrence:
    """One session as the case foresees it, before anything is decided.

    `round` counts the rounds of the activity's cycle from 1, and is 0 outside them; `nominal` is the nominal start;
    `starts` are the candidate starts in order of time, zone-aware; a session without one cannot take place. Where an
    `order` asks for the session, `activity` is the service with what the order says put in its place, and `requester`
    is who asks, in words.
    """

    id: str
    activity: Activity
    round: int
    nominal: dt.datetime
    starts: tuple[dt.datetime, ...]
    sites: tuple[str, ...]
    parts: tuple[PartFrame, ...]
    order: Order | None = None
    requester: Message | None = None

    @property
    def duration(self) -> dt.timedelta:
        """How long the session lasts."""
        return self.activity.minutes * MINUTE

    def end_of(self, start: dt.datetime) -> dt.datetime:
        """Return when the session ends that begins at `start`, in its zone; minutes pass also while clocks change."""
        duration = self.duration
        end = start + duration
        if end.utcoffset() == start.utcoffset():
            return end
        return (start.astimezone(dt.UTC) + duration).astimezone(start.tzinfo)

    @property
    def must(self) -> bool:
        """Whether the session has to take place."""
        return self.activity.presence is Presence.MUST

    @property
    def label(self) -> Message:
        """The activity's name; the nominal date tells sessions of one series apart, the requester those ordered."""
        return _said(self.activity.label, self.nominal.date(), self.requester)

    @cached_property
    def part(self) -> Mapping[str, PartFrame]:
        """Parts by id."""
        return {part.id: part for part in self.parts}

    @cached_property
    def first(self) -> dt.datetime:
        """The earliest moment at which the session could run."""
        return self.starts[0] if self.starts else self.nominal

    @cached_property
    def until(self) -> dt.datetime:
        """The moment by which the session is over, whichever start is chosen."""
        return self.end_of(self.starts[-1] if self.starts else self.nominal)


class Agenda:
    """All occurrences of a case in order of their nominal start, and what may be asked about them."""

    def __init__(self, case: Case, occurrences: Iterable[Occurrence] | None = None) -> None:
        self.case = case
        found = _foreseen(case) if occurrences is None else occurrences
        self.occurrences = tuple(sorted(found, key=lambda o: (o.nominal, o.id)))
        self._candidates: dict[str, tuple[str, ...]] = {}

    @cached_property
    def by_id(self) -> Mapping[str, Occurrence]:
        """Occurrences by session id."""
        return {occurrence.id: occurrence for occurrence in self.occurrences}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each occurrence comes in the order, by session id."""
        return {occurrence.id: number for number, occurrence in enumerate(self.occurrences)}

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """Where each resource comes in the order of the case's tables."""
        return {who: number for number, who in enumerate(self.case.resources)}

    @cached_property
    def framed(self) -> list[tuple[tuple[PartFrame, ...], list[Occurrence]]]:
        """The frames of parts, each with the sessions that have it: those of one activity, or of one order."""
        found: dict[int, tuple[tuple[PartFrame, ...], list[Occurrence]]] = {}
        for occurrence in self.occurrences:
            found.setdefault(id(occurrence.parts), (occurrence.parts, []))[1].append(occurrence)
        return list(found.values())

    def in_order(self, sessions: Iterable[str]) -> list[Occurrence]:
        """Return those of some sessions that are here, in order of their nominal start."""
        return [self.occurrences[number] for number in sorted(self.place[id_] for id_ in sessions if id_ in self.place)]

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The ids of all roles, in order of first appearance."""
        return tuple(dict.fromkeys(role.role for role in self.case.roles))

    def seats_of(self, role: str) -> list[tuple[Occurrence, PartFrame, Seats]]:
        """Return every place in the agenda where `role` is to be filled."""
        return self._seats.get(role, [])

    @cached_property
    def _seats(self) -> Mapping[str, list[tuple[Occurrence, PartFrame, Seats]]]:
        found: dict[str, list[tuple[Occurrence, PartFrame, Seats]]] = {}
        for occurrence in self.occurrences:
            for part in occurrence.parts:
                for seats in part.seats:
                    found.setdefault(seats.name, []).append((occurrence, part, seats))
        return found

    def candidates(self, role: str) -> tuple[str, ...]:
        """Return the resources that could ever take `role`, in the order of the case's tables."""
        if role not in self._candidates:
            seats = (seats for parts, _ in self.framed for part in parts for seats in part.seats)
            able = {who for each in seats if each.name == role for who in each.candidates}
            self._candidates[role] = tuple(who for who in self.case.resources if who in able)
        return self._candidates[role]


def agenda_of(case: Case) -> Agenda:
    """Return the agenda of `case`, worked out once per case."""
    cached = case.__dict__.get("_agenda")
    if cached is None:
        cached = case.__dict__["_agenda"] = Agenda(case)
    return cached


def with_sessions(case: Case, occurrences: Iterable[Occurrence]) -> Case:
    """Return the same case, as if it foresaw these sessions alone, and left no more open in them than they say."""
    narrowed = case.model_copy()
    narrowed.__dict__["_remembered"] = {}  # what rules worked out is about all sessions
    narrowed.__dict__["_agenda"] = Agenda(narrowed, occurrences)
    return narrowed


def _foreseen(case: Case) -> list[Occurrence]:
    known: dict[Timetable, list[RoundDate]] = {}
    found = [occurrence for activity in case.activities for occurrence in _occurrences(case, activity, known)]
    return [*found, *(_ordered(case, order, days) for order, days in _orders(case))]


def session_id(activity: str, day: dt.date) -> str:
    """Return the id of the session of `activity` whose round's date is `day`."""
    return f"{activity}@{day.isoformat()}"


def session_label(case: Case, session: str, start: dt.datetime | None = None) -> Message:
    """Say a session; of one that the case holds no more, what its id tells: the activity or order, and the day.

    Where it takes place on another day than its name says, that is added: `start` says when, else what the case was
    told by `as_planned`.
    """
    known, start = agenda_of(case).by_id.get(session), start or case.__dict__.get("_starts", {}).get(session)
    if known:
        return with_day(known.label, known.nominal.date(), start.astimezone(case.zone)) if start else known.label
    of, _, day = session.rpartition("@")
    if not of or not _is_day(day):
        return name(session)
    order = next((order for order in case.orders if order.id == of), None)
    activity = order.service if order else of
    called, named = case.label.get(activity, name(activity)), dt.date.fromisoformat(day)
    said = _said(called, named, case.term(order.requester) if order else None)
    return with_day(said, named, start.astimezone(case.zone)) if start else said


def with_day(label: Message, named: dt.date, start: dt.datetime) -> Message:
    """Add to what a session is called when it begins, where that is another day than the one `named`."""
    if start.date() == named:
        return label
    said = {"session": label, "start": start}
    return Message("{session} (held on {start})", "{session}（{start} 举办）", said)


def as_planned(case: Case, sessions: Iterable[Session]) -> Case:
    """Return the same case, of which `session_label` says when these sessions take place."""
    planned = case.model_copy()
    planned.__dict__["_starts"] = {session.id: session.start for session in sessions}
    return planned


def _said(activity: Message, day: dt.date, requester: Message | None) -> Message:
    called = activity if requester is None else asked_for(activity, requester)
    return Message("{activity} {day}", "{activity} {day}", {"activity": called, "day": day})


def _is_day(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _occurrences(case: Case, activity: Activity, known: dict[Timetable, list[RoundDate]]) -> list[Occurrence]:
    if activity.presence is Presence.ORDER:
        return []
    timetable = Timetable.of(activity)
    if timetable not in known:  # activities share few timetables, and those their dates
        known[timetable] = list(dates(case, timetable))
    sites = activity.sites or tuple(case.site)
    parts = _parts(case, activity)
    found = []
    for number, day, nominal, usual in known[timetable]:
        id_ = session_id(activity.id, day)
        starts = _with_widened(case, id_, usual)
        found.append(Occurrence(id_, activity, number, nominal, starts, sites, parts))
    return found


def _orders(case: Case) -> Iterator[tuple[Order, list[dt.date]]]:
    """Yield the orders that this case can answer, with the days wished that lie in its horizon."""
    for order in case.orders:
        days = [day for day in order.days if case.settings.first <= day <= case.settings.last]
        if days and order.service in case.activity:
            yield order, days


def _ordered(case: Case, order: Order, days: Sequence[dt.date]) -> Occurrence:
    """Return the session that an order asks for; its service decides whatever the order leaves open."""
    service = case.activity[order.service]
    said = {"presence": Presence.MAY, "value": order.value, "requester": order.requester}
    left_open = {"attendance": order.attendance, "times": order.times, "sites": order.sites}
    activity = service.model_copy(update=said | {cell: value for cell, value in left_open.items() if value})
    id_ = session_id(order.id, days[0])
    return Occurrence(
        id=id_,
        activity=activity,
        round=_round(case, activity, days[0]),
        nominal=dt.datetime.combine(days[0], activity.times[0], case.zone),
        starts=_with_widened(case, id_, at_times(case, days, activity.times)),
        sites=activity.sites or tuple(case.site),
        parts=_parts(case, activity),
        order=order,
        requester=case.term(order.requester),
    )


def _round(case: Case, activity: Activity, day: dt.date) -> int:
    """Return the round of the activity's cycle that a day lies in, 0 where it lies in none."""
    cycle = case.cycle.get(activity.cycle)
    number = cycle.round_of(day) if cycle else 0
    return number if cycle and 1 <= number <= len(cycle.days) else 0


def _with_widened(case: Case, session: str, starts: tuple[dt.datetime, ...]) -> tuple[dt.datetime, ...]:
    """Return the candidate starts with those that a pin makes possible for this one session."""
    widened = (pin.at().replace(tzinfo=case.zone) for pin in case.widening.get(session, ()))
    inside = {start for start in widened if case.settings.first <= start.date() <= case.settings.last}
    return tuple(sorted({*starts, *inside})) if inside else starts


def _parts(case: Case, activity: Activity) -> tuple[PartFrame, ...]:
    stated = case.parts_of.get(activity.id, ())
    return tuple(_part(case, activity, part) for part in stated or [Part(activity=activity.id, id=MAIN_PART)])


def _part(case: Case, activity: Activity, part: Part) -> PartFrame:
    sites = activity.sites or tuple(case.site)
    rooms = part.rooms or activity.rooms or _rooms_at(case, sites)
    return PartFrame(
        id=part.id,
        theme=name(part.theme, part.theme_en) if part.theme else name(activity.theme, activity.theme_en),
        rooms=tuple(room for room in rooms if case.room[room].site in sites) if activity.needs_room else (),
        lines=part.lines or activity.lines,
        attendance=part.attendance or activity.attendance,
        features=frozenset(part.features or activity.features),
        needs_room=activity.needs_room,
        seats=tuple(
            Seats(role, candidates_for(case, role))
            for role in case.roles_of.get(activity.id, ())
            if role.part in {"", part.id}
        ),
    )


def _rooms_at(case: Case, sites: Iterable[str]) -> tuple[str, ...]:
    """Return all rooms at some sites, in the order of the case's table."""
    return tuple(room for _, room in sorted(each for site in sites for each in case.rooms_at.get(site, ())))


def candidates_for(case: Case, role: Role) -> tuple[str, ...]:
    """Return who may take the seats of one row of the roles, in the order of the case's tables."""
    if not role.groups:
        return tuple(resource.id for resource in case.of_kind(role.kind))
    found = {number: id_ for group in role.groups for number, id_ in case.grouped.get((role.kind, group), ())}
    return tuple(found[number] for number in sorted(found))
