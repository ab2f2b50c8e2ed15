"""The rotation benchmark is said in the public vocabulary: its case costs what its judge counts, on any answer."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.rotation.adapter import INSTANCES, Answer, Instance, answer_of, benchmark, case_of, sessions_of
from constraints.reading import read_rules
from constraints.verify import Verdict, verify
from rota.plan import CaseRef, Plan

pytestmark = pytest.mark.skipif(not INSTANCES.exists(), reason="the benchmark's program is not beside the project")


def answers(instance: Instance, seed: int) -> Answer:
    """Draw an answer in which nobody and no room is used twice in a slot, whether they are available or not."""
    draw, answer = Random(seed), Answer(host=[], partner=[], instructor=[], room=[])
    activities = instance["activities"]
    for slot in range(instance["slots"]):
        held = sum(activity["slot"] == slot for activity in activities)
        units = draw.sample(range(len(instance["units"])), 2 * held)
        answer["host"] += units[:held]
        answer["partner"] += units[held:]
        answer["instructor"] += draw.sample(range(len(instance["instructors"])), held)
        answer["room"] += draw.sample(range(len(instance["rooms"])), held)
    return answer


def verdict(instance: Instance, answer: Answer) -> Verdict:
    case = case_of(instance)
    plan = Plan(case=CaseRef(title=case.settings.title, hash=case.hash), sessions=tuple(sessions_of(instance, answer)))
    return verify(case, read_rules(case), plan)


@pytest.mark.parametrize("size", ["S", "M", "L"])
def test_every_term_costs_what_the_judge_counts(size: str) -> None:
    instance = benchmark().make(size, 7)
    for seed in range(3):
        answer = answers(instance, seed)
        judged = benchmark().judge(instance, answer)
        found = verdict(instance, answer)
        assert {score.rule: score.cost for score in found.rules} == judged["cost"]
        assert found.costs == {1: judged["total"]}


@pytest.mark.parametrize("size", ["S", "L"])
def test_what_the_judge_forbids_does_not_hold(size: str) -> None:
    instance = benchmark().make(size, 8)
    for seed in range(3):
        answer = answers(instance, seed)
        judged = benchmark().judge(instance, answer)["hard"]
        broken = [breach for breach in verdict(instance, answer).breaches if breach.rule in {"availability", "lines"}]
        assert len(broken) == judged["unavailable"] + judged["line"]


def test_whoever_is_used_twice_in_a_slot_breaks_the_case() -> None:
    instance = benchmark().make("M", 7)
    answer = answers(instance, 0)
    answer["partner"][0] = answer["host"][0]
    answer["room"][1] = answer["room"][0]
    broken = {(b.rule, b.who) for b in verdict(instance, answer).breaches if b.rule == "no_overlap"}
    assert {("no_overlap", (f"u{answer['host'][0]}",)), ("no_overlap", (f"r{answer['room'][0]}",))} <= broken


def test_a_plan_is_read_back_as_the_answer_that_it_was() -> None:
    instance = benchmark().make("S", 7)
    answer = answers(instance, 5)
    assert answer_of(sessions_of(instance, answer)) == answer
