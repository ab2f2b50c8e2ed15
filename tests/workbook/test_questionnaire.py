"""Asking units about dates, and merging what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.case import Case
from rota.demand import Availability, Level
from workbook.collecting import Collected, collect
from workbook.questionnaire import FIRST_ROW, write_questionnaires

DEADLINE = dt.date(2025, 12, 15)
ROUNDS = [dt.date(2026, 1, 10) + n * dt.timedelta(days=14) for n in range(12)]
Fill = Callable[[str, Mapping[str, str]], Path]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, case: Case) -> Path:
    """The questionnaires of all units, which no test writes to."""
    folder = tmp_path_factory.mktemp("asked") / "征集"
    write_questionnaires(case, folder, DEADLINE)
    return folder


@pytest.fixture
def fill(asked: Path, tmp_path: Path) -> Fill:
    """Fill in the questionnaire of a unit and save it under another name."""

    def filled(unit: str, cells: Mapping[str, str]) -> Path:
        book = load_workbook(next(asked.glob(f"{unit}-*.xlsx")))
        for cell, value in cells.items():
            book.worksheets[0][cell] = value
        book.save(tmp_path / f"回复 {unit}.xlsx")
        return tmp_path / f"回复 {unit}.xlsx"

    return filled


def stated(found: Collected, unit: str) -> list[tuple[str, str, str, str]]:
    return [
        (row.level.value, str(row.first), str(row.last or ""), row.reason)
        for row in found.availability
        if row.resource == unit
    ]


def said(found: Collected) -> list[str]:
    return [each.say("zh") for each in found.findings]


def test_each_unit_gets_one_sheet_of_its_dates_ready_to_print(asked: Path) -> None:
    assert sorted(path.name[:3] for path in asked.glob("*.xlsx")) == ["U01", "U02", "U03", "U04", "U05", "U06"]

    sheet = load_workbook(next(asked.glob("U02-*.xlsx"))).worksheets[0]

    days = [sheet.cell(row, 1).value for row in range(FIRST_ROW, FIRST_ROW + 12)]
    assert [day.date() for day in days if isinstance(day, dt.datetime)] == ROUNDS
    assert sheet["A2"].value == "清河银行支行"
    assert (sheet["B8"].value, sheet["C11"].value) == ("周六", "春节")
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet["A8"].protection.locked
    assert not sheet["E8"].protection.locked
    assert sheet.column_dimensions["I"].hidden
    assert sheet.print_title_rows == "$7:$7"
    assert str(sheet.page_setup.paperSize) == "9"


def test_the_invitation_names_the_deadline_in_both_languages(asked: Path) -> None:
    invitation = (asked / "征集说明.txt").read_text(encoding="utf-8-sig")

    assert "请于 2025-12-15 (周一) 前交回" in invitation
    assert "return by 2025-12-15 (Mon)" in invitation


def test_ticks_become_availability_with_their_reason(case: Case, fill: Fill) -> None:
    found = collect(case, [fill("U02", {"G8": "✓", "H8": "盘点", "F9": "是", "E10": "√"})])

    assert stated(found, "U02") == [("cannot", "2026-01-10", "", "盘点"), ("avoid", "2026-01-24", "", "")]
    assert [unit.id for unit in found.answered] == ["U02"]
    assert [unit.id for unit in found.silent] == ["U01", "U03", "U04", "U05", "U06"]
    assert found.findings == ()


def test_an_explicit_fine_clears_that_date_of_that_unit_only(case: Case, fill: Fill) -> None:
    # U01 cannot from 2026-01-10 to 2026-01-24; the round of 2026-01-24 is row 9.
    found = collect(case, [fill("U01", {"E9": "✓"})])

    assert stated(found, "U01") == [("cannot", "2026-01-10", "2026-01-23", "年度结算")]
    assert stated(found, "U03") == [("avoid", "2026-02-07", "", "")]


def test_a_day_inside_a_range_is_taken_out_of_it(case: Case, fill: Fill) -> None:
    long = Availability(resource="U02", level=Level.CANNOT, first=ROUNDS[0], last=ROUNDS[2], reason="装修")
    found = collect(case.model_copy(update={"availability": (long,)}), [fill("U02", {"F9": "✓"})])

    assert stated(found, "U02") == [
        ("cannot", "2026-01-10", "2026-01-23", "装修"),
        ("cannot", "2026-01-25", "2026-02-07", "装修"),
        ("avoid", "2026-01-24", "", "装修"),
    ]


def test_a_preference_stays_whatever_is_ticked(case: Case, fill: Fill) -> None:
    found = collect(case, [fill("U05", {"E5": "✓"})])

    assert stated(found, "U05") == [("prefer", "2026-03-21", "", "")]
    assert [unit.id for unit in found.answered] == ["U05"]


def test_a_recurring_statement_is_left_to_be_changed_by_hand(case: Case, fill: Fill) -> None:
    weekly = Availability(
        resource="U02", level=Level.CANNOT, first=ROUNDS[0], last=ROUNDS[-1], rrule="FREQ=WEEKLY;BYDAY=SA"
    )
    found = collect(case.model_copy(update={"availability": (weekly,)}), [fill("U02", {"E8": "✓"})])

    assert found.availability == (weekly,)
    assert said(found) == ["[回复 U02.xlsx]征集表!E8 2026-01-10 (周六) 属于重复的时间意向，请手工修改"]


def test_a_blank_reply_deletes_nothing_and_counts_as_silent(case: Case, fill: Fill) -> None:
    found = collect(case, [fill("U01", {})])

    assert found.availability == case.availability
    assert "U01" in [unit.id for unit in found.silent]
    assert said(found) == ["[回复 U01.xlsx]征集表 没有任何勾选"]


@pytest.mark.parametrize(
    ("cells", "finding"),
    [
        ({"E8": "✓", "G8": "✓"}, "!E8 2026-01-10 (周六) 勾选了两项"),
        ({"E5": "✓", "G8": "✓"}, "!E8 已勾选“全部可以”，但 2026-01-10 (周六) 另有勾选"),
        ({"H8": "出差"}, "!H8 2026-01-10 (周六) 写了原因但没有勾选"),
        ({"G8": "看情况"}, '!G8 "看情况" 不是勾选；请填 ✓'),
    ],
)
def test_answers_that_are_unclear_change_nothing_and_are_said(
    case: Case, fill: Fill, cells: Mapping[str, str], finding: str
) -> None:
    found = collect(case, [fill("U02", cells)])

    assert stated(found, "U02") == []
    assert said(found) == [f"[回复 U02.xlsx]征集表{finding}"]


def test_collecting_twice_changes_nothing_more(case: Case, fill: Fill) -> None:
    reply = fill("U02", {"G8": "✓", "H8": "盘点", "F9": "✓", "E10": "✓"})
    once = case.model_copy(update={"availability": collect(case, [reply]).availability})

    assert collect(once, [reply]).availability == once.availability


def test_answers_typed_from_paper_are_merged_and_contradictions_said(case: Case, fill: Fill, tmp_path: Path) -> None:
    paper = tmp_path / "纸质.csv"
    paper.write_bytes(
        "单位,日期,答复,原因\n南桥小学,2026/1/24,不能,考试\nU06,2026年2月7日,可以,\nU02,2026-01-10,可以,\n"
        "火星站,2026-01-10,不能,\nU04,2026-13-01,不能,\nU04,2026-01-10,也许,\nU04,2031-01-10,不能,\n".encode("gb18030")
    )

    found = collect(case, [paper, fill("U02", {"G8": "✓"})])

    assert stated(found, "U04") == [("cannot", "2026-01-24", "", "考试")]
    assert stated(found, "U02") == []
    assert [each.place.say("en") for each in found.findings] == [
        *("纸质.csv:5 (A)", "纸质.csv:6 (B)", "纸质.csv:7 (C)", "纸质.csv:8 (B)", "纸质.csv:4 (C)"),
    ]


def test_files_of_another_case_or_unit_and_other_files_are_refused(case: Case, fill: Fill, tmp_path: Path) -> None:
    other = case.model_copy(update={"settings": case.settings.model_copy(update={"id": "elsewhere"})})
    without = case.model_copy(update={"units": case.units[2:]})
    reply = fill("U02", {"G8": "✓"})
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0....")

    assert [f.severity for f in collect(other, [reply]).findings] == ["error"]
    assert "rota-2026" in said(collect(other, [reply]))[0]
    assert "U02" in said(collect(without, [reply]))[0]
    refused = collect(case, [tmp_path / "notes.csv", tmp_path / "old.xlsx"])
    assert [f.severity for f in refused.findings] == ["error", "error"]
    assert refused.availability == case.availability
