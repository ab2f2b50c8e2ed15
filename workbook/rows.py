"""From the cells of one table to its rows: every cell that cannot be read is named, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rota.problem import Problem
from rota.row import SEPARATORS, Row
from workbook.cells import read_row
from workbook.grid import Grid, Located, Place
from workbook.headers import match_headers, no_column
from workbook.layout import Column, Table


@dataclass(frozen=True)
class TableReading:
    """What was read from one table.

    `rows` are those that read well, `numbers` their rows in the sheet, `columns` where each field stands (`places` in
    the table of settings). `unread` holds every word of the rows that did not read, so that nothing is said about
    what they may have stated; a table is `lost` where not even its words are known.
    """

    table: Table
    grid: Grid | None
    rows: tuple[Row, ...] = ()
    numbers: tuple[int, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    problems: tuple[Located, ...] = ()
    unread: frozenset[str] = frozenset()
    lost: bool = False

    def place(self, row: int | None, column: str | None) -> Place:
        """Return where a field of a row that read well stands; without a row, the place of the table."""
        if column is not None and column in self.places:
            return self.places[column]
        grid = self.grid or Grid(self.table.title, "sheet", ())
        if row is None or row >= len(self.numbers):
            return grid.at()
        known = self.table.column.get(column or "")
        return _at(grid, self.numbers[row], known, self.columns)

    def cell(self, row: int, column: str) -> str:
        """Return the text of a cell of a row that read well."""
        cells = dict(self.grid.rows)[self.numbers[row]] if self.grid else ()
        position = self.columns.get(column)
        return cells[position] if position is not None and position < len(cells) else ""


def read_table(table: Table, grid: Grid) -> TableReading:
    """Read all rows of a table; the first row that is not empty holds the headers."""
    if not grid.rows:
        return TableReading(table, grid)
    header_row, headers = grid.rows[0]
    found, problems = match_headers(table, grid, header_row, headers)
    body = grid.rows[1:]
    lacking = [column for column in table.columns if column.needed and column.name not in found]
    if body and lacking:
        problems += [no_column(table, grid, header_row, column) for column in lacking]
    good: list[tuple[int, Row]] = []
    unread: set[str] = set()
    for index, (number, cells) in enumerate(body):
        typed = {name: cells[at] for name, at in found.items() if at < len(cells)}
        row, wrong = read_row(table, typed)
        shown = [p for p in wrong if p[0] is None or p[0].name in found]
        for column, message in shown:
            problem = Problem(table.name, index, column.name if column else None, message)
            problems.append(Located(problem, _at(grid, number, column, found)))
        if row is None:
            unread |= words_of(cells)
        else:
            good.append((number, row))
    return TableReading(
        table, grid, tuple(r for _, r in good), tuple(n for n, _ in good), found, {}, tuple(problems), frozenset(unread)
    )


def words_of(cells: tuple[str, ...]) -> set[str]:
    """Return every cell, and every item of a cell that holds several."""
    return {word.strip() for cell in cells for word in (cell, *SEPARATORS.split(cell)) if word.strip()}


def _at(grid: Grid, number: int, column: Column | None, found: Mapping[str, int]) -> Place:
    return grid.at(number, found.get(column.name), column.label) if column else grid.at(number)
