"""Putting new rows into tables of a case that somebody works in: everything else there stays as it is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from rota.case import Case
from rota.text import Language, text
from workbook.archive import check_archive
from workbook.folder import replace_files
from workbook.layout import SETTINGS, layout_of
from workbook.saving import FileHeldError, write_file
from workbook.sheets import SETTINGS_HEADERS, put
from workbook.writing import rows_of, typed, typed_cells

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook.layout import Catalogue, Table


def replace_table(
    path: Path, case: Case, name: str, catalogue: Catalogue = (), language: Language | None = None
) -> Path:
    """Write the rows that `case` has in table `name` over those of the case at `path`; return the file written.

    In a workbook the sheet keeps its columns in their order and everything beside them; other sheets are not touched.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    if path.is_dir():
        return replace_files(path, case, [name], catalogue, language)[0]
    book = open_book(path)
    refill(book, case, layout_of(catalogue).table[name], language or case.settings.language)
    save_book(book, path)
    return path


def open_book(path: Path) -> Workbook:
    """Open a workbook to be edited.

    Raises:
        FileHeldError: another program has it open.
        WorkbookError: it is no workbook, or not safe to open.
    """
    check_archive(path)
    try:
        return load_workbook(BytesIO(path.read_bytes()))
    except PermissionError as error:
        raise FileHeldError(
            text("Please close {path} in Excel or WPS first.", "请先在 Excel/WPS 中关闭 {path}。", path=path.name)
        ) from error


def save_book(book: Workbook, path: Path) -> None:
    """Write an edited workbook back.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    content = BytesIO()
    book.save(content)
    write_file(path, content.getvalue())


def refill(book: Workbook, case: Case, table: Table, language: Language) -> None:
    """Write the rows of a table over those of its sheet."""
    titles = {sheet.title: sheet for sheet in book.worksheets}
    sheet = titles.get(table.title) or titles.get(table.name) or book.create_sheet(table.title)
    if table.name == SETTINGS:
        _refill_settings(sheet, case, table, language)
    else:
        _refill(sheet, case, table, language)


def _refill_settings(sheet: Worksheet, case: Case, table: Table, language: Language) -> None:
    """Write each value beside its key; keys that are not there go below."""
    rows = {
        found.name: row
        for row in range(1, sheet.max_row + 1)
        if (key := sheet.cell(row, 1).value) and (found := table.find(str(key))) is not None
    }
    if not rows:
        for number, header in enumerate(SETTINGS_HEADERS[:2], start=1):
            put(sheet.cell(1, number), header.zh)
    for column in table.columns:
        if column.name not in rows:
            rows[column.name] = max([1, *rows.values()]) + 1
            put(sheet.cell(rows[column.name], 1), column.header)
        cell = sheet.cell(rows[column.name], 2)
        cell.value = None
        put(cell, typed(getattr(case.settings, column.name), column, language), column)


def _refill(sheet: Worksheet, case: Case, table: Table, language: Language) -> None:
    """Empty the columns of the table below their headers, and write the rows there."""
    header_row = next((row[0].row for row in sheet.iter_rows() if any(cell.value for cell in row)), 1) or 1
    columns = {
        found.name: cell.column
        for cell in sheet[header_row]
        if cell.value and (found := table.find(str(cell.value))) is not None
    }
    for column in table.columns:
        if column.name not in columns:
            columns[column.name] = max([0, *columns.values()]) + 1
            put(sheet.cell(header_row, columns[column.name]), column.header)
    for row in range(header_row + 1, sheet.max_row + 1):
        for number in columns.values():
            sheet.cell(row, number).value = None
    for row, each in enumerate(rows_of(case, table), start=header_row + 1):
        for column, value in zip(table.columns, typed_cells(each, table, language), strict=True):
            put(sheet.cell(row, columns[column.name]), value, column)
