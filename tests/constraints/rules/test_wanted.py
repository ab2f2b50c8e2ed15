"""Wanted in a coordinator's words: what may take place does, the dearest first."""

from __future__ import annotations

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    rule_of,
    seats,
    series,
    turns,
    unit,
    units,
)

TINY = (
    case_of(*units("a b"), series(rounds="1-3", presence="may", value=5), seats(), demand("wanted", weight=2)),
    case_of(
        unit("a"),
        series(rounds="1-2", presence="may", value=3),
        series("extra", rounds="1-2", presence="may", value=2),
        series("idle", rounds="1", presence="may", value=0),
        series("fixed", rounds="1"),
        seats(),
        demand("wanted"),
    ),
    case_of(
        unit("a"),
        series(rounds="1-2", presence="may", days_after=1),
        series("extra", rounds="1", presence="may"),
        demand("wanted", activities="duty"),
    ),
)


def test_each_session_declined_costs_its_value() -> None:
    case = case_of(unit("a"), series(rounds="1-3", presence="may", value=7), seats(), demand("wanted"))
    assert amounts(case, turns(case, "a a a")) == []
    assert amounts(case, turns(case, "a - -")) == [7, 7]


def test_a_session_that_must_take_place_is_not_the_matter_of_this_rule() -> None:
    case = case_of(unit("a"), series(rounds="1"), seats(), demand("wanted"))
    assert amounts(case, []) == []


def test_a_session_of_no_value_may_be_declined() -> None:
    case = case_of(unit("a"), series(rounds="1", presence="may", value=0), seats(), demand("wanted"))
    assert amounts(case, []) == []


def test_only_the_activities_named_are_meant() -> None:
    rows = (unit("a"), series("p", rounds="1", presence="may"), series("q", rounds="1", presence="may"))
    case = case_of(*rows, demand("wanted", activities="q"))
    (breach,) = breaches(case, [])
    assert breach.sessions == ("q@2027-01-04",)


def test_a_breach_says_what_does_not_take_place() -> None:
    case = case_of(unit("a"), series(rounds="1", presence="may", name="义诊", name_en="Clinic"), demand("wanted"))
    (breach,) = breaches(case, [])
    assert breach.message.say("en") == "Clinic 2027-01-04 (Mon) does not take place"
    assert breach.message.say("zh") == "义诊 2027-01-04 (周一) 不举办"


def test_the_rule_is_said() -> None:
    case = case_of(unit("a"), series(presence="may"), demand("wanted"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "Sessions that may take place do take place"
    assert said.say("zh") == "可办的场次尽量举办"
