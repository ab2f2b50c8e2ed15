"""Audience fit in a coordinator's words: couriers are free between two rushes, and at their own depot."""

from __future__ import annotations

import pytest

from tests.constraints.building import (
    amounts,
    audience,
    breaches,
    case_of,
    demand,
    held,
    rule_of,
    series,
    site,
)

COURIERS = audience("riders", 30, "09:00", "11:00", weekdays="Mon-Fri", name="骑手")
DRIVERS = audience("drivers", 20, "10:00", "12:00", name="司机")
NIGHT = audience("night", 5, "22:00", "02:00", weekdays="Mon", name="夜班")

TINY = (
    case_of(series(rounds="1-2", times="09:00; 10:00; 11:00"), COURIERS, DRIVERS, demand("audience_fit", weight=2)),
    case_of(
        series(rounds="1", times="09:00; 10:00; 11:00", presence="may", days_before=1),
        series("talk", rounds="2", times="09:00; 15:00"),
        COURIERS,
        DRIVERS,
        demand("audience_fit", activities="duty", audience="riders", least=25),
    ),
    case_of(  # rows of a site count there alone, rows without one everywhere
        site("hall"),
        site("yard"),
        site("depot"),
        series(rounds="1-2", times="10:00; 15:00"),
        COURIERS,
        audience("hallside", 4, "10:00", "16:00", site="hall"),
        audience("yardside", 7, "15:00", "16:00", site="yard"),
        demand("audience_fit"),
    ),
    case_of(site("hall"), site("yard"), series(times="10:00; 15:00"), DRIVERS, demand("audience_fit", least=21)),
    case_of(series(rounds="1", times="00:30; 23:00", days_after=1), NIGHT, demand("audience_fit", least=1)),
    case_of(series(rounds="1-2", times="09:00; 10:00"), demand("audience_fit", least=1)),
)


def at(*starts: str, **params: object) -> list[int]:
    """Return the amounts of one session on Monday at the last of its possible starts."""
    case = case_of(series(rounds="1", times="; ".join(starts)), COURIERS, DRIVERS, demand("audience_fit", **params))
    return amounts(case, [held(case, "duty@2027-01-04", start=starts[-1])])


def test_the_hour_at_which_most_are_free_is_innocent_and_others_miss_the_difference() -> None:
    # From ten to eleven both are free: 50; from nine only the 30 couriers; from eleven only the 20 drivers.
    assert at("09:00", "11:00", "10:00") == []
    assert at("10:00", "09:00") == [20]
    assert at("10:00", "11:00") == [30]


def test_without_a_better_start_nobody_is_missing() -> None:
    assert at("15:00") == []
    assert at("16:00", "15:00") == []


def test_a_number_that_is_stated_takes_the_place_of_the_best() -> None:
    assert at("10:00", "09:00", least=30) == []
    assert at("10:00", "09:00", least=35) == [5]
    assert at("15:00", least=35) == [35]
    assert at("10:00", "15:00", least=0) == []


def test_who_is_free_for_a_part_of_the_session_is_not_free() -> None:
    assert at("10:00", "10:30") == [30]  # the couriers leave at eleven, half an hour before the end


def test_only_the_audience_named_is_looked_at() -> None:
    assert at("09:00", "10:00", audience="riders") == []
    assert at("09:00", "11:00", audience="riders") == [30]


def test_rows_that_share_a_name_are_named_together() -> None:
    evening = audience("riders_evening", 8, "18:00", "20:00", name="骑手")
    case = case_of(
        series(rounds="1", times="09:00; 10:00; 18:00"),
        COURIERS,
        DRIVERS,
        evening,
        demand("audience_fit", audience="骑手"),
    )
    assert list(rule_of(case).misfits(case)) == []
    assert amounts(case, [held(case, "duty@2027-01-04", start="09:00")]) == []
    assert amounts(case, [held(case, "duty@2027-01-04", start="18:00")]) == [22]
    assert rule_of(case).describe(case).say("zh") == "各场次：安排在骑手有空人数最多的时间和站点"


def test_couriers_free_on_weekdays_are_not_free_on_sunday() -> None:
    case = case_of(series(rounds="1", days_before=1), COURIERS, demand("audience_fit"))
    assert amounts(case, [held(case, "duty@2027-01-04")]) == []
    assert amounts(case, [held(case, "duty@2027-01-04", start="2027-01-03 09:00")]) == [30]


def test_a_time_that_runs_past_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    case = case_of(series(rounds="1", times="01:00; 22:30; 01:30", days_after=1), NIGHT, demand("audience_fit"))
    said = {"2027-01-05 01:00": [], "2027-01-04 22:30": [], "2027-01-04 01:00": [5], "2027-01-05 01:30": [5]}
    for start, missing in said.items():
        assert amounts(case, [held(case, "duty@2027-01-04", start=start)]) == missing, start


def test_people_of_another_site_do_not_come() -> None:
    case = case_of(
        site("hall", name="大厅", name_en="Hall"),
        site("yard", name="院子", name_en="Yard"),
        series(rounds="1", name="义诊", name_en="Clinic"),
        COURIERS,
        audience("neighbours", 12, "08:00", "18:00", site="hall"),
        demand("audience_fit"),
    )
    assert amounts(case, [held(case, "duty@2027-01-04", at="hall")]) == []
    (breach,) = breaches(case, [held(case, "duty@2027-01-04", at="yard")])
    assert (breach.amount, breach.sessions) == (12, ("duty@2027-01-04",))
    assert breach.message.say("en") == "Clinic 2027-01-04 (Mon) 09:00 at Yard: 30 people are free; at best: 42"
    assert breach.message.say("zh") == "义诊 2027-01-04 (周一) 09:00（院子）：届时有空的有 30 人；最多可达 42 人"


def test_other_activities_are_not_meant_and_what_is_asked_for_is_said() -> None:
    case = case_of(
        series(rounds="1", times="15:00"),
        series("talk", rounds="1", times="15:00"),
        COURIERS,
        demand("audience_fit", activities="talk", least=3),
    )
    (breach,) = breaches(case, [held(case, "duty@2027-01-04"), held(case, "talk@2027-01-04")])
    assert breach.sessions == ("talk@2027-01-04",)
    assert breach.message.say("en").endswith(": 0 people are free; asked for: 3")
    assert breach.message.say("zh").endswith("届时有空的有 0 人；要求 3 人")


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {},
            "Sessions: when and where as many people as possible are free",
            "各场次：安排在人群有空人数最多的时间和站点",
        ),
        (
            {"least": 20},
            "Sessions: when and where at least 20 people are free",
            "各场次：安排在人群至少 20 人有空的时间和站点",
        ),
        (
            {"audience": "riders; drivers", "activities": "duty", "least": 20},
            "duty: when and where at least 20 of 骑手, 司机 are free",
            "duty：安排在骑手、司机至少 20 人有空的时间和站点",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(series(), COURIERS, DRIVERS, demand("audience_fit", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
