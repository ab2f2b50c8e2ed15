"""Why not: the price of a decision is what the best plan with it costs more than the best plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.reading import read_rules
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.case import Case
from rota.demand import Pin
from rota.plan import Plan
from scheduler.solving.control import Control
from scheduler.solving.forcing import Forced, force
from scheduler.solving.minimiser import cost_at
from tests.suzhou import suzhou
from tests.thoroughness import often

pytestmark = pytest.mark.slow

ASKED = often(8, 20)
"""So many of the twenty questions are asked; half a minute of processor time goes into three."""
TWENTY = (
    ("rotation@2023-10-14", "partner", "U25"),
    ("rotation@2023-10-14", "host", "U15"),
    ("rotation@2023-12-09", "instructor", "T02"),
    ("rotation@2023-11-11", "host", "U19"),
    ("legal@2023-05-05", "lawyer", "T14"),
    ("rotation@2023-04-15", "support", "U02"),
    ("rotation@2023-07-08", "partner", "U30"),
    ("rotation@2023-07-22", "host", "U18"),
    ("rotation@2023-11-11", "host", "U16"),
    ("rotation@2023-10-14", "host", "U10"),
    ("rotation@2023-12-09", "host", "U03"),
    ("rotation@2023-11-25", "support", "U02"),
    ("rotation@2023-09-16", "support", "U15"),
    ("rotation@2023-06-10", "support", "U01"),
    ("rotation@2023-06-24", "support", "U08"),
    ("rotation@2023-11-11", "support", "U19"),
    ("rotation@2023-06-24", "partner", "U28"),
    ("rotation@2023-08-05", "partner", "U27"),
    ("rotation@2023-04-15", "instructor", "T08"),
    ("health_check@2023-06-18", "medical", "U22"),
)
"""Who might as well have served where, in which role; the first few cost nothing, or something at each priority."""


@pytest.fixture(scope="module")
def case() -> Case:
    return suzhou()


@pytest.fixture(scope="module")
def plan(best_of_suzhou: Plan) -> Plan:
    return best_of_suzhou


@pytest.fixture(scope="module")
def answers(case: Case, plan: Plan) -> dict[tuple[str, str, str], Forced]:
    def ask(question: tuple[str, str, str]) -> Forced:
        session, role, who = question
        return force(case, plan, [Pin(session=session, role=role, resource=who)], Control(), near=False)

    questions = TWENTY[:ASKED]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(questions, pool.map(ask, questions), strict=True))


def best_costs(
    case: Case,
    state: Callable[[Board], None] = lambda _: None,
    free: Mapping[int, int] | None = None,
    found: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Return the best cost at each priority, one after the other, by nothing but a board and CP-SAT.

    What is stated can only make a plan worse: as long as a plan was `found` that costs what the best one costs that is
    `free` of it, nothing is better, and nothing is solved. Where something is, nothing dearer is looked at than what
    was found, which the verifier has judged.
    """
    board = Board(case)
    board.post(read_rules(case))
    state(board)
    best: dict[int, int] = {}
    for priority in sorted(board.costs):
        cost = cost_at(board, priority)
        if free and found and best == {p: free[p] for p in best} and found[priority] == free[priority]:
            best[priority] = free[priority]
        else:
            if found:
                board.model.add(cost <= found[priority])
            board.model.minimize(cost)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.linearization_level = 2
            solver.parameters.cp_model_probing_level = 0
            assert solver.solve(board.model) == cp_model.OPTIMAL
            best[priority] = round(solver.objective_value)
        board.model.add(cost <= best[priority])
    return best


def seated(session: str, role: str, who: str) -> Callable[[Board], None]:
    """Return what seats somebody, said without any pin."""

    def state(board: Board) -> None:
        occurrence = agenda_of(board.case).by_id[session]
        seats = [board.seat(occurrence, part, role, who) for part in occurrence.parts]
        board.model.add(cp_model.LinearExpr.sum(seats) >= 1)

    return state


def test_prices_are_the_difference_of_two_independent_solves(
    case: Case, plan: Plan, answers: dict[tuple[str, str, str], Forced]
) -> None:
    free = best_costs(case)
    assert free == {score.priority: score.value for score in plan.score}

    def solved(question: tuple[str, str, str]) -> dict[int, int]:
        answer = answers[question].solved
        assert answer is not None
        return best_costs(case, seated(*question), free, verify(case, read_rules(case), answer.plan).costs)

    with ThreadPoolExecutor(2) as pool:
        forced = dict(zip(answers, pool.map(solved, answers), strict=True))
    for question, answer in answers.items():
        assert answer.exact
        apart = {p: forced[question][p] - free[p] for p in free if forced[question][p] != free[p]}
        assert dict(answer.by_priority) == apart, question


def test_the_plan_that_would_result_does_what_was_asked_and_costs_what_was_said(
    plan: Plan, answers: dict[tuple[str, str, str], Forced]
) -> None:
    before = {score.priority: score.value for score in plan.score}
    for (session, role, who), answer in answers.items():
        assert answer.solved is not None
        assert answer.solved.plan.case.hash == plan.case.hash  # it answers the case, not the case with the question
        assert who in answer.solved.plan.session[session].serving(role)
        assert answer.solved.verdict.holds
        after = {score.priority: score.value for score in answer.solved.plan.score}
        assert after == {p: cost + answer.by_priority.get(p, 0) for p, cost in before.items()}


def test_the_price_by_rule_adds_up_to_the_price_by_priority(
    case: Case, answers: dict[tuple[str, str, str], Forced]
) -> None:
    priority_of = {rule.id: rule.priority for rule in read_rules(case)}
    for answer in answers.values():
        summed: dict[int, int] = {}
        for rule, more in answer.by_rule.items():
            summed[priority_of[rule]] = summed.get(priority_of[rule], 0) + more
        assert {p: more for p, more in summed.items() if more} == dict(answer.by_priority)


def test_some_of_them_cost_something_at_every_priority_and_some_nothing(
    answers: dict[tuple[str, str, str], Forced],
) -> None:
    assert {p for answer in answers.values() for p in answer.by_priority} >= {1, 3, 4}
    assert any(not answer.by_priority for answer in answers.values())


def test_what_cannot_be_names_the_conflict_that_forbids_it(case: Case, plan: Plan) -> None:
    answer = force(case, plan, [Pin(session="rotation@2023-06-24", role="host", resource="U06")], Control())
    assert answer.impossible
    assert answer.conflict is not None
    assert answer.conflict.minimal
    assert {instance.demand for instance in answer.conflict.instances} == {
        "pins"
    }  # a ban of the case stands against it


def test_a_near_plan_changes_fewer_sessions(case: Case, plan: Plan) -> None:
    pin = Pin(session="rotation@2023-12-09", role="host", resource="U03")
    near = force(case, plan, [pin], Control())
    assert near.solved is not None
    assert near.exact
    changed = [s.id for s in near.solved.plan.sessions if s != plan.session.get(s.id)]
    assert "rotation@2023-12-09" in changed
    assert len(changed) <= 10
