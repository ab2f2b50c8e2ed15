"""Folding: from the edits of all changes to the document that holds now, and the table that keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from rota.document import (
    Document,
    Edit,
    Fields,
    State,
    canonical,
    document_of,
    edited,
    edits_between,
    reversed_edits,
    state_of,
)
from scheduler.keeping.chain import Entry
from scheduler.keeping.sealing import Sealer, model_of
from scheduler.keeping.tables import CASE_ROW

Tables = dict[str, list[Any]]


@dataclass(frozen=True)
class Snapshot:
    """One state in three forms: as values, as plain rows, and as the sealed rows that they are kept as."""

    state: State
    plain: Tables
    sealed: Tables


def read_rows(connection: Connection, stream: str) -> Tables:
    """Return the sealed rows that a stream has come to."""
    query = select(CASE_ROW).where(CASE_ROW.c.stream == stream).order_by(CASE_ROW.c.sheet, CASE_ROW.c.position)
    tables: Tables = {}
    for row in connection.execute(query):
        tables.setdefault(row.sheet, []).append(json.loads(row.body))
    return tables


def folded(entries: Iterable[Entry], onto: Document | None = None) -> Tables:
    """Return the sealed rows after some changes.

    Raises:
        EditError: a change takes out a row that is not there.
    """
    tables = edited(onto or {}, [edit for entry in entries for edit in edits_of(entry)])
    return {table: list(rows) for table, rows in tables.items()}


def rows_before(sealed: Document, entries: Iterable[Entry]) -> Document:
    """Return the sealed rows as they were before some changes, the newest ones that led to `sealed`."""
    edits = [edit for entry in entries for edit in edits_of(entry)]
    return edited(sealed, reversed_edits(edits)) if edits else sealed


def edits_of(entry: Entry) -> tuple[Edit, ...]:
    """Return the sealed edits of a stored change."""
    return tuple(Edit.model_validate(edit) for edit in json.loads(entry.body)["edits"])


def as_json(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    """Return edits as they stand in the body of a change."""
    return [edit.model_dump(mode="json", exclude_none=True) for edit in edits]


def opened(sealer: Sealer, sealed: Document) -> Snapshot:
    """Put the texts back and read the rows as values, older forms brought up to date."""
    plain = {table: sealer.unseal(model_of(table), rows) for table, rows in sealed.items()}
    state = state_of(plain)
    return Snapshot(state, document_of(state), {table: list(rows) for table, rows in sealed.items()})


def advanced(sealer: Sealer, before: Snapshot | None, state: State) -> tuple[tuple[Edit, ...], Snapshot]:
    """Return the sealed edits that lead to a state, and its snapshot."""
    plain = document_of(state)
    old = before.plain if before else {}
    sealed: Tables = {table: list(rows) for table, rows in before.sealed.items()} if before else {}
    found: list[Edit] = []
    for table, edits in groupby(edits_between(old, plain), key=lambda edit: edit.table):
        found += _sealed(sealer, list(edits), sealed.setdefault(table, []))
    return tuple(found), Snapshot(state, plain, sealed)


def _sealed(sealer: Sealer, edits: Sequence[Edit], rows: list[Any]) -> list[Edit]:
    """Make the edits of one table in its sealed rows, which stand in the same order, and return them sealed.

    A field that an edit leaves alone keeps its reference, also where the text is erased.
    """
    model = model_of(edits[0].table)
    fresh = iter(sealer.seal(model, [edit.after for edit in edits if edit.after is not None]))
    found = []
    for edit in edits:
        at = edit.at or 0
        before = rows[at] if edit.before is not None else None
        after = next(fresh) if edit.after is not None else None
        if before is not None and after is not None:
            after = _keeping(before, after, edit)
        rows[at : at + (before is not None)] = [] if after is None else [after]
        found.append(Edit(table=edit.table, before=before, after=after, at=at))
    return found


def _keeping(before: Fields, after: Fields, edit: Edit) -> dict[str, Any]:
    """Return a sealed row with the references that it had, wherever an edit leaves a field alone."""
    old, new = edit.before or {}, edit.after or {}
    return {
        field: before[field] if field in before and old.get(field) == new[field] else after[field] for field in after
    }


def project(connection: Connection, stream: str, before: Document, after: Document) -> None:
    """Bring the stored rows of a stream from one document to another."""
    for sheet in dict.fromkeys((*before, *after)):
        old, new = before.get(sheet, ()), after.get(sheet, ())
        if old is new:
            continue
        places = [at for at in range(max(len(old), len(new))) if old[at : at + 1] != new[at : at + 1]]
        own = (CASE_ROW.c.stream == stream, CASE_ROW.c.sheet == sheet)
        gone = [at for at in places if at < len(old)]
        if gone and gone == list(range(gone[0], len(old))):
            connection.execute(delete(CASE_ROW).where(*own, CASE_ROW.c.position >= gone[0]))
        else:
            for at in gone:
                connection.execute(delete(CASE_ROW).where(*own, CASE_ROW.c.position == at))
        rows = [
            {"stream": stream, "sheet": sheet, "position": at, "body": canonical(new[at])}
            for at in places
            if at < len(new)
        ]
        if rows:
            connection.execute(insert(CASE_ROW), rows)


def digest_of(sealed: Document) -> str:
    """Return the SHA-256 of a sealed document: what can be checked also after texts were erased."""
    body = {table: [dict(row) for row in rows] for table, rows in sealed.items() if rows}
    return hashlib.sha256(canonical(body).encode()).hexdigest()
