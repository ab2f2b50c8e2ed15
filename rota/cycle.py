"""Cycles of rounds, and the recurrences of RFC 5545 that count them."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from functools import lru_cache
from typing import Annotated

from dateutil.rrule import rrulestr
from pydantic import AfterValidator, Field

from rota.row import Day, Named, refused

MOST_ROUNDS = 2000
"""A recurrence with more days than this is taken for a slip of the pen."""


def _recurrence(cell: str) -> str:
    upper = cell.upper().removeprefix("RRULE:").strip()
    if any(part in upper for part in ("SECONDLY", "MINUTELY", "HOURLY", "BYHOUR", "BYMINUTE", "BYSECOND")):
        raise refused("may recur by day at the finest", "最细只能按天重复")
    try:
        rrulestr(upper, dtstart=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - rounds are local days, not instants
    except (ValueError, KeyError, TypeError):
        raise refused(
            "is not an RRULE of RFC 5545; e.g. FREQ=WEEKLY;INTERVAL=2;COUNT=20",
            "不是 RFC 5545 的 RRULE；例如 FREQ=WEEKLY;INTERVAL=2;COUNT=20",
        ) from None
    return upper


def _finite(cell: str) -> str:
    if "COUNT=" not in cell and "UNTIL=" not in cell:
        raise refused("must end: add COUNT=… or UNTIL=…", "必须有终点：请加上 COUNT=… 或 UNTIL=…")
    return cell


Recurrence = Annotated[str, AfterValidator(_recurrence), AfterValidator(_finite)]
OptionalRecurrence = Annotated[str, AfterValidator(lambda cell: _recurrence(cell) if cell.strip() else "")]


@lru_cache(maxsize=1024)
def recurrence_days(rrule: str, first: dt.date, last: dt.date | None = None) -> tuple[dt.date, ...]:
    """Return the days of a recurrence from `first` on, up to `last` and to at most 2,000 of them."""
    until = None if last is None else dt.datetime.combine(last, dt.time(23, 59))
    days: list[dt.date] = []
    for moment in rrulestr(rrule, dtstart=dt.datetime.combine(first, dt.time())):
        if (until and moment > until) or len(days) == MOST_ROUNDS:
            break
        days.append(moment.date())
    return tuple(days)


class Cycle(Named):
    """A named sequence of rounds (轮次表): the days of an RFC 5545 recurrence that begins at `first`."""

    first: Day = Field(title="首日")
    rrule: Recurrence = Field(title="重复规则")

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The nominal dates of the rounds, in order; round 1 is the first."""
        return recurrence_days(self.rrule, self.first)

    def round_of(self, day: dt.date) -> int:
        """Return the number of the round that `day` lies in: the last one that has begun, 0 before the first.

        Days after the last round, and before the first, are counted on at the cycle's own average pace, so that turns
        of earlier years have rounds too (numbers below 1).
        """
        days = self.days
        if day < days[0] or day > days[-1]:
            pace = max(1, round((days[-1] - days[0]).days / (len(days) - 1))) if len(days) > 1 else 7
            anchor, number = (days[0], 1) if day < days[0] else (days[-1], len(days))
            return number + (day - anchor).days // pace
        return bisect_right(days, day)
