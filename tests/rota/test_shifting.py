"""Horizons and cycles in later years."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rota.case import Case
from rota.cycle import Cycle
from rota.shifting import NextYearError, Shift, shift_to, year_of
from tests.rota.small import TABLES, case_of


def day(said: str) -> dt.date:
    return dt.date.fromisoformat(said)


def case_with(first: str, last: str, cycle: str, rrule: str) -> Case:
    """A case whose one activity follows one cycle."""
    return case_of(
        {"first": first, "last": last}, cycles=[{"id": "weeks", "name": "轮", "first": cycle, "rrule": rrule}]
    )


def moved(case: Case, year: int) -> tuple[Shift, Cycle]:
    shift = shift_to(case, year)
    return shift, shift.cycle(case.cycles[0])


def test_calendar_year_stays_one_and_saturdays_stay_saturdays() -> None:
    case = case_with("2026-01-01", "2026-12-31", "2026-01-10", "FREQ=WEEKLY;INTERVAL=2;COUNT=12")
    shift, cycle = moved(case, 2027)
    assert (shift.first, shift.last) == (day("2027-01-01"), day("2027-12-31"))
    assert (cycle.first, cycle.rrule) == (day("2027-01-09"), "FREQ=WEEKLY;INTERVAL=2;COUNT=12")


def test_horizon_that_begins_inside_a_month_begins_on_the_same_weekday() -> None:
    # 2024-03-18 is a Monday; the Saturday nearest to it is the 16th
    case = case_with("2023-03-18", "2023-12-17", "2023-03-18", "FREQ=WEEKLY;INTERVAL=2;COUNT=20")
    shift, cycle = moved(case, 2024)
    assert (shift.first, cycle.first) == (day("2024-03-16"), day("2024-03-16"))
    assert shift.last - shift.first == day("2023-12-17") - day("2023-03-18")


def test_last_day_of_a_month_stays_that() -> None:
    case = case_with("2023-03-18", "2024-02-29", "2023-03-18", "FREQ=WEEKLY;COUNT=20")
    assert shift_to(case, 2025).last == day("2026-02-28")


def test_a_round_that_would_slip_into_another_quarter_makes_all_start_a_week_later() -> None:
    # the second round, 2023-04-01, would become 2024-03-30: the first quarter would have a session where it had none
    case = case_with("2023-03-18", "2023-12-31", "2023-03-18", "FREQ=WEEKLY;INTERVAL=2;COUNT=20")
    second = case.model_copy(update={"activities": (case.activities[0].model_copy(update={"rounds": "2-8"}),)})
    shift, cycle = moved(second, 2024)
    assert (shift.first, cycle.days[1]) == (day("2024-03-23"), day("2024-04-06"))


def test_a_cycle_does_not_begin_before_the_horizon() -> None:
    # the Friday nearest to 2024-09-01 is 08-30, before the month that the horizon is bound to
    case = case_with("2023-09-01", "2023-09-30", "2023-09-01", "FREQ=WEEKLY;COUNT=4")
    assert moved(case, 2024)[1].first == day("2024-09-06")


def test_rounds_beyond_the_new_horizon_are_cut_off() -> None:
    # 53 Thursdays from 2026-01-01 to 12-31; from 2027-01-07 there are 52
    case = case_with("2026-01-01", "2026-12-31", "2026-01-01", "FREQ=WEEKLY;COUNT=53")
    cycle = moved(case, 2027)[1]
    assert (cycle.first, cycle.rrule, cycle.days[-1]) == (day("2027-01-07"), "FREQ=WEEKLY;COUNT=52", day("2027-12-30"))


def test_the_last_day_of_a_recurrence_moves_as_the_horizon_does() -> None:
    rrule = "FREQ=DAILY;BYDAY=TU,TH;UNTIL={}"
    case = case_with("2023-05-08", "2023-06-04", "2023-05-08", rrule.format("20230604"))
    assert moved(case, 2024)[1].rrule == rrule.format("20240602")
    whole = case_with("2026-01-01", "2026-12-31", "2026-01-01", rrule.format("20261231"))
    assert moved(whole, 2027)[1].rrule == rrule.format("20271231")


@pytest.mark.parametrize(
    ("first", "rrule", "then"),
    [
        ("2023-04-07", "FREQ=MONTHLY;BYDAY=1FR;COUNT=9", "2024-04-05"),  # the first Friday
        ("2023-04-13", "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TH;COUNT=5", "2024-04-11"),
        ("2023-04-15", "FREQ=MONTHLY;BYDAY=1FR,3FR;COUNT=5", "2024-04-19"),  # begins with the third Friday
        ("2023-04-28", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "2024-04-26"),
        ("2023-05-29", "FREQ=MONTHLY;BYDAY=MO;COUNT=5", "2024-05-27"),  # the fifth Monday; May 2024 has four
        ("2023-04-15", "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=5", "2024-04-15"),
        ("2023-04-15", "FREQ=MONTHLY;COUNT=5", "2024-04-15"),
        ("2023-03-10", "FREQ=YEARLY;BYMONTH=3;BYDAY=2FR;COUNT=1", "2024-03-08"),
    ],
)
def test_what_recurs_by_month_goes_on_in_the_same_month(first: str, rrule: str, then: str) -> None:
    case = case_with("2023-01-01", "2023-12-31", first, rrule)
    assert moved(case, 2024)[1].days[0] == day(then)
    assert len(moved(case, 2024)[1].days) == len(case.cycles[0].days)


def test_without_weekly_cycles_dates_stay() -> None:
    case = case_with("2024-02-29", "2024-10-10", "2024-03-05", "FREQ=MONTHLY;COUNT=3")
    shift = shift_to(case, 2025)
    assert (shift.first, shift.last) == (day("2025-02-28"), day("2025-10-10"))


def test_season_that_begins_in_late_december_is_about_the_new_year() -> None:
    case = case_with("2026-12-28", "2027-12-26", "2026-12-28", "FREQ=WEEKLY;COUNT=52")
    assert year_of(case) == 2027
    assert shift_to(case, 2028).first == day("2027-12-27")


@pytest.mark.parametrize("year", [2023, 2022, 2024])
def test_year_that_does_not_come_after_the_case_is_refused_with_one_that_does(year: int) -> None:
    case = case_with("2023-09-01", "2024-10-31", "2023-09-01", "FREQ=WEEKLY;COUNT=4")
    with pytest.raises(NextYearError) as error:
        shift_to(case, year)
    assert "e.g. 2025" in error.value.say("en")
    assert "例如 2025" in error.value.say("zh")
    assert shift_to(case, 2025).first > case.settings.last


@settings(deadline=None)
@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 300), st.integers(1, 8))
def test_weekdays_and_distances_are_kept(first: dt.date, length: int, years: int) -> None:
    last = first + dt.timedelta(days=length)
    weekly = [
        {"id": "weeks", "name": "轮", "first": first, "rrule": "FREQ=WEEKLY;COUNT=3"},
        {"id": "days", "name": "日", "first": first + dt.timedelta(days=2), "rrule": "FREQ=DAILY;COUNT=2"},
    ]
    case = case_of({"first": first, "last": last}, cycles=weekly, activities=TABLES["activities"])
    shift = shift_to(case, year_of(case) + years)
    assert shift.first > last
    assert shift.step.days % 7 == 0
    for old, new in ((cycle, shift.cycle(cycle)) for cycle in case.cycles):
        assert new.first - old.first == shift.step
    assert abs(shift.first - (first + dt.timedelta(days=round(365.2425 * years)))) <= dt.timedelta(days=8)
