"""Rows of 时间意向 out of busy times: they say exactly the same, in as few rows as a reader would write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.incoming.busy import EPOCH, MINUTE, Busy, Horizon, busy_of, merged, minutes, without
from calendars.incoming.rows import availability_from
from rota.demand import Availability, Level

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
YEAR = Horizon(dt.date(2027, 1, 1), dt.date(2027, 12, 31))
A_DAY = 24 * 60
SPANS = st.lists(st.tuples(st.integers(0, 365 * A_DAY - 1), st.integers(1, 5 * A_DAY)), max_size=40)


def spans_in(zone: ZoneInfo, drawn: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of minutes that lie in the year, out of starts after its beginning and lengths."""
    begins, _ = minutes(dt.datetime(2027, 1, 1, tzinfo=zone), dt.datetime(2027, 1, 1, tzinfo=zone))
    ends, _ = minutes(dt.datetime(2028, 1, 1, tzinfo=zone), dt.datetime(2028, 1, 1, tzinfo=zone))
    return merged((begins + start, min(begins + start + length, ends)) for start, length in drawn)


def times_of(rows: Iterable[Availability], horizon: Horizon, zone: ZoneInfo) -> list[Busy]:
    found = []
    for row in rows:
        day = max(row.first, horizon.first)
        while day <= min(row.last or row.first, horizon.last):
            if row.falls_on(day):
                start = dt.datetime.combine(day, row.start or dt.time(), zone)
                end = dt.datetime.combine(day if row.end else day + dt.timedelta(days=1), row.end or dt.time(), zone)
                found.append(Busy(start.astimezone(dt.UTC), end.astimezone(dt.UTC), row.level is Level.AVOID))
            day += dt.timedelta(days=1)
    return found


def read_back(busy: list[Busy], zone: ZoneInfo, level: Level) -> list[tuple[int, int]]:
    rows = availability_from(busy, "U01", YEAR, zone)
    return merged(minutes(each.start, each.end) for each in times_of([r for r in rows if r.level is level], YEAR, zone))


@given(SPANS, SPANS)
def test_rows_read_back_are_the_busy_times_to_the_minute(
    firm: list[tuple[int, int]], maybe: list[tuple[int, int]]
) -> None:
    certain = spans_in(SHANGHAI, firm)
    uncertain = list(without(spans_in(SHANGHAI, maybe), certain))
    busy = [busy_of(span, tentative=False) for span in certain] + [busy_of(span, tentative=True) for span in uncertain]
    assert read_back(busy, SHANGHAI, Level.CANNOT) == certain
    assert read_back(busy, SHANGHAI, Level.AVOID) == uncertain


@given(SPANS)
def test_where_clocks_change_no_busy_minute_is_lost_and_only_the_hour_that_comes_twice_is_added(
    drawn: list[tuple[int, int]],
) -> None:
    busy = spans_in(NEW_YORK, drawn)
    found = read_back([busy_of(span, tentative=False) for span in busy], NEW_YORK, Level.CANNOT)
    assert merged([*found, *busy]) == found
    twice = minutes(dt.datetime(2027, 11, 7, 5, tzinfo=dt.UTC), dt.datetime(2027, 11, 7, 7, tzinfo=dt.UTC))
    assert list(without(without(found, busy), [twice])) == []


@given(SPANS, SPANS)
def test_what_is_left_of_spans_and_what_was_taken_are_the_whole(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    spans, taken = spans_in(SHANGHAI, some), spans_in(SHANGHAI, others)
    left = list(without(spans, taken))
    assert merged([*left, *taken]) == merged([*spans, *taken])
    assert all(end <= start for (_, end), (start, _) in pairwise(sorted([*left, *taken])))


def busy(start: str, end: str, *, weeks: int = 1, days: tuple[int, ...] = (0,)) -> list[Busy]:
    first, last = (dt.datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI) for moment in (start, end))
    shifts = [dt.timedelta(weeks=week, days=day) for week in range(weeks) for day in days]
    return [Busy(first + shift, last + shift) for shift in shifts]


def told(row: Availability) -> str:
    clock = "-".join(f"{time:%H:%M}" if time else "" for time in (row.start, row.end))
    return f"{row.first} {row.last or '-'} {clock} {row.weekdays or '-'}"


WRITTEN: dict[str, tuple[list[Busy], list[str]]] = {
    "one meeting": (busy("2027-03-02T09:00", "2027-03-02T10:30"), ["2027-03-02 - 09:00-10:30 -"]),
    "one day": (busy("2027-03-02T00:00", "2027-03-03T00:00"), ["2027-03-02 - - -"]),
    "a journey": (busy("2027-03-02T00:00", "2027-03-12T00:00"), ["2027-03-02 2027-03-11 - -"]),
    "a journey that begins in the afternoon": (
        busy("2027-03-02T15:00", "2027-03-05T12:00"),
        ["2027-03-02 - 15:00- -", "2027-03-03 2027-03-04 - -", "2027-03-05 - -12:00 -"],
    ),
    "every Tuesday for ten weeks": (
        busy("2027-03-02T09:00", "2027-03-02T10:00", weeks=10),
        ["2027-03-02 2027-05-04 09:00-10:00 周二"],
    ),
    "every weekday for a month": (
        busy("2027-03-01T09:00", "2027-03-01T10:00", weeks=4, days=(0, 1, 2, 3, 4)),
        ["2027-03-01 2027-03-26 09:00-10:00 周一、周二、周三、周四、周五"],
    ),
    "a weekly meeting that was dropped once": (
        busy("2027-03-02T09:00", "2027-03-02T10:00", weeks=3) + busy("2027-03-30T09:00", "2027-03-30T10:00", weeks=3),
        ["2027-03-02 2027-03-16 09:00-10:00 周二", "2027-03-30 2027-04-13 09:00-10:00 周二"],
    ),
    "a night": (busy("2027-03-02T22:00", "2027-03-03T06:00"), ["2027-03-02 - 22:00- -", "2027-03-03 - -06:00 -"]),
    "before the year": (busy("2026-03-02T22:00", "2026-03-03T06:00"), []),
}


@pytest.mark.parametrize("said", WRITTEN)
def test_rows_are_as_few_as_say_the_same(said: str) -> None:
    times, rows = WRITTEN[said]
    found = availability_from(times, "U01", YEAR, SHANGHAI, reason="日历")
    assert [told(row) for row in found] == rows
    assert {row.reason for row in found} <= {"日历"}


def test_seconds_count_as_the_minutes_that_they_touch() -> None:
    start = EPOCH + dt.timedelta(seconds=59)
    assert minutes(start, start + dt.timedelta(seconds=2)) == (0, 2)
    assert minutes(EPOCH, EPOCH + MINUTE) == (0, 1)
