"""What a newly read case no longer has: asked before a file that lost its rows replaces what is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rota.case import Case
from rota.row import Row
from workbook.layout import SETTINGS


def deleted_rows(old: Case, new: Case) -> Mapping[str, tuple[Row, ...]]:
    """Return, by table, the rows of `old` that `new` has no longer: by id where rows have one, else as a whole."""
    tables = [table for table in Case.model_fields if table != SETTINGS]
    lost = {table: _lost(getattr(old, table), getattr(new, table)) for table in tables}
    return {table: rows for table, rows in lost.items() if rows}


def _lost(old: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[Row, ...]:
    left = Counter(_key(row) for row in new)
    lost = []
    for row in old:
        if left[_key(row)]:
            left[_key(row)] -= 1
        else:
            lost.append(row)
    return tuple(lost)


def _key(row: Row) -> object:
    return (getattr(row, "activity", ""), row.id) if hasattr(row, "id") else row
