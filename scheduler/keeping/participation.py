"""What a participant may do, on a page, by a letter or by mail: answer a turn, exchange it, say when one cannot come.

Everything is checked against the newest plan and is recorded as a change; what was done already is not done again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from constraints.deciding import breaches_of, rule_broken
from constraints.reading import read_rules
from rota.agenda import session_label
from rota.changes.answers import Accepted, reply_to, seats_of
from rota.changes.in_plan import exchanged_in
from rota.changes.making import UNSETTLED
from rota.changes.seating import banned, no_member, no_seat, same
from rota.changes.seats import Declined
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed, SwapWithdrawn, exchanged
from rota.changes.wording import seat_called
from rota.past import past_sessions, present
from rota.problem import RotaError
from rota.request import Reply, Request, SeatRef, Stage
from rota.text import Message, clauses, text
from scheduler.keeping.again import until_first

if TYPE_CHECKING:
    from rota.change import Change
    from rota.document import State
    from rota.plan import Plan, Session
    from scheduler.keeping.answer_links import Asked
    from scheduler.keeping.chain import Head
    from scheduler.keeping.journal import Journal

MOST_TRIED = 60
"""So many exchanges are tried, the nearest in time first."""
TRIAL = "trial"


class ParticipationError(RotaError):
    """What a participant asks for cannot be; the sentence says why, in words that they understand."""


@dataclass(frozen=True)
class Now:
    """What holds in a case at this moment: where its stream stands, its state and its newest plan."""

    head: Head
    state: State
    plan: Plan
    at: dt.datetime

    def turn(self, seat: SeatRef) -> Session:
        """Return the session in which somebody has a seat that is still to come.

        Raises:
            ParticipationError: they have not, or it has begun.
        """
        session = self.plan.session.get(seat.session)
        if session is None or not any(same(seat, held) for held in seats_of(session)):
            raise ParticipationError(
                text(
                    "This turn is not theirs any more: {seat}. The newest plan says otherwise.",
                    "该岗位已另作安排：{seat}。请以最新安排为准。",
                    seat=seat_called(self.state.case, seat),
                )
            )
        if session.start <= self.at:
            raise ParticipationError(
                text(
                    "{session} has begun already; please call the coordinator.",
                    "{session} 已开始，请直接联系联络员。",
                    session=session_label(self.state.case, session.id, session.start),
                )
            )
        return session


@dataclass(frozen=True)
class Candidate:
    """A seat for which somebody could exchange theirs without breaking a rule, and the session that it is in."""

    seat: SeatRef
    session: Session


def now_of(journal: Journal, stream: str) -> Now:
    """Return what holds in a case.

    Raises:
        ParticipationError: nothing is published.
    """
    head, state = journal.at(stream)
    newest = journal.newest(stream)
    if newest is None:
        raise ParticipationError(text("Nothing is published yet.", "尚未发布安排。"))
    return Now(head, state, journal.plan(newest.number), journal.store.clock())


def _done(journal: Journal, stream: str, actor: str, changes: Callable[[Now], Sequence[Change]]) -> bool:
    """Make the changes that are called for in what holds; where somebody is faster, look again. False where none is."""

    def attempt() -> bool:
        now = now_of(journal, stream)
        wanted = changes(now)
        if wanted:
            journal.record_all(stream, wanted, actor=actor, expected=now.head.version)
        return bool(wanted)

    return until_first(attempt)


# Answers


def answer(journal: Journal, asked: Asked, reply: Reply, *, reason: str = "", actor: str) -> bool:
    """Record what somebody says to a turn; False where they said so before.

    Raises:
        ParticipationError: the turn is not theirs, has begun, or starts at another time by now.
        ChangeError: the case does not admit it.
    """

    def changes(now: Now) -> Sequence[Change]:
        session = now.turn(asked.seat)
        if asked.start and asked.start != f"{session.start:%Y-%m-%d %H:%M}":
            raise ParticipationError(
                text(
                    "{session} was moved to {start} meanwhile; please look at the new time and answer again.",
                    "{session} 已改到 {start}，请看过新时间后重新答复。",
                    session=session_label(now.state.case, session.id),
                    start=session.start.astimezone(now.state.case.zone),
                )
            )
        if reply_to(now.state, session, asked.seat) is reply:
            return ()
        return (_answer(session, asked.seat, reply, reason),)

    return _done(journal, asked.stream, actor, changes)


def _answer(session: Session, seat: SeatRef, reply: Reply, reason: str) -> Change:
    said = {**seat.model_dump(include={"session", "part", "role", "who"}), "reason": reason}
    if reply is Reply.DECLINED:
        return Declined.model_validate(said)
    start, tentative = f"{session.start:%Y-%m-%d %H:%M}", reply is Reply.TENTATIVE
    return Accepted.model_validate({**said, "start": start, "tentative": tentative})


# Swaps


def candidates(now: Now, mine: SeatRef) -> list[Candidate]:
    """Return the seats of others in the same role for which a turn could be exchanged without breaking a rule.

    Raises:
        ParticipationError: the turn is not theirs, or has begun.
    """
    turn, state = now.turn(mine), now.state
    others = sorted(_others(now, mine), key=lambda each: (abs(each.session.start - turn.start), each.session.start))
    judged = _Judge(now)
    found = [
        each for each in others[:MOST_TRIED] if _may(state, mine, each.seat) and not judged.broken(mine, each.seat)
    ]
    return sorted(found, key=lambda each: each.session.start)


def _others(now: Now, mine: SeatRef) -> Iterator[Candidate]:
    for session in now.plan.sessions:
        if session.start > now.at and mine.who not in session.serving():
            for seat in seats_of(session):
                if seat.role == mine.role and seat.session != mine.session:
                    yield Candidate(seat, session)


def is_requested(state: State, seat: SeatRef) -> bool:
    """Tell whether an open request is about a seat."""
    open_ones = (request for request in state.requests if request.stage in UNSETTLED)
    return any(same(seat, each.mine) or same(seat, each.other) for each in open_ones)


def _may(state: State, mine: SeatRef, other: SeatRef) -> bool:
    """Tell whether both could have the other's seat at all, and nobody has asked about either.

    Confirming an exchange lifts bans from its seats, so no rule is broken by what somebody declined before.
    """
    new = exchanged(mine, other)
    if is_requested(state, mine) or is_requested(state, other) or any(banned(state.case.pins, seat) for seat in new):
        return False
    return not any((*no_seat(state.case, seat), *no_member(state.case, seat)) for seat in new)


class _Judge:
    """Says what exchanges break in the plan as it is that it does not break now."""

    def __init__(self, now: Now) -> None:
        self._state, self._plan = now.state, now.plan
        past = past_sessions(now.state.case, now.plan, present(now.state.case, now.at))
        judge = partial(breaches_of, past=past)
        self._before = tuple(judge(now.state.case, now.plan))
        self._judge = judge

    def broken(self, mine: SeatRef, other: SeatRef) -> list[Message]:
        """Return what an exchange breaks, each with the name of its rule."""
        request = Request(id=TRIAL, mine=mine, other=other, stage=Stage.AGREED)
        tried = self._state.model_copy(update={"requests": (*self._state.requests, request)})
        case, plan = SwapConfirmed(id=TRIAL).made(tried).case, exchanged_in(self._plan, mine, other)
        known, rules = {breach.message.say("en") for breach in self._before}, read_rules(case)
        return [
            text("{rule}: {breach}", "{rule}：{breach}", rule=rule_broken(rules, breach), breach=breach.message)
            for breach in self._judge(case, plan)
            if breach.message.say("en") not in known
        ]


def ask_swap(journal: Journal, stream: str, mine: SeatRef, other: SeatRef, *, note: str = "", actor: str) -> bool:
    """Ask whoever has another seat to exchange; False where that is asked already.

    Raises:
        ParticipationError: a turn is gone or has begun, somebody is banned from the seat that they would get, or the
            exchange would break a rule; it says which.
        ChangeError: the case does not admit it.
    """

    def changes(now: Now) -> Sequence[Change]:
        if any(r.stage in UNSETTLED and same(r.mine, mine) and same(r.other, other) for r in now.state.requests):
            return ()
        now.turn(mine)
        now.turn(other)
        _refuse_wrong(now, mine, other)
        return (SwapAsked(id=_request_id(now.state, mine, other), mine=mine, other=other, note=note),)

    return _done(journal, stream, actor, changes)


def _request_id(state: State, mine: SeatRef, other: SeatRef) -> str:
    """Return an id that says nothing, and is another one where the same was asked before and is settled."""
    said = "\0".join((*vars(mine).values(), *vars(other).values(), str(len(state.requests))))
    return f"swap-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _refuse_wrong(now: Now, mine: SeatRef, other: SeatRef) -> None:
    case = now.state.case
    if barred := [seat_called(case, seat) for seat in exchanged(mine, other) if banned(case.pins, seat)]:
        raise ParticipationError(
            text(
                "Nobody gets a turn by an exchange that they declined, or that was decided against: {seats}. "
                "Please call the coordinator.",
                "已谢绝或已确定不参加的岗位，不能通过互换取得：{seats}。请直接联系联络员。",
                seats=clauses(barred),
            )
        )
    broken = _Judge(now).broken(mine, other)
    if broken:
        raise ParticipationError(
            text("The exchange would break a rule: {rules}", "互换将违反规则：{rules}", rules=clauses(broken[:3]))
        )


def answer_swap(journal: Journal, stream: str, id_: str, who: str, *, agreed: bool, note: str = "", actor: str) -> bool:
    """Record that the one who was asked agrees to an exchange, or does not; False where they said so before.

    Raises:
        ParticipationError: they were not asked, it is settled, a turn is gone, somebody is banned from the seat that
            they would get, or the exchange would break a rule.
    """

    def changes(now: Now) -> Sequence[Change]:
        request = _request(now.state, id_, lambda request: request.other.who == who)
        if request.stage is (Stage.AGREED if agreed else Stage.REFUSED):
            return ()
        if agreed:
            now.turn(request.mine)
            now.turn(request.other)
            _refuse_wrong(now, request.mine, request.other)
        return (SwapAnswered(id=id_, agreed=agreed, note=note),)

    return _done(journal, stream, actor, changes)


def withdraw_swap(journal: Journal, stream: str, id_: str, who: str, *, actor: str) -> bool:
    """Take back what somebody asked for; False where it is taken back already.

    Raises:
        ParticipationError: they did not ask for it, or it is settled.
    """

    def changes(now: Now) -> Sequence[Change]:
        request = _request(now.state, id_, lambda request: request.mine.who == who)
        return () if request.stage is Stage.WITHDRAWN else (SwapWithdrawn(id=id_),)

    return _done(journal, stream, actor, changes)


def _request(state: State, id_: str, theirs: Callable[[Request], bool]) -> Request:
    request = state.request(id_)
    if request is None or not theirs(request):
        raise ParticipationError(text("There is no such request any more.", "该请求已不存在。"))
    return request


# Times


def record_times(journal: Journal, stream: str, wanted: Callable[[State], Iterable[Change]], *, actor: str) -> bool:
    """Record what somebody says about their times; `wanted` says which changes are called for in a state.

    Raises:
        ChangeError: they cannot be made.
    """
    return _done(journal, stream, actor, lambda now: tuple(wanted(now.state)))
