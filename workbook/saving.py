"""Writing files so that nothing is ever half-written, and the same workbook always has the same bytes."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from rota.problem import RotaError
from rota.text import text

if TYPE_CHECKING:
    from openpyxl import Workbook

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


class FileHeldError(RotaError):
    """A file cannot be written because another program holds it open."""


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` by replacing the file as a whole.

    Raises:
        FileHeldError: Excel, WPS or LibreOffice has the file open.
    """
    if any((path.parent / lock).exists() for lock in _locks(path.name)):
        raise _held(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".rota-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except PermissionError as error:
        raise _held(path) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _locks(file: str) -> tuple[str, ...]:
    """Return the names of the lock files that Excel, WPS and LibreOffice lay beside an open file."""
    return (f"~${file}", f"~${file[2:]}", f".~{file}", f".~lock.{file}#")


def _held(path: Path) -> FileHeldError:
    return FileHeldError(
        text(
            "{file} is open in another program. Please close it in Excel/WPS first.",
            "{file} 已被其他程序打开。请先在 Excel/WPS 中关闭此文件。",
            file=path.name,
        )
    )


def workbook_bytes(book: Workbook, day: dt.date) -> bytes:
    """Return a workbook as bytes that depend on its content alone: every date inside is `day`."""
    moment = dt.datetime.combine(day, dt.time())
    book.properties.created = moment
    book.properties.creator = "Rota"
    raw = BytesIO()
    book.save(raw)
    packed = BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in sorted(source.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            content = source.read(entry)
            if entry == "docProps/core.xml":
                stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            target.writestr(zipfile.ZipInfo(entry, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
