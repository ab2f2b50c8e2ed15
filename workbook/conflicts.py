"""Where a merge goes wrong, at the cells of the working copy: contradictions, and rows that do not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rota.case import Case
from rota.document import Document
from rota.merging import Conflict, aligned
from rota.problem import Problem
from rota.row_title import row_title
from rota.text import Message, name, text
from workbook.grid import Located
from workbook.layout import Column, layout_of
from workbook.rows import TableReading
from workbook.writing import NO, YES

Readings = Mapping[str, TableReading]


def conflict_at(conflict: Conflict, case: Case, readings: Readings) -> Located:
    """Return a contradiction with the cell where it was typed; of a row that is gone, with its sheet."""
    message = _cell(conflict) if conflict.field else _row(conflict, case)
    problem = Problem(conflict.table, conflict.row, conflict.field, message)
    return Located(problem, readings[conflict.table].place(conflict.row, conflict.field))


def _cell(conflict: Conflict) -> Message:
    column = layout_of(()).table[conflict.table].column.get(conflict.field or "")
    return text(
        'was changed here to "{mine}", and elsewhere to "{theirs}" (before: "{base}")',
        "此处改为“{mine}”，而变更记录中已改为“{theirs}”（原为“{base}”）",
        mine=_shown(conflict.mine, column),
        theirs=_shown(conflict.theirs, column),
        base=_shown(conflict.base, column),
    )


def _row(conflict: Conflict, case: Case) -> Message:
    model = layout_of(()).table[conflict.table].model
    row = row_title(case, model.model_validate(conflict.of))
    if conflict.mine is None:
        return text("{row} was deleted here, and changed elsewhere", "{row}在此被删除，而变更记录中已修改", row=row)
    return text("{row} was changed here, and taken out elsewhere", "{row}在此被修改，而变更记录中已删除", row=row)


def _shown(value: Any, column: Column | None) -> Message:  # noqa: ANN401 - a cell as JSON
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return name("; ".join(str(item) for item in value))
    labels = dict(column.words) if column else {}
    return labels.get(str(value), name("" if value is None else str(value)))


def merged_at(problem: Problem, merged: Document, mine: Document, readings: Readings) -> Located:
    """Return a problem of merged rows with the place of its row in the working copy, where it stands there."""
    row = None
    if problem.row is not None:
        row = aligned(problem.table, merged[problem.table], mine[problem.table]).get(problem.row)
    return Located(problem, readings[problem.table].place(row, problem.field if row is not None else None))
