"""Seats that changes are about: whether there is such a seat, who may take it, and the pins that say who does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rota.agenda import agenda_of
from rota.case import Case
from rota.changes.making import no_resource, no_session, unknown
from rota.demand import Pin
from rota.request import SeatRef
from rota.text import Message, name, text


class Seat(NamedTuple):
    """Somebody's seat; without a part, in any part of the session."""

    session: str
    part: str
    role: str
    who: str


AnySeat = Seat | SeatRef


def seat_of(case: Case, session: str, part: str, role: str, who: str) -> Seat:
    """Return the seat that is meant: without a part, in the only one that has the role."""
    return Seat(session, part or _only_part(case, session, role), role, who)


def _only_part(case: Case, session: str, role: str) -> str:
    having = _parts_with(case, session, role)
    return having[0] if len(having) == 1 else ""


def _parts_with(case: Case, session: str, role: str) -> list[str]:
    occurrence = agenda_of(case).by_id.get(session)
    parts = occurrence.parts if occurrence else ()
    return [part.id for part in parts if any(seats.name == role for seats in part.seats)]


def several_parts(case: Case, seat: AnySeat) -> Iterator[Message]:
    """Yield what is to be said where the part is left open, and several have the role."""
    having = _parts_with(case, seat.session, seat.role)
    if not seat.part and len(having) > 1:
        yield text(
            "{session} has several parts with this role; say which: {parts}",
            "{session} 有多个分场设此岗位，请写明：{parts}",
            session=agenda_of(case).by_id[seat.session].label,
            parts=tuple(having),
        )


def no_seat(case: Case, seat: AnySeat) -> Iterator[Message]:
    """Yield everything that keeps `who` from the seat as such: unknown names, no such seat, not a candidate."""
    yield from no_resource(case, seat.who)
    yield from no_session(case, seat.session)
    occurrence = agenda_of(case).by_id.get(seat.session)
    if occurrence is None:
        return
    parts = [part for part in occurrence.parts if seat.part in {"", part.id}]
    if not parts:
        yield unknown(text("part", "分场"), seat.part, {part.id: name(part.id) for part in occurrence.parts})
        return
    seats = [each for part in parts for each in part.seats if each.name == seat.role]
    roles = {each.name: case.role_label[each.name] for part in parts for each in part.seats}
    if not seats:
        yield unknown(text("role", "岗位"), seat.role, roles)
    elif seat.who in case.resources and not any(seat.who in each.candidates for each in seats):
        yield text(
            "{who} cannot serve as {role} in {session}: it takes {groups}",
            "{who} 不能担任 {session} 的{role}：该岗位要求{groups}",
            who=case.label[seat.who],
            role=roles[seat.role],
            session=occurrence.label,
            groups=_asked_for(case, seats[0].role.groups, seats[0].role.kind.label),
        )


def _asked_for(case: Case, groups: tuple[str, ...], kind: Message) -> Message:
    if not groups:
        return text("a {kind}", "{kind}", kind=kind)
    said = tuple(case.term(group) for group in groups)
    return text("a {kind} of {groups}", " {groups} 的{kind}", kind=kind, groups=said)


def no_member(case: Case, seat: AnySeat) -> Iterator[Message]:
    """Yield what is to be said where a session can only lie on days on which `who` does not belong to the alliance."""
    occurrence, resource = agenda_of(case).by_id.get(seat.session), case.resources.get(seat.who)
    if occurrence is None or resource is None:
        return
    days = [start.astimezone(case.zone).date() for start in occurrence.starts]
    if days and not any(resource.belongs(day) for day in days):
        yield text(
            "{who} does not belong to the alliance when {session} takes place",
            "{session} 举行时，{who} 不在联盟内",
            who=resource.label,
            session=occurrence.label,
        )


def same(one: AnySeat, other: AnySeat) -> bool:
    """Tell whether two seats are the same, as far as their parts are said."""
    return (one.session, one.role, one.who) == (other.session, other.role, other.who) and (
        one.part == other.part or not (one.part and other.part)
    )


def banned(pins: Iterable[Pin], seat: AnySeat) -> bool:
    """Tell whether somebody is banned from a seat."""
    return any(pin.absent and _is_about(pin, seat) for pin in pins)


def unbanned(pins: Iterable[Pin], seat: AnySeat) -> tuple[Pin, ...]:
    """Return the pins without those that ban somebody from a seat."""
    return tuple(pin for pin in pins if not (pin.absent and _is_about(pin, seat)))


def _is_about(pin: Pin, seat: AnySeat) -> bool:
    return bool(pin.resource) and same(Seat(pin.session, pin.part, pin.role, pin.resource), seat)


def seat_taken(pins: Iterable[Pin], seat: AnySeat, note: str = "") -> tuple[Pin, ...]:
    """Return the pins with one that puts somebody into a seat; what was fixed about the two before goes."""
    return (*(pin for pin in pins if not _is_about(pin, seat)), _pin(seat, note, absent=False))


def seat_left(pins: Iterable[Pin], seat: AnySeat, note: str = "") -> tuple[Pin, ...]:
    """Return the pins with one that bans somebody from a seat; what was fixed about the two before goes."""
    return (*(pin for pin in pins if not _is_about(pin, seat)), _pin(seat, note, absent=True))


def _pin(seat: AnySeat, note: str, *, absent: bool) -> Pin:
    return Pin(session=seat.session, part=seat.part, role=seat.role, resource=seat.who, absent=absent, note=note)
