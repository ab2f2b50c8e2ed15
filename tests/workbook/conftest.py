"""What the tests of the workbook share: a small catalogue of rules, and workbooks made cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from rota.case import Case
from rota.catalogue import RuleKind, RuleParam
from rota.text import text
from workbook.layout import Catalogue
from workbook.sheets import write_workbook
from workbook.starter import starter_case

Change = Callable[[Workbook], None]


def rule(kind: str, zh: str, en: str, *params: tuple[str, str]) -> RuleKind:
    shown = tuple(RuleParam(name, title, text(f"the {name}", title)) for name, title in params)
    return RuleKind(kind, text(en, zh), text(f"demands {en}", f"要求{zh}"), text("turns", "次"), shown)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    role, per = ("role", "岗位"), ("per", "周期")
    return (
        rule("availability", "时间意向", "availability", ("level", "意向")),
        rule("load", "工作量", "load", role, ("least", "最少"), ("most", "最多"), per),
        rule("cover", "全覆盖", "cover", role, ("times", "次数")),
        rule("rest_gap", "轮空间隔", "rest gap", role, ("cycle", "轮次表"), ("rounds", "轮数")),
        rule("fair_share", "公平分担", "fair share", role),
        rule("line_coverage", "服务线覆盖", "line coverage", per, ("least", "最少")),
        rule("date_preference", "日期偏好", "date preference"),
        rule("line_balance", "服务线均衡", "line balance", per),
        rule("fresh_partners", "搭配不重复", "fresh partners", role, ("with_role", "搭配岗位")),
    )


@pytest.fixture(scope="session")
def case() -> Case:
    return starter_case(2026, "zh")


@pytest.fixture(scope="session")
def written_workbook(tmp_path_factory: pytest.TempPathFactory, case: Case, catalogue: Catalogue) -> Path:
    path = tmp_path_factory.mktemp("written") / "case.xlsx"
    write_workbook(case, path, catalogue)
    return path


@pytest.fixture
def typed_workbook(tmp_path: Path, written_workbook: Path) -> Callable[[Mapping[str, str | float]], Path]:
    """Write the starter case and type into it: cells by `sheet!cell`."""

    def write(cells: Mapping[str, str | float]) -> Path:
        path = tmp_path / "case.xlsx"
        book = load_workbook(written_workbook)
        for where, value in cells.items():
            sheet, _, cell = where.partition("!")
            book[sheet][cell] = value
        book.save(path)
        return path

    return write


@pytest.fixture
def sheet_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of one sheet from its rows."""

    def write(rows: Sequence[Sequence[object]], name: str = "table.xlsx", title: str = "Sheet1") -> Path:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        book.save(tmp_path / name)
        return tmp_path / name

    return write
