"""A person can be forgotten: nothing in the journal's files holds the name, and the chain holds on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from rota.document import Edit, document_of
from rota.text import ERASED
from scheduler.keeping.errors import StoreError
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, STREAM, WHO, away, filled, station

NAMES = ("欧阳明珠", "Mingzhu Ouyang")


def holding(folder: Path, names: Iterable[str]) -> list[tuple[str, str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [(path.name, name) for path in files for name in names if name.encode() in path.read_bytes()]


def mentioned(journal: Journal) -> Journal:
    """A journal in which one person is spoken of in many places."""
    filled(journal)
    journal.record(STREAM, away(reason="欧阳明珠代班"), actor="欧阳明珠", note="欧阳明珠来电")
    journal.drafts.save(STREAM, None, base=2, case_sequence=5, reason="欧阳明珠不能到场")
    rows = document_of(journal.state(STREAM))["people"]
    moved = Edit(table="people", before=rows[0], after={**rows[0], "name": "欧阳珠"})
    journal.record_edits(STREAM, [moved], actor=WHO)
    return journal


def test_no_file_holds_the_name_any_more(tmp_path: Path, clock: Ticking) -> None:
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        mentioned(journal)
        assert holding(tmp_path, NAMES)
        forgotten = journal.forget("p1", actor=WHO)
        assert forgotten.texts
        assert forgotten.remains == ()
        assert holding(tmp_path, (*NAMES, "欧阳珠")) == []
        assert journal.audit() == ()
    assert holding(tmp_path, NAMES) == []


def test_what_is_read_afterwards_has_placeholders(journal: Journal, where: str, clock: Ticking) -> None:
    mentioned(journal)
    journal.forget("p1", actor=WHO)
    with Journal.open(where, clock=clock) as other:
        for reader in (journal, other):
            person = reader.state(STREAM).case.people[0]
            assert (person.name, person.name_en, person.note) == (ERASED, "", "")
            assert reader.state(STREAM, 1).case.people[0].name == ERASED
            assert reader.state(STREAM, 1).case.people[0].id == "p1"
            (change,) = [each for each in reader.changes(STREAM) if each.sequence == 7]
            assert (change.actor, change.note, change.change["reason"]) == (ERASED, ERASED, "")
            assert len(list(reader.told(STREAM))) == len(list(reader.changes(STREAM)))
        assert other.audit() == ()


def test_the_published_plan_still_answers_its_case(full: Journal) -> None:
    full.forget("p1", actor=WHO)
    revision = full.revision(2)
    assert full.state(STREAM).case.hash == revision.case_hash == full.plan(2).case.hash
    assert full.state(STREAM, revision.case_sequence).case.hash == revision.case_hash


def test_a_contact_of_a_unit_is_forgotten_and_the_unit_is_not(journal: Journal) -> None:
    journal.begin(station(), actor=WHO)
    journal.forget("bank", actor=WHO)
    case = journal.state(STREAM).case
    assert (case.contacts[0].name, case.contacts[0].phone, case.contacts[0].email) == (ERASED, "", "")
    assert case.units[0].name == "银行"
    assert case.people[0].name == "欧阳明珠"


def test_others_keep_their_names_also_where_they_hold_the_name(journal: Journal) -> None:
    people = [{"id": "p1", "name": "王小"}, {"id": "p2", "name": "王小明", "note": "王小的徒弟"}]
    journal.begin(station(people=people), actor=WHO)
    forgotten = journal.forget("p1", actor=WHO)
    assert [person.name for person in journal.state(STREAM).case.people] == [ERASED, "王小明"]
    assert journal.state(STREAM).case.people[1].note == ""
    assert [finding.table for finding in forgotten.remains] == ["personal"]


def test_a_name_within_a_public_text_is_reported_for_it_stays(journal: Journal) -> None:
    activity = {"id": "day", "name": "欧阳明珠讲堂", "cycle": "weeks", "times": ["09:00"], "minutes": 120}
    journal.begin(station(activities=[activity]), actor=WHO)
    forgotten = journal.forget("p1", actor=WHO)
    assert {finding.table for finding in forgotten.remains} == {"change", "case_row"}


def test_latin_names_are_found_as_words(journal: Journal) -> None:
    journal.begin(
        station(people=[{"id": "p1", "name": "李 Li"}, {"id": "p2", "name": "p2", "note": "limited"}]), actor=WHO
    )
    for day, reason in zip(DAYS, ("ask li", "Li来电", "li2", "Lisa"), strict=True):
        journal.record(STREAM, away(day, reason=reason), actor=WHO)
    journal.forget("p1", names=["Li"], actor=WHO)
    case = journal.state(STREAM).case
    assert case.people[1].note == "limited"
    assert [row.reason for row in case.availability] == ["", "", "li2", "Lisa"]


def test_somebody_unknown_cannot_be_forgotten(journal: Journal) -> None:
    head = journal.begin(station(), actor=WHO).head
    with pytest.raises(StoreError, match="nobody"):
        journal.forget("nobody", actor=WHO)
    assert journal.head(STREAM) == head
    assert journal.audit() == ()


@pytest.mark.slow  # it waits for the other program
def test_files_that_could_not_be_cleaned_are_cleaned_the_next_time(tmp_path: Path, clock: Ticking) -> None:
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        mentioned(journal)
        with closing(sqlite3.connect(tmp_path / "journal.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM change").fetchall()
            with pytest.raises(StoreError, match="another program is reading"):
                journal.forget("p1", actor=WHO)
        assert journal.state(STREAM).case.people[0].name == ERASED
        assert journal.forget("p1", actor=WHO).texts == 0
        assert holding(tmp_path, NAMES) == []
        assert [change.kind for change in journal.changes("alliance")] == ["forgotten"]


def test_forgetting_is_a_change_of_its_own_that_names_nobody(journal: Journal) -> None:
    mentioned(journal)
    journal.forget("p1", actor=WHO)
    (change,) = journal.changes("alliance")
    assert (change.kind, change.change["subject"], change.actor) == ("forgotten", "p1", WHO)
    assert journal.streams() == (STREAM,)
