"""From busy times to rows of 时间意向: as few as say exactly the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from calendars.incoming.busy import EPOCH, MINUTE, Busy, Horizon, minutes
from rota.demand import Availability, Level
from rota.text import Language, weekday_name

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)

Times = tuple[dt.time | None, dt.time | None]
"""From and to within one day; none where it is from midnight, or to midnight."""


def availability_from(
    busy: Iterable[Busy],
    resource: str,
    horizon: Horizon,
    zone: ZoneInfo,
    *,
    reason: str = "",
    source: str = "",
    language: Language = "zh",
) -> tuple[Availability, ...]:
    """Return rows that say when a resource cannot (or, where tentative, would rather not) serve, in order of time.

    Days of the same times are one row where they follow each other, or are the same weekdays of consecutive weeks.
    Where the clock is set back, the hour that comes twice is busy both times as soon as one of them is.

    Args:
        busy: the busy times; what lies outside the horizon is left away.
        resource: whose they are.
        horizon: the first and the last day.
        zone: in which the rows are told.
        reason: what stands in every row; a calendar's name, never what its events are about.
        source: the id of the calendar, by which its rows are found again when it is read anew.
        language: of the weekdays.
    """
    days: dict[tuple[Level, Times], set[dt.date]] = {}
    for each in busy:
        for day, times in _by_day(each, zone):
            if horizon.first <= day <= horizon.last:
                days.setdefault((Level.AVOID if each.tentative else Level.CANNOT, times), set()).add(day)
    rows = [
        Availability(
            resource=resource,
            level=level,
            first=first,
            last=last if last > first else None,
            start=start,
            end=end,
            weekdays="、".join(weekday_name(day, language) for day in weekdays),
            reason=reason,
            source=source,
        )
        for (level, (start, end)), dates in days.items()
        for first, last, weekdays in _fewest(sorted(dates))
    ]
    return tuple(sorted(rows, key=lambda row: (row.first, row.start or dt.time(), row.end or dt.time.max, row.level)))


def _by_day(busy: Busy, zone: ZoneInfo) -> Iterator[tuple[dt.date, Times]]:
    """Yield the days of a busy time with its times on each, as clocks on the wall show them."""
    first, last = minutes(busy.start, busy.end)
    start = (EPOCH + first * MINUTE).astimezone(zone).replace(fold=0, tzinfo=None)
    ends = EPOCH + last * MINUTE
    while ends.astimezone(zone).fold:
        ends += MINUTE
    end = ends.astimezone(zone).replace(tzinfo=None)
    while start < end:
        midnight = dt.datetime.combine(start.date() + DAY, dt.time())
        yield (
            start.date(),
            (
                start.time() if start.time() != dt.time() else None,
                end.time() if end < midnight else None,
            ),
        )
        start = midnight


def _fewest(days: Sequence[dt.date]) -> list[tuple[dt.date, dt.date, tuple[int, ...]]]:
    """Cover days exactly by spans (first, last, weekdays or none for all), in the one of two ways that needs fewer."""
    adjacent: list[tuple[dt.date, dt.date, tuple[int, ...]]] = [(*run, ()) for run in _runs(days, DAY)]
    weekly = list(_weekly(days))
    return weekly if len(weekly) < len(adjacent) else adjacent


def _runs(days: Sequence[dt.date], step: dt.timedelta) -> Iterator[tuple[dt.date, dt.date]]:
    for _, run in groupby(enumerate(days), lambda counted: counted[1] - counted[0] * step):
        found = [day for _, day in run]
        yield found[0], found[-1]


def _weekly(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date, tuple[int, ...]]]:
    """Yield the runs of consecutive weeks that hold the same weekdays; a week that stands alone is told by its days."""
    weeks: dict[dt.date, tuple[int, ...]] = {}
    for day in days:
        monday = day - dt.timedelta(days=day.weekday())
        weeks[monday] = (*weeks.get(monday, ()), day.weekday())
    for pattern, mondays in _alike(weeks).items():
        for first, last in _runs(mondays, WEEK):
            begins, ends = first + dt.timedelta(days=pattern[0]), last + dt.timedelta(days=pattern[-1])
            whole = len(pattern) == (ends - begins).days + 1 if first == last else len(pattern) == len("一二三四五六日")
            yield begins, ends, () if whole else pattern


def _alike(weeks: Mapping[dt.date, tuple[int, ...]]) -> Mapping[tuple[int, ...], list[dt.date]]:
    alike: dict[tuple[int, ...], list[dt.date]] = {}
    for monday, pattern in weeks.items():
        alike.setdefault(pattern, []).append(monday)
    return alike
