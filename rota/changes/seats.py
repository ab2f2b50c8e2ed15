"""Decisions by hand: a room, who sits where, what is fixed, what is free again, and who declines."""

from __future__ import annotations

from collections.abc import Iterator

from rota.agenda import agenda_of
from rota.case import Case
from rota.changes.making import (
    CheckedChange,
    answered,
    no_resource,
    no_session,
    unknown,
    with_rows,
    withdrawn_where,
)
from rota.changes.seating import Seat, no_member, no_seat, same, seat_left, seat_of, seat_taken, several_parts
from rota.changes.wording import because, called, role_called, seat_called, session_called
from rota.demand import Pin
from rota.document import State
from rota.request import Answer, Reply
from rota.row import Id, OptionalId, PersonalText
from rota.text import Message, text


class RoomSet(CheckedChange):
    """A part of a session takes place in a certain room."""

    kind = "room_set"
    label = text("Room set by hand", "指定场地")

    session: str
    room: Id
    part: OptionalId = ""
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, a part that is not said, and a room that the part cannot take."""
        case = state.case
        if self.room not in case.room:
            yield unknown(text("room", "场地"), self.room, {id_: room.label for id_, room in case.room.items()})
        yield from no_session(case, self.session)
        occurrence = agenda_of(case).by_id.get(self.session)
        if occurrence is None:
            return
        parts = [part for part in occurrence.parts if part.needs_room and self.part in {"", part.id}]
        said = {"session": occurrence.label, "parts": tuple(part.id for part in occurrence.parts)}
        if not parts:
            yield text(
                "{session} has no part that this room could be for; its parts are {parts}",
                "{session} 没有可用该场地的分场；分场有 {parts}",
                **said,
            )
        elif len(parts) > 1:
            yield text(
                "{session} has several parts; say which: {parts}", "{session} 有多个分场，请写明：{parts}", **said
            )
        elif self.room in case.room and self.room not in parts[0].rooms:
            yield text(
                "{session} cannot take place in {room}: possible are {rooms}",
                "{session} 不能安排在 {room}：可选 {rooms}",
                session=occurrence.label,
                room=case.room[self.room].label,
                rooms=tuple(case.room[room].label for room in parts[0].rooms) or text("none", "无"),
            )

    def made(self, state: State) -> State:
        """Fix the room in the place of another one."""
        occurrence = agenda_of(state.case).by_id[self.session]
        part = self.part or next(each.id for each in occurrence.parts if each.needs_room)
        kept = (p for p in state.case.pins if not self._is_about_room(p, part))
        pin = Pin(session=self.session, part=part, room=self.room, note=self.reason)
        return with_rows(state, pins=(*kept, pin))

    def _is_about_room(self, pin: Pin, part: str) -> bool:
        same_place = pin.session == self.session and pin.part in {"", part}
        return same_place and bool(pin.room) and (not pin.absent or pin.room == self.room)

    def say(self, state: State) -> Message:
        """Say which session takes place where."""
        said = {"session": session_called(state.case, self.session), "room": called(state.case, self.room)}
        return because(text("{session} takes place in {room}", "{session} 安排在 {room}", **said), self.reason)


class SeatSet(CheckedChange):
    """Somebody serves in a role of a session; `instead_of` somebody who then does not."""

    kind = "seat_set"
    label = text("Seat set by hand", "指定人选")

    session: str
    role: Id
    who: Id
    part: OptionalId = ""
    instead_of: OptionalId = ""
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, who is no candidate or no member, and that all seats are fixed already."""
        case = state.case
        seat = seat_of(case, self.session, self.part, self.role, self.who)
        yield from no_seat(case, seat)
        yield from no_member(case, seat)
        if self.instead_of:
            yield from no_resource(case, self.instead_of)
        if self.instead_of == self.who:
            yield text("Somebody cannot take their own place", "不能由本人替换本人")
        yield from several_parts(case, seat)
        yield from self._all_fixed(case, seat)

    def _all_fixed(self, case: Case, seat: Seat) -> Iterator[Message]:
        frames = [each for o, part, each in agenda_of(case).seats_of(self.role) if (o.id, part.id) == seat[:2]]
        fixed = {
            pin.resource: None
            for pin in case.pins
            if not pin.absent and (pin.session, pin.part, pin.role) == seat[:3] and pin.resource not in self._moving
        }
        if frames and len(fixed) >= frames[0].role.most:
            yield text(
                "Every seat of {role} in {session} is fixed already: {who}. Say whom {new} replaces",
                "{session} 的{role}均已锁定：{who}。请写明 {new} 替换谁",
                role=role_called(case, self.role),
                session=session_called(case, self.session),
                who=tuple(called(case, who) for who in fixed),
                new=called(case, self.who),
            )

    @property
    def _moving(self) -> set[str]:
        return {self.who, self.instead_of}

    def made(self, state: State) -> State:
        """Fix who takes the seat, and that the other one does not."""
        case = state.case
        seat = seat_of(case, self.session, self.part, self.role, self.who)
        pins = seat_taken(case.pins, seat, note=self.reason)
        if not self.instead_of:
            return with_rows(state, pins=pins)
        old = seat._replace(who=self.instead_of)
        return withdrawn_where(with_rows(state, pins=seat_left(pins, old)), lambda asked: same(asked, old))

    def say(self, state: State) -> Message:
        """Say who serves where, and instead of whom."""
        case = state.case
        seat = seat_called(case, seat_of(case, self.session, self.part, self.role, self.who))
        if self.instead_of:
            instead = called(case, self.instead_of)
            seat = text("{seat} instead of {other}", "{seat}（替换 {other}）", seat=seat, other=instead)
        return because(text("Set by hand: {seat}", "指定：{seat}", seat=seat), self.reason)


class Declined(CheckedChange):
    """Somebody will not serve in a role of a session."""

    kind = "declined"
    label = text("Declined", "谢绝")

    session: str
    role: Id
    who: Id
    part: OptionalId = ""
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, and who could not have served there anyway."""
        yield from no_seat(state.case, seat_of(state.case, self.session, self.part, self.role, self.who))

    def made(self, state: State) -> State:
        """Ban them from the seat and keep the answer; what was asked about the seat is withdrawn."""
        seat = seat_of(state.case, self.session, self.part, self.role, self.who)
        banned = with_rows(state, pins=seat_left(state.case.pins, seat, note=self.reason))
        after = withdrawn_where(banned, lambda asked: same(asked, seat))
        return answered(after, Answer(**seat._asdict(), reply=Reply.DECLINED)) if seat.part else after

    def say(self, state: State) -> Message:
        """Say who declines what, and why."""
        seat = seat_of(state.case, self.session, self.part, self.role, self.who)
        return because(text("Declined: {seat}", "谢绝：{seat}", seat=seat_called(state.case, seat)), self.reason)


class Pinned(CheckedChange):
    """Something is fixed by hand, or banned: one row of the pins."""

    kind = "pinned"
    label = text("Pinned", "锁定")

    pin: Pin

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, who is no candidate, what is fixed already and what the pin contradicts."""
        case, pin = state.case, self.pin
        if pin.room and pin.room not in case.room:
            yield unknown(text("room", "场地"), pin.room, {id_: room.label for id_, room in case.room.items()})
        if pin.resource:
            seat = Seat(pin.session, pin.part, pin.role, pin.resource)
            yield from no_seat(case, seat)
            yield from () if pin.absent else no_member(case, seat)
        else:
            yield from no_session(case, pin.session)
        for other in case.pins:
            if _bare(other) == _bare(pin):
                yield text("It is fixed so already: {pin}", "已这样锁定：{pin}", pin=pin_called(case, pin))
            elif _bare(other) == _bare(pin.model_copy(update={"absent": not pin.absent})):
                yield text(
                    "It contradicts what is fixed: {pin}. Unpin that first",
                    "与已有锁定相反：{pin}。请先解除该锁定",
                    pin=pin_called(case, other),
                )

    def made(self, state: State) -> State:
        """Put the pin at the end of the table."""
        return with_rows(state, pins=(*state.case.pins, self.pin))

    def say(self, state: State) -> Message:
        """Say what is fixed."""
        return because(text("Fixed: {pin}", "锁定：{pin}", pin=pin_called(state.case, self.pin)), self.pin.note)


class Unpinned(CheckedChange):
    """What was fixed in a session is free again: everything, or what is about one part, role or person."""

    kind = "unpinned"
    label = text("Unpinned", "解除锁定")

    session: str
    part: OptionalId = ""
    role: OptionalId = ""
    who: OptionalId = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown session, and that nothing of this is fixed."""
        unknown_session = list(no_session(state.case, self.session))
        yield from unknown_session
        if not unknown_session and not any(self._is_meant(pin) for pin in state.case.pins):
            yield text(
                "Nothing of this is fixed in {session}",
                "{session} 没有相应的锁定",
                session=session_called(state.case, self.session),
            )

    def _is_meant(self, pin: Pin) -> bool:
        said = ((self.part, pin.part), (self.role, pin.role), (self.who, pin.resource))
        return pin.session == self.session and all(wanted in {"", found} for wanted, found in said)

    def made(self, state: State) -> State:
        """Drop the pins."""
        return with_rows(state, pins=(pin for pin in state.case.pins if not self._is_meant(pin)))

    def say(self, state: State) -> Message:
        """Say what is free again."""
        freed = tuple(pin_called(state.case, pin) for pin in state.case.pins if self._is_meant(pin))
        return text("Free again: {pins}", "解除锁定：{pins}", pins=freed or session_called(state.case, self.session))


def _bare(pin: Pin) -> Pin:
    return pin.model_copy(update={"note": ""})


def pin_called(case: Case, pin: Pin) -> Message:
    """Say a pin in a few words."""
    what = text("{session} takes place", "{session} 举办", session=session_called(case, pin.session))
    if pin.start:
        said = {"session": session_called(case, pin.session), "start": pin.at()}
        what = text("{session} at {start}", "{session} 于 {start} 开始", **said)
    elif pin.room:
        said = {"session": session_called(case, pin.session), "room": called(case, pin.room)}
        what = text("{session} in {room}", "{session} 在 {room}", **said)
    elif pin.resource:
        what = seat_called(case, Seat(pin.session, pin.part, pin.role, pin.resource))
    return text("not {what}", "禁止 {what}", what=what) if pin.absent else what
