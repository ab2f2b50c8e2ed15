"""Adaptive choice: what has gained most for its effort of late is tried most, and everything now and then."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

Arm = TypeVar("Arm", bound=Hashable)

CURIOSITY = 0.1
"""The share of choices that are made blindly."""
MEMORY = 0.95
"""What a try counts for at the next one."""
CREDIT = 2.0
"""Units of effort for which each arm is credited with what all gain together, so that little bad luck says little."""


@dataclass
class _Record:
    gain: float = 0.0
    effort: float = 0.0


@dataclass
class Bandit(Generic[Arm]):
    """Chooses among arms by what they gained of late for a unit of effort."""

    arms: Sequence[Arm]
    draw: Random
    _records: dict[Arm, _Record] = field(default_factory=dict)
    _all: _Record = field(default_factory=_Record)

    def choose(self) -> Arm:
        """Return the arm to try next."""
        rates = [self._rate(arm) for arm in self.arms]
        if self.draw.random() < CURIOSITY or not any(rates):
            return self.draw.choice(self.arms)
        return self.draw.choices(self.arms, rates)[0]

    def learn(self, arm: Arm, gain: float, effort: float) -> None:
        """Take note of what a try gained, and with which effort."""
        for record in (self._records.setdefault(arm, _Record()), self._all):
            record.gain = MEMORY * record.gain + gain
            record.effort = MEMORY * record.effort + effort

    def _rate(self, arm: Arm) -> float:
        record = self._records.get(arm, _Record())
        usual = self._all.gain / self._all.effort if self._all.effort else 0.0
        return (record.gain + CREDIT * usual) / (record.effort + CREDIT)
