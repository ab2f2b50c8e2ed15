"""Lower bounds by decomposition: never above the best plan, proved by their prices alone, and good ones."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from itertools import islice, product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.certified import proved
from constraints.reading import read_rules
from constraints.rule import Rule
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.case import Case
from rota.certificate import SCALE, Certificate, PriorityCertificate, dump_certificate, load_certificate
from rota.plan import CaseRef
from rota.row import Row
from scheduler.solving.bounding.bound import bounds
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.bounding.components import components
from scheduler.solving.bounding.diving import seated
from scheduler.solving.bounding.relaxation import Place, Relaxation
from scheduler.solving.control import Control
from scheduler.solving.minimiser import cost_at
from scheduler.solving.search import Search
from tests.constraints import sampling
from tests.constraints.building import (
    case_of,
    cycle,
    demand,
    held,
    plan_of,
    room,
    roster_of,
    seats,
    series,
    site,
    states,
    turn,
    turns,
    units,
)
from tests.thoroughness import often, sparing

RANDOM = settings(max_examples=sparing(8, 40), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(200, 600), deadline=None, suppress_health_check=list(HealthCheck))
STEPS = 30
"""So many steps of column generation, at the most."""


def best_of(case: Case, rules: Sequence[Rule], priority: int = 1) -> PriorityCertificate:
    """Return the last bound that is found."""
    return [found for found in islice(bounds(case, rules, priority), STEPS) if found is not None][-1]


def least_cost(case: Case, rules: Sequence[Rule], priority: int) -> int | None:
    """Return the least that any plan costs at a priority, whatever the others cost; None where there is no plan."""
    board = Board(case)
    board.post(rules)
    board.model.minimize(cost_at(board, priority))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(board.model)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


def rotation(rounds: int, *rows: Row) -> Case:
    """Three units take turns as host and partner, once a week; more turns are dearer, and close ones too."""
    stated = (
        demand("rest_gap", id="gap", priority=1, weight=5, cycle="weeks", rounds=3),
        demand("rising_load", id="turns", priority=1),
        demand("rising_load", id="hosts", priority=1, role="host"),
    )
    who = (*units("a b c"), seats("host"), seats("partner"))
    week = cycle("weeks", f"FREQ=WEEKLY;COUNT={rounds}")
    return case_of(site("hall"), week, series(rounds=f"1-{rounds}", needs_room="否"), *who, *stated, *rows)


def compare(case: Case) -> int:
    """Hold every priority's bound to the best plan and to what its certificate proves; return what they add up to."""
    rules, total = read_rules(case), 0
    for priority in sorted({rule.priority for rule in rules if not rule.required}):
        least = least_cost(case, rules, priority)
        if least is None:
            continue
        found = best_of(case, rules, priority)
        assert found.bound <= least, [rule.kind for rule in rules if rule.priority == priority]
        assert proved(case, rules, found, SCALE) >= found.bound
        total += found.bound
    return total


@given(sampling.cases(sampling.SPEAKING))
@RANDOM
def test_no_bound_exceeds_the_best_plan_of_a_random_case(case: Case) -> None:
    compare(case)


@pytest.mark.slow
@given(sampling.cases(sampling.SPEAKING))
@MANY
def test_no_bound_exceeds_the_best_plan_of_many_random_cases(case: Case) -> None:
    compare(case)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((), id="nothing else"),
        pytest.param((states("a", "cannot", "2027-01-11"), states("b", "cannot", "2027-01-18")), id="away"),
        pytest.param((turn("a", "2026-12-28"),), id="a turn in the last week of the year before"),
        pytest.param((demand("load", id="few", role="host", most=1, per="month"),), id="one turn as host a month"),
        pytest.param(
            (demand("availability", id="avoid", level="avoid", priority=1), states("a", "avoid", "2027-01-04")),
            id="avoid",
        ),
    ],
)
def test_the_bound_of_a_small_rotation_is_what_its_best_plan_costs(rows: tuple[Row, ...]) -> None:
    case = rotation(3, *rows)
    rules = read_rules(case)
    assert best_of(case, rules).bound == least_cost(case, rules, 1)


@pytest.mark.slow
def test_cheapest_schedules_are_those_of_all_that_a_unit_could_have() -> None:
    case = rotation(4, turn("a", "2026-12-28"), states("b", "cannot", "2027-01-11"))
    rules = read_rules(case)
    (component,) = components(Relaxation(case, rules, 1))
    draw = random.Random(0)
    for _ in range(20):
        prices = np.array([draw.randrange(-5, 60) * SCALE for _ in component.bundles])
        earned = {b.row.place: int(price) for b, price in zip(component.bundles, prices, strict=True)}
        found = {schedule.who: schedule.least for schedule in component.schedules(prices)}
        assert found == {who: cheapest(case, rules, who, earned) for who in "abc"}


def cheapest(case: Case, rules: Sequence[Rule], who: str, earned: dict[Place, int]) -> int:
    """Return the least that a unit's turns cost less what they earn, over all it could take, by the rules' checks."""
    sessions = [occurrence.id for occurrence in agenda_of(case).occurrences]
    able = [s for s in sessions if not (who == "b" and s == "duty@2027-01-11")]
    costs = []
    for roles in product(["", "host", "partner"], repeat=len(able)):
        taken = [(session, role) for session, role in zip(able, roles, strict=True) if role]
        roster = roster_of(case, [held(case, session, parts={"main": {role: who}}) for session, role in taken])
        charged = sum(rule.cost(roster) for rule in rules if not rule.required)
        costs.append(charged * SCALE - sum(earned[Place(session, "main", role)] for session, role in taken))
    return min(costs)


def test_rooms_that_two_sessions_compete_for_cost_what_the_best_assignment_does() -> None:
    rows: list[Row] = [
        site("hall"),
        room("large", capacity=30),
        room("small", capacity=10),
        *units("a b"),
        cycle("weeks", "FREQ=WEEKLY;COUNT=1"),
    ]
    rows += [
        series("talk", rounds="1", attendance=30, needs_room=True),
        series("tea", rounds="1", attendance=25, needs_room=True),
    ]
    rows += [seats("host", "talk"), seats("host", "tea"), demand("room_fit", id="seats", priority=1)]
    case = case_of(*rows)
    found = best_of(case, read_rules(case))
    assert found.bound == 15, "the talk in the large room, the tea ten seats short of 25 in the small one"
    assert proved(case, read_rules(case), found, SCALE) == 15
    assert {row.room for row in found.rooms} <= {"large", "small"}


def test_sessions_that_are_held_at_once_compete_for_rooms_on_whatever_days_they_are_foreseen() -> None:
    rows: list[Row] = [site("hall"), room("large", capacity=30), room("small", capacity=10, parallel=3), *units("a")]
    moved = {"days_after": 1, "weekdays": "Tue"}
    for number, (attendance, when) in enumerate(((30, moved), (25, moved), (15, {}), (13, {}))):
        each = f"talk{number}"
        cell = {"attendance": attendance, "needs_room": True, "cycle": "weeks" if when else "tuesdays", **when}
        rows += [series(each, rounds="1", **cell), seats("host", each, least=0)]
    rows += [cycle("weeks", "FREQ=WEEKLY;COUNT=1"), cycle("tuesdays", "FREQ=WEEKLY;COUNT=1", dt.date(2027, 1, 5))]
    case = case_of(*rows, demand("room_fit", id="seats", priority=1))
    rules = read_rules(case)
    found = best_of(case, rules)
    assert found.bound == least_cost(case, rules, 1) == 15 + 5 + 3, "the largest in the large room"
    assert proved(case, rules, found, SCALE) == found.bound


@pytest.mark.parametrize(("times", "rounds"), [(("09:00",), 30), (("09:00", "11:00", "14:00"), 13)])
def test_a_long_rest_is_proved_as_far_back_as_it_is_bounded(times: tuple[str, ...], rounds: int) -> None:
    week = cycle("weeks", f"FREQ=WEEKLY;COUNT={rounds}")
    rest = demand("rest_gap", priority=1, cycle="weeks", rounds=20)
    held = [series(f"at{n}", rounds=f"1-{rounds}", times=time) for n, time in enumerate(times)]
    case = case_of(week, *held, *units("a b c"), *(seats("host", each.id) for each in held), rest)
    rules = read_rules(case)
    found = best_of(case, rules)
    assert found.bound > 0
    assert proved(case, rules, found, SCALE) >= found.bound


def test_a_certificate_comes_back_as_it_was_written() -> None:
    case = rotation(4)
    certificate = Certificate(case=CaseRef(title="", hash=case.hash), priorities=(best_of(case, read_rules(case)),))
    assert load_certificate(dump_certificate(certificate)) == certificate
    assert dump_certificate(certificate).count("\n") > len(certificate.priorities[0].seats) > 0


def test_prices_that_were_changed_prove_another_bound() -> None:
    case = rotation(4)
    found = best_of(case, read_rules(case))
    dearer = [row.model_copy(update={"price": row.price + 30 * SCALE}) for row in found.seats]
    assert proved(case, read_rules(case), found, SCALE) == found.bound
    assert proved(case, read_rules(case), found.model_copy(update={"seats": dearer}), SCALE) < found.bound


def test_bounds_of_all_priorities_are_kept_in_one_certificate() -> None:
    case = rotation(3, demand("load", id="few", priority=2, role="host", most=0))
    rules = read_rules(case)
    certifier = Certifier(case, rules, Control(seconds=60), patience=0)
    assert certifier.bound(1) == 0
    certifier.run()
    assert certifier.bound(2) == 3, "three sessions have a host"
    assert certifier.bound(1) == least_cost(case, rules, 1)
    assert [each.priority for each in certifier.certificate().priorities] == [1, 2]


def test_nothing_is_sought_once_the_search_is_over() -> None:
    case = rotation(3)
    control = Control()
    control.stop.set()
    certifier = Certifier(case, read_rules(case), control)
    certifier.run()
    assert certifier.certificate().priorities == ()


def test_a_plan_that_is_found_beside_while_another_is_verified_is_looked_at_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = case_of(*units("a b"), series(rounds="1-4"), seats(), demand("fair_share", priority=1))
    search = Search(case, read_rules(case), Control(), None)
    search.certifier = certifier = Certifier(case, read_rules(case), Control())
    uneven, even = ({session.id: session for session in turns(case, who)} for who in ("a a a b", "a b a b"))

    def while_one_is_found(*given: Any) -> Verdict:
        certifier.start = even
        return verify(*given)

    monkeypatch.setattr("scheduler.solving.search.verify", while_one_is_found)
    certifier.start = uneven
    search.look_beside()
    assert search.sessions == uneven
    search.look_beside()
    assert search.sessions == even


@pytest.mark.parametrize("rounds", [3, 6])
def test_a_dive_ends_in_a_plan_near_the_bound(rounds: int) -> None:
    case = rotation(rounds, states("a", "cannot", "2027-01-11"))
    rules = read_rules(case)
    certifier = Certifier(case, rules, Control(seconds=60), patience=0)
    certifier.run()
    assert certifier.start is not None
    verdict = verify(case, rules, plan_of(case, certifier.start.values()))
    assert verdict.holds
    assert verdict.costs[1] <= certifier.bound(1) * 1.1


def test_the_seats_of_a_bundle_are_shared_out_first_where_they_must_be_filled() -> None:
    rows: list[Row] = [site("hall"), room("red"), *units("a b c"), cycle("weeks", "FREQ=WEEKLY;COUNT=1")]
    rows += [series("talk", rounds="1"), series("tea", rounds="1"), demand("rising_load", priority=1)]
    rows += [seats("host", "talk", least=1, most=2), seats("host", "tea", least=1, most=2)]
    case = case_of(*rows)
    (component,) = components(Relaxation(case, read_rules(case), 1))
    found = seated(component, {who: (who, 0, (0,)) for who in "abc"})
    assert [len(who) for who in found.values()] == [2, 1]
