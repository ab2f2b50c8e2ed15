"""What the State Council's yearly notices say about public holidays (放假安排), as the installed calendar has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import chinese_calendar
from chinese_calendar.constants import Holiday as KnownHoliday
from chinese_calendar.constants import holidays, workdays

from rota.demand import DayKind
from rota.text import Message, name

CALENDAR_VERSION: str = chinese_calendar.__version__


@dataclass(frozen=True)
class SpecialDay:
    """A day off or a make-up workday, with its name."""

    kind: DayKind
    label: Message


_CHINESE = {holiday.value: holiday.chinese for holiday in KnownHoliday}

NOTICED: Mapping[dt.date, SpecialDay] = {
    day: SpecialDay(kind, name(_CHINESE.get(said, said), said))
    for kind, days in ((DayKind.OFF, holidays), (DayKind.WORK, workdays))
    for day, said in days.items()
}
"""Every day off, bridged weekends included, and every make-up workday of the years whose notice is known."""


def notice_years() -> tuple[int, int]:
    """Return the first and the last year whose notice the installed calendar knows."""
    return min(NOTICED).year, max(NOTICED).year
