"""Pairing in a coordinator's words: the trainee never without a mentor, the two rivals never together."""

from __future__ import annotations

import pytest

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
    unit,
    units,
)

DUTY = "duty@2027-01-04"

TINY = (
    case_of(
        *units("a b c"),
        series(rounds="1-2"),
        seats(most=2),
        demand("pairing", who="a", with_whom="b", mode="forbid", weight=2),
    ),
    case_of(
        *units("a b c"),
        series(rounds="1-2", presence="may"),
        seats(most=2),
        demand("pairing", who="a", with_whom="b; c", mode="必须同场"),
    ),
    case_of(  # a company of three: whoever of them serves has one of the others with them
        *units("a b c"),
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        seats("partner", part="q"),
        demand("pairing", who="a; b", with_whom="a; b; c", mode="require"),
    ),
    case_of(
        *units("a b c"),
        series(rounds="1-2"),
        seats(),
        seats("partner"),
        demand("pairing", who="a; b", with_whom="b; c"),
    ),
    case_of(  # b is a candidate for nothing, so a has no company
        unit("a", groups="hosts"),
        unit("b"),
        unit("c", groups="hosts"),
        series(rounds="1-2"),
        seats(groups="hosts"),
        demand("pairing", who="a; b", with_whom="b", mode="require"),
    ),
)


@pytest.mark.parametrize(
    ("mode", "who", "expected"),
    [
        ("forbid", "a b", [1]),
        ("forbid", "a c", []),
        ("forbid", "b c", []),
        ("require", "a b", []),
        ("require", "a c", [1]),
        ("require", "b c", []),  # b may serve without a
    ],
)
def test_two_together_or_one_alone(mode: str, who: str, expected: list[int]) -> None:
    case = case_of(
        *units("a b c"), series(rounds="1"), seats(most=2), demand("pairing", who="a", with_whom="b", mode=mode)
    )
    assert amounts(case, [held(case, DUTY, host=who)]) == expected


def test_one_of_the_company_is_enough_and_each_of_the_forbidden_counts() -> None:
    rows = (*units("a b c"), series(rounds="1"), seats(most=3))
    require = case_of(*rows, demand("pairing", who="a", with_whom="b; c", mode="require"))
    forbid = case_of(*rows, demand("pairing", who="a", with_whom="b; c", mode="forbid"))
    assert amounts(require, [held(require, DUTY, host="a c")]) == []
    assert amounts(forbid, [held(forbid, DUTY, host="a b c")]) == [1, 1]


def test_parts_of_one_session_are_together() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1"),
        part("duty", "p"),
        part("duty", "q"),
        seats(),
        demand("pairing", who="a", with_whom="b"),
    )
    assert amounts(case, [held(case, DUTY, parts={"p": {"host": "a"}, "q": {"host": "b"}})]) == [1]


def test_a_breach_says_who_serves_with_or_without_whom() -> None:
    rows = (
        unit("a", name="甲局", name_en="A"),
        unit("b", name="乙局", name_en="B"),
        unit("c", name="丙局", name_en="C"),
        series(rounds="1", name="值守", name_en="Duty"),
        seats(most=2),
    )
    case = case_of(*rows, demand("pairing", who="a", with_whom="b; c", mode="require"))
    (breach,) = breaches(case, [held(case, DUTY, host="a")])
    assert breach.message.say("en") == "A serves in Duty 2027-01-04 (Mon) without any of B, C"
    assert breach.message.say("zh") == "甲局在值守 2027-01-04 (周一) 当值，但乙局、丙局均不在场"
    assert (breach.sessions, breach.who) == ((DUTY,), ("a",))
    case = case_of(*rows, demand("pairing", who="a", with_whom="b; c", mode="forbid"))
    (breach,) = breaches(case, [held(case, DUTY, host="a c")])
    assert breach.message.say("en") == "A and C serve together in Duty 2027-01-04 (Mon)"
    assert breach.message.say("zh") == "甲局与丙局在值守 2027-01-04 (周一) 同场"
    assert (breach.sessions, breach.who) == ((DUTY,), ("a", "c"))


@pytest.mark.parametrize(
    ("mode", "en", "zh"),
    [
        ("require", "a serves only together with one of b, c", "a 须与 b、c 中至少一个同场"),
        ("forbid", "a and b, c never serve together", "a 与 b、c 不得同场"),
    ],
)
def test_the_rule_is_said_with_its_names(mode: str, en: str, zh: str) -> None:
    case = case_of(*units("a b c"), series(), demand("pairing", who="a", with_whom="b; c", mode=mode))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
