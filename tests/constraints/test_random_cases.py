"""All rules together on random small cases: solver and verifier agree on plans, windows and orders of posting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from constraints.board import Board, Mode
from constraints.quick import impossibilities
from constraints.reading import read_rules
from constraints.trial import Trial, describe
from constraints.verify import Verdict, verify
from rota.agenda import agenda_of
from rota.plan import CaseRef, Plan, Session
from scheduler.solving.decode import decode
from tests.constraints import sampling
from tests.thoroughness import often, sparing

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

Sessions = Mapping[str, Session]

FEW = settings(max_examples=sparing(6, 20), deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=often(80, 200), deadline=None, suppress_health_check=list(HealthCheck))


def judged(case: Case, rules: Sequence[Rule], sessions: Sessions) -> Verdict:
    return verify(case, rules, Plan(case=CaseRef(title="", hash=""), sessions=tuple(sessions.values())))


def relaxed(rules: Sequence[Rule]) -> list[Rule]:
    """Make preferences of all rules, each at a priority of its own."""
    return [rule.model_copy(update={"priority": number}) for number, rule in enumerate(rules, start=1)]


def board_of(case: Case, rules: Sequence[Rule], mode: Mode = "plan") -> Board:
    board = Board(case, mode=mode)
    board.post(rules)
    return board


# Plans: each is fixed, and what the board makes of it compared with what the verifier does.


def compare_plan(case: Case, sessions: Sessions) -> None:
    rules = read_rules(case)
    verdict = judged(case, rules, sessions)
    complete = all(o.id in sessions for o in agenda_of(case).occurrences if o.must)
    if not complete:  # a session that has to take place and cannot: there is no plan to fix
        assert not verdict.holds
        return
    shown = f"{describe(sessions)}: {[breach.message.en for breach in verdict.breaches]}"
    cost = sum(verdict.costs.values()) if verdict.holds else None
    assert Trial(board_of(case, rules)).least_cost(sessions) == cost, shown
    assert Trial(board_of(case, rules, "explain"), assumed=True).least_cost(sessions) == cost, shown
    wishes = relaxed(rules)
    trial = Trial(board_of(case, wishes))
    costs = judged(case, wishes, sessions).costs
    assert trial.least_cost(sessions) == sum(costs.values()), shown
    assert {priority: trial.cost(priority) for priority in costs} == costs, shown


@given(st.data())
@FEW
def test_solver_and_verifier_agree_on_random_plans(data: st.DataObject) -> None:
    case = data.draw(sampling.cases())
    for _ in range(3):
        compare_plan(case, data.draw(sampling.plans(case)))


@pytest.mark.slow
@given(st.data())
@MANY
def test_solver_and_verifier_agree_on_many_random_plans(data: st.DataObject) -> None:
    case = data.draw(sampling.cases())
    for _ in range(3):
        compare_plan(case, data.draw(sampling.plans(case)))


# Optima: of windows, of orders of posting, of both modes.


@dataclass(frozen=True)
class Best:
    """The lexicographically best plan of a board, and what the verifier says its preferences cost."""

    sessions: dict[str, Session]
    costs: dict[int, int]


def best(board: Board, case: Case, rules: Sequence[Rule]) -> Best | None:
    """Return a best plan, priority after priority; None where there is none."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    for priority in [*sorted(board.costs), None]:
        terms = board.costs.get(priority, []) if priority is not None else []
        cost = cp_model.LinearExpr.weighted_sum([what for _, what in terms], [amount for amount, _ in terms])
        board.model.minimize(cost)
        status = solver.solve(board.model)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        board.model.clear_objective()  # type: ignore[no-untyped-call]  # OR-Tools leaves it without a signature
        board.model.add(cost <= round(solver.objective_value))
    values = [
        solver.value(board.model.get_int_var_from_proto_index(i)) for i in range(len(board.model.proto.variables))
    ]
    sessions = {each.id: each for each in decode(board, values)}
    verdict = judged(case, rules, sessions)
    assert verdict.holds, [breach.message.en for breach in verdict.breaches]
    return Best(sessions, verdict.costs)


def compare_window(case: Case, opened: set[str]) -> None:
    """Improve a window of a plan that holds, and do the same in the full model with the rest fixed by constraints."""
    rules = read_rules(case)
    without_wishes = [rule for rule in rules if rule.required]
    start = best(board_of(case, without_wishes), case, without_wishes)
    if start is None:
        return
    rest = {id_: session for id_, session in start.sessions.items() if id_ not in opened}
    window = Board(case, opened, rest)
    window.post(rules)
    full = Board(case)
    full.post(rules)
    values = dict(full.values(rest))
    mine = {literal.index for (_, id_, *_), literal in full.decisions() if id_ not in opened}
    for literal, value in values.items():
        if literal.index in mine:
            full.model.add(literal == int(value))
    improved, compared = best(window, case, rules), best(full, case, rules)
    assert improved is not None
    assert compared is not None
    assert improved.costs == compared.costs, f"{sorted(opened)}: {describe(start.sessions)}"
    assert {id_: improved.sessions.get(id_) for id_ in rest} == rest


def compare_orders(case: Case, order: list[int]) -> None:
    """Post the rules in another order, and in the other mode with all instances assumed."""
    rules = read_rules(case)
    shuffled = [rules[number] for number in sorted(range(len(rules)), key=lambda number: order[number % len(order)])]
    explain = board_of(case, shuffled, "explain")
    for literal in explain.instances.values():
        explain.model.add_bool_or([literal])
    found = [best(board, case, rules) for board in (board_of(case, rules), board_of(case, shuffled), explain)]
    assert len({None if each is None else tuple(each.costs.items()) for each in found}) == 1, found


def windows(case: Case) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from([o.id for o in agenda_of(case).occurrences]), min_size=1)


@given(st.data())
@FEW
def test_a_window_of_a_random_plan_has_the_optimum_of_the_whole_with_the_rest_fixed(data: st.DataObject) -> None:
    case = data.draw(sampling.cases())
    compare_window(case, data.draw(windows(case)))


@given(st.data())
@FEW
def test_neither_the_order_of_posting_nor_the_mode_changes_the_optimum(data: st.DataObject) -> None:
    case = data.draw(sampling.cases())
    compare_orders(case, data.draw(st.lists(st.integers(0, 99), min_size=5, max_size=5)))


def compare_impossible(case: Case) -> None:
    rules = read_rules(case)
    if impossibilities(case, rules):
        required = [rule for rule in rules if rule.required]
        assert best(board_of(case, required), case, required) is None


@given(sampling.cases())
@FEW
def test_what_is_seen_to_be_impossible_without_a_solver_is_so(case: Case) -> None:
    compare_impossible(case)


@pytest.mark.slow
@given(sampling.cases())
@MANY
def test_what_is_seen_to_be_impossible_is_so_in_many_random_cases(case: Case) -> None:
    compare_impossible(case)


@pytest.mark.slow
@given(st.data())
@MANY
def test_windows_and_orders_of_many_random_plans(data: st.DataObject) -> None:
    case = data.draw(sampling.cases())
    compare_window(case, data.draw(windows(case)))
    compare_orders(case, data.draw(st.lists(st.integers(0, 99), min_size=5, max_size=5)))
