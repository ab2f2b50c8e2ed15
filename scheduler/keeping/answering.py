"""Answers by mail: what somebody says to an invitation is checked against what was sent to them, then recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rota.change import ChangeError
from rota.changes.answers import seats_of
from rota.incoming_mail import MailKind
from rota.request import Reply
from scheduler.keeping.answer_links import Asked
from scheduler.keeping.inviting import Invited, invited, invitees
from scheduler.keeping.mails import Outcome, Taken
from scheduler.keeping.participation import ParticipationError, answer, now_of
from scheduler.keeping.publication import session_rows

if TYPE_CHECKING:
    from rota.facts import Contact
    from rota.incoming_mail import IncomingMail, InvitationAnswer
    from scheduler.keeping.journal import Journal
    from scheduler.keeping.participation import Now

Named = Callable[[str, str], str]
"""The UID of a session, by the ids of case and session."""
REPLIES = {"ACCEPTED": Reply.ACCEPTED, "TENTATIVE": Reply.TENTATIVE, "DECLINED": Reply.DECLINED}
KINDS = {
    MailKind.AUTOMATIC: Outcome.AUTOMATIC,
    MailKind.BOUNCED: Outcome.BOUNCED,
    MailKind.OTHER: Outcome.OTHER,
    MailKind.UNREADABLE: Outcome.UNREADABLE,
}


def take(journal: Journal, mail: IncomingMail, named: Named, via: str, *, server: str = "") -> tuple[Taken, ...]:
    """Record what a mail answers, and what was made of it; nothing where the mail was taken before.

    Where a mail `server` is named, answers count only if it has found out that the mail is from the sender's domain.
    A crash in between repeats an answer, which is recorded once all the same.
    """
    if mail.key in journal.mails.known([mail.key]):
        return ()
    taken = tuple(_Desk(journal, mail, each, server).taken(named) for each in mail.answers)
    taken = taken or (Taken(KINDS.get(mail.kind, Outcome.UNREADABLE)),)
    return taken if journal.mails.note(mail, taken, via) else ()


@dataclass(frozen=True)
class _Desk:
    """Looks at one answer in one mail."""

    journal: Journal
    mail: IncomingMail
    said: InvitationAnswer
    server: str = ""

    def taken(self, named: Named) -> Taken:
        """Say what is to be made of the answer, and record it where it counts."""
        meant = self._session(named)
        if meant is None:
            return Taken(Outcome.UNKNOWN)
        stream, session = meant
        now = now_of(self.journal, stream)
        held = list(self._held(stream, session, now))
        if not held:
            return Taken(Outcome.STRANGER, stream, session)
        if self.server and not self.mail.is_proved(self.server):
            return Taken(Outcome.UNPROVED, stream, session)
        found = [self._judged(stream, now, contact, last) for contact, last in held]
        return min(found, key=lambda each: list(Outcome).index(each.outcome))

    def _session(self, named: Named) -> tuple[str, str] | None:
        def work(stream: str) -> list[str]:
            return self.journal.store.database.read(lambda connection: list(session_rows(connection, stream)))

        pairs = ((stream, session) for stream in reversed(self.journal.streams()) for session in work(stream))
        return next((pair for pair in pairs if named(*pair).casefold() == self.said.uid.casefold()), None)

    def _held(self, stream: str, session: str, now: Now) -> Iterator[tuple[Contact, Invited]]:
        """Yield the contacts who answer here by their own address, each with the newest invitation sent to them."""
        if not self.mail.sender or not _alike(self.mail.sender, self.said.attendee):
            return
        sent = self.journal.store.database.read(lambda connection: list(invited(connection, stream)))
        newest = {each.who: each for each in sent if each.session == session and each.is_sent}
        for who, last in newest.items():
            for contact in invitees(now.state.case, who):
                if _alike(contact.email, self.said.attendee):
                    yield contact, last
                    break

    def _judged(self, stream: str, now: Now, contact: Contact, last: Invited) -> Taken:
        reply, outcome = REPLIES.get(self.said.said), self._hindrance(stream, now, last)
        if outcome is None and self.mail.kind is MailKind.COUNTER and reply is not Reply.DECLINED:
            recorded = self._recorded(stream, now, contact, last, Reply.TENTATIVE)
            return recorded if recorded.outcome is Outcome.REFUSED else replace(recorded, outcome=Outcome.COUNTER)
        if outcome is None and reply is not None:
            return self._recorded(stream, now, contact, last, reply)
        return Taken(outcome or Outcome.NOTHING, stream, last.session, last.who, self.said.stamp)

    def _hindrance(self, stream: str, now: Now, last: Invited) -> Outcome | None:
        """Return what keeps an answer from counting."""
        latest = self.journal.mails.last_stamp(stream, last.session, last.who)
        planned = now.plan.session.get(last.session)
        if last.method == "CANCEL" or planned is None or last.who not in planned.serving():
            return Outcome.WITHDRAWN
        hindrances = {
            Outcome.OVER: planned.start <= now.at,
            Outcome.DELEGATED: self.said.said == "DELEGATED",
            Outcome.STALE: self.said.sequence < last.sequence,
            Outcome.OVERTAKEN: bool(latest and self.said.stamp and self.said.stamp < latest),
        }
        return next((outcome for outcome, holds in hindrances.items() if holds), None)

    def _recorded(self, stream: str, now: Now, contact: Contact, last: Invited, reply: Reply) -> Taken:
        seats = [seat for seat in seats_of(now.plan.session[last.session]) if seat.who == last.who]
        taken = Taken(Outcome.REPEATED, stream, last.session, last.who, self.said.stamp)
        try:
            done = [
                answer(self.journal, Asked(stream, seat, ""), reply, reason=self.said.comment, actor=contact.name)
                for seat in seats
            ]
        except (ChangeError, ParticipationError) as error:
            return Taken(Outcome.REFUSED, stream, last.session, last.who, self.said.stamp, error.message)
        return replace(taken, outcome=Outcome.RECORDED) if any(done) else taken


def _alike(one: str, other: str) -> bool:
    """Tell whether two addresses are the same mailbox, whatever the case, and in whichever form the host is written."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    user, _, host = address.strip().casefold().rpartition("@")
    try:
        return f"{user}@{host.encode('idna').decode()}"
    except UnicodeError:
        return f"{user}@{host}"
