"""Rising load in a coordinator's words: whoever has many turns already is the last to be asked for one more."""

from __future__ import annotations

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    part,
    rule_of,
    seats,
    series,
    turn,
    turns,
    unit,
    units,
)

TINY = (
    case_of(*units("a b"), series(rounds="1-4"), seats(), demand("rising_load", role="host", weight=2)),
    case_of(*units("a b c"), series(rounds="1-3"), seats(), demand("rising_load", role="host", free=1)),
    case_of(  # only the old ones are counted, and only in duty; some seats may stay empty, some sessions be declined
        unit("a", groups="old"),
        unit("b", groups="old"),
        unit("c"),
        series(rounds="1-2"),
        series("open", rounds="1", presence="may"),
        seats(least=1, most=2),
        seats(activity="open"),
        demand("rising_load", role="host", groups="old", activities="duty"),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-3", presence="may"),
        seats(),
        demand("rising_load", role="host", free=1),
    ),
    case_of(*units("a b"), series(rounds="1-2"), seats(), seats("partner"), demand("rising_load", free=1)),
    case_of(  # a turn is a turn, whether in one part or in two
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("rising_load", role="host"),
    ),
)


def test_each_turn_costs_more_than_the_one_before() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("rising_load", role="host"))
    assert amounts(case, turns(case, "a a a b")) == [9, 1]  # 3^2 and 1^2
    assert amounts(case, turns(case, "a a b b")) == [4, 4]


def test_turns_that_are_free_cost_nothing() -> None:
    case = case_of(*units("a b c"), series(rounds="1-4"), seats(), demand("rising_load", role="host", free=2))
    assert amounts(case, turns(case, "a a b b")) == []
    assert amounts(case, turns(case, "a a a a")) == [4]  # (4 - 2)^2


def test_turns_of_other_roles_groups_and_years_are_not_counted() -> None:
    case = case_of(
        unit("a", groups="x"),
        unit("b"),
        series(rounds="1-2"),
        seats(),
        seats("partner", least=0),
        turn("a", "2026-12-28"),
        demand("rising_load", role="host", groups="x"),
    )
    assert amounts(case, turns(case, "a b")) == [1]
    assert amounts(case, turns(case, "a a", role="partner")) == []


def test_a_breach_names_who_and_how_many() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1-2"),
        seats(),
        demand("rising_load", role="host"),
    )
    (breach,) = breaches(case, turns(case, "a a"))
    assert (breach.who, breach.sessions) == (("a",), ("duty@2027-01-04", "duty@2027-01-11"))
    assert breach.message.say("en") == "Tax Office has 2 turns as Host: 4 points of load"
    assert breach.message.say("zh") == "税务局任“轮值单位”2 次：计 4 负担分"


def test_the_rule_is_said_with_what_is_free() -> None:
    rows = (*units("a"), series(rounds="1"), seats())
    plain = case_of(*rows, demand("rising_load", role="host"))
    beyond = case_of(*rows, demand("rising_load", role="host", free=2))
    assert rule_of(plain).describe(plain).say("en") == "Each further turn as Host costs more than the one before"
    assert rule_of(plain).describe(plain).say("zh") == "任“轮值单位”的次数越多，再多一次的代价越高"
    assert (
        rule_of(beyond).describe(beyond).say("en")
        == "Each further turn as Host beyond 2 turns costs more than the one before"
    )
    assert rule_of(beyond).describe(beyond).say("zh") == "任“轮值单位”超过 2 次之后的次数越多，再多一次的代价越高"
