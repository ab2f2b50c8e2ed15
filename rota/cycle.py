"""Cycles of rounds, and the recurrences of RFC 5545 that count them."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from functools import lru_cache
from typing import Annotated, Never, Self

from dateutil.rrule import rrulestr
from pydantic import AfterValidator, Field, model_validator

from rota.row import Day, Named, refused

MOST_ROUNDS = 2000
"""A recurrence with more days than this is taken for a slip of the pen."""

DAYS_A_WEEK = 7

_PART = r"(?:FREQ|UNTIL|WKST|BY[A-Z]+)=[^;=\s]+|(?:INTERVAL|COUNT)=[1-9]\d{0,3}"
_RULE = re.compile(rf"(?!.*\b([A-Z]+=).*\b\1)(?:{_PART})(?:;(?:{_PART}))*")
"""Parts in any order and none twice; an interval of 0 would never end, and DTSTART stands in a cell of its own."""
_TOO_FINE = re.compile(r"SECONDLY|MINUTELY|HOURLY|BYHOUR|BYMINUTE|BYSECOND")


def _recurrence(cell: str) -> str:
    upper = cell.upper().removeprefix("RRULE:").strip().rstrip(";")
    if _TOO_FINE.search(upper):
        raise refused("may recur by day at the finest", "最细只能按天重复")
    if re.search(r"UNTIL=(?!\d{8}(?:;|$))", upper):
        raise refused("must end on a day: write UNTIL=20271231", "终点须为日期：请写成 UNTIL=20271231")
    if "COUNT=" in upper and "UNTIL=" in upper:
        raise refused("must have one end: COUNT=… or UNTIL=…", "终点只能有一个：COUNT=… 或 UNTIL=…")
    if not _RULE.fullmatch(upper):
        _no_recurrence()
    try:
        rrulestr(upper, dtstart=dt.datetime(2000, 1, 1))  # noqa: DTZ001 - rounds are local days, not instants
    except (ValueError, KeyError, TypeError, IndexError):
        _no_recurrence()
    return upper


def _no_recurrence() -> Never:
    raise refused(
        "is not an RRULE of RFC 5545; e.g. FREQ=WEEKLY;INTERVAL=2;COUNT=20",
        "不是 RFC 5545 的 RRULE；例如 FREQ=WEEKLY;INTERVAL=2;COUNT=20",
    ) from None


def _finite(cell: str) -> str:
    if "COUNT=" not in cell and "UNTIL=" not in cell:
        raise refused("must end: add COUNT=… or UNTIL=…", "必须有终点：请加上 COUNT=… 或 UNTIL=…")
    return cell


Recurrence = Annotated[str, AfterValidator(_recurrence), AfterValidator(_finite)]
OptionalRecurrence = Annotated[str, AfterValidator(lambda cell: _recurrence(cell) if cell.strip() else "")]


@lru_cache(maxsize=1024)
def recurrence_days(rrule: str, first: dt.date, last: dt.date | None = None) -> tuple[dt.date, ...]:
    """Return the days of a recurrence from `first` on, up to `last`; `first` itself only where it fits the rule.

    Raises:
        ValueError: they are more than 2,000.
    """
    days: list[dt.date] = []
    for moment in rrulestr(rrule, dtstart=dt.datetime.combine(first, dt.time())):
        if last and moment.date() > last:
            break
        if len(days) == MOST_ROUNDS:
            raise ValueError(rrule)
        days.append(moment.date())
    return tuple(days)


class Cycle(Named):
    """A named sequence of rounds (轮次表): the days of an RFC 5545 recurrence that begins at `first`."""

    first: Day = Field(title="首日")
    rrule: Recurrence = Field(title="重复规则")

    @model_validator(mode="after")
    def _has_rounds(self) -> Self:
        try:
            days = self.days
        except IndexError:
            raise refused("names a day that no month has", "指定了不存在的日期", "rrule") from None
        except ValueError:
            raise refused("has more than 2,000 rounds", "超过 2,000 个轮次", "rrule") from None
        if not days:
            raise refused("has no round: the rule ends before it begins", "没有轮次：规则在首日之前结束", "rrule")
        return self

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The nominal dates of the rounds, in order; round 1 is the first."""
        return recurrence_days(self.rrule, self.first)

    def round_of(self, day: dt.date) -> int:
        """Return the number of the round that `day` lies in: the last one that has begun.

        Before the first round and after the last one they are counted on at the cycle's own average pace, so that turns
        of earlier years have rounds too, numbered 0, -1, ….
        """
        days = self.days
        if days[0] <= day <= days[-1]:
            return bisect_right(days, day)
        pace = max(1, round((days[-1] - days[0]).days / (len(days) - 1))) if len(days) > 1 else DAYS_A_WEEK
        anchor, number = (days[0], 1) if day < days[0] else (days[-1], len(days))
        return number + (day - anchor).days // pace
