"""The table 参数: keys and values instead of columns, in a sheet or in `rotation.toml`."""

from __future__ import annotations

from pathlib import Path

from rota.problem import Problem, RotaError
from rota.text import text
from workbook.cells import read_row
from workbook.grid import Grid, Located, Place
from workbook.headers import wrong_header
from workbook.layout import SETTINGS, Table
from workbook.rows import TableReading
from workbook.sources import TOML_FILE, sheet_grids, toml_grid


def stated_setting(path: Path, table: Table, field: str) -> str:
    """Return what is typed for one setting of a folder or workbook; nothing where it cannot be read.

    Raises:
        OSError: the file cannot be opened.
    """
    try:
        found = [toml_grid(path / TOML_FILE)] if path.is_dir() else sheet_grids(path)
        grid = next(
            grid
            for grid in found
            if path.is_dir() or grid.source in {table.title, table.name, f"{table.title} {table.name}"}
        )
    except (RotaError, StopIteration):
        return ""
    cells = (row for _, row in grid.rows)
    return next((row[1].strip() for row in cells if len(row) > 1 and _names(table, row[0], field)), "")


def _names(table: Table, key: str, field: str) -> bool:
    column = table.find(key) if key.strip() else None
    return column is not None and column.name == field


def read_settings(table: Table, grid: Grid) -> TableReading:
    """Read the table of keys and values (参数): each row after the headers names a field and its value."""
    typed: dict[str, str] = {}
    places: dict[str, Place] = {}
    problems: list[Located] = []
    headed = not (grid.rows and table.find(grid.rows[0][1][0]))
    for index, (number, cells) in enumerate(grid.rows[headed:]):
        key, value = (*cells, "", "")[:2]
        column = table.find(key) if key.strip() else None
        if column is None or column.name in typed:
            message = wrong_header(table, key, column)
            problems.append(Located(Problem(SETTINGS, index, None, message), grid.at(number, 0)))
            continue
        typed[column.name] = value
        places[column.name] = grid.at(number, 1, column.label)
    row, wrong = read_row(table, typed)
    for column, message in wrong:
        field_name = column.name if column else None
        place = places.get(field_name or "", grid.at())
        if column and field_name not in places:
            message = text("{column}: {message}", "{column}：{message}", column=column.label, message=message)  # noqa: PLW2901
        problems.append(Located(Problem(SETTINGS, None, field_name, message), place))
    rows = (row,) if row and not problems else ()
    return TableReading(table, grid, rows, places=places, problems=tuple(problems))
