"""Alternatives to one decision: each does what the verifier says of the changed plan, and the best come first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from constraints.alternatives import Alternatives, Candidate, differences
from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.plan import Plan
from tests.constraints.building import case_of, demand, held, part, plan_of, seats, series, states, units

FIRST, SECOND, THIRD = "duty@2027-01-04", "duty@2027-01-11", "duty@2027-01-18"
CASE = case_of(
    *units("a b c d e"),
    series(rounds="1-3", times="09:00; 14:00"),
    seats(groups=""),
    seats("help", least=0, most=2),
    states("a", "cannot", "2027-01-04"),
    states("c", "avoid", "2027-01-04"),
    demand("availability", id="avoid", level="avoid", priority=2, weight=5),
    demand("fair_share", id="fair", role="host", priority=1),
    demand("date_preference", id="dates", priority=3),
)
SEATS = {
    FIRST: {"host": "b", "help": "d"},
    SECOND: {"host": "a", "help": "c d"},
    THIRD: {"host": "c", "help": "b"},
}


def seated(seats: Mapping[str, Mapping[str, str]], start: str = "") -> Plan:
    """Return the plan with these seats; `start` is another start of the first session."""
    return plan_of(
        CASE,
        [held(CASE, id_, start=start if id_ == FIRST else "", parts={"main": roles}) for id_, roles in seats.items()],
    )


PLAN = seated(SEATS)
ALTERNATIVES = Alternatives(CASE, read_rules(CASE), PLAN)


def verdict(plan: Plan) -> Verdict:
    return verify(CASE, read_rules(CASE), plan)


def exchanged(role: str, candidate: Candidate) -> Plan:
    """Return the plan in which a candidate for the first session has the seat, said in words that are replaced."""
    changed = {id_: dict(roles) for id_, roles in SEATS.items()}
    if candidate.instead is None:
        changed[FIRST][role] += f" {candidate.who}"
    else:
        changed[FIRST][role] = changed[FIRST][role].replace(candidate.instead, candidate.who)
        if candidate.exchange:
            there = changed[candidate.exchange]
            there[role] = there[role].replace(candidate.who, candidate.instead)
    return seated(changed)


@pytest.mark.parametrize("role", ["host", "help"])
def test_every_effect_is_the_difference_that_the_verifier_sees(role: str) -> None:
    before, found = verdict(PLAN), ALTERNATIVES.candidates(FIRST, "main", role)
    assert {candidate.who for candidate in found} == set("abcde") - set(SEATS[FIRST][role].split())
    for candidate in found:
        after = verdict(exchanged(role, candidate))
        assert candidate.effect.breaches == after.breaches
        assert candidate.effect.by_priority == {
            p: after.costs[p] - before.costs[p] for p in (1, 2, 3) if after.costs[p] != before.costs[p]
        }
        costs = {score.rule: score.cost for score in after.rules}
        assert {id_: more for id_, more in candidate.effect.by_rule.items() if id_ in costs} == {
            score.rule: costs[score.rule] - score.cost for score in before.rules if costs[score.rule] != score.cost
        }


def test_the_best_come_first_and_the_impossible_last() -> None:
    found = ALTERNATIVES.candidates(FIRST, "main", "host")
    # Three turns, five units: e in the place of b is as fair. c takes a second turn, as b, who helps at the third
    # session, cannot go there in exchange. a cannot, and d helps at the first already.
    assert [(c.who, c.instead, c.exchange) for c in found[:2]] == [("e", "b", None), ("c", "b", None)]
    assert {c.who for c in found[2:]} == {"a", "d"}
    ranks = [(len(c.effect.breaches), *(verdict(exchanged("host", c)).costs[p] for p in (1, 2, 3))) for c in found]
    assert ranks == sorted(ranks)
    assert [c.effect.possible for c in found] == [True, True, False, False]


def test_what_costs_at_a_weak_priority_comes_before_what_costs_at_a_strong_one() -> None:
    strong = demand("availability", id="avoid", level="avoid", priority=1)
    weak = demand("fair_share", id="fair", role="host", priority=2)
    case = case_of(
        *units("a b c"),
        series(rounds="1-2"),
        seats(),
        states("b", "avoid", "2027-01-04"),
        strong,
        weak,
    )
    # In the place of a, b is used at a time to avoid (priority 1), and c takes a second turn (priority 2).
    plan = plan_of(case, [held(case, FIRST, host="a"), held(case, SECOND, host="c")])
    found = Alternatives(case, read_rules(case), plan).candidates(FIRST, "main", "host")
    assert [(c.who, c.exchange, set(c.effect.by_priority)) for c in found] == [("c", SECOND, set()), ("b", None, {1})]


def test_what_saves_comes_before_what_costs_nothing() -> None:
    case = case_of(
        *units("a b c"),
        series(rounds="1"),
        seats(),
        states("a", "avoid", "2027-01-04"),
        *[
            demand("availability", id="avoid", level="avoid", priority=1),
            demand("date_preference", id="dates", priority=2),
        ],
        states("b", "avoid", "2027-01-04"),
    )
    plan = plan_of(case, [held(case, FIRST, host="a")])
    found = Alternatives(case, read_rules(case), plan).candidates(FIRST, "main", "host")
    assert [(c.who, dict(c.effect.by_priority)) for c in found] == [("c", {1: -1}), ("b", {})]


def test_a_free_seat_is_taken_in_addition_and_a_full_role_has_none() -> None:
    full = ALTERNATIVES.candidates(SECOND, "main", "help")
    assert all(c.instead in {"c", "d"} for c in full)
    empty = plan_of(CASE, [held(CASE, id_, parts={"main": {"host": "b"}}) for id_ in (FIRST, SECOND, THIRD)])
    found = Alternatives(CASE, read_rules(CASE), empty).candidates(FIRST, "main", "help")
    assert {(c.instead, c.exchange) for c in found} == {(None, None)}


def test_other_starts_cost_what_the_verifier_says() -> None:
    found = ALTERNATIVES.starts(FIRST)
    assert [f"{other.start:%m-%d %H:%M}" for other in found] == ["01-04 14:00"]
    after = verdict(seated(SEATS, "14:00"))
    assert found[0].effect.by_priority == differences(verdict(PLAN).costs, after.costs) == {3: 1}
    assert found[0].effect.breaches == after.breaches == ()


def test_a_change_that_mends_nothing_is_not_blamed_for_what_was_broken_before() -> None:
    broken = seated({**SEATS, FIRST: {"host": "a"}})
    assert not verdict(broken).holds
    found = Alternatives(CASE, read_rules(CASE), broken).candidates(SECOND, "main", "help")
    assert {c.who: c.effect.possible for c in found} == {"a": False, "b": True, "e": True}  # a is the host there


def test_seats_of_another_part_are_exchanged_as_well() -> None:
    case = case_of(
        *units("a b"),
        series(rounds="1-2"),
        part("duty", "am"),
        part("duty", "pm"),
        seats(part="am"),
        seats("late", part="pm"),
    )
    plan = plan_of(
        case,
        [
            held(case, id_, parts={"am": {"host": am}, "pm": {"late": pm}})
            for id_, am, pm in ((FIRST, "a", "b"), (SECOND, "b", "a"))
        ],
    )
    (found,) = Alternatives(case, read_rules(case), plan).candidates(FIRST, "am", "host")
    assert (found.who, found.instead) == ("b", "a")


def test_what_stays_the_same_is_no_difference() -> None:
    assert differences({1: 3, 2: 4}, {1: 3, 2: 6, 3: 1}) == {2: 2, 3: 1}
    assert differences({"a": 3}, {}) == {"a": -3}
