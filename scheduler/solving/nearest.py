"""The search for the smallest repair: one aim after the other on one board, each within the limits of those before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from ortools.sat.python import cp_model

from constraints.breach import Breach
from constraints.verify import Verdict, verify
from rota.demand import REQUIRED
from rota.plan import Plan, PriorityScore, Solver
from rota.text import text
from scheduler.solving.control import Progress, SearchOverError
from scheduler.solving.decode import as_plan, decode, in_order
from scheduler.solving.deviations import Deviations
from scheduler.solving.errors import InfeasibleError, VerifierError, none_found
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, Run, run
from scheduler.solving.scope import Scope

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.reverifying import Judged
    from constraints.rule import Rule
    from rota.plan import Session
    from scheduler.solving.baseline import Baseline
    from scheduler.solving.control import Control
    from scheduler.solving.nearby import Near

Aim = Literal["opened", "number", "price"] | int
"""What is minimised: frozen sessions that are opened beyond what is impossible, the number of changed sessions, their
price; or the cost at a priority."""

COUNTING = 20.0
"""Deterministic seconds for the least number of changed sessions, and for the least price."""
IMPROVING = 10.0
"""Deterministic seconds for one priority."""
SOMEWHERE = 2.0
"""As many at the most where only a part of the case is open, so that what is found proves nothing of all of it."""
ENOUGH = 5.0
"""As many at the most, once the number is known, where that part has every smallest repair."""
LARGEST = 2**60
"""Beyond what any sum of a model comes to."""


@dataclass(eq=False)
class Level:
    """One aim: what is minimised, within how much effort, and what is known of it."""

    aim: Aim
    cost: cp_model.LinearExprT
    effort: float
    value: int | None = None
    bound: int | None = None
    proved: bool = False


class Search:
    """The state of one repair: one board for all aims, and the limits that those reached so far set."""

    def __init__(
        self,
        baseline: Baseline,
        rules: Sequence[Rule],
        control: Control,
        near: Near | None = None,
        judged: Judged | None = None,
    ) -> None:
        self.case, self.rules, self.control = baseline.case, rules, control
        self.near, self.judged = near, judged
        self.baseline = baseline
        self.scope = Scope(baseline, rules, near.sessions if near else None, judged)
        self.board = self.scope.board()
        stated = sorted({rule.priority for rule in rules if not rule.required})
        first = [REQUIRED] if self.scope.open_seats else []
        self.ordered = [*first, *(priority for priority in baseline.request.order if priority in stated)]
        self.priorities = [priority for priority in stated if priority not in self.ordered]
        self.best: Sequence[int] | None = None
        """The values of the best plan known."""
        self.first: list[Level] = []
        self.then: list[Level] = []
        self.least = Level("number", 0, self._effort(COUNTING))
        self.has_none = False
        self._limits: list[cp_model.Constraint] = []

    # The model.

    def build(self) -> None:
        """Let the rules speak to the board, and keep of frozen sessions what is not impossible.

        Raises:
            SearchOverError: the search is over before they all have.
        """
        self.board.post(self.rules, self.control.go_on)
        self.deviations = Deviations(self.board, self.baseline)
        if self.near is not None:
            self.board.model.add(self.deviations.number >= self.near.least)
        self._opened_more = self.scope.keep_the_rest(self.board)
        for lit, value in self.board.values(self.baseline.known):
            self.board.model.add_hint(lit, value)

    # The aims, one after the other.

    def find_least(self) -> None:
        """Find the least number of changed sessions, after the priorities that are said to go before it."""
        if self._opened_more:
            self._minimise(Level("opened", cp_model.LinearExpr.sum(self._opened_more), COUNTING), self.first)
        for priority in self.ordered:
            self._minimise(Level(priority, cost_at(self.board, priority), IMPROVING), self.first)
        self.least.cost = self.deviations.number
        self._minimise(self.least, self.first)

    def improve(self, budget: int) -> None:
        """Make the best of so many more changed sessions than the least; what an earlier budget led to is given up.

        Raises:
            SearchOverError: the search is over.
        """
        if self.least.value is None:
            raise SearchOverError
        self._give_up()
        number = Level("number", self.deviations.number, COUNTING)
        price = Level("price", self.deviations.price, self._effort(COUNTING, ENOUGH))
        improved = [Level(p, cost_at(self.board, p), self._effort(IMPROVING, ENOUGH)) for p in self.priorities]
        self._limits.append(_limit(self.board, self.least, self.least.value + budget))
        for level in [*improved, number, price] if budget else [price, *improved]:
            self._minimise(level, self.then)

    def _effort(self, usual: float, near: float = COUNTING) -> float:
        """Return how much effort an aim is worth: less near the change, little where it proves nothing of the whole."""
        if self.near is None:
            return usual
        return min(usual, near if self.near.exact else SOMEWHERE)

    def _give_up(self) -> None:
        for limit in self._limits:
            _lift(limit)
        self._limits.clear()
        self.then.clear()

    def _minimise(self, level: Level, among: list[Level]) -> None:
        """Minimise one aim under the values of those before it.

        Raises:
            InfeasibleError: there is no plan.
            SearchOverError: the search is over.
        """
        self.control.go_on()
        if isinstance(level.aim, int):
            self.control.report(Progress("search", level.aim))
        model = self.board.model
        model.minimize(level.cost)
        found = run(model, self.control, Effort(exact=True, deterministic=level.effort))
        if found.values is None and not found.infeasible and self.best is None:
            found = run(model, self.control, Effort(deterministic=None if self.near is None else COUNTING))
        model.clear_objective()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        self._take(level, found)
        among.append(level)
        if level is not self.least and level.value is not None:
            stated = _limit(self.board, level, level.value)
            if among is self.then:
                self._limits.append(stated)

    def _take(self, level: Level, found: Run) -> None:
        """Take over what a run found: the plan, as a hint for the next one, and what is known of the aim.

        Raises:
            InfeasibleError: it proved that there is nothing to find.
            SearchOverError: it found nothing.
        """
        if found.infeasible:
            self.has_none = True
            raise InfeasibleError
        if found.values is None:
            raise SearchOverError
        model = self.board.model
        self.best = found.values
        level.value, level.bound, level.proved = found.objective, found.bound, found.proved
        model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        for index, value in enumerate(found.values):
            model.add_hint(model.get_int_var_from_proto_index(index), value)

    # What comes of it.

    def verified(self) -> tuple[Plan, Verdict]:
        """Return the best plan known, and the verdict on it.

        Raises:
            NoPlanFoundError: there is none.
            VerifierError: the verifier finds a breach, or another number of changes than the search proved.
        """
        if self.best is None:
            raise none_found(self.control)
        plan = self._plan(decode(self.board, self.best))
        verdict = self._verdict(plan)
        counted: dict[Aim, int | None] = {
            "number": len(self.baseline.changed(plan.session, self.scope.open)),
            "price": self.baseline.price(plan.session, self.scope.open),
        }
        disagreed = [
            level for level in self.then if level.proved and level.value != counted.get(level.aim, level.value)
        ]
        if not verdict.holds or disagreed:
            raise VerifierError((*verdict.breaches, *(_disagreement(level) for level in disagreed)))
        return plan, verdict

    def _verdict(self, plan: Plan) -> Verdict:
        if self.judged is not None:
            return self.judged.again(plan)
        return verify(self.case, self.rules, plan, self.baseline.past)

    def _plan(self, sessions: Sequence[Session]) -> Plan:
        """Make a plan of what was decided and of what took place although the case knows it no more."""
        found = in_order(self.case, (*sessions, *self.baseline.gone))
        return as_plan(self.case, found, open_seats=self.board.open_seats)

    def scores(self, verdict: Verdict) -> Iterator[PriorityScore]:
        """Yield the cost at each priority, and whether it is the least that so few changes leave."""
        done = {level.aim: level for level in (*self.first, *self.then)}
        for priority, value in verdict.costs.items():
            level = done.get(priority)
            unproved = [] if level is None else _unproved_before(level, [*self.first, *self.then])
            yield PriorityScore(
                priority=priority,
                value=value,
                bound=value if level is not None and level.proved else None,
                proved=level is not None and level.proved and not unproved,
                conditional_on=tuple(each.aim for each in unproved if isinstance(each.aim, int)),
            )

    @property
    def proved(self) -> bool:
        """Whether every aim is proved."""
        return all(level.proved for level in (*self.first, *self.then))

    @property
    def opened_more(self) -> int:
        """How many frozen sessions are opened wholly, beyond what is impossible of them."""
        return next((level.value or 0 for level in self.first if level.aim == "opened"), 0)

    def is_proved(self, aim: Aim) -> bool:
        """Tell whether an aim, and every one before it, is proved."""
        levels = [*self.first, *self.then]
        level = next((level for level in levels if level.aim == aim), None)
        return level is not None and level.proved and not _unproved_before(level, levels)

    def solver(self) -> Solver:
        """Return what made the plan."""
        return made_by(self.control, reproducible=bool(self.then) and self.proved)


def made_by(control: Control, *, reproducible: bool) -> Solver:
    """Return what made a plan."""
    return Solver(name="OR-Tools CP-SAT", version=version("ortools"), seed=control.seed, reproducible=reproducible)


def _unproved_before(level: Level, levels: Sequence[Level]) -> list[Level]:
    return [each for each in levels[: levels.index(level)] if not each.proved]


def _limit(board: Board, level: Level, most: int) -> cp_model.Constraint:
    """Hold an aim at a value: an equation where nothing less can be, so that the relaxation pays for it."""
    exact = level.proved and most == level.value
    return board.model.add(level.cost == most if exact else level.cost <= most)


def _lift(limit: cp_model.Constraint) -> None:
    """Take back a limit."""
    domain = limit.proto.linear.domain
    domain[0], domain[1] = -LARGEST, LARGEST


def _disagreement(level: Level) -> Breach:
    message = text(
        "the search proved {aim} {value}, and another is counted",
        "求解证明{aim}为 {value}，与逐项统计不符",
        aim=text("a number of changes of", "改动场次") if level.aim == "number" else text("a price of", "改动代价"),
        value=level.value,
    )
    return Breach(str(level.aim), 1, message)
