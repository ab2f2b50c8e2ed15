"""What happens in a year, at random but as it does happen: mostly somebody who cannot come to what is planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, TypeVar

from rota.activity import Presence
from rota.agenda import agenda_of
from rota.changes.availability import AvailableAgain, Unavailable
from rota.changes.membership import UnitJoined, UnitLeft
from rota.changes.rules import HolidayMoved
from rota.changes.seats import Declined
from rota.changes.sessions import OrderPlaced, SessionAdded, SessionCancelled, SessionMoved
from rota.changes.swaps import SwapAsked
from rota.demand import DayKind, Holiday, Level
from rota.facts import Unit
from rota.order import Order
from rota.request import SeatRef

if TYPE_CHECKING:
    from rota.case import Case
    from rota.change import Change
    from rota.document import State
    from rota.plan import Plan, Session

Drawn = TypeVar("Drawn")

DAY = dt.timedelta(days=1)
TRIES = 20
"""So often a kind of change is drawn anew before the year goes on without one."""
SOONEST = DAY
"""Nothing happens about a session that begins within so much time."""
SOON = dt.timedelta(days=21)
"""Half of what happens is about sessions that are no further away than this."""


@dataclass
class Moment:
    """One moment of the simulated year: what holds, what is published, and chance."""

    state: State
    plan: Plan
    now: dt.datetime
    chance: Random
    number: int

    @property
    def case(self) -> Case:
        """The case as it is."""
        return self.state.case

    def coming(self) -> list[Session]:
        """Return the published sessions that have not begun, at least a day away."""
        return [session for session in self.plan.sessions if session.start > self.now + SOONEST]

    def session(self) -> Session | None:
        """Draw a coming session, of those soon as likely as of all others."""
        coming = self.coming()
        soon = [session for session in coming if session.start < self.now + SOON]
        return _one_of(self.chance, soon if soon and self.chance.random() < 0.5 else coming)  # noqa: PLR2004 - half

    def seat(self) -> SeatRef | None:
        """Draw a seat of a coming session."""
        session = self.session()
        return _one_of(self.chance, _seats(session)) if session else None

    def day_of(self, session: Session) -> dt.date:
        """Return the day of a session where the case is."""
        return session.start.astimezone(self.case.zone).date()


def happening(moment: Moment) -> Change | None:
    """Draw what happens; None where nothing fits, e.g. at the end of the year."""
    kinds = list(LIKELY)
    for _ in range(TRIES):
        draw = moment.chance.choices(kinds, weights=[LIKELY[kind] for kind in kinds])[0]
        if not moment.coming():
            return None
        change = draw(moment)
        if change is not None:
            return change
    return None


def _one_of(chance: Random, among: Sequence[Drawn]) -> Drawn | None:
    return chance.choice(among) if among else None


def _seats(session: Session) -> list[SeatRef]:
    return [
        SeatRef(session=session.id, part=part.id, role=role, who=who)
        for part in session.parts
        for role, seated in part.roles.items()
        for who in seated
    ]


def cannot_come(moment: Moment) -> Change | None:
    """Somebody cannot come on the day of a turn."""
    seat = moment.seat()
    if seat is None:
        return None
    day = moment.day_of(moment.plan.session[seat.session])
    return Unavailable(resource=seat.who, first=day, reason="临时有事")


def is_away(moment: Moment) -> Change | None:
    """Somebody is away for some days, with or without a turn in them."""
    who = _one_of(moment.chance, [*moment.case.units, *moment.case.people])
    last = moment.case.settings.last
    first = moment.now.date() + moment.chance.randint(2, 60) * DAY
    if who is None or first > last:
        return None
    level = moment.chance.choice((Level.CANNOT, Level.CANNOT, Level.AVOID))
    return Unavailable(
        resource=who.id, first=first, last=min(last, first + moment.chance.randint(0, 13) * DAY), level=level
    )


def comes_back(moment: Moment) -> Change | None:
    """Somebody who said that they could not come can."""
    after = moment.now.date()
    rows = [row for row in moment.case.availability if row.first > after and not row.rrule and not row.start]
    row = _one_of(moment.chance, [row for row in rows if row.level is not Level.PREFER])
    return AvailableAgain(resource=row.resource, first=row.first, last=row.last or row.first) if row else None


def declines(moment: Moment) -> Change | None:
    """Somebody declines a seat."""
    seat = moment.seat()
    if seat is None:
        return None
    return Declined(session=seat.session, part=seat.part, role=seat.role, who=seat.who, reason="安排冲突")


def is_moved(moment: Moment) -> Change | None:
    """A session is moved to another of its possible starts."""
    session = moment.session()
    if session is None:
        return None
    starts = agenda_of(moment.case).by_id[session.id].starts
    other = [start for start in starts if start != session.start and start > moment.now + SOONEST]
    start = _one_of(moment.chance, other)
    return SessionMoved(session=session.id, start=f"{start:%Y-%m-%d %H:%M}") if start else None


def room_closes(moment: Moment) -> Change | None:
    """The room of a session is closed on its day."""
    session = moment.session()
    rooms = [part.room for part in session.parts if part.room] if session else []
    room = _one_of(moment.chance, rooms)
    if session is None or room is None:
        return None
    return Unavailable(resource=room, first=moment.day_of(session), reason="设备检修")


def swap(moment: Moment) -> Change | None:
    """Two who serve in the same role want to exchange."""
    mine = moment.seat()
    if mine is None:
        return None
    seats = [
        seat
        for session in moment.coming()
        if session.id != mine.session
        for seat in _seats(session)
        if seat.role == mine.role and seat.who != mine.who
    ]
    other = _one_of(moment.chance, seats)
    return SwapAsked(id=f"swap-{moment.number}", mine=mine, other=other) if other else None


def is_cancelled(moment: Moment) -> Change | None:
    """A session is cancelled."""
    session = moment.session()
    return SessionCancelled(session=session.id, reason="上级临时通知") if session else None


def is_added(moment: Moment) -> Change | None:
    """An extra session of an activity takes place."""
    session = moment.session()
    if session is None:
        return None
    activity = moment.case.activity[session.activity]
    day = moment.day_of(session) + moment.chance.randint(-3, 10) * DAY
    if not moment.now.date() < day <= moment.case.settings.last:
        return None
    time = session.start.astimezone(moment.case.zone).time()
    return SessionAdded(id=f"extra-{moment.number}", activity=activity.id, day=day, time=time, reason="居民要求加开")


def is_ordered(moment: Moment) -> Change | None:
    """Somebody orders a service."""
    services = [activity for activity in moment.case.activities if activity.presence is Presence.ORDER]
    service = _one_of(moment.chance, services)
    first = moment.now.date() + moment.chance.randint(7, 40) * DAY
    if service is None or first + DAY > moment.case.settings.last:
        return None
    row = Order(id=f"order-{moment.number}", service=service.id, requester="居委会", days=(first, first + DAY))
    return OrderPlaced(row=row)


def joins(moment: Moment) -> Change | None:
    """A unit like one that is there joins."""
    like = _one_of(moment.chance, moment.case.units)
    first = moment.now.date() + 14 * DAY
    if like is None or first > moment.case.settings.last:
        return None
    new = {"id": f"new-{moment.number}", "name": f"新成员单位{moment.number}", "name_en": "", "joined": first}
    return UnitJoined(row=Unit.model_validate({**like.model_dump(), **new, "left": None, "note": ""}))


def leaves(moment: Moment) -> Change | None:
    """A unit leaves in a month."""
    unit = _one_of(moment.chance, [unit for unit in moment.case.units if unit.left is None])
    last = moment.now.date() + 30 * DAY
    if unit is None or last > moment.case.settings.last:
        return None
    return UnitLeft(who=unit.id, last=last, reason="机构调整")


def holiday_moves(moment: Moment) -> Change | None:
    """A day on which a session is planned becomes a holiday."""
    session = moment.session()
    if session is None:
        return None
    return HolidayMoved(rows=(Holiday(day=moment.day_of(session), kind=DayKind.OFF, name="临时放假"),))


LIKELY: Mapping[Callable[[Moment], Change | None], int] = {
    cannot_come: 38,
    is_away: 14,
    comes_back: 6,
    declines: 12,
    is_moved: 6,
    room_closes: 6,
    swap: 6,
    is_ordered: 3,
    is_added: 3,
    is_cancelled: 2,
    leaves: 1,
    joins: 1,
    holiday_moves: 2,
}
"""What may happen, and how often of a hundred times.

Assumed, for no station publishes such figures: what coordinators tell of is mostly somebody who cannot come, seldom a
rule or a member. Half of what is about a session is about one of the next three weeks (`SOON`). Kinds that a case
cannot have (orders without a service to be ordered, the end of a year) are drawn anew, so the others are more frequent.
"""
