"""VTIMEZONE components, RFC 5545 §3.6.5, worked out from the IANA rules that Python knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDatetime, vRecur, vUTCOffset

from calendars.text import Text

MARGIN = 2
"""Years around the horizon: enough to tell a yearly rule from a coincidence."""
LONG_AGO = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - an onset is a wall-clock time, RFC 5545 §3.6.5
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Onset:
    """The moment `at` (wall clock before the change) from which another offset from UTC holds."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    name: str


def timezone_component(zone: str, first: dt.date, last: dt.date) -> Timezone:
    """Return the VTIMEZONE of an IANA zone, right for every moment of the years from `first` to `last`.

    Changes that return every year are written as yearly rules, which is the form that Outlook reads ([MS-OXCICAL]
    §2.1.3.1.1.19); all others as single onsets.
    """
    years = range(first.year - MARGIN, last.year + MARGIN + 1)
    onsets = _onsets(zone, years.start, years.stop)
    component = Timezone()
    component["TZID"] = Text(zone)
    if not onsets or onsets[0].at.year > years.start:
        component.add_component(_observance(_initial(zone, years.start), None))
    for onset, rule in sorted(_rules(onsets, len(years)), key=lambda ruled: ruled[0].at):
        component.add_component(_observance(onset, rule))
    return component


def _initial(zone: str, year: int) -> Onset:
    start = dt.datetime(year, 1, 1, tzinfo=ZoneInfo(zone))
    return Onset(LONG_AGO, _offset(start), _offset(start), start.tzname() or zone)


@lru_cache(maxsize=64)
def _onsets(zone: str, first_year: int, end_year: int) -> tuple[Onset, ...]:
    """All changes of offset from the start of one year to the start of another, in order."""
    found = []
    moment = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    while moment.year < end_year:
        if _state(moment, zone) != _state(moment + DAY, zone):
            found.append(_between(moment, moment + DAY, zone))
        moment += DAY
    return tuple(found)


def _between(low: dt.datetime, high: dt.datetime, zone: str) -> Onset:
    """Halve the time between two moments with different offsets until the second of the change is left."""
    state = _state(low, zone)
    while high - low > dt.timedelta(seconds=1):
        middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
        low, high = (middle, high) if _state(middle, zone) == state else (low, middle)
    before, after = low.astimezone(ZoneInfo(zone)), high.astimezone(ZoneInfo(zone))
    return Onset((high + _offset(before)).replace(tzinfo=None), _offset(before), _offset(after), after.tzname() or zone)


def _state(moment: dt.datetime, zone: str) -> tuple[dt.timedelta, str | None]:
    local = moment.astimezone(ZoneInfo(zone))
    return _offset(local), local.tzname()


def _offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta()


def _rules(onsets: tuple[Onset, ...], years: int) -> Iterator[tuple[Onset, vRecur | None]]:
    """Yield the first onset of every yearly rule with the rule, and all onsets that follow none."""

    def kind(onset: Onset) -> tuple[dt.timedelta, dt.timedelta, str, int]:
        return onset.before, onset.after, onset.name, onset.at.month

    for _, alike in groupby(sorted(onsets, key=lambda onset: (kind(onset), onset.at)), kind):
        group = list(alike)
        rule = _yearly(group) if len({onset.at.year for onset in group}) == len(group) == years else None
        yield from [(group[0], rule)] if rule else [(onset, None) for onset in group]


def _yearly(onsets: list[Onset]) -> vRecur | None:
    days = [onset.at for onset in onsets]
    if len({(day.weekday(), day.time()) for day in days}) > 1:
        return None
    ordinals = {(day.day - 1) // 7 + 1 for day in days}
    in_last_week = all((day + 7 * DAY).month != day.month for day in days)
    if not in_last_week and len(ordinals) > 1:
        return None
    nth = -1 if in_last_week else ordinals.pop()
    return vRecur({"FREQ": ["YEARLY"], "BYMONTH": [days[0].month], "BYDAY": [f"{nth}{WEEKDAYS[days[0].weekday()]}"]})


def _observance(onset: Onset, rule: vRecur | None) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if onset.after > onset.before else TimezoneStandard()
    observance["DTSTART"] = vDatetime(onset.at)
    observance["TZOFFSETFROM"] = vUTCOffset(onset.before)
    observance["TZOFFSETTO"] = vUTCOffset(onset.after)
    observance["TZNAME"] = Text(onset.name)
    if rule is not None:
        observance["RRULE"] = rule
    return observance
