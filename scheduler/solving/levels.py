"""All priorities as one sum to be minimised, each outweighing the weaker ones together; and what each comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd, prod
from typing import TYPE_CHECKING, NamedTuple

from ortools.sat.python import cp_model

from rota.demand import REQUIRED

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from scheduler.solving.parts import Priced

LEEWAY = 10
"""Where a stronger priority gains, a weaker one may cost as much again, and so many times its dearest price."""
LARGEST_SUM = 2**50
"""What one sum that stands for all priorities may come to; the weakest that do not fit in do not count."""
LARGEST_NEAR = 2**61
"""What such a sum near present costs may come to: as much as the solver adds up in whole numbers."""


def all_costs(board: Board) -> cp_model.LinearExprT:
    """Return one sum for all priorities: missing seats first, each outweighing all the weaker ones together."""
    return _one_after_the_other([_Level.of(terms) for _, terms in _levels(board)], LARGEST_SUM)


def sum_of_all(board: Board) -> cp_model.LinearExprT:
    """Return all costs in one sum, without any order: where nothing else is open, each is as low as it can be."""
    return weighted([term for _, terms in _levels(board) for term in terms])


def costs_near(board: Board, now: Mapping[int, int], *, held: bool = False) -> cp_model.LinearExprT:
    """Return one sum for all priorities, as `all_costs`, of plans that cost not far more than `now` at weaker ones.

    How far is stated on the board, so that the sum stays small and the weakest counts, too. At the strongest one they
    cost no more than now, if they are `held` to that.
    """
    levels = [
        _Level.of(terms, 2 * now[priority] + LEEWAY * max(amount for amount, _ in terms) if number else now[priority])
        for number, (priority, terms) in enumerate(_levels(board))
    ]
    if levels and not held:
        levels[0] = levels[0]._replace(most=None)
    for level in levels:
        if level.most is not None:
            board.model.add(weighted(level.terms) <= level.most)
    return _one_after_the_other(levels, LARGEST_NEAR)


class _Level(NamedTuple):
    """The terms of one priority, and what these may come to `most`, where that is less than they could (None)."""

    terms: Sequence[Priced]
    unit: int
    span: int
    most: int | None = None

    @classmethod
    def of(cls, terms: Sequence[Priced], most: int | None = None) -> _Level:
        """Work out what the terms share, and how far apart the least and the most are that they can come to."""
        unit = gcd(*(amount for amount, _ in terms)) or 1
        span = sum(amount // unit * _span(what) for amount, what in terms)
        return cls(terms, unit, span, most if most is not None and most // unit < span else None)

    @property
    def reach(self) -> int:
        """How many steps there are between the least and the most."""
        return self.span if self.most is None else self.most // self.unit


def _one_after_the_other(levels: Sequence[_Level], largest: int) -> cp_model.LinearExprT:
    """Return a sum in which each level outweighs all the weaker ones; the weakest that do not fit in do not count."""
    fitting = next((levels[:n] for n in range(len(levels), 1, -1) if _largest(levels[:n]) <= largest), levels[:1])
    parts = [
        (factor * (amount // level.unit), what)
        for level, factor in zip(fitting, _factors(fitting), strict=True)
        for amount, what in level.terms
    ]
    return weighted(parts)


def _factors(levels: Sequence[_Level]) -> list[int]:
    """Return by what each level is multiplied: one step of it is more than all weaker ones can come to together."""
    return [prod(weaker.reach + 1 for weaker in levels[number + 1 :]) for number in range(len(levels))]


def _largest(levels: Sequence[_Level]) -> int:
    """Return what their sum could come to, whatever is stated of it: the solver adds that up before it looks."""
    return sum(factor * level.span for level, factor in zip(levels, _factors(levels), strict=True))


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


def _levels(board: Board) -> list[tuple[int, Sequence[Priced]]]:
    """Return what is charged at each priority at which anything is, the strongest first; missing seats before all."""
    return [(p, terms) for p, terms in ((REQUIRED, board.missing), *sorted(board.costs.items())) if terms]


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
