"""Workbooks that are none, that would unpack beyond measure, or whose cells have no value."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.case import Case
from workbook import archive
from workbook.archive import WorkbookError
from workbook.layout import Catalogue
from workbook.reading import read_case
from workbook.sheets import write_workbook

Typed = Callable[[Mapping[str, str | float]], Path]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls file or one with a password"),
        ("编号,名称\n".encode(), "not an Excel workbook inside"),
        (b"", "not an Excel workbook inside"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_with_advice(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "case.xlsx").write_bytes(content)

    with pytest.raises(WorkbookError) as error:
        read_case(tmp_path / "case.xlsx")

    assert said in error.value.say("en")
    assert "save it as .xlsx" in error.value.say("en")


def test_an_archive_without_a_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "case.xlsx", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with pytest.raises(WorkbookError, match="without a workbook in it"):
        read_case(tmp_path / "case.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, case: Case) -> None:
    write_workbook(case, tmp_path / "case.xlsx")
    with zipfile.ZipFile(tmp_path / "case.xlsx", "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/image1.bin", b"\0" * (archive.SMALL * 3))

    with pytest.raises(WorkbookError, match="would unpack to 30 MB"):
        read_case(tmp_path / "case.xlsx")


def test_a_sheet_that_reaches_to_the_last_corner_is_refused(typed_workbook: Typed) -> None:
    path = typed_workbook({"单位!XFD1048576": "x"})

    with pytest.raises(WorkbookError, match="reaches to row 1048576 and column 16384"):
        read_case(path)


def test_a_damaged_workbook_is_refused(tmp_path: Path, case: Case) -> None:
    write_workbook(case, tmp_path / "case.xlsx")
    whole = (tmp_path / "case.xlsx").read_bytes()
    (tmp_path / "case.xlsx").write_bytes(whole[:400] + b"\0" * 200 + whole[600:])

    with pytest.raises(WorkbookError):
        read_case(tmp_path / "case.xlsx")


def test_a_formula_that_was_never_worked_out_is_not_taken_for_an_empty_cell(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    path = typed_workbook({"单位!K2": "=6*2", "单位!K3": "#N/A"})

    found = read_case(path, catalogue)

    assert [p.place.say("en") for p in found.errors] == ["单位!K2", "单位!K3"]
    assert "never worked out" in found.errors[0].say("en")
    assert "#N/A" in found.errors[1].say("en")


def test_text_that_looks_like_a_formula_is_written_as_text(tmp_path: Path, case: Case) -> None:
    evil = case.units[0].model_copy(update={"note": '=cmd|"/c calc"!A1', "name": "+1"})
    write_workbook(case.model_copy(update={"units": (evil,)}), tmp_path / "case.xlsx")

    sheet = load_workbook(tmp_path / "case.xlsx")["单位"]

    assert sheet["J2"].data_type == sheet["B2"].data_type == "s"
    assert sheet["J2"].quotePrefix


def test_numbers_dates_and_times_typed_as_such_are_read_as_text_cells_are(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    path = typed_workbook({"单位!B2": 12.0, "单位!K2": 3.0, "规则!G4": 1.0, "活动项目!F2": "9:30；14：00"})

    case = read_case(path, catalogue).required()

    assert (case.units[0].name, case.units[0].members) == ("12", 3)
    assert dict(case.demands[2].params)["least"] == "1"
    assert [f"{time:%H:%M}" for time in case.activities[0].times] == ["09:30", "14:00"]


def test_sheets_have_drop_downs_frozen_headers_comments_and_dates(
    tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_workbook(case, tmp_path / "case.xlsx", catalogue)
    book = load_workbook(tmp_path / "case.xlsx")

    lists = {str(each.sqref): each.formula1 for each in book["时间意向"].data_validations.dataValidation}
    assert lists["B2:B2000"] == '"不能,尽量避免,优先"'
    assert {str(v.sqref): v.formula1 for v in book["活动项目"].data_validations.dataValidation}["D2:D2000"] == (
        "=轮次表!$A$2:$A$2000"
    )
    assert book["时间意向"].freeze_panes == "B2"
    assert book["时间意向"]["A1"].value == "对象 resource"
    assert book["时间意向"]["C2"].is_date
    assert "必填" in book["时间意向"]["A1"].comment.text
    assert book["单位"]["A2"].number_format == "@"
    assert book.sheetnames[:3] == ["说明", "参数", "服务线"]
