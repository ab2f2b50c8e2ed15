"""Bounds of all priorities, found beside a search and kept as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rota.certificate import Certificate, PriorityCertificate
from rota.plan import CaseRef
from scheduler.solving.bounding.bound import Bounding
from scheduler.solving.bounding.flow import flow_bound
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.construct import construct
from scheduler.solving.control import SearchOverError

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

PATIENCE = 2.0
"""Seconds in which most cases are proved; bounds are sought beside the others."""


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

    def run(self) -> None:
        """Improve the bounds, the strongest priority first, once the search has had some time for itself."""
        if self.control.stop.wait(self.patience):
            return
        with suppress(SearchOverError):
            for priority in sorted({rule.priority for rule in self.rules if not rule.required}):
                bounding = self._bounded(priority)
                if len(self.found) == 1 and self.bound(priority):
                    seating = bounding.seating(self.control.go_on)
                    self.start = construct(self.case, self.rules, self.control, seating)

    def run_flows(self) -> None:
        """Find the bounds that a flow gives, which takes a short time for the largest cases, too."""
        for priority in sorted({rule.priority for rule in self.rules if not rule.required}):
            if self.control.over:
                return
            self.floors = {**self.floors, priority: flow_bound(Relaxation(self.case, self.rules, priority))}

    def _bounded(self, priority: int) -> Bounding:
        bounding = Bounding(self.case, self.rules, priority)
        for better in bounding.bounds():
            if better is not None and better.bound:
                self.found = {**self.found, priority: better}
            self.control.go_on()
        return bounding

    def bound(self, priority: int) -> int:
        """Return the best bound so far, 0 while there is none: nothing costs less."""
        priced = self.found[priority].bound if priority in self.found else 0
        return max(priced, self.floors.get(priority, 0))

    def certificate(self) -> Certificate:
        """Return what has been found so far."""
        ref = CaseRef(title=self.case.settings.title, hash=self.case.hash)
        return Certificate(case=ref, priorities=tuple(self.found.values()))
