"""Edits of rows as such: whatever in a case no kind of change of its own speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from pydantic import Field

from rota.case import Case
from rota.changes.making import CheckedChange
from rota.changes.wording import because
from rota.document import Edit, EditError, Fields, State, document_of, edited, state_of
from rota.merging import aligned
from rota.row import Named, PersonalText, Row
from rota.row_title import row_title
from rota.text import Message, clauses, name, text


class Edited(CheckedChange):
    """Rows put in, taken out and exchanged, one after the other.

    The edits are no particulars: a journal keeps the rows that a change exchanges beside every change.
    """

    kind = "edited"
    label = text("Edited", "修改资料")

    edits: tuple[Edit, ...] = Field((), exclude=True)
    reason: PersonalText = ""

    def against(self, state: State) -> Iterator[Message]:
        """Yield the edit that cannot be made, or what keeps the rows from being a case."""
        try:
            self._result(state)
        except EditError as error:
            yield error.message

    def texts(self) -> Iterator[tuple[Message, str]]:
        """Yield the reason, and the cells that the edits put in; what stood there before is not theirs."""
        yield text("reason", "原因"), self.reason
        for edit in self.edits:
            before = edit.before or {}
            for cell, value in (edit.after or {}).items():
                if isinstance(value, str) and before.get(cell) != value:
                    called = {"table": _table(edit.table), "cell": _cell(_model(edit.table), cell)}
                    yield text("{table}, {cell}", "{table}，{cell}", **called), value

    def made(self, state: State) -> State:
        """Return the state with the rows edited."""
        return self._result(state)

    def _result(self, state: State) -> State:
        return state_of(edited(document_of(state), self.edits))

    def say(self, state: State) -> Message:
        """Say the rows that are new, changed or gone, with their cells where they are few; else how many they are."""
        if not self.edits:
            return because(text("Rows edited", "修改资料"), self.reason)
        before = document_of(state)
        try:
            after = edited(before, self.edits)
        except EditError:  # the rows stand otherwise by now, as where a text was erased
            told = [part for table in self._tables for part in _counted(table, self._by_place(table))]
        else:
            told = [
                part
                for table in self._tables
                for part in _said(state.case, table, before.get(table, ()), after.get(table, ()))
            ]
        return because(clauses(told), self.reason)

    @property
    def _tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(edit.table for edit in self.edits))

    def _by_place(self, table: str) -> list[Pair]:
        return [(edit.before, edit.after) for edit in self.edits if edit.table == table]


Pair = tuple[Fields | None, Fields | None]
"""One row before and after; missing where it is new or gone."""
MOST_NAMED = 3
"""So many rows of a table are named with their cells; more are counted."""


def _said(case: Case, table: str, before: Sequence[Fields], after: Sequence[Fields]) -> Iterator[Message]:
    """Say what became of a table, row by row of its keys, so that rows which only change places count as none."""
    places = aligned(table, before, after)
    pairs: list[Pair] = [(row, after[places[n]] if n in places else None) for n, row in enumerate(before)]
    found = {*places.values()}
    pairs += [(None, row) for n, row in enumerate(after) if n not in found]
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if not differing:
        yield text("{table}: order changed", "{table}：顺序有变", table=_table(table))
    elif len(differing) > MOST_NAMED:
        yield from _counted(table, differing)
    else:
        yield from (_row(case, table, *pair) for pair in differing)


def _counted(table: str, pairs: Sequence[Pair]) -> Iterator[Message]:
    for what, is_so in WHAT:
        n = sum(is_so(*pair) for pair in pairs)
        if n:
            yield text("{table}: {n} {what}", "{table}：{what} {n} 行", table=_table(table), n=n, what=what)


def _row(case: Case, table: str, before: Fields | None, after: Fields | None) -> Message:
    model = _model(table)
    said: dict[str, object] = {"table": _table(table), "row": _title(case, model, before or after or {})}
    if before is None or after is None:
        what = text("new", "新增") if before is None else text("gone", "删除")
        return text('{table}: {what}: "{row}"', "{table}：{what}“{row}”", what=what, **said)
    cells = [
        text(
            "{cell} {before} → {after}",
            "{cell} {before} → {after}",
            cell=_cell(model, cell),
            before=_value(case, before.get(cell)),
            after=_value(case, after.get(cell)),
        )
        for cell in dict.fromkeys((*before, *after))
        if before.get(cell) != after.get(cell)
    ]
    return text('{table} "{row}": {cells}', "{table}“{row}”：{cells}", cells=tuple(cells), **said)


def _model(table: str) -> type[Row] | None:
    field = Case.model_fields.get(table)
    of = next((each for each in get_args(field.annotation) if isinstance(each, type)), None) if field else None
    return of if of is not None and issubclass(of, Row) else None


def _title(case: Case, model: type[Row] | None, row: Fields) -> Message:
    if model is None:
        return name(str(row.get("id", "")))
    read = model.model_validate(row)
    return read.label if isinstance(read, Named) and read.label.zh else row_title(case, read)


def _cell(model: type[Row] | None, cell: str) -> Message:
    field = model.model_fields.get(cell) if model else None
    return name(field.title if field and field.title else cell, cell)


def _value(case: Case, value: object) -> object:
    """Say a cell as plain rows have it, with what it names by its label."""
    if isinstance(value, list | tuple):
        return tuple(_value(case, each) for each in value) or text("none", "无")
    if isinstance(value, bool):
        return text("yes", "是") if value else text("no", "否")
    if value is None or value == "":
        return text("none", "无")
    return case.label.get(value, case.role_label.get(value, name(value))) if isinstance(value, str) else value


WHAT: tuple[tuple[Message, Callable[[Fields | None, Fields | None], bool]], ...] = (
    (text("new", "新增"), lambda before, _: before is None),
    (text("changed", "修改"), lambda before, after: before is not None and after is not None),
    (text("gone", "删除"), lambda _, after: after is None),
)
"""What can become of a row."""


def _table(table: str) -> Message:
    field = Case.model_fields.get(table)
    return name(field.title if field and field.title else table, table)
