"""Invitations in the outbox: who is invited to what when a plan is published, changed, and changed again."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.changes.seats import Declined
from rota.document import document_of, edits_between
from scheduler.keeping.arming import SENT, WITHDRAWN
from scheduler.keeping.inviting import INVITATION
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from tests.keeping.station import STREAM, WHO, hosted, station

CONTACTS = [
    {"of": "bank", "name": "上官文静", "email": "wenjing@bank.example", "channel": "email"},
    {"of": "court", "name": "李法官", "email": "li@court.example", "channel": "phone"},
]


def begun(journal: Journal, *, invitations: bool = True, court: str = "phone") -> Journal:
    contacts = [CONTACTS[0], {**CONTACTS[1], "channel": court}]
    journal.begin(station({"invitations": invitations}, contacts=contacts), actor=WHO)
    return journal


def publish(journal: Journal, *hosts: str) -> None:
    newest = journal.newest(STREAM)
    case = journal.state(STREAM).case
    journal.publish(STREAM, hosted(case, *hosts), base=newest.number if newest else None, actor=WHO)


def send(journal: Journal) -> None:
    """Let everything that waits be sent."""
    while items := journal.outbox.claim("post", seconds=60, most=100):
        journal.outbox.settle("post", {item.key: Fate(SENT) for item in items})


def waiting(journal: Journal) -> list[tuple[str, str, str, int]]:
    """What is to be sent: method, day of the session, whom, sequence."""
    items = journal.outbox.items(STREAM, states=("waiting",))
    found = [
        (i.body["method"], i.body["session"][-5:], i.recipient, i.body["sequence"])
        for i in items
        if i.kind == INVITATION
    ]
    return sorted(found, key=lambda each: (each[1], each[2], each[0]))


def test_whoever_is_written_to_by_mail_is_invited_to_each_session_and_nobody_else(journal: Journal) -> None:
    publish(begun(journal), "bank", "court", "bank", "court")
    assert waiting(journal) == [("REQUEST", "03-06", "bank", 0), ("REQUEST", "03-20", "bank", 0)]


def test_nobody_is_invited_unless_the_settings_say_so(journal: Journal) -> None:
    publish(begun(journal, invitations=False), "bank", "court", "bank", "court")
    assert waiting(journal) == []


def test_who_leaves_and_who_comes_are_told_and_whoever_stays_is_not(journal: Journal) -> None:
    publish(begun(journal, court="email"), "bank", "court", "bank", "court")
    send(journal)
    publish(journal, "court", "court", "bank", "court")
    assert waiting(journal) == [("CANCEL", "03-06", "bank", 1), ("REQUEST", "03-06", "court", 1)]


def test_who_comes_back_is_invited_with_a_higher_sequence_than_was_taken_back(journal: Journal) -> None:
    publish(begun(journal), "bank", "court", "bank", "court")
    send(journal)
    publish(journal, "court", "bank", "bank", "court")
    send(journal)
    publish(journal, "bank", "court", "bank", "court")
    assert waiting(journal) == [("REQUEST", "03-06", "bank", 2), ("CANCEL", "03-13", "bank", 2)]


def test_what_was_never_sent_is_withdrawn_and_not_taken_back(journal: Journal) -> None:
    publish(begun(journal), "bank", "court", "bank", "court")
    publish(journal, "court", "court", "bank", "court")
    assert waiting(journal) == [("REQUEST", "03-20", "bank", 0)]
    assert [item.state for item in journal.outbox.items(STREAM) if item.body.get("session", "").endswith("03-06")] == [
        WITHDRAWN
    ]


def test_a_session_that_moves_is_said_anew_to_those_in_it(journal: Journal) -> None:
    publish(begun(journal), "bank", "court", "bank", "court")
    send(journal)
    case = journal.state(STREAM).case
    plan = hosted(case, "bank", "court", "bank", "court")
    first, *others = plan.sessions
    moved = first.model_copy(
        update={"start": first.start + dt.timedelta(hours=2), "end": first.end + dt.timedelta(hours=2)}
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("scheduler.keeping.publication.refuse_unsound", lambda *_, **__: None)
        journal.publish(STREAM, plan.model_copy(update={"sessions": (moved, *others)}), base=1, actor=WHO)
    assert waiting(journal) == [("REQUEST", "03-06", "bank", 1)]


def test_a_session_that_is_over_is_nobodys_business(journal: Journal, clock: object) -> None:
    clock.now = dt.datetime(2027, 3, 14, tzinfo=dt.UTC)  # type: ignore[attr-defined]  # the journal's own
    publish(begun(journal), "bank", "court", "bank", "court")
    assert waiting(journal) == [("REQUEST", "03-20", "bank", 0)]


def test_switching_invitations_on_invites_to_the_plan_as_it_is(journal: Journal) -> None:
    publish(begun(journal, invitations=False), "bank", "court", "bank", "court")
    state = journal.state(STREAM)
    settings = state.case.settings.model_copy(update={"invitations": True})
    after = state.model_copy(update={"case": state.case.model_copy(update={"settings": settings})})
    journal.record_edits(STREAM, edits_between(document_of(state), document_of(after)), actor=WHO)
    assert waiting(journal) == [("REQUEST", "03-06", "bank", 0), ("REQUEST", "03-20", "bank", 0)]


def test_a_change_that_is_not_published_invites_nobody(journal: Journal) -> None:
    publish(begun(journal), "bank", "court", "bank", "court")
    send(journal)
    journal.record(STREAM, Declined(session=journal.plan(1).sessions[0].id, role="host", who="bank"), actor=WHO)
    assert waiting(journal) == []
