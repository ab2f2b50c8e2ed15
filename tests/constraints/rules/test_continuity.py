"""Continuity in a coordinator's words: a course keeps its instructor."""

from __future__ import annotations

import pytest

from constraints.board import Board
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
    turns,
    unit,
    units,
)

TINY = (
    case_of(*units("a b c"), series(rounds="1-3"), seats(), demand("continuity", role="host")),
    case_of(  # rounds 1 and 4 lie in January, round 5 in February
        *units("a b"), series(rounds="1,4,5"), seats(), demand("continuity", role="host", per="month", weight=2)
    ),
    case_of(  # two activities, two seats in one of them
        *units("a b c"),
        series(rounds="1-2"),
        series("open", rounds="1"),
        seats(least=1, most=2),
        seats(activity="open"),
        demand("continuity", most=2),
    ),
    case_of(  # only members of a group, in one of the activities, in one of the roles
        unit("a", groups="old"),
        unit("b", groups="old"),
        unit("c"),
        series(rounds="1-2"),
        series("open", rounds="1"),
        seats(),
        seats("partner", groups="old"),
        seats(activity="open", groups="old"),
        demand("continuity", role="host", groups="old", activities="duty"),
    ),
    case_of(  # sessions that may take place, from one month into the next
        *units("a b"),
        series(rounds="4-5", presence="may", days_after=7, weekdays="Mon"),
        part("duty", "p"),
        part("duty", "q", attendance=1),
        seats(part="p"),
        seats("partner", part="q"),
        demand("continuity", per="month"),
    ),
)


def test_a_second_holder_is_one_in_excess_and_a_third_another() -> None:
    case = case_of(*units("a b c"), series(rounds="1-4"), seats(), demand("continuity", role="host"))
    assert amounts(case, turns(case, "a a a a")) == []
    (breach,) = breaches(case, turns(case, "a b b a"))
    assert (breach.amount, breach.who) == (1, ("a", "b"))
    assert set(breach.sessions) == set(session_ids(case))
    assert amounts(case, turns(case, "a b c a")) == [2]


def test_each_activity_and_each_period_has_its_own_holder() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1,4,5"),
        series("open", rounds="1", times="18:00"),
        seats(),
        seats(activity="open"),
        demand("continuity", role="host", per="month"),
    )
    assert amounts(case, turns(case, "a b a b")) == []  # duty, open day, duty; in February another duty
    assert amounts(case, turns(case, "a a b b")) == [1]  # duty in January: a and b


def test_a_session_counts_in_the_period_of_its_nominal_date() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="4-5", days_after=10),
        seats(),
        demand("continuity", role="host", per="month"),
    )
    january, february = session_ids(case)
    plan = [held(case, january, start="2027-02-02 09:00", host="a"), held(case, february, host="b")]
    assert amounts(case, plan) == []


def test_those_who_serve_in_another_role_are_no_holders() -> None:
    case = case_of(*units("a b"), series(rounds="1-2"), seats(), seats("partner"), demand("continuity", role="host"))
    first, second = session_ids(case)
    plan = [held(case, first, host="a", partner="b"), held(case, second, host="a", partner="b")]
    assert amounts(case, plan) == []


def test_a_holder_who_is_replaced_rules_nothing_out_but_a_third() -> None:
    case = case_of(*units("a b c"), series(rounds="1-3"), seats(), demand("continuity", role="host"))
    first, second, _ = turns(case, "a b a")
    last = session_ids(case)[2]
    board = Board(case, {last}, {session.id: session for session in (first, second)})
    board.post([rule_of(case)])
    trial = Trial(board)
    assert [trial.least_cost({last: held(case, last, host=who)}) for who in "abc"] == [0, 0, None]


def test_a_breach_names_the_holders() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        unit("b", name="民政局", name_en="Civil Affairs"),
        series(rounds="1-2", name="法律课", name_en="Law course"),
        seats(),
        demand("continuity", role="host"),
    )
    (breach,) = breaches(case, turns(case, "a b"))
    assert breach.message.say("en") == (
        "Law course has 2 different holders of Host in the whole horizon: Tax Office, Civil Affairs; at most 1"
    )
    assert breach.message.say("zh") == "法律课在全期有 2 个不同对象任“轮值单位”：税务局、民政局；至多 1 个"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {"per": "quarter"},
            "The sessions of an activity have the same Host each quarter",
            "每季度同一活动的“轮值单位”由同一对象担任",
        ),
        (
            {"most": 2},
            "The sessions of an activity have at most 2 different holders of Host in the whole horizon",
            "全期同一活动的“轮值单位”至多由 2 个不同对象担任",
        ),
    ],
)
def test_the_rule_is_said_with_its_period(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("continuity", role="host", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
