"""No text about a person is kept where it cannot be erased, whatever row or change it is part of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from rota.case import Case
from rota.change import Change
from rota.changes import CHANGES, read_change
from rota.document import REQUESTS, Edit
from rota.request import Request
from rota.row import personal_fields as row_fields
from rota.text import ERASED
from scheduler.keeping.journal import Journal
from scheduler.keeping.records import sealed_change
from scheduler.keeping.sealing import Marked, exchanged, model_of
from scheduler.keeping.tables import CASE_ROW, CHANGE, PERSONAL
from scheduler.keeping.transaction import Transaction
from tests.keeping.station import DAYS, STREAM, away, joining, station

ROWS: dict[str, dict[str, object]] = {
    "people": {"id": "p1", "name": "欧阳明珠", "name_en": "Mingzhu", "note": "周三不便"},
    "contacts": {"of": "bank", "name": "上官文静", "phone": "139", "email": "w@bank.example", "note": "下午联系"},
    "availability": {"resource": "bank", "level": "cannot", "first": DAYS[0], "reason": "王经理住院"},
    "orders": {"id": "o1", "service": "day", "requester": "周阿姨", "days": [DAYS[0]]},
    "outcomes": {"session": "day@1", "held": True, "host": "bank", "note": "李会计代为主持"},
}
SUBJECTS = {"people": "p1", "contacts": "bank", "availability": "bank", "orders": "", "outcomes": "bank"}


def personal_texts(model: type[BaseModel], row: dict[str, object]) -> list[Marked]:
    found: list[Marked] = []

    def note(marked: Marked) -> str:
        found.append(marked)
        return "~"

    exchanged(model, row, note)
    return found


@pytest.mark.parametrize("table", ROWS)
def test_a_row_says_whom_its_texts_are_about(table: str) -> None:
    model = model_of(table)
    assert model
    found = personal_texts(model, ROWS[table])
    assert found
    assert {marked.subject for marked in found} == {SUBJECTS[table]}


def personal_fields() -> Iterator[tuple[str, str]]:
    for table, info in Case.model_fields.items():
        model = model_of(table)
        assert model, info
        yield from ((table, field) for field in sorted(row_fields(model)))
    yield REQUESTS, "note"


@pytest.mark.parametrize(("table", "field"), list(personal_fields()))
def test_every_marked_field_of_a_case_is_sealed(table: str, field: str) -> None:
    model = Request if table == REQUESTS else model_of(table)
    assert model
    assert [marked.value for marked in personal_texts(model, {field: "文字"})] == ["文字"]


def golden_changes(root: Path) -> Iterator[tuple[str, int, dict[str, object]]]:
    for file in sorted((root / "tests" / "golden" / "changes").glob("*.json")):
        for version, body in json.loads(file.read_text(encoding="utf-8")).items():
            yield file.stem, int(version), body


def there_and_back(journal: Journal, change: Change) -> tuple[dict[str, object], dict[str, object]]:
    """A change sealed, and opened again."""

    def work(transaction: Transaction) -> tuple[dict[str, object], dict[str, object]]:
        sealed = sealed_change(transaction.sealer, change)
        return sealed, transaction.sealer.unseal(type(change), [sealed])[0]

    return journal.store.write(work)


def test_every_kind_of_change_comes_back_from_its_sealed_form(root: Path, journal: Journal) -> None:
    tried = set()
    for kind, version, body in golden_changes(root):
        change = read_change(kind, version, body)
        plain = change.model_dump(mode="json")
        sealed, opened = there_and_back(journal, change)
        assert opened == plain
        written = json.dumps(sealed, ensure_ascii=False)
        assert not [text for text in personal_texts(type(change), plain) if f'"{text.value}"' in written]
        tried.add(kind)
    assert tried == set(CHANGES)


def test_what_is_kept_for_ever_names_nobody(full: Journal) -> None:
    full.record(STREAM, joining(contact="司马如兰"), actor="刘主任", note="司马如兰来电")
    kept = full.store.database.read(
        lambda connection: [
            *connection.execute(select(CHANGE.c.body)).scalars(),
            *connection.execute(select(CHANGE.c.actor)).scalars(),
            *connection.execute(select(CASE_ROW.c.body)).scalars(),
        ]
    )
    for called in (
        "欧阳明珠",
        "Mingzhu",
        "上官文静",
        "13900001111",
        "wenjing",
        "王经理",
        "电话告知",
        "司马如兰",
        "刘主任",
    ):
        assert not [text for text in kept if called in text], called


def test_the_same_text_about_the_same_person_is_kept_once(journal: Journal) -> None:
    journal.begin(station(), actor="刘主任")
    for day in DAYS:
        journal.record(STREAM, away(day, reason="出差"), actor="刘主任")
    query = select(PERSONAL.c.value).where(PERSONAL.c.value.in_(["出差", "刘主任"]))
    values = journal.store.database.read(lambda connection: sorted(connection.execute(query).scalars()))
    assert values == sorted(["出差", "刘主任"])


def test_an_edit_of_a_person_who_is_forgotten_leaves_the_erased_reference(full: Journal) -> None:
    full.forget("p1", actor="刘主任")
    row = full.state(STREAM).case.people[0].model_dump(mode="json")
    assert row["name"] == ERASED
    edit = Edit(table="people", before=row, after={**row, "skills": ["法律"]})
    made = full.record_edits(STREAM, [edit], actor="刘主任")
    person = full.state(STREAM).case.people[0]
    assert (person.name, person.skills) == (ERASED, ("法律",))
    full.undo(STREAM, made.sequence, actor="刘主任")
    assert full.state(STREAM).case.people[0].skills == ()
    assert full.audit() == ()
