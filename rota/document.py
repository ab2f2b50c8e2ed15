"""The document: everything that a journal keeps of a case as plain rows, and the edits from one document to another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from rota.case import Case
from rota.problem import RotaError
from rota.request import Answer, Request
from rota.row import Row, Value
from rota.text import text

SETTINGS = "settings"
REQUESTS = "requests"
ANSWERS = "answers"

BESIDE: Mapping[str, type[Row]] = {REQUESTS: Request, ANSWERS: Answer}
"""The tables that a journal keeps beside those of a case, and what their rows are."""

Fields = Mapping[str, Any]
"""One row as JSON: field names and plain values."""
Document = Mapping[str, Sequence[Fields]]
"""All rows by table: those of the case, of which `settings` has one row, and those beside it."""
Cells = Mapping[str, Mapping[int, frozenset[str]]]
"""Some cells of a document: by table and place of the row, the fields."""


class State(Value):
    """What holds at one point of a journal: the case, what people have asked for, and what they said to their turns."""

    case: Case
    requests: tuple[Request, ...] = ()
    answers: tuple[Answer, ...] = ()

    def request(self, id_: str) -> Request | None:
        """Return a request by its id."""
        return next((request for request in self.requests if request.id == id_), None)


class Edit(Value):
    """One row put in, taken out or exchanged: `before` is missing for a new row, `after` for one that goes.

    `at` is where the row stands or goes in its table, counted from 0 after the edits before this one. A row that stands
    elsewhere by now is found all the same.
    """

    table: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    at: int | None = None


class EditError(RotaError):
    """An edit is about a row that is not there."""


def document_of(state: State) -> dict[str, list[dict[str, Any]]]:
    """Return a state as plain rows."""
    body = state.case.model_dump(mode="json")
    document = {table: [rows] if table == SETTINGS else list(rows) for table, rows in body.items()}
    for table in BESIDE:
        document[table] = [row.model_dump(mode="json") for row in getattr(state, table)]
    return document


def state_of(document: Document) -> State:
    """Return the state that plain rows stand for.

    Raises:
        EditError: they make no case.
    """
    tables = {table: list(rows) for table, rows in document.items() if table != SETTINGS and table not in BESIDE}
    try:
        case = Case.model_validate({SETTINGS: document[SETTINGS][0], **tables})
        beside = {
            table: tuple(model.model_validate(row) for row in document.get(table, ()))
            for table, model in BESIDE.items()
        }
        return State.model_validate({"case": case, **beside})
    except (ValidationError, LookupError) as error:
        raise EditError(
            text("The rows make no case: {why}", "这些行不能构成排班资料：{why}", why=str(error))
        ) from error


def edits_between(before: Document, after: Document) -> tuple[Edit, ...]:
    """Return edits that lead from one document to another, order of rows included."""
    tables = [*before, *(table for table in after if table not in before)]
    return tuple(edit for table in tables for edit in _edits(table, before.get(table, ()), after.get(table, ())))


def _edits(table: str, before: Sequence[Fields], after: Sequence[Fields]) -> Iterator[Edit]:
    """Yield the edits of one table, from its end on, so that places do not shift."""
    if before == after:
        return
    matcher = SequenceMatcher(a=[canonical(row) for row in before], b=[canonical(row) for row in after], autojunk=False)
    for what, first, last, begin, end in reversed(matcher.get_opcodes()):
        if what == "equal":
            continue
        paired = min(last - first, end - begin)
        for place in range(last - 1, first + paired - 1, -1):
            yield Edit(table=table, before=dict(before[place]), at=place)
        for row in reversed(after[begin + paired : end]):
            yield Edit(table=table, after=dict(row), at=first + paired)
        for step in range(paired):
            yield Edit(table=table, before=dict(before[first + step]), after=dict(after[begin + step]), at=first + step)


def edited(document: Document, edits: Sequence[Edit]) -> dict[str, list[Fields]]:
    """Return a document after some edits, made one after the other.

    Raises:
        EditError: the row that an edit takes out or exchanges is not there.
    """
    tables: dict[str, list[Fields]] = {table: list(rows) for table, rows in document.items()}
    for edit in edits:
        rows = tables.setdefault(edit.table, [])
        if edit.before is None:
            rows.insert(len(rows) if edit.at is None else edit.at, edit.after or {})
            continue
        place = _place(rows, edit)
        if edit.after is None:
            del rows[place]
        else:
            rows[place] = edit.after
    return tables


def _place(rows: Sequence[Fields], edit: Edit) -> int:
    """Return where the row stands that an edit takes out: of equal rows the one at `at`, else the last."""
    wanted = canonical(edit.before or {})
    if edit.at is not None and 0 <= edit.at < len(rows) and canonical(rows[edit.at]) == wanted:
        return edit.at
    found = [number for number, row in enumerate(rows) if canonical(row) == wanted]
    if not found:
        raise EditError(
            text(
                "The table {table} has no row {row}; it was changed in the meantime.",
                "表“{table}”中没有 {row} 这一行；它已被改动。",
                table=table_label(edit.table),
                row=wanted,
            )
        )
    return found[-1]


def reversed_edits(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits that take back `edits`."""
    return tuple(Edit(table=edit.table, before=edit.after, after=edit.before, at=edit.at) for edit in reversed(edits))


def canonical(row: Fields) -> str:
    """Return a row as JSON that is the same whatever the order of its fields."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def table_label(table: str) -> str:
    """Return the Chinese name of a table's sheet, or its own name where it is none of the case."""
    field = Case.model_fields.get(table)
    return str(field.title) if field and field.title else table
