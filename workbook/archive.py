"""What is looked at before a workbook is opened: its kind, its unpacked size, its extent, its cells without a value."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from rota.problem import RotaError
from rota.text import text

MOST_BYTES = 200 * 1024 * 1024
"""Unpacked size up to which a workbook is opened."""
MOST_RATIO = 200
"""Unpacked to packed size beyond which a large part is taken for a bomb; sheets of real workbooks stay below 100."""
MOST_CELLS = 10_000_000
"""Extent, rows times columns, up to which a sheet is opened."""
SMALL = 10 * 1024 * 1024

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_KINDS = (
    (b"\xd0\xcf\x11\xe0", text("an old .xls file or one with a password", "旧版 .xls 或设有密码的文件")),
    (b"%PDF", text("a PDF", "PDF 文件")),
)


class WorkbookError(RotaError):
    """A file cannot be used as a workbook at all."""


@dataclass(frozen=True)
class Odd:
    """A cell that has no value to read: `shows` is the error in it, or empty where a formula was never worked out."""

    row: int
    column: int
    shows: str


def check_archive(path: Path) -> None:
    """Refuse what is no .xlsx workbook, or would unpack beyond measure.

    Raises:
        WorkbookError: with what the file is and what to do.
    """
    start = path.read_bytes()[:4]
    for magic, kind in _KINDS:
        if start == magic:
            raise _not_a_workbook(path, kind)
    if start != b"PK\x03\x04" or not zipfile.is_zipfile(path):
        raise _not_a_workbook(path, text("not an Excel workbook inside", "其他类型的文件（内容不是 Excel 工作簿）"))
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise _not_a_workbook(path, text("an archive without a workbook in it", "不含工作簿的压缩包"))
    unpacked = sum(entry.file_size for entry in entries)
    bombs = [e for e in entries if e.file_size > SMALL and e.file_size > MOST_RATIO * max(e.compress_size, 1)]
    if unpacked > MOST_BYTES or bombs:
        raise WorkbookError(
            text(
                "{file} would unpack to {size} MB (at most {most}); it is not opened. "
                "Copy the sheets into a new workbook.",
                "{file} 解压后达 {size} MB（上限 {most}），未打开。请把表格复制到新的工作簿。",
                file=path.name,
                size=unpacked // 2**20,
                most=MOST_BYTES // 2**20,
            )
        )


def _not_a_workbook(path: Path, kind: object) -> WorkbookError:
    return WorkbookError(
        text(
            "{file} is {kind}. Open it in Excel or WPS and save it as .xlsx without a password.",
            "{file} 是{kind}。请用 Excel 或 WPS 打开，另存为不带密码的 .xlsx。",
            file=path.name,
            kind=kind,
        )
    )


def odd_cells(path: Path) -> Mapping[str, tuple[Odd, ...]]:
    """Return the cells of each sheet that show an error or hold a formula without a value.

    Raises:
        WorkbookError: the workbook is damaged, unpacks to more than it says, or a sheet reaches beyond `MOST_CELLS`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {title: tuple(_odd(path, title, archive.read(part))) for title, part in _sheets(archive)}
    except (zipfile.BadZipFile, KeyError, ParseError, TypeError, ValueError) as error:
        raise WorkbookError(
            text(
                "{file} is damaged. Open it in Excel or WPS and save it anew.",
                "{file} 已损坏。请用 Excel 或 WPS 打开后重新保存。",
                file=path.name,
            )
        ) from error


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the title and the part's name of each worksheet."""
    links = _parsed(archive.read("xl/_rels/workbook.xml.rels")).iter(f"{_RELATIONS}Relationship")
    parts = {link.attrib["Id"]: link.attrib["Target"] for link in links if link.attrib["Type"].endswith("/worksheet")}
    sheets = [
        (sheet.attrib["name"], next(parts.get(value) for key, value in sheet.attrib.items() if key.endswith("}id")))
        for sheet in _parsed(archive.read("xl/workbook.xml")).iter()
        if sheet.tag.endswith("}sheet")
    ]
    return [(name, part.lstrip("/") if part.startswith("/") else f"xl/{part}") for name, part in sheets if part]


def _parsed(xml: bytes) -> Element:
    return fromstring(xml)  # noqa: S314 - openpyxl's own way; openpyxl takes longer to import than most cases to read


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _odd(path: Path, title: str, xml: bytes) -> list[Odd]:
    found, rows, columns = [], 0, 0
    for letters, digits, attributes, body in _CELL.findall(xml):
        if not body:
            continue
        row, column = int(digits), _column(letters)
        rows, columns = max(rows, row), max(columns, column)
        value = re.search(rb"<v[^>]*>([^<]+)</v>", body)
        if b't="e"' in attributes:
            found.append(Odd(row, column - 1, value[1].decode() if value else "#"))
        elif b"<f" in body and not value and b't="str"' not in attributes:
            found.append(Odd(row, column - 1, ""))
    if rows * columns > MOST_CELLS:
        raise WorkbookError(
            text(
                "{file}: the sheet {sheet} reaches to row {rows} and column {columns}. "
                "Delete the empty rows and columns beyond its last entry.",
                "{file}：表“{sheet}”延伸到第 {rows} 行第 {columns} 列。请删除最后一条内容之后的行和列。",
                file=path.name,
                sheet=title,
                rows=rows,
                columns=columns,
            )
        )
    return found
