"""Answers by mail: which are recorded, and what is said of the others; none is taken twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest

from calendars.identity import uid_of
from rota.incoming_mail import IncomingMail, InvitationAnswer, MailKind, mail_key
from rota.request import Reply
from rota.text import ERASED
from scheduler.keeping.answering import take
from scheduler.keeping.journal import Journal
from scheduler.keeping.mails import RETURNED, Outcome
from tests.keeping.conftest import Ticking, opened
from tests.keeping.station import STREAM, WHO
from tests.keeping.test_inviting import begun, publish, send

WENJING = "wenjing@bank.example"
FIRST = "day@2027-03-06"
LI = "li@court.example"


def invited(journal: Journal) -> Journal:
    publish(begun(journal, court="email"), "bank", "court", "bank", "court")
    send(journal)
    return journal


@pytest.fixture
def journal(where: str, clock: Ticking) -> Iterator[Journal]:
    """The bank was invited to two sessions, the court to the others."""
    with opened(where, clock, invited) as found:
        yield found


def said(partstat: str = "ACCEPTED", session: str = FIRST, sequence: int = 0, **more: object) -> InvitationAnswer:
    return dataclasses.replace(
        InvitationAnswer(uid_of(STREAM, session), WENJING, partstat, sequence),
        **more,  # type: ignore[arg-type]  # fields by name
    )


def mail(
    answer: InvitationAnswer, sender: str = WENJING, number: int = 1, kind: MailKind = MailKind.ANSWER
) -> IncomingMail:
    return IncomingMail(mail_key(f"<{number}@bank.example>"), sender, kind, (answer,))


def outcome(journal: Journal, incoming: IncomingMail) -> Outcome | None:
    taken = take(journal, incoming, uid_of, "test")
    return taken[0].outcome if taken else None


def kinds(journal: Journal) -> list[str]:
    return [change.kind for change in journal.changes(STREAM)][2:]


@pytest.mark.parametrize(
    ("partstat", "kind", "reply"),
    [
        ("ACCEPTED", "accepted", Reply.ACCEPTED),
        ("TENTATIVE", "accepted", Reply.TENTATIVE),
        ("DECLINED", "declined", Reply.DECLINED),
    ],
)
def test_an_answer_becomes_a_change_by_who_answered(journal: Journal, partstat: str, kind: str, reply: Reply) -> None:
    assert outcome(journal, mail(said(partstat, comment="当天有会"))) is Outcome.RECORDED
    (change,) = list(journal.changes(STREAM))[2:]
    assert (change.kind, change.actor) == (kind, "上官文静")
    assert [answer.reply for answer in journal.state(STREAM).answers] == [reply]
    assert change.change["reason"] == "当天有会"


def test_a_mail_is_taken_once(journal: Journal) -> None:
    assert outcome(journal, mail(said())) is Outcome.RECORDED
    assert outcome(journal, mail(said("DECLINED"))) is None
    assert kinds(journal) == ["accepted"]


def test_the_same_answer_in_another_mail_changes_nothing(journal: Journal) -> None:
    outcome(journal, mail(said()))
    assert outcome(journal, mail(said(), number=2)) is Outcome.REPEATED
    assert kinds(journal) == ["accepted"]


REFUSED: list[tuple[str, IncomingMail, Outcome]] = [
    ("somebody else's address", mail(said(attendee="eve@example.com"), sender="eve@example.com"), Outcome.STRANGER),
    ("in somebody's name from another address", mail(said(), sender="eve@example.com"), Outcome.STRANGER),
    ("another unit's contact", mail(said(attendee=LI), sender=LI), Outcome.STRANGER),
    ("nobody knows who speaks", mail(said(), sender=""), Outcome.STRANGER),
    ("no session of ours", mail(said(uid="lunch@example.com")), Outcome.UNKNOWN),
    ("the turn is handed on", mail(said("DELEGATED")), Outcome.DELEGATED),
    ("it says nothing", mail(said("NEEDS-ACTION")), Outcome.NOTHING),
]


@pytest.mark.parametrize(("incoming", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_valid_answer_changes_nothing(journal: Journal, incoming: IncomingMail, expected: Outcome) -> None:
    assert outcome(journal, incoming) is expected
    assert kinds(journal) == []
    assert [each.taken.outcome for each in journal.mails.all()] == [expected]


def test_who_declines_and_proposes_another_time_has_declined(journal: Journal) -> None:
    assert outcome(journal, mail(said("DECLINED"), kind=MailKind.COUNTER)) is Outcome.RECORDED
    assert kinds(journal) == ["declined"]


@pytest.mark.parametrize("partstat", ["TENTATIVE", "NEEDS-ACTION", "ACCEPTED"])
def test_who_proposes_another_time_without_declining_is_not_certain(journal: Journal, partstat: str) -> None:
    assert outcome(journal, mail(said(partstat, comment="下午更好"), kind=MailKind.COUNTER)) is Outcome.COUNTER
    assert [answer.reply for answer in journal.state(STREAM).answers] == [Reply.TENTATIVE]
    assert next(reversed(list(journal.changes(STREAM)))).change["reason"] == "下午更好"


def test_another_time_proposed_for_an_older_invitation_changes_nothing(journal: Journal) -> None:
    assert outcome(journal, mail(said("TENTATIVE", sequence=-1), kind=MailKind.COUNTER)) is Outcome.STALE
    assert kinds(journal) == []


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ([("mx.example.org", "bank.example")], Outcome.RECORDED),
        ([("MX.example.org".casefold(), "bank.example"), ("mx.example.org", "other.example")], Outcome.RECORDED),
        ([], Outcome.UNPROVED),
        ([("mx.example.org", "evil.example")], Outcome.UNPROVED),
        ([("mx.example.org", "ank.example")], Outcome.UNPROVED),
        ([("mx.example.org", "example")], Outcome.UNPROVED),
        ([("mx.evil.example", "bank.example")], Outcome.UNPROVED),
    ],
)
def test_where_a_mail_server_is_named_it_has_to_vouch_for_the_sender(
    journal: Journal, proofs: list[tuple[str, str]], expected: Outcome
) -> None:
    incoming = dataclasses.replace(mail(said()), proofs=tuple(proofs))
    assert take(journal, incoming, uid_of, "test", server="MX.example.org")[0].outcome is expected
    assert kinds(journal) == (["accepted"] if expected is Outcome.RECORDED else [])


@pytest.mark.parametrize(("sender", "attendee"), [("WenJing@Bank.Example", WENJING), (WENJING, "WENJING@BANK.EXAMPLE")])
def test_capitals_in_an_address_do_not_matter(journal: Journal, sender: str, attendee: str) -> None:
    assert outcome(journal, mail(said(attendee=attendee), sender=sender)) is Outcome.RECORDED


def test_an_answer_to_an_older_invitation_is_said_and_not_recorded(journal: Journal) -> None:
    publish(journal, "court", "bank", "bank", "court")
    send(journal)
    publish(journal, "bank", "court", "bank", "court")
    send(journal)
    assert outcome(journal, mail(said(sequence=0))) is Outcome.STALE
    assert outcome(journal, mail(said(sequence=2), number=2)) is Outcome.RECORDED
    assert kinds(journal)[-1] == "accepted"


def test_an_answer_to_what_was_taken_back_is_not_recorded(journal: Journal) -> None:
    publish(journal, "court", "bank", "bank", "court")
    send(journal)
    assert outcome(journal, mail(said())) is Outcome.WITHDRAWN


def test_a_session_that_has_begun_is_not_answered_any_more(journal: Journal, clock: object) -> None:
    clock.now = dt.datetime(2027, 3, 14, tzinfo=dt.UTC)  # type: ignore[attr-defined]  # the journal's own
    assert outcome(journal, mail(said())) is Outcome.OVER


def test_of_two_answers_the_one_counts_that_was_written_last(journal: Journal) -> None:
    noon = dt.datetime(2027, 2, 1, 12, tzinfo=dt.UTC)
    assert outcome(journal, mail(said("DECLINED", stamp=noon))) is Outcome.RECORDED
    earlier = said("ACCEPTED", stamp=noon - dt.timedelta(hours=1))
    assert outcome(journal, mail(earlier, number=2)) is Outcome.OVERTAKEN
    assert outcome(journal, mail(said("ACCEPTED", stamp=noon + dt.timedelta(hours=1)), number=3)) is Outcome.RECORDED
    assert kinds(journal) == ["declined", "accepted"]


def test_whoever_answered_in_vain_gets_a_letter_and_strangers_get_none(journal: Journal) -> None:
    outcome(journal, mail(said("TENTATIVE"), kind=MailKind.COUNTER))
    outcome(journal, mail(said(), sender="eve@example.com", number=2))
    letters = [item for item in journal.outbox.items(STREAM) if item.kind == RETURNED]
    assert [(item.recipient, item.body) for item in letters] == [("bank", {"session": FIRST, "outcome": "counter"})]


def test_mails_that_are_no_answers_are_noted(journal: Journal) -> None:
    found = [MailKind.AUTOMATIC, MailKind.BOUNCED, MailKind.OTHER, MailKind.UNREADABLE]
    for number, kind in enumerate(found):
        take(journal, IncomingMail(mail_key(f"<{number}@x>"), "somebody@example.com", kind), uid_of, "test")
    assert sorted(each.taken.outcome.value for each in journal.mails.all()) == sorted(kind.value for kind in found)


def test_the_sender_of_a_mail_can_be_forgotten(journal: Journal) -> None:
    outcome(journal, mail(said()))
    assert [each.sender for each in journal.mails.all()] == [WENJING]
    journal.forget("bank", actor=WHO)
    assert [each.sender for each in journal.mails.all()] == [ERASED]
    assert journal.audit() == ()
