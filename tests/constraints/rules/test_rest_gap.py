"""Rest in a coordinator's words: so many rounds lie between two turns of the same unit, the last year's included."""

from __future__ import annotations

import pytest

from rota.demand import HistoricTurn
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    part,
    rule_of,
    seats,
    series,
    turn,
    turns,
    unit,
    units,
    weeks,
)

TINY = (
    case_of(  # three turns within one stretch are three pairs
        *units("a b"), series(rounds="1-3"), seats(), demand("rest_gap", role="host", cycle="weeks", rounds=3)
    ),
    case_of(  # two sessions in each round, the first and the last included
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="1-2"),
        seats(),
        seats(activity="open"),
        demand("rest_gap", role="host", cycle="weeks", rounds=2),
    ),
    case_of(  # two known turns that lie close to each other, and to rounds 1 and 2
        *units("a b"),
        series(rounds="1-2"),
        seats(),
        turn("a", "2026-12-28"),
        turn("a", "2026-12-21"),
        demand("rest_gap", role="host", cycle="weeks", rounds=3),
    ),
    case_of(*units("a b"), series(rounds="1-3"), seats(), demand("rest_gap", role="host", cycle="weeks", rounds=2)),
    case_of(*units("a b"), series(rounds="1,2,4"), seats(), demand("rest_gap", cycle="weeks", rounds=3, weight=2)),
    case_of(  # rounds of a fortnight: 4 and 11 January lie in one of them
        *units("a b"),
        weeks(5),
        cycle("fortnights", "FREQ=WEEKLY;INTERVAL=2;COUNT=3"),
        series(rounds="1-3"),
        seats(),
        demand("rest_gap", role="host", cycle="fortnights", rounds=1),
    ),
    case_of(  # a hosted duty on 28 December, a week before round 1, and an open day that is another matter
        *units("a b"),
        series(rounds="1-3"),
        series("open", rounds="2"),
        seats(),
        seats(activity="open"),
        turn("a", "2026-12-28"),
        turn("b", "2026-12-28", activity="open"),
        demand("rest_gap", role="host", cycle="weeks", rounds=2, activities="duty"),
    ),
    case_of(  # a turn that is already known of round 3
        *units("a b"),
        series(rounds="1,2,5"),
        seats(),
        turn("a", "2027-01-18"),
        demand("rest_gap", role="host", cycle="weeks", rounds=2),
    ),
    case_of(
        unit("a", groups="old"),
        unit("b"),
        series(rounds="1-2"),
        seats(),
        seats("partner"),
        turn("a", "2026-12-28", role="partner"),
        turn("a", "2026-12-21", role="host"),
        demand("rest_gap", role="partner", groups="old", cycle="weeks", rounds=2),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-3", presence="may", days_after=7, weekdays="Mon"),
        seats(),
        demand("rest_gap", role="host", cycle="weeks", rounds=2),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("rest_gap", cycle="weeks", rounds=2),
    ),
)


def test_a_unit_with_two_turns_inside_the_gap_is_a_breach_and_at_the_gap_is_not() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("rest_gap", cycle="weeks", rounds=2))
    assert amounts(case, turns(case, "a b a b")) == []  # 2 rounds apart
    (breach,) = breaches(case, turns(case, "a a b -"))
    assert (breach.amount, breach.who) == (1, ("a",))  # 1 round apart: 1 is missing
    assert breach.sessions == ("duty@2027-01-04", "duty@2027-01-11")


def test_all_pairs_of_turns_are_counted_not_only_neighbours() -> None:
    case = case_of(*units("a"), series(rounds="1-3"), seats(), demand("rest_gap", cycle="weeks", rounds=3))
    # rounds 1, 2, 3: two pairs lie 1 apart and lack 2 each, one lies 2 apart and lacks 1
    assert sorted(amounts(case, turns(case, "a a a"))) == [1, 2, 2]


def test_two_turns_in_one_round_lack_all_of_the_gap() -> None:
    case = case_of(
        *units("a"),
        series(rounds="1"),
        series("extra", rounds="1", times="14:00"),
        seats(),
        seats(activity="extra"),
        demand("rest_gap", cycle="weeks", rounds=2),
    )
    assert amounts(case, turns(case, "a a")) == [2]


def test_the_last_turn_of_the_year_before_is_looked_back_on() -> None:
    rows = (*units("a"), series(rounds="1"), seats(), demand("rest_gap", role="host", cycle="weeks", rounds=2))
    near = case_of(*rows, turn("a", "2026-12-28"))
    far = case_of(*rows, turn("a", "2026-12-21"))
    assert amounts(near, turns(near, "a")) == [1]  # 28 December is the round before round 1
    assert amounts(far, turns(far, "a")) == []


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (turn("a", "2026-12-28"), [1]),
        (turn("b", "2026-12-28"), []),  # somebody else's
        (turn("a", "2026-12-28", role="partner"), []),
        (turn("a", "2026-12-28", activity="open"), []),
        (turn("a", "2027-01-11"), [1]),  # the round after round 1
        (turn("a", "2027-01-18"), []),
    ],
)
def test_only_turns_that_count_are_looked_back_on(earlier: HistoricTurn, expected: list[int]) -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1"),
        seats(),
        earlier,
        demand("rest_gap", role="host", activities="duty", cycle="weeks", rounds=2),
    )
    assert amounts(case, turns(case, "a")) == expected


def test_where_no_role_is_named_turns_in_any_are_looked_back_on() -> None:
    case = case_of(
        *units("a"),
        series(rounds="1"),
        seats(),
        turn("a", "2026-12-28", role="partner", activity="open"),
        demand("rest_gap", cycle="weeks", rounds=2),
    )
    assert amounts(case, turns(case, "a")) == [1]


def test_two_turns_of_the_year_before_are_past() -> None:
    case = case_of(
        *units("a"),
        series(rounds="5"),
        seats(),
        turn("a", "2026-12-21"),
        turn("a", "2026-12-28"),
        demand("rest_gap", role="host", cycle="weeks", rounds=2),
    )
    assert amounts(case, turns(case, "a")) == []


def test_a_breach_names_both_turns() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1-2", name="值守", name_en="Duty"),
        seats(),
        turn("a", "2026-12-28"),
        demand("rest_gap", role="host", cycle="weeks", rounds=2),
    )
    this_year, last_year = breaches(case, turns(case, "a a"))
    assert this_year.message.say("en") == (
        "Tax Office serves in Duty 2027-01-04 (Mon) and in Duty 2027-01-11 (Mon), 1 round apart; asked for: 2 rounds"
    )
    assert last_year.message.say("zh") == (
        "税务局在 2026-12-28 (周一) 与值守 2027-01-04 (周一) 当值，仅隔 1 轮；要求 2 轮"
    )
    assert last_year.sessions == ("duty@2027-01-04",)


def test_the_rule_is_said_with_its_cycle() -> None:
    case = case_of(unit("a"), series(), seats(), demand("rest_gap", role="host", cycle="weeks", rounds=3))
    said = rule_of(case).describe(case)
    assert said.say("en") == "At least 3 rounds of weeks from one turn as Host to the next"
    assert said.say("zh") == "同一对象两次任“轮值单位”至少相隔 3 轮（按weeks）"
