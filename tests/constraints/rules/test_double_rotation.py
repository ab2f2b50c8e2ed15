"""The double rotation in a coordinator's words: a resident who stays, and visiting instructors one after the other."""

from __future__ import annotations

import pytest

from constraints.board import Board
from constraints.reading import rule_problems
from constraints.trial import Trial
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    rule_of,
    seats,
    series,
    session_ids,
    unit,
    units,
)

BOTH = {"role": "resident", "with_role": "rotating"}

TINY = (
    case_of(
        *units("a b"),
        series(rounds="1-3"),
        seats("resident", least=0),
        seats("rotating"),
        demand("double_rotation", **BOTH),
    ),
    case_of(  # three sessions in a row, one of them in another month
        *units("a b c"),
        series(rounds="1,4-5"),
        seats("resident", least=0, groups="old"),
        unit("d", groups="old"),
        seats("rotating"),
        demand("double_rotation", per="month", rounds=3, weight=2, **BOTH),
    ),
    case_of(  # a session fewer than are looked at together; another activity, which does not count
        *units("a b"),
        series(rounds="1-2", presence="may", days_after=7, weekdays="Mon"),
        series("open", rounds="1"),
        seats("rotating"),
        seats("resident", least=0),
        seats("rotating", activity="open"),
        demand("double_rotation", rounds=3, activities="duty", **BOTH),
    ),
    case_of(  # two activities, one without the rotating role, and two parts in one of them
        unit("a", groups="old"),
        unit("b"),
        series(rounds="1-2"),
        series("open", rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        seats("rotating", part="p"),
        seats("rotating", part="q"),
        seats("resident", activity="open", least=0, most=2),
        demand("double_rotation", groups="old", **BOTH),
    ),
    case_of(  # two residents at once, and a rotation that asks for nothing
        *units("a b"),
        series(rounds="1-2"),
        seats("resident", most=2),
        seats("rotating"),
        demand("double_rotation", rounds=1, **BOTH),
    ),
)


def station(*pairs: str, **params: object) -> list[int]:
    """Hold weekly duties with so many pairs of a resident and a visiting instructor."""
    case = case_of(
        *units("a b c"),
        series(rounds=f"1-{len(pairs)}"),
        seats("resident", least=0),
        seats("rotating", least=0),
        demand("double_rotation", **BOTH, **params),
    )
    plan = [
        held(case, id_, resident=pair[0].strip("-"), rotating=pair[1].strip("-"))
        for id_, pair in zip(session_ids(case), pairs, strict=True)
    ]
    return amounts(case, plan)


def test_one_resident_and_visitors_who_change_are_a_double_rotation() -> None:
    assert station("ab", "ac", "ab", "ac") == []


def test_a_second_resident_is_one_in_excess() -> None:
    assert station("ab", "cc", "ba") == [2]  # a, c and b


def test_a_visitor_who_comes_twice_running_is_one_in_excess_each_time() -> None:
    assert station("ab", "ab", "ab") == [1, 1]  # sessions 1 and 2, 2 and 3
    assert station("ab", "a-", "ab") == []


def test_in_a_longer_run_others_have_to_come_in_between() -> None:
    assert station("ab", "ac", "ab", rounds=3) == [1]
    assert station("ab", "ab", "ab", "ac", rounds=3) == [2, 1]  # sessions 1-3: thrice; 2-4: twice
    assert station("ab", "ac", "ac", rounds=3) == [1]  # the last two are no run by themselves
    assert station("ab", "ab", rounds=3) == [1]  # as many as there are
    assert station("ab", "ab", rounds=1) == []


def test_a_resident_stays_for_the_period_only() -> None:
    assert station("ab", "ac", "ab", "ac", "ba", per="month") == []  # the fifth lies in February
    assert station("ab", "ac", "ab", "ac", "ba") == [1]


@pytest.mark.parametrize(("activities", "expected"), [("", [1, 1]), ("open", [1])])
def test_each_activity_has_its_own_double_rotation(activities: str, expected: list[int]) -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="1-2", times="18:00"),
        *(seats(role, activity) for role in ("resident", "rotating") for activity in ("duty", "open")),
        demand("double_rotation", activities=activities, **BOTH),
    )
    duty, evening, next_duty, next_evening = session_ids(case)
    plan = [
        held(case, duty, resident="a", rotating="b"),
        held(case, evening, resident="b", rotating="a"),
        held(case, next_duty, resident="a", rotating="b"),
        held(case, next_evening, resident="b", rotating="a"),
    ]
    assert amounts(case, plan) == expected


def test_what_is_past_and_wrong_rules_nothing_out_that_adds_nothing_to_it() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-3"),
        seats("resident"),
        seats("rotating"),
        demand("double_rotation", rounds=3, **BOTH),
    )
    first, second, third = session_ids(case)
    past = {id_: held(case, id_, resident=who, rotating="a") for id_, who in ((first, "a"), (second, "b"))}
    board = Board(case, {third}, past)
    board.post([rule_of(case)])
    trial = Trial(board)
    assert trial.least_cost({third: held(case, third, resident="a", rotating="b")}) == 0
    assert trial.least_cost({third: held(case, third, resident="a", rotating="a")}) is None


def test_a_breach_says_who_and_when() -> None:
    case = case_of(
        unit("a", name="王老师", name_en="Wang"),
        unit("b", name="李老师", name_en="Li"),
        series(rounds="1-2", name="值守", name_en="Duty"),
        seats("resident"),
        seats("rotating"),
        demand("double_rotation", **BOTH),
    )
    first, second = session_ids(case)
    plan = [held(case, first, resident="a", rotating="b"), held(case, second, resident="b", rotating="b")]
    residents, visits = breaches(case, plan)
    assert residents.message.say("en") == (
        "Duty has 2 different holders of Resident instructor in the whole horizon: Wang, Li; at most 1"
    )
    assert visits.message.say("en") == (
        "Li is Rotating instructor of Duty on 2027-01-04 (Mon), 2027-01-11 (Mon), 2 times in 2 consecutive sessions"
    )
    assert visits.message.say("zh") == (
        "李老师在值守连续 2 场中 2 次任“轮值讲师”：2027-01-04 (周一)、2027-01-11 (周一)"
    )
    assert (visits.who, visits.sessions) == (("b",), (first, second))


@pytest.mark.parametrize(
    ("rounds", "en", "zh"), [(3, "3 consecutive sessions", "连续 3 场"), (1, "one session", "同一场")]
)
def test_the_rule_is_said_with_its_roles(rounds: int, en: str, zh: str) -> None:
    case = case_of(
        unit("a"),
        series(),
        seats("resident"),
        seats("rotating"),
        demand("double_rotation", per="month", rounds=rounds, **BOTH),
    )
    said = rule_of(case).describe(case)
    assert said.say("en") == (
        f"An activity has one Resident instructor each month, and nobody is its Rotating instructor twice in {en}"
    )
    assert said.say("zh") == f"每月同一活动的“驻站讲师”固定为同一对象；“轮值讲师”{zh}内不重复"


def test_both_roles_must_be_known() -> None:
    case = case_of(unit("a"), series(), seats(), demand("double_rotation", **BOTH))
    assert [problem.field for problem in rule_problems(case)] == ["role", "with_role"]
