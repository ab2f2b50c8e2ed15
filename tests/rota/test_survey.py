"""The audience of a survey: rows that cover a session add up to the people who are free for all of it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rota.facts import Audience
from rota.hours import weekday_set
from rota.survey import Answer, audience_of, weekdays_cell, wished

MONDAY = dt.datetime(2027, 1, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY, WEEK = 24 * 60, 7 * 24 * 60


def answer(id_: str, weekdays: str, start: str, end: str, **cells: object) -> Answer:
    return Answer.model_validate({"id": id_, "weekdays": weekdays, "start": start, "end": end, **cells})


def rows(*answers: Answer, grid: int = 1) -> list[tuple[str, str, str, int]]:
    found = audience_of(answers, {"": "骑手", "d1": "第一网点"}, prefix="s.", grid=grid)
    return [(row.weekdays, f"{row.start:%H:%M}", f"{row.end:%H:%M}", row.size) for row in found]


def free(audience: tuple[Audience, ...], start: int, end: int) -> int:
    """Count as the rule of audience fit does: the sizes of all rows that cover the session."""
    return sum(row.size for row in audience if row.free(MONDAY + start * MINUTE, MONDAY + end * MINUTE))


def test_people_free_at_the_same_time_share_a_row_and_others_have_their_own() -> None:
    found = rows(
        answer("r1", "周一", "14:00", "16:00"),
        answer("r2", "周一", "14:00", "16:00"),
        answer("r3", "周一", "14:30", "16:00"),
    )
    assert found == [("周一", "14:00", "16:00", 2), ("周一", "14:30", "16:00", 1)]


def test_times_of_one_person_that_touch_or_overlap_are_one() -> None:
    # Counted as they stand, r1 would be two people from 15:00 to 15:30, and none from 14:30 to 16:00.
    first, second, third = (("14:00", "15:30"), ("15:00", "16:00"), ("16:00", "17:00"))
    assert rows(*(answer("r1", "周一", *time) for time in (first, second, third))) == [("周一", "14:00", "17:00", 1)]


def test_weekdays_with_the_same_number_share_a_row() -> None:
    found = rows(answer("r1", "周一至周五", "14:00", "16:00"), answer("r2", "周五、周六", "14:00", "16:00"))
    assert found == [("周一-周四、周六", "14:00", "16:00", 1), ("周五", "14:00", "16:00", 2)]


def test_a_night_is_one_time_also_where_it_is_told_in_two_pieces() -> None:
    assert rows(answer("r1", "周日", "22:00", "24:00"), answer("r1", "周一", "00:00", "02:00")) == [
        ("周日", "22:00", "02:00", 1)
    ]
    assert rows(answer("r1", "周日", "22:00", "02:00")) == [("周日", "22:00", "02:00", 1)]


def test_who_is_free_for_days_on_end_has_one_row_for_each_day() -> None:
    found = rows(answer("r1", "周六、周日", "00:00", "24:00"), answer("r1", "周五", "18:00", "24:00"))
    assert found == [("周六、周日", "00:00", "00:00", 1), ("周五", "18:00", "00:00", 1)]
    assert rows(answer("r1", "", "00:00", "00:00")) == [("周一-周日", "00:00", "00:00", 1)]


def test_a_grid_narrows_times_and_leaves_out_what_is_shorter() -> None:
    found = rows(answer("r1", "周一", "13:50", "16:10"), answer("r2", "周一", "14:10", "14:50"), grid=30)
    assert found == [("周一", "14:00", "16:00", 1)]


def test_units_and_sites_are_counted_apart_and_ids_depend_on_what_the_row_says_alone() -> None:
    asked = [
        answer("r1", "周一至周五", "14:00", "16:00", unit="d1"),
        answer("r2", "周一至周五", "14:00", "16:00"),
        answer("r3", "周六", "14:00", "16:00", site="hall"),
    ]
    found = audience_of(asked, {"": "riders", "d1": "Depot 1"}, prefix="s.", language="en")
    assert [(row.id, row.name, row.site, row.weekdays) for row in found] == [
        ("s.1400-1600.12345", "riders", "", "Mon-Fri"),
        ("s.hall.1400-1600.6", "riders", "hall", "Sat"),
        ("s.d1.1400-1600.12345", "Depot 1", "", "Mon-Fri"),
    ]
    assert audience_of(reversed(asked), {"": "riders", "d1": "Depot 1"}, prefix="s.", language="en") == found


def test_a_person_wants_a_service_once() -> None:
    asked = [answer("r1", "", "9:00", "10:00", services="haircut; legal"), answer("r2", "", "9:00", "10:00")]
    asked += [answer("r1", "", "14:00", "15:00", services="legal"), answer("r3", "", "9:00", "10:00", services="legal")]
    assert list(wished(asked).items()) == [("legal", 2), ("haircut", 1)]


def test_a_time_that_ends_when_it_starts_is_refused() -> None:
    with pytest.raises(ValidationError, match="00:00 to 24:00"):
        answer("r1", "周一", "14:00", "14:00")


@given(st.sets(st.integers(0, 6), min_size=1), st.sampled_from(["zh", "en"]))
def test_a_cell_of_weekdays_reads_as_the_days_it_was_written_for(days: set[int], language: str) -> None:
    assert weekday_set(weekdays_cell(sorted(days), "zh" if language == "zh" else "en")) == days


HOURS = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@given(st.data())
def test_rows_that_cover_a_session_add_up_to_the_people_free_throughout(data: st.DataObject) -> None:
    times = st.tuples(HOURS, HOURS).filter(lambda each: each[0] != each[1] or each[0] == "00:00")
    days = st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: weekdays_cell(sorted(chosen), "zh"))
    said = data.draw(st.lists(st.tuples(st.sampled_from(["r1", "r2", "r3"]), days, times), max_size=6))
    asked = [answer(who, on, *time) for who, on, time in said]
    grid = data.draw(st.sampled_from([1, 15, 30, 60]))
    day, first = data.draw(st.integers(0, 6)), data.draw(st.integers(0, DAY // grid - 1)) * grid
    last = data.draw(st.integers(first // grid + 1, DAY // grid)) * grid

    found = audience_of(asked, {"": "骑手"}, prefix="s.", grid=grid)

    session = {(day * DAY + minute) % WEEK for minute in range(first, last)}
    throughout = sum(session <= minutes for minutes in _minutes(asked).values())
    assert free(found, day * DAY + first, day * DAY + last) == throughout


def _minutes(asked: list[Answer]) -> dict[str, set[int]]:
    """Return every minute of the week at which somebody is free, told independently of the rows."""
    found: dict[str, set[int]] = {}
    for each in asked:
        start, end = (time.hour * 60 + time.minute for time in (each.start, each.end))
        for day in weekday_set(each.weekdays):
            span = range(day * DAY + start, day * DAY + end + (DAY if end <= start else 0))
            found.setdefault(each.id, set()).update(minute % WEEK for minute in span)
    return found
