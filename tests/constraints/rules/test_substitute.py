"""Substitute in a coordinator's words: the health car could not come, so a medical centre examined people instead."""

from __future__ import annotations

import pytest

from constraints.reading import rule_problems
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    order,
    rule_of,
    seats,
    series,
    service,
    unit,
)

CAR = series("car", rounds="1-3", presence="may", name="体检车", name_en="Health car")
CENTRE = series("centre", rounds="1-4", presence="may", name="体检中心", name_en="Medical centre")
RULE = {"activities": "car", "instead": "centre"}

TINY = (
    case_of(
        series("car", rounds="1-2", presence="may"),
        CENTRE,
        series("walk", rounds="1", presence="may"),
        demand("substitute", **RULE, weight=2),
    ),
    case_of(CAR, CENTRE, demand("substitute", **RULE, per="week")),
    case_of(  # two of each, one of which must take place; the rest of the year has no car
        unit("a"),
        series("car", rounds="1-2", presence="may", days_after=7),
        series("van", rounds="1", presence="may"),
        series("centre", rounds="2"),
        series("clinic", rounds="1, 3", presence="may"),
        seats(activity="van"),
        demand("substitute", activities="car; van", instead="centre; clinic", per="week", weight=3),
    ),
    case_of(  # the substitute is ordered
        CAR,
        service("centre"),
        order("o1", "centre", "2027-01-05; 2027-01-06"),
        order("o2", "centre", "2027-01-12"),
        demand("substitute", **RULE, per="week"),
    ),
    case_of(CAR, series("centre", rounds="5", presence="may"), demand("substitute", **RULE, per="week")),
)


def year(*sessions: str, **params: object) -> list[int]:
    case = case_of(CAR, CENTRE, demand("substitute", **RULE, **params))
    return amounts(case, [held(case, session) for session in sessions])


def test_one_of_the_two_is_innocent_and_none_or_both_is_not() -> None:
    assert year("car@2027-01-04") == []
    assert year("centre@2027-01-25") == []
    assert year() == [1]
    assert year("car@2027-01-04", "centre@2027-01-25") == [1]


def test_more_sessions_of_the_same_are_no_second_choice() -> None:
    assert year("car@2027-01-04", "car@2027-01-11") == []
    assert year("centre@2027-01-04", "centre@2027-01-11", "centre@2027-01-18") == []


def test_what_is_neither_of_the_two_replaces_nothing() -> None:
    case = case_of(CAR, CENTRE, series("walk", rounds="1"), demand("substitute", **RULE))
    assert amounts(case, [held(case, "walk@2027-01-04")]) == [1]


def test_each_period_for_which_the_first_choice_is_foreseen_is_looked_at_by_itself() -> None:
    # The car in the first week, the centre in the second, nobody in the third; no car was foreseen for the fourth.
    assert year("car@2027-01-04", "centre@2027-01-11", per="week") == [1]
    assert year("car@2027-01-04", "centre@2027-01-11", "centre@2027-01-18", "centre@2027-01-25", per="week") == []
    assert year("centre@2027-01-04", "centre@2027-01-11", "car@2027-01-18", "centre@2027-01-18", per="week") == [1]


def test_a_session_lies_in_the_period_of_its_nominal_date() -> None:
    case = case_of(
        series("car", rounds="1", presence="may", days_after=7), CENTRE, demand("substitute", **RULE, per="week")
    )
    moved = held(case, "car@2027-01-04", start="2027-01-11 09:00")
    assert amounts(case, [moved]) == []
    assert amounts(case, [moved, held(case, "centre@2027-01-11")]) == []
    assert amounts(case, [moved, held(case, "centre@2027-01-04")]) == [1]


def test_breaches_name_the_two_and_the_period() -> None:
    case = case_of(
        CAR,
        CENTRE,
        series("clinic", rounds="1", presence="may", name="义诊", name_en="Clinic"),
        demand("substitute", activities="car", instead="centre; clinic", per="week"),
    )
    both, neither = breaches(
        case, [held(case, f"{a}@2027-01-04") for a in ("car", "clinic")] + [held(case, "car@2027-01-11")]
    )
    assert both.message.say("en") == "both Health car and Clinic take place in week 1 of 2027"
    assert both.message.say("zh") == "体检车与义诊在 2027年第1周都举办"
    assert both.sessions == ("car@2027-01-04", "clinic@2027-01-04")
    assert neither.message.say("en") == "neither Health car nor Medical centre, Clinic takes place in week 3 of 2027"
    assert neither.message.say("zh") == "体检车与体检中心、义诊在 2027年第3周均未举办"


def test_nothing_replaces_itself() -> None:
    (problem,) = rule_problems(case_of(CAR, CENTRE, demand("substitute", activities="car", instead="centre; car")))
    assert problem.field == "instead"
    assert problem.message.say("en").endswith("cannot replace itself")
    assert problem.message.say("zh").endswith("不能替代自己")


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {},
            "Health car or else Medical centre takes place in the whole horizon, not both",
            "全期举办体检车，不办则办体检中心，二者只办其一",
        ),
        (
            {"per": "month"},
            "Health car or else Medical centre takes place each month, not both",
            "每月举办体检车，不办则办体检中心，二者只办其一",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    said = rule_of(case := case_of(CAR, CENTRE, demand("substitute", **RULE, **params))).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
