"""Cells as they were typed, and where they stand: what a sheet, a CSV file and a TOML file have in common."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from rota.problem import Problem, Severity
from rota.text import Language, Message

Form = Literal["sheet", "csv", "toml"]

_MIDNIGHT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a carrier for times of day


def letters(column: int) -> str:
    """Return the letters of a column counted from 0: A, B … Z, AA."""
    text = ""
    number = column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


@dataclass(frozen=True)
class Place:
    """Where a finding stands. `row` counts from 1 as the sheet shows it, `column` from 0; None means all of it."""

    source: str
    form: Form
    row: int | None = None
    column: int | None = None
    header: Message | None = None

    @property
    def cell(self) -> str:
        """The cell in a spreadsheet's words, `C7`, or `7` for the whole row."""
        return ("" if self.column is None else letters(self.column)) + ("" if self.row is None else str(self.row))

    def say(self, language: Language) -> str:
        """Return `时间意向!C7` for a sheet, `availability.csv:7 (C, 开始日期)` for a file."""
        if self.row is None:
            return self.source
        if self.form == "sheet":
            return f"{self.source}!{self.cell}"
        column = letters(self.column) if self.form == "csv" and self.column is not None else ""
        shown = ", ".join(filter(None, (column, self.header.say(language) if self.header else "")))
        return f"{self.source}:{self.row}" + (f" ({shown})" if shown else "")


@dataclass(frozen=True)
class Located:
    """A problem and the place where it stands."""

    problem: Problem
    place: Place

    @property
    def severity(self) -> Severity:
        """Whether it stops the case from being used."""
        return self.problem.severity

    def say(self, language: Language) -> str:
        """Return place and problem as one sentence: `时间意向!C7 "2027-13-45" 不是日期；例如 2027-01-08`."""
        return f"{self.place.say(language)} {self.problem.message.say(language)}"


@dataclass(frozen=True)
class Grid:
    """One sheet or file: `rows` are its rows that are not empty, each with its own number and its cells as text."""

    source: str
    form: Form
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def at(self, row: int | None = None, column: int | None = None, header: Message | None = None) -> Place:
        """Return the place of a cell, a row or the whole."""
        return Place(self.source, self.form, row, column, header)


def grid(source: str, form: Form, cells: list[list[str]]) -> Grid:
    """Make a grid from all rows of a sheet or file, the first being row 1; empty rows are left out."""
    rows = ((number, tuple(row)) for number, row in enumerate(cells, start=1))
    return Grid(source, form, tuple((number, row) for number, row in rows if any(cell.strip() for cell in row)))


def as_text(value: object) -> str:
    """Return a typed cell as people would write it: 3.0 is `3`, a date `2027-01-08`, a moment `2027-01-08 09:30`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _when_text(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _when_text(value: dt.date | dt.time | dt.timedelta) -> str:
    """Return a day, a time of day or both; spreadsheets count in days, so a moment may be off by a fraction."""
    if isinstance(value, dt.timedelta):
        return _when_text((_MIDNIGHT + value).time()) if value < dt.timedelta(days=1) else str(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    day = f"{value.year:04}-{value.month:02}-{value.day:02}"
    if not isinstance(value, dt.datetime):
        return day
    moment = value + dt.timedelta(microseconds=500_000)
    if moment.date() != value.date():
        return _when_text(moment)
    time = moment.time().replace(microsecond=0)
    return f"{day} {_when_text(time)}" if time != dt.time() else day
