"""What rules charge for one resource's turns alone, in words from which lower bounds are computed.

A rule that implements `separable` promises: whatever the plan, what its terms come to is at most what its breaches come
to. So bounds may leave out any term, and rules may leave out whatever they cannot say in these words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rota.roster import Roster


@dataclass(frozen=True, eq=False)
class Counted:
    """A resource's number of turns in some sessions (in a role; empty: in any): n of them come to `amount(n)`."""

    who: str
    role: str
    sessions: frozenset[str]
    amount: Callable[[int], int]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        return self.amount(sum(turn.id in self.sessions for turn in roster.turns(self.who, self.role)))


@dataclass(frozen=True, eq=False)
class Close:
    """Any two turns of a resource: d rounds apart they come to `amounts[d]`, and to nothing beyond its end.

    `rounds` are those of the sessions that count, and rise with their nominal starts; `before` are those of turns in
    earlier years, which count with later ones, not among themselves.
    """

    who: str
    role: str
    rounds: Mapping[str, int]
    before: tuple[int, ...]
    amounts: tuple[int, ...]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        turns = (turn.id for turn in roster.turns(self.who, self.role))
        held = [self.rounds[turn] for turn in turns if turn in self.rounds]
        apart = (abs(one - other) for one, other in (*combinations(held, 2), *product(self.before, held)))
        return sum(self.amounts[d] for d in apart if d < len(self.amounts))


@dataclass(frozen=True, eq=False)
class Each:
    """Every turn of a resource in one of these sessions, whenever it is held, comes to its amount."""

    who: str
    role: str
    amounts: Mapping[str, int]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        return sum(self.amounts.get(turn.id, 0) for turn in roster.turns(self.who, self.role))


@dataclass(frozen=True, eq=False)
class InRoom:
    """A part that takes place in one of these rooms, whenever it is held, comes to the room's amount."""

    session: str
    part: str
    amounts: Mapping[str, int]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        used = ((room, held.id, part.id) for room, held, part in roster.in_rooms())
        return sum(self.amounts.get(room, 0) for room, *where in used if where == [self.session, self.part])


@dataclass(frozen=True, eq=False)
class Together:
    """Whoever of some resources has turns in both of two sessions: that comes to the amount of the two."""

    who: frozenset[str]
    role: str
    amounts: Mapping[tuple[str, str], int]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        found = 0
        for who in self.who:
            held = {turn.id for turn in roster.turns(who, self.role)}
            found += sum(amount for both, amount in self.amounts.items() if held.issuperset(both))
        return found


Separable = Counted | Close | Each | InRoom | Together
