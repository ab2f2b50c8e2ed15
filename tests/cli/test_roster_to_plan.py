"""From an ordinary roster of 19 units to a checked case and its plan, the way a coordinator goes."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.plan import load_plan
from tests.cli.conftest import Rota
from tests.rosters import NAMES, write_roster

TICK = "✓"
ALL_FINE = "E5"
BLANK, ON_PAPER = 4, 7
"""Positions of the unit that answers nothing and of the one that answers on paper."""


def fill(answer: Path, **cells: str) -> None:
    book = load_workbook(answer)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    book.save(answer)


def all_fine_cell(answer: Path) -> str:
    """The open cell beside the sentence about all dates."""
    sheet = load_workbook(answer).worksheets[0]
    return next(cell.coordinate for cell in sheet[5] if not cell.protection.locked)


@pytest.mark.slow
def test_a_roster_becomes_a_checked_case_and_a_proved_year(rota: Rota, tmp_path: Path) -> None:
    roster = write_roster(tmp_path / "花名册.xlsx")
    case, asked = tmp_path / "2026", tmp_path / "征集"

    made = rota("new", case, "--from", roster, "--lang", "zh")
    assert made.code == 0, made.err
    assert "车牌" in made.out  # the column that has no place is said

    assert rota("ask", case, "-o", asked, "--deadline", "2025-12-15").code == 0
    answers = sorted(asked.glob("*.xlsx"))
    assert len(answers) == len(NAMES)
    for number, answer in enumerate(answers):
        if number in {BLANK, ON_PAPER}:
            continue
        if number % 3 == 0:
            fill(answer, **{all_fine_cell(answer): TICK})
        else:
            fill(answer, G8=TICK, H8="年终结算", F9=TICK, E10=TICK)
    paper = asked / "纸质.csv"
    paper.write_text(f"单位,日期,答复,原因\n{NAMES[ON_PAPER]},2026-01-24,不能,检修\n", "utf-8")

    collected = rota("collect", asked, "--case", case)

    assert collected.code == 0, collected.out
    assert f"{len(NAMES) - 1} answered" in collected.out
    assert f"not answered yet (1): {NAMES[BLANK]}" in collected.out
    again = rota("collect", asked, "--case", case)
    assert "0 rows added, 0 withdrawn" in again.out

    assert rota("check", case).out.endswith("0 errors, 0 warnings\n")
    planned = rota("plan", case)
    assert planned.code == 0, planned.err
    plan = load_plan((case / "plan.json").read_text("utf-8"))
    assert plan.proved
    assert "U08" not in plan.session["rotation@2026-01-24"].serving()


@pytest.mark.slow
def test_answers_go_into_a_workbook_whose_other_sheets_stay(rota: Rota, tmp_path: Path) -> None:
    book, asked = tmp_path / "2026.xlsx", tmp_path / "征集"
    rota("new", book)
    own = load_workbook(book)
    own.create_sheet("我的备忘")["A1"] = "勿删"
    own.save(book)
    own.close()
    rota("ask", book, "-o", asked)
    answer = next(asked.glob("U01*.xlsx"))
    fill(answer, G9=TICK, H9="检修")

    collected = rota("collect", answer, "--case", book)

    assert collected.code == 0, collected.out
    assert load_workbook(book)["我的备忘"]["A1"].value == "勿删"
    assert rota("collect", answer, "--case", book).out.count("0 rows added, 0 withdrawn") == 1
    assert rota("check", book).code == 0
