"""Whatever is altered behind a journal's back is found and named; the database refuses to alter what is chained."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scheduler.keeping.database import Database
from scheduler.keeping.errors import StoreError
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Places, Ticking, opened
from tests.keeping.station import DAYS, STREAM, filled


def alter(database: Database, statement: str) -> None:
    """Write past triggers and foreign keys, as somebody with a tool for databases can."""
    if database.file is None:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
        return
    with closing(sqlite3.connect(database.file)) as raw, raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute(statement)


def test_a_journal_as_it_was_written_is_clean(full: Journal) -> None:
    assert full.audit() == ()


@pytest.mark.parametrize("statement", ["UPDATE {} SET body = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["change", "plan"])
def test_the_database_refuses_to_rewrite(full: Journal, table: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), full.store.database.engine.begin() as connection:
        connection.execute(text(statement.format(table)))
    assert full.audit() == ()


ALTERATIONS = {
    "a word in a change": ("UPDATE change SET body = replace(body, 'shop', 'shoq') WHERE sequence = 2", "change", "2"),
    "who made a change": ("UPDATE change SET actor = '' WHERE sequence = 3", "change", "3"),
    "the moment of a change": ("UPDATE change SET at = '2020' WHERE sequence = 3", "change", "3"),
    "a change taken out": ("DELETE FROM change WHERE sequence = 3", "change", "4"),
    "a change at the end taken out": ("DELETE FROM change WHERE sequence = 6", "revision", "2"),
    "a row of the case": (
        "UPDATE case_row SET body = replace(body, 'loft', 'lofts') WHERE sheet = 'rooms'",
        "case_row",
        "small rooms[2]",
    ),
    "a row of the case taken out": (
        "DELETE FROM case_row WHERE sheet = 'rooms' AND position = 2",
        "case_row",
        "small rooms[2]",
    ),
    "a row of the case put in": (
        "INSERT INTO case_row VALUES ('small', 'rooms', 3, '{}')",
        "case_row",
        "small rooms[3]",
    ),
    "the plan of a revision": ("UPDATE plan SET body = replace(body, 'hall', 'hell')", "plan", None),
    "a plan of no revision": ("INSERT INTO plan VALUES ('0', '{}')", "plan", "0"),
    "the case of a revision": ("UPDATE revision SET case_hash = '' WHERE number = 1", "revision", "1"),
    "the head of a revision": ("UPDATE revision SET head = '' WHERE number = 2", "revision", "2"),
    "a counter": (
        "UPDATE session_stamp SET sequence = 7 WHERE session = 'day@2027-03-20'",
        "session_stamp",
        "small day@2027-03-20",
    ),
    "a stamp taken out": (
        "DELETE FROM session_stamp WHERE session = 'day@2027-03-20'",
        "session_stamp",
        "small day@2027-03-20",
    ),
    "a notice": ("UPDATE outbox SET body = '{}' WHERE key = 'notice:1:bank'", "outbox", "notice:1:bank"),
    "a personal text": ("UPDATE personal SET value = '李经理住院' WHERE value = '王经理住院'", "personal", None),
    "a personal text taken out": ("DELETE FROM personal WHERE value = '王经理住院'", "personal", None),
    "a personal text half erased": ("UPDATE personal SET value = NULL WHERE value = '王经理住院'", "personal", None),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_what_is_altered_is_found_and_named(full: Journal, what: str) -> None:
    statement, table, row = ALTERATIONS[what]
    alter(full.store.database, statement)
    found = {(finding.table, finding.row) for finding in full.audit()}
    assert ((table, row) if row else table) in found | {name for name, _ in found}


NEEDLES = {
    "a reason": "王经理住院",
    "a row": '"resource":"shop"',
    "a session": f'"day@{DAYS[0]}"',
    "a plan": '"room": "hall"',
    "a kind": "undone",
    "a digest": "DIGEST",
}


def occurrences(content: bytes, needle: bytes) -> Iterator[int]:
    at = content.find(needle)
    while at >= 0:
        yield at
        at = content.find(needle, at + 1)


@pytest.mark.parametrize(
    ("body", "english", "chinese"),
    [
        ("xx", "its body is no JSON, from character 1 on", "内容自第 1 个字符起不是 JSON"),
        ("[]", "its body has another form (TypeError)", "内容格式不符（TypeError）"),
    ],
)
def test_what_cannot_be_read_is_said_in_both_languages(full: Journal, body: str, english: str, chinese: str) -> None:
    alter(full.store.database, "UPDATE change SET body = '{}' WHERE sequence = 6".replace("{}", body))
    said = [(found.message.say("en"), found.message.say("zh")) for found in full.audit()]
    assert (f"It cannot be applied: {english}", f"无法应用：{chinese}") in said


def damage(path: Path, clock: Ticking) -> object:
    """What is found in a damaged file, when it is opened or when it is audited."""
    try:
        with Journal.open(path, clock=clock) as journal:
            return journal.audit()
    except StoreError as error:
        return error


@pytest.mark.parametrize("needle", NEEDLES)
def test_a_flipped_bit_in_the_file_is_found_wherever_it_is(tmp_path: Path, clock: Ticking, needle: str) -> None:
    path = tmp_path / "journal.db"
    with opened(path, clock, filled) as journal:
        digest = next(journal.changes(STREAM)).digest
        journal.store.database.outside("VACUUM")  # so that no page holds what is left of older rows
        journal.store.database.outside("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = path.read_bytes()
    places = list(occurrences(sound, NEEDLES[needle].replace("DIGEST", digest).encode()))
    assert places
    for place in places:
        damaged = bytearray(sound)
        damaged[place + 3] ^= 0b100
        path.write_bytes(damaged)
        assert damage(path, clock), f"byte {place} of {len(sound)}"


def test_a_file_that_lost_its_end_is_found(tmp_path: Path, clock: Ticking) -> None:
    path = tmp_path / "journal.db"
    opened(path, clock, filled).close()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 8192])
    assert damage(path, clock)


def test_both_databases_hold_the_same(tmp_path: Path, places: Places) -> None:
    """Two journals into which the same is put at the same moments differ in nothing but the salts."""
    with Journal.open(tmp_path / "a.db", clock=Ticking(), create=True) as one:
        filled(one)
        with Journal.open(places(), clock=Ticking(), create=True) as other:
            filled(other)
            assert one.state(STREAM) == other.state(STREAM)
            assert one.stamps(STREAM) == other.stamps(STREAM)
            assert one.outbox.items() == other.outbox.items()
            plain = [
                [(each.kind, each.at, each.change, each.edits) for each in j.changes(STREAM)] for j in (one, other)
            ]
            assert plain[0][:3] == plain[1][:3]
