"""Bounds of all priorities, found beside a search and kept as they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rota.certificate import Certificate, PriorityCertificate
from rota.plan import CaseRef
from scheduler.solving.bounding.bound import bounds

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
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

    def run(self) -> None:
        """Improve the bounds, the strongest priority first, once the search has had some time for itself."""
        if self.control.stop.wait(self.patience):
            return
        for priority in sorted({rule.priority for rule in self.rules if not rule.required}):
            for better in bounds(self.case, self.rules, priority):
                if better is not None and better.bound:
                    self.found = {**self.found, priority: better}
                if self.control.over:
                    return

    def bound(self, priority: int) -> int:
        """Return the best bound so far, 0 while there is none: nothing costs less."""
        return self.found[priority].bound if priority in self.found else 0

    def certificate(self) -> Certificate:
        """Return what has been found so far."""
        ref = CaseRef(title=self.case.settings.title, hash=self.case.hash)
        return Certificate(case=ref, priorities=tuple(self.found.values()))
