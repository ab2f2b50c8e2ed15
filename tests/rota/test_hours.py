"""Opening hours and weekdays as they are written in one cell."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import TypeAdapter, ValidationError

from rota.hours import Hours, Weekdays, covers, weekday_set, weekdays_label, weekly

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
MORNING, NOON, EVENING = 9 * 60, 12 * 60, 18 * 60


def open_days(cell: str) -> list[int]:
    return [day for day, spans in enumerate(weekly(cell)) if spans]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("周二-周五 09:00-12:00", [TUE, WED, THU, FRI]),
        ("星期二至星期五 09:00-12:00", [TUE, WED, THU, FRI]),
        ("周二至五 9：00～12：00", [TUE, WED, THU, FRI]),
        ("Tue-Fri 09:00–12:00", [TUE, WED, THU, FRI]),
        ("Tuesday to Friday 09:00 to 12:00", [TUE, WED, THU, FRI]),
        ("周六日 09:00-12:00", [SAT, SUN]),
        ("周六、周日 09:00-12:00", [SAT, SUN]),
        ("周末 09:00-12:00", [SAT, SUN]),
        ("工作日 09:00-12:00", [MON, TUE, WED, THU, FRI]),
        ("Sat-Mon 09:00-12:00", [MON, SAT, SUN]),
        ("周五-周一 09:00-12:00", [MON, FRI, SAT, SUN]),
        ("礼拜天 09:00-12:00", [SUN]),
        ("每天 09:00-12:00", list(range(7))),
        ("09:00-12:00", list(range(7))),
    ],
)
def test_days_are_read_in_both_languages_and_round_the_weeks_end(cell: str, days: list[int]) -> None:
    assert open_days(cell) == days
    assert all(spans in {(), ((MORNING, NOON),)} for spans in weekly(cell))


@pytest.mark.parametrize("joint", ["; ", "；", "\n", ", ", "，"])
def test_each_group_of_days_has_its_own_times_however_it_is_parted(joint: str) -> None:
    week = weekly(f"周一-周五 09:00-18:00{joint}周六 09:00-12:00")
    assert week[MON] == ((MORNING, EVENING),)
    assert week[SAT] == ((MORNING, NOON),)
    assert week[SUN] == ()


def test_a_day_may_have_several_spans_and_those_that_touch_are_one() -> None:
    assert weekly("周六 13:00-18:00 09:00-12:00")[SAT] == ((MORNING, NOON), (13 * 60, EVENING))
    assert weekly("周六 09:00-12:00、12:00-18:00")[SAT] == ((MORNING, EVENING),)
    assert weekly("周六 09:00-12:00; 周末 10:00-18:00")[SAT] == ((MORNING, EVENING),)


@pytest.mark.parametrize(
    "cell",
    [
        "周八 09:00-12:00",
        "周一",
        "9-12",
        "12:00-09:00",
        "09:75-10:00",
        "09:00-24:30",
        "09:00-12:00 周六",
        "周一 9:00-10:00 x",
        "；",
    ],
)
def test_what_is_no_opening_hours_is_refused_with_an_example(cell: str) -> None:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Hours).validate_python(cell)
    advice = error.value.errors()[0]["ctx"]
    assert "Mon-Fri 09:00-18:00" in advice["en"]
    assert "周一-周五 09:00-18:00" in advice["zh"]


def at(day: int, time: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2027-03-0{1 + day}T{time}")  # 1 March 2027 is a Monday


@pytest.mark.parametrize(("start", "end"), [("08:59", "10:00"), ("11:00", "12:01"), ("11:00", "13:30")])
def test_a_time_is_covered_only_as_a_whole(start: str, end: str) -> None:
    assert covers("周一 09:00-12:00 13:00-16:00", at(MON, "09:00"), at(MON, "12:00"))
    assert not covers("周一 09:00-12:00 13:00-16:00", at(MON, start), at(MON, end))


def test_another_day_is_not_covered() -> None:
    assert not covers("周一 09:00-12:00", at(TUE, "09:00"), at(TUE, "10:00"))


def test_hours_to_midnight_end_there() -> None:
    assert covers("18:00-24:00", at(MON, "22:00"), at(TUE, "00:00"))
    assert not covers("18:00-24:00", at(MON, "23:00"), at(TUE, "00:30"))


@pytest.mark.parametrize("cell", ["", "  ", "00:00-24:00"])
def test_a_place_open_day_and_night_is_open_over_midnight_too(cell: str) -> None:
    assert covers(cell, at(MON, "23:00"), at(TUE, "01:00"))


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("", set(range(7))),
        ("周六、周日", {SAT, SUN}),
        ("周六；周日", {SAT, SUN}),
        ("周一、三、五", {MON, WED, FRI}),
        ("Sat-Sun", {SAT, SUN}),
        ("mo, we", {MON, WED}),
        ("Sunday-Tuesday", {SUN, MON, TUE}),
        ("weekdays", {MON, TUE, WED, THU, FRI}),
        ("周末", {SAT, SUN}),
    ],
)
def test_weekdays_are_read_in_both_languages(cell: str, days: set[int]) -> None:
    assert weekday_set(cell) == days


@pytest.mark.parametrize("cell", ["someday", "周八", "mondays", "第一周", "周六 09:00-12:00"])
def test_what_names_no_weekday_is_refused(cell: str) -> None:
    with pytest.raises(ValidationError, match="names no weekdays"):
        TypeAdapter(Weekdays).validate_python(cell)


@pytest.mark.parametrize(
    ("cell", "en", "zh"), [("Sat-Sun", "Sat, Sun", "周六、周日"), ("周日、周一", "Mon, Sun", "周一、周日")]
)
def test_weekdays_are_said_from_monday_on(cell: str, en: str, zh: str) -> None:
    label = weekdays_label(cell)
    assert (label.say("en"), label.say("zh")) == (en, zh)
