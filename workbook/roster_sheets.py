"""The sheets of an existing roster as people see them: merged cells filled, columns told by their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineWorkbook

from rota.problem import Problem
from rota.text import Message, text
from workbook.archive import check_archive, odd_cells
from workbook.grid import Form, Located, Place, as_text
from workbook.roster_headers import field_meant
from workbook.sentences import shortened
from workbook.sources import csv_grid


@dataclass(frozen=True)
class Sheet:
    """One sheet with its merged cells filled; `rows` start at row 1, `labels` are cells filled from above."""

    title: str
    form: Form
    rows: list[list[str]]
    labels: frozenset[int] = frozenset()

    def finding(self, message: Message, row: int | None = None, column: int | None = None) -> Located:
        """Return a finding about a cell, row and column counted from 0."""
        place = Place(self.title, self.form, None if row is None else row + 1, column)
        return Located(Problem("units", None, None, message, "warning"), place)


def roster_sheets(path: Path) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, or the one of a CSV file."""
    if path.suffix.lower() == ".csv":
        grid = csv_grid(path)
        rows: list[list[str]] = []
        for number, cells in grid.rows:
            rows += [[] for _ in range(number - 1 - len(rows))]
            rows.append([cell.strip() for cell in cells])
        yield Sheet(path.name, "csv", rows)
        return
    check_archive(path)
    odd_cells(path)
    with CalamineWorkbook.from_path(path) as book:
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            rows = [[as_text(value).strip() for value in row] for row in sheet.iter_rows()]
            labels = _fill_merged(rows, sheet.merged_cell_ranges or [])
            yield Sheet(title, "sheet", rows, labels)


def _fill_merged(rows: list[list[str]], ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> frozenset[int]:
    """Give every cell of a merged range its value; return the columns that are merged over several rows."""
    down: set[int] = set()
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in range(top, min(bottom + 1, len(rows))):
            for column in range(left, min(right + 1, len(rows[row]))):
                rows[row][column] = rows[top][left]
        if bottom > top and left == right:
            down.add(left)
    return frozenset(down)


def placed_columns(sheet: Sheet, top: int) -> tuple[dict[str, list[int]], list[Located]]:
    """Return the columns of each field; a column without a header that is merged downwards holds groups."""
    columns: dict[str, list[int]] = {}
    findings: list[Located] = []
    width = max(len(row) for row in sheet.rows)
    for at in range(width):
        header = sheet.rows[top][at] if at < len(sheet.rows[top]) else ""
        meant = field_meant(header) or ("group" if not header and at in sheet.labels else None)
        filled = any(row[at] for row in sheet.rows[top + 1 :] if at < len(row))
        if meant is None:
            if header or filled:
                findings.append(sheet.finding(_unplaced_column(header), top, at))
            continue
        columns.setdefault(meant, []).append(at)
        if len(columns[meant]) > 1 and meant != "group":
            message = text(
                '"{header}" is a second column of this kind; it is kept in the notes',
                "“{header}”与前面的列同类，已并入备注",
                header=shortened(header),
            )
            findings.append(sheet.finding(message, top, at))
    return columns, findings


def _unplaced_column(header: str) -> Message:
    if not header:
        return text("a column without a header was not read", "此列没有表头，未读取")
    return text('the column "{header}" was not placed', "“{header}”列未能归入", header=shortened(header))
