"""From a value to what is written in its cell: as text for CSV, with its type for a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rota.case import Case
from rota.demand import REQUIRED, Demand
from rota.row import Row
from rota.text import Language, Word, text
from workbook.grid import as_text
from workbook.layout import PARAMS, Column, Table

YES, NO = text("yes", "是"), text("no", "否")
MUST = text("required", "必须")

Typed = str | int | float | dt.date | dt.time | None
"""What a cell of a workbook holds."""


def rows_of(case: Case, table: Table) -> tuple[Row, ...]:
    """Return the rows of one table of a case."""
    rows: tuple[Row, ...] = getattr(case, table.name)
    return rows


def typed_cells(row: Row, table: Table, language: Language) -> list[Typed]:
    """Return the cells of one row in the order of the table's columns."""
    if isinstance(row, Demand):
        return list(_demand_cells(row, table, language))
    return [typed(getattr(row, column.name), column, language) for column in table.columns]


def text_cells(row: Row, table: Table, language: Language) -> list[str]:
    """Return the cells of one row as text."""
    return [as_text(cell) for cell in typed_cells(row, table, language)]


def typed(value: object, column: Column, language: Language) -> Typed:
    """Return a value as its cell holds it: words in the language, lists joined, dates and numbers as they are."""
    if value is None or isinstance(value, bool):
        return None if value is None else (YES if value else NO).say(language)
    if isinstance(value, Word):
        return value.label.say(language)
    if isinstance(value, tuple):
        return "; ".join(as_text(item) for item in value)
    if column.kind == "rule":
        return spoken(str(value), column, language)
    if isinstance(value, int | float | dt.date | dt.time):
        return value
    return str(value)


def spoken(code: str, column: Column, language: Language) -> str:
    """Return the label of a rule's code; a code that the catalogue does not know stays as it is."""
    return next((label.say(language) for known, label in column.words if known == code), code)


def _demand_cells(row: Demand, table: Table, language: Language) -> Iterator[Typed]:
    params = dict(row.params)
    own = {column.name for column in table.columns if column.param}
    others = {key: value for key, value in params.items() if key not in own}
    for column in table.columns:
        if column.param:
            yield params.get(column.name, "")
        elif column.name == PARAMS:
            yield "; ".join(f"{key}={_quoted(value)}" for key, value in others.items())
        elif column.name == "priority" and row.priority == REQUIRED:
            yield MUST.say(language)
        else:
            yield typed(getattr(row, column.name), column, language)


def _quoted(value: str) -> str:
    if not any(mark in value for mark in ';；\n"'):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
