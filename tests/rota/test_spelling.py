"""Slips of the keyboard find the name that was meant; names that two things bear are found before anybody asks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rota.inspection import inspect
from rota.spelling import namesakes, near
from tests.constraints.building import case_of, demand, seats, series, units
from workbook.starter import starter_case

NAMES = {
    "U01": ("U01", "河湾税务所", "Hewan Tax Office"),
    "U02": ("U02", "河湾街道总工会", "Hewan Trade Union"),
    "P01": ("P01", "王芳", "Wang Fang"),
}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("税务局", ["U01"]),
        ("总公会", ["U02"]),
        ("王方", ["P01"]),
        ("wang fan", ["P01"]),
        ("tax ofice", ["U01"]),
        ("U1", ["U01"]),
        ("图书馆", []),
        ("", []),
    ],
)
def test_the_name_that_was_meant_is_suggested_first(said: str, meant: Sequence[str]) -> None:
    assert near(said, NAMES)[:1] == meant


def test_no_more_than_three_names_are_suggested() -> None:
    assert len(near("U0", {f"U0{n}": (f"U0{n}",) for n in range(9)})) == 3


def test_a_reference_with_a_slip_says_which_row_may_be_meant() -> None:
    case = case_of(*units("aaa bbb"), series(), seats(), demand("cover", id="all", role="hots"))
    (statement, *_) = starter_case(2026).availability
    slipped = case.model_copy(update={"availability": (statement.model_copy(update={"resource": "bbc"}),)})
    (problem,) = (p for p in inspect(slipped) if p.table == "availability")
    assert problem.message.say("zh") == "“bbc”不在表“单位、人员、设备、场地、站点”中；是否应为 bbb？"


def test_one_name_of_two_rows_is_a_warning_at_the_second() -> None:
    case = starter_case(2026)
    first, second, *others = case.units
    same = case.model_copy(update={"units": (first, second.model_copy(update={"name": first.name}), *others)})
    assert [(p.table, p.row, p.field, p.severity) for p in namesakes(same)] == [("units", 1, "name", "warning")]
    assert list(namesakes(case)) == []


def test_one_name_in_english_alone_is_a_warning_too() -> None:
    case = starter_case(2026)
    first, second, *others = case.units
    same = case.model_copy(update={"units": (first, second.model_copy(update={"name_en": first.name_en}), *others)})
    assert [(p.row, p.field) for p in namesakes(same)] == [(1, "name_en")]


def test_one_name_in_both_languages_is_nobodys_namesake() -> None:
    case = starter_case(2026)
    plain = tuple(unit.model_copy(update={"name_en": unit.name}) for unit in case.units)
    assert list(namesakes(case.model_copy(update={"units": plain}))) == []
