"""Heavy cases: a plan is brought down in one model, windows go on from it, and bounds say how good it can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import inf
from threading import Event
from typing import TYPE_CHECKING

from constraints.board import Board
from constraints.verify import verify
from rota.agenda import agenda_of
from scheduler.solving.bounding.single import RuleBounds
from scheduler.solving.control import Control, Progress, SearchOverError
from scheduler.solving.decode import as_plan
from scheduler.solving.descent import Descent, Lowest, Step
from scheduler.solving.large import LargeSearch, Talk
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort
from scheduler.solving.search import PROVING, STAYING
from scheduler.solving.seatless import without_seats
from scheduler.solving.sketch import crowded, filled, sketched
from scheduler.solving.wide import best_by_windows, crew_of, judge_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.search import Search

LOOK = 0.2
"""Seconds between two looks at what the others have found."""
HOPING = 0.65
"""The share of the time left in which the weakest priority is bounded before the stronger ones are at their best."""
DESCENDING = 0.5
"""The share of the time after which nobody waits any longer for a plan that is brought down."""
PAIR = 2
"""So many threads search one model."""
MENDING = 0.5
"""The share of the time after which windows go on from any plan that holds, if they have none so far."""

Sessions = Mapping[str, "Session"]


@dataclass(frozen=True)
class _Proof:
    """What is to be proved: the least that a priority, by its number, costs where the stronger ones are as `assumed`.

    It is sought without the crowded role, or in the `whole` model, which is some times as large.
    """

    number: int
    assumed: tuple[int, ...]
    whole: bool


class SideBySide:
    """What is found of a heavy case: plans by a descent, and by windows in processes of their own, and bounds here.

    First a plan is brought down priority by priority, without the crowded role, whose seats are filled whenever there
    is a better one. At the weakest priority this goes on while windows improve the whole plan, and each preference is
    bounded by itself. What it proves counts once the stronger priorities are proved to come to no less. Where they
    may, the weakest priority is bounded under the hope that they do, and then the first that is not proved is searched.
    """

    def __init__(self, search: Search) -> None:
        self.search, self.control = search, search.control
        self.role = crowded(search.case)
        self.bounds = RuleBounds(search.case, search.rules, search.control)
        self.costs: Mapping[str, int] = dict.fromkeys(self.bounds.wishes, 1)
        self.busy = True
        self._time = self.control.left() or 0.0
        self._heard = False
        self._low: Sessions | None = None
        self._is_low = Event()
        self._lacks = False
        self._news: list[Sessions] = []
        self._tried: set[_Proof] = set()
        self._proved: dict[tuple[int, tuple[int, ...]], int] = {}
        self._said: Progress | None = None
        case, rules = without_seats(search.case, search.rules, {self.role} if self.role else set())
        self._kept = {rule.id for rule in rules}
        self._descending, self._filling_in = self._control(Event()), self._control(Event())
        self._descent = Descent(case, rules, self._descending, PROVING, self._floor, self._told)

    def run(self) -> None:
        """Go on until the best plan is proved to be the best, nothing is left to try, or the search is over.

        Raises:
            InfeasibleError: it is proved that there is no plan.
        """
        with self._beside() as (descent, windows), suppress(SearchOverError):
            while not (self._is_low.wait(LOOK) or self._lacks or self._is_past(DESCENDING)):
                self.control.go_on()
                self._look()
            for effort in (STAYING, PROVING):
                self.search.find_any(effort)
                self._look()
            hoped = self._hoped()
            while not self.search.proved:
                self.control.go_on()
                if (rule := self.bounds.next_of(self.costs)) is not None:
                    self.bounds.ask(rule)
                elif not descent.done() and self._is_descent_of_use(hoped):
                    self.control.stop.wait(LOOK)
                elif (proof := self._next()) is not None:
                    self._descending.stop.set()
                    self._prove(proof)
                elif windows.done():
                    break
                else:
                    self.busy = False
                    self.control.stop.wait(LOOK)
                self._look()
        self._look()

    def _control(self, stop: Event) -> Control:
        """Return the control of what is searched beside until the whole is over, or it is stopped."""
        return replace(self.control, stop=stop, seconds=self.control.left(), report=lambda _: None)

    @contextmanager
    def _beside(self) -> Iterator[tuple[Future[None], Future[Sessions | None]]]:
        """Bring a plan down, and look for plans by windows, until the block ends."""
        looking = self._control(Event())
        with ThreadPoolExecutor(2) as pool, ThreadPoolExecutor(1) as self._filling:
            descent, windows = pool.submit(self._descend), pool.submit(self._by_windows, looking)
            try:
                yield descent, windows
            finally:
                for control in (looking, self._descending, self._filling_in):
                    control.stop.set()
                wait([descent])
                wait([windows])
        self._hear(self.search.faults.attempt(windows.result))

    def _descend(self) -> None:
        """Bring a plan down; windows begin when it is low, or there is none."""
        try:
            self.search.faults.attempt(self._descent.run)
        finally:
            self._filling.submit(self._is_low.set)

    def _told(self, sessions: Sessions, is_last: bool) -> None:  # noqa: FBT001 - as a descent tells it
        """Have the seats of the crowded role filled in what a descent has come to."""
        self._filling.submit(self._fill, sessions)
        if is_last:
            self._filling.submit(self._is_low.set)

    def _fill(self, sessions: Sessions) -> None:
        """Fill the seats of the crowded role, if there is one, and keep the plan for windows to go on from."""
        case, rules = self.search.case, self.search.rules
        if self.role and self._filling_in.over:
            return

        def fill() -> Sessions:
            return filled(case, rules, sessions, self.role, self._filling_in) if self.role else sessions

        plan = self.search.faults.attempt(fill)
        if plan is not None and judge_of(case, rules)(plan).holds:
            self._low = plan
            self._news.append(plan)
        else:
            self._lacks = True

    def _by_windows(self, control: Control) -> Sessions | None:
        role = self.role
        case, rules = self.search.case, self.search.rules

        def search(case: Case, rules: Sequence[Rule], limited: Control, start: Sessions) -> Sessions:
            crew, is_last = crew_of(limited, self._spared), bool(start)
            talk = Talk(enough=lambda _: is_last)
            large = LargeSearch(case, rules, limited, judge_of(case, rules), crew, talk)
            return large.run(start) or large.sessions

        while not (self._is_low.wait(LOOK) or self._is_past(DESCENDING) or control.over):
            pass
        start = self._low
        if start is None and role is not None:
            start = sketched(case, rules, role, control, search)
        return best_by_windows(
            case,
            rules,
            control,
            start=start,
            talk=Talk(news=self._elsewhere, enough=self._meets, floors=self.bounds.known.copy, told=self._hear),
            spared=self._spared,
            crowd=agenda_of(case).candidates(role) if role else (),
        )

    def _is_past(self, share: float) -> bool:
        """Tell whether so large a share of a limited time has passed."""
        left = self.control.left()
        return left is not None and left < (1 - share) * self._time

    def _elsewhere(self) -> Sessions | None:
        """Return what windows go on from where it is better: what was brought down, or any plan if they have none."""
        if self._low is None and not self._heard and self._is_past(MENDING):
            return self.search.sessions
        return self._low

    def _spared(self) -> int:
        return PAIR * self.busy

    def _meets(self, costs: Mapping[int, int]) -> bool:
        """Tell whether costs meet the bounds."""
        return all(costs.get(level.priority, 0) <= level.bound for level in self.search.levels)

    def _hear(self, sessions: Sessions | None) -> None:
        """Take down what windows have found."""
        if sessions:
            self._heard = True
            self._news.append(dict(sessions))

    def _look(self) -> None:
        """Take over what was found meanwhile, and say how far the first priority is that is not proved."""
        while self._news:
            self._take(self._news.pop(0))
        levels = self.search.levels
        self.search.learn({level.priority: self.bounds.at(level.priority) for level in levels})
        self._learn_of_descent()
        for (number, assumed), bound in sorted(self._proved.items()):
            if self._holds(number, assumed):
                self.search.learn({levels[number].priority: bound})
        self._say()

    def _take(self, sessions: Sessions) -> None:
        """Take a plan as the best one, if it is, and see what its rules cost."""
        self.search.start_from(sessions)
        if self.search.best is not None:
            verdict = verify(self.search.case, self.search.rules, as_plan(self.search.case, self.search.best))
            self.costs = {score.rule: score.cost for score in verdict.rules}

    def _learn_of_descent(self) -> None:
        """Take down what a descent has proved, priority by priority."""
        for number, level in enumerate(self.search.levels):
            if step := self._steps.get(level.priority):
                self._raise(number, self._come_to(number), step.bound + self._beside_kept(level.priority))

    @property
    def _steps(self) -> Mapping[int, Step]:
        return {step.priority: step for step in tuple(self._descent.steps)}

    def _come_to(self, number: int) -> tuple[int, ...]:
        """Return what a descent has come to at the priorities before one, and what goes with the crowded role."""
        steps, stronger = self._steps, [level.priority for level in self.search.levels[:number]]
        return tuple((steps[p].cost if p in steps else 0) + self._beside_kept(p) for p in stronger)

    def _floor(self, priority: int) -> int:
        """Return what a priority costs at the least without the crowded role, as far as that is known."""
        return self.bounds.at(priority, without=self.bounds.wishes.keys() - self._kept)

    def _beside_kept(self, priority: int) -> int:
        """Return what the rules cost at the least that go with the crowded role."""
        return self.bounds.at(priority, without=self._kept)

    def _say(self) -> None:
        for level in self.search.levels:
            if not level.proved:
                said = Progress("search", level.priority, level.value, level.bound)
                if said != self._said:
                    self._said = said
                    self.control.report(said)
                return

    def _holds(self, number: int, assumed: Sequence[int]) -> bool:
        """Tell whether the priorities before one are proved to come to what was assumed."""
        stronger = self.search.levels[:number]
        return all(level.proved and level.value == cost for level, cost in zip(stronger, assumed, strict=True))

    def _first(self) -> int:
        """Return the number of the first priority that is not proved; beyond the last, if all are."""
        levels = self.search.levels
        return next((number for number, level in enumerate(levels) if not level.proved), len(levels))

    def _hoped(self) -> float:
        """Return until when a priority is searched before the stronger ones are proved to be at their best."""
        left = self.control.left()
        return inf if left is None else self.control.now() + left * HOPING

    def _is_in_vain(self, number: int, hoped: float) -> bool:
        """Tell whether it is of no more use to search a priority: it is proved, or was hoped for too long."""
        first = self._first()
        return first > number or (first < number and self.control.now() > hoped)

    def _is_descent_of_use(self, hoped: float) -> bool:
        """Tell whether what a descent proves of the weakest priority may count; then it need not be proved again."""
        last = len(self.search.levels) - 1
        assumed = self._least(last)
        if self._come_to(last) != assumed:
            return False
        self._tried.add(_Proof(last, assumed, self.role is None))
        return not self._is_in_vain(last, hoped)

    def _least(self, number: int) -> tuple[int, ...]:
        """Return what is known that the priorities before one cost at the least."""
        return tuple(level.bound for level in self.search.levels[:number])

    def _next(self) -> _Proof | None:
        """Return what is to be proved next: the weakest priority first, then the first that is not proved."""
        levels, thin = self.search.levels, self.role is None
        for number, whole in ((len(levels) - 1, thin), (self._first(), thin), (self._first(), True)) if levels else ():
            proof = _Proof(number, self._least(number), whole)
            if proof not in self._tried:
                return proof
        return None

    def _prove(self, proof: _Proof) -> None:
        """Search one priority exactly, until that is done, of no more use, or hoped for too long."""
        self._tried.add(proof)
        hoped, control = self._hoped(), self._control(Event())
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self._searched, proof, control)
            while not wait([future], LOOK).done:
                self._look()
                if self.control.over or self.search.proved or self._is_in_vain(proof.number, hoped):
                    control.stop.set()
            with suppress(SearchOverError):
                self.search.faults.attempt(future.result)

    def _searched(self, proof: _Proof, control: Control) -> None:
        """Look for the best plan with what is assumed; bounds and plans are kept as they come.

        Raises:
            SearchOverError: the search is over before the model stands.
        """
        out = {self.role} if self.role and not proof.whole else set[str]()
        case, rules = without_seats(self.search.case, self.search.rules, out)
        *stronger, last = [level.priority for level in self.search.levels[: proof.number + 1]]
        board = Board(case)
        board.post([rule for rule in rules if rule.required or rule.priority in {*stronger, last}], control.go_on)

        def beside(priority: int) -> int:
            return self._beside_kept(priority) if out else 0

        def told(_: int, sessions: Sessions) -> None:
            self._filling.submit(self._fill, sessions)

        def bounded(bound: int) -> None:
            self._raise(proof.number, proof.assumed, bound + beside(last))

        for priority, cost in zip(stronger, proof.assumed, strict=True):
            board.model.add(cost_at(board, priority) <= cost - beside(priority))
        low = Lowest(board, last, control, lambda priority: self.bounds.at(priority) - beside(priority), told, bounded)
        found = low.run(None, Effort(paired=True, deterministic=PROVING), stays=True)
        if found.bound is not None:
            bounded(found.bound)

    def _raise(self, number: int, assumed: tuple[int, ...], bound: int) -> None:
        """Keep a bound, if it is better than what is known under the same assumptions."""
        self._proved[number, assumed] = max(bound, self._proved.get((number, assumed), 0))
