"""What stands in a row that cannot be read is held back, never reported as missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rota.case import Case
from rota.problem import Problem
from rota.text import text
from workbook.folder import write_folder
from workbook.layout import Catalogue
from workbook.reading import CaseFile, read_case

Typed = Callable[[Mapping[str, str | float]], Path]


def places(found: CaseFile) -> list[str]:
    return [located.place.say("zh") for located in found.errors]


def test_a_reference_to_a_row_that_exists_but_did_not_read_is_no_error(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    path = typed_workbook({"单位!K2": "many"})  # U01, whom 时间意向 and 联系人 name

    assert places(read_case(path, catalogue)) == ["单位!K2"]


def test_pins_on_sessions_of_an_unread_cycle_are_held_back_while_others_are_reported(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    pins = {"锁定!A2": "rotation@2026-01-10", "锁定!D2": "R01", "锁定!A3": "rotation@2026-01-10", "锁定!D3": "R77"}

    found = read_case(typed_workbook({"轮次表!E2": "sometimes", **pins}), catalogue)

    assert places(found) == ["轮次表!E2", "锁定!D3"]


def test_an_activity_with_an_unknown_cycle_does_not_hide_an_error_elsewhere(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    found = read_case(typed_workbook({"活动项目!D2": "weekly", "时间意向!A2": "U77"}), catalogue)

    assert places(found) == ["活动项目!D2", "时间意向!A2"]


def test_roles_of_unread_rows_are_not_said_to_be_unknown_by_further_checks(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    def no_such_role(case: Case) -> list[Problem]:
        known = {role.role for role in case.roles}
        return [
            Problem("demands", number, "role", text("unknown", "未知"))
            for number, demand in enumerate(case.demands)
            if dict(demand.params).get("role") not in {None, *known}
        ]

    found = read_case(typed_workbook({"岗位!H2": "one"}), catalogue, [no_such_role])

    assert places(found) == ["岗位!H2"]


def test_a_file_that_cannot_be_decoded_is_one_error_not_one_per_reference(
    tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_folder(case, tmp_path, catalogue)
    (tmp_path / "units.csv").write_bytes(b"id,name\n\xff\xff\x00\xff,x\n")

    found = read_case(tmp_path, catalogue)

    assert places(found) == ["units.csv"]
    assert "GB18030" in found.errors[0].say("en")


def test_a_misspelt_sheet_is_said_once_with_the_nearest_name(tmp_path: Path, case: Case, catalogue: Catalogue) -> None:
    write_folder(case, tmp_path, catalogue)
    (tmp_path / "units.csv").rename(tmp_path / "unitss.csv")

    found = read_case(tmp_path, catalogue)

    assert [located.say("en") for located in found.errors] == ["unitss.csv is no table; did you mean units?"]
