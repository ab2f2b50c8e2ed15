"""Weekly opening hours in one cell: `周二-周五 09:00-17:00; 周六 09:00-12:00 13:00-16:00`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from rota.row import refused
from rota.text import Message, weekday_name

CHINESE_DAYS = {**{day: i for i, day in enumerate("一二三四五六日")}, "天": 6}
ENGLISH_DAYS = {
    form: i
    for i, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for form in (day, day[:3], day[:2])
}
DAYS = CHINESE_DAYS | ENGLISH_DAYS | {"tues": 1, "thur": 3, "thurs": 3}
SPANS_OF_DAYS = {
    **dict.fromkeys(("每天", "每日", "daily", "every day"), "一-日"),
    **dict.fromkeys(("工作日", "weekdays"), "一-五"),
    **dict.fromkeys(("周末", "双休日", "weekends", "weekend"), "六-日"),
}
"""Words for several days; on make-up workdays and public holidays they mean no more than the days of the week."""

DASH = r"\s*(?:[-–—－~～至到]|to\b)\s*"  # noqa: RUF001 - what people and input methods type
DAY = "|".join(sorted(DAYS, key=len, reverse=True))
SPAN = re.compile(rf"(\d{{1,2}})[:：](\d{{2}}){DASH}(\d{{1,2}})[:：](\d{{2}})")
RANGE = re.compile(rf"(?:周|星期|礼拜)?({DAY})(?:{DASH}(?:周|星期|礼拜)?({DAY}))?(?![a-z])")
BETWEEN = " ,，、和及与\t"
MINUTES_A_DAY = 24 * 60
LAST_MINUTE = 59

Span = tuple[int, int]
"""Minutes after midnight, from (inclusive) and to (exclusive)."""


@lru_cache(maxsize=4096)
def weekly(cell: str) -> tuple[tuple[Span, ...], ...]:
    """Read a cell of opening hours as seven tuples of spans, Monday first; an empty cell means always open.

    Spans of a day are in order of time, and those that touch are one.

    Raises:
        ValueError: the cell is not in the form `days times; days times`; without days, every day is meant.
    """
    if not cell.strip():
        return (((0, MINUTES_A_DAY),),) * 7
    week: list[list[Span]] = [[] for _ in range(7)]
    for clause in re.split(r"[;；\n]+", cell):
        for days, span in _clause(clause.casefold()):
            for day in days:
                week[day].append(span)
    if not any(week):
        raise ValueError(cell)
    return tuple(_joined(spans) for spans in week)


def _clause(clause: str) -> Iterator[tuple[list[int], Span]]:
    """Yield each span with its days; days stand before their times, `周一-周五 09:00-12:00 13:00-17:00`."""
    days: list[int] = []
    read = 0
    for match in SPAN.finditer(clause):
        words = clause[read : match.start()].strip(BETWEEN)
        if words or not days:
            days = _weekdays(words)
        yield days, _span(match)
        read = match.end()
    if clause[read:].strip(BETWEEN):
        raise ValueError(clause)


def _span(match: re.Match[str]) -> Span:
    hour, minute, last_hour, last_minute = (int(part) for part in match.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > LAST_MINUTE or last_minute > LAST_MINUTE or not start < end <= MINUTES_A_DAY:
        raise ValueError(match[0])
    return start, end


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _weekdays(words: str) -> list[int]:
    """Read weekdays, one by one or from one to another (`周五-周一` goes round the week's end); no words mean all."""
    if not words:
        return list(range(7))
    for several, plain in SPANS_OF_DAYS.items():
        words = words.replace(several, plain)
    days: set[int] = set()
    for first, last in RANGE.findall(words):
        start, end = DAYS[first], DAYS[last or first]
        days.update(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    if not days or RANGE.sub("", words).strip(BETWEEN):
        raise ValueError(words)
    return sorted(days)


def covers(cell: str, start: dt.datetime, end: dt.datetime) -> bool:
    """Tell whether the hours in `cell` contain the whole time from `start` to `end`, by the clock on the wall.

    Opening hours end at midnight: a time that crosses it is covered only by a place that is open day and night.
    """
    hours = weekly(cell)
    if all(day == ((0, MINUTES_A_DAY),) for day in hours):
        return True
    opening = start.hour * 60 + start.minute
    closing = opening + int((end - start).total_seconds() // 60)
    return any(first <= opening and closing <= last for first, last in hours[start.weekday()])


def minute_of(moment: dt.datetime) -> int:
    """Return the number of a minute, so that differences are what passes also while clocks change."""
    return int(moment.timestamp() // 60)


class Lasting:
    """What has a start and an end: the numbers of their minutes, worked out once."""

    if TYPE_CHECKING:
        start: dt.datetime
        end: dt.datetime

    @cached_property
    def begins(self) -> int:
        """The minute at which it begins."""
        return minute_of(self.start)

    @cached_property
    def ends(self) -> int:
        """The minute at which it ends."""
        return minute_of(self.end)


def minutes_from(begin: dt.datetime, end: dt.datetime) -> int:
    """Return the minutes that pass from one moment to another."""
    return minute_of(end) - minute_of(begin)


def _readable(cell: str) -> str:
    try:
        weekly(cell)
    except ValueError:
        raise refused(
            "is not in the form Mon-Fri 09:00-18:00; Sat 09:00-12:00",
            "不是“周一-周五 09:00-18:00; 周六 09:00-12:00”的形式",
        ) from None
    return cell


Hours = Annotated[str, AfterValidator(_readable)]


@lru_cache(maxsize=256)
def weekday_set(cell: str) -> frozenset[int]:
    """Read a cell of weekdays, `周六、周日` or `Sat-Sun`; an empty cell means every day.

    Raises:
        ValueError: a word is no weekday.
    """
    return frozenset(_weekdays(re.sub(r"[;；\n]", " ", cell.casefold()).strip(BETWEEN)))


def weekdays_label(cell: str) -> Message:
    """Say a cell of weekdays day by day, from Monday on."""
    days = sorted(weekday_set(cell))
    en, zh = ([weekday_name(day, language) for day in days] for language in ("en", "zh"))
    return Message(", ".join(en), "、".join(zh))


def _readable_weekdays(cell: str) -> str:
    try:
        weekday_set(cell)
    except ValueError:
        raise refused("names no weekdays; e.g. Sat-Sun", "不是星期；例如 周六、周日") from None
    return cell


Weekdays = Annotated[str, AfterValidator(_readable_weekdays)]
