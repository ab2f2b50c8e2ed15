"""The annotated copy shows every finding where it stands and lists all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.case import Case
from workbook.annotated import annotate
from workbook.folder import write_folder
from workbook.layout import Catalogue
from workbook.reading import read_case


def test_wrong_cells_of_a_workbook_are_red_with_a_comment_and_a_link(
    typed_workbook: Callable[[Mapping[str, str | float]], Path], tmp_path: Path, catalogue: Catalogue
) -> None:
    path = typed_workbook({"时间意向!C2": "2027-13-45", "单位!J2": "=1+1"})
    before = path.read_bytes()

    annotate(path, read_case(path, catalogue).problems, tmp_path / "case-错误.xlsx", "zh")

    book = load_workbook(tmp_path / "case-错误.xlsx")
    cell = book["时间意向"]["C2"]
    assert cell.fill.fgColor.rgb.endswith("FFB3B3")
    assert "不是日期" in cell.comment.text
    links = [cell for cell in book["错误"]["A"] if cell.value == "时间意向!C2"]
    assert [cell.hyperlink.location for cell in links if cell.hyperlink] == ["'时间意向'!C2"]
    assert path.read_bytes() == before


@pytest.mark.slow
def test_an_annotated_workbook_can_be_corrected_and_read(
    typed_workbook: Callable[[Mapping[str, str | float]], Path], tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    path = typed_workbook({"时间意向!C2": "2027-13-45"})
    copy = annotate(path, read_case(path, catalogue).problems, tmp_path / "copy.xlsx", "zh")
    book = load_workbook(copy)
    book["时间意向"]["C2"] = "2026-01-10"
    book.save(copy)

    assert read_case(copy, catalogue).case == case


def test_a_folder_gets_a_list_beside_its_files(tmp_path: Path, case: Case, catalogue: Catalogue) -> None:
    write_folder(case, tmp_path / "case", catalogue)
    (tmp_path / "case" / "units.csv").write_text("编号,名称,成员数\nU01,x,many\n", encoding="gb18030")
    found = read_case(tmp_path / "case", catalogue)

    annotate(tmp_path / "case", found.problems, tmp_path / "copy", "zh")

    listed = (tmp_path / "copy" / "错误.csv").read_text(encoding="utf-8-sig")
    assert 'units.csv:2 (C, 成员数)",错误,"""many"" 不是整数；例如 3"' in listed
    assert (tmp_path / "copy" / "units.csv").read_bytes() == (tmp_path / "case" / "units.csv").read_bytes()
