"""Putting new rows into one table of a case that somebody works in: everything else there stays as it is."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from rota.case import Case
from rota.text import Language, text
from workbook.archive import check_archive
from workbook.folder import write_table
from workbook.layout import layout_of
from workbook.saving import FileHeldError, write_file
from workbook.sheets import put
from workbook.writing import rows_of, typed_cells

if TYPE_CHECKING:
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
    spoken = language or case.settings.language
    table = layout_of(catalogue).table[name]
    if path.is_dir():
        target = path / f"{name}.csv"
        write_table(name, rows_of(case, table), target, spoken)
        (path / f"{table.title}.csv").unlink(missing_ok=True)
        return target
    check_archive(path)
    try:
        book = load_workbook(BytesIO(path.read_bytes()))
    except PermissionError as error:
        raise FileHeldError(
            text("Please close {path} in Excel or WPS first.", "请先在 Excel/WPS 中关闭 {path}。", path=path.name)
        ) from error
    titles = {sheet.title: sheet for sheet in book.worksheets}
    sheet = titles.get(table.title) or titles.get(name) or book.create_sheet(table.title)
    _refill(sheet, case, table, spoken)
    content = BytesIO()
    book.save(content)
    write_file(path, content.getvalue())
    return path


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
