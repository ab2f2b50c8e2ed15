"""Sessions come, go and move: extra ones, cancelled ones, and those that lie elsewhere in time; and orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rota.activity import Activity, Presence, rounds_without
from rota.agenda import Occurrence, agenda_of, session_id
from rota.case import Case
from rota.changes.making import (
    MOST_SHOWN,
    CheckedChange,
    held_among,
    no_session,
    unknown,
    with_rows,
    without_lost_sessions,
)
from rota.changes.wording import because, called, outside, session_called
from rota.demand import Pin, Start
from rota.document import State
from rota.order import EXTRA, Order, asked_for
from rota.row import Clock, Count, Day, Flag, Id, Ids, PersonalText, read_moment
from rota.text import Message, name, text

ACTIVITY = text("activity", "活动项目")


class SessionAdded(CheckedChange):
    """An extra session of an activity, at a time of its own.

    It is an order (点单) that was accepted beforehand: a row of the orders, and a pin that its session takes place. So
    all other sessions keep their ids, and the extra one has one that never changes: `id` and its day.
    """

    kind = "session_added"
    label = text("Extra session", "加开场次")

    id: Id
    activity: Id
    day: Day
    time: Clock
    requester: PersonalText = ""
    sites: Ids = ()
    attendance: Count = 0
    reason: PersonalText = ""

    @property
    def session(self) -> str:
        """The id of the extra session."""
        return session_id(self.id, self.day)

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown activity, an id that is taken, a day outside the horizon, and what takes place already."""
        case = state.case
        yield from outside(case, self.day)
        yield from no_activity(case, self.activity)
        yield from taken_by_series(case, self.id)
        start = dt.datetime.combine(self.day, self.time, case.zone)
        for occurrence in agenda_of(case).occurrences:
            if occurrence.activity.id == self.activity and occurrence.starts == (start,):
                yield text("{session} takes place then already", "届时已有 {session}", session=occurrence.label)

    def made(self, state: State) -> State:
        """Put in the order, and the pin that its session takes place."""
        order = Order(
            id=self.id,
            service=self.activity,
            requester=self.requester or EXTRA,
            days=(self.day,),
            times=(self.time,),
            attendance=self.attendance,
            sites=self.sites,
            note=self.reason,
        )
        pin = Pin(session=self.session)
        return with_rows(state, orders=(*state.case.orders, order), pins=(*state.case.pins, pin))

    def say(self, state: State) -> Message:
        """Say which activity takes place once more, and when."""
        sentence = text(
            "An extra {activity} takes place on {day} at {time}",
            "{day} {time} 加开一场 {activity}",
            activity=called(state.case, self.activity),
            day=self.day,
            time=self.time,
        )
        return because(sentence, self.reason)


class SessionCancelled(CheckedChange):
    """A session does not take place: its activity loses that round; an order is dropped."""

    kind = "session_cancelled"
    label = text("Session cancelled", "取消场次")

    session: str
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown session, and one that was held already."""
        unknown_session = list(no_session(state.case, self.session))
        yield from unknown_session
        if not unknown_session:
            yield from held_among(state, self._dropped(state))

    def made(self, state: State) -> State:
        """Drop the round, or the order, and what was pinned there."""
        return without_lost_sessions(state, self._dropped(state))

    def _dropped(self, state: State) -> State:
        case = state.case
        occurrence = agenda_of(case).by_id[self.session]
        order = occurrence.order
        if order is not None:
            return with_rows(state, orders=(each for each in case.orders if each.id != order.id))
        activity = _without_round(case, occurrence)
        return with_rows(state, activities=(activity if a.id == activity.id else a for a in case.activities))

    def say(self, state: State) -> Message:
        """Say which session is cancelled, and why."""
        session = session_called(state.case, self.session)
        return because(text("{session} is cancelled", "取消 {session}", session=session), self.reason)


def _without_round(case: Case, occurrence: Occurrence) -> Activity:
    """Return an activity that has one round less; one without any goes on as a service that can be ordered."""
    activity = case.activity[occurrence.activity.id]
    rounds = rounds_without(activity.rounds, occurrence.round, len(case.cycle[activity.cycle].days))
    if not rounds:
        return activity.model_copy(update={"presence": Presence.ORDER})
    return activity.model_copy(update={"rounds": rounds})


class SessionMoved(CheckedChange):
    """A session starts at another time, which is fixed from now on.

    Where its activity does not foresee that time, `widen` makes it possible for this one session.
    """

    kind = "session_moved"
    label = text("Session moved", "场次改期")

    session: str
    start: Start
    widen: Flag = False
    reason: PersonalText = ""

    @property
    def moment(self) -> dt.datetime:
        """The new start as a local time without zone."""
        return read_moment(self.start)

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown session, and a start that is not possible, with those that are."""
        case = state.case
        yield from outside(case, self.moment.date())
        unknown_session = list(no_session(case, self.session))
        yield from unknown_session
        if unknown_session or self.widen:
            return
        occurrence = agenda_of(case).by_id[self.session]
        start = self.moment.replace(tzinfo=case.zone)
        if start not in occurrence.starts:
            yield text(
                "{session} cannot start at {start}: possible are {starts}. It can be made possible for this session "
                "alone (--widen)",
                "{session} 不能在 {start} 开始：可选 {starts}。如确需如此，可只为该场次放宽（--widen）",
                session=occurrence.label,
                start=start,
                starts=_near(occurrence, start) or text("none", "无"),
            )

    def made(self, state: State) -> State:
        """Fix the new start in the place of an older one."""
        kept = [p for p in state.case.pins if p.session != self.session or not self._is_about_start(p)]
        freed = with_rows(state, pins=kept)
        possible = agenda_of(freed.case).by_id[self.session].starts
        beyond = self.moment.replace(tzinfo=state.case.zone) not in possible
        pin = Pin(session=self.session, start=self.start, widens=beyond, note=self.reason)
        return with_rows(freed, pins=(*kept, pin))

    def _is_about_start(self, pin: Pin) -> bool:
        return bool(pin.start) and (not pin.absent or pin.start == self.start)

    def say(self, state: State) -> Message:
        """Say which session starts when, and why."""
        moved = text(
            "{session} starts at {start}",
            "{session} 改为 {start} 开始",
            session=session_called(state.case, self.session),
            start=self.moment,
        )
        return because(moved, self.reason)


def _near(occurrence: Occurrence, start: dt.datetime) -> tuple[object, ...]:
    nearest = sorted(occurrence.starts, key=lambda each: (abs(each - start), each))[:MOST_SHOWN]
    dots = (name("…"),) if len(occurrence.starts) > MOST_SHOWN else ()
    return (*sorted(nearest), *dots)


class OrderPlaced(CheckedChange):
    """Somebody orders a service."""

    kind = "order_placed"
    label = text("Order placed", "新增点单")

    row: Order

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown service, an id that is taken, and wishes that all lie outside the horizon."""
        yield from no_activity(state.case, self.row.service)
        yield from taken_by_series(state.case, self.row.id)
        first, last = state.case.settings.first, state.case.settings.last
        if not any(first <= day <= last for day in self.row.days):
            yield from outside(state.case, self.row.days[0])

    def made(self, state: State) -> State:
        """Put the order at the end of the table."""
        return with_rows(state, orders=(*state.case.orders, self.row))

    def say(self, state: State) -> Message:
        """Say who orders what, and for which days."""
        return text(
            "{requester} orders {service} on {days}",
            "{requester}点单：{service}，{days}",
            requester=state.case.term(self.row.requester),
            service=called(state.case, self.row.service),
            days=self.row.days,
        )


class OrderWithdrawn(CheckedChange):
    """An order is not wanted any more."""

    kind = "order_withdrawn"
    label = text("Order withdrawn", "撤回点单")

    order: Id
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown order, and one whose session was held already."""
        orders = {order.id: _order_called(state.case, order) for order in state.case.orders}
        if self.order not in orders:
            yield unknown(text("order", "点单"), self.order, orders)
            return
        yield from held_among(state, self._dropped(state))

    def made(self, state: State) -> State:
        """Drop the order, and what was pinned in its session."""
        return without_lost_sessions(state, self._dropped(state))

    def _dropped(self, state: State) -> State:
        return with_rows(state, orders=(order for order in state.case.orders if order.id != self.order))

    def say(self, state: State) -> Message:
        """Say whose order is withdrawn."""
        order = next((order for order in state.case.orders if order.id == self.order), None)
        named = _order_called(state.case, order) if order else name(self.order)
        return because(text("The order is withdrawn: {order}", "撤回点单：{order}", order=named), self.reason)


def _order_called(case: Case, order: Order) -> Message:
    service, requester = called(case, order.service), case.term(order.requester)
    if order.requester == EXTRA:
        return asked_for(service, requester)
    return text("{service} for {requester}", "{requester}的{service}", service=service, requester=requester)


def no_activity(case: Case, activity: str) -> Iterator[Message]:
    """Yield what is to be said where no activity is called so."""
    if activity not in case.activity:
        yield unknown(ACTIVITY, activity, {id_: each.label for id_, each in case.activity.items()})


def taken_by_series(case: Case, id_: str) -> Iterator[Message]:
    """Yield what is to be said where an activity or an order has this id already: ids of sessions begin with it."""
    if id_ in {*case.activity, *(order.id for order in case.orders)}:
        yield text(
            'An activity or order has the id "{id}" already; choose another',
            "编号“{id}”已用于活动项目或点单；请另选",
            id=id_,
        )
