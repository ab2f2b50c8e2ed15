"""Seats and sessions that may stay open, and plans that are built up bit by bit."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board, Mode
from constraints.trial import Trial, describe, plans_of, quick_solver, roster
from tests.constraints.building import (
    case_of,
    demand,
    held,
    part,
    room,
    rule_of,
    seats,
    series,
    session_ids,
    site,
    turns,
    unit,
    units,
)

# Seats and sessions that may stay open.


def test_every_seat_and_session_left_open_is_counted() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(least=1, most=2),
        seats("partner", part="q"),
    )
    board = Board(case, open_seats=True)
    trial = Trial(board)
    first, second = session_ids(case)
    whole = {"p": {"host": "a"}, "q": {"host": "b", "partner": "a"}}
    for said, missing in (
        (whole, 0),
        ({"p": {"host": "a b"}, "q": {"host": "b", "partner": "a"}}, 0),
        ({"p": {}, "q": {"host": "b", "partner": "a"}}, 1),
        ({"p": {"host": "a b"}, "q": {"host": "a"}}, 1),
        ({}, 3),
    ):
        sessions = {first: held(case, first, parts=whole), second: held(case, second, parts=said or {"p": {}})}
        assert trial.least_cost(sessions) == missing
    # a session that does not take place lacks itself and its three seats
    assert trial.least_cost({first: held(case, first, parts=whole)}) == 4
    assert trial.least_cost({}) == 8


@pytest.mark.parametrize(("who", "missing"), [("", 2), ("a", 1), ("a b", 0), ("a b c", 0)])
def test_every_seat_of_a_role_that_needs_two_is_counted(who: str, missing: int) -> None:
    case = case_of(*units("a b c"), series(rounds="1"), seats(least=2, most=3))
    (id_,) = session_ids(case)
    assert Trial(Board(case, open_seats=True)).least_cost({id_: held(case, id_, host=who)}) == missing


@pytest.mark.parametrize("presence", ["must", "may"])
@pytest.mark.parametrize("mode", ["plan", "explain"])
def test_as_many_sit_in_a_role_as_it_has_seats(mode: Mode, presence: str) -> None:
    case = case_of(*units("a b c d"), series(rounds="1", presence=presence), seats(least=2, most=3))
    trial = Trial(Board(case, mode=mode), assumed=True)
    (id_,) = session_ids(case)
    admitted = [trial.least_cost({id_: held(case, id_, host=" ".join("abcd"[:n]))}) for n in range(5)]
    assert admitted == [None, None, 0, 0, None]
    assert trial.least_cost({}) == (0 if presence == "may" else None)


def test_too_few_may_sit_there_while_that_is_to_be_explained() -> None:
    case = case_of(*units("a b c d"), series(rounds="1"), seats(least=2, most=3))
    trial = Trial(Board(case, mode="explain"), assumed=False)
    (id_,) = session_ids(case)
    admitted = [trial.least_cost({id_: held(case, id_, host=" ".join("abcd"[:n]))}) for n in range(5)]
    assert admitted == [0, 0, 0, 0, None]
    assert trial.least_cost({}) == 0


def test_a_session_that_may_take_place_lacks_nothing_where_it_does_not() -> None:
    case = case_of(*units("a"), series(rounds="1", presence="may"), seats())
    board = Board(case, open_seats=True)
    trial = Trial(board)
    (id_,) = session_ids(case)
    assert [trial.least_cost(s) for s in ({}, {id_: held(case, id_)}, {id_: held(case, id_, host="a")})] == [0, 1, 0]


def test_no_more_than_the_most_sit_in_a_role_even_where_seats_may_stay_open() -> None:
    case = case_of(*units("a b c"), series(rounds="1"), seats(least=1, most=2))
    trial = Trial(Board(case, open_seats=True))
    (id_,) = session_ids(case)
    found = {
        n: {trial.least_cost({id_: held(case, id_, host=" ".join(who))}) for who in combinations("abc", n)}
        for n in range(4)
    }
    assert found == {0: {1}, 1: {0}, 2: {0}, 3: {None}}


# Plans built up bit by bit.

MINIMA = (
    ("cover", {"times": 2}, 2),  # 2 turns each for a and b, who have 1 each
    ("load", {"least": 2}, 2),
    ("fair_share", {"role": "host"}, 2),  # 4 sessions, 2 each
)


@pytest.mark.parametrize(("kind", "params", "missing"), MINIMA)
def test_a_minimum_that_later_sessions_may_still_reach_is_a_wish_while_a_plan_is_built_up(
    kind: str, params: dict[str, Any], missing: int
) -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand(kind, **params))
    rule = rule_of(case)
    first = {session.id: session for session in turns(case, "a b")}
    whole = Board(case, set(first))
    whole.post([rule])
    assert Trial(whole).least_cost(first) is None
    begun = Board(case, set(first), partial=True)
    begun.post([rule])
    assert Trial(begun).least_cost(first) == missing


@pytest.mark.parametrize(
    ("kind", "params"),
    [("load", {"most": 2}), ("fair_share", {"role": "host"}), ("rest_gap", {"cycle": "weeks", "rounds": 2})],
)
def test_what_no_later_session_can_mend_is_ruled_out_while_a_plan_is_built_up(
    kind: str, params: dict[str, Any]
) -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand(kind, **params))
    begun = Board(case, partial=True)
    begun.post([rule_of(case)])
    everywhere = {session.id: session for session in turns(case, "a a a b")}
    assert Trial(begun).least_cost(everywhere) is None


def test_a_bare_board_admits_every_plan_of_a_wide_case_and_no_other() -> None:
    case = case_of(
        site("hall"),
        site("yard"),
        room("red"),
        room("shed", at="yard"),
        unit("a"),
        series(rounds="1", needs_room=True, presence="may"),
        part("duty", "p"),
        part("duty", "q", rooms="shed; red"),
    )
    board = Board(case)
    trial = Trial(board)
    structural = [describe(sessions) for sessions in plans_of(case)]
    (id_,) = session_ids(case)
    admitted = []
    for at, p, q in product(("hall", "yard"), ("red", "shed"), ("red", "shed")):
        sessions = {id_: held(case, id_, at=at, parts={"p": {"room": p}, "q": {"room": q}})}
        if trial.least_cost(sessions) is not None:
            admitted.append(describe(sessions))
    assert admitted == structural[:-1]
    assert structural[-1] == ""
    assert trial.least_cost({}) == 0


def test_a_role_that_nobody_may_take_rules_out_what_needs_it() -> None:
    rows = (unit("a"), series(rounds="1", presence="may"))
    needed = case_of(*rows, seats(groups="nobody"))
    idle = case_of(*rows, seats(groups="nobody", least=0))
    (id_,) = session_ids(needed)
    for mode in ("plan", "explain"):
        trial = Trial(Board(needed, mode=mode), assumed=True)
        assert [trial.least_cost(sessions) for sessions in ({}, {id_: held(needed, id_)})] == [0, None]
        trial = Trial(Board(idle, mode=mode), assumed=True)
        assert [trial.least_cost(sessions) for sessions in ({}, {id_: held(idle, id_)})] == [0, 0]
    assert list(plans_of(needed)) == [{}]
    must = case_of(unit("a"), series(rounds="1"), seats(groups="nobody"))
    assert quick_solver().solve(Board(must).model) == cp_model.INFEASIBLE


def test_rules_about_a_role_that_nobody_may_take_are_about_nobody() -> None:
    case = case_of(
        unit("a"),
        series(rounds="1"),
        seats(groups="nobody", least=0),
        demand("cover", id="cover", role="host"),
        demand("fair_share", id="fair", role="host"),
        demand("load", id="load", role="host", least=1),
    )
    rules = [rule_of(case, id_) for id_ in ("cover", "fair", "load")]
    board = Board(case)
    board.post(rules)
    plan = {id_: held(case, id_) for id_ in session_ids(case)}
    assert Trial(board).least_cost(plan) == 0
    assert [list(rule.check(roster(case, plan))) for rule in rules] == [[], [], []]


def test_a_session_without_a_start_takes_no_place() -> None:
    late = case_of(unit("a"), series(rounds="1", weekdays="Tue"), seats())
    solver = quick_solver()
    assert solver.solve(Board(late).model) == cp_model.INFEASIBLE
    maybe = case_of(unit("a"), series(rounds="1", weekdays="Tue", presence="may"), seats())
    assert Trial(Board(maybe)).least_cost({}) == 0
