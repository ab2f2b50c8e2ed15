"""Two who exchange their seats: one asks, the other answers, the coordinator confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar

from rota.changes.making import UNSETTLED, Body, CheckedChange, replaced, unknown, with_rows, withdrawn_where
from rota.changes.seating import no_member, no_seat, same, seat_left, seat_taken
from rota.changes.wording import because, seat_called
from rota.document import State
from rota.request import Request, SeatRef, Stage
from rota.row import Flag, Id, PersonalText
from rota.text import Message, name, text

REQUEST = text("request", "请求")


class SwapAsked(CheckedChange):
    """The holder of the seat `mine` asks the holder of `other` to exchange."""

    kind = "swap_asked"
    label = text("Swap asked for", "提出换班")

    id: Id
    mine: SeatRef
    other: SeatRef
    note: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield an id that is taken, unknown names, and an exchange that cannot be or changes nothing."""
        if state.request(self.id):
            yield text('There is a request "{id}" already', "已有编号为“{id}”的请求", id=self.id)
        if self.mine.who == self.other.who or self.mine == self.other:
            yield text("An exchange needs two who serve, and two seats", "换班需要两方和两个岗位")
        for seat in self._all_seats:
            yield from no_seat(state.case, seat)
            yield from no_member(state.case, seat)
        for request in state.requests:
            if request.stage in UNSETTLED and any(
                same(a, b) for a in self._seats for b in (request.mine, request.other)
            ):
                yield text(
                    "There is an open request about this already: {request}",
                    "已有未处理的相关请求：{request}",
                    request=_called(state, request),
                )

    @property
    def _seats(self) -> tuple[SeatRef, ...]:
        return self.mine, self.other

    @property
    def _all_seats(self) -> tuple[SeatRef, ...]:
        return *self._seats, *exchanged(self.mine, self.other)

    def made(self, state: State) -> State:
        """Keep the request."""
        request = Request(id=self.id, mine=self.mine, other=self.other, note=self.note)
        return state.model_copy(update={"requests": (*state.requests, request)})

    def say(self, state: State) -> Message:
        """Say who wants to exchange what with whom."""
        mine, other = seat_called(state.case, self.mine), seat_called(state.case, self.other)
        return because(text("Swap asked for: {a}, with {b}", "提出换班：{a}，与{b}", a=mine, b=other), self.note)


def exchanged(mine: SeatRef, other: SeatRef) -> tuple[SeatRef, SeatRef]:
    """Return the two seats as they are taken after the exchange."""
    return mine.model_copy(update={"who": other.who}), other.model_copy(update={"who": mine.who})


class _OfRequest(CheckedChange):
    """A step of a request that was made; `id` is the request's."""

    id: Id

    def against(self, state: State) -> Iterator[Message]:
        """Yield an unknown request, and one that is settled."""
        request = state.request(self.id)
        if request is None:
            named = {each.id: _called(state, each) for each in state.requests if each.stage in UNSETTLED}
            yield unknown(REQUEST, self.id, named)
        elif request.stage not in UNSETTLED:
            yield text(
                "The request is settled: {request} was {stage}",
                "该请求已处理：{request}（{stage}）",
                request=_called(state, request),
                stage=request.stage,
            )

    def _of(self, state: State) -> Request:
        return next(request for request in state.requests if request.id == self.id)

    def _staged(self, state: State, stage: Stage) -> State:
        return replaced(state, self._of(state).model_copy(update={"stage": stage}))

    def _called(self, state: State) -> Message:
        request = state.request(self.id)
        return _called(state, request) if request else name(self.id)


class SwapAnswered(_OfRequest):
    """The one who was asked agrees, or does not."""

    kind = "swap_answered"
    label = text("Swap answered", "答复换班")

    agreed: Flag
    note: PersonalText = ""

    def made(self, state: State) -> State:
        """Keep the answer."""
        return self._staged(state, Stage.AGREED if self.agreed else Stage.REFUSED)

    def say(self, state: State) -> Message:
        """Say what was answered."""
        said = {"request": self._called(state)}
        if self.agreed:
            return because(text("Agreed to: {request}", "同意：{request}", **said), self.note)
        return because(text("Refused: {request}", "不同意：{request}", **said), self.note)


class SwapConfirmed(_OfRequest):
    """It is confirmed that both agree: each is fixed out of the old seat and into the new one.

    A coordinator may confirm it `without_answer` of the one who was asked.
    """

    kind = "swap_confirmed"
    version = 2
    label = text("Swap confirmed", "确认换班")
    upcasts: ClassVar[Mapping[int, Callable[[Body], Body]]] = {1: lambda body: {**body, "without_answer": False}}

    without_answer: Flag = False

    def against(self, state: State) -> Iterator[Message]:
        """Yield what stands against any step, an answer that is lacking, and seats that have gone in the meantime."""
        yield from super().against(state)
        request = state.request(self.id)
        if request and request.stage is Stage.ASKED and not self.without_answer:
            yield text(
                "The other side has not answered yet: {request}. Note the answer first "
                "(`rota change swap_answered {id} yes`), or confirm with --without-answer",
                "对方尚未答复：{request}。请先登记答复（`rota change swap_answered {id} 是`），"
                "或加 --without-answer 确认",
                request=_called(state, request),
                id=self.id,
            )
        for seat in (request.mine, request.other, *exchanged(request.mine, request.other)) if request else ():
            yield from no_seat(state.case, seat)
            yield from no_member(state.case, seat)

    def made(self, state: State) -> State:
        """Fix both seats, and withdraw what else was asked about the old ones."""
        request = self._of(state)
        pins = state.case.pins
        for old in (request.mine, request.other):
            pins = seat_left(pins, old)
        for new in exchanged(request.mine, request.other):
            pins = seat_taken(pins, new)
        confirmed = with_rows(self._staged(state, Stage.CONFIRMED), pins=pins)
        return withdrawn_where(confirmed, lambda seat: same(seat, request.mine) or same(seat, request.other))

    def say(self, state: State) -> Message:
        """Say what is confirmed, and whether there was an answer."""
        if self.without_answer:
            return text(
                "Confirmed without an answer: {request}", "未经答复确认：{request}", request=self._called(state)
            )
        return text("Confirmed: {request}", "确认：{request}", request=self._called(state))


class SwapWithdrawn(_OfRequest):
    """The one who asked does not want it any more."""

    kind = "swap_withdrawn"
    label = text("Swap withdrawn", "撤回换班")

    def made(self, state: State) -> State:
        """Keep that it was withdrawn."""
        return self._staged(state, Stage.WITHDRAWN)

    def say(self, state: State) -> Message:
        """Say what is withdrawn."""
        return text("Withdrawn: {request}", "撤回：{request}", request=self._called(state))


def request_lines(state: State) -> Iterator[Message]:
    """Say each request that is open, with its id, by which it is answered, and how far it has come."""
    for request in state.requests:
        if request.stage in UNSETTLED:
            yield text(
                "Request {id}, {stage}: {request}",
                "请求 {id}（{stage}）：{request}",
                id=request.id,
                stage=request.stage,
                request=_called(state, request),
            )


def _called(state: State, request: Request) -> Message:
    return text(
        "{a} <-> {b}",
        "{a} 与 {b} 互换",
        a=seat_called(state.case, request.mine),
        b=seat_called(state.case, request.other),
    )
