"""Reading what units answered: filled questionnaires in any order, and tables typed from paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic_core import PydanticCustomError

from rota.case import Case
from rota.problem import Problem, RotaError, Severity
from rota.row import read_date, read_flag
from rota.text import Message, text
from workbook.grid import Grid, Located, Place
from workbook.layout import folded
from workbook.questionnaire import ALL_FINE_ROW, ANSWER_COLUMNS, FIRST_ROW, MARK, MARK_COLUMN, REASON_COLUMN, TICK
from workbook.sentences import shortened
from workbook.sources import csv_grid, sheet_grids

Answer = Literal["fine", "avoid", "cannot"]
ANSWERS: tuple[Answer, ...] = ("fine", "avoid", "cannot")

_WORDS: dict[str, Answer] = {
    **dict.fromkeys(("可以", "行", "是", "fine", "yes", "ok"), "fine"),
    **dict.fromkeys(("尽量避免", "避免", "avoid", "rather not", "rathernot"), "avoid"),
    **dict.fromkeys(("不能", "不可以", "不行", "否", "cannot", "no"), "cannot"),
}
_COLUMNS = {
    "unit": ("单位", "单位名称", "编号", "unit", "unitid"),
    "date": ("日期", "date", "day"),
    "answer": ("答复", "意向", "回复", "answer", "reply"),
    "reason": ("原因", "理由", "备注", "reason", "note"),
}


@dataclass(frozen=True)
class Statement:
    """One answer of one unit about one date, and where it stands."""

    unit: str
    day: dt.date
    answer: Answer
    reason: str
    place: Place


Read = Statement | Located


def read_answers(case: Case, path: Path) -> Iterator[Read]:
    """Yield every answer in a file, and a finding for everything in it that cannot be taken as one."""
    try:
        grids = [csv_grid(path)] if path.suffix.lower() == ".csv" else list(sheet_grids(path))
    except RotaError as error:
        yield finding(Place(path.name, "csv"), error.message, "error")
        return
    grids = [Grid(_source(path, grid), grid.form, grid.rows) for grid in grids if grid.rows]
    marked = [grid for grid in grids if _cell(grid, 1, MARK_COLUMN) == MARK]
    tables = [grid for grid in grids if _table_columns(grid)]
    if not marked and not tables:
        message = text(
            "is neither a questionnaire nor a table with unit, date and answer",
            "既不是征集表，也不是含单位、日期、答复的表",
        )
        yield finding(Place(path.name, "csv"), message, "error")
    for grid in marked:
        yield from _questionnaire(case, grid)
    for grid in tables:
        if grid not in marked:
            yield from _table(case, grid)


def finding(place: Place, message: Message, severity: Severity = "warning") -> Located:
    """Make a finding about an answer."""
    return Located(Problem("availability", None, None, message, severity), place)


def _source(path: Path, grid: Grid) -> str:
    return path.name if grid.form == "csv" else f"[{path.name}]{grid.source}"


def _cell(grid: Grid, row: int, column: int) -> str:
    """Return the text of a cell, row and column counted from 1."""
    cells = dict(grid.rows).get(row, ())
    return cells[column - 1].strip() if column <= len(cells) else ""


def _questionnaire(case: Case, grid: Grid) -> Iterator[Read]:
    of_case, unit = _cell(grid, 2, MARK_COLUMN), _cell(grid, 3, MARK_COLUMN)
    if of_case != case.settings.id:
        message = text("belongs to another case, {found}", "属于另一份排班资料 {found}", found=of_case or "?")
        yield finding(grid.at(), message, "error")
        return
    if unit not in {each.id for each in case.units}:
        yield finding(
            grid.at(), text("is of an unknown unit, {unit}", "单位 {unit} 不在资料中", unit=unit or "?"), "error"
        )
        return
    all_fine, said = _tick(grid, ALL_FINE_ROW, ANSWER_COLUMNS[0])
    read: list[Read] = list(said)
    for number, _ in grid.rows:
        sessions = _cell(grid, number, MARK_COLUMN)
        if number >= FIRST_ROW and "@" in sessions:
            day = _day(sessions.split(";")[0].rpartition("@")[2])
            if day is None:
                message = text("the hidden date of this row was changed", "此行的隐藏日期被改动")
                read.append(finding(grid.at(number), message, "error"))
                continue
            read += _of_row(grid, number, unit, day, all_fine=all_fine)
    yield from read
    if not read:
        yield finding(grid.at(), text("nothing is ticked", "没有任何勾选"))


def _of_row(grid: Grid, number: int, unit: str, day: dt.date, *, all_fine: bool) -> Iterator[Read]:
    """Yield the answer of one row; one that contradicts itself, or the tick for all dates, is a finding instead."""
    ticked: list[Answer] = []
    for answer, column in zip(ANSWERS, ANSWER_COLUMNS, strict=True):
        yes, said = _tick(grid, number, column)
        yield from said
        ticked += [answer] if yes else []
    reason, place = _cell(grid, number, REASON_COLUMN), grid.at(number, ANSWER_COLUMNS[0] - 1)
    if len(ticked) > 1:
        yield finding(place, text("two answers are ticked for {day}", "{day} 勾选了两项", day=day))
    elif all_fine and ticked and ticked != ["fine"]:
        message = text("all dates are ticked as fine, but not {day}", "已勾选“全部可以”，但 {day} 另有勾选", day=day)
        yield finding(place, message)
    elif ticked or all_fine:
        yield Statement(unit, day, ticked[0] if ticked else "fine", reason, place)
    elif reason:
        message = text("there is a reason for {day} but no answer is ticked", "{day} 写了原因但没有勾选", day=day)
        yield finding(grid.at(number, REASON_COLUMN - 1), message)


def _tick(grid: Grid, row: int, column: int) -> tuple[bool, list[Located]]:
    """Return whether a cell is ticked, and what is unclear about it."""
    cell = _cell(grid, row, column)
    try:
        return read_flag(cell) is True, []
    except PydanticCustomError:
        message = text(
            '"{cell}" is no tick; write {tick}', '"{cell}" 不是勾选；请填 {tick}', cell=shortened(cell), tick=TICK
        )
        return False, [finding(grid.at(row, column - 1), message)]


def _table_columns(grid: Grid) -> dict[str, int]:
    """Return where unit, date, answer and reason stand in a typed table, nothing where it is none."""
    known = {folded(word): field for field, words in _COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    for at, header in enumerate(grid.rows[0][1]):
        if (field := known.get(folded(header))) is not None:
            found.setdefault(field, at)
    return found if {"unit", "date", "answer"} <= found.keys() else {}


def _table(case: Case, grid: Grid) -> Iterator[Read]:
    columns = _table_columns(grid)
    units = {form: unit.id for unit in case.units for form in (unit.id, unit.name, unit.name_en) if form}
    for number, cells in grid.rows[1:]:
        cell = {field: cells[at].strip() if at < len(cells) else "" for field, at in columns.items()}
        unit, answer = units.get(cell["unit"]), _WORDS.get(folded(cell["answer"]))
        wrong = None
        if unit is None:
            wrong = "unit", text('"{cell}" is no unit of this case', '"{cell}" 不是本资料的单位', cell=cell["unit"])
        elif (day := _day(cell["date"])) is None:
            wrong = (
                "date",
                text(
                    '"{cell}" is not a date; e.g. 2027-01-08', '"{cell}" 不是日期；例如 2027-01-08', cell=cell["date"]
                ),
            )
        elif not case.settings.first <= day <= case.settings.last:
            wrong = "date", text("{day} is outside the plan", "{day} 不在排班期内", day=day)
        elif answer is None and cell["answer"]:
            message = text(
                '"{cell}" is no answer; write 可以, 尽量避免 or 不能',
                '"{cell}" 不是答复；请填 可以、尽量避免 或 不能',
                cell=shortened(cell["answer"]),
            )
            wrong = "answer", message
        elif answer is not None:
            yield Statement(unit, day, answer, cell.get("reason", ""), grid.at(number, columns["answer"]))
        if wrong:
            yield finding(grid.at(number, columns[wrong[0]]), wrong[1])


def _day(cell: str) -> dt.date | None:
    try:
        day = read_date(cell)
    except PydanticCustomError:
        return None
    return day if isinstance(day, dt.date) else None
