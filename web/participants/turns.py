"""The turns of somebody as their page shows them: what is next, what was said to it, and the whole year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delivery.turns import Teller, Turn
from rota.agenda import session_label
from rota.changes.answers import reply_to, seats_of
from rota.changes.making import UNSETTLED
from rota.dates import month_name
from rota.request import Reply, Request, SeatRef, Stage
from rota.text import Language, Message, text, weekday_name
from web.participants.words import WORDS

if TYPE_CHECKING:
    from rota.document import State
    from rota.plan import Session
    from web.participants.published import Concerned, Published, Who

States = Callable[[str], "State"] | None
"""What holds now in the case of a stream; None where nobody can answer anyway."""

NEXT = 6
"""So many turns are shown in full; the others stand in the table of the year."""


@dataclass(frozen=True)
class Shown:
    """One session that concerns somebody, in words. `seats` are theirs in it, `reply` is what they said to it.

    What is `cancelled` has `ended` for them in the way that it says, though it may take place with others.
    """

    stream: str
    session: str
    begins: str
    start: dt.datetime
    end: dt.datetime
    told: Turn
    weekday: str
    month: str
    short_month: str
    seats: tuple[SeatRef, ...] = ()
    reply: Reply | None = None
    note: str = ""
    cancelled: bool = False
    ended: str = ""
    over: bool = False


@dataclass(frozen=True)
class Swap:
    """An open request to exchange two turns: what would be given and got, as the reader of the page sees it."""

    stream: str
    id: str
    theirs: bool
    agreed: bool
    gives: str
    gets: str
    other: str
    note: str


def turns(published: Published, who: Who, states: States, now: dt.datetime, language: Language) -> list[Shown]:
    """Return all sessions that concern somebody, in order of time."""
    return [_shown(each, who, states, now, language) for each in published.sessions(who)]


def _shown(each: Concerned, who: Who, states: States, now: dt.datetime, language: Language) -> Shown:
    case, stamped = each.edition.case, each.shown.stamped
    session, stream = stamped.session, case.settings.id
    start, end = (moment.astimezone(case.zone) for moment in (session.start, session.end))
    parts = session.model_copy(update={"parts": each.shown.parts})
    seats = tuple(seat for seat in seats_of(session) if states and who.serves and seat.who == who.of)
    reply = _reply(states(stream), session, seats) if states and seats else None
    return Shown(
        stream=stream,
        session=session.id,
        begins=begins(session),
        start=start,
        end=end,
        told=Teller(case, language, now.astimezone(case.zone).date()).turn(parts, who.of if who.serves else ""),
        weekday=weekday_name(start.weekday(), language),
        month=month_name(start.date(), language, with_year=True),
        short_month=month_name(start.date(), language),
        seats=() if stamped.stamp.cancelled else seats,
        reply=reply,
        note=_note(each, reply, language),
        cancelled=stamped.stamp.cancelled,
        ended=(each.shown.left.label if each.shown.left else WORDS["cancelled"]).say(language),
        over=session.end <= now,
    )


def begins(session: Session) -> str:
    """Return a start as answers keep it."""
    return f"{session.start:%Y-%m-%d %H:%M}"


def _note(each: Concerned, reply: Reply | None, language: Language) -> str:
    """Return what became of declining: nothing is looked for any more once what is published does without them."""
    if reply is not Reply.DECLINED or (each.shown.stamped.stamp.cancelled and not each.shown.left):
        return ""
    return WORDS["declined_settled" if each.shown.left else "declined_note"].say(language)


ORDER = (Reply.DECLINED, Reply.TENTATIVE, None, Reply.ACCEPTED)


def _reply(state: State, session: Session, seats: Sequence[SeatRef]) -> Reply | None:
    """Return what was said to all seats of a session; the least certain answer where they differ."""
    return min((reply_to(state, session, seat) for seat in seats), key=ORDER.index)


def swaps(published: Published, who: Who, states: States, now: dt.datetime, language: Language) -> Iterator[Swap]:
    """Yield the open requests that somebody made or is to answer."""
    for edition in published.editions if states and who.serves else ():
        stream = edition.case.settings.id
        teller = Teller(edition.case, language, now.astimezone(edition.case.zone).date())
        for request in states(stream).requests if states else ():
            theirs = request.mine.who == who.of
            asked = request.other.who == who.of
            if request.stage in UNSETTLED and (theirs or asked):
                yield _swap(stream, request, teller, edition.plan.session, theirs=theirs)


def _swap(stream: str, request: Request, teller: Teller, planned: object, *, theirs: bool) -> Swap:
    own, other = (request.mine, request.other) if theirs else (request.other, request.mine)
    said = [_seat_said(seat, teller, planned) for seat in (own, other)]
    return Swap(
        stream=stream,
        id=request.id,
        theirs=theirs,
        agreed=request.stage is Stage.AGREED,
        gives=said[0],
        gets=said[1],
        other=teller.named(other.who),
        note=request.note,
    )


def _seat_said(seat: SeatRef, teller: Teller, planned: object) -> str:
    session = planned.get(seat.session) if isinstance(planned, dict) else None
    if session is not None:
        return f"{teller.when(session)} · {teller.label(session)}"
    return session_label(teller.case, seat.session).say(teller.language)


def as_text(who: Who, shown: Sequence[Shown], language: Language) -> str:
    """Return the next turns as lines to be copied into a chat."""
    label: Message = text("Next turns of {who}", "{who} 接下来的轮值", who=who.label)
    lines = [text("{label}:", "【{label}】", label=label).say(language)]
    for turn in shown:
        mark = text("[cancelled] ", "【取消】").say(language) if turn.cancelled else ""
        pieces = (turn.told.when, turn.told.label, turn.told.where, turn.told.role)
        lines.append(mark + " · ".join(piece for piece in pieces if piece))
    if not shown:
        lines.append(text("nothing planned", "暂无安排").say(language))
    return "\n".join(lines)
