"""Periods: which one a day lies in, and where each begins and ends."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.periods import Per, is_day, is_period, period_label, period_of, periods, whole_periods

NEW_YEAR = dt.date(2027, 1, 1)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


@pytest.mark.parametrize(
    ("per", "named"),
    [
        (Per.DAY, "2027-01-01"),
        (Per.WEEK, "2026-W53"),  # ISO 8601: the week belongs to the year of its Thursday
        (Per.MONTH, "2027-01"),
        (Per.QUARTER, "2027-Q1"),
        (Per.YEAR, "2027"),
        (Per.HORIZON, "*"),
    ],
)
def test_a_day_lies_in_one_period_of_each_kind(per: Per, named: str) -> None:
    assert period_of(NEW_YEAR, per) == named


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_a_quarter_has_three_months(month: int, quarter: int) -> None:
    assert period_of(dt.date(2027, month, 15), Per.QUARTER) == f"2027-Q{quarter}"


def test_periods_are_cut_to_the_span_asked_for() -> None:
    assert periods(dt.date(2027, 1, 30), dt.date(2027, 3, 2), Per.MONTH) == {
        "2027-01": (dt.date(2027, 1, 30), dt.date(2027, 1, 31)),
        "2027-02": (dt.date(2027, 2, 1), dt.date(2027, 2, 28)),
        "2027-03": (dt.date(2027, 3, 1), dt.date(2027, 3, 2)),
    }


@given(first=DAYS, length=st.integers(0, 400), per=st.sampled_from(Per))
def test_periods_follow_one_another_without_gap_from_first_to_last(first: dt.date, length: int, per: Per) -> None:
    last = first + dt.timedelta(days=length)
    spans = list(periods(first, last, per).values())
    assert (spans[0][0], spans[-1][1]) == (first, last)
    assert all(end + dt.timedelta(days=1) == begin for (_, end), (begin, _) in pairwise(spans))


@given(day=DAYS, later=st.integers(0, 400), per=st.sampled_from(Per))
def test_the_names_of_periods_sort_in_order_of_time(day: dt.date, later: int, per: Per) -> None:
    assert period_of(day, per) <= period_of(day + dt.timedelta(days=later), per)


@pytest.mark.parametrize(
    ("first", "last", "per", "whole"),
    [
        (dt.date(2027, 1, 4), dt.date(2027, 1, 17), Per.WEEK, ["2027-W01", "2027-W02"]),  # Monday to Sunday
        (dt.date(2027, 1, 5), dt.date(2027, 1, 17), Per.WEEK, ["2027-W02"]),
        (dt.date(2027, 1, 4), dt.date(2027, 1, 16), Per.WEEK, ["2027-W01"]),
        (dt.date(2027, 1, 5), dt.date(2027, 1, 8), Per.WEEK, []),
        (dt.date(2027, 1, 1), dt.date(2027, 2, 27), Per.MONTH, ["2027-01"]),
        (dt.date(2027, 1, 5), dt.date(2027, 1, 6), Per.DAY, ["2027-01-05", "2027-01-06"]),
        (dt.date(2027, 1, 5), dt.date(2027, 1, 8), Per.HORIZON, ["*"]),
    ],
)
def test_whole_periods_are_those_that_nothing_is_cut_off(
    first: dt.date, last: dt.date, per: Per, whole: list[str]
) -> None:
    assert list(whole_periods(first, last, per)) == whole


@pytest.mark.parametrize(
    ("period", "en", "zh"),
    [
        ("2027-01-08", "2027-01-08 (Fri)", "2027-01-08 (周五)"),
        ("2027-W01", "week 1 of 2027", "2027年第1周"),
        ("2027-05", "May 2027", "2027年5月"),
        ("2027-12", "December 2027", "2027年12月"),
        ("2027-Q2", "Q2 2027", "2027年第2季度"),
        ("2027", "2027", "2027年"),
        ("*", "the whole horizon", "全期"),
    ],
)
def test_a_period_is_said_as_people_write_it(period: str, en: str, zh: str) -> None:
    assert (period_label(period).say("en"), period_label(period).say("zh")) == (en, zh)


@given(day=DAYS, per=st.sampled_from(Per))
def test_every_period_is_known_by_its_name(day: dt.date, per: Per) -> None:
    named = period_of(day, per)
    assert is_period(named)
    assert is_day(named) is (per is Per.DAY)
    assert period_label(named).say("zh")


@pytest.mark.parametrize("other", ["", "**", "tax", "2027-Q5", "2027-13", "2027-01-32", "20270108", "U2027"])
def test_other_words_are_no_periods(other: str) -> None:
    assert not is_period(other)
