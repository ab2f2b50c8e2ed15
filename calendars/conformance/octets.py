"""From octets to content lines: line ends, folds, encoding, and the grammar of RFC 5545 §3.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from calendars.conformance.finding import Finding
from rota.text import text

LONGEST = 75
"""Octets of a line without its end."""
BOM = b"\xef\xbb\xbf"
CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
PARAM = r"[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*)(?:,(?:\"[^\"]*\"|[^\";:,]*))*"
LINE = re.compile(rf"(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;{PARAM})*):(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True)
class ContentLine:
    """One unfolded line: where it starts, its name in capitals, its parameters without quotes, its value as is."""

    line: int
    name: str
    value: str
    params: Mapping[str, str] = field(default_factory=dict)


def content_lines(content: bytes, found: list[Finding]) -> list[ContentLine]:
    """Read the content lines of a file; faults go into `found`, and what can be read in spite of them is returned."""
    if not content.startswith(b"B"):
        said = text("the file does not start with the B of BEGIN", "文件不以 BEGIN 的 B 开头")
        found.append(Finding(1, "first-octet", said))
    physical = _physical(content.removeprefix(BOM), found)
    return [line for number, raw in _unfolded(physical, found) if (line := _parsed(number, raw, found))]


def _physical(content: bytes, found: list[Finding]) -> list[bytes]:
    """Split at line ends of any kind; RFC 5545 §3.1 knows CR LF only, also after the last line."""
    lines = []
    for number, line in enumerate(content.splitlines(keepends=True) if content else [b""], start=1):
        bare = line.rstrip(b"\r\n")
        if line[len(bare) :] != b"\r\n":
            found.append(Finding(number, "line-end", text("the line does not end with CR LF", "行尾不是 CR LF")))
        if len(bare) > LONGEST:
            said = text("the line has {n} octets, more than 75", "该行有 {n} 个字节，超过 75", n=len(bare))
            found.append(Finding(number, "line-length", said))
        lines.append(bare)
    return lines


def _unfolded(physical: list[bytes], found: list[Finding]) -> Iterator[tuple[int, str]]:
    gathered: list[bytes] = []
    start = 1
    for number, line in enumerate(physical, start=1):
        if line[:1] in {b" ", b"\t"} and gathered:
            gathered.append(line[1:])
            continue
        if gathered:
            yield start, _decoded(start, gathered, found)
        start, gathered = number, [line]
    yield start, _decoded(start, gathered, found)


def _decoded(start: int, pieces: list[bytes], found: list[Finding]) -> str:
    """Decode a line; a fold may not part the octets of one character, as RFC 5545 §3.1 warns."""
    whole = b"".join(pieces)
    try:
        decoded = whole.decode()
    except UnicodeDecodeError:
        found.append(Finding(start, "encoding", text("the line is not UTF-8", "该行不是 UTF-8")))
        return whole.decode(errors="replace")
    for offset, piece in enumerate(pieces):
        try:
            piece.decode()
        except UnicodeDecodeError:
            said = text("a fold parts the octets of one character", "折行拆开了一个字符")
            found.append(Finding(start + offset, "fold", said))
            break
    return decoded


def _parsed(number: int, raw: str, found: list[Finding]) -> ContentLine | None:
    if CONTROL.search(raw):
        said = text("the line has a control character", "该行含有控制字符")
        found.append(Finding(number, "control-character", said))
    match = LINE.fullmatch(raw)
    if not match:
        said = text("the line is not NAME:value", "该行不是“名称:值”的形式")
        found.append(Finding(number, "content-line", said))
        return None
    params = {
        param[0].partition("=")[0].upper(): param[0].partition("=")[2].strip('"')
        for param in re.finditer(PARAM, match["params"])
    }
    return ContentLine(number, match["name"].upper(), match["value"], params)
