"""Heavy cases: windows look for plans, while bounds rule by rule and one exact search say how good they can be."""

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
from scheduler.solving.decode import as_plan, decode
from scheduler.solving.large import LargeSearch, Talk
from scheduler.solving.minimiser import cost_at
from scheduler.solving.run import Effort, run
from scheduler.solving.search import PROVING, STAYING
from scheduler.solving.seatless import without_seats
from scheduler.solving.sketch import crowded, sketched
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

MENDING = 0.5
"""The share of the time after which windows go on from any plan that holds, if they have none so far."""

Sessions = Mapping[str, "Session"]


@dataclass(frozen=True)
class _Proof:
    """What a priority, by its number, costs at the least where the stronger ones come to what is `assumed`.

    It is sought without the crowded role, or in the `whole` model, which is some times as large and finds plans, too.
    """

    number: int
    assumed: tuple[int, ...]
    whole: bool
    bound: int = 0


class SideBySide:
    """What is found of a heavy case: plans by windows, in processes of their own, and bounds here.

    First each preference is bounded by itself. Then the weakest priority is, under the hope that the stronger ones come
    to their bounds: what is proved counts once a plan has done so. Where none does, the first that is not proved is
    searched exactly instead.
    """

    def __init__(self, search: Search) -> None:
        self.search, self.control = search, search.control
        self.role = crowded(search.case)
        self.bounds = RuleBounds(search.case, search.rules, search.control)
        self.costs: Mapping[str, int] = dict.fromkeys(self.bounds.wishes, 1)
        self.busy = True
        self._patience = MENDING * (self.control.left() or 0.0)
        self._heard = False
        self._exactly: Sessions | None = None
        self._news: Sessions | None = None
        self._tried: set[_Proof] = set()
        self._proofs: dict[int, _Proof] = {}
        self._said: Progress | None = None

    def run(self) -> None:
        """Go on until the best plan is proved to be the best, nothing is left to try, or the search is over.

        Raises:
            InfeasibleError: it is proved that there is no plan.
        """
        with self._windows() as windows, suppress(SearchOverError):
            for effort in (STAYING, PROVING):
                self.search.find_any(effort)
                self._look()
            while not self.search.proved:
                self.control.go_on()
                if (rule := self.bounds.next_of(self.costs)) is not None:
                    self.bounds.ask(rule)
                elif (proof := self._next()) is not None:
                    self._prove(proof)
                elif windows.done():
                    break
                else:
                    self.busy = False
                    self.control.stop.wait(LOOK)
                self._look()
        self._look()

    @contextmanager
    def _windows(self) -> Iterator[Future[Sessions | None]]:
        """Look for plans by windows until the block ends."""
        stopping = Event()
        control = replace(self.control, stop=stopping, seconds=self.control.left(), report=lambda _: None)
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(self._by_windows, control)
            try:
                yield found
            finally:
                stopping.set()
        self._hear(self.search.faults.attempt(found.result))

    def _by_windows(self, control: Control) -> Sessions | None:
        def search(case: Case, rules: Sequence[Rule], limited: Control, start: Sessions) -> Sessions:
            crew, is_last = crew_of(limited, self._spared), bool(start)
            talk = Talk(enough=lambda _: is_last)
            large = LargeSearch(case, rules, limited, judge_of(case, rules), crew, talk)
            return large.run(start) or large.sessions

        case, rules = self.search.case, self.search.rules
        role = self.role
        start = sketched(case, rules, role, control, search) if role else None
        return best_by_windows(
            case,
            rules,
            control,
            start=start,
            talk=Talk(news=self._elsewhere, enough=self._meets, floors=self.bounds.known.copy, told=self._hear),
            spared=self._spared,
            crowd=agenda_of(case).candidates(role) if role else (),
        )

    def _elsewhere(self) -> Sessions | None:
        """Return what windows go on from where it is better: what is found exactly, or any plan if they have none."""
        left = self.control.left()
        if self._exactly is None and not self._heard and left is not None and left < self._patience:
            return self.search.sessions
        return self._exactly

    def _spared(self) -> int:
        return int(self.busy)

    def _meets(self, costs: Mapping[int, int]) -> bool:
        """Tell whether costs meet the bounds."""
        return all(costs.get(level.priority, 0) <= level.bound for level in self.search.levels)

    def _hear(self, sessions: Sessions | None) -> None:
        """Take down what windows have found."""
        if sessions:
            self._heard = True
            self._news = dict(sessions)

    def _look(self) -> None:
        """Take over what was found meanwhile, and say how far the first priority is that is not proved."""
        news, self._news = self._news, None
        if news is not None:
            self._take(news)
        levels = self.search.levels
        self.search.learn({level.priority: self.bounds.at(level.priority) for level in levels})
        self.search.learn({levels[p.number].priority: p.bound for p in self._proofs.values() if self._holds(p)})
        self._say()

    def _take(self, sessions: Sessions) -> None:
        """Take a plan as the best one, if it is, and see what its rules cost."""
        self.search.start_from(sessions)
        if self.search.best is not None:
            verdict = verify(self.search.case, self.search.rules, as_plan(self.search.case, self.search.best))
            self.costs = {score.rule: score.cost for score in verdict.rules}

    def _say(self) -> None:
        for level in self.search.levels:
            if not level.proved:
                said = Progress("search", level.priority, level.value, level.bound)
                if said != self._said:
                    self._said = said
                    self.control.report(said)
                return

    def _holds(self, proof: _Proof) -> bool:
        """Tell whether the stronger priorities are proved to come to what was assumed."""
        stronger = self.search.levels[: proof.number]
        return all(level.proved and level.value == cost for level, cost in zip(stronger, proof.assumed, strict=True))

    def _first(self) -> int:
        """Return the number of the first priority that is not proved; beyond the last, if all are."""
        levels = self.search.levels
        return next((number for number, level in enumerate(levels) if not level.proved), len(levels))

    def _next(self) -> _Proof | None:
        """Return what is to be proved next: the weakest priority first, then the first that is not proved."""
        levels, thin = self.search.levels, self.role is None
        for number, whole in ((len(levels) - 1, thin), (self._first(), thin), (self._first(), True)) if levels else ():
            proof = _Proof(number, tuple(level.bound for level in levels[:number]), whole)
            if proof not in self._tried:
                return proof
        return None

    def _prove(self, proof: _Proof) -> None:
        """Search one priority exactly, until that is done, of no more use, or hoped for too long."""
        self._tried.add(proof)
        left = self.control.left()
        hoped = inf if left is None else self.control.now() + left * HOPING
        stopping = Event()
        control = replace(self.control, stop=stopping, seconds=left, report=lambda _: None)
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(self._searched, proof, control)
            while not wait([future], LOOK).done:
                self._look()
                in_vain = self.control.now() > hoped and self._first() < proof.number
                if self.control.over or self.search.proved or in_vain or self._first() > proof.number:
                    stopping.set()
            with suppress(SearchOverError):
                if (found := self.search.faults.attempt(future.result)) is not None:
                    self._exactly = found
                    self._take(found)

    def _searched(self, proof: _Proof, control: Control) -> Sessions | None:
        """Return the best plan that is found with what is assumed, if any; bounds are kept as they come.

        Raises:
            SearchOverError: the search is over before the model stands.
        """
        out = {self.role} if self.role and not proof.whole else set[str]()
        case, rules = without_seats(self.search.case, self.search.rules, out)
        *stronger, last = [level.priority for level in self.search.levels[: proof.number + 1]]
        board = Board(case)
        board.post([rule for rule in rules if rule.required or rule.priority in {*stronger, last}], control.go_on)
        kept = {rule.id for rule in rules}
        for priority, cost in zip(stronger, proof.assumed, strict=True):
            most = cost - self.bounds.at(priority, without=kept)
            if self.bounds.at(priority, without=self.bounds.wishes.keys() - kept) == most:
                board.model.add(cost_at(board, priority) == most)  # so the linear relaxation pays for what has to be
            else:
                board.model.add(cost_at(board, priority) <= most)
        board.model.minimize(cost_at(board, last))
        effort, beside = Effort(exact=True, deterministic=PROVING), self.bounds.at(last, without=kept)
        found = run(board.model, control, effort, on_bound=lambda bound: self._raise(proof, bound + beside))
        if found.bound is not None:
            self._raise(proof, found.bound + beside)
        if found.values is None or out:
            return None
        return {session.id: session for session in decode(board, found.values)}

    def _raise(self, proof: _Proof, bound: int) -> None:
        """Keep a bound, if it is better than what is known under the same assumptions."""
        known = self._proofs.get(proof.number)
        if known is None or known.assumed != proof.assumed or known.bound < bound:
            self._proofs[proof.number] = replace(proof, bound=bound)
