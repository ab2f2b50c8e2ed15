"""The draft of a year without a notice, held against the years whose notices are known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import chinese_calendar
import pytest

from rota.demand import DayKind, Holiday, Level
from rota.holiday_draft import HolidayError, draft, known, makeup_advice, possible_makeup_days
from rota.notices import notice_years

NOTICED_YEARS = range(2008, notice_years()[1] + 1)

DRAFT_2027 = """
    2027-01-01 元旦
    2027-02-05 除夕
    2027-02-06 春节
    2027-02-07 春节
    2027-02-08 春节
    2027-04-05 清明
    2027-05-01 劳动节
    2027-05-02 劳动节
    2027-06-09 端午
    2027-09-15 中秋
    2027-10-01 国庆节
    2027-10-02 国庆节
    2027-10-03 国庆节
"""


def days(written: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in written.split()]


def test_the_thirteen_statutory_days_of_2027() -> None:
    assert [f"{row.day} {row.name}" for row in draft(2027)] == [line.strip() for line in DRAFT_2027.split("\n") if line]


def test_a_drafted_day_is_off_provisional_named_in_both_languages_and_has_no_notice() -> None:
    assert draft(2027)[1] == Holiday(
        day=dt.date(2027, 2, 5), kind=DayKind.OFF, name="除夕", name_en="Chinese New Year's Eve", provisional=True
    )


def test_before_2025_there_was_one_day_of_labour_and_no_new_years_eve() -> None:
    names = [row.name for row in draft(2024)]
    assert len(names) == 11
    assert names.count("劳动节") == 1
    assert "除夕" not in names


def test_from_2008_to_2013_new_years_eve_stood_in_the_place_of_the_third_day() -> None:
    spring = [row.name for row in draft(2013) if row.name in {"除夕", "春节"}]
    assert spring == ["除夕", "春节", "春节"]


def test_two_holidays_on_one_day_are_one_row_with_both_names() -> None:
    (row,) = [row for row in draft(2020) if row.day == dt.date(2020, 10, 1)]
    assert (set(row.name.split("、")), set(row.name_en.split(", "))) == (
        {"中秋", "国庆节"},
        {"Mid-autumn Festival", "National Day"},
    )


@pytest.mark.parametrize("year", NOTICED_YEARS)
def test_no_notice_ever_made_a_drafted_day_a_workday(year: int) -> None:
    worked = [row.day for row in draft(year) if not chinese_calendar.is_holiday(row.day)]
    assert worked == []


@pytest.mark.parametrize("year", NOTICED_YEARS)
def test_every_make_up_workday_there_was_had_been_foreseen_as_possible(year: int) -> None:
    made_up = {row.day for row in known(year) if row.kind is DayKind.WORK}
    parade = {dt.date(2015, 9, 6)}  # paid for a holiday that was declared once, the 70th anniversary of the victory
    assert made_up - parade <= set(possible_makeup_days(draft(year)))


@pytest.mark.parametrize("year", [2007, 2100])
def test_a_year_that_cannot_be_drafted_is_refused_with_the_years_that_can(year: int) -> None:
    with pytest.raises(HolidayError, match="2008-2099") as refusal:
        draft(year)
    assert f"无法草拟 {year} 年" in refusal.value.say("zh")


def test_a_year_without_notice_is_not_known() -> None:
    unknown = notice_years()[1] + 1
    with pytest.raises(HolidayError, match=str(unknown)) as refusal:
        known(unknown)
    assert f"尚无 {unknown} 年" in refusal.value.say("zh")


@pytest.mark.parametrize("year", [2025, 2026])
def test_what_is_known_agrees_with_an_independent_copy_of_the_notice(shared: Path, year: int) -> None:
    notice = json.loads((shared / "data" / "holidays" / f"{year}.json").read_text(encoding="utf-8"))["days"]
    noticed = {day["date"]: DayKind.OFF if day["isOffDay"] else DayKind.WORK for day in notice}
    of_the_year = {day: kind for day, kind in noticed.items() if day.startswith(str(year))}
    assert {str(row.day): row.kind for row in known(year)} == of_the_year


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_draft_lies_within_an_independent_copy_of_the_notice(shared: Path, year: int) -> None:
    notice = json.loads((shared / "data" / "holidays" / f"{year}.json").read_text(encoding="utf-8"))["days"]
    off = {day["date"] for day in notice if day["isOffDay"]}
    assert {str(row.day) for row in draft(year)} <= off


def test_known_days_name_the_holiday_in_both_languages() -> None:
    rows = {row.day: row for row in known(2026)}
    assert rows[dt.date(2026, 1, 4)] == Holiday(
        day=dt.date(2026, 1, 4), kind=DayKind.WORK, name="元旦", name_en="New Year's Day"
    )


def test_weekends_up_to_fourteen_days_from_a_holiday_may_be_made_up() -> None:
    # Qingming 2027 is Monday 5 April: 22 March to 19 April. December may pay for the New Year's Day that follows.
    qingming = [row for row in draft(2027) if row.name == "清明"]
    spring = "2027-03-27 2027-03-28 2027-04-03 2027-04-04 2027-04-10 2027-04-11 2027-04-17 2027-04-18"
    winter = "2027-12-18 2027-12-19 2027-12-25 2027-12-26"
    assert list(possible_makeup_days(qingming)) == days(f"{spring} {winter}")


def test_weekdays_and_holidays_themselves_are_never_made_up() -> None:
    found = possible_makeup_days(draft(2027))
    assert all(day.weekday() >= 5 for day in found)
    assert not {row.day for row in draft(2027)} & set(found)


def test_the_december_before_may_pay_for_new_years_day() -> None:
    assert possible_makeup_days(draft(2027))[0] == dt.date(2026, 12, 19)


def test_without_a_day_off_nothing_is_to_be_made_up() -> None:
    work = Holiday(day=dt.date(2027, 1, 9), kind=DayKind.WORK)
    assert possible_makeup_days([work]) == ()


def test_the_advice_is_one_row_for_each_weekend_and_site() -> None:
    rows = makeup_advice(days("2027-04-10 2027-04-11 2027-04-17"), ["center", "north"])
    assert [(row.resource, row.level, str(row.first), str(row.last)) for row in rows] == [
        ("center", Level.AVOID, "2027-04-10", "2027-04-11"),
        ("center", Level.AVOID, "2027-04-17", "2027-04-17"),
        ("north", Level.AVOID, "2027-04-10", "2027-04-11"),
        ("north", Level.AVOID, "2027-04-17", "2027-04-17"),
    ]
