"""How days and months are written on posters, on lists and in letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from rota.text import Language, weekday_name

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS_EN = ("first", "second", "third", "fourth", "fifth")


def short_day(day: dt.date, language: Language) -> str:
    """Write a day without its year: `3月18日`, `18 Mar`."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS_EN[day.month - 1]}"


def full_day(day: dt.date, language: Language) -> str:
    """Write a day with its year: `2023年3月18日`, `18 Mar 2023`."""
    return f"{day.year}年{short_day(day, 'zh')}" if language == "zh" else f"{short_day(day, 'en')} {day.year}"


def month_name(day: dt.date, language: Language, *, with_year: bool = False) -> str:
    """Write the month of a day: `3月`, `Mar`, and its year where asked."""
    if language == "zh":
        return f"{day.year}年{day.month}月" if with_year else f"{day.month}月"
    return f"{MONTHS_EN[day.month - 1]} {day.year}" if with_year else MONTHS_EN[day.month - 1]


def period(first: dt.date, last: dt.date, language: Language) -> str:
    """Write a period, the year once where it is the same."""
    if first == last:
        return full_day(first, language)
    same = first.year == last.year
    if language == "zh":
        return f"{full_day(first, 'zh')} – {short_day(last, 'zh') if same else full_day(last, 'zh')}"
    return f"{short_day(first, 'en') if same else full_day(first, 'en')} – {full_day(last, 'en')}"


def day_list(days: Iterable[dt.date], language: Language) -> str:
    """Write days by month: `3月18日、4月1日、15日`, `18 Mar; 1, 15 Apr`."""
    months = []
    for _, group in groupby(sorted(set(days)), key=lambda day: (day.year, day.month)):
        in_month = list(group)
        if language == "zh":
            months.append(f"{in_month[0].month}月" + "、".join(f"{day.day}日" for day in in_month))
        else:
            months.append(f"{', '.join(str(day.day) for day in in_month)} {MONTHS_EN[in_month[0].month - 1]}")
    return ("、" if language == "zh" else "; ").join(months)


def weekdays(days: Iterable[int], language: Language) -> str:
    """Write weekdays, Monday being 0: `周二、四`, `周一至周五`, `Tue, Thu`, `Mon–Fri`."""
    wanted = sorted(set(days))
    if len(wanted) > 2 and wanted == list(range(wanted[0], wanted[-1] + 1)):  # noqa: PLR2004 - a range needs a middle
        to = "至" if language == "zh" else "–"
        return f"{weekday_name(wanted[0], language)}{to}{weekday_name(wanted[-1], language)}"
    if language == "zh":
        return "周" + "、".join(weekday_name(day, "zh")[1] for day in wanted)
    return WEEKDAYS_EN[wanted[0]] if len(wanted) == 1 else ", ".join(weekday_name(day, "en") for day in wanted)
