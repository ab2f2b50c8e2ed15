"""Which state of the journal a working copy came from: beside the files of a folder, or hidden in a workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from rota.problem import RotaError
from rota.row import Value
from rota.text import Language, text
from workbook.reading import BASIS_SHEET
from workbook.saving import write_file
from workbook.sources import sheet_grids

if TYPE_CHECKING:
    from openpyxl import Workbook

BASIS_FILE = ".rota.json"


class BasisError(RotaError):
    """What a working copy says of where it came from cannot be read."""


class Basis(Value):
    """A state of a journal: its stream, the number and digest of its newest change, and the newest revision then.

    `language` is the one in which the sheet of sessions was written; `erasures` is how often the journal had erased
    texts by then.
    """

    stream: str
    sequence: int
    digest: str
    revision: int | None = None
    language: Language = "zh"
    erasures: int = 0


def read_basis(path: Path) -> Basis | None:
    """Return what a folder or workbook came from; None where it never came from a journal.

    Raises:
        BasisError: it is damaged.
    """
    content = _noted(path)
    if content is None:
        return None
    try:
        return Basis.model_validate(json.loads(content))
    except (ValidationError, ValueError) as error:
        raise BasisError(
            text(
                "{path} does not say any more which state of the journal it came from. Pull into a new file with "
                "`rota pull TARGET`, and enter the edits there.",
                "{path} 中来源版本的标记已损坏。请用 `rota pull 目标` 取得新文件，再在其中修改。",
                path=path.name,
            )
        ) from error


def _noted(path: Path) -> str | None:
    if path.is_dir():
        note = path / BASIS_FILE
        return note.read_text(encoding="utf-8") if note.is_file() else None
    grid = next((grid for grid in sheet_grids(path) if grid.source == BASIS_SHEET), None)
    return "".join(cell for _, cells in grid.rows for cell in cells) if grid else None


def note_basis(folder: Path, basis: Basis) -> None:
    """Write down beside the files of a folder what they came from."""
    write_file(folder / BASIS_FILE, (basis.model_dump_json(indent=1) + "\n").encode())


def hide_basis(book: Workbook, basis: Basis) -> None:
    """Write down in a hidden sheet what a workbook came from."""
    sheet = book[BASIS_SHEET] if BASIS_SHEET in book.sheetnames else book.create_sheet(BASIS_SHEET)
    sheet.sheet_state = "veryHidden"
    sheet.cell(1, 1).value = basis.model_dump_json()
