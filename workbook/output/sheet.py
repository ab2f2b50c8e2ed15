"""How every sheet is drawn: fonts, headers, text cells, print setup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rota.width import display_width
from workbook.output.session_table import Cell as Value

LINE_HEIGHT = 16
"""Points."""
A3 = 8
"""The number of the paper size A3 in a workbook."""

INK = "1F2A37"
# Cells share these: what is equal but not the same, a workbook compares field by field at every cell.
PLAIN = Font(name="Calibri", size=11, color=INK)
BOLD = Font(name="Calibri", size=11, bold=True, color=INK)
WHITE = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", start_color="1F3A5F")
BAND_FILL = PatternFill("solid", start_color="EEF2F7")
LINE_TINTS = ("DCEBF7", "FCE8D5", "DDF1EA", "F6E1EE", "FBF5CF", "E6E6F5", "E8EDE0", "F3E3DC")
"""Light fills for service lines, in the order of the case; the name of the line always stands in the cell too."""

_THIN = Side(style="thin", color="B8C2CC")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
FORMULA_SIGNS = ("=", "+", "-", "@")


def put(sheet: Worksheet, row: int, column: int, value: Value, *, bold: bool = False, align: str = "left") -> Cell:
    """Write a value; a text stays a text, whatever it begins with, and loses the characters that a sheet refuses."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "merged areas are made after their cells are written"  # noqa: S101
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(FORMULA_SIGNS)
    else:
        cell.value = value
    if isinstance(value, dt.date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, dt.time):
        cell.number_format = "hh:mm"
    cell.font = BOLD if bold else PLAIN
    cell.alignment = _aligned(align)
    return cell


@cache
def _aligned(align: str) -> Alignment:
    return Alignment(horizontal=align, vertical="center", wrap_text=True)


def header(sheet: Worksheet, row: int, titles: Iterable[str], *, first: int = 1) -> None:
    """Write a header row in white on dark blue."""
    for column, title in enumerate(titles, start=first):
        cell = put(sheet, row, column, title, bold=True, align="center")
        cell.fill = HEADER_FILL
        cell.font = WHITE
        cell.border = GRID


def table(sheet: Worksheet, titles: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[float]) -> int:
    """Write a list with a frozen header and a filter from A1 on; return its last row."""
    header(sheet, 1, titles)
    fit_height(sheet, 1, widths)
    last = 1
    for last, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            put(sheet, last, column, value, align="left" if isinstance(value, str) else "center").border = GRID
        fit_height(sheet, last, widths)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(titles))}{last}"
    column_widths(sheet, widths)
    printed(sheet, repeat="1:1")
    return last


def fit_height(sheet: Worksheet, row: int, widths: Sequence[float], *, first: int = 1) -> None:
    """Give a row the height of its fullest cell, by the widths of the columns from `first` on.

    Spreadsheets find it themselves only in part: LibreOffice not at all, and none where cells are merged.
    """
    lines = 1
    for column, wide in enumerate(widths, start=first):
        value = sheet.cell(row, column).value
        said = value.split("\n") if isinstance(value, str) else [""]
        lines = max(lines, sum(1 + max(0, display_width(line) - 1) // max(1, int(wide) - 3) for line in said))
    sheet.row_dimensions[row].height = LINE_HEIGHT * lines + 6


def column_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns, in characters, from the first on."""
    for column, wide in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = wide


def printed(sheet: Worksheet, *, repeat: str, footer: str = "") -> None:
    """Set up the print: A3 landscape, as wide as the page, the header rows `repeat` on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = repeat
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.3, footer=0.3)
    below = sheet.oddFooter
    if below and below.left and below.right:
        below.left.text, below.right.text = footer.replace("&", "&&"), "&P / &N"
