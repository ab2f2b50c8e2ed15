"""Taking a span of time out of statements about availability: what is left of each, in as few rows as it takes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rota.cycle import recurrence_days
from rota.demand import Availability

DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time()

_COUNT = re.compile(r";?\bCOUNT=\d+|\bCOUNT=\d+;?")


@dataclass(frozen=True)
class Span:
    """The hours from `start` to `end` (None: from and to midnight) of every day from `first` to `last`."""

    first: dt.date
    last: dt.date
    start: dt.time | None = None
    end: dt.time | None = None

    def meets(self, row: Availability) -> bool:
        """Tell whether a statement is about any of this time."""
        return self._hours_meet(row) and any(row.falls_on(day) for day in _days(row, self.first, self.last))

    def covers(self, row: Availability) -> bool:
        """Tell whether all of a statement lies in this time."""
        return not list(self.left_of(row))

    def _hours_meet(self, row: Availability) -> bool:
        opens, closes = self.start or MIDNIGHT, self.end or dt.time.max
        return (row.start or MIDNIGHT) < closes and opens < (row.end or dt.time.max)

    def left_of(self, row: Availability) -> Iterator[Availability]:
        """Yield what is left of a statement: the days before, the days after, and the other hours in between."""
        if not self.meets(row):
            yield row
            return
        last = row.last or row.first
        # Asked first: before the first day of the calendar there is none, nor is there one after the last.
        if row.first < self.first:
            yield from between(row, row.first, self.first - DAY)
        for start, end in self._other_hours(row):
            yield from (
                piece.model_copy(update={"start": start, "end": end}) for piece in between(row, self.first, self.last)
            )
        if self.last < last:
            yield from between(row, self.last + DAY, last)

    def _other_hours(self, row: Availability) -> Iterator[tuple[dt.time | None, dt.time | None]]:
        if self.start is not None and (row.start or MIDNIGHT) < self.start:
            yield row.start, self.start
        if self.end is not None and self.end < (row.end or dt.time.max):
            yield self.end, row.end


def between(row: Availability, first: dt.date, last: dt.date) -> Iterator[Availability]:
    """Yield a statement narrowed to the days from `first` to `last`; nothing where it falls on none of them."""
    if not row.rrule and not row.weekdays:
        begin, end = max(first, row.first), min(last, row.last or row.first)
        if begin <= end:
            yield row.model_copy(update={"first": begin, "last": end if begin < end else None})
        return
    days = [day for day in _days(row, first, last) if row.falls_on(day)]
    if not days:
        return
    if len(days) == 1:
        yield row.model_copy(update={"first": days[0], "last": None, "weekdays": "", "rrule": ""})
        return
    narrowed = row.model_copy(update={"first": days[0], "last": days[-1], "rrule": _COUNT.sub("", row.rrule)})
    if _says(narrowed, days):
        yield narrowed
        return
    # The recurrence counts from its first day, and does not go on alike from a later one.
    yield from (row.model_copy(update={"first": day, "last": None, "weekdays": "", "rrule": ""}) for day in days)


def _says(row: Availability, days: list[dt.date]) -> bool:
    try:
        return [day for day in _days(row, days[0], days[-1]) if row.falls_on(day)] == days
    except ValueError:
        return False


def _days(row: Availability, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Return the days of a span that may be meant by a statement."""
    begin, end = max(first, row.first), min(last, row.last or row.first)
    if row.rrule:
        known = recurrence_days(row.rrule, row.first, row.last or row.first)
        return (day for day in known if begin <= day <= end)
    return (begin + DAY * number for number in range((end - begin).days + 1))
