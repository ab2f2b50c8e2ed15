"""Periods that are reported on: what people type for them, and their first and last day."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from rota.periods import period_label
from rota.problem import RotaError
from rota.text import Message, Word, text

NUMERALS = {numeral: n for n, numeral in enumerate((*"一二三四五六七八九十", "十一", "十二"), start=1)}


class PeriodError(RotaError):
    """What was typed is no period, or one that the case says nothing about."""


class Length(Word):
    """How long a period is."""

    WEEK = "week", "周", "week"
    MONTH = "month", "月", "month"
    QUARTER = "quarter", "季", "quarter"
    HALF = "half", "半年", "half-year"
    YEAR = "year", "年", "year"


@dataclass(frozen=True)
class Period:
    """A period by its name (`2027-05`, `2027-Q2`, `2027-H1`, `2027`, `2027-W11`), with its first and last day."""

    name: str
    length: Length
    first: dt.date
    last: dt.date

    @property
    def label(self) -> Message:
        """The period as people write it."""
        year, _, rest = self.name.partition("-")
        if rest == "H1":
            return text("the first half of {year}", "{year}年上半年", year=year)
        if rest == "H2":
            return text("the second half of {year}", "{year}年下半年", year=year)
        if rest.startswith("Q"):
            numeral = "一二三四"[int(rest[1]) - 1]
            return text("Q{n} {year}", "{year}年第{numeral}季度", year=year, n=rest[1], numeral=numeral)
        return period_label(self.name)


def read_period(said: str) -> Period:
    """Read a period as people type it: `2027-05` or `2027年5月`, `2027-Q2` or `2027年二季度`, `2027-H1`, `2027`.

    Raises:
        PeriodError: it is none.
    """
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", said)).upper()
    for form, made in FORMS:
        if found := form.fullmatch(typed):
            try:
                return made(*(_number(group) for group in found.groups() if group))
            except ValueError:
                break
    raise PeriodError(
        text(
            '"{said}" is no period; write a month (2027-05), a quarter (2027-Q2), a half-year (2027-H1), '
            "a year (2027) or a week (2027-W11).",
            "“{said}”不是统计期；请写某月（2027-05 或 2027年5月）、某季度（2027-Q2 或 2027年二季度）、"
            "半年（2027-H1 或 2027年上半年）、全年（2027）或某周（2027-W11）。",
            said=said,
        )
    )


def _number(typed: str) -> int:
    return {"上": 1, "下": 2}.get(typed) or NUMERALS.get(typed) or int(typed)


def _week(year: int, number: int) -> Period:
    monday = dt.date.fromisocalendar(year, number, 1)
    return Period(f"{year}-W{number:02}", Length.WEEK, monday, monday + dt.timedelta(days=6))


def _months(year: int, first: int, count: int) -> tuple[dt.date, dt.date]:
    after = dt.date(year + (first + count) // 13, (first + count - 1) % 12 + 1, 1)
    return dt.date(year, first, 1), after - dt.timedelta(days=1)


def _month(year: int, number: int) -> Period:
    return Period(f"{year:04}-{number:02}", Length.MONTH, *_months(year, number, 1))


def _quarter(year: int, number: int) -> Period:
    return Period(f"{year:04}-Q{number}", Length.QUARTER, *_months(year, 3 * number - 2, 3))


def _half(year: int, number: int) -> Period:
    return Period(f"{year:04}-H{number}", Length.HALF, *_months(year, 6 * number - 5, 6))


def _year(year: int) -> Period:
    return Period(f"{year:04}", Length.YEAR, *_months(year, 1, 12))


_CHINESE = "|".join(sorted(NUMERALS, key=len, reverse=True))
FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period]], ...] = (
    (re.compile(rf"(\d{{4}})(?:[-/.](\d\d?)|年(\d\d?|{_CHINESE})月份?)"), _month),
    (re.compile(r"(\d{4})(?:-?Q([1-4])|年第?([1-4一二三四])季度?)"), _quarter),
    (re.compile(r"(\d{4})(?:-?H([12])|年([上下])半年)"), _half),
    (re.compile(r"(\d{4})(?:年|年度|年全年)?"), _year),
    (re.compile(r"(\d{4})(?:-?W(\d\d?)|年第?(\d\d?)周)"), _week),
)
"""What people type, and what it makes; years and numbers are their groups."""
