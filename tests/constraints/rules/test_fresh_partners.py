"""Fresh partners in a coordinator's words: a host works with many partners, not always with the same one."""

from __future__ import annotations

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

FIRST, SECOND, THIRD = (f"duty@2027-01-{day}" for day in ("04", "11", "18"))
BOTH = (seats(), seats("partner"))

TINY = (
    case_of(
        *units("a b"),
        series(rounds="1-3"),
        *BOTH,
        demand("fresh_partners", role="host", with_role="partner", weight=2),
    ),
    case_of(
        *units("a b"),
        series(rounds="1-3"),
        seats(),
        seats("partner", least=0),
        demand("fresh_partners", role="host", with_role="partner", most=2),
    ),
    case_of(
        unit("a", groups="old; hosts"),
        unit("b", groups="hosts"),
        unit("c"),
        series(rounds="1-2", presence="may"),
        series("open", rounds="1"),
        seats(groups="hosts"),
        seats("partner"),
        seats(activity="open", groups="old"),
        seats("partner", activity="open", groups="hosts"),
        demand("fresh_partners", role="host", with_role="partner", groups="old", activities="duty"),
    ),
    case_of(  # parts of one session are together
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "p"),
        part("duty", "q"),
        seats(part="p"),
        seats("partner", part="q"),
        demand("fresh_partners", role="host", with_role="partner"),
    ),
    case_of(  # b is meant, whomever it meets
        unit("a"),
        unit("b", groups="old"),
        unit("c"),
        series(rounds="1-2"),
        seats("partner", least=1, most=2),
        demand("fresh_partners", role="partner", with_role="partner", groups="old"),
    ),
    case_of(  # partners among themselves: a pair is one pair
        *units("a b c"),
        series(rounds="1-2"),
        seats("partner", least=1, most=3),
        demand("fresh_partners", role="partner", with_role="partner"),
    ),
)


def test_two_who_meet_again_are_a_breach_and_changing_partners_is_not() -> None:
    case = case_of(
        *units("a b c"), series(rounds="1-3"), *BOTH, demand("fresh_partners", role="host", with_role="partner")
    )
    fresh = [held(case, FIRST, host="a", partner="b"), held(case, SECOND, host="a", partner="c")]
    stale = [held(case, FIRST, host="a", partner="b"), held(case, SECOND, host="a", partner="b")]
    assert amounts(case, fresh) == []
    assert amounts(case, stale) == [1]


def test_meetings_beyond_the_most_are_counted() -> None:
    rows = (*units("a b"), series(rounds="1-3"), *BOTH)
    for most, expected in ((3, []), (2, [1]), (1, [2])):  # 3 sessions together
        case = case_of(*rows, demand("fresh_partners", role="host", with_role="partner", most=most))
        assert amounts(case, [held(case, s, host="a", partner="b") for s in (FIRST, SECOND, THIRD)]) == expected


def test_host_and_partner_who_change_places_are_another_pair() -> None:
    case = case_of(
        *units("a b"), series(rounds="1-2"), *BOTH, demand("fresh_partners", role="host", with_role="partner")
    )
    sessions = [held(case, FIRST, host="a", partner="b"), held(case, SECOND, host="b", partner="a")]
    assert amounts(case, sessions) == []


def test_nobody_is_a_partner_of_themselves() -> None:
    case = case_of(*units("a"), series(rounds="1-2"), *BOTH, demand("fresh_partners", role="host", with_role="partner"))
    assert amounts(case, [held(case, s, host="a", partner="a") for s in (FIRST, SECOND)]) == []


def test_two_in_the_same_role_are_one_pair() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        seats("partner", most=2),
        demand("fresh_partners", role="partner", with_role="partner"),
    )
    assert amounts(case, [held(case, s, partner="a b") for s in (FIRST, SECOND)]) == [1]


def test_somebody_whom_the_case_does_not_know_is_another_matter() -> None:
    case = case_of(
        *units("a b"), series(rounds="1-2"), *BOTH, demand("fresh_partners", role="host", with_role="partner")
    )
    assert amounts(case, [held(case, s, host="a", partner="nobody") for s in (FIRST, SECOND)]) == []
    assert amounts(case, [held(case, s, host="nobody", partner="a") for s in (FIRST, SECOND)]) == []


def test_a_breach_says_who_meets_whom_how_often() -> None:
    case = case_of(
        unit("a", name="甲局", name_en="A"),
        unit("b", name="乙局", name_en="B"),
        series(rounds="1-2"),
        *BOTH,
        demand("fresh_partners", role="host", with_role="partner"),
    )
    (breach,) = breaches(case, [held(case, s, host="a", partner="b") for s in (FIRST, SECOND)])
    assert breach.message.say("en") == "A (Host) and B (Partner) serve together 2 times; at most 1"
    assert breach.message.say("zh") == "甲局（轮值单位）与乙局（协办单位）同场 2 次；至多 1 次"
    assert (breach.sessions, breach.who) == ((FIRST, SECOND), ("a", "b"))


def test_the_rule_is_said_with_its_roles() -> None:
    case = case_of(unit("a"), series(), *BOTH, demand("fresh_partners", role="host", with_role="partner", most=2))
    said = rule_of(case).describe(case)
    assert said.say("en") == "The same Host and Partner serve together at most 2 times"
    assert said.say("zh") == "同一“轮值单位”与“协办单位”至多同场 2 次"


def test_a_rule_about_two_in_one_role_is_said_of_that_role() -> None:
    case = case_of(unit("a"), series(), *BOTH, demand("fresh_partners", role="partner", with_role="partner"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "No two serve together as Partner more than once"
    assert said.say("zh") == "同样两个“协办单位”至多同场 1 次"
