"""All priorities as one sum to be minimised, each outweighing the weaker ones together; and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from rota.demand import REQUIRED

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from scheduler.solving.parts import Priced

LEEWAY = 10
"""Where a stronger priority gains, a weaker one may cost as much again, and so many times its dearest price."""
LARGEST_SUM = 2**50
"""What one sum that stands for all priorities may come to; the weakest that do not fit in do not count."""


def all_costs(board: Board) -> cp_model.LinearExprT:
    """Return one sum for all priorities: missing seats first, each outweighing all the weaker ones together."""
    fitting: list[tuple[int, int, Sequence[Priced]]] = []
    total = 1
    for terms in filter(None, _levels(board)):
        unit = gcd(*(amount for amount, _ in terms)) or 1
        reach = sum(amount // unit * _span(what) for amount, what in terms)
        total *= reach + 1
        if fitting and total > LARGEST_SUM:
            break
        fitting.append((unit, reach, terms))
    parts: list[Priced] = []
    factor = 1
    for unit, reach, terms in reversed(fitting):
        parts += [(factor * (amount // unit), what) for amount, what in terms]
        factor *= reach + 1
    return weighted(parts)


def sum_of_all(board: Board) -> cp_model.LinearExprT:
    """Return all costs in one sum, without any order: where nothing else is open, each is as low as it can be."""
    return weighted([term for terms in _levels(board) for term in terms])


def costs_near(board: Board, now: Mapping[int, int], *, held: bool = False) -> cp_model.LinearExprT:
    """Return one sum for all priorities, as `all_costs`, of plans that cost not far more than `now` at weaker ones.

    How far is stated on the board, so that the sum stays small and the weakest counts, too. At the strongest one they
    cost no more than now, if they are `held` to that.
    """
    parts: list[Priced] = []
    factor = 1
    levels = [(p, terms) for p, terms in ((REQUIRED, board.missing), *sorted(board.costs.items())) if terms]
    for number, (priority, terms) in reversed([*enumerate(levels)]):
        unit = gcd(*(amount for amount, _ in terms)) or 1
        reach = sum(amount // unit * _span(what) for amount, what in terms)
        most = now[priority] if number == 0 else 2 * now[priority] + LEEWAY * max(amount for amount, _ in terms)
        if most // unit < reach and (number or held):
            board.model.add(weighted(terms) <= most)
            reach = most // unit
        parts += [(factor * (amount // unit), what) for amount, what in terms]
        factor *= reach + 1
    return weighted(parts)


def weighted(terms: Sequence[Priced]) -> cp_model.LinearExprT:
    """Return a cost as an expression."""
    return cp_model.LinearExpr.weighted_sum([what for _, what in terms], [amount for amount, _ in terms])


def costs_in(board: Board, values: Sequence[int]) -> dict[int, int]:
    """Return what a solution costs on this board by priority; at that of what must hold, what is missing."""
    levels: dict[int, Sequence[Priced]] = {**board.costs}
    if board.missing:
        levels[REQUIRED] = board.missing
    return {p: sum(amount * worth(what, values) for amount, what in terms) for p, terms in levels.items()}


def better(after: Mapping[int, int], before: Mapping[int, int]) -> bool:
    """Tell whether costs by priority are better than others: at the strongest priority at which they differ."""
    return next((after.get(p, 0) < before.get(p, 0) for p in _differing(after, before)), False)


def _differing(one: Mapping[int, int], other: Mapping[int, int]) -> list[int]:
    return sorted(p for p in one.keys() | other.keys() if one.get(p, 0) != other.get(p, 0))


def _levels(board: Board) -> list[Sequence[Priced]]:
    return [board.missing, *(board.costs[priority] for priority in sorted(board.costs))]


def worth(what: Lit | cp_model.IntVar, values: Sequence[int]) -> int:
    """Return the value of a decision or a count in a solution."""
    if isinstance(what, bool):
        return what
    return values[what.index] if what.index >= 0 else 1 - values[-what.index - 1]


def _span(what: object) -> int:
    """Return how far apart the least and the greatest value of a term of the costs can be."""
    if isinstance(what, cp_model.IntVar):
        bounds = list(what.proto.domain)
        return int(bounds[-1] - bounds[0])
    return 1
