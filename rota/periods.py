"""Periods of the calendar: day, ISO week, month, quarter, year, or the whole horizon."""

from __future__ import annotations

import datetime as dt
import re

from rota.text import Message, Word, text

WHOLE = "*"
"""The name of the period that is the whole horizon."""


_NAME = re.compile(r"\*|\d{4}(-Q[1-4]|-W\d\d|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Per(Word):
    """The period within which something is counted."""

    DAY = "day", "日", "day"
    WEEK = "week", "周", "week"
    MONTH = "month", "月", "month"
    QUARTER = "quarter", "季度", "quarter"
    YEAR = "year", "年", "year"
    HORIZON = "horizon", "全期", "horizon"


def period_of(day: dt.date, per: Per) -> str:
    """Return the name of the period that `day` lies in, e.g. `2027-Q2`; names sort in order of time."""
    match per:
        case Per.DAY:
            return day.isoformat()
        case Per.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02}"
        case Per.MONTH:
            return f"{day.year}-{day.month:02}"
        case Per.QUARTER:
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case Per.YEAR:
            return f"{day.year}"
        case Per.HORIZON:
            return WHOLE


def period_label(period: str) -> Message:
    """Say the name of a period as people write it: `Q2 2027`, `week 11 of 2027`, `May 2027`, a date."""
    if period == WHOLE:
        return text("the whole horizon", "全期")
    year, _, rest = period.partition("-")
    if not rest:
        return text("{year}", "{year}年", year=year)
    if rest.startswith("Q"):
        return text("Q{n} {year}", "{year}年第{n}季度", year=year, n=rest[1:])
    if rest.startswith("W"):
        return text("week {n} of {year}", "{year}年第{n}周", year=year, n=int(rest[1:]))
    if "-" not in rest:
        return text("{month} {year}", "{year}年{n}月", year=year, month=_MONTHS[int(rest) - 1], n=int(rest))
    return text("{day}", "{day}", day=dt.date.fromisoformat(period))


def is_day(period: str) -> bool:
    """Tell whether this is the name of a day."""
    return len(period) == len("2027-01-01")


def is_period(name: str) -> bool:
    """Tell whether this is the name of a period."""
    return bool(_NAME.fullmatch(name))


def periods(first: dt.date, last: dt.date, per: Per) -> dict[str, tuple[dt.date, dt.date]]:
    """Return every period that meets first..last, in order, with its first and its last day within them."""
    spans: dict[str, tuple[dt.date, dt.date]] = {}
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        key = period_of(day, per)
        spans[key] = (spans.get(key, (day, day))[0], day)
    return spans


def whole_periods(first: dt.date, last: dt.date, per: Per) -> dict[str, tuple[dt.date, dt.date]]:
    """Return the periods that lie within first..last from their first day to their last; the horizon always does."""
    spans = periods(first, last, per)
    if per is Per.HORIZON:
        return spans
    cut = {period_of(first - dt.timedelta(days=1), per), period_of(last + dt.timedelta(days=1), per)}
    return {key: span for key, span in spans.items() if key not in cut}
