"""Builders of tiny cases and of plans for them: a case is a handful of rows, a plan a handful of sessions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from constraints.reading import read_rules
from rota.activity import Activity, Part, Role
from rota.agenda import Occurrence, PartFrame, agenda_of
from rota.case import Case
from rota.cycle import Cycle
from rota.demand import Availability, Demand, HistoricTurn, Holiday, Pin
from rota.facts import Audience, Equipment, Person, Room, ServiceLine, Site, Staffing, Travel, Unit
from rota.order import Order
from rota.plan import CaseRef, Plan, PlanPart, Session
from rota.roster import Roster
from rota.term import Term

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.row import Row

TABLE_OF: dict[type, str] = {
    ServiceLine: "lines",
    Site: "sites",
    Room: "rooms",
    Unit: "units",
    Person: "people",
    Equipment: "equipment",
    Cycle: "cycles",
    Activity: "activities",
    Part: "parts",
    Role: "roles",
    Order: "orders",
    Availability: "availability",
    Pin: "pins",
    Demand: "demands",
    Holiday: "holidays",
    HistoricTurn: "history",
    Travel: "travel",
    Audience: "audience",
    Staffing: "staffing",
    Term: "terms",
}

MONDAY = dt.date(2027, 1, 4)
"""The first round of `weeks`; the rounds after it fall on 11, 18 and 25 January and 1 February 2027."""


def case_of(*rows: Row, first: str = "2027-01-01", last: str = "2027-12-31", zone: str = "Asia/Shanghai") -> Case:
    """Make a case of some rows; a site `hall` and five `weeks` are there unless rows of these tables are given."""
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(TABLE_OF[type(row)], []).append(row)
    tables.setdefault("sites", [site("hall")])
    tables.setdefault("cycles", [weeks(5)])
    settings = {"id": "tiny", "title": "tiny", "first": first, "last": last, "calendar": "none", "zone": zone}
    return Case.model_validate({"settings": settings, **{table: tuple(found) for table, found in tables.items()}})


def site(id_: str, **cells: object) -> Site:
    return Site.model_validate({"id": id_, "name": id_, **cells})


def room(id_: str, at: str = "hall", **cells: object) -> Room:
    return Room.model_validate({"id": id_, "name": id_, "site": at, **cells})


def line(id_: str, **cells: object) -> ServiceLine:
    return ServiceLine.model_validate({"id": id_, "name": id_, **cells})


def unit(id_: str, **cells: object) -> Unit:
    return Unit.model_validate({"id": id_, "name": id_, **cells})


def units(ids: str) -> tuple[Unit, ...]:
    """Make units of a row of ids, `a b c`."""
    return tuple(unit(id_) for id_ in ids.split())


def person(id_: str, **cells: object) -> Person:
    return Person.model_validate({"id": id_, "name": id_, **cells})


def equipment(id_: str, **cells: object) -> Equipment:
    return Equipment.model_validate({"id": id_, "name": id_, **cells})


def way(origin: str, destination: str, minutes: int) -> Travel:
    return Travel.model_validate({"origin": origin, "destination": destination, "minutes": minutes})


def audience(id_: str, size: int, start: str, end: str, **cells: object) -> Audience:
    return Audience.model_validate({"id": id_, "name": id_, "size": size, "start": start, "end": end, **cells})


def staffing(person: str, sites: str) -> Staffing:
    return Staffing.model_validate({"person": person, "sites": sites})


def cycle(id_: str, rrule: str, first: dt.date = MONDAY) -> Cycle:
    return Cycle.model_validate({"id": id_, "name": id_, "first": first, "rrule": rrule})


def weeks(rounds: int) -> Cycle:
    """Make the cycle `weeks`: every Monday from 4 January 2027."""
    return cycle("weeks", f"FREQ=WEEKLY;COUNT={rounds}")


def series(id_: str = "duty", rounds: str = "1-3", **cells: object) -> Activity:
    """Make an activity of one hour at nine on the Mondays of `weeks`, that needs no room."""
    given = {"id": id_, "name": id_, "cycle": "weeks", "rounds": rounds, "times": "09:00", "minutes": 60}
    return Activity.model_validate({**given, "needs_room": False, **cells})


def part(activity: str, id_: str, **cells: object) -> Part:
    return Part.model_validate({"activity": activity, "id": id_, **cells})


def seats(role: str = "host", activity: str = "duty", **cells: object) -> Role:
    """Make a role with exactly one seat for a unit."""
    return Role.model_validate({"activity": activity, "role": role, **cells})


def service(id_: str, **cells: object) -> Activity:
    """Make an activity that takes place only when ordered, in no cycle."""
    return series(id_, "", **{"cycle": "", "presence": "order", **cells})


def order(id_: str, service: str, days: str, requester: str = "shop", **cells: object) -> Order:
    return Order.model_validate({"id": id_, "service": service, "days": days, "requester": requester, **cells})


def states(who: str, level: str, first: str, **cells: object) -> Availability:
    return Availability.model_validate({"resource": who, "level": level, "first": first, **cells})


def pin(session: str, **cells: object) -> Pin:
    return Pin.model_validate({"session": session, **cells})


def turn(who: str, day: str, role: str = "host", activity: str = "duty") -> HistoricTurn:
    return HistoricTurn.model_validate({"resource": who, "role": role, "day": day, "activity": activity})


def demand(kind: str, **cells: object) -> Demand:
    """State a rule under the id `rule`; its parameters are written as a coordinator types them."""
    frame = {name: cells.pop(name) for name in ("id", "priority", "weight") if name in cells}
    params = {name: str(value) for name, value in cells.items()}
    return Demand.model_validate({"id": "rule", "kind": kind, **frame, "params": params})


def rule_of(case: Case, id_: str = "rule") -> Rule:
    """Return the rule that the case states under `id_`."""
    return next(rule for rule in read_rules(case) if rule.id == id_)


def held(
    case: Case,
    session: str,
    *,
    start: str = "",
    at: str = "",
    parts: Mapping[str, Mapping[str, str]] | None = None,
    **main: str,
) -> Session:
    """Make a session that is held: where nothing else is said, at its nominal start, in its first site, room and line.

    `start` is a day and a time, or a time of the nominal day. `main` says the first part, `parts` each part by its id:
    `room`, `line` and the roles with those who sit in them, `host="a b"`.
    """
    occurrence = agenda_of(case).by_id[session]
    begins = occurrence.nominal
    if start:
        written = start if " " in start else f"{begins.date()} {start}"
        begins = dt.datetime.fromisoformat(written).replace(tzinfo=case.zone)
    place = at or occurrence.sites[0]
    said = parts or {occurrence.parts[0].id: main}
    return Session(
        id=session,
        activity=occurrence.activity.id,
        start=begins,
        end=begins + occurrence.duration,
        site=place,
        parts=tuple(_part(case, place, frame, said.get(frame.id, {})) for frame in occurrence.parts),
    )


def _part(case: Case, place: str, frame: PartFrame, said: Mapping[str, str]) -> PlanPart:
    rooms = [each for each in frame.rooms if case.room[each].site == place]
    seated = {role: tuple(who.split()) for role, who in said.items() if role not in {"room", "line"}}
    return PlanPart(
        id=frame.id,
        room=said.get("room") or (rooms[0] if rooms else None),
        line=said.get("line") or (frame.lines[0] if frame.lines else None),
        roles=seated,
    )


def turns(case: Case, who: str, *, role: str = "host") -> list[Session]:
    """Hold the sessions of the agenda in order, each with the next of `who` in `role`; `-` leaves a session out."""
    return [
        held(case, occurrence.id, parts={occurrence.parts[0].id: {role: each}})
        for occurrence, each in zip(agenda_of(case).occurrences, who.split(), strict=False)
        if each != "-"
    ]


def plan_of(case: Case, sessions: Iterable[Session]) -> Plan:
    return Plan(case=CaseRef(title=case.settings.title, hash=""), sessions=tuple(sessions))


def roster_of(case: Case, sessions: Iterable[Session]) -> Roster:
    return Roster(case, plan_of(case, sessions))


def breaches(case: Case, sessions: Iterable[Session], id_: str = "rule") -> list[Breach]:
    """Return the breaches of the rule that the case states under `id_`."""
    return list(rule_of(case, id_).check(roster_of(case, sessions)))


def amounts(case: Case, sessions: Iterable[Session]) -> list[int]:
    return [breach.amount for breach in breaches(case, sessions)]


def session_ids(case: Case) -> list[str]:
    return [occurrence.id for occurrence in agenda_of(case).occurrences]


def frame_of(occurrence: Occurrence, role: str) -> PartFrame:
    """Return the first part of an occurrence that has `role`."""
    return next(frame for frame in occurrence.parts if any(s.name == role for s in frame.seats))
