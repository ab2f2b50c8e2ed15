"""Phrases that sentences about changes share: whom, which session, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rota.agenda import session_label
from rota.text import Message, name, text

if TYPE_CHECKING:
    from rota.case import Case
    from rota.changes.seating import AnySeat


def called(case: Case, id_: str) -> Message:
    """Name something that has an id; the id itself where the case does not know it."""
    return case.label.get(id_, name(id_))


def session_called(case: Case, session: str) -> Message:
    """Name a session."""
    return session_label(case, session)


def seat_called(case: Case, seat: AnySeat) -> Message:
    """Say whose seat it is, and where."""
    return text(
        "{who} as {role} in {session}",
        "{session} 的{role} {who}",
        who=called(case, seat.who),
        role=role_called(case, seat.role),
        session=session_called(case, seat.session),
    )


def role_called(case: Case, role: str) -> Message:
    """Name a role."""
    return case.role_label.get(role, name(role))


def spell(
    first: dt.date, last: dt.date | None = None, start: dt.time | None = None, end: dt.time | None = None
) -> Message:
    """Say from when to when: days, and the hours of each where they are not all of them."""
    days = (
        text("on {first}", "{first}", first=first)
        if last in {None, first}
        else text("from {first} to {last}", "{first} 至 {last}", first=first, last=last)
    )
    if start is None and end is None:
        return days
    hours = {"start": start or dt.time(), "end": end or "24:00"}
    return text("{days} {start}-{end}", "{days} {start}–{end}", days=days, **hours)


def because(sentence: Message, reason: str | Message) -> Message:
    """Add the reason to a sentence, or a name, where there is one."""
    if not (reason.zh if isinstance(reason, Message) else reason):
        return sentence
    return text("{sentence} ({reason})", "{sentence}（{reason}）", sentence=sentence, reason=reason)


def outside(case: Case, first: dt.date, last: dt.date | None = None) -> Iterator[Message]:
    """Yield what is to be said where no day from `first` to `last` lies in the horizon."""
    begin, end = case.settings.first, case.settings.last
    if first > end or (last or first) < begin:
        yield text(
            "{day} lies outside the horizon, which goes from {first} to {last}",
            "{day} 不在排班期内（{first} 至 {last}）",
            day=first,
            first=begin,
            last=end,
        )
