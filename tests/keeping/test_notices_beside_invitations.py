"""Whoever is invited to a session is told of it by the invitation alone, and of everything all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.keeping.inviting import INVITATION
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from tests.keeping.conftest import Ticking
from tests.keeping.station import ROTATION
from tests.keeping.test_notices_together import FIRST_TO_COURT, Office


@pytest.fixture
def office(tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("console.postman.FRESH", 0.0)
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        yield Office(journal, clock, tmp_path, invitations=True)


def subjects(office: Office, who: str) -> list[str]:
    """Send what is due; return the subjects of what somebody got by that."""
    before = set(office.folder.glob("out/*"))
    office.send()
    letters = [file.read_text("utf-8") for file in sorted(set(office.folder.glob("out/*")) - before)]
    mine = [letter for letter in letters if f"{who}@x.example" in letter]
    return sorted(line.partition("：")[2] for letter in mine for line in letter.splitlines() if line[:3] == "主题：")


def test_invitations_tell_of_a_plan_and_of_what_changes_in_it(office: Office) -> None:
    office.publish(ROTATION)
    assert subjects(office, "bank") == ["邀请：3月20日（周六）09:00 服务日", "邀请：3月6日（周六）09:00 服务日"]
    office.publish(FIRST_TO_COURT)
    assert subjects(office, "bank") == ["不再参加：3月6日（周六）09:00 服务日"]
    assert subjects(office, "court") == []


def test_a_notice_tells_what_no_invitation_could(office: Office) -> None:
    office.publish(ROTATION)
    subjects(office, "bank")
    office.publish(FIRST_TO_COURT)
    claimed = office.journal.outbox.claim("another", seconds=1, most=9)
    dead = {item.key: Fate("dead") for item in claimed if item.kind == INVITATION and item.recipient == "bank"}
    office.journal.outbox.settle("another", dead)
    assert subjects(office, "bank") == ["轮值安排有变动：3月6日（周六）09:00 服务日"]
