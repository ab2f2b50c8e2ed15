"""Answers to turns: whoever has a seat confirms it, or says that it is not certain yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pydantic import Field

from rota.agenda import agenda_of
from rota.changes.making import CheckedChange, answered, with_rows
from rota.changes.seating import Seat, banned, no_member, no_seat, same, seat_of, several_parts, unbanned
from rota.changes.wording import because, seat_called
from rota.demand import Start
from rota.document import State
from rota.plan import Plan, Session
from rota.request import Answer, Reply, SeatRef
from rota.row import Flag, Id, OptionalId, PersonalText, read_moment
from rota.text import Message, text


class Accepted(CheckedChange):
    """Somebody confirms a seat in a session that starts at `start`, or says that it is `tentative`.

    Who declined before, and is still in the seat, takes that back by it.
    """

    kind = "accepted"
    label = text("Turn confirmed", "确认到岗")

    session: str
    role: Id
    who: Id
    part: OptionalId = ""
    start: Start = Field(min_length=1)
    tentative: Flag = False
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield unknown names, a start that the session cannot have, and a ban that was not their own doing."""
        case, seat = state.case, self._seat(state)
        unknown = [*no_seat(case, seat), *no_member(case, seat), *several_parts(case, seat)]
        yield from unknown
        if unknown:
            return
        starts = agenda_of(case).by_id[self.session].starts
        moment = read_moment(self.start).replace(tzinfo=case.zone)
        if moment not in starts:
            yield text(
                "{session} cannot start at {start}, so this answer is to an older plan",
                "{session} 不会在 {start} 开始，该答复针对的是旧安排",
                session=agenda_of(case).by_id[self.session].label,
                start=moment,
            )
        if banned(case.pins, seat) and _reply(state, seat) is not Reply.DECLINED:
            yield text(
                "The coordinator has fixed that this seat is not theirs: {seat}",
                "联络员已排除该人选：{seat}",
                seat=seat_called(case, seat),
            )

    def made(self, state: State) -> State:
        """Keep the answer in the place of an earlier one; a ban that only came from declining goes."""
        seat = self._seat(state)
        reply = Reply.TENTATIVE if self.tentative else Reply.ACCEPTED
        freed = with_rows(state, pins=unbanned(state.case.pins, seat))
        return answered(freed, Answer(**seat._asdict(), start=self.start, reply=reply))

    def _seat(self, state: State) -> Seat:
        return seat_of(state.case, self.session, self.part, self.role, self.who)

    def say(self, state: State) -> Message:
        """Say who confirms what."""
        seat = seat_called(state.case, self._seat(state))
        if self.tentative:
            return because(text("Not certain yet: {seat}", "暂不确定：{seat}", seat=seat), self.reason)
        return because(text("Confirmed: {seat}", "确认到岗：{seat}", seat=seat), self.reason)


def _reply(state: State, seat: Seat | SeatRef) -> Reply | None:
    return next((answer.reply for answer in state.answers if same(answer, seat)), None)


def reply_to(state: State, session: Session, seat: Seat | SeatRef) -> Reply | None:
    """Return what the holder of a seat in a planned session said to it; None where nothing was said that still counts.

    What was said to another start does not count, nor does declining where the ban has been lifted.
    """
    for answer in state.answers:
        if same(answer, seat):
            if answer.reply is Reply.DECLINED:
                return answer.reply if banned(state.case.pins, seat) else None
            return answer.reply if _starts_then(session, answer) else None
    return None


def seats_of(session: Session) -> Iterator[SeatRef]:
    """Yield the seats that a planned session has given away."""
    for part in session.parts:
        for role, serving in part.roles.items():
            yield from (SeatRef(session=session.id, part=part.id, role=role, who=who) for who in serving)


def answer_lines(state: State, plan: Plan) -> Iterator[Message]:
    """Say how many turns of a plan are confirmed, and which are not certain or declined; nothing before any answer."""
    said = [(seat, reply_to(state, session, seat)) for session in plan.sessions for seat in seats_of(session)]
    counted = Counter(reply for _, reply in said)
    if counted[None] == len(said):
        return
    yield text(
        "Turns confirmed: {n} of {all}; without an answer: {open}",
        "已确认 {n} 个岗位，共 {all} 个；未答复 {open} 个",
        n=counted[Reply.ACCEPTED],
        all=len(said),
        open=counted[None],
    )
    for reply in (Reply.TENTATIVE, Reply.DECLINED):
        seats = tuple(seat_called(state.case, seat) for seat, found in said if found is reply)
        if seats:
            yield text("{reply}: {seats}", "{reply}：{seats}", reply=reply, seats=seats)


def lasting(state: State, plan: Plan) -> State:
    """Return a state without the answers to seats that a plan gives to others, or has at another time.

    Declining stays, so that it can be taken back with the ban that it is.
    """
    kept = tuple(each for each in state.answers if each.reply is Reply.DECLINED or _holds(plan, each))
    return state if kept == state.answers else state.model_copy(update={"answers": kept})


def _holds(plan: Plan, answer: Answer) -> bool:
    session = plan.session.get(answer.session)
    part = session.part.get(answer.part) if session else None
    sits = part is not None and answer.who in part.roles.get(answer.role, ())
    return session is not None and sits and _starts_then(session, answer)


def _starts_then(session: Session, answer: Answer) -> bool:
    return answer.start == f"{session.start:%Y-%m-%d %H:%M}"
