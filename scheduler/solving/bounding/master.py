"""Prices on seats by column generation: a linear program over the schedules found so far, held near the best prices.

The program's prices jump about while few schedules are known. So prices may leave those of the best bound by no more
than a step, at a penalty on seats that are filled or emptied by nobody (the box step method: Marsten, Hogan and
Blankenship, 1975). Where the program needs no such seats and its value meets the bound, no prices give a better one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.math_opt.python import mathopt

from rota.certificate import SCALE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scheduler.solving.bounding.pricing import Bundle, Schedule

    Ints = NDArray[np.int64]
    Pricing = Callable[[Ints], Iterator[Schedule]]

NOTHING = 1e-6
"""Less than this of a seat, or of a cost, is a matter of rounding."""
WIDER = 2.0
"""Where prices press against the box, it grows by this factor."""
WIDEST = 1e6
"""Who could still pay more than this for a seat has none to pay for: no plan fills all seats."""
TOGETHER = 10.0
"""Prices of one role may move together by so many steps."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """Prices, in millionths, and the bound that they give; `best` where no prices give a better one."""

    prices: Ints
    bound: int
    best: bool


Key = tuple[str, int, tuple[int, ...]]
"""A schedule: whose it is, its cost, and the bundles that it serves."""


def whole(scaled: int) -> int:
    """Round a bound in millionths up to whole costs: no plan costs a fraction."""
    return -(-scaled // SCALE)


ASTRAY = (AttributeError, RuntimeError, ValueError)
"""What MathOpt raises where GLOP ends abnormally; the first, since it fails to translate the status (OR-Tools 9.15)."""


SPARSE = mathopt.ModelSolveParameters(
    variable_values_filter=mathopt.SparseVectorFilter(skip_zero_values=True),
    reduced_costs_filter=mathopt.SparseVectorFilter(filtered_items=()),
)
"""What is told of a solution: most schedules have no part in it."""


class Master:
    """The linear program of one component: bundles of seats, and schedules of its resources."""

    def __init__(self, bundles: Sequence[Bundle], pricing: Pricing, start: Ints, step: float) -> None:
        self.bundles, self.pricing = bundles, pricing
        self.center, self.step = start, step
        self.bound: int | None = None
        self.model = mathopt.Model()
        self.seats = [self.model.add_linear_constraint(lb=b.least, ub=b.most) for b in bundles]
        self.filled = [self.model.add_variable(lb=0) for _ in bundles]
        self.emptied = [self.model.add_variable(lb=0) for _ in bundles]
        for seats, filled, emptied in zip(self.seats, self.filled, self.emptied, strict=True):
            seats.set_coefficient(filled, 1)
            seats.set_coefficient(emptied, -1)
        self._balance()
        self.one: dict[str, mathopt.LinearConstraint] = {}
        self.known: dict[Key, mathopt.Variable] = {}
        self.solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)

    def _balance(self) -> None:
        """Let prices of one role rise and fall together by much more than each by itself."""
        self.together = []
        for role in {bundle.row.place.role: None for bundle in self.bundles}:
            even = self.model.add_linear_constraint(lb=0, ub=0)
            for bundle, filled, emptied in zip(self.bundles, self.filled, self.emptied, strict=True):
                if bundle.row.place.role == role:
                    even.set_coefficient(filled, 1)
                    even.set_coefficient(emptied, -1)
            for sign in (1, -1):
                self.together.append(self.model.add_variable(lb=0))
                even.set_coefficient(self.together[-1], sign)

    def improve(self) -> Iterator[Bounded]:
        """Yield better and better prices; the last ones are the best, if nobody stops before."""
        prices = self.center
        while True:
            found = list(self.pricing(prices))
            value = sum(s.least for s in found) + self._filling(prices)
            if self.bound is None or value > self.bound:
                self.bound, self.center = value, prices
            added = sum(self.add(schedule) for schedule in found)
            result = self.solve()
            if result is None:
                yield Bounded(self.center, self.bound, best=False)
                return
            values = result.variable_values()
            artificial = sum(values.get(each, 0.0) for each in (*self.filled, *self.emptied))
            meets = whole(self.bound) >= whole(round((result.objective_value() - NOTHING) * SCALE))
            best = meets and artificial < NOTHING
            yield Bounded(self.center, self.bound, best)
            if best:
                return
            if meets or not added:
                if artificial < NOTHING or self.step > WIDEST:
                    return
                self.step *= WIDER
            prices = self.prices(result)

    def _filling(self, prices: Ints) -> int:
        """Return what the seats pay at the least: so many turns as they need, or as they can have."""
        return sum(int(p) * (b.least if p >= 0 else b.most) for p, b in zip(prices, self.bundles, strict=True))

    def add(self, schedule: Schedule) -> bool:
        """Let the program choose a schedule; tell whether it is new."""
        key = (schedule.who, schedule.cost, schedule.bundles)
        if key in self.known:
            return False
        chosen = self.known[key] = self.model.add_variable(lb=0)
        self.model.objective.set_linear_coefficient(chosen, schedule.cost / SCALE)
        if schedule.who not in self.one:
            self.one[schedule.who] = self.model.add_linear_constraint(lb=1, ub=1)
        self.one[schedule.who].set_coefficient(chosen, 1)
        for bundle in schedule.bundles:
            self.seats[bundle].set_coefficient(chosen, 1)
        return True

    def solve(self) -> mathopt.SolveResult | None:
        """Solve the program from where it was left, or anew where that goes astray; None where it cannot be solved."""
        for filled, emptied, center in zip(self.filled, self.emptied, self.center / SCALE, strict=True):
            self.model.objective.set_linear_coefficient(filled, center + self.step)
            self.model.objective.set_linear_coefficient(emptied, self.step - center)
        for both in self.together:
            self.model.objective.set_linear_coefficient(both, self.step * TOGETHER)
        for again in (False, True):
            if again:
                self.solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
            with suppress(*ASTRAY):
                result = self.solver.solve(model_params=SPARSE)
                if result.termination.reason == mathopt.TerminationReason.OPTIMAL:
                    return result
        return None

    def prices(self, result: mathopt.SolveResult) -> Ints:
        """Return the prices that the program gives."""
        return np.round(np.array(result.dual_values(self.seats)) * SCALE).astype(np.int64)
