"""Taking a span out of statements: inside it nothing is said any more, outside of it everything as before."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.changes.splitting import Span
from rota.demand import Availability, Level
from tests.thoroughness import sparing

MONDAY = dt.date(2027, 3, 1)
DAYS = [MONDAY + dt.timedelta(days=number) for number in range(-3, 45)]
HOURS = [dt.time(hour) for hour in range(24)]

some_hour = st.none() | st.sampled_from(HOURS)
hours: st.SearchStrategy[tuple[dt.time | None, dt.time | None]] = st.tuples(some_hour, some_hour).filter(
    lambda pair: pair[0] is None or pair[1] is None or pair[0] < pair[1]
)
recurrences = st.sampled_from(
    ["", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2"]
)


@st.composite
def statements(draw: st.DrawFn) -> Availability:
    first = MONDAY + dt.timedelta(days=draw(st.integers(0, 20)))
    last = first + dt.timedelta(days=draw(st.integers(0, 20)))
    start, end = draw(hours)
    rrule = draw(recurrences) + draw(st.sampled_from(["", ";COUNT=3"]))
    return Availability(
        resource="bank",
        level=Level.CANNOT,
        first=first,
        last=last,
        start=start,
        end=end,
        weekdays=draw(st.sampled_from(["", "周六、周日", "Mon-Fri"])),
        rrule="" if rrule.startswith(";") else rrule,
    )


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = MONDAY + dt.timedelta(days=draw(st.integers(-2, 40)))
    return Span(first, first + dt.timedelta(days=draw(st.integers(0, 20))), *draw(hours))


def said(row: Availability) -> set[tuple[dt.date, int]]:
    """The days and hours that a statement is about."""
    return {
        (day, hour.hour)
        for day in DAYS
        for hour in HOURS
        if row.touches(dt.datetime.combine(day, hour), dt.datetime.combine(day, hour) + dt.timedelta(minutes=1))
    }


def inside(span: Span, day: dt.date, hour: int) -> bool:
    within = span.first <= day <= span.last
    return within and (span.start is None or span.start.hour <= hour) and (span.end is None or hour < span.end.hour)


@settings(deadline=None, max_examples=sparing(15, 60))
@given(statements(), spans())
def test_what_is_left_is_all_that_lies_outside_the_span(row: Availability, span: Span) -> None:
    left = [said(piece) for piece in span.left_of(row)]
    assert set().union(*left) == {(day, hour) for day, hour in said(row) if not inside(span, day, hour)}
    assert sum(map(len, left)) == len(set().union(*left))


@settings(deadline=None, max_examples=sparing(15, 60))
@given(statements(), spans())
def test_what_is_left_reads_back_as_it_was_written(row: Availability, span: Span) -> None:
    for piece in span.left_of(row):
        assert Availability.model_validate(piece.model_dump(mode="json")) == piece
        assert (piece.resource, piece.level, piece.reason) == (row.resource, row.level, row.reason)


@pytest.mark.parametrize(
    ("span", "left"),
    [
        (Span(dt.date(2027, 3, 10), dt.date(2027, 3, 12)), ["03-01..03-09", "03-13..03-31"]),
        (Span(dt.date(2027, 3, 1), dt.date(2027, 3, 30)), ["03-31..None"]),
        (Span(dt.date(2027, 2, 1), dt.date(2027, 4, 30)), []),
        (
            Span(dt.date(2027, 3, 31), dt.date(2027, 3, 31), dt.time(9), dt.time(12)),
            ["03-01..03-30", "03-31..None", "03-31..None"],
        ),
    ],
)
def test_a_month_away_from_which_days_are_taken(span: Span, left: list[str]) -> None:
    month = Availability(resource="bank", level=Level.CANNOT, first=MONDAY, last=dt.date(2027, 3, 31))
    assert [f"{p.first:%m-%d}..{p.last and f'{p.last:%m-%d}'}" for p in span.left_of(month)] == left


def test_a_statement_for_all_times_has_nothing_before_it_and_nothing_after_it() -> None:
    always = Availability(resource="bank", level=Level.CANNOT, first=dt.date.min, last=dt.date.max)
    assert Span(dt.date.min, dt.date.max).covers(always)
    before, after = Span(MONDAY, MONDAY).left_of(always)
    assert (before.first, before.last) == (dt.date.min, MONDAY - dt.timedelta(days=1))
    assert (after.first, after.last) == (MONDAY + dt.timedelta(days=1), dt.date.max)
    assert Span(dt.date.min, dt.date.max).covers(before)
