"""What the agreement test tries: the tiny cases of every rule, and the bare board without any."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints import trial
from constraints.board import Board
from constraints.registry import ADDED
from constraints.trial import cases_of, plans_of, quick_solver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session


def tiny_cases(kind: str) -> tuple[Case, ...]:
    """Return the tiny cases of a rule: those that its example tests bring along, or its distribution.

    Raises:
        LookupError: the rule has no example tests, or they bring no cases.
    """
    if kind in {rule.kind for rule in ADDED}:
        return cases_of(kind)
    name = f"tests.constraints.rules.test_{kind}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LookupError(f"the rule {kind} has no example tests: write {name.replace('.', '/')}.py") from error
    cases: tuple[Case, ...] = getattr(module, "TINY", ())
    if not cases:
        raise LookupError(f"{name} brings no cases: set TINY")
    return cases


class Exceptions(trial.Trial):
    """A board with exceptions, or with instances left out, fixed to plans; the cost is that of the exceptions."""

    def __init__(self, board: Board) -> None:
        super().__init__(board)
        amounts, what = [n for n, _ in board.exceptions], [w for _, w in board.exceptions]
        board.model.minimize(cp_model.LinearExpr.weighted_sum(what, amounts))

    def admits(self, sessions: Mapping[str, Session]) -> bool:
        return self.least_cost(sessions) is not None


def with_exceptions(case: Case, rule: Rule, exempt: Sequence[Instance]) -> tuple[Exceptions, Exceptions]:
    """Return a board on which some instances are exempt, and one on which they are left out and the others hold."""
    allowed = Board(case, exempt=exempt)
    allowed.post([rule])
    explained = trial.posted(case, rule, "explain")
    for instance, literal in explained.instances.items():
        explained.model.add(literal == int(instance not in exempt))
    return Exceptions(allowed), Exceptions(explained)


class _Projection(cp_model.CpSolverSolutionCallback):
    def __init__(self, literals: list[cp_model.IntVar]) -> None:
        super().__init__()
        self._literals = literals
        self.found: list[tuple[bool, ...]] = []

    def on_solution_callback(self) -> None:
        self.found.append(tuple(self.boolean_value(literal) for literal in self._literals))


def structural_solutions(case: Case) -> tuple[list[tuple[bool, ...]], list[tuple[bool, ...]]]:
    """Return all solutions of the bare board over its decisions: as the solver finds them, and as Python does."""
    board = Board(case)
    decisions = {literal.index: literal for _, literal in board.decisions()}
    collect = _Projection(list(decisions.values()))
    solver = quick_solver()
    solver.parameters.enumerate_all_solutions = True
    solver.solve(board.model, collect)
    enumerated = []
    for sessions in plans_of(case):
        value = {literal.index: chosen for literal, chosen in board.values(sessions)}
        enumerated.append(tuple(value[index] for index in decisions))
    return collect.found, enumerated
