"""Working copies of a journal's state: written anew, or refreshed where somebody works in them already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rota.case import Case
from rota.plan import Plan
from workbook.basis import Basis, hide_basis, note_basis
from workbook.folder import write_folder
from workbook.layout import Catalogue, layout_of
from workbook.output.xlsx import fill_sessions
from workbook.reading import SESSIONS_SHEET, WORKBOOK_SUFFIXES
from workbook.saving import workbook_bytes, write_file
from workbook.sheets import case_workbook, stamp
from workbook.updating import open_book, refill, replace_files, save_book

if TYPE_CHECKING:
    from openpyxl import Workbook


@dataclass(frozen=True)
class WorkingCopy:
    """What a working copy holds: a case, the newest plan if there is one, and the state that both came from."""

    case: Case
    plan: Plan | None
    basis: Basis


def write_copy(copy: WorkingCopy, path: Path, catalogue: Catalogue = ()) -> list[Path]:
    """Write a working copy where there is none yet; return the files written. A workbook also shows the sessions.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    if path.suffix.lower() not in WORKBOOK_SUFFIXES:
        written = write_folder(copy.case, path, catalogue, copy.basis.language)
        note_basis(path, copy.basis)
        return written
    book = case_workbook(copy.case, catalogue, copy.basis.language)
    _add_plan_and_basis(book, copy)
    write_file(path, workbook_bytes(book, stamp(copy.case)))
    return [path]


def refresh_copy(copy: WorkingCopy, path: Path, tables: Iterable[str], catalogue: Catalogue = ()) -> list[Path]:
    """Exchange some tables of a working copy and what it came from; all else in it stays. Return the files written.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    if path.is_dir():
        written = replace_files(path, copy.case, tables, catalogue, copy.basis.language)
        note_basis(path, copy.basis)
        return written
    book = open_book(path)
    for table in tables:
        refill(book, copy.case, layout_of(catalogue).table[table], copy.basis.language)
    _add_plan_and_basis(book, copy)
    save_book(book, path)
    return [path]


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
