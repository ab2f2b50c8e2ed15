"""Notices that were not sent yet go out as one letter, which tells the difference to what was said last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from console.channels import Configured
from console.postman import Postman
from delivery.opening import opened
from delivery.settings import Settings
from delivery.templating import Templates
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from scheduler.keeping.sending import Sender
from tests.keeping.conftest import Ticking
from tests.keeping.station import OTHER_ROTATION, ROTATION, STREAM, WHO, hosted, station

FIRST_TO_COURT = ("court", "court", "bank", "court")
THIRD_TO_COURT = ("court", "court", "court", "bank")


class Office:
    """A journal with a case, and a folder into which letters go."""

    def __init__(
        self,
        journal: Journal,
        clock: Ticking,
        folder: Path,
        *,
        invitations: bool = False,
        base: str = "",
        files: Mapping[str, str] | None = None,
    ) -> None:
        self.journal, self.clock, self.folder = journal, clock, folder
        contacts = [{"of": who, "name": "王敏", "email": f"{who}@x.example", "channel": "email"} for who in WHOM]
        self.case = station({"invitations": invitations}, contacts=contacts)
        journal.begin(self.case, actor=WHO)
        stated = {
            "channels": {"files": {"kind": "folder", "path": "out", **(files or {})}},
            "routes": {"email": "files"},
        }
        settings = Settings.model_validate(stated)
        found = Configured(folder, settings, opened(settings, folder))
        self.postman = Postman(journal, found, Templates(), clock, base)
        self.sender = Sender(journal.outbox, "one", self.postman, clock)

    def publish(self, hosts: Sequence[str]) -> None:
        newest = self.journal.newest(STREAM)
        plan = hosted(self.case, *hosts)
        self.journal.publish(STREAM, plan, base=newest.number if newest else None, actor=WHO)

    def send(self) -> None:
        """Send what is due a little later."""
        self.clock.now += dt.timedelta(minutes=5)
        self.sender.turn()

    def sent(self) -> dict[str, str]:
        """Send what is due; return what each was told by that."""
        before = set(self.folder.glob("out/*"))
        self.send()
        letters = [file.read_text("utf-8") for file in sorted(set(self.folder.glob("out/*")) - before)]
        found = {who: letter for letter in letters for who in WHOM if f"{who}@x.example" in letter}
        assert len(found) == len(letters)
        return found


WHOM = ("bank", "court")


@pytest.fixture
def office(tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("console.postman.FRESH", 0.0)
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        yield Office(journal, clock, tmp_path)


def test_two_revisions_before_anything_was_sent_are_one_letter_to_each(office: Office) -> None:
    office.publish(ROTATION)
    office.publish(OTHER_ROTATION)
    told = office.sent()
    assert set(told) == {"bank", "court"}
    assert "3月20日" in told["bank"]
    assert "3月6日" not in told["bank"]
    assert all(day in told["court"] for day in ("3月6日", "3月13日", "3月27日"))
    assert office.sent() == {}


def test_what_went_and_came_back_is_not_told(office: Office) -> None:
    office.publish(ROTATION)
    assert set(office.sent()) == {"bank", "court"}
    office.publish(OTHER_ROTATION)
    office.publish(ROTATION)
    assert office.sent() == {}
    assert {item.state for item in office.journal.outbox.items()} == {"sent", "withdrawn"}


def test_changes_of_several_revisions_stand_in_one_letter(office: Office) -> None:
    office.publish(ROTATION)
    office.sent()
    office.publish(FIRST_TO_COURT)
    office.publish(THIRD_TO_COURT)
    told = office.sent()
    assert all(day in told["bank"] for day in ("3月6日", "3月20日", "3月27日"))


def test_each_revision_is_told_where_the_one_before_was_sent(office: Office) -> None:
    office.publish(ROTATION)
    office.sent()
    office.publish(FIRST_TO_COURT)
    assert "3月6日" in office.sent()["bank"]
    office.publish(THIRD_TO_COURT)
    assert "3月6日" not in office.sent()["bank"]


def test_what_could_not_be_told_stands_in_the_next_letter(office: Office) -> None:
    office.publish(ROTATION)
    office.sent()
    office.publish(FIRST_TO_COURT)
    claimed = office.journal.outbox.claim("another", seconds=1, most=9)
    office.journal.outbox.settle("another", {item.key: Fate("dead") for item in claimed})
    office.publish(THIRD_TO_COURT)
    told = office.sent()
    assert all(day in told["bank"] for day in ("3月6日", "3月20日", "3月27日"))


def test_a_year_that_is_over_is_told_to_nobody_and_its_last_turn_to_who_has_it(office: Office) -> None:
    plan = hosted(office.case, *ROTATION)
    last = max(plan.sessions, key=lambda session: session.start)
    office.clock.now = last.start - dt.timedelta(hours=1)
    office.publish(ROTATION)
    waiting = {item.recipient for item in office.journal.outbox.items(STREAM) if item.kind == "notice"}
    assert waiting == set(last.serving())
    office.clock.now += dt.timedelta(days=400)
    before = len(office.journal.outbox.items(STREAM))
    office.publish(OTHER_ROTATION)
    assert len(office.journal.outbox.items(STREAM)) == before
    assert office.sent() == {}


def test_nobody_is_told_of_turns_that_are_over(office: Office) -> None:
    office.clock.now = dt.datetime(2027, 3, 14, tzinfo=dt.UTC)
    office.publish(ROTATION)
    told = office.sent()
    assert "3月20日" in told["bank"] + told["court"]
    assert not any(day in letter for letter in told.values() for day in ("3月6日", "3月13日"))
    office.publish(FIRST_TO_COURT)
    assert office.sent() == {}
