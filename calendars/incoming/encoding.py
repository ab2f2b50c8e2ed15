"""From octets to unfolded lines: folds are undone before the encoding is decided, since they may part a character."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from calendars.incoming.bounds import Bounds
from calendars.incoming.refusal import RefusedError

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF_16 = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"B\0E\0": "utf-16-le",
    b"\0B\0E": "utf-16-be",
}
"""How a file in UTF-16 begins: with a mark, or with BEGIN."""


@dataclass(frozen=True)
class Line:
    """One unfolded line and the number of the line of the file at which it starts, from 1."""

    number: int
    text: str


def unfolded(content: bytes, bounds: Bounds) -> list[Line]:
    """Return the lines of a file in UTF-8, UTF-16 or GB18030; control characters become U+FFFD.

    In UTF-8 and GB18030 no octet of a character is a line end or a space, so folds are undone first (RFC 5545 §3.1).

    Raises:
        RefusedError: the file is in no encoding that is known, or has too many lines.
    """
    octets = _as_utf8_or_gb18030(content).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if octets.count(b"\n") > bounds.lines:
        raise RefusedError("lines", bounds.lines)
    lines = list(_joined(octets))
    decoded = _decoded(b"\n".join(line for _, line in lines))
    harmless = CONTROLS.sub("\N{REPLACEMENT CHARACTER}", decoded).split("\n") if lines else []
    return [Line(number, line) for (number, _), line in zip(lines, harmless, strict=True)]


def _as_utf8_or_gb18030(content: bytes) -> bytes:
    if content.startswith(UTF_32):
        raise RefusedError("encoding")
    encoding = next((name for start, name in UTF_16.items() if content.startswith(start)), None)
    if encoding is None:
        return content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode(encoding).encode()
    except UnicodeError:
        raise RefusedError("encoding") from None


def _joined(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield unfolded lines with the number of their first; empty ones, which some programs put between, are none."""
    gathered: list[bytes] = []
    start = 1
    for number, line in enumerate(octets.split(b"\n"), start=1):
        if line[:1] in {b" ", b"\t"} and gathered:
            gathered.append(line[1:])
        elif line:
            if gathered:
                yield start, b"".join(gathered)
            start, gathered = number, [line]
    if gathered:
        yield start, b"".join(gathered)


def _decoded(octets: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("encoding")
