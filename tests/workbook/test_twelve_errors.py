"""One pass over a workbook finds every error, each at its cell, and raises no false alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rota.case import Case
from rota.problem import Problem
from rota.text import text
from workbook.layout import Catalogue
from workbook.reading import CaseFile, read_case

Typed = Callable[[Mapping[str, str | float]], Path]


def said(found: CaseFile) -> dict[str, str]:
    return {located.place.say("zh"): located.problem.message.say("zh") for located in found.errors}


def no_such_role(case: Case) -> list[Problem]:
    return [
        Problem("demands", number, "role", text("no such role", "没有此岗位"))
        for number, demand in enumerate(case.demands)
        if dict(demand.params).get("role") == "hosst"
    ]


def test_twelve_errors_of_twelve_kinds_are_found_by_cell_in_one_pass(
    typed_workbook: Typed, catalogue: Catalogue
) -> None:
    path = typed_workbook(
        {
            "参数!B10": "2026-13-45",  # last day: no such day
            "场地!D3": "S99",  # a site that does not exist
            "单位!A4": "U 03",  # not an id
            "单位!K5": "许多",  # not a number
            "单位!K6": 0,  # too small
            "联系人!D2": "nobody",  # no e-mail address
            "轮次表!E2": "every fortnight",  # no recurrence
            "岗位!G2": 3,  # least is greater than most, which stays 1
            "时间意向!B3": "也许",  # not one of the words
            "时间意向!D2": "2025-01-01",  # ends before it begins
            "规则!B4": "公平分享",  # no such rule
            "规则!F5": "hosst",  # what the rules' own check finds
            "节假日!A2": "2026-01-01",  # the kind of day is missing
        }
    )

    found = read_case(path, catalogue, [no_such_role])

    assert found.case is None
    errors = said(found)
    assert set(errors) == {
        *("参数!B10", "场地!D3", "单位!A4", "单位!K5", "单位!K6", "联系人!D2", "轮次表!E2", "岗位!H2", "时间意向!B3"),
        *("时间意向!D2", "规则!B4", "规则!F5", "节假日!B2"),
    }
    assert errors["参数!B10"] == '"2026-13-45" 不是日期；例如 2027-01-08'
    assert "S99" in errors["场地!D3"]
    assert errors["时间意向!B3"] == '"也许" 不可用；请填：不能、尽量避免、优先 之一'
    assert "公平分担" in errors["规则!B4"]
    assert errors["节假日!B2"] == "此处必须填写：放假、调休上班 之一"
