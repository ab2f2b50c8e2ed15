"""Public holidays and make-up workdays of a case: what the notices say, under what the case says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rota.holiday_draft import LAST_YEAR, draft
from rota.notices import CALENDAR_VERSION, NOTICED, SpecialDay, notice_years
from rota.text import name

if TYPE_CHECKING:
    from rota.case import Case

__all__ = ["CALENDAR_VERSION", "SpecialDay", "notice_years", "special_day", "years_without_notice"]


def special_day(case: Case, day: dt.date) -> SpecialDay | None:
    """Return what is special about `day`, None for an ordinary one; the sheet 节假日 comes before the calendar."""
    if row := case.holiday.get(day):
        return SpecialDay(row.kind, name(row.name, row.name_en) if row.name else row.kind.label)
    return NOTICED.get(day) if case.settings.calendar == "cn" else None


def years_without_notice(case: Case) -> tuple[int, ...]:
    """Return the years of the horizon whose public holidays nobody has announced yet.

    The calendar does not know their notice, and the sheet 节假日 lacks one of the statutory days off of the horizon, or
    holds it only provisionally.
    """
    if case.settings.calendar != "cn":
        return ()
    first, last = case.settings.first, case.settings.last
    announced = {row.day for row in case.holidays if not row.provisional}
    later = range(max(first.year, notice_years()[1] + 1), last.year + 1)
    return tuple(
        year
        for year in later
        if year > LAST_YEAR or any(row.day not in announced for row in draft(year) if first <= row.day <= last)
    )
