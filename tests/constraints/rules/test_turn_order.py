"""The order of turns in a coordinator's words: one after the other, as in the list."""

from __future__ import annotations

from itertools import product

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
    case_of(*units("a b c"), series(rounds="1-4"), seats(), demand("turn_order", role="host")),
    case_of(  # another order, which names one who is no candidate, and one twice
        *units("a b c"),
        unit("d", groups="old"),
        series(rounds="1-3"),
        seats(least=0, most=2, groups="old"),
        *(unit(id_, groups="old") for id_ in ("e", "f")),
        demand("turn_order", who="f; a; d; f", weight=2),
    ),
    case_of(  # c joins first in the list, d in the middle, e last
        unit("c", joined="2027-01-05"),
        unit("a"),
        unit("d", joined="2027-01-11"),
        unit("b"),
        unit("e", joined="2027-01-12"),
        series(rounds="1-4"),
        seats(),
        demand("turn_order", role="host"),
    ),
    case_of(  # b leaves after the first round, when c, who starts level with b, has joined
        unit("a", groups="old"),
        unit("c", joined="2027-01-11", groups="old"),
        unit("b", left="2027-01-11", groups="old"),
        unit("d"),
        series(rounds="1-3"),
        seats(),
        demand("turn_order", role="host", groups="old"),
    ),
    case_of(  # sessions that may take place, at several times, beside others that do not count
        *units("a b"),
        series(rounds="1-3", presence="may", days_after=1),
        series("open", rounds="1"),
        seats(),
        seats(activity="open"),
        demand("turn_order", role="host", activities="duty"),
    ),
    case_of(  # two parts in one session are one turn
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("turn_order"),
    ),
)


def test_who_comes_before_the_one_whose_turn_it_is_is_ahead_until_that_one_has_come() -> None:
    case = case_of(*units("a b c"), series(rounds="1-5"), seats(), demand("turn_order", role="host"))
    assert amounts(case, turns(case, "a b c a b")) == []
    assert amounts(case, turns(case, "a a b b c")) == []  # in order, though no circle
    # c is 1 ahead of b on the days of rounds 2 and 3
    assert amounts(case, turns(case, "a c a b -")) == [2]
    # b is 1 ahead of a after round 1, 2 after rounds 2 and 3, 1 after rounds 4 and 5
    assert amounts(case, turns(case, "b b c a a")) == [1 + 2 + 2 + 1]


def test_neighbours_in_the_list_are_compared_and_nobody_else() -> None:
    case = case_of(*units("a b c"), series(rounds="1-2"), seats(), demand("turn_order", role="host", who="c; a"))
    assert amounts(case, turns(case, "b c")) == []
    (breach,) = breaches(case, turns(case, "a c"))
    assert (breach.amount, breach.who, breach.sessions) == (1, ("a", "c"), ("duty@2027-01-04",))


@pytest.mark.parametrize(
    ("joins", "in_order", "too_early"),
    [
        (("c", "a", "b"), "a b c a b", "a b a c b"),  # before a, who has come: comes next when a would
        (("a", "c", "b"), "a c b a c", "a b c a c"),  # before b, who has not come: comes next
        (("a", "b", "c"), "a b c a b", "a c b a b"),  # last in the list: comes after b
    ],
)
def test_a_newcomer_starts_level_with_the_next_in_the_list(
    joins: tuple[str, ...], in_order: str, too_early: str
) -> None:
    members = [unit(id_, joined="2027-01-05") if id_ == "c" else unit(id_) for id_ in joins]
    case = case_of(*members, series(rounds="1-5"), seats(), demand("turn_order", role="host"))
    assert amounts(case, turns(case, in_order)) == []
    assert amounts(case, turns(case, too_early)) != []


def test_several_newcomers_start_level_with_the_next_old_member() -> None:
    case = case_of(
        *units("a b"),
        unit("c", joined="2027-01-05"),
        unit("d", joined="2027-01-05"),
        unit("e"),
        series(rounds="1-5"),
        seats(),
        demand("turn_order", role="host"),
    )
    assert amounts(case, turns(case, "a b c d e")) == []
    assert amounts(case, turns(case, "a b d c e")) == [1]  # d is ahead of c after round 3
    assert amounts(case, turns(case, "a b e c d")) == [1 + 1]  # e is ahead of d after rounds 3 and 4


def test_a_newcomer_is_not_level_with_those_who_have_left() -> None:
    case = case_of(
        unit("a"),
        unit("c", joined="2027-01-12"),
        unit("x", left="2027-01-11"),
        unit("b"),
        series(rounds="1-4"),
        seats(),
        demand("turn_order", role="host"),
    )
    # x has come and left, so that c is level with b and comes before b
    assert amounts(case, turns(case, "a x c b")) == []
    assert amounts(case, turns(case, "a x b c")) == [1]


def test_the_day_of_joining_is_the_first_that_is_ones_own() -> None:
    case = case_of(
        unit("a"), unit("c", joined="2027-01-11"), series(rounds="1-3"), seats(), demand("turn_order", role="host")
    )
    assert amounts(case, turns(case, "a a c")) == []  # level with a at 1 before 11 January
    assert amounts(case, turns(case, "a c a")) == [1]


def test_those_who_cannot_take_a_turn_are_passed_over() -> None:
    case = case_of(
        unit("a", groups="old"),
        unit("x"),
        unit("b", groups="old"),
        series(rounds="1-2"),
        seats(groups="old"),
        demand("turn_order", role="host", who="a; x; b"),
    )
    assert amounts(case, turns(case, "a b")) == []


def test_turns_before_one_joined_are_the_neighbours() -> None:
    case = case_of(
        unit("a"), unit("b", joined="2027-01-12"), series(rounds="1-3"), seats(), demand("turn_order", role="host")
    )
    assert amounts(case, turns(case, "a b b")) == [1]  # level with a at 1 on 11 January, and then ahead
    assert amounts(case, turns(case, "a a b")) == [1]


def test_days_on_which_nobody_could_have_a_turn_that_counts_are_not_counted() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="3-5"),
        seats(),
        seats("partner", activity="open"),
        demand("turn_order", role="host"),
    )
    assert amounts(case, turns(case, "b b")) == [1 + 2]


def test_a_session_counts_on_its_nominal_date_wherever_it_is_moved() -> None:
    case = case_of(*units("a b"), series(rounds="1-2", days_after=10), seats(), demand("turn_order", role="host"))
    first, second = session_ids(case)
    plan = [held(case, first, start="2027-01-14 09:00", host="a"), held(case, second, host="b")]
    assert amounts(case, plan) == []


def test_what_is_past_and_wrong_rules_nothing_out_that_mends_it() -> None:
    case = case_of(*units("a b"), series(rounds="1-2"), seats(), demand("turn_order", role="host"))
    (past, _), (_, mended) = turns(case, "b b"), turns(case, "a a")
    board = Board(case, {mended.id}, {past.id: past})
    board.post([rule_of(case)])
    trial = Trial(board)
    assert trial.least_cost({mended.id: mended}) == 0
    assert trial.least_cost({mended.id: turns(case, "b b")[1]}) is None


@pytest.mark.parametrize(
    ("joined", "rotation"),
    [
        ("", "a b c a b"),
        ("2027-01-05", "a b c a b"),  # b joins when a has come
        ("2027-01-12", "a c a b c"),  # b joins when all have come: its place in the list comes after a
    ],
)
def test_together_with_a_full_circle_it_is_a_strict_rotation(joined: str, rotation: str) -> None:
    case = case_of(
        unit("a"),
        unit("b", joined=joined),
        unit("c"),
        series(rounds="1-5"),
        seats(),
        demand("turn_order", role="host"),
        demand("full_circle", id="circle", role="host"),
        demand("membership", id="members"),
    )
    ids = ("rule", "circle", "members")
    kept = [
        " ".join(who)
        for who in product("abc", repeat=5)
        if not any(breaches(case, turns(case, " ".join(who)), id_) for id_ in ids)
    ]
    assert kept == [rotation]


def test_a_breach_says_who_was_overtaken() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        unit("b", name="民政局", name_en="Civil Affairs"),
        series(rounds="1-3"),
        seats(),
        demand("turn_order", role="host"),
    )
    (breach,) = breaches(case, turns(case, "b b a"))
    assert breach.message.say("en") == (
        "Out of order: by 2027-01-04 (Mon) Civil Affairs has had 1 turn as Host, Tax Office 0"
    )
    assert breach.message.say("zh") == "次序不符：截至 2027-01-04 (周一)，民政局已任“轮值单位”1 次，税务局仅 0 次"
    assert (breach.amount, breach.sessions) == (1 + 2 + 1, ("duty@2027-01-04",))


def test_the_rule_is_said_with_its_order() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        unit("b", name="民政局", name_en="Civil Affairs"),
        series(),
        seats(),
        demand("turn_order", role="host", who="b; a"),
    )
    said = rule_of(case).describe(case)
    assert said.say("en") == "Turns as Host are taken in order: Civil Affairs, Tax Office"
    assert said.say("zh") == "按次序轮流任“轮值单位”：民政局、税务局"
    tables = rule_of(case).model_copy(update={"who": ()}).describe(case)
    assert tables.say("en") == "Turns as Host are taken in order: as in the tables"
    assert tables.say("zh") == "按次序轮流任“轮值单位”：依资料表中的次序"
