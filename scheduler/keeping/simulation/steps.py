"""What a simulated year leaves: one step for each change, and what they add up to."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from rota.text import Message

if TYPE_CHECKING:
    from rota.change import Change

SOON = 2.0
"""Days; whoever learns of a change later than this has hardly any notice."""


@dataclass(frozen=True)
class Refusal:
    """Why a change was not made: the sort of reason, which is counted, and the reason itself."""

    sort: Message
    said: Message


@dataclass(frozen=True)
class Step:
    """One change and what came of it.

    A change that was `refused` was not made, or taken back. `changed` counts the sessions that the repair changed,
    `least` the fewest possible, `proved` whether that is proved; `notice` has, for each of them, the days from the
    change to its start; `seconds` is the time of the repair. `revision` is None where nothing had to be published.
    """

    at: dt.datetime
    change: type[Change]
    refused: Refusal | None = None
    changed: int = 0
    least: int = 0
    proved: bool = True
    notice: tuple[float, ...] = ()
    seconds: float = 0.0
    revision: int | None = None

    @property
    def needless(self) -> int:
        """Sessions that were changed beyond the least number."""
        return self.changed - self.least


@dataclass(frozen=True)
class Gap:
    """The resource that is furthest from its fair share of the turns in a role, and by how many turns."""

    role: str
    who: str
    balance: Fraction


@dataclass(frozen=True)
class Balance:
    """How good a plan is: its cost at each priority, and the largest gap to a fair share; None where nobody serves."""

    costs: dict[int, int]
    gap: Gap | None


@dataclass
class Year:
    """All steps of a simulated year, with how good the plan was at its beginning and at its end."""

    steps: list[Step] = field(default_factory=list)
    before: Balance = field(default_factory=lambda: Balance({}, None))
    after: Balance = field(default_factory=lambda: Balance({}, None))
    interrupted: bool = False

    @property
    def kinds(self) -> Counter[type[Change]]:
        """How often each kind of change happened, refused ones included."""
        return Counter(step.change for step in self.steps)

    @property
    def refusals(self) -> Counter[Message]:
        """How often changes were refused, by the sort of reason."""
        return Counter(step.refused.sort for step in self.steps if step.refused)

    @property
    def repairs(self) -> list[Step]:
        """The steps that were answered by a repair."""
        return [step for step in self.steps if not step.refused]

    @property
    def moved(self) -> int:
        """The sessions that all repairs changed."""
        return sum(step.changed for step in self.repairs)

    @property
    def needless(self) -> int:
        """Sessions that were changed beyond a least number that is proved."""
        return sum(step.needless for step in self.repairs if step.proved)

    @property
    def unproved(self) -> list[Step]:
        """Repairs of which it is not proved that fewer changes would not do."""
        return [step for step in self.repairs if not step.proved]

    @property
    def notice(self) -> list[float]:
        """For each session that a repair changed, how many days before its start, the shortest notice first."""
        return sorted(days for step in self.repairs for days in step.notice)

    @property
    def short_notice(self) -> int:
        """Sessions that were changed within two days of their start."""
        return sum(days < SOON for days in self.notice)

    @property
    def seconds(self) -> list[float]:
        """The time of each repair, the shortest first."""
        return sorted(step.seconds for step in self.repairs)


def quantile(ordered: list[float], share: float) -> float:
    """Return the value that this share of the values do not exceed; 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
