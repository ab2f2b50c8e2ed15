"""An existing roster, made for people, becomes units, groups and contacts; what has no place is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rota.case import Case
from tests.rosters import GROUPS, NAMES, write_roster
from workbook.layout import Catalogue
from workbook.reading import read_case
from workbook.roster_import import import_roster, with_roster
from workbook.starter import starter_case, write_starter


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return write_roster(tmp_path / "花名册.xlsx")


def test_units_groups_and_contacts_of_a_roster_with_merged_cells_are_read(roster: Path) -> None:
    found = import_roster(roster)

    assert [unit.name for unit in found.units] == list(NAMES)
    assert [unit.id for unit in found.units][:2] == ["U01", "U02"]
    assert [unit.groups for unit in found.units] == [(g,) for g, first, last in GROUPS for _ in range(first, last)]
    assert [unit.members for unit in found.units][:5] == [10, 11, 12, 13, 30]
    assert found.units[0].note == "咨询"
    assert [(c.of, c.name, c.phone) for c in found.contacts][:2] == [
        ("U01", "联系人1", "138-0000-0000"),
        ("U02", "联系人2", "13800000001"),
    ]
    assert found.contacts[0].email == "u0@example.org"


def test_columns_without_a_place_and_unclear_cells_are_said_with_their_cell(roster: Path) -> None:
    said = [finding.say("zh") for finding in import_roster(roster).findings]

    assert said == ["成员单位!I3 “车牌”列未能归入", "成员单位!C8 成员数“约30人”按 30 读取"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_starter_case_with_a_roster_has_no_error(
    roster: Path, tmp_path: Path, catalogue: Catalogue, language: str
) -> None:
    case: Case = with_roster(starter_case(2026, "zh" if language == "zh" else "en"), import_roster(roster))
    write_starter(tmp_path / "case", case, catalogue)

    found = read_case(tmp_path / "case", catalogue)

    assert [located.say("en") for located in found.problems] == []
    assert found.case == case
    assert len(case.cycles[0].days) >= len(case.units) == 19


def test_english_headers_lines_across_and_several_sheets_are_read(sheet_file: Callable[..., Path]) -> None:
    path = sheet_file(
        [
            ["No.", "Organisation", "Contact person", "Tel", "Mobile", "Members"],
            ["一、机关", "一、机关", "一、机关", "一、机关", "一、机关", "一、机关"],
            [1, "Tax Office", "Ms Lin", "021-1", "138", 12],
            [2, "Bank", "Mr Zhou 13800000000", "", "", 0],
            [3, "Tax Office", "Mr Wu", "021-2", "", ""],
            ["", "", "nobody", "", "", ""],
            ["Total", "", "", "", "", 12],
            ["备注：以上信息仅供内部使用"] * 6,
        ]
    )

    found = import_roster(path)

    assert [(u.name, u.groups, u.members, u.note) for u in found.units] == [
        ("Tax Office", ("机关",), 12, "Mobile 138"),
        ("Bank", ("机关",), 1, ""),
    ]
    assert [(c.of, c.name, c.phone) for c in found.contacts] == [
        ("U01", "Ms Lin", "021-1"),
        ("U01", "Mr Wu", "021-2"),
        ("U02", "Mr Zhou", "13800000000"),
    ]
    places = {finding.place.say("en") for finding in found.findings}
    assert places == {"Sheet1!E1", "Sheet1!B4", "Sheet1!B5", "Sheet1!A6", "Sheet1!A8"}


def test_a_csv_roster_in_gb18030_is_read(tmp_path: Path) -> None:
    (tmp_path / "花名册.csv").write_bytes("\n科室,负责人,联系方式\n内科,张医生,8001\n".encode("gb18030"))

    found = import_roster(tmp_path / "花名册.csv")

    assert [(unit.id, unit.name) for unit in found.units] == [("U01", "内科")]
    assert found.contacts[0].phone == "8001"


def test_a_sheet_without_units_is_said(sheet_file: Callable[..., Path]) -> None:
    found = import_roster(sheet_file([["日期", "菜"], ["周一", "面"]]))

    assert found.units == ()
    assert [finding.say("en") for finding in found.findings] == [
        "Sheet1 no row here names a column of units; the sheet is not read"
    ]
