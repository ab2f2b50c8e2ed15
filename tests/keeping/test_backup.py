"""Backups and exports: a journal goes out into a file and comes back, between both databases."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from rota.document import canonical
from scheduler.keeping.backup import restore
from scheduler.keeping.errors import StoreError
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Places, Ticking
from tests.keeping.station import STREAM, WHO, away, filled


def test_a_backup_becomes_the_same_journal_again(full: Journal, places: Places, clock: Ticking, tmp_path: Path) -> None:
    draft = full.drafts.save(STREAM, full.plan(2), base=2, case_sequence=5)
    full.backup(tmp_path / "backup.db")
    where = places()
    restore(tmp_path / "backup.db", where)
    with Journal.open(where, clock=clock) as other:
        assert other.audit() == ()
        assert other.alliance == full.alliance
        assert list(other.changes(STREAM)) == list(full.changes(STREAM))
        assert other.state(STREAM) == full.state(STREAM)
        assert other.stamps(STREAM) == full.stamps(STREAM)
        assert other.outbox.items() == full.outbox.items()
        assert other.drafts.save(STREAM, None, base=2, case_sequence=5).id > draft.id
        other.record(STREAM, away(), actor=WHO)
        assert other.audit() == ()


@pytest.mark.slow
def test_a_journal_moves_from_a_file_to_postgresql(databases: Places, clock: Ticking, tmp_path: Path) -> None:
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        filled(journal)
        where = databases()
        restore(tmp_path / "journal.db", where)
        with Journal.open(where, clock=clock) as other:
            assert other.audit() == ()
            assert other.state(STREAM) == journal.state(STREAM)


def test_a_backup_is_one_file_for_its_owner_alone(full: Journal, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    full.backup(folder / "backup.db")
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(full: Journal, where: str, tmp_path: Path) -> None:
    full.backup(tmp_path / "backup.db")
    with pytest.raises(StoreError, match="already"):
        full.backup(tmp_path / "backup.db")
    with pytest.raises(StoreError, match="already"):
        restore(tmp_path / "backup.db", where)


def test_a_damaged_backup_is_not_used(full: Journal, places: Places, clock: Ticking, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    full.backup(backup)
    content = bytearray(backup.read_bytes())
    content[content.index("王经理".encode())] ^= 1
    backup.write_bytes(content)
    where = places()
    with pytest.raises(StoreError, match="damaged"):
        restore(backup, where)
    with pytest.raises(StoreError, match="no journal"):
        Journal.open(where, clock=clock)


@pytest.mark.parametrize("content", [None, b"not a database at all, but some other file", b""])
def test_what_is_no_backup_is_said_to_be_none(places: Places, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(StoreError):
        restore(tmp_path / "backup.db", places())


def test_an_export_holds_what_anybody_needs_to_check_the_chain(full: Journal) -> None:
    full.forget("p1", actor=WHO)
    lines = [json.loads(line) for line in full.export()]
    changes = [line["change"] for line in lines if "change" in line]
    previous = ""
    for change in changes:
        body = {**change, "body": canonical(change["body"])}
        assert change["previous"] == previous
        previous = body.pop("digest")
        assert hashlib.sha256(canonical(body).encode()).hexdigest() == previous
    assert [change["kind"] for change in changes][-1] == "forgotten"
    plans = {line["plan"]["digest"] for line in lines if "plan" in line}
    assert plans == {revision.plan for revision in full.revisions()}


def test_an_export_can_go_on_where_the_last_one_ended(full: Journal) -> None:
    assert [*full.export(STREAM, since=4)] == [*full.export(STREAM)][-3:]
