"""Working copies: what is written reads back the same, a refresh leaves everything else as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rota.case import Case
from rota.document import State, document_of
from rota.merging import merge
from rota.plan import CaseRef, Plan
from workbook.basis import BASIS_FILE, Basis, BasisError, read_basis
from workbook.conflicts import conflict_at
from workbook.layout import Catalogue
from workbook.reading import read_case
from workbook.working_copy import WorkingCopy, refresh_copy, write_copy

BASIS = Basis(stream="rota-2026", sequence=7, digest="abc", revision=2, language="zh")
FORMS = ("copy", "copy.xlsx")
every_form = pytest.mark.parametrize("form", FORMS)


def copy_of(case: Case, sequence: int = 7) -> WorkingCopy:
    plan = Plan(case=CaseRef(title="", hash=""))
    return WorkingCopy(case, plan, BASIS.model_copy(update={"sequence": sequence}))


def renamed(case: Case, **cells: object) -> Case:
    return case.model_copy(update={"units": (case.units[0].model_copy(update=cells), *case.units[1:])})


@every_form
def test_a_working_copy_holds_the_case_and_what_it_came_from(
    form: str, tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_copy(copy_of(case), tmp_path / form, catalogue)
    found = read_case(tmp_path / form, catalogue)
    assert found.case == case
    assert [problem for problem in found.problems if problem.place.source in {"rota", "场次"}] == []
    assert read_basis(tmp_path / form) == BASIS


@every_form
def test_a_refresh_writes_what_differs_and_where_it_came_from(
    form: str, tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_copy(copy_of(case), tmp_path / form, catalogue)
    newer = renamed(case, name="税务分局")
    newer = newer.model_copy(update={"settings": case.settings.model_copy(update={"freeze_days": 7})})
    refresh_copy(copy_of(newer, 9), tmp_path / form, ["units", "settings"], catalogue)
    assert read_case(tmp_path / form, catalogue).case == newer
    assert read_basis(tmp_path / form) == BASIS.model_copy(update={"sequence": 9})


@pytest.mark.slow
def test_what_somebody_keeps_in_a_workbook_stays(tmp_path: Path, case: Case, catalogue: Catalogue) -> None:
    path = tmp_path / "copy.xlsx"
    write_copy(copy_of(case), path, catalogue)
    book = load_workbook(path)
    book["单位"].cell(1, 40).value = "我的备注"
    book["单位"].cell(2, 40).value = "春节前联系"
    book.create_sheet("私人").cell(1, 1).value = "留着"
    book.save(path)
    refresh_copy(copy_of(renamed(case, name="税务分局")), path, ["units"], catalogue)
    book = load_workbook(path)
    assert (book["单位"].cell(2, 40).value, book["私人"].cell(1, 1).value) == ("春节前联系", "留着")
    assert book.sheetnames.index("场次") == 1
    assert book["rota"].sheet_state == "veryHidden"


def test_a_case_that_was_never_pulled_came_from_nowhere(tmp_path: Path, case: Case, catalogue: Catalogue) -> None:
    write_copy(copy_of(case), tmp_path / "copy", catalogue)
    (tmp_path / "copy" / BASIS_FILE).unlink()
    assert read_basis(tmp_path / "copy") is None


@pytest.mark.parametrize("content", ["", "{", json.dumps({"stream": "x"})])
def test_a_damaged_mark_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / BASIS_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(BasisError) as error:
        read_basis(tmp_path)
    assert "rota pull" in error.value.say("zh")


@pytest.mark.parametrize(("form", "place"), [("copy", "units.csv:2 (B, 名称)"), ("copy.xlsx", "单位!B2")])
def test_a_contradiction_is_named_at_its_cell(
    form: str, place: str, tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_copy(copy_of(renamed(case, name="税务所")), tmp_path / form, catalogue)
    found = read_case(tmp_path / form, catalogue)
    base, theirs, mine = (
        document_of(State(case=each)) for each in (case, renamed(case, name="税务局"), found.required())
    )
    merged = merge(base, theirs, mine)
    (conflict,) = merged.conflicts
    said = conflict_at(conflict, found.required(), found.readings).say("zh")
    assert said == f"{place} 此处改为“税务所”，而变更记录中已改为“税务局”（原为“{case.units[0].name}”）"


def test_a_row_deleted_here_and_changed_there_is_named_in_its_sheet(
    tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    smaller = case.model_copy(update={"holidays": (), "units": case.units[1:]})
    write_copy(copy_of(smaller), tmp_path / "copy.xlsx", catalogue)
    found = read_case(tmp_path / "copy.xlsx", catalogue)
    mine = document_of(State(case=smaller))
    merged = merge(document_of(State(case=case)), document_of(State(case=renamed(case, members=40))), mine)
    (conflict,) = merged.conflicts
    said = conflict_at(conflict, case, found.readings).say("zh")
    label = f"{case.units[0].name}〔{case.units[0].id}〕"
    assert said == f"单位 {label}在此被删除，而变更记录中已修改"
