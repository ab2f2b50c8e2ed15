"""Writing a case as an Excel workbook: one sheet per table, with drop-downs, frozen panes and bilingual headers."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rota.case import Case
from rota.text import Language, text
from workbook.dropdowns import add_dropdowns
from workbook.explanations import field_meaning
from workbook.guide import BOLD, WRAPPED, add_guide
from workbook.layout import SETTINGS, Catalogue, Column, Table, layout_of
from workbook.saving import workbook_bytes, write_file
from workbook.writing import Typed, rows_of, typed, typed_cells

HEADER_FILL = PatternFill("solid", fgColor="DCE6F1")
NEEDED_FILL = PatternFill("solid", fgColor="FCE4D6")
GRID_LINE = Border(bottom=Side("thin", color="B0B0B0"))
SETTINGS_HEADERS = (text("key", "参数 key"), text("value", "值 value"), text("explanation", "说明 explanation"))
FORMATS = {"date": "yyyy-mm-dd", "time": "hh:mm", "number": "0", "decimal": "General"}
EXCEL_DAY_ONE = dt.date(1901, 1, 1)
"""Days before this are written as text: spreadsheets disagree about 1900."""

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UNPRINTABLE = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")


def write_workbook(case: Case, path: Path, catalogue: Catalogue = (), language: Language | None = None) -> None:
    """Write a case as a workbook, replacing the file as a whole; the same case gives the same bytes.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    spoken = language or case.settings.language
    write_file(path, workbook_bytes(case_workbook(case, catalogue, spoken), stamp(case)))


def stamp(case: Case) -> dt.date:
    """Return the date that files of a case carry: its date of issue, else its first day."""
    return case.settings.issued or case.settings.first


def case_workbook(case: Case, catalogue: Catalogue, language: Language) -> Workbook:
    """Return a case as a workbook in memory."""
    layout = layout_of(catalogue)
    book = Workbook()
    guide = book.worksheets[0]
    add_guide(guide, layout, language)
    for table in layout.tables:
        sheet = book.create_sheet(table.title)
        if table.name == SETTINGS:
            _fill_settings(sheet, case, table, language)
        else:
            _fill(sheet, case, table, language)
    add_dropdowns(book, layout, language)
    return book


def _fill(sheet: Worksheet, case: Case, table: Table, language: Language) -> None:
    for number, column in enumerate(table.columns, start=1):
        put_header(sheet, number, column.header, needed=column.needed)
        note(sheet.cell(1, number), field_meaning(table.name, column).say(language))
        sheet.column_dimensions[get_column_letter(number)].width = _width(column)
    for row, each in enumerate(rows_of(case, table), start=2):
        for number, (column, value) in enumerate(
            zip(table.columns, typed_cells(each, table, language), strict=True), start=1
        ):
            put(sheet.cell(row, number), value, column)
    sheet.freeze_panes = "C2" if table.columns[0].name == "id" else "B2"


def _fill_settings(sheet: Worksheet, case: Case, table: Table, language: Language) -> None:
    for number, (header, width) in enumerate(zip(SETTINGS_HEADERS, (26, 40, 80), strict=True), start=1):
        put_header(sheet, number, header.zh)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, column in enumerate(table.columns, start=2):
        put(sheet.cell(row, 1), column.header)
        put(sheet.cell(row, 2), typed(getattr(case.settings, column.name), column, language), column)
        put(sheet.cell(row, 3), field_meaning(SETTINGS, column).say(language))
    sheet.freeze_panes = "B2"


def put_header(sheet: Worksheet, number: int, header: str, *, needed: bool = False) -> None:
    """Write the header of a column; those that must be filled in are tinted."""
    cell = sheet.cell(1, number)
    put(cell, header)
    cell.font = BOLD
    cell.fill = NEEDED_FILL if needed else HEADER_FILL
    cell.border = GRID_LINE
    cell.alignment = WRAPPED


def put(cell: Cell | object, value: Typed, column: Column | None = None) -> None:
    """Write a value with its type. Text is always text: nothing in it is a formula, a number or an error."""
    if not isinstance(cell, Cell):
        return
    if isinstance(value, dt.date) and value < EXCEL_DAY_ONE:
        value = value.isoformat()
    if isinstance(value, float) and float(f"{value:.15g}") != value:
        value = repr(value)  # more digits than a spreadsheet keeps
    if value is None or value == "":
        cell.number_format = _format(column)
    elif isinstance(value, str):
        cell.value = plain(value)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value[0] in "=+-@'"
    else:
        cell.value = value
        cell.number_format = _format(column)


def plain(value: str) -> str:
    """Return text as the file format can hold it: escapes escaped, what cannot be printed left out."""
    return _UNPRINTABLE.sub("", _ESCAPE.sub("_x005F_", value))


def _format(column: Column | None) -> str:
    return FORMATS.get(column.kind, "@") if column else "@"


def note(cell: Cell | object, content: str, width: int = 260) -> None:
    """Attach a comment to a cell, large enough to be read."""
    if isinstance(cell, Cell):
        comment = Comment(content, "Rota")
        comment.width, comment.height = width, 40 + 18 * (len(content) // 16 + content.count("\n"))
        cell.comment = comment


def _width(column: Column) -> float:
    if column.name in {"name", "reason", "note", "rrule", "hours", "address", "summary", "title"}:
        return 28
    return max(12, min(26, 2 * len(column.title) + len(column.name) + 2))
