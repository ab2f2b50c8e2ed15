"""Order in a coordinator's words: training first, then the service; the report a week or two after each open day."""

from __future__ import annotations

import pytest

from constraints.reading import rule_problems
from rota.case import Case
from rota.row import Row
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    rule_of,
    series,
    session_ids,
)

DAILY = cycle("days", "FREQ=DAILY;COUNT=10")


def course(training: str, service: str, *rows: Row, rule: dict[str, object] | None = None, **cells: object) -> Case:
    """Trainings of two hours and services on days from Monday 4 January 2027 on, each on its day or the next."""
    given = {"cycle": "days", "days_after": 1, **cells}
    return case_of(
        DAILY,
        series("training", rounds=training, minutes=120, name="培训", name_en="Training", **given),
        series("service", rounds=service, name="服务", name_en="Service", **given),
        *rows,
        demand("precedence", **{"activities": "training", "then": "service", **(rule or {})}),
    )


TINY = (
    course("1-2", "2-3", rule={"weight": 2}),
    course("2", "1-3", days_before=1),
    course("1", "1", times="09:00; 10:00; 11:00", days_after=0),  # over at eleven
    course("1-2", "2-3", presence="may", rule={"days": 2}),
    course("1-2", "3-4", rule={"match": "按轮对应", "days": 2, "most_days": 2}),
    course("1-3", "2,4", presence="may", rule={"match": "round", "days": 1, "most_days": 1}),
    course(
        "1",
        "2",
        series("tea", cycle="days", rounds="1-2"),
        series("walk", cycle="days", rounds="2"),
        series("free", cycle="days", rounds="1"),
        rule={"activities": "training; tea", "then": "service; walk"},
    ),
    course(
        "1,3", "2", series("tea", cycle="days", rounds="1-2"), rule={"activities": "training; tea", "match": "round"}
    ),
)


def on(case: Case, *starts: str) -> list[int]:
    """Hold the sessions of the agenda in turn at starts in January, and return the amounts of the breaches."""
    sessions = zip(session_ids(case), starts, strict=True)
    return amounts(case, [held(case, s, start=f"2027-01-{start}") for s, start in sessions if start])


@pytest.mark.parametrize(
    ("training", "service", "days", "expected"),
    [
        ("04 09:00", "04 11:00", 0, []),  # when the training is over
        ("04 09:00", "04 10:00", 0, [1]),  # before it is
        ("04 09:00", "04 09:00", 0, [1]),
        ("05 09:00", "04 14:00", 0, [1]),
        ("07 09:00", "04 09:00", 0, [3]),  # three days too early
        ("04 09:00", "06 09:00", 2, []),
        ("04 20:00", "06 08:00", 2, []),  # days are counted, not hours
        ("04 09:00", "05 09:00", 2, [1]),
        ("05 09:00", "04 09:00", 2, [3]),
    ],
)
def test_the_service_begins_when_the_training_is_over_and_the_days_have_passed(
    training: str, service: str, days: int, expected: list[int]
) -> None:
    case = course("1", "2", rule={"days": days})
    assert on(case, training, service) == expected


def test_days_are_counted_from_the_day_on_which_the_training_begins() -> None:
    case = course("1", "2", times="09:00; 23:00", rule={"days": 2})
    assert on(case, "04 23:00", "06 09:00") == []


def test_every_training_comes_before_every_service() -> None:
    case = course("1-2", "3-4")
    assert on(case, "04 09:00", "05 09:00", "06 09:00", "07 09:00") == []
    assert on(case, "04 09:00", "08 09:00", "06 09:00", "07 09:00") == [2, 1]  # the second is late for both
    assert on(case, "04 09:00", "", "06 09:00", "07 09:00") == []


def test_round_by_round_each_service_comes_after_its_own_training() -> None:
    case = course("1,3", "2,4", rule={"match": "round", "days": 1, "most_days": 2})
    assert session_ids(case) == [
        "training@2027-01-04",
        "service@2027-01-05",
        "training@2027-01-06",
        "service@2027-01-07",
    ]
    assert on(case, "04 09:00", "05 09:00", "06 09:00", "08 09:00") == []
    assert on(case, "04 09:00", "09 09:00", "06 09:00", "07 09:00") == [3]  # five days later, at most two
    assert on(case, "04 09:00", "05 09:00", "07 09:00", "07 14:00") == [1]  # on the same day
    assert on(case, "", "05 09:00", "06 09:00", "07 09:00") == []  # the first has no training to come after


def test_sessions_without_a_counterpart_are_free() -> None:
    case = course("2", "1,3", rule={"match": "round"})
    assert session_ids(case) == ["service@2027-01-04", "training@2027-01-05", "service@2027-01-06"]
    assert on(case, "04 09:00", "05 09:00", "06 09:00") == [1]  # the first service belongs to the only training
    assert on(case, "06 09:00", "05 09:00", "04 09:00") == []


def test_every_first_activity_precedes_every_later_one() -> None:
    tea = series("tea", cycle="days", rounds="1")
    case = course("1", "2", tea, rule={"activities": "training; tea"})
    assert session_ids(case) == ["tea@2027-01-04", "training@2027-01-04", "service@2027-01-05"]
    assert on(case, "04 09:00", "04 09:00", "05 09:00") == []
    assert on(case, "07 09:00", "04 09:00", "05 09:00") == [2]
    assert on(case, "07 09:00", "06 09:00", "05 09:00") == [1, 2]


@pytest.mark.parametrize(
    ("rule", "field", "zh"),
    [
        ({"then": "service; training"}, "then", "“service; training”与在先的活动项目重复"),
        ({"most_days": 3}, "most_days", "“3”只用于“按轮对应”"),
        ({"match": "round", "days": 4, "most_days": 3}, "most_days", "“3”小于最少"),
        ({"then": "nothing"}, "then", "“nothing”在本排班中不存在；已有：service、training"),
    ],
)
def test_what_makes_no_sense_is_refused(rule: dict[str, object], field: str, zh: str) -> None:
    (problem,) = rule_problems(course("1", "2", rule=rule))
    assert (problem.field, problem.message.say("zh")) == (field, zh)


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ({}, "", ""),
        ({"days": 1}, ", at least 1 day later", "，至少晚 1 天"),
        ({"match": "round", "days": 1, "most_days": 3}, ", 1 to 3 days later", "，晚 1 至 3 天"),
    ],
)
def test_a_breach_says_both_starts_and_what_is_asked_for(rule: dict[str, object], en: str, zh: str) -> None:
    case = course("2", "1", rule=rule)
    (breach,) = breaches(case, [held(case, session) for session in session_ids(case)])
    assert breach.message.say("en") == (
        f"Service 2027-01-04 (Mon) 09:00 should begin after the end of Training 2027-01-05 (Tue) 09:00{en}"
    )
    assert breach.message.say("zh") == (
        f"服务 2027-01-04 (周一) 09:00 应在培训 2027-01-05 (周二) 09:00 结束之后开始{zh}"
    )
    assert breach.sessions == ("training@2027-01-05", "service@2027-01-04")


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        (
            {},
            "Every session of Service begins after the end of all sessions of Training",
            "服务的各场在培训的全部场次结束之后",
        ),
        (
            {"match": "round", "most_days": 3},
            "Each session of Service begins after the end of the matching session of Training, 0 to 3 days later",
            "服务的各场在培训的对应场次结束之后，晚 0 至 3 天",
        ),
    ],
)
def test_the_rule_is_said(rule: dict[str, object], en: str, zh: str) -> None:
    case = course("1", "2", rule=rule)
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
