"""Working copies of a journal's state: written anew, or refreshed where somebody works in them already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rota.case import Case
from rota.plan import Plan
from workbook.basis import Basis, note_basis
from workbook.folder import replace_files, write_folder
from workbook.layout import Catalogue
from workbook.reading import WORKBOOK_SUFFIXES


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
    from workbook.working_book import write_book  # noqa: PLC0415 - a folder needs none of what workbooks do

    return [write_book(copy, path, catalogue)]


def refresh_copy(copy: WorkingCopy, path: Path, tables: Iterable[str], catalogue: Catalogue = ()) -> list[Path]:
    """Exchange some tables of a working copy and what it came from; all else in it stays. Return the files written.

    Raises:
        FileHeldError: Excel or WPS has the file open.
    """
    if path.is_dir():
        written = replace_files(path, copy.case, tables, catalogue, copy.basis.language)
        note_basis(path, copy.basis)
        return written
    from workbook.working_book import refresh_book  # noqa: PLC0415 - a folder needs none of what workbooks do

    return [refresh_book(copy, path, tables, catalogue)]
