"""Working copies that are workbooks: all tables, the sheet of sessions, and what they came from in a hidden sheet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.basis import hide_basis
from workbook.layout import Catalogue, layout_of
from workbook.output.xlsx import fill_sessions
from workbook.reading import SESSIONS_SHEET
from workbook.saving import workbook_bytes, write_file
from workbook.sheets import case_workbook, stamp
from workbook.updating import open_book, refill, save_book

if TYPE_CHECKING:
    from openpyxl import Workbook

    from workbook.working_copy import WorkingCopy


def write_book(copy: WorkingCopy, path: Path, catalogue: Catalogue = ()) -> Path:
    """Write a workbook where there is none yet, the sheet of sessions included.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    book = case_workbook(copy.case, catalogue, copy.basis.language)
    _add_plan_and_basis(book, copy)
    write_file(path, workbook_bytes(book, stamp(copy.case)))
    return path


def refresh_book(copy: WorkingCopy, path: Path, tables: Iterable[str], catalogue: Catalogue = ()) -> Path:
    """Exchange some tables of a workbook and what it came from; all else in it stays.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    book = open_book(path)
    for table in tables:
        refill(book, copy.case, layout_of(catalogue).table[table], copy.basis.language)
    _add_plan_and_basis(book, copy)
    save_book(book, path)
    return path


def _add_plan_and_basis(book: Workbook, copy: WorkingCopy) -> None:
    """Put in the sheet of sessions, in the place of an older one, and the hidden one."""
    if SESSIONS_SHEET in book.sheetnames:
        place = book.sheetnames.index(SESSIONS_SHEET)
        del book[SESSIONS_SHEET]
    else:
        place = 1
    if copy.plan is not None:
        sheet = book.create_sheet(SESSIONS_SHEET, place)
        fill_sessions(sheet, copy.case, copy.plan, copy.basis.language)
    hide_basis(book, copy.basis)
