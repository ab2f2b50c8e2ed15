"""Turns spread over the year in a coordinator's words: so many in any stretch of rounds."""

from __future__ import annotations

import pytest

from constraints.board import Board
from constraints.reading import rule_problems
from constraints.trial import Trial
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
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
    weeks,
)

TINY = (
    case_of(*units("a b"), weeks(4), series(rounds="1-4"), seats(), demand("spread", cycle="weeks", rounds=2, most=1)),
    case_of(
        *units("a b c"),
        weeks(4),
        series(rounds="1-4"),
        seats(),
        demand("spread", role="host", cycle="weeks", rounds=3, least=1, most=2, weight=2),
    ),
    case_of(  # members of a part of the stretch, and those of no group
        unit("a", joined="2027-01-05", groups="old"),
        unit("b", left="2027-01-17", groups="old"),
        unit("c"),
        unit("d", groups="old"),
        weeks(3),
        series(rounds="1-3"),
        seats(),
        demand("spread", role="host", groups="old", cycle="weeks", rounds=2, least=1),
    ),
    case_of(  # a round without a session, sessions that may take place, and others that do not count
        *units("a b"),
        weeks(3),
        series(rounds="1,3", presence="may", days_after=7, weekdays="Mon"),
        series("open", rounds="1"),
        seats(),
        seats(activity="open"),
        demand("spread", role="host", activities="duty", cycle="weeks", rounds=1, least=1, most=1),
    ),
    case_of(  # two sessions in one round of another cycle, two parts in each
        *units("a b"),
        weeks(3),
        cycle("fortnights", "FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        series(rounds="1-3"),
        part("duty", "p"),
        part("duty", "q", attendance=1),
        seats(part="p"),
        seats("partner", part="q"),
        demand("spread", cycle="fortnights", rounds=1, most=1),
    ),
)


def test_two_turns_within_a_stretch_of_rounds_are_too_many_and_in_the_next_stretch_they_are_not() -> None:
    case = case_of(*units("a b"), series(rounds="1-5"), seats(), demand("spread", cycle="weeks", rounds=2, most=1))
    assert amounts(case, turns(case, "a b a b a")) == []
    (breach,) = breaches(case, turns(case, "a b b a -"))
    assert (breach.amount, breach.who, breach.sessions) == (1, ("b",), ("duty@2027-01-11", "duty@2027-01-18"))


def test_each_stretch_counts_by_itself() -> None:
    case = case_of(*units("a b"), series(rounds="1-5"), seats(), demand("spread", cycle="weeks", rounds=3, most=1))
    # rounds 1-3: 3 turns, 2 too many; rounds 2-4: 2, 1 too many; rounds 3-5: 1
    assert amounts(case, turns(case, "a a a - -")) == [2, 1]


def test_a_stretch_without_a_turn_lacks_it() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("spread", cycle="weeks", rounds=3, least=1))
    # of the five rounds 1-3 and 2-4 have a turn of each; in 3-5 b has none
    assert amounts(case, turns(case, "a b a -")) == [1]
    assert amounts(case, turns(case, "a - b a")) == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, [1, 1]),
        ({"joined": "2027-01-04"}, [1, 1]),
        ({"joined": "2027-01-05"}, [1]),  # no member on the date of round 1: only rounds 2 and 3 are asked for
        ({"left": "2027-01-17"}, [1]),  # no member on the date of round 3
        ({"left": "2027-01-18"}, [1, 1]),
        ({"joined": "2027-01-12"}, []),
    ],
)
def test_a_minimum_is_asked_only_of_those_who_are_members_throughout(
    cells: dict[str, str], expected: list[int]
) -> None:
    case = case_of(
        unit("a", **cells),
        unit("b"),
        weeks(3),
        series(rounds="1-3"),
        seats(),
        demand("spread", cycle="weeks", rounds=2, least=1),
    )
    assert [b.amount for b in breaches(case, turns(case, "b b b")) if b.who == ("a",)] == expected


def test_a_turn_lies_in_the_round_of_its_nominal_date() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-3", days_after=7),
        seats(),
        demand("spread", role="host", cycle="weeks", rounds=1, most=1),
    )
    first, second, _ = session_ids(case)
    assert amounts(case, [held(case, first, start="2027-01-11 09:00", host="a"), held(case, second, host="a")]) == []


def test_what_is_past_and_wrong_rules_nothing_out_later() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("spread", cycle="weeks", rounds=2, most=1))
    *past, _ = turns(case, "b b a b")
    last = session_ids(case)[3]
    board = Board(case, {last}, {session.id: session for session in past})
    board.post([rule_of(case)])
    trial = Trial(board)
    assert [trial.least_cost({last: held(case, last, host=who)}) for who in "ab"] == [None, 0]


def test_only_turns_that_count_are_counted() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="1"),
        seats(least=0),
        seats("partner", least=0),
        seats(activity="open"),
        demand("spread", role="host", activities="duty", cycle="weeks", rounds=2, most=1),
    )
    first, other, second = session_ids(case)
    plan = [held(case, first, host="a"), held(case, other, host="a"), held(case, second, partner="a")]
    assert amounts(case, plan) == []


def test_a_breach_names_the_rounds_and_their_dates() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1-3"),
        seats(),
        demand("spread", role="host", cycle="weeks", rounds=2, most=1),
    )
    first, _ = breaches(case, turns(case, "a a a"))
    assert first.message.say("en") == (
        "Tax Office has 2 turns as Host in rounds 1 to 2 (2027-01-04 (Mon) to 2027-01-11 (Mon)); at most 1"
    )
    assert first.message.say("zh") == (
        "税务局在第 1 至 2 轮（2027-01-04 (周一) 至 2027-01-11 (周一)）任“轮值单位”2 次；至多 1 次"
    )


def test_a_breach_within_one_round_names_that_round() -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(), demand("spread", cycle="weeks", rounds=1, most=0))
    (breach,) = breaches(case, turns(case, "a"))
    assert breach.message.say("en") == "a has 1 turn in round 1 (2027-01-04 (Mon)); at most 0"
    assert breach.message.say("zh") == "a 在第 1 轮（2027-01-04 (周一)）当值 1 次；至多 0 次"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"rounds": 3, "most": 1}, "at most 1 turn in any 3 rounds on end of weeks", "任意连续 3 轮内，至多 1 次"),
        ({"rounds": 3, "least": 1}, "at least 1 turn in any 3 rounds on end of weeks", "任意连续 3 轮内，至少 1 次"),
        ({"rounds": 1, "least": 1, "most": 2}, "1 to 2 turns in any round of weeks", "每一轮内，1 至 2 次"),
        ({"rounds": 2, "most": 0}, "at most 0 turns in any 2 rounds on end of weeks", "任意连续 2 轮内，至多 0 次"),
    ],
)
def test_the_rule_is_said_with_its_limits(params: dict[str, int], en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("spread", role="host", cycle="weeks", **params))
    said = rule_of(case).describe(case)
    assert said.say("en") == f"As Host: {en}"
    assert said.say("zh") == f"任“轮值单位”：weeks{zh}"


@pytest.mark.parametrize(
    ("params", "field", "en"),
    [
        ({"cycle": "weeks", "rounds": 6}, "rounds", "6 rounds on end are asked for; weeks has 5"),
        ({"cycle": "years", "rounds": 6}, "cycle", '"years" is not known here; known are: weeks'),
        ({"cycle": "weeks", "rounds": 2, "least": 2, "most": 1}, "most", '"1" is less than the minimum'),
    ],
)
def test_what_does_not_fit_the_case_is_refused(params: dict[str, object], field: str, en: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("spread", **params))
    (problem,) = rule_problems(case)
    assert (problem.field, problem.message.say("en")) == (field, en)


def test_as_many_rounds_as_the_cycle_has_are_one_stretch() -> None:
    case = case_of(*units("a"), series(rounds="1-5"), seats(), demand("spread", cycle="weeks", rounds=5, most=3))
    assert rule_problems(case) == []
    assert amounts(case, turns(case, "a a a a -")) == [1]
