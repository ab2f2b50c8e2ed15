"""A plan in which a decision by hand is carried out, all else as it is: to be looked at before it is tried for real."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol, TypeVar

from rota.agenda import agenda_of
from rota.case import Case
from rota.changes.making import CheckedChange
from rota.changes.seating import seat_of
from rota.changes.seats import Pinned, RoomSet, SeatSet
from rota.changes.sessions import SessionMoved
from rota.changes.swaps import SwapConfirmed, exchanged
from rota.document import State
from rota.plan import Plan, PlanPart, Session
from rota.request import SeatRef
from rota.text import Message


class Trouble(Protocol):
    """What a verifier finds wrong with a plan."""

    @property
    def message(self) -> Message:
        """What is wrong."""

    @property
    def sessions(self) -> tuple[str, ...]:
        """In which sessions."""

    @property
    def who(self) -> tuple[str, ...]:
        """With whom."""


Found = TypeVar("Found", bound=Trouble)

Judge = Callable[[Case, Plan], Iterable[Found]]
"""The verifier: everything that a plan breaks of what must hold."""


def newly_broken(judge: Judge[Found], before: tuple[Case, Plan], after: tuple[Case, Plan]) -> list[Found]:
    """Return what a plan breaks after decisions that it did not break before."""
    known = {trouble.message.say("en") for trouble in judge(*before)}
    return [trouble for trouble in judge(*after) if trouble.message.say("en") not in known]


def mendable(case: Case, trouble: Trouble, edited: Collection[str]) -> bool:
    """Tell whether a repair may mend what decisions about some sessions have broken.

    It may in other sessions, or by somebody else or another room in these, as far as they are not fixed there.
    """
    if not trouble.sessions or not set(trouble.sessions) <= set(edited):
        return True
    pins = [pin for pin in case.pins if pin.session in edited and not pin.absent]
    fixed = {pin.resource or pin.room for pin in pins}
    return bool(trouble.who) and not fixed.intersection(trouble.who)


def as_decision(change: CheckedChange) -> CheckedChange:
    """Return what a pin decides, in the words of the change that decides just this; other changes as they are."""
    match change:
        case Pinned(pin=pin) if not pin.absent and pin.start:
            return SessionMoved(session=pin.session, start=pin.start)
        case Pinned(pin=pin) if not pin.absent and pin.room:
            return RoomSet(session=pin.session, part=pin.part, room=pin.room)
        case Pinned(pin=pin) if not pin.absent and pin.resource:
            return SeatSet(session=pin.session, part=pin.part, role=pin.role, who=pin.resource)
        case _:
            return change


def in_plan(state: State, plan: Plan, change: CheckedChange) -> Plan:
    """Return the plan with a session moved, a room or a seat set, seats exchanged, or somebody taken out of a seat.

    `state` is the one to which the change led. Other kinds of changes decide nothing in a plan.
    """
    case = state.case
    match as_decision(change):
        case SessionMoved() as moved:
            return _with_session(plan, moved.session, lambda session: _moved(case, session, moved))
        case RoomSet() as housed:
            return _with_session(plan, housed.session, lambda session: _in_room(case, session, housed))
        case SeatSet() as seated:
            seat = seat_of(case, seated.session, seated.part, seated.role, seated.who)
            return _with_seat(plan, seat.session, seat.part, seat.role, out=seated.instead_of, into=seat.who)
        case Pinned(pin=pin) if pin.absent and pin.resource:
            return _with_seat(plan, pin.session, pin.part, pin.role, out=pin.resource)
        case SwapConfirmed() as confirmed:
            request = state.request(confirmed.id)
            return exchanged_in(plan, request.mine, request.other) if request else plan
        case _:
            return plan


def exchanged_in(plan: Plan, mine: SeatRef, other: SeatRef) -> Plan:
    """Return the plan after the holders of two seats have exchanged them."""
    for old, new in zip((mine, other), exchanged(mine, other), strict=True):
        plan = _with_seat(plan, old.session, old.part, old.role, out=old.who, into=new.who)
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
