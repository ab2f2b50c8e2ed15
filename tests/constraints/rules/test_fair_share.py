"""Fair share in a coordinator's words: everybody hosts as often as everybody else, since they joined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.rules.fair_share import FairShare
from rota.case import Case
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
    case_of(*units("a b c"), series(rounds="1-3"), seats(), demand("fair_share", role="host")),
    case_of(*units("a b"), series(rounds="1-3"), seats(), demand("fair_share", role="host", weight=2)),
    case_of(  # b joins in round 2, c leaves after round 1; a hosted before
        unit("a"),
        unit("b", joined="2027-01-11"),
        unit("c", left="2027-01-04"),
        series(rounds="1-3"),
        seats(),
        turn("a", "2026-12-28"),
        turn("c", "2026-12-21"),
        turn("a", "2026-12-14", role="partner"),
        demand("fair_share", role="host"),
    ),
    case_of(
        unit("a", members=3),
        unit("b", members=1),
        series(rounds="1-4"),
        seats(),
        turn("b", "2026-12-28"),
        demand("fair_share", role="host", weighted="是", history="否"),
    ),
    case_of(*units("a b"), series(rounds="1-3"), seats(), demand("fair_share", role="host", tolerance=43)),
    case_of(*units("a b c d e f g h"), series(rounds="1"), seats(), demand("fair_share", role="host")),
    case_of(  # only the old ones are compared, and only in duty; some seats may stay empty, some sessions be declined
        unit("a", groups="old"),
        unit("b", groups="old"),
        unit("c"),
        series(rounds="1-2"),
        series("open", rounds="1", presence="may"),
        seats(least=1, most=2),
        seats(activity="open"),
        turn("a", "2026-12-28"),
        turn("b", "2026-12-28", activity="open"),
        demand("fair_share", role="host", groups="old", activities="duty"),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", presence="may"),
        series("open", rounds="1"),
        seats(),
        seats(activity="open"),
        demand("fair_share", role="host"),
    ),
    case_of(  # a turn is a turn, whether in one part or in two
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("fair_share", role="host"),
    ),
    case_of(*units("a b"), series(rounds="1-2"), seats(), seats("partner"), demand("fair_share")),
    case_of(  # each activity has hosts of its own
        unit("a", groups="x"),
        unit("b", groups="x; y"),
        unit("c", groups="y"),
        series(rounds="1-3"),
        series("open", rounds="1"),
        seats(groups="x"),
        seats(activity="open", groups="y"),
        demand("fair_share", role="host"),
    ),
)


def targets(case: Case) -> dict[str, int]:
    rule = rule_of(case)
    assert isinstance(rule, FairShare)
    return rule.targets(case)


def test_an_equal_number_of_turns_is_fair() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("fair_share", role="host"))
    assert amounts(case, turns(case, "a b b a")) == []
    # 3 and 1 turns where 2 are fair: a deviation of 1 each, 100 * 1^2
    assert amounts(case, turns(case, "a b a a")) == [100, 100]


def test_the_square_makes_one_far_off_dearer_than_two_a_little_off() -> None:
    case = case_of(*units("a b"), series(rounds="1-3"), seats(), demand("fair_share", role="host"))
    assert amounts(case, turns(case, "a b b")) == [25, 25]  # 1.50 is fair: 100 * 0.5^2
    assert amounts(case, turns(case, "b b b")) == [225, 225]  # 100 * 1.5^2


def test_shares_begin_with_joining_and_end_with_leaving() -> None:
    case = case_of(
        unit("a"),
        unit("b", joined="2027-01-11"),
        unit("c", left="2027-01-11"),
        series(rounds="1-3"),
        seats(),
        demand("fair_share", role="host"),
    )
    # 4 January: a, c; 11 January: a, b, c; 18 January: a, b
    assert targets(case) == {"a": 133, "b": 83, "c": 83}  # 1/2 + 1/3 + 1/2; 1/3 + 1/2; 1/2 + 1/3


def test_whoever_hosted_more_last_year_hosts_less_this_year() -> None:
    rows = (*units("a b"), series(rounds="1-3"), seats(), turn("a", "2026-12-28"))
    looking_back = case_of(*rows, demand("fair_share", role="host"))
    forgetful = case_of(*rows, demand("fair_share", role="host", history="否"))
    assert targets(looking_back) == {"a": 100, "b": 200}  # 4 turns in all, 2 each, and a has had one
    assert targets(forgetful) == {"a": 150, "b": 150}


def test_turns_of_last_year_are_shared_by_the_members_of_that_day() -> None:
    case = case_of(
        unit("a"),
        unit("b", joined="2027-01-01"),
        series(rounds="1-2"),
        seats(),
        turn("a", "2026-12-28"),
        demand("fair_share", role="host"),
    )
    assert targets(case) == {"a": 100, "b": 100}  # that turn was a's to take, and a took it


def test_nobody_owes_less_than_nothing() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1"),
        seats(),
        turn("a", "2026-12-28"),
        turn("a", "2026-12-21"),
        turn("a", "2026-12-14"),
        demand("fair_share", role="host"),
    )
    assert targets(case) == {"a": 0, "b": 200}


def test_shares_follow_the_members_where_the_rule_says_so() -> None:
    rows = (unit("a", members=3), unit("b", members=1), series(rounds="1-4"), seats())
    assert targets(case_of(*rows, demand("fair_share", role="host", weighted="是"))) == {"a": 300, "b": 100}
    assert targets(case_of(*rows, demand("fair_share", role="host"))) == {"a": 200, "b": 200}


def test_a_seat_is_shared_out_among_those_who_may_take_it() -> None:
    case = case_of(
        unit("a", groups="x"),
        unit("b", groups="x; y"),
        unit("c", groups="y"),
        series(rounds="1-4"),
        series("open", rounds="1-2"),
        seats(groups="x"),
        seats(activity="open", groups="y"),
        demand("fair_share", role="host"),
    )
    assert targets(case) == {"a": 200, "b": 300, "c": 100}  # 4 / 2; 4 / 2 + 2 / 2; 2 / 2


def test_only_the_role_and_the_activities_named_are_shared_out() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="1-4"),
        seats(),
        seats("partner", least=2, most=2),
        seats(activity="open"),
        turn("a", "2026-12-28"),
        turn("b", "2026-12-28", activity="open"),
        turn("b", "2026-12-28", role="partner"),
        demand("fair_share", role="host", activities="duty"),
    )
    assert targets(case) == {"a": 50, "b": 150}  # 2 seats and 1 turn of the year before, which was a's


def test_those_who_are_not_compared_take_their_share_of_the_seats_too() -> None:
    case = case_of(
        unit("a", groups="old"),
        unit("b", groups="old"),
        unit("c"),
        series(rounds="1-2"),
        seats(),
        turn("c", "2026-12-28"),
        demand("fair_share", role="host", groups="old"),
    )
    assert targets(case) == {"a": 67, "b": 67}  # two seats among three; the past turn of c is none of theirs


def test_half_a_hundredth_is_rounded_up() -> None:
    case = case_of(*units("a b c d e f g h"), series(rounds="1"), seats(), demand("fair_share", role="host"))
    assert set(targets(case).values()) == {13}  # 1 / 8


def test_only_what_must_be_filled_is_shared_out() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        series("open", rounds="1", presence="may"),
        seats(least=2, most=3),
        seats(activity="open"),
        demand("fair_share", role="host"),
    )
    assert targets(case) == {"a": 200, "b": 200}  # 2 sessions with 2 seats each


@pytest.mark.parametrize(("tolerance", "expected"), [(0, [25, 25]), (49, []), (42, [1, 1]), (43, []), (90, [])])
def test_a_deviation_within_the_tolerance_counts_for_nothing(tolerance: int, expected: list[int]) -> None:
    # 1.50 is fair: a deviation of 0.50. Beyond 0.42 there are 0.08 left, 100 * 0.08^2 = 0.64, rounded 1; beyond 0.43
    # there are 0.07, 0.49, rounded 0.
    case = case_of(*units("a b"), series(rounds="1-3"), seats(), demand("fair_share", role="host", tolerance=tolerance))
    assert amounts(case, turns(case, "a b b")) == expected


# What is stated besides, to prove the optimum: between which bounds the turns of all add up.


class Listening(Board):
    """A board that keeps what follows anyway and was stated."""

    stated: tuple[tuple[int | None, int | None], ...] = ()

    def imply(self, terms: Iterable[tuple[cp_model.LinearExprT, int]], least: int | None, most: int | None) -> None:
        self.stated += ((least, most),)
        super().imply(terms, least, most)


def bounds(case: Case, **how: Any) -> tuple[tuple[int | None, int | None], ...]:
    board = Listening(case, **how)
    board.post([rule_of(case)])
    return board.stated


HOSTS = demand("fair_share", role="host")
SUMS: dict[str, tuple[Case, tuple[int, int]]] = {
    "every seat must be taken": (case_of(*units("a b"), series(rounds="1-3"), seats(), HOSTS), (3, 3)),
    "a session may be left out": (
        case_of(
            *units("a b"),
            series(rounds="1-2", presence="may"),
            series("open", rounds="1"),
            seats(),
            seats(activity="open"),
            HOSTS,
        ),
        (1, 3),
    ),
    "from two to three seats": (
        case_of(*units("a b c d"), series(rounds="1-2"), seats(least=2, most=3), HOSTS),
        (4, 6),
    ),
    "more seats than hosts": (case_of(*units("a b"), series(rounds="1-2"), seats(most=5), HOSTS), (2, 4)),
    "some seats are for others": (
        case_of(
            unit("a", groups="old"),
            unit("b"),
            series(rounds="1-2"),
            seats(),
            demand("fair_share", role="host", groups="old"),
        ),
        (0, 2),
    ),
    "some seats are for others only": (
        case_of(
            unit("a", groups="old"),
            unit("b", groups="new"),
            series(rounds="1-2"),
            series("open", rounds="1-3"),
            seats(groups="old"),
            seats(activity="open", groups="new"),
            demand("fair_share", role="host", groups="old"),
        ),
        (2, 2),
    ),
    "seats in two parts can be one turn": (
        case_of(*units("a b"), series(rounds="1-2"), part("duty", "p"), part("duty", "q"), seats(), HOSTS),
        (2, 4),
    ),
    "one part needs more than the other": (
        case_of(
            *units("a b c"),
            series(rounds="1-2"),
            part("duty", "p"),
            part("duty", "q"),
            seats(part="p", least=2, most=2),
            seats(part="q"),
            HOSTS,
        ),
        (4, 6),  # two are there in any case; whoever sits in the other part may be one of them
    ),
    "one part has more seats than it needs": (
        case_of(
            *units("a b c"),
            series(rounds="1-2"),
            part("duty", "p"),
            part("duty", "q"),
            seats(part="p", most=2),
            seats(part="q"),
            HOSTS,
        ),
        (2, 6),
    ),
    "some activities do not count": (
        case_of(
            *units("a b"),
            series(rounds="1-2"),
            series("open", rounds="1-3"),
            seats(),
            seats(activity="open"),
            demand("fair_share", role="host", activities="duty"),
        ),
        (2, 2),
    ),
}


@pytest.mark.parametrize("named", SUMS)
def test_turns_add_up_between_bounds_where(named: str) -> None:
    case, expected = SUMS[named]
    assert bounds(case) == (expected,)


@pytest.mark.parametrize(
    "how", [{"mode": "explain"}, {"open_seats": True}, {"partial": True}, {"fixed": {}, "open": ()}]
)
def test_where_seats_may_stay_open_no_sum_is_stated(how: dict[str, Any]) -> None:
    assert bounds(SUMS["every seat must be taken"][0], **how) == ()


def test_where_sessions_are_fixed_no_sum_is_stated() -> None:
    case = SUMS["every seat must be taken"][0]
    first, *_ = turns(case, "a")
    assert bounds(case, fixed={first.id: first}) == ()


def test_a_breach_says_the_fair_share() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        unit("b"),
        series(rounds="1-3"),
        seats(),
        demand("fair_share", role="host"),
    )
    first, _ = breaches(case, turns(case, "a a b"))
    assert first.message.say("en") == "Tax Office has 2 turns as Host; the fair share is 1.50"
    assert first.message.say("zh") == "税务局任“轮值单位”2 次；应承担 1.50 次"
    assert (first.sessions, first.who) == (("duty@2027-01-04", "duty@2027-01-11"), ("a",))


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {"role": "host"},
            "Turns as Host follow each one's fair share, earlier years included",
            "任“轮值单位”的次数按应承担份额分配，计入往年",
        ),
        (
            {"weighted": "是", "history": "否"},
            "Turns follow each one's fair share, weighted by members",
            "当值的次数按应承担份额分配，按成员数加权",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a"), series(), seats(), demand("fair_share", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
