"""When a series takes place, in a phrase: `每周五 14:00–16:00`, `每月第二个周六`, or its dates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rota.dates import ORDINALS_EN, WEEKDAYS_EN, day_list, full_day, period, weekdays
from rota.text import Language, several, text
from workbook.output.entries import Entry

WEEK = 7
LEAST_WEEKS = 4
"""Fewer meetings than this are no rhythm: their dates are written out."""
LAST = 5
"""Stands for the last one, after the first to the fifth, which count from 0."""
MOST_DATES = 24
MOST_GAPS = 4
ALLOWED_GAPS = 0.25
"""A weekly rhythm may leave out this share of its weeks, e.g. on public holidays."""


def when(found: Sequence[Entry], language: Language) -> str:
    """Say when the given sessions, in order of time, take place."""
    if not found:
        return ""
    days = sorted({entry.day for entry in found})
    hours = sorted({entry.hours for entry in found})
    rhythm = _rhythm(days, language)
    if len(days) == 1:
        said = full_day(days[0], language)
    elif rhythm:
        said = rhythm
    elif len(days) <= MOST_DATES:
        said = day_list(days, language)
    else:
        span = period(days[0], days[-1], language)
        said = text("{n}, {period}", "{period}，共 {n}", n=several(len(days), "day", "天"), period=span).say(language)
    return f"{said} {hours[0]}" if len(hours) == 1 else said


def _rhythm(days: Sequence[dt.date], language: Language) -> str:
    return _weekly(days, language) or _fortnightly(days, language) or _monthly(days, language)


def _weekly(days: Sequence[dt.date], language: Language) -> str:
    """Say days that fall on the same weekdays of nearly every week."""
    chosen = {day.weekday() for day in days}
    expected = [
        days[0] + dt.timedelta(days=n)
        for n in range((days[-1] - days[0]).days + 1)
        if (days[0] + dt.timedelta(days=n)).weekday() in chosen
    ]
    left_out = sorted(set(expected) - set(days))
    if len(days) < LEAST_WEEKS * len(chosen) or len(left_out) > ALLOWED_GAPS * len(expected):
        return ""
    if len(chosen) == WEEK:
        said = text("Every day", "每天")
    else:
        said = text("Every {days}", "每{days}", days=weekdays(chosen, language))
    return said.say(language) + _except(left_out, language)


def _except(left_out: Sequence[dt.date], language: Language) -> str:
    if not left_out:
        return ""
    if len(left_out) > MOST_GAPS:
        return text(" ({n} left out)", "（{n}除外）", n=several(len(left_out), "day", "天")).say(language)
    return text(" (not on {days})", "（{days}除外）", days=day_list(left_out, language)).say(language)


def _fortnightly(days: Sequence[dt.date], language: Language) -> str:
    if len(days) < LEAST_WEEKS or any((late - early).days != 2 * WEEK for early, late in pairwise(days)):
        return ""
    weekday = days[0].weekday()
    said = text(
        "Every other {day} from {first}",
        "{first}起每两周{day}",
        day=WEEKDAYS_EN[weekday] if language == "en" else weekdays([weekday], "zh"),
        first=full_day(days[0], language),
    )
    return said.say(language)


def _monthly(days: Sequence[dt.date], language: Language) -> str:
    """Say days that are the same weekday of the month, one a month, but for a few that stand aside."""
    months = [day.year * 12 + day.month for day in days]
    if len(days) < LEAST_WEEKS - 1 or any(late - early != 1 for early, late in pairwise(months)):
        return ""
    (weekday, nth), _ = Counter((day.weekday(), _nth(day)) for day in days).most_common(1)[0]
    moved = [day for day in days if (day.weekday(), _nth(day)) != (weekday, nth)]
    if moved and all(day.weekday() == weekday and _is_last(day) for day in days):
        nth, moved = LAST, []
    if len(moved) > ALLOWED_GAPS * len(days):
        return ""
    said = text(
        "The {nth} {day} of each month",
        "每月{zh_nth}{zh_day}",
        nth=(*ORDINALS_EN, "last")[nth],
        zh_nth="最后一个" if nth == LAST else f"第{'一二三四五'[nth]}个",
        day=WEEKDAYS_EN[weekday],
        zh_day=weekdays([weekday], "zh"),
    ).say(language)
    aside = text(" (but {days})", "（另：{days}）", days=day_list(moved, language)).say(language)
    return said + aside if moved else said


def _nth(day: dt.date) -> int:
    """Count the weekday within its month, from 0."""
    return (day.day - 1) // WEEK


def _is_last(day: dt.date) -> bool:
    return (day + dt.timedelta(days=WEEK)).month != day.month
