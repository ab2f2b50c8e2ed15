"""Invitations as mails in a folder: with a sender they carry the calendar that is answered, else they ask nothing."""

from __future__ import annotations

import email
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import icalendar
import pytest

from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.station import ROTATION
from tests.keeping.test_notices_together import FIRST_TO_COURT, Office

SENT_BY = {"form": "eml", "sender": "轮值 <rota@example.org>"}


def mails(journal: Journal, clock: Ticking, folder: Path, files: Mapping[str, str]) -> list[EmailMessage]:
    """What bank is sent of a plan, and of its first turn that goes to court."""
    office = Office(journal, clock, folder, invitations=True, files=files)
    for hosts in (ROTATION, FIRST_TO_COURT):
        office.publish(hosts)
        office.send()
    read = [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("out/*.eml")]
    return sorted((each for each in read if "bank@x.example" in each["To"]), key=lambda each: each["Subject"])


def said(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def journal(tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setattr("console.postman.FRESH", 0.0)
    return Journal.open(tmp_path / "journal.db", clock=clock, create=True)


def test_with_a_sender_the_calendar_asks_for_an_answer_to_it(journal: Journal, clock: Ticking, tmp_path: Path) -> None:
    with journal:
        found = mails(journal, clock, tmp_path, SENT_BY)
    calendars = [part for each in found for part in each.walk() if part.get_content_type() == "text/calendar"]
    assert [part["Content-Type"].params["method"] for part in calendars] == ["CANCEL", "REQUEST", "REQUEST"]
    events = [icalendar.Calendar.from_ical(part.get_content()).events[0] for part in calendars]
    assert {event["ORGANIZER"] for event in events} == {"mailto:rota@example.org"}
    assert {each["From"].addresses[0].addr_spec for each in found} == {"rota@example.org"}
    assert ["“接受”" in said(each) for each in found] == [False, True, True]


def test_without_one_nothing_is_asked_that_nobody_can_answer(journal: Journal, clock: Ticking, tmp_path: Path) -> None:
    with journal:
        found = mails(journal, clock, tmp_path, {"form": "eml"})
    assert [each["Subject"].partition("：")[0] for each in found] == ["不再参加", "邀请", "邀请"]
    assert {part.get_content_type() for each in found for part in each.walk() if not part.is_multipart()} == {
        "text/plain",
        "text/html",
    }
    assert not [each for each in found if "日历" in said(each)]
