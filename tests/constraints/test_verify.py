"""The verifier: it recomputes what a plan costs, needs no solver, and falls over nothing that a plan file may hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints.reading import read_rules
from constraints.verify import false_claims, verify
from rota.case import Case
from rota.plan import OpenSeat, Plan, PlanPart, PriorityScore, RuleScore, Session, dump_plan
from tests.constraints.building import (
    case_of,
    demand,
    held,
    line,
    pin,
    plan_of,
    room,
    seats,
    series,
    site,
    states,
    turns,
    units,
)


def small(*demands: object) -> Case:
    return case_of(*units("a b"), series(rounds="1-4"), seats(), *demands)  # type: ignore[arg-type]  # rows all


TWICE = demand("load", id="twice", role="host", most=2, priority=2, weight=3)
FAIR = demand("fair_share", id="fair", role="host", priority=1)
GAP = demand("rest_gap", id="gap", role="host", cycle="weeks", rounds=2, priority=2)
COVER = demand("cover", id="cover", role="host")


def test_costs_are_the_breaches_times_the_weights_by_priority() -> None:
    case = small(TWICE, FAIR, GAP, COVER)
    verdict = verify(case, read_rules(case), plan_of(case, turns(case, "a a a b")))
    # fair: 3 and 1 turns where 2 are fair, 100 each; twice: one turn too many, times 3; gap: a in rounds 1, 2, 3 is
    # 1 apart twice
    assert verdict.costs == {1: 200, 2: 5}
    assert verdict.rules == (
        RuleScore(rule="fair", priority=1, cost=200, breaches=2),
        RuleScore(rule="gap", priority=2, cost=2, breaches=2),
        RuleScore(rule="twice", priority=2, cost=3, breaches=1),
    )
    assert {rule: len(found) for rule, found in verdict.wishes.items()} == {"fair": 2, "gap": 2, "twice": 1}
    assert verdict.holds


def test_a_breach_of_what_must_hold_is_no_price() -> None:
    case = small(COVER)
    verdict = verify(case, read_rules(case), plan_of(case, turns(case, "a a a a")))
    assert not verdict.holds
    assert [(breach.rule, breach.who) for breach in verdict.breaches] == [("cover", ("b",))]
    assert (verdict.costs, verdict.rules, verdict.wishes) == ({}, (), {})


def test_structure_comes_first() -> None:
    case = small(COVER)
    verdict = verify(case, read_rules(case), plan_of(case, turns(case, "a a a")))
    assert [breach.rule for breach in verdict.breaches] == ["structure", "cover"]


def test_what_is_kept_is_listed_with_no_cost() -> None:
    case = small(TWICE, FAIR)
    verdict = verify(case, read_rules(case), plan_of(case, turns(case, "a b a b")))
    assert verdict.costs == {1: 0, 2: 0}
    assert [(score.rule, score.cost, score.breaches) for score in verdict.rules] == [("fair", 0, 0), ("twice", 0, 0)]


def test_seats_left_open_are_the_first_of_all_costs() -> None:
    case = small(FAIR)
    plan = plan_of(case, turns(case, "a b a")).model_copy(
        update={"open": (OpenSeat(session="duty@2027-01-25", missing=2),)}
    )
    verdict = verify(case, read_rules(case), plan)
    # 2 and 1 turns where 2 are fair
    assert (verdict.holds, verdict.costs) == (True, {0: 2, 1: 100})


def test_what_a_plan_says_of_itself_and_is_not_so_is_named() -> None:
    case = small(FAIR, TWICE)
    plan = plan_of(case, turns(case, "a a a b"))
    verdict = verify(case, read_rules(case), plan)
    honest = tuple(PriorityScore(priority=p, value=cost) for p, cost in verdict.costs.items())
    first = honest[0]
    lies = {
        "the plan claims cost": (first.model_copy(update={"value": first.value + 1}), *honest[1:]),
        "the priorities of the score": (*honest, PriorityScore(priority=9, value=0)),
        "the bound at priority": (first.model_copy(update={"bound": first.value + 1}), *honest[1:]),
        "does not bear out": (first.model_copy(update={"proved": True, "bound": first.value - 1}), *honest[1:]),
    }
    sound = plan.model_copy(update={"score": honest, "rules": verdict.rules})
    assert false_claims(case, sound, verdict) == ()
    for said, score in lies.items():
        found = false_claims(case, sound.model_copy(update={"score": score}), verdict)
        assert any(said in message.say("en") for message in found), said
    assert false_claims(case, sound.model_copy(update={"rules": verdict.rules[:-1]}), verdict)
    assert false_claims(case, sound.model_copy(update={"rules": ()}), verdict)


VERIFIER = """
import sys
sys.modules["ortools"] = None  # an import of it now raises
from pathlib import Path
from constraints.reading import read_rules
from constraints.verify import verify
from rota.case import Case
from rota.plan import load_plan
case = Case.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
verdict = verify(case, read_rules(case), load_plan(Path(sys.argv[2]).read_text(encoding="utf-8")))
print(verdict.holds, verdict.costs, [breach.message.say("en") for breach in verdict.breaches])
"""


@pytest.mark.slow  # among the fast tests, the command line is run so
def test_a_plan_is_verified_where_no_solver_is_installed(tmp_path: Path, root: Path) -> None:
    case = small(COVER, FAIR)
    (tmp_path / "case.json").write_text(case.model_dump_json(), encoding="utf-8")
    (tmp_path / "plan.json").write_text(dump_plan(plan_of(case, turns(case, "a a a a"))), encoding="utf-8")
    command = [sys.executable, "-c", VERIFIER, str(tmp_path / "case.json"), str(tmp_path / "plan.json")]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    # 4 and 0 turns where 2 are fair: 100 * 2^2 each
    assert result.stdout.strip() == "False {1: 800} ['b has 0 turns as Host; due: at least 1 turn']"


# Plans of which nothing is true: every rule must be able to look at them.

EVERYTHING = case_of(
    site("hall", hours="09:00-18:00"),
    site("yard"),
    room("red", capacity=3, features="screen"),
    room("shed", at="yard"),
    line("law"),
    line("health"),
    *units("a b c"),
    series(rounds="1-2", needs_room=True, lines="law; health", attendance=5, days_after=1),
    series("walk", rounds="2", presence="may", choice="n"),
    seats(),
    seats("partner", least=0),
    seats(activity="walk"),
    states("a", "cannot", "2027-01-04"),
    states("red", "avoid", "2027-01-04"),
    states("b", "prefer", "2027-01-04"),
    pin("duty@2027-01-04", role="host", resource="a"),
    pin("walk@2027-01-11", start="2027-01-11 09:00", absent="是"),
    demand("availability", id="avoid", level="avoid", priority=1),
    demand("availability", id="prefer", level="prefer", priority=1),
    demand("load", id="load", most=1),
    demand("cover", id="cover"),
    demand("rest_gap", id="rest", cycle="weeks", rounds=2),
    demand("fair_share", id="fair", priority=1),
    demand("line_coverage", id="coverage"),
    demand("line_balance", id="balance"),
    demand("pairing", id="pairing", who="a", with_whom="b", mode="require"),
    demand("fresh_partners", id="fresh", role="host", with_role="partner"),
    demand("date_preference", id="dates", priority=2),
    demand("wanted", id="wanted", priority=2),
    demand("choose", id="choose", choice="n", least=1),
)

NAMES = st.sampled_from(["a", "b", "nobody", "red", "hall"])
PARTS = st.builds(
    PlanPart,
    id=st.sampled_from(["main", "p"]),
    room=st.none() | st.sampled_from(["red", "shed", "cellar", "a"]),
    line=st.none() | st.sampled_from(["law", "sport"]),
    roles=st.dictionaries(st.sampled_from(["host", "partner", "guest"]), st.lists(NAMES, max_size=3).map(tuple)),
)
SOUND = [held(EVERYTHING, session, host="a") for session in ("duty@2027-01-04", "duty@2027-01-11", "walk@2027-01-11")]
SESSIONS = st.builds(
    lambda sound, id_, site_, parts: sound.model_copy(update={"id": id_, "site": site_, "parts": parts}),
    st.sampled_from(SOUND),
    st.sampled_from(["duty@2027-01-04", "duty@2027-01-11", "walk@2027-01-11", "party@2027-01-04"]),
    st.sampled_from(["hall", "yard", "roof", "a"]),
    st.lists(PARTS, max_size=3).map(tuple),
)


@given(st.lists(SESSIONS, max_size=4))
def test_the_verifier_falls_over_no_plan_and_says_all_it_finds(sessions: list[Session]) -> None:
    plan: Plan = plan_of(EVERYTHING, sessions)
    verdict = verify(EVERYTHING, read_rules(EVERYTHING), plan)
    for breach in (*verdict.breaches, *(breach for found in verdict.wishes.values() for breach in found)):
        assert breach.message.say("en")
        assert breach.message.say("zh")
