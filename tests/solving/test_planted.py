"""Ten impossible years at Suzhou's size: what is named conflicts, all of it is needed for that, and the ways out work.

What is named is tried on boards of another kind than those it was found on: of the plan, with exceptions at a cost.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from random import Random

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.instances import Instance
from constraints.reading import read_rules
from constraints.structure import LEAST, STRUCTURE, TAKES_PLACE
from constraints.verify import verify
from rota.case import Case
from scheduler.solving.conflict import Conflict, conflict_of
from scheduler.solving.control import Control
from scheduler.solving.question import Question
from scheduler.solving.ways_out import WayOut, ways_out
from tests.solving.planted import PLANTED
from tests.suzhou import suzhou
from tests.thoroughness import often

pytestmark = pytest.mark.slow

LEFT_OUT = often(3, 100)
"""So many of the instances of a conflict are left out, one at a time."""

WITHOUT_A_THIRD_WAY = {"holiday_clash", "pin_against_absence"}
"""Two instances conflict, and each of them has to be given up or kept: there are no more ways out than two."""
THE_SAME_RULE_AGAIN = {"travel_too_long", "duty_rest", "absent_host", "too_many_turns"}
"""Fewer than three rules can be given up: the last way out gives up the same for others or elsewhere."""
EXPECTED = {
    "holiday_clash": {TAKES_PLACE, "availability"},
    "too_few_with_a_skill": {TAKES_PLACE, LEAST, "membership", "offers_line"},
    "circular_precedence": {TAKES_PLACE, "course_first", "practice_first"},
    "pin_against_absence": {"pins", "availability"},
    "travel_too_long": {"pins", "travel_time"},
    "capacity": {TAKES_PLACE, "room_fit"},
    "duty_rest": {"pins", "long_rest"},
    "absent_host": {"every_host", "availability", "pins"},  # the host of the opening is pinned
    "too_many_turns": {"support_twice"},
    "rest_against_turns": {"long_rest", "host_twice"},
}


@cache
def answer(name: str) -> tuple[Case, tuple[Instance, ...], Conflict, tuple[WayOut, ...]]:
    """Return the case, everything that it requires, the conflict, and the ways out."""
    case = PLANTED[name]()
    rules, control = read_rules(case), Control(seconds=300)
    question = Question(case, rules, control)
    conflict = conflict_of(question, case, rules)
    assert conflict is not None
    return case, question.instances, conflict, tuple(ways_out(question, case, rules, control))


def has_plan(case: Case, exempt: Collection[Instance]) -> bool:
    """Tell whether there is a plan that breaks at the most what is exempt."""
    board = Board(case, exempt=exempt)
    board.post([rule for rule in read_rules(case) if rule.required])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(board.model)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE)
    return bool(status != cp_model.INFEASIBLE)


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_named_conflicts_and_none_of_it_can_be_left_out(name: str) -> None:
    case, required, conflict, _ = answer(name)
    named = set(conflict.instances)
    others = {instance for instance in required if instance not in named}
    assert conflict.minimal
    assert not has_plan(case, others)
    for instance in Random(name).sample(conflict.instances, min(LEFT_OUT, len(conflict.instances))):
        assert has_plan(case, {*others, instance}), f"without {instance} the others conflict as well"


@pytest.mark.parametrize("name", PLANTED)
def test_the_conflict_is_about_what_was_planted(name: str) -> None:
    conflict = answer(name)[2]
    assert {instance.demand for instance in conflict.instances} == EXPECTED[name]
    for sentence in conflict.sentences:
        assert sentence.say("en") != sentence.say("zh")


@pytest.mark.parametrize("name", PLANTED)
def test_ways_out_give_up_different_rules_as_long_as_there_are_such_and_each_has_a_plan(name: str) -> None:
    case, _, conflict, ways = answer(name)
    assert len(ways) == (2 if name in WITHOUT_A_THIRD_WAY else 3)
    assert len({way.instances for way in ways}) == len(ways)
    given_up = [{instance.demand for instance in way.instances} for way in ways]
    other = [demands not in given_up[:number] for number, demands in enumerate(given_up)]
    assert other == sorted(other, reverse=True)
    assert all(other) == (name not in THE_SAME_RULE_AGAIN)
    for way in ways:
        assert set(way.instances) & set(conflict.instances) or len(way.instances) > 1
        assert has_plan(case, way.instances)
        allowed = {STRUCTURE if i.demand in {LEAST, TAKES_PLACE} else i.demand for i in way.instances}
        found = verify(case, read_rules(case), way.plan).breaches
        assert found == way.breaches != ()
        assert {breach.rule for breach in found} <= allowed


@pytest.mark.parametrize("name", PLANTED)
def test_nothing_less_than_the_cheapest_way_out_would_do(name: str) -> None:
    case, _, _, ways = answer(name)
    first = ways[0]
    assert first.cheapest
    assert first.price == min(way.price for way in ways)
    if len(first.instances) <= len(ways):
        for kept in first.instances:
            assert not has_plan(case, [i for i in first.instances if i != kept])


def test_two_instances_that_conflict_alone_have_no_third_way_out() -> None:
    for name in WITHOUT_A_THIRD_WAY:
        case, required, conflict, ways = answer(name)
        assert {way.instances for way in ways} == {(instance,) for instance in conflict.instances}
        assert not has_plan(case, set(required) - set(conflict.instances))


def test_a_case_with_a_plan_has_neither_conflict_nor_way_out() -> None:
    case, control = suzhou(), Control(seconds=60)
    question = Question(case, read_rules(case), control)
    assert conflict_of(question, case, read_rules(case)) is None
    assert list(ways_out(question, case, read_rules(case), control)) == []
