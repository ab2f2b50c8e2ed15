"""A plan in which a decision by hand is carried out, all else as it is: to be looked at before it is tried for real."""

from __future__ import annotations

from collections.abc import Callable

from rota.agenda import agenda_of
from rota.case import Case
from rota.changes.making import CheckedChange
from rota.changes.seating import seat_of
from rota.changes.seats import Pinned, RoomSet, SeatSet
from rota.changes.sessions import SessionMoved
from rota.plan import Plan, PlanPart, Session


def in_plan(case: Case, plan: Plan, change: CheckedChange) -> Plan:
    """Return the plan with a session moved, a room or a seat set, or somebody taken out of a seat.

    `case` is the one in which the change was made. Other kinds of changes decide nothing in a plan.
    """
    match change:
        case SessionMoved():
            return _with_session(plan, change.session, lambda session: _moved(case, session, change))
        case RoomSet():
            return _with_session(plan, change.session, lambda session: _in_room(case, session, change))
        case SeatSet():
            seat = seat_of(case, change.session, change.part, change.role, change.who)
            return _with_seat(plan, seat.session, seat.part, seat.role, out=change.instead_of, into=seat.who)
        case Pinned() if change.pin.absent and change.pin.resource:
            pin = change.pin
            return _with_seat(plan, pin.session, pin.part, pin.role, out=pin.resource)
        case _:
            return plan


def _with_session(plan: Plan, id_: str, edit: Callable[[Session], Session]) -> Plan:
    sessions = tuple(edit(session) if session.id == id_ else session for session in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def _moved(case: Case, session: Session, change: SessionMoved) -> Session:
    start = change.moment.replace(tzinfo=case.zone)
    return session.model_copy(update={"start": start, "end": agenda_of(case).by_id[session.id].end_of(start)})


def _in_room(case: Case, session: Session, change: RoomSet) -> Session:
    def housed(part: PlanPart) -> PlanPart:
        is_meant = part.id == change.part or (not change.part and part.room is not None)
        return part.model_copy(update={"room": change.room}) if is_meant else part

    return session.model_copy(
        update={"site": case.room[change.room].site, "parts": tuple(housed(part) for part in session.parts)}
    )


def _with_seat(plan: Plan, session: str, part: str, role: str, *, out: str = "", into: str = "") -> Plan:
    def seated(found: PlanPart) -> PlanPart:
        if part not in {"", found.id}:
            return found
        sitting = found.roles.get(role, ())
        left = tuple(into if who == out and into else who for who in sitting if who != out or into)
        new = left if not into or into in left else (*left, into)
        return found.model_copy(update={"roles": {**found.roles, role: new}})

    def edit(found: Session) -> Session:
        return found.model_copy(update={"parts": tuple(seated(each) for each in found.parts)})

    return _with_session(plan, session, edit)
