"""The annotated copy: what was typed, with every wrong cell red and a list of all findings that leads to them."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import warnings
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from rota.problem import RotaError
from rota.text import Language, text
from workbook.archive import check_archive
from workbook.grid import Located
from workbook.saving import workbook_bytes, write_file
from workbook.sheets import note, put, put_header
from workbook.sources import TOML_FILE, escaped

ERRORS_TITLE = "错误"
RED = PatternFill("solid", fgColor="FFB3B3")
AMBER = PatternFill("solid", fgColor="FFE699")
LINK = Font(color="0563C1", underline="single")
COPY_DAY = dt.date(2000, 1, 1)
"""The date inside an annotated copy, so that the same findings give the same bytes."""

_HEADERS = (text("place", "位置"), text("severity", "程度"), text("finding", "说明"))
_SEVERITY = {"error": text("error", "错误"), "warning": text("warning", "提醒")}


class TargetError(RotaError):
    """The annotated copy cannot be what its name says."""


def annotate(path: Path, problems: Sequence[Located], target: Path, language: Language) -> Path:
    """Write a copy of the case at `path` with its problems shown, and return what was written.

    A workbook becomes a workbook: wrong cells are red and carry the sentence, the sheet 错误 links to them. A folder
    becomes a folder with its files and the list `错误.csv` (`errors.csv` in English).

    Raises:
        WorkbookError: the workbook cannot be opened.
        FileHeldError: the target is open in Excel or WPS.
    """
    if path.is_dir() or path.name == TOML_FILE:
        if target.suffix:
            raise TargetError(
                text(
                    "The copy of a folder is a folder; {target} looks like a file. Choose a name without a dot.",
                    "文件夹的副本仍是文件夹；{target} 像是文件名。请改用不带扩展名的名称。",
                    target=target.name,
                )
            )
        return _annotate_folder(path if path.is_dir() else path.parent, problems, target, language)
    check_archive(path)
    book = _opened(path)
    for located in problems:
        if located.place.source in book.sheetnames:
            _mark(book[located.place.source], located, language)
    if ERRORS_TITLE in book.sheetnames:
        del book[ERRORS_TITLE]
    _list(book.create_sheet(ERRORS_TITLE, 0), problems, set(book.sheetnames), language)
    book.active = 0
    write_file(target, workbook_bytes(book, COPY_DAY))
    return target


def _opened(path: Path) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl names the extensions of Excel that a copy leaves out
        return load_workbook(BytesIO(path.read_bytes()))


def _mark(sheet: Worksheet, located: Located, language: Language) -> None:
    row = located.place.row
    if row is None:
        sheet.sheet_properties.tabColor = RED.fgColor
        return
    column = located.place.column
    columns = range(1, sheet.max_column + 1) if column is None else (column + 1,)
    for number in columns:
        sheet.cell(row, number).fill = RED if located.severity == "error" else AMBER
    cell = sheet.cell(row, columns[0])
    before = f"{cell.comment.text}\n" if isinstance(cell, Cell) and cell.comment else ""
    note(cell, before + located.problem.message.say(language))


def _list(sheet: Worksheet, problems: Iterable[Located], sheets: set[str], language: Language) -> None:
    for number, (header, width) in enumerate(zip(_HEADERS, (24, 10, 100), strict=True), start=1):
        put_header(sheet, number, header.say(language))
        sheet.column_dimensions["ABC"[number - 1]].width = width
    for row, located in enumerate(problems, start=2):
        for number, content in enumerate(_line(located, language), start=1):
            put(sheet.cell(row, number), content)
        place = located.place
        if place.source in sheets:
            first = place.cell if place.column is not None else f"A{place.row or 1}"
            link = sheet.cell(row, 1)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{place.source}'!{first}")
            link.font = LINK
    sheet.freeze_panes = "A2"


def _line(located: Located, language: Language) -> tuple[str, str, str]:
    severity = _SEVERITY[located.severity].say(language)
    return located.place.say(language), severity, located.problem.message.say(language)


def _annotate_folder(folder: Path, problems: Iterable[Located], target: Path, language: Language) -> Path:
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() == ".csv" or file.name == TOML_FILE:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / file.name)
    content = StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow([header.say(language) for header in _HEADERS])
    for located in problems:
        writer.writerow([escaped(cell) for cell in _line(located, language)])
    name = f"{ERRORS_TITLE}.csv" if language == "zh" else "errors.csv"
    write_file(target / name, content.getvalue().encode("utf-8-sig"))
    return target
