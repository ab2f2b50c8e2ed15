"""One search: priority by priority, each with a bound, then one reproducible choice among the best plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from constraints.board import Board
from constraints.verify import Verdict, verify
from rota.demand import REQUIRED
from rota.plan import Plan, PriorityScore, Solver
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.control import Control, Progress, SearchOverError
from scheduler.solving.decode import as_plan, decode, in_order, with_reasons
from scheduler.solving.errors import InfeasibleError, VerifierError, disagreement, none_found
from scheduler.solving.faults import Faults
from scheduler.solving.minimiser import cost_at
from scheduler.solving.nearness import nearest
from scheduler.solving.run import Effort, Run, run
from scheduler.solving.stage import Stage

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.certificate import Certificate
    from rota.plan import Session

PROVING = 90.0
"""Deterministic seconds that the exact search may spend on one part at a priority before the portfolio takes over."""
STAYING = 10.0
"""Deterministic seconds for finding out whether known costs can be had once more."""
SETTLING = 60.0
"""Deterministic seconds for the choice among the best plans, where the portfolio had to find their values."""
SHARE = 0.7
"""The share of the time left that one priority may take while others wait."""


@dataclass(frozen=True)
class Solved:
    """A plan that the verifier has passed, and what it found about the preferences.

    The certificate holds those bounds that were found with prices, for anybody to compute anew.
    """

    plan: Plan
    verdict: Verdict
    interrupted: bool
    certificate: Certificate | None = None


@dataclass
class Level:
    """One priority: its cost on the board, the best value known, the bound, and whether they are proved equal."""

    priority: int
    value: int | None = None
    bound: int = 0
    proved: bool = False
    """Costs are never negative, so that 0 is a bound from the start."""


class Search:
    """The state of one search: the board, the levels done so far, and the best plan known."""

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        control: Control,
        near: Mapping[str, Session] | None,
        *,
        open_seats: bool = False,
    ) -> None:
        self.case, self.rules, self.control, self.near, self.open_seats = case, rules, control, near, open_seats
        stated = {rule.priority for rule in rules if not rule.required}
        self.levels = [Level(p) for p in sorted(stated | ({REQUIRED} if open_seats else set()))]
        self._stage: Stage | None = None
        self._offered: Mapping[str, Session] = {}
        self._looked_at: Mapping[str, Session] | None = None
        self.best: tuple[Session, ...] | None = None
        self.reproducible = self._divided = False
        self.certifier: Certifier | None = None
        self.faults = Faults()

    def stage(self, number: int) -> Stage:
        """Return the stage of a level, which begins with the best plan; only the last one that was asked for is kept.

        Raises:
            SearchOverError: the search is over before it stands.
        """
        priorities = [level.priority for level in self.levels[: number + 1]]
        if self._stage is None or self._stage.priorities != priorities:
            self._stage = None
            stage = Stage(self.case, self.rules, priorities, self.control, open_seats=self.open_seats)
            if self.best is None:
                stage.hint(self._offered)
            elif number:
                costs = {level.priority: level.value or 0 for level in self.levels}
                stage.begin(self.sessions, costs, {level.priority for level in self.levels if level.proved})
            self._stage = stage
            self._divided = self._divided or len(stage.parts) > 1
        return self._stage

    @property
    def sessions(self) -> dict[str, Session]:
        """The sessions of the best plan, by id; none as long as there is no plan."""
        return {session.id: session for session in self.best or ()}

    def _board(self) -> Board:
        board = Board(self.case, open_seats=self.open_seats)
        board.post(self.rules, self.control.go_on)
        return board

    def find_any(self, effort: float = STAYING) -> None:
        """Look for any plan that holds, without what is preferred, where none is known: that is much sooner found.

        It may take so many deterministic seconds.

        Raises:
            InfeasibleError: it is proved that there is none.
        """
        with suppress(SearchOverError):
            if self.best is None:
                stage = Stage(self.case, self.rules, [], self.control, open_seats=self.open_seats)
                found = run(stage.board.model, self.control, Effort(exact=True, deterministic=effort))
                if found.infeasible:
                    raise InfeasibleError
                if found.values is not None:
                    self._keep(decode(stage.board, found.values))

    def stays_at(self, floors: Mapping[int, int]) -> bool:
        """Tell whether all priorities but the last can be had at their floors; then minimise the last under these.

        With fewer demands nothing was better than the floors, so that nothing is now.
        """
        if not self.levels or any(level.priority not in floors for level in self.levels):
            return False
        board = self._board()
        *stronger, last = self.levels
        for level in stronger:
            board.model.add(cost_at(board, level.priority) <= floors[level.priority])
        board.model.minimize(cost_at(board, last.priority))
        found = run(board.model, self.control, Effort(exact=True, deterministic=STAYING))
        if found.values is None or not found.proved:
            return False
        self._keep(decode(board, found.values))
        self._agree(last, found.objective)
        for level in self.levels:
            level.bound = level.value or 0
        self._mark_proved()
        self.reproducible = True
        return True

    def prove(self) -> None:
        """Minimise priority after priority with one exact worker and nothing carried over but the values reached.

        What it does depends on case and seed alone, so that the plan is the same whatever the machine. It gives up
        where a priority takes too much effort; the portfolio goes on from there.
        """
        if not self.levels:
            found = self._take(self._any(Effort(exact=True, deterministic=PROVING)))
            self.reproducible = found is not None and found.proved
            return
        for number in range(len(self.levels)):
            if self.control.over or not self._improve(number, exact=True):
                return
        self.reproducible = True

    def _any(self, effort: Effort) -> Run:
        """Look for any plan that holds, where nothing is preferred."""
        return run(self.stage(0).board.model, self.control, effort)

    def start_from(self, sessions: Mapping[str, Session]) -> None:
        """Take a constructed plan as the best one, if it is better than what is known and the verifier passes it."""
        constructed = tuple(in_order(self.case, sessions.values()))
        verdict = self._verify(constructed)
        if verdict.holds:
            self._keep(constructed, verdict)
            if self._divided and self.best is constructed:
                self._forget_conditional()
        if self.best is None:
            self._offered = sessions
            if self._stage is not None:
                self._stage.hint(sessions)

    def _forget_conditional(self) -> None:
        """Forget bounds that hold only where each part costs what it did at stronger priorities, in the plan before."""
        for number, level in enumerate(self.levels):
            if not all(stronger.proved for stronger in self.levels[:number]):
                level.bound = 0
        self._mark_proved()

    def improve(self) -> None:
        """Go on with the portfolio where the exact search gave up, from the best plan known.

        Raises:
            SearchOverError: the search is over.
        """
        self.look_beside()
        if not self.levels and self.best is None:
            self._take(self._any(Effort()))
        for number, level in enumerate(self.levels):
            self.control.go_on()
            if not level.proved:
                if self.best is not None:
                    self.stage(number).hint_best(self.sessions)
                self._improve(number, exact=False)

    def _improve(self, number: int, *, exact: bool) -> bool:
        """Minimise one priority under the values of those before it; return whether its value is now proved."""
        level, last, stage = self.levels[number], number == len(self.levels) - 1, self.stage(number)
        for part in stage.parts:
            if level.priority in part.proved or self.control.over:
                continue
            effort = self._effort(last and part is stage.parts[-1], exact)
            self._take(stage.minimiser.improve(part, level.priority, level.value, effort))
            if exact and last and level.priority in part.proved:
                part.chosen = part.values
        level.bound = max(level.bound, sum(part.least.get(level.priority, 0) for part in stage.parts))
        if level.value is None:
            return False
        settled = all(level.priority in part.proved for part in stage.parts)
        if settled and all(stronger.proved for stronger in self.levels[:number]):
            self._agree(level, level.bound)
        self._mark_proved()
        if not exact:
            self.look_beside()
        return level.proved

    def _effort(self, nothing_waits: bool, exact: bool) -> Effort:  # noqa: FBT001 - both are said where it is called
        """Return how hard to try: the exact worker for so many deterministic seconds, or the portfolio."""
        left = self.control.left()
        return Effort(
            seconds=None if left is None or (nothing_waits and not exact) else left * SHARE,
            exact=exact,
            deterministic=PROVING if exact else None,
        )

    def learn(self, bounds: Mapping[int, int]) -> None:
        """Take over bounds by priority that were found elsewhere."""
        for level in self.levels:
            level.bound = max(level.bound, bounds.get(level.priority, 0))
        self._mark_proved()

    def _mark_proved(self) -> None:
        """A level is proved where its value meets its bound and all stronger ones are proved."""
        so_far = True
        for level in self.levels:
            so_far = level.proved = so_far and level.value is not None and level.bound == level.value

    @property
    def proved(self) -> bool:
        """Whether there is a plan, and none is better."""
        return self.best is not None and all(level.proved for level in self.levels)

    def is_best(self, costs: Mapping[int, int]) -> bool:
        """Tell whether costs meet the bounds that were found beside, so that no plan has lower ones.

        As long as seats are open they do not: a plan with open seats may cost less than any bound.
        """
        found = None if costs.get(REQUIRED) else self.certifier
        stated = {level.priority: costs.get(level.priority, 0) for level in self.levels}
        return found is not None and all(cost <= found.bound(priority, stated) for priority, cost in stated.items())

    def look_beside(self) -> None:
        """Take over what was found beside, bounds and a plan; never in the exact search, which depends on no other."""
        if self.certifier is not None:
            found = self.certifier.start
            if found is not None and found is not self._looked_at:  # another may be there once this one is verified
                self._looked_at = found
                self.start_from(found)
            known = {level.priority: level.value for level in self.levels if level.value is not None}
            self.learn({level.priority: self.certifier.bound(level.priority, known) for level in self.levels})
        self._mark_proved()

    def _take(self, found: Run | None) -> Run | None:
        """Take over what a run found on the present stage, if there was one.

        Raises:
            InfeasibleError: it proved that there is nothing to find.
        """
        if found is None or self._stage is None:
            return found
        if found.infeasible:
            raise InfeasibleError
        if found.values is not None:
            sessions = self._stage.sessions if self.levels else decode(self._stage.board, found.values)
            if sessions is not None:
                self._keep(sessions)
        return found

    def _agree(self, level: Level, proved: int | None) -> None:
        """Hold the proof to what the verifier counts.

        Raises:
            VerifierError: the search proved another value than the rules' own checks come to.
        """
        if proved != level.value:
            raise VerifierError((disagreement(level.priority, proved, level.value),))

    def settle(self) -> None:
        """Where the portfolio proved the values, let the exact search choose the plan that has them, part by part.

        Where that search gave up on the last priority there is nothing new to ask it.
        """
        if not self.levels or not all(level.proved for level in self.levels):
            return
        number, last = len(self.levels) - 1, self.levels[-1].priority
        stage = self.stage(number)
        if any(part.chosen is None and last in part.tried for part in stage.parts):
            return
        self.control.report(Progress("settle"))
        fresh = Stage(self.case, self.rules, stage.priorities, self.control, open_seats=self.open_seats)
        for part, copy in zip(stage.parts, fresh.parts, strict=True):
            if part.chosen is None:
                effort = Effort(exact=True, deterministic=SETTLING)
                part.chosen = stage.minimiser.choose(part, copy, stage.priorities, effort)
            if part.chosen is None:
                return
        for part in stage.parts:
            part.values = part.chosen
        if (sessions := stage.sessions) is not None:
            self.best = sessions
            self.reproducible = True

    def approach(self) -> None:
        """Among the plans as good as the best one, take the one nearest to the known plan, as far as it is found.

        Where time is over before, another plan would be found with more of it.

        Raises:
            SearchOverError: it is over before a model stands.
        """
        if self.near is not None and self.best is not None:
            try:
                self.best = nearest(self._as_good, self.best, self.near, self.control)
            finally:
                self.reproducible = self.reproducible and not self.control.over

    def _as_good(self) -> Board:
        """Return a board of the plans that are as good as the best one."""
        board = self._board()
        for level in self.levels:
            if level.value is not None:
                board.model.add(cost_at(board, level.priority) <= level.value)
        return board

    def finish(self) -> Solved:
        """Return the best plan with its score, after the verifier has passed it.

        Raises:
            NoPlanFoundError: there is none; where a search beside this one failed, that fault instead.
            VerifierError: the verifier finds a breach, or another cost than the search proved.
        """
        if self.best is None:
            raise self.faults.first or none_found(self.control, open_seats=self.open_seats)
        plan = with_reasons(self.case, self.rules, as_plan(self.case, self.best, open_seats=self.open_seats))
        verdict = verify(self.case, self.rules, plan)
        if not verdict.holds:
            raise VerifierError(verdict.breaches)
        score = tuple(self._score(level, verdict, number) for number, level in enumerate(self.levels))
        solver = Solver(
            name="OR-Tools CP-SAT",
            version=version("ortools"),
            seed=self.control.seed,
            reproducible=self.reproducible,
        )
        plan = plan.model_copy(update={"score": score, "rules": verdict.rules, "solver": solver})
        certificate = self.certifier.certificate() if self.certifier is not None else None
        return Solved(plan, verdict, self.control.stop.is_set(), certificate)

    def _score(self, level: Level, verdict: Verdict, number: int) -> PriorityScore:
        return PriorityScore(
            priority=level.priority,
            value=verdict.costs.get(level.priority, 0),
            bound=level.bound,
            proved=level.proved,
            conditional_on=tuple(stronger.priority for stronger in self.levels[:number] if not stronger.proved),
        )

    def _values(self) -> list[int]:
        return [level.value or 0 for level in self.levels]

    def _verify(self, sessions: tuple[Session, ...]) -> Verdict:
        return verify(self.case, self.rules, as_plan(self.case, sessions, open_seats=self.open_seats))

    def _keep(self, sessions: tuple[Session, ...], verdict: Verdict | None = None) -> None:
        """Take a plan as the best one, if it is, and read every level's value from the verdict on it."""
        costs = (verdict or self._verify(sessions)).costs
        if self.best is not None and [costs.get(level.priority, 0) for level in self.levels] > self._values():
            return
        self.best = sessions
        for level in self.levels:
            level.value = costs.get(level.priority, 0)
