"""The postman: makes a letter of each thing in the outbox and hands it to its recipient's channel."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any

from console.attaching import invited
from console.channels import Configured
from console.letter_links import LetterLinks
from console.outgoing import News, Ready, Standing
from console.reaching import contacts_for
from delivery import letters
from delivery.channel import Recipient
from delivery.letters import Asked, Draft, Envelope
from delivery.outcome import Delivered, Outcome, Refused, TryAgain
from delivery.robots import Robot
from delivery.templating import Templates
from rota.case import Case
from rota.difference import affected, to_come
from rota.facts import Contact
from rota.plan import Plan, Session
from rota.reminder import Reached
from rota.text import text
from scheduler.keeping.answer_links import AnswerLinks, LinksToBe
from scheduler.keeping.arming import DEAD, SENT, WAITING, WITHDRAWN, origin
from scheduler.keeping.inviting import INVITATION, invitees
from scheduler.keeping.journal import Journal
from scheduler.keeping.mails import RETURNED
from scheduler.keeping.outbox import BY_HAND, TOLD, Fate, Item
from scheduler.keeping.publication import NOTICE, Revision
from scheduler.keeping.sending import Answer, Later
from scheduler.keeping.swap_letters import KINDS, SWAP_ANSWERED, SWAP_ASKED

FRESH = 1.0
"""Seconds for which what holds is taken as read; a letter is not more up to date than that."""
MOST_UNSURE = 3
"""So often a letter is handed over that may have arrived each time, where the other side does not know it again."""
SAID = frozenset({SENT, BY_HAND, TOLD})
"""States of what has been said, or is left to a person to say."""
MOST_NOTICES = 50
"""Revisions that are looked at for notices not sent yet."""
ANSWERED = frozenset({"reminder", INVITATION, NOTICE})
"""Kinds of letters in which links stand that answer."""
LETTERS = {SWAP_ASKED: letters.swap_asked, SWAP_ANSWERED: letters.swap_answered}
ANOTHER = dt.timedelta(seconds=5)
TAKEN = text("Another program speaks to this group and does so next", "另一程序正在向该群发送，稍后由其发出")
REVISIONS = 16
"""Plans that are kept in memory."""


class Postman:
    """Delivers what is in the outbox; many threads may call it. It writes down nothing but the links in letters."""

    def __init__(
        self,
        journal: Journal,
        found: Configured,
        templates: Templates,
        clock: Callable[[], dt.datetime],
        base: str = "",
        may: Callable[[str], bool] = lambda _: True,
        *,
        trying: bool = False,
    ) -> None:
        """Keep what letters are made of; where `base` says where people reach the server, letters carry links to it.

        `may` tells whether a group robot is ours to speak through, or another program's, which knows its pace. Letters
        that are made for `trying` are those that would be sent, but for the secrets in their links.
        """
        self._may = may
        self._base = base
        self._links = LetterLinks(LinksToBe(journal.store) if trying else AnswerLinks(journal.store), base, clock)
        self._journal, self.found, self.templates, self._clock = journal, found, templates, clock
        self._plan: Callable[[int], Plan] = lru_cache(REVISIONS)(journal.plan)
        self._past: Callable[[str, int], Case] = lru_cache(REVISIONS)(lambda s, n: journal.state(s, n).case)
        self._affected: Callable[[int, int], Mapping[str, tuple[str, ...]]] = lru_cache(REVISIONS)(
            lambda old, new: affected(self._plan(old), self._plan(new))
        )
        self._standing: dict[str, tuple[float, Standing]] = {}
        self._lock = Lock()

    def __call__(self, item: Item) -> Answer:
        """Hand one letter over, and say what became of it."""
        contacts = self.contacts(item)
        if len(contacts) > 1 and not origin(item.key)[1]:
            self._journal.outbox.divide(item, len(contacts))
        ready = self.ready(item)
        if ready is None:
            invited = contacts and item.kind == NOTICE and self._news(item)
            return Fate(TOLD if invited else WITHDRAWN)
        if ready.channel is None:
            return Fate(BY_HAND)
        channel = self.found.channels.get(ready.channel)
        if channel is None:
            reason = text("channels.toml has no “{name}”", "channels.toml 中没有“{name}”", name=ready.channel)
            return Fate(DEAD, parts=item.parts, channel=ready.channel, reason=reason)
        if isinstance(channel, Robot) and not self._may(ready.channel):
            return Fate(WAITING, self._clock() + ANOTHER, item.parts, ready.channel, TAKEN)
        outcome = channel.send(ready.letter, ready.to, item.key, done=item.parts)
        return self._answer(item, ready.channel, outcome)

    def ready(self, item: Item) -> Ready | None:
        """Return the letter for an item; None where nobody needs it any more."""
        contacts, number = self.contacts(item), origin(item.key)[1] or 1
        case = self.standing(item.stream).case
        if number > max(1, len(contacts)) or (not contacts and item.recipient in {row.id for row in case.equipment}):
            return None
        contact = contacts[number - 1] if contacts else None
        to = Recipient.of(contact) if contact else Recipient(language=case.settings.language)
        if _in_group(item):
            to = Recipient(language=case.settings.language, others=self._others(item))
        draft = self._draft(item, to, contact)
        if draft is None:
            return None
        ready = Ready(self.templates.write(draft).letter, to, self._channel(item, contact))
        return self._invited(item, ready, contact) if item.kind == INVITATION else ready

    def contacts(self, item: Item) -> tuple[Contact, ...]:
        """Return whom an item is for, one row each; whoever has left is reached as before."""
        if _in_group(item):
            return ()
        standing = self.standing(item.stream)
        if item.kind in {INVITATION, RETURNED}:
            return invitees(standing.case, item.recipient)
        found = contacts_for(standing.case, item.recipient)
        before = self._before(item) if not found and item.kind == NOTICE else None
        return contacts_for(self._past(item.stream, before.case_sequence), item.recipient) if before else found

    def ways(self, item: Item) -> tuple[tuple[Contact | None, str | None], ...]:
        """Return whom an item reaches, and by which channel each; None where somebody telephones."""
        contacts: tuple[Contact | None, ...] = self.contacts(item) or (None,)
        number = origin(item.key)[1]
        chosen = contacts[number - 1 : number] if number else contacts
        return tuple((contact, self._channel(item, contact)) for contact in chosen)

    def standing(self, stream: str) -> Standing:
        """Return what holds in a case, read anew after a second."""
        with self._lock:
            read, standing = self._standing.get(stream, (0.0, None))
            if standing is None or time.monotonic() - read > FRESH:
                standing = Standing(self._journal.state(stream).case, self._journal.revisions(stream))
                self._standing[stream] = time.monotonic(), standing
            return standing

    def _channel(self, item: Item, contact: Contact | None) -> str | None:
        stated = str(item.body.get("channel", ""))
        if stated:
            return stated
        return self.found.settings.channel_for(contact.channel) if contact else None

    def _draft(self, item: Item, to: Recipient, contact: Contact | None) -> Draft | None:
        if item.kind == NOTICE:
            return self._notice(item, to, contact)
        standing, envelope = self.standing(item.stream), self._envelope(item, to)
        plan = self._plan(standing.revisions[-1].number)
        if item.kind == INVITATION:
            return self._invitation(envelope, item, plan, contact)
        if item.kind == RETURNED:
            found = plan.session.get(item.body["session"])
            return letters.returned(envelope, found, item.body["outcome"]) if found else None
        if item.kind in LETTERS:
            return self._swap(envelope, item, plan, contact)
        if item.kind == "digest":
            return letters.digest(envelope, plan, dt.date.fromisoformat(item.body["first"]), item.body["days"])
        return self._reminder(envelope, item, plan, contact)

    def _invitation(self, envelope: Envelope, item: Item, plan: Plan, contact: Contact | None) -> Draft:
        shown = self._plan(item.body["shown"]).session[item.body["session"]]
        calendar = self.found.settings.organizer_by(self._channel(item, contact)) is not None
        if item.body["method"] == "CANCEL":
            return letters.invitation(envelope, shown, gone=True, calendar=calendar)
        envelope = self._answerable(envelope, item, plan, contact)
        return letters.invitation(envelope, shown, was=self._known(item), calendar=calendar)

    def _reminder(self, envelope: Envelope, item: Item, plan: Plan, contact: Contact | None) -> Draft | None:
        session = plan.session.get(item.body["session"])
        if session is None:
            return None
        return letters.reminder(self._answerable(envelope, item, plan, contact), session, self._clock())

    def _envelope(self, item: Item, to: Recipient, earlier: Case | None = None) -> Envelope:
        case, coordinator = self.standing(item.stream).case, self.found.settings.coordinator
        today, ask = self._clock().astimezone(case.zone).date(), coordinator.contact if coordinator else None
        link = "" if self._base else None  # the server shows everybody a page of their own, and no plan at its root
        return Envelope(case, item.recipient, to, today, ask=ask, link=link, earlier=earlier)

    def _news(self, item: Item) -> News | None:
        """Return what is other than was said last; None where that is nothing, or another notice tells it."""
        since = self._since(item)
        if not since:
            return None
        before, after = self._before(since[0]), self._plan(item.revision)
        if before is None:
            published = dict.fromkeys(session for notice in since for session in notice.body["sessions"])
            coming = to_come(published, self._clock(), after)
            return News(tuple(since), None, coming) if coming else None
        differing = self._affected(before.number, item.revision).get(item.recipient, ())
        coming = to_come(differing, self._clock(), self._plan(before.number), after)
        return News(tuple(since), before, coming) if coming else None

    def _notice(self, item: Item, to: Recipient, contact: Contact | None) -> Draft | None:
        """Tell what is new; None where that is nothing, or invitations tell it."""
        news = self._news(item)
        sessions = self._uninvited(news.since, contact, news.sessions) if news else ()
        if news is None or not sessions:
            return None
        after, before = self._plan(item.revision), news.before
        asked = self._asked(item, after, sessions, to, contact)
        if before is None:
            return letters.notice(self._envelope(item, to), None, after, sessions, asked)
        envelope = self._envelope(item, to, self._past(item.stream, before.case_sequence))
        return letters.notice(envelope, self._plan(before.number), after, sessions, asked)

    def _asked(self, item: Item, plan: Plan, sessions: Sequence[str], to: Recipient, contact: Contact | None) -> Asked:
        """Return where the recipient of a notice answers its turns; with many, the later ones on their page."""
        if not self._is_private(item, contact):
            return Asked()
        links, more = self._links.several(item, plan, sessions, to.language)
        paged = more > 0 and self._journal.subscribers.has_page(item.recipient)
        return Asked({id_: (each.confirm, each.decline) for id_, each in links.items()}, paged=paged)

    def _uninvited(self, since: Sequence[Item], contact: Contact | None, sessions: Sequence[str]) -> tuple[str, ...]:
        """Return the sessions of which a contact gets no invitation that says the same by the same way.

        An invitation that failed tells nothing, nor does one that is not taken back because its address serves on.
        """
        item = since[-1]
        case = self.standing(item.stream).case
        if contact is None or contact not in invitees(case, item.recipient):
            return tuple(sessions)
        keys = [f"{INVITATION}:{each.revision}:{item.recipient}:{id_}" for each in since for id_ in sessions]
        plan = self._plan(self.standing(item.stream).revisions[-1].number)
        found = [each for each in self._journal.outbox.named(keys) if each.state != WITHDRAWN]
        newest = {each.body["session"]: each for each in sorted(found, key=lambda each: each.revision)}
        told = {
            id_
            for id_, each in newest.items()
            if each.state != DEAD and not (each.body["method"] == "CANCEL" and self._still_serves(each, plan, contact))
        }
        return tuple(id_ for id_ in sessions if id_ not in told)

    def _known(self, item: Item) -> Session | None:
        """Return the session as the last invitation that was sent showed it; None where it was taken back since."""
        numbers = [each.number for each in self.standing(item.stream).revisions if each.number < item.revision]
        keys = [f"{INVITATION}:{each}:{item.recipient}:{item.body['session']}" for each in numbers[-MOST_NOTICES:]]
        sent = [each for each in self._journal.outbox.named(keys) if each.state in SAID]
        last = max(sent, key=lambda each: each.revision, default=None)
        if last is None or last.body["method"] == "CANCEL":
            return None
        return self._plan(last.body["shown"]).session.get(item.body["session"])

    def _since(self, item: Item) -> list[Item]:
        """Return the notices that one letter stands for: those not sent before it, and itself.

        None where a later one waits or has told all: what changes several times in quiet hours is said once.
        """
        revisions = [each.number for each in self.standing(item.stream).revisions if each.number != item.revision]
        keys = [f"{NOTICE}:{number}:{item.recipient}" for number in revisions[-MOST_NOTICES:]]
        others = sorted(self._journal.outbox.named(keys), key=lambda each: each.revision)
        waiting = (each for each in others if each.state == WAITING and each.due <= self._clock())
        if any(each.revision > item.revision for each in [*waiting, *(o for o in others if o.state in SAID)]):
            return []
        said = max((o.revision for o in others if o.state in SAID), default=0)
        unsaid = [each for each in others if said < each.revision < item.revision]
        return [*unsaid, item]

    def _swap(self, envelope: Envelope, item: Item, plan: Plan, contact: Contact | None) -> Draft | None:
        """Tell of a swap as it stands; None where it has gone on meanwhile, or a turn is not in the plan any more."""
        request = self._journal.state(item.stream).request(item.body["request"])
        if request is None or KINDS.get(request.stage) != item.kind:
            return None
        if not {request.mine.session, request.other.session} <= plan.session.keys():
            return None
        if item.kind == SWAP_ASKED and self._is_private(item, contact):
            link = self._links.swap(item, plan, request.other, envelope.to.language)
            envelope = replace(envelope, link=link or envelope.link)
        return LETTERS[item.kind](envelope, plan, request)

    def _answerable(self, envelope: Envelope, item: Item, plan: Plan, contact: Contact | None) -> Envelope:
        """Put in the addresses at which the recipient answers the turn."""
        if not self._is_private(item, contact):
            return envelope
        found, _ = self._links.several(item, plan, (item.body.get("session", ""),), envelope.to.language)
        links = next(iter(found.values()), None)
        return replace(envelope, confirm=links.confirm, decline=links.decline) if links else envelope

    def _is_private(self, item: Item, contact: Contact | None) -> bool:
        """Tell whether a letter is read by its recipient alone: in a group, everybody could answer in their name."""
        channel = self.found.channels.get(self._channel(item, contact) or "")
        return not _in_group(item) and not isinstance(channel, Robot)

    def prepare(self, items: Sequence[Item]) -> None:
        """Make the links for many letters at once."""
        if self._base:
            self._links.prepare(letter for item in items if (letter := self._asking(item)))

    def _asking(self, item: Item) -> tuple[Item, Plan, Sequence[str]] | None:
        """Return the sessions of which a letter may ask its recipient; None where it asks nothing."""
        revisions, contact = self.standing(item.stream).revisions, self._contact(item)
        if not revisions or item.kind not in ANSWERED or not self._is_private(item, contact):
            return None
        if item.kind != NOTICE:
            return item, self._plan(revisions[-1].number), (item.body.get("session", ""),)
        news = self._news(item)
        return (item, self._plan(item.revision), self._uninvited(news.since, contact, news.sessions)) if news else None

    def _contact(self, item: Item) -> Contact | None:
        """Return the contact whom an item is for; the first where it is not divided yet."""
        number = origin(item.key)[1] or 1
        return next(iter(self.contacts(item)[number - 1 : number]), None)

    def _invited(self, item: Item, ready: Ready, contact: Contact | None) -> Ready | None:
        """Put the calendar to an invitation; only mail has a sender to whom programs can answer.

        Nothing is taken back from an address that serves in the session for somebody else as well.
        """
        if contact is None:
            return None
        organizer = self.found.settings.organizer_by(ready.channel)
        revisions = {each.number: each for each in self.standing(item.stream).revisions}
        plan = self._plan(max(revisions))
        if item.body["method"] == "CANCEL" and self._still_serves(item, plan, contact):
            return None
        if organizer is None:
            return ready
        shown = revisions[item.body["shown"]]
        session = self._plan(shown.number).session[item.body["session"]]
        made = invited(item, self._past(item.stream, shown.case_sequence), session, contact, organizer)
        return replace(ready, letter=replace(ready.letter, invitation=made))

    def _still_serves(self, item: Item, plan: Plan, contact: Contact) -> bool:
        session, case = plan.session.get(item.body["session"]), self.standing(item.stream).case
        return session is not None and any(
            each.email.casefold() == contact.email.casefold()
            for who in session.serving()
            for each in invitees(case, who)
        )

    def _others(self, item: Item) -> tuple[str, ...]:
        """Return the phone numbers of those whom a message to a group mentions."""
        standing = self.standing(item.stream)
        session = self._plan(standing.revisions[-1].number).session.get(item.body.get("session", ""))
        if session is None:
            return ()
        roles: list[str | None] = list(item.body.get("roles", ())) or [None]
        concerned = dict.fromkeys(who for role in roles for who in session.serving(role))
        return tuple(
            contact.phone for who in concerned for contact in contacts_for(standing.case, who) if contact.phone
        )

    def _before(self, item: Item) -> Revision | None:
        """Return the revision before the one that an item is about."""
        earlier = [each for each in self.standing(item.stream).revisions if each.number < item.revision]
        return earlier[-1] if earlier else None

    def _answer(self, item: Item, channel: str, outcome: Outcome) -> Answer:
        if isinstance(outcome, Delivered):
            return Fate(SENT, parts=outcome.parts, channel=channel)
        said: dict[str, Any] = {"parts": outcome.parts, "channel": channel, "reason": outcome.reason}
        if isinstance(outcome, Refused):
            return Fate(DEAD, **said)
        if isinstance(outcome, TryAgain):
            return Later(outcome.after.total_seconds() if outcome.after else None, **said)
        harmless = self.found.channels[channel].deduplicates or item.attempts < MOST_UNSURE
        if harmless and self.found.settings.channels[channel].unsure == "again":
            return Later(**said)
        unsure = text("Nobody knows whether it arrived: {reason}", "不知是否送达：{reason}", reason=outcome.reason)
        return Fate(DEAD, **{**said, "reason": unsure})


def _in_group(item: Item) -> bool:
    return item.body.get("to") == Reached.GROUP
