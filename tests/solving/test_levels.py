"""All priorities as one sum: each outweighs the weaker ones, and all that fit in count."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import pytest
from ortools.sat.python import cp_model

from constraints.board import Board
from scheduler.solving.levels import all_costs, costs_in, costs_near


def board_of(*reaches: int) -> tuple[Board, list[cp_model.IntVar]]:
    """Return a board on which each priority costs what one variable says, and any two variables at least 1 together."""
    model = cp_model.CpModel()
    counts = [model.new_int_var(0, reach, "") for reach in reaches]
    for stronger, weaker in pairwise(counts):
        model.add(stronger + weaker >= 1)
    costs = {priority: [(1, count)] for priority, count in enumerate(counts, 1)}
    return cast("Board", SimpleNamespace(model=model, missing=[], costs=costs)), counts


def least(board: Board, cost: cp_model.LinearExprT) -> dict[int, int]:
    board.model.minimize(cost)
    solver = cp_model.CpSolver()
    assert solver.solve(board.model) == cp_model.OPTIMAL
    return costs_in(board, solver.response_proto.solution)


@pytest.mark.parametrize("near", [False, True])
def test_each_priority_outweighs_the_weaker_ones(near: bool) -> None:  # noqa: FBT001 - a column
    board, _ = board_of(9, 9, 9)
    assert least(board, costs_near(board, {1: 9, 2: 9, 3: 9}) if near else all_costs(board)) == {1: 0, 2: 1, 3: 0}


def test_the_weakest_counts_though_the_stronger_could_cost_much() -> None:
    board, _ = board_of(10**9, 10**9, 10**9)
    assert least(board, costs_near(board, {1: 3, 2: 2, 3: 7})) == {1: 0, 2: 1, 3: 0}


def test_where_not_all_fit_in_the_stronger_ones_count() -> None:
    board, _ = board_of(10**12, 10**12, 10**12)
    found = least(board, costs_near(board, dict.fromkeys((1, 2, 3), 10**12)))
    assert (found[1], found[2]) in {(0, 1), (0, 10**12)}
    assert board.model.validate() == ""


def test_the_weakest_counts_as_long_as_whole_numbers_hold_the_sum() -> None:
    board, _ = board_of(10**7, 10**7, 10**7)
    assert least(board, costs_near(board, dict.fromkeys((1, 2, 3), 10**5))) == {1: 0, 2: 1, 3: 0}
    assert len(board.model.proto.objective.vars) == 3
