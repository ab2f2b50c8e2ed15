"""From a case to a plan: priority by priority, each with a bound, then one reproducible choice among the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from threading import Event
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.breach import Breach
from constraints.verify import Verdict, verify
from rota.demand import REQUIRED
from rota.plan import Plan, PriorityScore, Solver
from rota.text import text
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.construct import construct
from scheduler.solving.control import Control, Progress, SearchOverError
from scheduler.solving.coupling import Coupling
from scheduler.solving.decode import as_plan, decode, with_reasons
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError, VerifierError
from scheduler.solving.minimiser import Minimiser, cost_at
from scheduler.solving.nearness import differing
from scheduler.solving.parts import Part, joined, parts_of
from scheduler.solving.run import Effort, Run, run
from scheduler.solving.wide import HEAVY, best_by_windows, is_meetable, is_wide, meeting, patience

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
NEARING = 5.0
"""Deterministic seconds for one search for the plan that is nearest to a known one among the best."""
NEARING_SHARE = 0.2
"""The share of a limited time that is kept for that."""
FEW = 10
"""So many sessions, at the most, differ from a known plan in the first such search."""
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
class _Level:
    """One priority: its cost on the board, the best value known, the bound, and whether they are proved equal."""

    priority: int
    value: int | None = None
    bound: int = 0
    proved: bool = False
    """Costs are never negative, so that 0 is a bound from the start."""


def solve(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    *,
    open_seats: bool = False,
    near: Mapping[str, Session] | None = None,
    floors: Mapping[int, int] | None = None,
    start: Mapping[str, Session] | None = None,
) -> Solved:
    """Return the best plan of `case` that can be found within the limits of `control`.

    Where several are equally good, it is one close to the sessions of `near`, if these are given. `floors` are costs by
    priority that are proved to be the best of a case with fewer demands: where they can be had, that is soon seen.
    `start` is a plan to begin with, if it holds.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found in time.
        VerifierError: the plan found does not hold; a fault of this program.
    """
    if is_wide(case) and not open_seats:
        return _solve_wide(case, rules, control, start or near, patience(control))
    if near is None and not floors and not open_seats and is_meetable(case, rules):
        with suppress(NoPlanFoundError):
            met = _solve_wide(case, rules, meeting(control), start, 0.0)
            if met.plan.proved:
                return met
            start = met.plan.session
    left = control.left() if near is not None else None
    searching = control if left is None else replace(control, seconds=left * (1 - NEARING_SHARE))
    search = _Search(case, rules, searching, near, open_seats=open_seats)
    if start is not None:
        search.start_from(start)
    with suppress(SearchOverError):
        search.build()
    constructing, bounding = replace(control, stop=Event(), seconds=control.left()), None
    with ThreadPoolExecutor(max_workers=2) as beside:
        heavy = len(search.board.model.proto.variables) > HEAVY and not open_seats
        first = beside.submit(_beside if heavy else construct, case, rules, constructing)
        if not open_seats:  # a plan with open seats may cost less than any bound
            search.certifier = Certifier(case, rules, constructing)
            bounding = beside.submit(search.certifier.run)
        try:
            with suppress(SearchOverError):
                if not search.stays_at(floors or {}):
                    search.prove()
            if not search.reproducible and (heavy or not (control.over and search.best is not None)):
                search.start_from(first.result())
                with suppress(SearchOverError):
                    search.improve()
                    search.settle()
        finally:
            constructing.stop.set()
    if bounding is not None:
        bounding.result()
        if not search.reproducible:
            search.look_beside()
    search.control = control
    with suppress(SearchOverError):
        search.approach()
    return search.finish()


def _beside(case: Case, rules: Sequence[Rule], control: Control) -> Mapping[str, Session]:
    """Return what windows come to while the whole model is searched."""
    return best_by_windows(case, rules, control, spared=lambda: 1) or {}


def _solve_wide(
    case: Case, rules: Sequence[Rule], control: Control, start: Mapping[str, Session] | None, waits: float
) -> Solved:
    """Return the best plan that windows lead to, with what bounds are found beside them after some seconds."""
    search = _Search(case, rules, control, None, open_seats=False, board=Board(case, ()))
    searching = replace(control, stop=Event(), seconds=control.left())
    search.certifier = certifier = Certifier(case, rules, searching, waits)
    loose = Coupling(case).is_loose
    with ThreadPoolExecutor(max_workers=1) as beside:
        bounding = beside.submit(certifier.run_flows if loose else certifier.run)
        try:
            found = best_by_windows(
                case,
                rules,
                control,
                start=start,
                news=lambda: certifier.start,
                enough=search.is_best,
                spared=lambda: int(not (waits or loose) and not bounding.done()),
            )
        finally:
            searching.stop.set()
    bounding.result()
    if found is not None:
        search.start_from(found)
    search.look_beside()
    return search.finish()


class _Search:
    """The state of one search: the board, the levels done so far, and the best plan known."""

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        control: Control,
        near: Mapping[str, Session] | None,
        *,
        open_seats: bool,
        board: Board | None = None,
    ) -> None:
        self.case, self.rules, self.control, self.near, self.open_seats = case, rules, control, near, open_seats
        self.board = board or Board(case, open_seats=open_seats)
        stated = {rule.priority for rule in rules if not rule.required}
        self.levels = [_Level(p) for p in sorted(stated | ({REQUIRED} if open_seats else set()))]
        self.parts: list[Part] = []
        self.minimiser = Minimiser(self.board, self.parts, control)
        self.best: tuple[Session, ...] | None = None
        self.reproducible = False
        self.certifier: Certifier | None = None

    def build(self) -> None:
        """Let the rules speak to the board.

        Raises:
            SearchOverError: the search is over before they all have.
        """
        self.board.post(self.rules, self.control.go_on)
        self.parts += self._parts(self.board)

    def _parts(self, board: Board) -> list[Part]:
        """Return the parts of the model; where seats may stay empty it is not divided."""
        return [Part(board.model)] if self.open_seats else parts_of(board.model)

    def _board(self) -> Board:
        board = Board(self.case, open_seats=self.open_seats)
        board.post(self.rules, self.control.go_on)
        return board

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
        if not self.levels and not self.control.over:
            found = run(self.board.model, self.control, Effort(exact=True, deterministic=PROVING))
            self._take(found)
            self.reproducible = found.proved
        for number, level in enumerate(self.levels):
            if self.control.over:
                return
            if not self._improve(level, number, exact=True):
                return
        self.reproducible = bool(self.levels) or self.reproducible

    def start_from(self, sessions: Mapping[str, Session]) -> None:
        """Take a constructed plan as the best one, if it is better than what is known and the verifier passes it."""
        constructed = tuple(sessions.values())
        if self._verify(constructed).holds:
            self._keep(constructed)
        if self.best is None:
            self._hint(sessions)

    def improve(self) -> None:
        """Go on with the portfolio where the exact search gave up, from the best plan known."""
        self.look_beside()
        if self.best is not None:
            self._hint_best()
        if not self.levels and self.best is None and not self.control.over:
            self._take(run(self.board.model, self.control, Effort()))
        for number, level in enumerate(self.levels):
            if self.control.over:
                return
            if not level.proved:
                self._improve(level, number, exact=False)

    def _improve(self, level: _Level, number: int, *, exact: bool) -> bool:
        """Minimise one priority under the values of those before it; return whether its value is now proved."""
        last = number == len(self.levels) - 1
        for part in self.parts:
            if level.priority in part.proved or self.control.over:
                continue
            self._take(self.minimiser.improve(part, level.priority, level.value, self._effort(part, last, exact)), part)
            if exact and last and level.priority in part.proved:
                part.chosen = part.values
        level.bound = max(level.bound, sum(part.least.get(level.priority, 0) for part in self.parts))
        if level.value is None:
            return False
        settled = all(level.priority in part.proved for part in self.parts)
        if settled and all(stronger.proved for stronger in self.levels[:number]):
            self._agree(level, level.bound)
        self._mark_proved()
        if not exact:
            self.look_beside()
            self._hint_best()
        return level.proved

    def _effort(self, part: Part, last: bool, exact: bool) -> Effort:  # noqa: FBT001 - both are said where it is called
        """Return how hard to try: the exact worker for so many deterministic seconds, or the portfolio."""
        left = self.control.left()
        nothing_waits = last and not exact and part is self.parts[-1]
        return Effort(
            seconds=None if left is None or nothing_waits else left * SHARE,
            exact=exact,
            deterministic=PROVING if exact else None,
        )

    def _mark_proved(self) -> None:
        """A level is proved where its value meets its bound and all stronger ones are proved."""
        so_far = True
        for level in self.levels:
            so_far = level.proved = so_far and level.value is not None and level.bound == level.value

    def is_best(self, costs: Mapping[int, int]) -> bool:
        """Tell whether costs meet the bounds that were found beside, so that no plan has lower ones."""
        found = self.certifier
        return found is not None and all(costs.get(p.priority, 0) <= found.bound(p.priority) for p in self.levels)

    def look_beside(self) -> None:
        """Take over what was found beside, bounds and a plan; never in the exact search, which depends on no other."""
        if self.certifier is not None:
            for level in self.levels:
                level.bound = max(level.bound, self.certifier.bound(level.priority))
            if self.certifier.start is not None:
                self.start_from(self.certifier.start)
                self.certifier.start = None
        self._mark_proved()

    def _take(self, found: Run | None, part: Part | None = None) -> None:
        """Take over what a run found, if there was one: a solution of the whole, or of a part.

        Raises:
            InfeasibleError: it proved that there is nothing to find.
        """
        if found is None:
            return
        if found.infeasible:
            raise InfeasibleError
        values = found.values if part is None else joined(self.parts)
        if found.values is not None and values is not None:
            self._keep(decode(self.board, values))

    def _agree(self, level: _Level, proved: int | None) -> None:
        """Hold the proof to what the verifier counts.

        Raises:
            VerifierError: the search proved another value than the rules' own checks come to.
        """
        if proved != level.value:
            raise VerifierError((_disagreement(level, proved),))

    def _hint(self, sessions: Mapping[str, Session]) -> None:
        hinted = [(lit.index, value) for lit, value in self.board.values(sessions)]
        for part in self.parts:
            part.hint(hinted)

    def _hint_best(self) -> None:
        """Hint the best plan, completed to all variables; what a part has already may be better."""
        self._hint({session.id: session for session in self.best or ()})
        for part in self.parts:
            found = run(part.model, self.control, Effort(workers=1, to_hint=True))
            if found.values is not None:
                part.values = found.values
                part.hint(list(enumerate(found.values)))
        if (values := joined(self.parts)) is not None:
            self._keep(decode(self.board, values))

    def settle(self) -> None:
        """Where the portfolio proved the values, let the exact search choose the plan that has them, part by part.

        Where that search gave up on the last priority there is nothing new to ask it.
        """
        if self.control.over or not self.levels or not all(level.proved for level in self.levels):
            return
        last = self.levels[-1].priority
        if any(part.chosen is None and last in part.tried for part in self.parts):
            return
        self.control.report(Progress("settle"))
        board = self._board()
        for part, fresh in zip(self.parts, self._parts(board), strict=True):
            if part.chosen is None:
                effort = Effort(exact=True, deterministic=SETTLING)
                part.chosen = self.minimiser.choose(part, fresh, [level.priority for level in self.levels], effort)
            if part.chosen is None:
                return
        for part in self.parts:
            part.values = part.chosen
        if (values := joined(self.parts)) is not None:
            self.best = decode(board, values)
            self.reproducible = True

    def approach(self) -> None:
        """Among the plans as good as the best one, take the one nearest to the known plan, as far as it is found.

        Plans with few differences are tried first: the search then has little left to decide.
        """
        for most in (FEW, None):
            if self.near is None or self.best is None or self.control.over:
                return
            board = self._board()
            for level in self.levels:
                if level.value is not None:
                    board.model.add(cost_at(board, level.priority) <= level.value)
            different = cp_model.LinearExpr.sum(list(differing(board, self.near)))
            if most is not None:
                board.model.add(different <= most)
            board.model.minimize(different)
            for lit, value in board.values(self.near):
                board.model.add_hint(lit, value)
            found = run(board.model, self.control, Effort(exact=True, deterministic=NEARING))
            if found.values is not None:
                nearer = decode(board, found.values)
                self.best = min(self.best, nearer, key=self._apart)
                return

    def _apart(self, sessions: Sequence[Session]) -> int:
        """Return how many sessions differ from the known plan."""
        return sum(session != (self.near or {}).get(session.id) for session in sessions)

    def finish(self) -> Solved:
        """Return the best plan with its score, after the verifier has passed it.

        Raises:
            NoPlanFoundError: there is none.
            VerifierError: the verifier finds a breach, or another cost than the search proved.
        """
        if self.best is None:
            raise NoPlanFoundError
        plan = with_reasons(self.case, self.rules, as_plan(self.case, self.board, self.best))
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

    def _score(self, level: _Level, verdict: Verdict, number: int) -> PriorityScore:
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
        return verify(self.case, self.rules, as_plan(self.case, self.board, sessions))

    def _keep(self, sessions: tuple[Session, ...]) -> None:
        """Take a plan as the best one, and read every level's value from it."""
        costs = self._verify(sessions).costs
        if self.best is not None and [costs.get(level.priority, 0) for level in self.levels] > self._values():
            return
        self.best = sessions
        for level in self.levels:
            level.value = costs.get(level.priority, 0)


def _disagreement(level: _Level, proved: int | None) -> Breach:
    message = text(
        "priority {p} is proved at {proved}, but its rules come to {value}",
        "优先级 {p} 证明值为 {proved}，而规则计算为 {value}",
        p=level.priority,
        proved=proved,
        value=level.value,
    )
    return Breach(f"priority {level.priority}", 1, message)
