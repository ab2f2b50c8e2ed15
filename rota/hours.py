"""Weekly opening hours in one cell: `周二-周五 09:00-17:00; 周六 09:00-12:00 13:00-16:00`."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from rota.row import refused

DAYS = {
    **{f"{prefix}{day}": i for prefix in ("周", "星期", "礼拜") for i, day in enumerate("一二三四五六日")},
    **{f"{prefix}天": 6 for prefix in ("周", "星期", "礼拜")},
    **{day: i for i, day in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))},
    **{day: i for i, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
}
DAY = "|".join(sorted(DAYS, key=len, reverse=True))
TIME = r"(\d{1,2})[:：](\d{2})"
SPAN = re.compile(rf"{TIME}\s*[-–~至到]\s*{TIME}")
RANGE = re.compile(rf"({DAY})(?:\s*[-–~至到]\s*({DAY}))?")
MINUTES_A_DAY = 24 * 60

Span = tuple[int, int]
"""Minutes after midnight, from (inclusive) and to (exclusive)."""


@lru_cache(maxsize=4096)
def weekly(cell: str) -> tuple[tuple[Span, ...], ...]:
    """Read a cell of opening hours as seven tuples of spans, Monday first; an empty cell means always open.

    Raises:
        ValueError: the cell is not in the form `days times; days times`; without days, every day is meant.
    """
    if not cell.strip():
        return (((0, MINUTES_A_DAY),),) * 7
    week: list[list[Span]] = [[] for _ in range(7)]
    for clause in re.split(r"[;；\n]+", cell.strip()):
        if not clause.strip():
            continue
        spans = [_span(match) for match in SPAN.finditer(clause)]
        days = _weekdays(SPAN.sub(" ", clause).strip().casefold())
        if not spans:
            raise ValueError(clause)
        for day in days:
            week[day].extend(spans)
    return tuple(tuple(sorted(spans)) for spans in week)


def _span(match: re.Match[str]) -> Span:
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if not 0 <= start < end <= MINUTES_A_DAY:
        raise ValueError(match[0])
    return start, end


def _weekdays(words: str) -> list[int]:
    if not words or words in {"每天", "每日", "daily"}:
        return list(range(7))
    days: list[int] = []
    for first, last in RANGE.findall(words):
        start, end = DAYS[first], DAYS[last or first]
        days.extend(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    if not days or RANGE.sub("", words).strip(" ,，、和及"):
        raise ValueError(words)
    return days


def covers(cell: str, start: dt.datetime, end: dt.datetime) -> bool:
    """Tell whether the hours in `cell` contain the whole time from `start` to `end` (local times of one day)."""
    opening = start.hour * 60 + start.minute
    closing = opening + int((end - start).total_seconds() // 60)
    return any(first <= opening and closing <= last for first, last in weekly(cell)[start.weekday()])


def _readable(cell: str) -> str:
    try:
        weekly(cell)
    except ValueError:
        raise refused(
            "is not in the form Mon-Fri 09:00-18:00; Sat 09:00-12:00", "不是“周一-周五 09:00-18:00; 周六 09:00-12:00”的形式"
        ) from None
    return cell


Hours = Annotated[str, AfterValidator(_readable)]


def weekday_set(cell: str) -> frozenset[int]:
    """Read a cell of weekdays, `周六、周日` or `Sat-Sun`; an empty cell means every day.

    Raises:
        ValueError: a word is no weekday.
    """
    return frozenset(_weekdays(cell.strip().casefold().replace(";", " ").replace("；", " ")))


def _readable_weekdays(cell: str) -> str:
    try:
        weekday_set(cell)
    except ValueError:
        raise refused("names no weekdays; e.g. Sat-Sun", "不是星期；例如 周六、周日") from None
    return cell


Weekdays = Annotated[str, AfterValidator(_readable_weekdays)]
