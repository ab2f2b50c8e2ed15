"""Periods of the calendar: day, ISO week, month, quarter, year, or the whole horizon."""

from __future__ import annotations

import datetime as dt

from rota.text import Word

WHOLE = "*"
"""The name of the period that is the whole horizon."""


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
