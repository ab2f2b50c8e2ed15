"""Public holidays of a year: as its notice has them, or as a draft from the regulation while there is no notice.

The regulation is the State Council's 全国年节及纪念日放假办法 (13 days from 2025 on). A notice, late in the year
before, adds the bridged weekends and the make-up workdays that pay for them; nobody can know these earlier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from holidays import country_holidays

from rota.demand import Availability, DayKind, Holiday, Level
from rota.notices import NOTICED, notice_years
from rota.problem import RotaError
from rota.text import Message, name, text

FIRST_YEAR = 2008
"""The first year of the holidays as they are today: 清明, 端午 and 中秋 joined them."""

LAST_YEAR = 2099
"""The last year whose lunar dates the library holds in a table; later ones it would estimate."""

REACH = dt.timedelta(days=14)
"""How far from a public holiday the weekend lies, at most, that pays for it: 10 days since 2004."""

STATUTORY = {
    "元旦": name("元旦", "New Year's Day"),
    "农历除夕": name("除夕", "Chinese New Year's Eve"),
    "春节": name("春节", "Spring Festival"),
    "清明节": name("清明", "Tomb-sweeping Day"),
    "劳动节": name("劳动节", "Labour Day"),
    "端午节": name("端午", "Dragon Boat Festival"),
    "中秋节": name("中秋", "Mid-autumn Festival"),
    "国庆节": name("国庆节", "National Day"),
}
"""The statutory holidays: the library's name for each, and how the calendar of notices says it."""

ADVICE = text(
    "Weekends within {days} days of a public holiday may become make-up workdays: avoid them until the notice comes.",
    "距节假日 {days} 天以内的周末可能调休上班：正式通知发布前请尽量避开。",
    days=REACH.days,
)
REASON = text("may become a make-up workday", "可能调休上班")


class HolidayError(RotaError):
    """Nothing is known about the public holidays of that year."""


@lru_cache(maxsize=16)
def draft(year: int) -> tuple[Holiday, ...]:
    """Return the statutory days off of `year` in order, each provisional, by the regulation in force in that year.

    Raises:
        HolidayError: the year lies outside 2008-2099.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise HolidayError(
            text(
                "The public holidays of {year} cannot be drafted: only those of {first}-{last} can.",
                "无法草拟 {year} 年的节假日：仅支持 {first}-{last} 年。",
                year=year,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    calendar = country_holidays("CN", years=year, language="zh_CN", observed=False)
    statutory = {day: _label(calendar.get_list(day)) for day in sorted(calendar)}
    return tuple(
        Holiday(day=day, kind=DayKind.OFF, name=label.zh, name_en=label.en, provisional=True)
        for day, label in statutory.items()
        if label
    )


def _label(names: Iterable[str]) -> Message | None:
    """Join the statutory holidays of one day (中秋 fell on 国庆节 in 2020); days off for other reasons have none."""
    labels = [STATUTORY[each] for each in names if each in STATUTORY]
    if not labels:
        return None
    return name("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def known(year: int) -> tuple[Holiday, ...]:
    """Return what the notice of `year` says: every day off, bridged weekends included, and the make-up workdays.

    Raises:
        HolidayError: the installed calendar knows no notice of that year.
    """
    rows = tuple(
        Holiday(day=day, kind=NOTICED[day].kind, name=NOTICED[day].label.zh, name_en=NOTICED[day].label.en)
        for day in sorted(NOTICED)
        if day.year == year
    )
    if not rows:
        first, last = notice_years()
        raise HolidayError(
            text(
                "No notice of the public holidays of {year} is known (the calendar knows {first}-{last}).",
                "尚无 {year} 年放假安排的正式通知（日历已知 {first}-{last} 年）。",
                year=year,
                first=first,
                last=last,
            )
        )
    return rows


def possible_makeup_days(rows: Iterable[Holiday]) -> tuple[dt.date, ...]:
    """Return the weekend days near the days off in `rows` that may become make-up workdays, in order.

    Late December may pay for New Year's Day: the first days may lie in the year before the first row, and the New
    Year's Day after the last row counts too.
    """
    off = {row.day for row in rows if row.kind is DayKind.OFF}
    if not off:
        return ()
    last = max(off).year
    around = off | {dt.date(last + 1, 1, 1)}
    near = {day + dt.timedelta(days=away) for day in around for away in range(-REACH.days, REACH.days + 1)}
    return tuple(sorted(day for day in near - around if day.weekday() in {5, 6} and day.year <= last))


def makeup_advice(days: Iterable[dt.date], sites: Iterable[str]) -> tuple[Availability, ...]:
    """Return the rows of 时间意向 by which each of `sites` avoids `days`, one row for each run of days."""
    runs: list[tuple[dt.date, dt.date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == dt.timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(
        Availability(resource=site, level=Level.AVOID, first=first, last=last, reason=REASON.zh)
        for site in sites
        for first, last in runs
    )
