"""Date preference in a coordinator's words: stay on the nominal date and time where nothing speaks against it."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, rule_of, seats, series, unit

TINY = (
    case_of(unit("a"), series(rounds="1-2", days_before=1, days_after=2), seats(), demand("date_preference", weight=2)),
    case_of(unit("a"), series(rounds="1-2", times="14:00; 09:00", days_after=1), seats(), demand("date_preference")),
    case_of(
        unit("a"),
        series(rounds="1-2", days_before=2, presence="may"),
        series("extra", rounds="1", days_before=2),
        seats(),
        demand("date_preference", activities="duty", weekdays="周日"),
    ),
    case_of(unit("a"), series(rounds="1-2"), seats(least=0), demand("date_preference", weekdays="Tue-Wed")),
)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2027-01-04 09:00", []),
        ("2027-01-05 09:00", [1]),  # a day later
        ("2027-01-02 09:00", [2]),  # two days earlier
        ("2027-01-04 14:00", [1]),  # another time of day
        ("2027-01-03 14:00", [2]),  # a day and a time of day
    ],
)
def test_days_and_another_time_of_day_count(start: str, expected: list[int]) -> None:
    case = case_of(
        unit("a"),
        series(rounds="1", times="09:00; 14:00", days_before=2, days_after=1),
        seats(),
        demand("date_preference"),
    )
    assert amounts(case, [held(case, "duty@2027-01-04", start=start, host="a")]) == expected


def test_the_first_time_is_the_nominal_one_even_if_it_is_the_later() -> None:
    case = case_of(unit("a"), series(rounds="1", times="14:00; 09:00"), seats(), demand("date_preference"))
    assert amounts(case, [held(case, "duty@2027-01-04", start="14:00", host="a")]) == []
    assert amounts(case, [held(case, "duty@2027-01-04", start="09:00", host="a")]) == [1]


def test_a_weekday_that_is_not_liked_counts_once_more() -> None:
    case = case_of(
        unit("a"), series(rounds="1", days_after=1), seats(), demand("date_preference", weekdays="周二、周三")
    )
    assert amounts(case, [held(case, "duty@2027-01-04", host="a")]) == [1]  # the nominal day is a Monday
    assert amounts(case, [held(case, "duty@2027-01-04", start="2027-01-05 09:00", host="a")]) == [1]  # a day later


def test_other_activities_are_not_meant() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1", days_after=1),
        series("extra", rounds="1"),
        seats(),
        demand("date_preference", activities="extra"),
    )
    assert amounts(case, [held(case, "duty@2027-01-04", start="2027-01-05 09:00", host="a")]) == []
    assert amounts(case, [held(case, "extra@2027-01-04", start="10:00")]) == [1]


def test_a_breach_says_what_was_intended() -> None:
    case = case_of(
        unit("a"), series(rounds="1", days_after=1, name="值守", name_en="Duty"), seats(), demand("date_preference")
    )
    (breach,) = breaches(case, [held(case, "duty@2027-01-04", start="2027-01-05 09:00", host="a")])
    assert breach.message.say("en") == (
        "Duty 2027-01-04 (Mon) starts at 2027-01-05 (Tue) 09:00; intended: 2027-01-04 (Mon) 09:00"
    )
    assert breach.message.say("zh") == (
        "值守 2027-01-04 (周一) 开始于 2027-01-05 (周二) 09:00；原定 2027-01-04 (周一) 09:00"
    )


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({}, "Sessions stay near their nominal date and time", "场次尽量靠近原定日期和时刻"),
        (
            {"weekdays": "周六、周日"},
            "Sessions stay near their nominal date and time, and on Sat, Sun",
            "场次尽量靠近原定日期和时刻，并安排在周六、周日",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), demand("date_preference", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
