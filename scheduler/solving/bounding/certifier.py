"""Bounds of all priorities, found beside a search and kept as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from constraints.verify import verify
from rota.certificate import Certificate, PriorityCertificate
from rota.plan import CaseRef
from scheduler.solving.bounding.bound import Bounding
from scheduler.solving.bounding.diving import QUICK, THOROUGH, Pace
from scheduler.solving.bounding.flow import flow_bound
from scheduler.solving.bounding.placement import placement_of
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.construct import construct
from scheduler.solving.control import SearchOverError
from scheduler.solving.decode import as_plan
from scheduler.solving.levels import better

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

PATIENCE = 2.0
"""Seconds in which most cases are proved; bounds are sought beside the others."""

EARLY = 0.4
"""The share of a limited time after which a plan is built, whatever bounds are found by then."""

PRICES = (1, 10, 100, 10_000)
"""A unit of a stronger priority is charged for with one of these, where it must not come to more than some value."""
LOOK = 0.2
"""Seconds between two looks at how far the search is."""
TAKES = 2 * len(PRICES)
"""So many times as much time must be left as a bound took last."""

PLACING, FITTING = 0.25, 0.5
"""The shares of a limited time in which bounds of starts and rooms are sought, and a plan at such starts."""


class Under(NamedTuple):
    """Plans that come to so much at the `most` at a stronger priority cost so much at the `least` at another one."""

    stronger: int
    most: int
    priority: int
    least: int

    def holds(self, costs: Mapping[int, int]) -> bool:
        """Tell whether the bound is about plans that cost as little as this at stronger priorities."""
        return self.stronger in costs and costs[self.stronger] <= self.most


@dataclass
class Certifier:
    """Seeks bounds until its search is over. What is found can be read at any time, from any thread."""

    case: Case
    rules: Sequence[Rule]
    control: Control
    patience: float = PATIENCE
    found: Mapping[int, PriorityCertificate] = field(default_factory=dict)
    floors: Mapping[int, int] = field(default_factory=dict)
    """Bounds that were found by flows, without prices that prove them."""
    start: Mapping[str, Session] | None = None
    """A plan whose seats cost little more than the bound of the strongest priority, if one was built."""
    costs: Mapping[int, int] = field(default_factory=dict)
    """What that plan costs, where it holds."""
    reached: int | None = None
    """What the search says that its plan comes to at the strongest priority."""
    under: Sequence[Under] = ()
    """Bounds of plans that come to no more than that."""

    def run(self) -> None:
        """Improve the bounds, the strongest priority first, once the search has had some time for itself."""
        if self.control.stop.wait(self.patience):
            return
        with suppress(SearchOverError):
            for priority in sorted({rule.priority for rule in self.rules if not rule.required}):
                bounding = Bounding(self.case, self.rules, priority)
                is_first = not self.found
                self._improve(priority, bounding, self._soon() if is_first else inf)
                if is_first and self.bound(priority):
                    self._dive(bounding, QUICK)
                self._improve(priority, bounding, inf)
                if is_first and self.bound(priority) and self.costs.get(priority) != self.bound(priority):
                    self._dive(bounding, THOROUGH)

    def _soon(self) -> float:
        """Return the moment at which a plan is built from what is found by then: where time is short, bounds wait."""
        left = self.control.left()
        return inf if left is None else self.control.now() + left * EARLY

    def _improve(self, priority: int, bounding: Bounding, until: float) -> None:
        """Go on with the bounds of a priority."""
        for found in bounding.steps:
            if found is not None and found.bound:
                self.found = {**self.found, priority: found}
            self.control.go_on()
            if self.control.now() > until:
                return

    def _dive(self, bounding: Bounding, pace: Pace) -> None:
        """Build a plan near the bounds; keep it, if it is better than the one before."""
        sessions = construct(self.case, self.rules, self.control, bounding.seating(self.control.go_on, pace))
        verdict = verify(self.case, self.rules, as_plan(self.case, sessions.values()))
        if not self.costs or (verdict.holds and better(verdict.costs, self.costs)):
            self.start, self.costs = sessions, verdict.costs if verdict.holds else {}

    def run_flows(self) -> None:
        """Find the bounds that a flow gives, soon for the largest cases, too; then those at what the search reaches.

        Raises:
            InfeasibleError: a flow proves that not all seats can be filled.
        """
        for priority in sorted({rule.priority for rule in self.rules if not rule.required}):
            if self.control.over:
                return
            self._at_least(priority, flow_bound(Relaxation(self.case, self.rules, priority)))
        self._ask_flows()

    def _ask_flows(self) -> None:
        """Find what the second priority costs at the least where the strongest comes to what the search has reached.

        That is said anew when the search gets further, as long as there is time for it.
        """
        stated = sorted({rule.priority for rule in self.rules if not rule.required})[:2]
        if len(stated) < 2 or not self.bound(stated[1]):  # noqa: PLR2004 - one upon another
            return
        (stronger, priority), most, took = stated, None, 0.0
        while not self.control.stop.wait(LOOK) and not self.control.over:
            left = self.control.left()
            if self.reached in {None, most}:
                continue
            if left is not None and left < TAKES * took:
                return
            most, begun = self.reached, self.control.now()
            self.look_under(stronger, most or 0, priority)
            took = self.control.now() - begun

    def look_under(self, stronger: int, most: int, priority: int) -> None:
        """Bound a priority by flows where a stronger one comes to so much at the `most`, by pricing what that costs."""
        for price in PRICES if most else PRICES[-1:]:
            if self.control.over:
                return
            flow = flow_bound(Relaxation(self.case, self.rules, priority, {stronger: price, priority: 1}))
            if flow - price * most <= self.bound(priority, {stronger: most}):
                return
            self.under = (*self.under, Under(stronger, most, priority, flow - price * most))

    def run_placed(self) -> None:
        """Find the bounds that starts and rooms give by themselves, and with limited time a plan of the best starts."""
        priorities = sorted({rule.priority for rule in self.rules if not rule.required})
        left = self.control.left()
        seconds = None if left is None else left * PLACING / max(1, len(priorities))
        for priority in priorities:
            placement = placement_of(self.case, self.rules, priority)
            if placement is None or self.control.over:
                return
            met = placement.improve(replace(self.control, seconds=seconds), partial(self._at_least, priority))
            if met and left is not None and priority == priorities[0]:
                self.start = placement.plan(replace(self.control, seconds=left * FITTING))

    def _at_least(self, priority: int, bound: int) -> None:
        self.floors = {**self.floors, priority: max(bound, self.floors.get(priority, 0))}

    def bound(self, priority: int, costs: Mapping[int, int] = MappingProxyType({})) -> int:
        """Return the best bound so far, 0 while there is none: nothing costs less.

        It may be one of those plans alone that come to no more than these costs at stronger priorities.
        """
        priced = self.found[priority].bound if priority in self.found else 0
        under = (each.least for each in self.under if each.priority == priority and each.holds(costs))
        return max(priced, self.floors.get(priority, 0), *under)

    def certificate(self) -> Certificate:
        """Return what has been found so far."""
        ref = CaseRef(title=self.case.settings.title, hash=self.case.hash)
        return Certificate(case=ref, priorities=tuple(self.found.values()))
