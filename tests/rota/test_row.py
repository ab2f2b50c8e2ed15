"""Cells: what people type and what they mean by it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from rota.row import (
    Clock,
    Clocks,
    Day,
    Flag,
    Id,
    Ids,
    Named,
    OptionalClock,
    OptionalDay,
    OptionalId,
    OptionalZone,
    Texts,
    Zone,
    read_moment,
)

MOMENT = dt.datetime.combine(dt.date(2027, 1, 8), dt.time(9, 30))
FULL_WIDTH = {ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789-/.:"}


def read(kind: Any, cell: object) -> object:
    return TypeAdapter(kind).validate_python(cell)


def refusal(kind: object, cell: object) -> tuple[str, str]:
    with pytest.raises(ValidationError) as error:
        read(kind, cell)
    (only,) = error.value.errors()
    return only["ctx"]["en"], only["ctx"]["zh"]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "2027-01-08",
            "2027-1-8",
            "2027/1/8",
            "2027.1.8",
            "2027年1月8日",
            "2027 年 1 月 8 日",
            "2027年1月8",
            "20270108",
        ),
        *(
            "  2027-01-08 ",
            "2027-01-08 00:00",
            "2027-01-08 00:00:00",
            *(plain.translate(FULL_WIDTH) for plain in ("2027-01-08", "2027/1/8", "2027.1.8")),
        ),
        *(20270108, dt.date(2027, 1, 8), dt.datetime.combine(MOMENT, dt.time())),
    ],
)
def test_a_date_is_read_in_all_the_ways_people_write_it(cell: object) -> None:
    assert read(Day, cell) == dt.date(2027, 1, 8)


@pytest.mark.parametrize(
    "cell", ["2027-13-45", "2027-02-29", "8.1.2027", "1月8日", "soon", "", "2027-01-08 09:30", 46395, 1.5]
)
def test_what_is_no_date_is_refused_with_an_example(cell: object) -> None:
    assert refusal(Day, cell) == ("is not a date; e.g. 2027-01-08", "不是日期；例如 2027-01-08")


def test_a_number_is_not_taken_for_seconds_since_1970() -> None:
    assert refusal(Day, 86400)[0].startswith("is not a date")
    assert refusal(Clock, 0.5)[0].startswith("is not a time")


@pytest.mark.parametrize(
    "cell",
    [
        "9:30",
        "09:30",
        "9：30",
        "09:30:00",
        " 9:30 ",
        "9点30",
        "9点30分",
        "9点半",
        "9时30分",
        "9:30".translate(FULL_WIDTH),
        dt.time(9, 30),
    ],
)
def test_a_time_is_read_in_all_the_ways_people_write_it(cell: object) -> None:
    assert read(Clock, cell) == dt.time(9, 30)


def test_a_full_hour_may_be_said_in_words() -> None:
    assert [read(Clock, cell) for cell in ("9点", "9点整", "9时")] == [dt.time(9)] * 3


@pytest.mark.parametrize("cell", ["24:00", "9:60", "9", "9:5", "morning", "", "09:30:15", dt.time(9, 30, 15), 930])
def test_what_is_no_time_of_whole_minutes_is_refused_with_an_example(cell: object) -> None:
    assert refusal(Clock, cell) == ("is not a time of day; e.g. 09:30", "不是时刻；例如 09:30")


@pytest.mark.parametrize("kind", [OptionalDay, OptionalClock])
@pytest.mark.parametrize("cell", ["", None])
def test_an_optional_date_or_time_may_be_empty(kind: object, cell: object) -> None:
    assert read(kind, cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        *("2027-01-08 09:30", "2027-01-08T09:30", "2027/1/8 9:30", "2027年1月8日 9：30", "2027年1月8日9点半"),
        *("2027-01-08 09:30:00", MOMENT),
    ],
)
def test_a_moment_is_a_date_and_a_time_as_people_write_them(cell: object) -> None:
    assert read_moment(cell) == MOMENT


@pytest.mark.parametrize("cell", ["2027-01-08", "09:30", "2027-01-08 09:30+08:00", "2027-01-32 09:30", ""])
def test_a_moment_without_a_day_or_a_time_or_with_an_offset_is_refused(cell: str) -> None:
    with pytest.raises(Exception, match="is not a start"):
        read_moment(cell)


@pytest.mark.parametrize("cell", ["是", "有", "对", "Yes", "y", "TRUE", "1", "√", "✓", " x ", True, 1])
def test_yes_is_read_as_people_tick_it(cell: object) -> None:
    assert read(Flag, cell) is True


@pytest.mark.parametrize("cell", ["否", "无", "没有", "不", "No", "n", "FALSE", "0", "", " ", False, 0])
def test_no_is_read_as_people_write_it(cell: object) -> None:
    assert read(Flag, cell) is False


def test_neither_yes_nor_no_is_refused_with_both_words() -> None:
    en, zh = refusal(Flag, "maybe")
    assert "是" in en
    assert "是 或 否" in zh


@pytest.mark.parametrize("cell", ["税务局", "unit-7", "a.b_c+d=e", "007"])
def test_an_id_is_any_word(cell: str) -> None:
    assert read(Id, cell) == cell


@pytest.mark.parametrize("cell", ["", "two words", "a@b", "a/b", "a;b", "a，b", "a、b", "a:b", 'a"b', "x" * 65])
def test_an_id_holds_nothing_that_separates_or_that_a_file_name_may_not_hold(cell: str) -> None:
    with pytest.raises(ValidationError):
        read(Id, cell)


def test_an_optional_id_may_be_empty() -> None:
    assert read(OptionalId, "") == ""


@pytest.mark.parametrize(
    "cell", ["a;b;c", "a；b，c", "a、b, c", "a\nb\nc", " a ;; b ; c ;", ("a", "b", "c"), ["a", "b", "c"]]
)
def test_a_list_is_separated_as_people_separate(cell: object) -> None:
    assert read(Ids, cell) == ("a", "b", "c")


def test_a_list_of_one_may_be_a_number_a_time_or_nothing() -> None:
    assert read(Texts, 3) == ("3",)
    assert read(Texts, 3.0) == ("3",)
    assert read(Texts, 2.5) == ("2.5",)
    assert read(Clocks, dt.time(9, 30)) == (dt.time(9, 30),)
    assert read(Texts, None) == read(Texts, "") == ()


def test_a_time_zone_is_an_iana_name() -> None:
    assert read(Zone, "Europe/Berlin") == "Europe/Berlin"
    assert read(OptionalZone, "") == ""
    for cell in ("Mars/Base", "../etc/passwd", "Asia", "+08:00"):
        assert refusal(OptionalZone, cell)[0] == "is not an IANA time zone; e.g. Asia/Shanghai"


def test_a_name_without_an_english_form_serves_both_languages() -> None:
    row = Named(id="a", name="税务局")
    assert (row.label.say("zh"), row.label.say("en")) == ("税务局", "税务局")


@given(
    st.dates(min_value=dt.date(1000, 1, 1)),
    st.sampled_from(["{0}-{1}-{2}", "{0}/{1}/{2}", "{0}年{1}月{2}日", "{0}.{1:02}.{2:02}"]),
)
def test_every_day_reads_back(day: dt.date, form: str) -> None:
    assert read(Day, form.format(day.year, day.month, day.day)) == day
