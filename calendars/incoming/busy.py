"""Busy times: moments from and to, merged so that none meets another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

AllDay = Literal["busy", "avoid", "ignore"]
"""What an event of whole days that is marked busy means: cannot, rather not, or nothing."""

Span = tuple[int, int]
"""Minutes since 1970 in UTC, from (inclusive) and to (exclusive)."""

MINUTE = dt.timedelta(minutes=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Busy:
    """A time in which somebody is busy, in whole minutes; `tentative` where it may still come to nothing."""

    start: dt.datetime
    end: dt.datetime
    tentative: bool = False


@dataclass(frozen=True)
class Horizon:
    """The days that are planned, from `first` to `last`."""

    first: dt.date
    last: dt.date


def minutes(start: dt.datetime, end: dt.datetime) -> Span:
    """Return the whole minutes that a time touches."""
    return (start - EPOCH) // MINUTE, -((EPOCH - end) // MINUTE)


def busy_of(span: Span, *, tentative: bool) -> Busy:
    """Return a span as a busy time in UTC."""
    return Busy(EPOCH + span[0] * MINUTE, EPOCH + span[1] * MINUTE, tentative)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same minutes in order, each once, with as few spans as there can be."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], taken: list[Span]) -> Iterator[Span]:
    """Yield what is left of `spans` outside of `taken`; both are merged."""
    place = 0
    for start, end in spans:
        while place < len(taken) and taken[place][1] <= start:
            place += 1
        low, later = start, place
        while later < len(taken) and taken[later][0] < end:
            if low < taken[later][0]:
                yield low, taken[later][0]
            low = taken[later][1]
            later += 1
        if low < end:
            yield low, end
