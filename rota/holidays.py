"""Public holidays and make-up workdays: what the State Council's notices say, under what the case says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import chinese_calendar
from chinese_calendar.constants import Holiday as KnownHoliday
from chinese_calendar.constants import holidays as days_off
from chinese_calendar.constants import workdays as makeup_workdays

from rota.demand import DayKind
from rota.text import Message, name

if TYPE_CHECKING:
    from rota.case import Case

CHINESE_NAMES = {holiday.value: holiday.chinese for holiday in KnownHoliday}


@dataclass(frozen=True)
class SpecialDay:
    """A day off or a make-up workday, with its name."""

    kind: DayKind
    label: Message


def special_day(case: Case, day: dt.date) -> SpecialDay | None:
    """Return what is special about `day`, None for an ordinary one; the sheet 节假日 comes before the calendar."""
    for row in case.holidays:
        if row.day == day:
            return SpecialDay(row.kind, name(row.name, row.name_en) if row.name else row.kind.label)
    if case.settings.calendar != "cn":
        return None
    if day in days_off:
        return SpecialDay(DayKind.OFF, _label(days_off[day]))
    if day in makeup_workdays:
        return SpecialDay(DayKind.WORK, _label(makeup_workdays[day]))
    return None


def _label(known: str) -> Message:
    return name(CHINESE_NAMES.get(known, known), known)


def years_without_notice(case: Case) -> tuple[int, ...]:
    """Return the years of the horizon for which neither the calendar nor the sheet 节假日 has any public holiday."""
    if case.settings.calendar != "cn":
        return ()
    known = {day.year for day in days_off} | {row.day.year for row in case.holidays if not row.provisional}
    years = range(case.settings.first.year, case.settings.last.year + 1)
    return tuple(year for year in years if year not in known)


def notice_years() -> tuple[int, int]:
    """Return the first and the last year that the installed calendar knows."""
    return min(days_off).year, max(days_off).year


CALENDAR_VERSION = chinese_calendar.__version__
