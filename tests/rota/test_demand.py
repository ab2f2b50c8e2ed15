"""Availability, pins, demands: when a statement applies, and which statements contradict themselves."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from rota.demand import REQUIRED, Availability, Demand, Level, Pin, priority_label


def stated(**cells: object) -> Availability:
    return Availability.model_validate({"resource": "bank", "level": "不能", "first": "2027-03-06", **cells})


def at(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def touches(row: Availability, start: str, end: str) -> bool:
    return row.touches(at(start), at(end))


def refused(**cells: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as error:
        stated(**cells)
    (only,) = error.value.errors()
    return only["ctx"]["field"], only["ctx"]["en"]


def test_one_minute_in_common_is_enough_and_none_is_not() -> None:
    row = stated(start="09:00", end="12:00")
    assert touches(row, "2027-03-06 11:59", "2027-03-06 14:00")
    assert touches(row, "2027-03-06 08:00", "2027-03-06 09:01")
    assert not touches(row, "2027-03-06 12:00", "2027-03-06 14:00")
    assert not touches(row, "2027-03-06 08:00", "2027-03-06 09:00")


def test_without_times_the_whole_day_is_meant_and_no_other() -> None:
    assert touches(stated(), "2027-03-06 00:00", "2027-03-06 00:01")
    assert touches(stated(), "2027-03-06 23:59", "2027-03-07 01:00")
    assert not touches(stated(), "2027-03-07 00:00", "2027-03-07 01:00")
    assert not touches(stated(), "2027-03-05 22:00", "2027-03-06 00:00")


def test_a_start_alone_means_until_midnight_and_an_end_alone_from_midnight() -> None:
    assert touches(stated(start="18:00"), "2027-03-06 23:00", "2027-03-06 23:30")
    assert not touches(stated(start="18:00"), "2027-03-06 17:00", "2027-03-06 18:00")
    assert touches(stated(end="09:00"), "2027-03-06 00:00", "2027-03-06 08:00")
    assert not touches(stated(end="09:00"), "2027-03-06 09:00", "2027-03-06 10:00")


def test_a_session_over_midnight_meets_a_statement_about_either_day() -> None:
    night = ("2027-03-05 23:00", "2027-03-06 01:00")
    assert touches(stated(first="2027-03-05"), *night)
    assert touches(stated(first="2027-03-06"), *night)
    assert not touches(stated(first="2027-03-06", start="02:00"), *night)


def test_a_span_of_days_includes_its_first_and_its_last() -> None:
    row = stated(first="2027-03-06", last="2027-03-08")
    assert [row.falls_on(dt.date(2027, 3, day)) for day in range(5, 10)] == [False, True, True, True, False]


def test_weekdays_narrow_a_span() -> None:
    row = stated(last="2027-03-14", weekdays="周日")
    assert [day for day in range(6, 15) if row.falls_on(dt.date(2027, 3, day))] == [7, 14]


def test_a_recurrence_counts_from_the_first_day_to_the_last() -> None:
    row = stated(last="2027-04-03", rrule="FREQ=WEEKLY;INTERVAL=2")
    met = [day for day in (dt.date(2027, 3, 6) + dt.timedelta(days=n) for n in range(40)) if row.falls_on(day)]
    assert [str(day) for day in met] == ["2027-03-06", "2027-03-20", "2027-04-03"]


def test_times_are_those_on_the_wall_when_the_clocks_change() -> None:
    row = stated(first="2027-03-28", start="09:00", end="10:00")
    start = dt.datetime(2027, 3, 28, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert row.touches(start, start + dt.timedelta(minutes=15))


def test_statements_that_contradict_themselves_name_the_cell_to_correct() -> None:
    assert refused(last="2027-03-05") == ("last", "ends before it begins")
    assert refused(start="10:00", end="09:00") == ("end", "ends before it begins")
    assert refused(start="10:00", end="10:00") == ("end", "ends before it begins")
    assert refused(rrule="FREQ=WEEKLY") == ("last", "a recurrence needs its last day")
    assert refused(last="2037-03-06", rrule="FREQ=DAILY") == ("last", "recurs on more than 2,000 days")


@pytest.mark.parametrize("word", ["cannot", "不能", "CANNOT"])
def test_a_level_is_understood_in_both_languages(word: str) -> None:
    assert stated(level=word).level is Level.CANNOT


# Pins.


def test_a_pinned_start_is_kept_in_one_form() -> None:
    pin = Pin(session="day@2027-03-06", start="2027年3月6日 9：30")
    assert pin.start == "2027-03-06 09:30"
    assert pin.at().isoformat() == "2027-03-06T09:30:00"


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        ({"role": "host"}, "not what is fixed there"),
        ({"room": "hall", "start": "2027-03-06 09:30"}, "only one of start, room and resource"),
        ({"resource": "bank"}, "needs its role"),
        ({"start": "2027-03-06"}, "is not a start; e.g. 2027-01-08 09:30"),
        ({"start": "at nine"}, "is not a start; e.g. 2027-01-08 09:30"),
    ],
)
def test_a_pin_fixes_one_thing(cells: dict[str, str], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Pin.model_validate({"session": "day@2027-03-06", **cells})


def test_a_pin_of_a_session_alone_fixes_that_it_takes_place() -> None:
    assert not Pin(session="day@2027-03-06").resource


def test_a_ban_is_a_pin_that_is_absent() -> None:
    assert Pin.model_validate({"session": "s", "role": "host", "resource": "bank", "absent": "是"}).absent


# Demands.


@pytest.mark.parametrize("cell", ["必须", "Required", "0", 0])
def test_what_must_hold_has_the_priority_that_comes_first(cell: object) -> None:
    assert Demand.model_validate({"id": "d", "kind": "load", "priority": cell}).priority == REQUIRED


@pytest.mark.parametrize("cell", [-1, 100, "first"])
def test_other_priorities_are_numbers_from_1_to_99(cell: object) -> None:
    assert Demand.model_validate({"id": "d", "kind": "load", "priority": "3"}).priority == 3
    with pytest.raises(ValidationError):
        Demand.model_validate({"id": "d", "kind": "load", "priority": cell})


def test_a_priority_is_said_in_both_languages() -> None:
    assert [priority_label(n).say("zh") for n in (0, 2)] == ["必须", "优先级 2"]
    assert [priority_label(n).say("en") for n in (0, 2)] == ["required", "priority 2"]


def test_parameters_are_in_order_of_their_names_without_empty_ones() -> None:
    demand = Demand.model_validate({"id": "d", "kind": "load", "params": {"role": "host", "per": "", "most": "3"}})
    assert demand.params == (("most", "3"), ("role", "host"))
