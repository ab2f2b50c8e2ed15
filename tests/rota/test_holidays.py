"""Special days of a case: the sheet before the calendar, and years that nobody has announced."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.case import Case
from rota.demand import DayKind
from rota.holiday_draft import draft
from rota.holidays import notice_years, special_day, years_without_notice
from tests.rota.small import case_of

NATIONAL_DAY = dt.date(2026, 10, 1)
LAST_KNOWN = notice_years()[1]
UNKNOWN = LAST_KNOWN + 1


def over(first: str, last: str, *rows: object, calendar: str = "cn") -> Case:
    return case_of({"first": first, "last": last, "calendar": calendar}, holidays=list(rows))


def unannounced(*rows: object) -> tuple[int, ...]:
    return years_without_notice(over(f"{UNKNOWN}-01-01", f"{UNKNOWN}-12-31", *rows))


def test_the_calendar_knows_days_off_and_make_up_workdays_by_name() -> None:
    off, work = special_day(case_of(), NATIONAL_DAY), special_day(case_of(), dt.date(2026, 10, 10))
    assert off is not None
    assert work is not None
    assert (off.kind, off.label.say("zh"), off.label.say("en")) == (DayKind.OFF, "国庆节", "National Day")
    assert work.kind is DayKind.WORK
    assert special_day(case_of(), dt.date(2026, 10, 12)) is None


def test_the_sheet_comes_before_the_calendar() -> None:
    case = case_of(holidays=[{"day": "2026-10-01", "kind": "调休上班", "name": "值班日"}])
    special = special_day(case, NATIONAL_DAY)
    assert special is not None
    assert (special.kind, special.label.say("en")) == (DayKind.WORK, "值班日")


def test_a_day_without_a_name_is_called_by_its_kind() -> None:
    special = special_day(case_of(holidays=[{"day": "2027-03-06", "kind": "off"}]), dt.date(2027, 3, 6))
    assert special is not None
    assert (special.label.say("zh"), special.label.say("en")) == ("放假", "off")


def test_without_a_calendar_only_the_sheet_counts_and_no_notice_is_missed() -> None:
    case = over("2026-01-01", "2027-12-31", {"day": "2026-05-20", "kind": "off"}, calendar="none")
    assert special_day(case, NATIONAL_DAY) is None
    assert special_day(case, dt.date(2026, 5, 20)) is not None
    assert years_without_notice(case) == ()


def test_a_year_with_a_notice_is_not_missed() -> None:
    assert years_without_notice(over(f"{LAST_KNOWN}-01-01", f"{LAST_KNOWN}-12-31")) == ()


def test_a_horizon_that_crosses_into_a_year_without_notice_misses_that_year() -> None:
    assert years_without_notice(over(f"{LAST_KNOWN}-09-01", f"{UNKNOWN}-02-28")) == (UNKNOWN,)


def test_provisional_days_are_no_notice() -> None:
    assert unannounced(*draft(UNKNOWN)) == (UNKNOWN,)


def test_days_entered_from_the_notice_are_one() -> None:
    rows = [row.model_copy(update={"provisional": False, "notice": "国办发明电〔2026〕1号"}) for row in draft(UNKNOWN)]
    assert unannounced(*rows) == ()
    assert unannounced(*rows[:-1], draft(UNKNOWN)[-1]) == (UNKNOWN,)


def test_one_local_day_off_is_no_notice() -> None:
    assert unannounced({"day": f"{UNKNOWN}-03-08", "kind": "off", "name": "设备检修"}) == (UNKNOWN,)


def test_only_the_public_holidays_within_the_horizon_need_to_be_announced() -> None:
    (new_year, *_) = draft(UNKNOWN)
    announced = new_year.model_copy(update={"provisional": False})
    assert years_without_notice(over(f"{LAST_KNOWN}-10-01", f"{UNKNOWN}-01-10", announced)) == ()
    assert years_without_notice(over(f"{UNKNOWN}-07-01", f"{UNKNOWN}-08-31")) == ()


@pytest.mark.parametrize("year", [2100, 2150])
def test_a_year_too_far_off_to_draft_is_missed_all_the_same(year: int) -> None:
    assert years_without_notice(over(f"{year}-01-01", f"{year}-12-31")) == (year,)
