"""Turns: a session as one recipient is told of it, with what it was before, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rota.activity import ROLE_NAMES
from rota.agenda import agenda_of
from rota.case import Case
from rota.dates import full_day, short_day
from rota.order import asked_for
from rota.plain import one_line
from rota.plan import Plan, PlanPart, Session
from rota.text import Language, Message, name, said, text, weekday_name

What = Literal["same", "new", "changed", "gone", "cancelled"]


@dataclass(frozen=True)
class Turn:
    """One session in words. Of what changed, `was_…` says what it was; it is empty where nothing changed.

    `roles` holds the codes of the roles, for a template to choose its words by; `seats` says who took whose seat.
    `confirm` and `decline` are the addresses at which it is answered, where a letter is about several turns.
    """

    what: What
    label: str
    start: str
    when: str
    where: str
    address: str = ""
    line: str = ""
    role: str = ""
    roles: tuple[str, ...] = ()
    with_others: tuple[str, ...] = ()
    was_when: str = ""
    was_where: str = ""
    was_line: str = ""
    was_role: str = ""
    seats: tuple[str, ...] = ()
    confirm: str = ""
    decline: str = ""


def at(moment: dt.datetime, today: dt.date, language: Language) -> str:
    """Say a moment: `5月13日（周六）09:30`, `Sat 13 May, 09:30`; the year where it is not this one."""
    return on(moment.date(), today, language) + ("" if language == "zh" else ", ") + f"{moment:%H:%M}"


def on(day: dt.date, today: dt.date, language: Language) -> str:
    """Say a day: `5月13日（周六）`, `Sat 13 May`; the year where it is not this one."""
    spoken = short_day(day, language) if day.year == today.year else full_day(day, language)
    weekday = weekday_name(day.weekday(), language)
    return f"{spoken}（{weekday}）" if language == "zh" else f"{weekday} {spoken}"


class Teller:
    """Tells of the sessions of plans in one language. Names that the case no longer knows come from an earlier one."""

    def __init__(self, case: Case, language: Language, today: dt.date, earlier: Case | None = None) -> None:
        self.case = case
        self.language = language
        self.today = today
        self._cases = (case, earlier) if earlier else (case,)

    def named(self, identifier: str) -> str:
        """Return the name of anything that has an id; something that was removed is called that, never by its id."""
        found = next((case.label[identifier] for case in self._cases if identifier in case.label), _REMOVED)
        return one_line(found.say(self.language))

    def role(self, role: str) -> str:
        """Return the name of a role."""
        found = next((case.role_label[role] for case in self._cases if role in case.role_label), None)
        return one_line((found or ROLE_NAMES.get(role) or _REMOVED).say(self.language))

    def label(self, session: Session) -> str:
        """Return what a session is called: its activity, and who ordered it."""
        for case in self._cases:
            occurrence = agenda_of(case).by_id.get(session.id)
            if occurrence is not None and occurrence.requester is not None:
                return self.say(asked_for(occurrence.activity.label, occurrence.requester))
        return self.named(session.activity)

    def start(self, session: Session) -> str:
        """Say when a session begins."""
        return at(session.start.astimezone(self.case.zone), self.today, self.language)

    def when(self, session: Session) -> str:
        """Say when a session begins and ends."""
        start, end = session.start.astimezone(self.case.zone), session.end.astimezone(self.case.zone)
        if start.date() == end.date():
            return f"{at(start, self.today, self.language)}–{end:%H:%M}"
        return f"{at(start, self.today, self.language)} – {at(end, self.today, self.language)}"

    def where(self, session: Session, parts: Iterable[PlanPart]) -> str:
        """Say where parts of a session are: the site, and the rooms where there are any."""
        rooms = [self.named(room) for room in dict.fromkeys(part.room for part in parts) if room]
        site = self.named(session.site)
        if not rooms:
            return site
        return f"{site}{' ' if self.language == 'zh' else ', '}{self.listed(rooms)}"

    def address(self, session: Session) -> str:
        """Return the address of the site."""
        site = next((case.site[session.site] for case in self._cases if session.site in case.site), None)
        return one_line(name(site.address, site.address_en).say(self.language)) if site else ""

    def lines(self, parts: Iterable[PlanPart]) -> str:
        """Name the service lines of parts, each once."""
        found = dict.fromkeys(part.line for part in parts if part.line)
        return self.listed(self.named(line) for line in found)

    def listed(self, phrases: Iterable[str]) -> str:
        """Join phrases as the language does."""
        return said(tuple(phrases), self.language)

    def say(self, message: Message) -> str:
        """Say a message on one line."""
        return one_line(message.say(self.language))

    def turn(self, session: Session, who: str, what: What = "same") -> Turn:
        """Tell of a session as it is for one who serves in it; for anybody else, of all its parts."""
        parts = _parts(session, who)
        roles = tuple(_roles(parts, who))
        return Turn(
            what=what,
            label=self.label(session),
            start=self.start(session),
            when=self.when(session),
            where=self.where(session, parts),
            address=self.address(session),
            line=self.lines(parts),
            role=self.listed(self.role(role) for role in roles),
            roles=roles,
            with_others=tuple(self._others(parts, who)),
        )

    def change(self, before: Session | None, after: Session | None, who: str) -> Turn | None:
        """Tell how a session changed for one who serves, or served, in it; None where it did not concern them."""
        was = before if before and serves(before, who) else None
        now = after if after and serves(after, who) else None
        if now and was:
            return self._changed(was, now, who)
        if now:
            return self.turn(now, who, "new")
        if was:
            return self.turn(was, who, "gone" if after else "cancelled")
        return None

    def difference(self, before: Session | None, after: Session | None) -> Turn:
        """Tell how a session changed, for whoever is to judge the whole of it."""
        if before and after:
            return self._changed(before, after, "")
        session = after or before
        assert session is not None  # noqa: S101 - a difference is one of something
        return self.turn(session, "", "new" if after else "cancelled")

    def _changed(self, before: Session, after: Session, who: str) -> Turn:
        was, now = self.turn(before, who), self.turn(after, who)
        told = ("when", "where", "line", "role")
        earlier = {f"was_{each}": vars(was)[each] for each in told if vars(was)[each] != vars(now)[each]}
        seats = tuple(self._seats(before, after)) if not who else ()
        return replace(now, what="changed" if earlier or seats else "same", **earlier, seats=seats)

    def _seats(self, before: Session, after: Session) -> Iterator[str]:
        """Say role by role who came and who went."""
        for role in dict.fromkeys(role for session in (before, after) for part in session.parts for role in part.roles):
            old, new = before.serving(role), after.serving(role)
            left, came = [w for w in old if w not in new], [w for w in new if w not in old]
            if left or came:
                yield self.say(_seat_change(self.role(role), self._nobody_or(left), self._nobody_or(came)))

    def _nobody_or(self, who: list[str]) -> Message:
        return name(self.listed(map(self.named, who))) if who else text("nobody", "无")

    def _others(self, parts: Iterable[PlanPart], who: str) -> Iterator[str]:
        seated: dict[str, dict[str, None]] = {}
        for part in parts:
            for role, holders in part.roles.items():
                seated.setdefault(role, {}).update(dict.fromkeys(h for h in holders if h != who))
        for role, others in seated.items():
            if others:
                names = self.listed(map(self.named, others))
                yield self.say(text("{role}: {names}", "{role}：{names}", role=self.role(role), names=names))


_REMOVED = text("(removed since)", "（已撤销）")


def _seat_change(role: str, left: Message, came: Message) -> Message:
    return text("{role}: {left} → {came}", "{role}：{left} → {came}", role=role, left=left, came=came)


def serves(session: Session, who: str) -> bool:
    """Tell whether somebody serves in a session, or is the site of it."""
    return who in session.serving() or who == session.site


Pair = tuple[Session | None, Session | None]
"""A session as it was and as it is."""


def in_both(before: Plan | None, after: Plan, sessions: Iterable[str]) -> list[Pair]:
    """Return sessions as they were and are, in order of time; those that neither plan has are left out."""
    pairs = [((before.session.get(s) if before else None), after.session.get(s)) for s in dict.fromkeys(sessions)]
    return sorted((pair for pair in pairs if any(pair)), key=_start)


def _start(pair: Pair) -> tuple[dt.datetime, str]:
    session = pair[1] or pair[0]
    assert session is not None  # noqa: S101 - one of the two is there
    return session.start, session.id


def _parts(session: Session, who: str) -> tuple[PlanPart, ...]:
    mine = tuple(part for part in session.parts if any(who in seated for seated in part.roles.values()))
    return mine or session.parts


def _roles(parts: Iterable[PlanPart], who: str) -> Iterator[str]:
    yield from dict.fromkeys(role for part in parts for role, seated in part.roles.items() if who in seated)
