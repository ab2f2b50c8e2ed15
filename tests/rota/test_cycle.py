"""Cycles: which days a recurrence falls on, and in which round a day lies."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rota.cycle import Cycle, recurrence_days


def cycle(rrule: str, first: str = "2027-01-02") -> Cycle:
    return Cycle.model_validate({"id": "c", "name": "轮次", "first": first, "rrule": rrule})


def days(rrule: str, first: str = "2027-01-02") -> list[str]:
    return [str(day) for day in cycle(rrule, first).days]


FORTNIGHTS = cycle("FREQ=WEEKLY;INTERVAL=2;COUNT=4")  # 2, 16, 30 January and 13 February


def test_a_count_gives_that_many_days_from_the_first_on() -> None:
    assert [str(day) for day in FORTNIGHTS.days] == ["2027-01-02", "2027-01-16", "2027-01-30", "2027-02-13"]


def test_the_last_day_itself_is_a_round() -> None:
    assert days("FREQ=WEEKLY;UNTIL=20270116") == ["2027-01-02", "2027-01-09", "2027-01-16"]


def test_the_second_saturday_of_each_month() -> None:
    assert days("FREQ=MONTHLY;BYDAY=2SA;COUNT=3") == ["2027-01-09", "2027-02-13", "2027-03-13"]


def test_the_first_day_is_a_round_only_where_it_fits_the_rule() -> None:
    assert days("FREQ=WEEKLY;BYDAY=SU;COUNT=1", first="2027-01-02") == ["2027-01-03"]


def test_a_rule_may_be_written_small_with_its_name_and_a_last_semicolon() -> None:
    assert cycle("rrule:freq=weekly;count=2;").rrule == "FREQ=WEEKLY;COUNT=2"


def test_a_leap_day_recurs_in_leap_years_only() -> None:
    assert days("FREQ=YEARLY;COUNT=2", first="2028-02-29") == ["2028-02-29", "2032-02-29"]


@pytest.mark.parametrize(
    ("rrule", "advice"),
    [
        ("every week", "is not an RRULE"),
        ("FREQ=FORTNIGHTLY;COUNT=2", "is not an RRULE"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "is not an RRULE"),
        ("FREQ=WEEKLY;COUNT=2;COUNT=3", "is not an RRULE"),
        ("FREQ=WEEKLY;INTERVAL=0;UNTIL=20271231", "is not an RRULE"),
        ("FREQ=WEEKLY;COUNT=0", "is not an RRULE"),
        ("FREQ=WEEKLY;COUNT=-1", "is not an RRULE"),
        ("DTSTART=20270101;FREQ=WEEKLY;COUNT=2", "is not an RRULE"),
        ("INTERVAL=2;COUNT=2", "is not an RRULE"),
        ("FREQ=HOURLY;COUNT=2", "by day at the finest"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=2", "by day at the finest"),
        ("FREQ=WEEKLY", "must end"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20271231", "one end"),
        ("FREQ=WEEKLY;UNTIL=20271231T155959Z", "must end on a day"),
        ("FREQ=WEEKLY;UNTIL=2027", "must end on a day"),
        ("FREQ=WEEKLY;UNTIL=20261231", "has no round"),
        ("FREQ=DAILY;COUNT=2001", "more than 2,000"),
    ],
)
def test_what_is_no_cycle_is_refused_with_the_reason(rrule: str, advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        cycle(rrule)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        ("2027-01-02", 1),
        ("2027-01-15", 1),
        ("2027-01-16", 2),
        ("2027-02-13", 4),
        ("2027-02-26", 4),
        ("2027-02-27", 5),  # counted on: 14 days after the last
        ("2027-01-01", 0),
        ("2026-12-19", 0),
        ("2026-12-18", -1),
    ],
)
def test_a_day_lies_in_the_last_round_that_has_begun_and_beyond_the_cycle_they_are_counted_on(
    day: str, number: int
) -> None:
    assert FORTNIGHTS.round_of(dt.date.fromisoformat(day)) == number


def test_a_cycle_of_one_round_goes_on_by_weeks() -> None:
    once = cycle("FREQ=YEARLY;COUNT=1")
    assert [once.round_of(dt.date(2027, 1, day)) for day in (1, 2, 8, 9)] == [0, 1, 1, 2]


@given(st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)), st.integers(0, 400))
def test_a_later_day_never_lies_in_an_earlier_round(day: dt.date, later: int) -> None:
    monthly = cycle("FREQ=MONTHLY;BYDAY=2SA;COUNT=12")
    assert monthly.round_of(day) <= monthly.round_of(day + dt.timedelta(days=later))


def test_a_recurrence_without_end_stops_at_the_last_day_asked_for() -> None:
    assert len(recurrence_days("FREQ=DAILY", dt.date(2027, 1, 1), dt.date(2027, 1, 31))) == 31
