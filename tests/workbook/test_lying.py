"""A case that was read is read again as soon as anybody has written one of its files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.reading import read_case

EXAMPLES = Path(__file__).parents[2] / "examples"


def edited_in_place(folder: Path) -> None:
    content = (folder / "units.csv").read_bytes()
    (folder / "units.csv").write_bytes(content.replace(b"1", b"2"))  # as long as before


def replaced(folder: Path) -> None:
    """Replace a file as many editors do, and as quickly as no clock could tell."""
    stat = (folder / "units.csv").stat()
    shutil.copy2(folder / "units.csv", folder / "new")
    (folder / "new").replace(folder / "units.csv")
    os.utime(folder / "units.csv", ns=(stat.st_atime_ns, stat.st_mtime_ns))


def added(folder: Path) -> None:
    (folder / "问卷.csv").write_text("", encoding="utf-8")


def removed(folder: Path) -> None:
    (folder / "units.csv").unlink()


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("written", [edited_in_place, replaced, added, removed, gone])
@pytest.mark.parametrize("named", ["", "rotation.toml"])
def test_a_folder_is_current_until_a_file_is_written(
    tmp_path: Path, named: str, written: Callable[[Path], None]
) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "hengdu", tmp_path / "case"))
    found = read_case(folder / named)
    (folder / "plan.json").write_text("{}", encoding="utf-8")  # no table
    assert found.is_current
    written(folder)
    assert not found.is_current


def test_a_workbook_is_current_until_it_is_written(tmp_path: Path) -> None:
    book = Path(shutil.copy(EXAMPLES / "suzhou.xlsx", tmp_path))
    found = read_case(book)
    assert found.is_current
    book.touch()
    assert not found.is_current
