"""Which encoding a text file has, decided before anything is read from it."""

from __future__ import annotations

import codecs
from pathlib import Path

from rota.problem import RotaError
from rota.text import text


class EncodingError(RotaError):
    """A text file is in no encoding that is known."""


def decoded(path: Path) -> str:
    """Return the text of a file in UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; line ends are unified.

    Raises:
        EncodingError: it is in none of these.
    """
    content = path.read_bytes()
    for encoding in _candidates(content):
        try:
            found = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in found:
            return found.replace("\r\n", "\n").replace("\r", "\n")
    raise EncodingError(
        text(
            "{file} is neither UTF-8 nor GB18030 text. Save it as “CSV UTF-8” in Excel or WPS.",
            "{file} 既不是 UTF-8 也不是 GB18030 文本。请在 Excel 或 WPS 中另存为“CSV UTF-8”。",
            file=path.name,
        )
    )


def _candidates(content: bytes) -> tuple[str, ...]:
    if content.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "gb18030")
