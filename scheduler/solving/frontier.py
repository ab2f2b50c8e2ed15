"""The frontier: for two things that pull apart, the plans that are not worse in both than another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.verify import verify
from rota.difference import difference
from rota.plan import PriorityScore
from scheduler.solving.completing import completed
from scheduler.solving.control import SearchOverError
from scheduler.solving.decode import as_plan, decode, with_reasons
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.minimiser import cost_at
from scheduler.solving.nearest import made_by
from scheduler.solving.nearness import differing, foreseen
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan, Session
    from scheduler.solving.control import Control

CHANGES: Literal["changes"] = "changes"
"""The number of sessions that differ from a known plan, beside what the case itself has changed, as one of the two."""

Axis = int | Literal["changes"]
"""What a frontier weighs: the cost at a priority, or the number of changes."""

PROVING = 30.0
"""Deterministic seconds for the least of one axis."""
SEEKING = 0.6
"""The share of a limited time in which points are looked for, where weaker priorities are to be completed then."""


@dataclass(frozen=True)
class Point:
    """One plan of the frontier: its values on both axes; `proved` where none is as good on both and better on one.

    A completed point has its `costs` by priority. At the weaker priorities that are `unproved`, a plan with the same
    two values may cost less. `present` marks the known plan.
    """

    first: int
    second: int
    proved: bool
    plan: Plan
    costs: Mapping[int, int] = field(default_factory=dict)
    unproved: tuple[int, ...] = ()
    present: bool = False


def undominated(points: Iterable[Point]) -> list[Point]:
    """Return the points than which no other one is as good on both axes and better on one, in order of the first.

    What is proved is among them anyway; what was found when time ran out may not be.
    """
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.first, point.second, not point.proved)):
        if not kept or point.second < kept[-1].second:
            kept.append(point)
    return kept


@dataclass(frozen=True)
class _Least:
    value: int
    proved: bool
    sessions: tuple[Session, ...]


@dataclass(frozen=True)
class _Gap:
    """Two neighbours, between which points may lie whose value on the second axis is not under `floor`."""

    lower: Point
    upper: Point
    floor: int

    def half(self) -> int:
        """Return the value on the second axis up to which the better half of the gap reaches."""
        return (self.lower.second - 1 + self.floor) // 2

    def width(self) -> int:
        """Return how much lies between the neighbours."""
        return (self.upper.first - self.lower.first) * (self.lower.second - self.floor)

    def split(self, between: Point) -> list[_Gap]:
        """Return what is left of the gap around a point in it."""
        parts = [_Gap(self.lower, between, between.second + 1), _Gap(between, self.upper, self.floor)]
        return [part for part in parts if part.floor < part.lower.second and part.upper.first - part.lower.first > 1]


class Frontier:
    """The trade-off of two axes; priorities stronger than both are kept at their best values first.

    Weaker ones are free while points are looked for; `completed` then makes the best of them, point by point.
    """

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        axes: tuple[Axis, Axis],
        control: Control,
        near: Mapping[str, Session] | None = None,
    ) -> None:
        self.case, self.rules, self.axes, self.near = case, rules, axes, near
        stated = sorted({rule.priority for rule in rules if not rule.required})
        chosen = [axis for axis in axes if axis != CHANGES]
        self.stronger = [priority for priority in stated if chosen and priority < min(chosen)]
        self.weaker = [priority for priority in stated if priority not in {*self.stronger, *axes}]
        self.whole = self.control = control
        if self.weaker and (left := control.left()) is not None:
            self.control = replace(control, seconds=left * SEEKING)
        self.limits: list[tuple[Axis, int]] = []
        self.bounds: dict[Axis, int] = {}
        self.complete = False
        self._all_answered = True

    def points(self, most: int) -> Iterator[Point]:
        """Yield up to `most` points, the two ends first, then always one in the widest gap.

        `complete` is set where these are all that there are.

        Raises:
            InfeasibleError: there is no plan.
        """
        if not self._hold_stronger():
            return
        first, second = self.axes
        left, right = self._point(first, second), self._point(second, first)
        found = [point for point in (left, right) if point is not None]
        if left is not None and right is not None and left.first == right.first:
            found = [left]
        yield from found
        gaps = [_Gap(found[0], found[1], found[1].second + 1)] if len(found) == 2 else []  # noqa: PLR2004 - both ends
        number = len(found)
        while gaps and number < most and not self.control.over:
            gaps.sort(key=_Gap.width)
            gap = gaps.pop()
            between = self._between(gap)
            if between is not None:
                number += 1
                yield between
                gaps += gap.split(between)
            elif gap.half() < gap.lower.second - 1:
                gaps.append(replace(gap, floor=gap.half() + 1))
        self.complete = self._all_answered and not gaps

    @cached_property
    def present(self) -> Point | None:
        """The known plan with its values, where there is one and it holds."""
        if self.near is None:
            return None
        plan = as_plan(self.case, self.near.values())
        verdict = verify(self.case, self.rules, plan)
        first, second = (self._value(axis, plan) for axis in self.axes)
        point = Point(first, second, proved=False, plan=plan, costs=verdict.costs, present=True)
        return point if verdict.holds else None

    def completed(self, point: Point) -> Point:
        """Return the point with the best plan found that has its two values and is as good as can be at the rest.

        Where the known plan is as good as any found, it is the plan of the point.
        """
        plan, unproved, values = point.plan, tuple(self.weaker), (point.first, point.second)
        known = self.present if self.present and values == (self.present.first, self.present.second) else None
        if known is not None and any(self._value(axis, known.plan) > most for axis, most in self.limits):
            known = None
        plan = min([*([known.plan] if known else []), plan], key=self._costs)
        with suppress(SearchOverError):
            board = self._board(zip(self.axes, values, strict=True), self.whole)
            plan, unproved = completed(self.case, board, plan, self.weaker, self.whole)
        is_known = known is not None and self._costs(known.plan) <= self._costs(plan)
        if known is not None and is_known:
            plan = known.plan
        return self._scored(replace(point, plan=plan, unproved=unproved, present=is_known))

    def _scored(self, point: Point) -> Point:
        """Return a point with its costs, its plan with its score, as plans are written."""
        verdict = verify(self.case, self.rules, point.plan)
        score: list[PriorityScore] = []
        for priority, value in verdict.costs.items():
            before = tuple(each.priority for each in score if not each.proved)
            least = not before and self._least_there(point, priority)
            bound = value if least else self.bounds.get(priority)
            score.append(
                PriorityScore(
                    priority=priority,
                    value=value,
                    bound=bound,
                    proved=bound == value and not before,
                    conditional_on=() if bound is None else before,
                )
            )
        said = {"score": tuple(score), "rules": verdict.rules, "solver": made_by(self.whole, reproducible=False)}
        plan = with_reasons(self.case, self.rules, point.plan.model_copy(update=said))
        return replace(point, plan=plan, costs=verdict.costs)

    def _least_there(self, point: Point, priority: int) -> bool:
        """Tell whether no plan that is as good as a point at all stronger priorities is better at this one.

        That is proved together with the point where no number of changes was held, and no weaker priority is left out.
        """
        if CHANGES in self.axes or any(p < priority for p in point.unproved):
            return False
        if priority in self.weaker:
            return priority not in point.unproved and all(isinstance(a, int) and a < priority for a in self.axes)
        return priority == max(self.axes) and point.proved and not any(p < priority for p in self.weaker)

    def _costs(self, plan: Plan) -> list[int]:
        costs = verify(self.case, self.rules, plan).costs
        return [costs.get(priority, 0) for priority in self.weaker]

    def _hold_stronger(self) -> bool:
        """Fix the priorities that are stronger than both axes at their best values."""
        for priority in self.stronger:
            least = self._least(priority, ())
            if least is None:
                return False
            self.limits.append((priority, least.value))
        return True

    def _between(self, gap: _Gap) -> Point | None:
        """Return a point in the better half of a gap: of those the best on the first axis; None if there is none."""
        limits = ((self.axes[1], gap.half()), (self.axes[0], gap.upper.first - 1))
        least = self._least(self.axes[0], limits)
        return None if least is None else self._completed(self.axes[0], least, self.axes[1])

    def _point(self, main: Axis, other: Axis) -> Point | None:
        least = self._least(main, ())
        return None if least is None else self._completed(main, least, other)

    def _completed(self, main: Axis, least: _Least, other: Axis) -> Point:
        """Return the plan that is best on the other axis among those with this value on the main one.

        Where time runs out for that, the plan with this value is kept as it is.
        """
        best = self._least(other, ((main, least.value),))
        plan = as_plan(self.case, (best or least).sessions)
        proved = best is not None and best.proved and least.proved
        return Point(self._value(self.axes[0], plan), self._value(self.axes[1], plan), proved, plan)

    def _value(self, axis: Axis, plan: Plan) -> int:
        if axis == CHANGES:
            return len(difference(self._known, plan).sessions)
        return verify(self.case, self.rules, plan).costs.get(axis, 0)

    @cached_property
    def _known(self) -> Plan:
        """The known plan as far as the case still foresees it."""
        return as_plan(self.case, foreseen(self.case, self.near or {}).values())

    def _least(self, axis: Axis, limits: Sequence[tuple[Axis, int]]) -> _Least | None:
        """Minimise one axis under limits; None where nothing keeps them, or nothing was found in time."""
        try:
            board = self._board(limits, self.control)
        except SearchOverError:
            self._all_answered = False
            return None
        board.model.minimize(self._cost(board, axis))
        found = run(board.model, self.control, Effort(exact=True, deterministic=PROVING))
        if found.infeasible and not self.limits and not limits:
            raise InfeasibleError
        self._all_answered &= found.proved
        if found.proved and found.objective is not None and not limits:
            self.bounds[axis] = found.objective
        if found.values is None or found.objective is None:
            return None
        return _Least(found.objective, found.proved, decode(board, found.values))

    def _board(self, limits: Iterable[tuple[Axis, int]], control: Control) -> Board:
        """Return a board on which the stronger priorities are held and the limits kept.

        Raises:
            SearchOverError: the search is over before all rules have spoken.
        """
        board = Board(self.case)
        board.post(self.rules, control.go_on)
        for limited, most in (*self.limits, *limits):
            board.model.add(self._cost(board, limited) <= most)
        return board

    def _cost(self, board: Board, axis: Axis) -> cp_model.LinearExprT:
        if axis == CHANGES:
            return cp_model.LinearExpr.sum(list(differing(board, self.near or {})))
        return cost_at(board, axis)
