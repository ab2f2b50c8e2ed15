"""Letters: for each occasion, what a template is given to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from delivery.channel import Recipient
from delivery.turns import Teller, Turn, in_both, on, serves
from rota.case import Case
from rota.dates import period
from rota.difference import affected, difference
from rota.facts import Contact
from rota.plain import one_line
from rota.plan import Plan, Session
from rota.request import Request, SeatRef, Stage
from rota.row import Named
from rota.text import Language, Message, text

SOON = 12 * 3600
"""Less than so many seconds ahead on the same day, hours are counted."""
Values = Mapping[str, object]


@dataclass(frozen=True)
class Draft:
    """A letter to be: the name of its template, its language, and what the template is given."""

    template: str
    language: Language
    values: Values


@dataclass(frozen=True)
class Envelope:
    """What all letters to one recipient need.

    `who` is the unit, person, equipment or site that the letter is about, `to` the contact who reads it. `ask` is whom
    to ask; else a contact of the site in question. `link` leads to the plan; else the address in the case's settings.
    `earlier` is an older case, which still knows the names of what was removed. `confirm` and `decline` are addresses
    at which the turn that the letter is about is answered.
    """

    case: Case
    who: str
    to: Recipient
    today: dt.date
    ask: Contact | None = None
    link: str | None = None
    earlier: Case | None = None
    confirm: str = ""
    decline: str = ""

    @property
    def teller(self) -> Teller:
        """Tells of sessions in the recipient's language."""
        return Teller(self.case, self.to.language, self.today, self.earlier)

    def draft(self, template: str, sites: Iterable[str] = (), **values: object) -> Draft:
        """Return the draft of a letter, with what all letters say."""
        common: dict[str, object] = {
            "name": one_line(self.to.name),
            "who": self._who(),
            "person": self.who in {person.id for person in self.case.people},
            "alliance": self._alliance(),
            "ask": self._ask(sites),
            "link": one_line(self.case.settings.url if self.link is None else self.link),
            "confirm": self.confirm,
            "decline": self.decline,
        }
        return Draft(template, self.to.language, common | values)

    def _who(self) -> str:
        return self.teller.named(self.who) if self.who else ""

    def _alliance(self) -> str:
        settings = self.case.settings
        english = settings.alliance_en or settings.title_en or settings.alliance or settings.title
        return one_line(settings.alliance or settings.title if self.to.language == "zh" else english)

    def _ask(self, sites: Iterable[str]) -> str:
        contacts = {contact.of: contact for contact in reversed(self.case.contacts)}
        contact = self.ask or next((contacts[site] for site in sites if site in contacts), None)
        return one_line(reached(contact).say(self.to.language)) if contact else ""


def reached(contact: Contact) -> Message:
    """Say who somebody is and how to reach them."""
    ways = [text("phone {phone}", "电话 {phone}", phone=contact.phone)] if contact.phone else []
    ways += [text("e-mail {email}", "邮箱 {email}", email=contact.email)] if contact.email else []
    if not ways:
        return text("{name}", "{name}", name=contact.name)
    joined = Message(", ".join(way.en for way in ways), "，".join(way.zh for way in ways), _params(ways))
    return text("{name} ({ways})", "{name}（{ways}）", name=contact.name, ways=joined)


def _params(messages: Iterable[Message]) -> dict[str, object]:
    return {name: value for message in messages for name, value in message.params.items()}


@dataclass(frozen=True)
class Asked:
    """Where turns are confirmed and declined: two addresses by session; `paged` if more can be answered on a page."""

    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    paged: bool = False

    def about(self, turn: Turn, session: Session | None) -> Turn:
        """Return a turn with its addresses, where it has any."""
        confirm, decline = self.links.get(session.id if session else "", ("", ""))
        return replace(turn, confirm=confirm, decline=decline)


def notice(
    envelope: Envelope, before: Plan | None, after: Plan, sessions: Iterable[str], asked: Asked | None = None
) -> Draft:
    """Tell one of those affected what changed for them; without an earlier plan, all that they have."""
    teller, pairs, asked = envelope.teller, in_both(before, after, sessions), asked or Asked()
    turns = [asked.about(turn, now) for was, now in pairs if (turn := teller.change(was, now, envelope.who))]
    sites = [session.site for pair in pairs for session in reversed(pair) if session]
    return envelope.draft("notice", sites, turns=tuple(turns), first=before is None, paged=asked.paged)


def reminder(envelope: Envelope, session: Session, now: dt.datetime) -> Draft:
    """Remind somebody of a session, in words that fit how far off it is and their role."""
    teller = envelope.teller
    start = session.start.astimezone(envelope.case.zone)
    days = (start.date() - now.astimezone(envelope.case.zone).date()).days
    ahead = _ahead(days, round((start - now).total_seconds()))
    turn = teller.turn(session, envelope.who)
    return envelope.draft("reminder", [session.site], turn=turn, ahead=teller.say(ahead), days=days)


def _ahead(days: int, seconds: int) -> Message:
    hours = max(1, round(seconds / 3600))
    if days <= 0 and seconds < SOON:
        return text("in {n} hours", "{n} 小时后", n=hours) if hours > 1 else text("in one hour", "1 小时后")
    if days <= 0:
        return text("today", "今天")
    return text("tomorrow", "明天") if days == 1 else text("in {n} days", "{n} 天后", n=days)


def invitation(
    envelope: Envelope, session: Session, *, gone: bool = False, was: Session | None = None, calendar: bool = True
) -> Draft:
    """Invite somebody to a session in which they serve, say what changed since it `was` as they know it, or take back.

    No notice says the same to those who are invited, so this letter says all of it. Only a `calendar` that goes with it
    can be answered in programs.
    """
    teller = envelope.teller
    changed = teller.change(was, session, envelope.who) if was and not gone else None
    turn = changed or teller.turn(session, envelope.who, "gone" if gone else "same")
    return envelope.draft("invitation", [session.site], turn=turn, gone=gone, calendar=calendar)


def returned(envelope: Envelope, session: Session, why: str) -> Draft:
    """Tell somebody that their answer to an invitation does not count; `why` is a code."""
    turn = envelope.teller.turn(session, envelope.who)
    return envelope.draft("returned", [session.site], turn=turn, why=why)


def swap_asked(envelope: Envelope, plan: Plan, request: Request) -> Draft:
    """Ask the holder of a seat whether they would exchange it."""
    return _swap(envelope, plan, request, "swap_asked")


def swap_answered(envelope: Envelope, plan: Plan, request: Request) -> Draft:
    """Tell who asked for a swap what the other said."""
    return _swap(envelope, plan, request, "swap_answered", agreed=request.stage is not Stage.REFUSED)


def swap_confirmed(envelope: Envelope, plan: Plan, request: Request) -> Draft:
    """Tell one of the two that the swap holds; `plan` is the one before it."""
    return _swap(envelope, plan, request, "swap_confirmed")


def _swap(envelope: Envelope, plan: Plan, request: Request, template: str, **more: object) -> Draft:
    """Fill what letters about swaps say: `yours` is the recipient's seat, `theirs` the other's."""
    own = request.other if envelope.who == request.other.who else request.mine
    other = request.mine if own is request.other else request.other
    teller = envelope.teller
    yours, theirs = _seat(teller, plan, own), _seat(teller, plan, other)
    sites = [plan.session[seat.session].site for seat in (own, other) if seat.session in plan.session]
    partner = teller.named(other.who)
    return envelope.draft(template, sites, yours=yours, theirs=theirs, partner=partner, note=request.note, **more)


def _seat(teller: Teller, plan: Plan, seat: SeatRef) -> Turn:
    """Tell of one seat alone, whatever else its holder does in the session."""
    session = plan.session[seat.session]
    parts = tuple(
        part.model_copy(update={"roles": {seat.role: (seat.who,)}}) for part in session.parts if part.id == seat.part
    )
    return teller.turn(session.model_copy(update={"parts": parts or session.parts}), seat.who)


def availability(envelope: Envelope, deadline: dt.date | None) -> Draft:
    """Ask when somebody can and cannot serve in the case's horizon."""
    settings = envelope.case.settings
    language = envelope.to.language
    return envelope.draft(
        "availability",
        title=one_line(settings.label.say(language)),
        period=period(settings.first, settings.last, language),
        deadline=on(deadline, envelope.today, language) if deadline else "",
    )


def digest(envelope: Envelope, plan: Plan, first: dt.date, days: int = 7) -> Draft | None:
    """Sum up the turns of some days for one who serves, or for a site; None where there are none."""
    zone, last = envelope.case.zone, first + dt.timedelta(days=days - 1)
    found = sorted(
        (s for s in plan.sessions if serves(s, envelope.who) and first <= s.start.astimezone(zone).date() <= last),
        key=lambda s: (s.start, s.id),
    )
    if not found:
        return None
    teller = envelope.teller
    turns = tuple(teller.turn(session, envelope.who) for session in found)
    said = (on(day, envelope.today, envelope.to.language) for day in (first, last))
    begin, end = said
    return envelope.draft("digest", [s.site for s in found], turns=turns, begin=begin, end=end)


def approval(envelope: Envelope, before: Plan | None, after: Plan) -> Draft:
    """Tell the coordinator of a draft that waits: what it changes, and for how many."""
    base = before or after.model_copy(update={"sessions": ()})
    changes = difference(base, after)
    teller = envelope.teller
    turns = tuple(teller.difference(was, now) for was, now in in_both(before, after, changes.sessions))
    kinds = {row.id: kind for kind, rows in _tables(envelope.case).items() for row in rows}
    concerned = [kinds.get(who, "units") for who in affected(base, after)]
    return envelope.draft(
        "approval",
        turns=turns,
        first=before is None,
        open=sum(seat.missing for seat in after.open),
        units=concerned.count("units"),
        people=concerned.count("people"),
        equipment=concerned.count("equipment"),
    )


def _tables(case: Case) -> dict[str, tuple[Named, ...]]:
    return {"units": case.units, "people": case.people, "equipment": case.equipment}


def trial(envelope: Envelope, channel: str) -> Draft:
    """Say that a channel works."""
    return envelope.draft("trial", channel=channel)
