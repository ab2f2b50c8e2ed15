"""Standing breaches: what the past alone has brought about, and nothing that is still open can mend."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from rota.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from constraints.breach import Breach
    from constraints.rule import Rule

Apart = tuple[tuple["Breach", ...], tuple["Breach", ...]]
"""Breaches that count, and those that stand."""


class Standing:
    """Tells breaches of what must hold that count from those that stand, where some sessions are `past`.

    A breach of a rule stands when no session that could mend it is open, and the sessions of the past without any
    other break the same - the same rule about the same whom and what (`Breach.shares`) - by as much or more. So where
    the past has too many already, no more may be added, and that is all; where too few, what is missing is still asked
    for as long as any session that counts is open. A breach of the structure stands when it is about past sessions
    alone.

    A session could mend a breach if the breach says so. Where a rule does not name all that could
    (`Rule.names_all_mends`), a breach of it may stand that one of the others would mend: whoever came for a past turn
    alone need not come again. The board asks for no more either.
    """

    def __init__(self, roster: Roster, past: Collection[str]) -> None:
        self.roster = roster
        self.past = frozenset(past)

    def of_structure(self, found: Iterable[Breach]) -> Apart:
        """Divide breaches of the structure."""
        known = tuple(found)
        stands = tuple(breach for breach in known if breach.sessions and self.past.issuperset(breach.sessions))
        return tuple(breach for breach in known if breach not in stands), stands

    def of_rule(self, rule: Rule) -> Apart:
        """Divide the breaches of a rule."""
        found = tuple(rule.check(self.roster))
        may_stand = [breach for breach in found if self._may_stand(breach)] if self.past else []
        if not may_stand:
            return found, ()
        now, alone = _amounts(found), _amounts(rule.check(self._alone))
        stands = tuple(breach for breach in may_stand if all(now[key] <= alone[key] for key, _ in breach.shares()))
        return tuple(breach for breach in found if breach not in stands), stands

    def _may_stand(self, breach: Breach) -> bool:
        """Tell whether no open session could mend a breach, and the past alone may break the same."""
        return self.past.issuperset(breach.mends) and (bool(breach.about) or self.past.issuperset(breach.sessions))

    @cached_property
    def _alone(self) -> Roster:
        """The past without any other session."""
        sessions = tuple(session for session in self.roster.plan.sessions if session.id in self.past)
        alone = self.roster.plan.model_copy(update={"sessions": sessions, "open": ()})
        return Roster(self.roster.case, alone, self.roster.only)


def _amounts(breaches: Iterable[Breach]) -> Counter[tuple[object, ...]]:
    amounts: Counter[tuple[object, ...]] = Counter()
    for breach in breaches:
        for key, amount in breach.shares():
            amounts[key] += amount
    return amounts
