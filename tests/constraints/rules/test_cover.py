"""Cover in a coordinator's words: everybody of the hosts hosts at least once in the year."""

from __future__ import annotations

import pytest

from constraints.rules.cover import Cover
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    part,
    rule_of,
    seats,
    series,
    turns,
    unit,
    units,
)

TINY = (
    case_of(*units("a b"), series(rounds="1-3"), seats(), demand("cover", role="host")),
    case_of(
        *units("a b"), series(rounds="1-3"), seats(least=1, most=2), demand("cover", role="host", times=2, weight=2)
    ),
    case_of(  # only a and b are to be covered, and only by duty; c was never a member
        unit("a", groups="old"),
        unit("b", groups="old; new"),
        unit("c", groups="old", left="2026-12-31"),
        unit("d", groups="new"),
        series(rounds="1-2"),
        series("extra", rounds="1"),
        seats(),
        seats(activity="extra"),
        demand("cover", role="host", groups="old", activities="duty"),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-2", presence="may"),
        seats(),
        seats("partner"),
        demand("cover", role="partner"),
    ),
    case_of(
        *units("a b"), series(rounds="1-2"), part("duty", "p"), part("duty", "q"), seats(), demand("cover", times=2)
    ),
)


def test_everybody_with_a_turn_is_innocent_and_whoever_has_none_is_not() -> None:
    case = case_of(*units("a b c"), series(rounds="1-3"), seats(), demand("cover", role="host"))
    assert amounts(case, turns(case, "c a b")) == []
    (breach,) = breaches(case, turns(case, "a b a"))
    assert (breach.amount, breach.who, breach.sessions) == (1, ("c",), ())


def test_turns_missing_are_counted() -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("cover", role="host", times=3))
    # a has 3 turns, as is due; b has 1 and lacks 2
    assert amounts(case, turns(case, "a a b a")) == [2]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"joined": "2027-12-31"}, [1]),  # a member on the last day of the year
        ({"joined": "2028-01-01"}, []),
        ({"left": "2027-01-01"}, [1]),  # a member on the first day
        ({"left": "2026-12-31"}, []),
        ({"joined": "2027-06-01", "left": "2027-06-01"}, [1]),
        ({"joined": "2026-06-01"}, [1]),  # joined before the year, leaves after it
        ({"left": "2028-06-01"}, [1]),
        ({"joined": "2026-06-01", "left": "2026-12-31"}, []),
        ({"joined": "2028-01-01", "left": "2028-12-31"}, []),
        ({"joined": "2027-06-02", "left": "2027-06-01"}, []),  # never one
    ],
)
def test_everybody_is_due_who_was_a_member_for_a_day(cells: dict[str, str], expected: list[int]) -> None:
    case = case_of(unit("a"), unit("b", **cells), series(rounds="1"), seats(), demand("cover"))
    assert amounts(case, turns(case, "a")) == expected


def test_whoever_may_never_take_the_role_is_not_due() -> None:
    case = case_of(
        unit("a", groups="hosts"), unit("b"), series(rounds="1"), seats(groups="hosts"), demand("cover", role="host")
    )
    assert amounts(case, turns(case, "a")) == []


def test_turns_are_due_to_members_only() -> None:
    case = case_of(
        unit("a"),
        unit("b", left="2026-12-31"),
        unit("c", groups="new"),
        series(),
        seats(),
        demand("cover", role="host"),
    )
    rule = rule_of(case)
    assert isinstance(rule, Cover)
    assert rule.members(case) == ("a", "c")


def test_a_breach_says_who_lacks_how_many_turns() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1"),
        seats(),
        demand("cover", role="host", times=2),
    )
    (breach,) = breaches(case, turns(case, "a"))
    assert breach.message.say("en") == "Tax Office has 1 turn as Host; due: at least 2 turns"
    assert breach.message.say("zh") == "税务局任“轮值单位”1 次；至少应有 2 次"
    assert breach.sessions == ("duty@2027-01-04",)


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({}, "Everybody has at least 1 turn", "人人至少当值 1 次"),
        (
            {"role": "host", "groups": "old; new", "times": 2},
            "Everybody of old, new has at least 2 turns as Host",
            "“old、new”中人人至少任“轮值单位”2 次",
        ),
    ],
)
def test_the_rule_is_said_with_its_group_and_number(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(unit("a", groups="old; new"), series(), seats(), demand("cover", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
