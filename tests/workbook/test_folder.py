"""A case folder as people save it: encodings, separators, headers in either language, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rota.case import Case
from workbook.folder import write_folder
from workbook.layout import Catalogue
from workbook.reading import NoCaseError, read_case
from workbook.saving import FileHeldError, write_file


@pytest.fixture
def folder(tmp_path: Path, case: Case, catalogue: Catalogue) -> Path:
    write_folder(case, tmp_path / "case", catalogue)
    return tmp_path / "case"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_that_spreadsheets_save_is_read(
    folder: Path, case: Case, catalogue: Catalogue, encoding: str
) -> None:
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().decode("utf-8-sig").encode(encoding))

    assert read_case(folder, catalogue).case == case


def test_files_are_written_so_that_excel_sees_their_encoding(folder: Path) -> None:
    assert (folder / "units.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in (folder / "units.csv").read_bytes()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["units.csv", "单位.csv", "Units.CSV"])
def test_table_is_recognised_by_either_name_and_any_separator(
    folder: Path, catalogue: Catalogue, separator: str, name: str
) -> None:
    (folder / "units.csv").unlink()
    rows = [["名称", "ID", "成员数 members"], ["税务所", "U01", "12"], ["", "", ""], ["银行", "U02", "\uff13"]]
    (folder / name).write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")

    found = read_case(folder, catalogue)

    rows_read = found.readings["units"].rows
    assert [(unit.id, unit.name, unit.members) for unit in rows_read] == [("U01", "税务所", 12), ("U02", "银行", 3)]  # type: ignore[attr-defined]


def test_place_in_a_file_names_line_column_and_header(folder: Path, catalogue: Catalogue) -> None:
    (folder / "availability.csv").write_text(
        "对象,意向,开始日期\nU01,不能,2026-01-10\n\nU02,不能,2027-13-45\n", encoding="utf-8"
    )

    found = read_case(folder, catalogue)

    assert [p.say("zh") for p in found.problems] == [
        'availability.csv:4 (C, 开始日期) "2027-13-45" 不是日期；例如 2027-01-08'
    ]
    assert found.problems[0].say("en").startswith("availability.csv:4 (C, first) ")


def test_place_of_a_setting_is_its_line(folder: Path, catalogue: Catalogue) -> None:
    toml = (folder / "rotation.toml").read_text(encoding="utf-8")
    line = next(n for n, row in enumerate(toml.splitlines(), start=1) if row.startswith("zone"))
    (folder / "rotation.toml").write_text(toml.replace('Asia/Shanghai"', 'Mars"'), encoding="utf-8")

    found = read_case(folder, catalogue)

    assert [p.say("en") for p in found.problems] == [
        f'rotation.toml:{line} (zone) "Mars" is not an IANA time zone; e.g. Asia/Shanghai'
    ]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("编号,名称,成员人数", "成员数"),
        ("编号,名称,名称", "重复"),
        ("编号,名称,", "没有表头"),
        ("编号,成员数,备注", "缺少“名称”列"),
    ],
)
def test_a_wrong_header_is_said_with_the_nearest_one(
    folder: Path, catalogue: Catalogue, header: str, said: str
) -> None:
    (folder / "units.csv").write_text(f"{header}\nU01,1,2\n", encoding="utf-8")

    found = read_case(folder, catalogue)

    units = [p.say("zh") for p in found.errors if p.place.source == "units.csv"]
    assert len(units) == 1
    assert said in units[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [("[case\n", "not TOML"), ("title = 'x'\n", "no section [case]"), ("[case]\nid = 'a'\n", "a value is needed")],
)
def test_broken_settings_are_said_and_the_tables_read_all_the_same(
    folder: Path, catalogue: Catalogue, content: str, said: str
) -> None:
    (folder / "rotation.toml").write_text(content, encoding="utf-8")
    (folder / "rooms.csv").write_text("编号,名称,站点\nR01,厅,S99\nR02,角,S01\n", encoding="utf-8")

    found = read_case(folder, catalogue)

    assert any(said in p.say("en") for p in found.errors)
    assert any("S99" in p.say("en") for p in found.errors)


def test_a_formula_in_a_file_is_written_as_text_and_read_as_it_was(
    folder: Path, case: Case, catalogue: Catalogue
) -> None:
    evil = case.units[0].model_copy(update={"note": '=HYPERLINK("x")', "name": "@SUM(A1)"})
    write_folder(case.model_copy(update={"units": (evil, *case.units[1:])}), folder, catalogue)

    content = (folder / "units.csv").read_text(encoding="utf-8-sig")

    assert "'=HYPERLINK" in content
    assert "'@SUM" in content
    units = read_case(folder, catalogue).required().units
    assert units[0] == evil


def test_a_table_twice_is_an_error(folder: Path, catalogue: Catalogue) -> None:
    (folder / "单位.csv").write_text("编号,名称\nU01,x\n", encoding="utf-8")

    assert [p.place.source for p in read_case(folder, catalogue).errors] == ["单位.csv"]


def test_own_files_beside_the_tables_are_left_unread_with_a_warning(folder: Path, catalogue: Catalogue) -> None:
    (folder / "午餐.csv").write_text("日期,菜\n周一,面\n", encoding="utf-8")

    found = read_case(folder, catalogue)

    assert found.case is not None
    assert [p.say("en") for p in found.warnings] == ["午餐.csv is no table of Rota and is not read"]


def test_an_unclosed_quotation_mark_is_an_error(folder: Path, catalogue: Catalogue) -> None:
    (folder / "units.csv").write_text('编号,名称\nU01,"x\n', encoding="utf-8")

    assert "not a CSV file" in read_case(folder, catalogue).errors[0].say("en")


def test_nothing_at_the_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoCaseError, match="There is no"):
        read_case(tmp_path / "nowhere")


@pytest.mark.parametrize("lock", ["~$case.xlsx", ".~case.xlsx", ".~lock.case.xlsx#"])
def test_a_file_that_excel_or_wps_holds_open_is_left_alone(tmp_path: Path, lock: str) -> None:
    (tmp_path / "case.xlsx").write_bytes(b"old")
    (tmp_path / lock).touch()

    with pytest.raises(FileHeldError) as error:
        write_file(tmp_path / "case.xlsx", b"new")

    assert "请先在 Excel/WPS 中关闭此文件" in error.value.say("zh")
    assert (tmp_path / "case.xlsx").read_bytes() == b"old"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "case.xlsx").write_bytes(b"old")

    def denied(_self: Path, _target: Path) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", denied)

    with pytest.raises(FileHeldError):
        write_file(tmp_path / "case.xlsx", b"new")

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_cells_that_spreadsheets_cannot_hold_are_errors(folder: Path, catalogue: Catalogue) -> None:
    (folder / "units.csv").write_text(f"编号,名称,备注\nU01,a\x07b,\nU02,x,{'长' * 40000}\n", encoding="utf-8")

    found = read_case(folder, catalogue)

    assert [p.place.cell for p in found.errors if p.place.source == "units.csv"] == ["B2", "C3"]
