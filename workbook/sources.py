"""Where raw cells come from: the sheets of a workbook, or the CSV files and the TOML file of a folder."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from rota.cell import UNCALCULATED
from rota.problem import RotaError
from rota.text import text
from rota.trouble import quoted
from workbook.archive import Odd, WorkbookError, check_archive, odd_cells
from workbook.encoding import decoded
from workbook.grid import Grid, as_text, grid

TOML_FILE = "rotation.toml"
TOML_TABLE = "case"

ESCAPED = re.compile(r"^'+[=+\-@]")
"""Text that a spreadsheet would take for a formula is kept in CSV behind an apostrophe."""


class SourceError(RotaError):
    """A file of a case folder cannot be taken apart into cells."""


def sheet_grids(path: Path) -> Iterator[Grid]:
    """Yield every sheet of a workbook.

    Raises:
        WorkbookError: it is no workbook, is damaged, or would unpack beyond measure.
    """
    check_archive(path)
    odd = odd_cells(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            for title in book.sheet_names:
                cells = [[as_text(value) for value in row] for row in book.get_sheet_by_name(title).iter_rows()]
                yield grid(title, "sheet", _with_odd(cells, odd.get(title, ())))
    except CalamineError as error:
        raise WorkbookError(
            text("{file} cannot be read: {why}.", "无法读取 {file}：{why}。", file=path.name, why=quoted(error))
        ) from error


def _with_odd(cells: list[list[str]], odd: tuple[Odd, ...]) -> list[list[str]]:
    """Put the errors and formulas without a value into their cells, so that they are not taken for empty ones."""
    for each in odd:
        while len(cells) < each.row:
            cells.append([])
        row = cells[each.row - 1]
        row.extend([""] * (each.column + 1 - len(row)))
        row[each.column] = each.shows or UNCALCULATED
    return cells


def csv_grid(path: Path) -> Grid:
    """Read a CSV file, separated by commas, semicolons or tabs.

    Raises:
        EncodingError: it is neither UTF-8 nor GB18030.
        SourceError: a quotation mark is never closed, or a cell is too long.
    """
    content = decoded(path)
    try:
        rows = list(csv.reader(StringIO(content, newline=""), delimiter=_separator(content), strict=True))
    except csv.Error as error:
        raise SourceError(
            text("{file} is not a CSV file: {why}.", "{file} 不是 CSV 文件：{why}。", file=path.name, why=quoted(error))
        ) from error
    return grid(path.name, "csv", [[unescaped(cell) for cell in row] for row in rows])


def _separator(content: str) -> str:
    header = next((line for line in content.split("\n") if line.strip()), "")
    return "," if "," in header else next((mark for mark in "\t;" if mark in header), ",")


def escaped(cell: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if re.match(r"^'*[=+\-@]", cell) and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell):
        return "'" + cell
    return cell


def unescaped(cell: str) -> str:
    """Return the text that `escaped` was given."""
    return cell[1:] if ESCAPED.match(cell) else cell


def toml_grid(path: Path) -> Grid:
    """Read the settings of `rotation.toml` as rows of key and value, each with its line.

    Raises:
        EncodingError: it is neither UTF-8 nor GB18030.
        SourceError: it is not TOML, or has no section `[case]`.
    """
    content = decoded(path)
    try:
        settings = tomllib.loads(content).get(TOML_TABLE)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(
            text("{file} is not TOML: {why}.", "{file} 不是 TOML：{why}。", file=path.name, why=quoted(error))
        ) from error
    if not isinstance(settings, dict):
        raise SourceError(
            text("{file} has no section [{name}].", "{file} 没有 [{name}] 一节。", file=path.name, name=TOML_TABLE)
        )
    rows = [(_line_of(content, key), (key, as_text(value))) for key, value in settings.items()]
    return Grid(path.name, "toml", ((1, ("key", "value")), *rows))


def _line_of(content: str, key: str) -> int:
    pattern = re.compile(rf"""^\s*["']?{re.escape(key)}["']?\s*=""")
    return next((number for number, line in enumerate(content.split("\n"), start=1) if pattern.match(line)), 1)
