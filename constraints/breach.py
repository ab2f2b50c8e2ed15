"""A breach: one way in which a plan falls short of a rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from rota.text import Message


@dataclass(frozen=True)
class Breach:
    """Who, when, by how much: `amount` is in the unit of the rule's cost, and `message` says it in a sentence.

    `sessions` bring it about. Where sessions that are foreseen could still bring what is missing, `mends` names these.
    `about` tells the breaches of one rule apart, whatever the plan: whom or what, and when, the rule is applied to;
    left empty where `who` and `sessions` do. An amount that adds up over days says the share of each, in `by_day`.
    """

    rule: str
    amount: int
    message: Message
    sessions: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    by_day: tuple[tuple[dt.date, int], ...] = ()

    def shares(self) -> Iterator[tuple[tuple[object, ...], int]]:
        """Yield what the breach is about, to find it again in another plan of the case, and the amount of that."""
        key = (self.rule, self.about or (self.who, self.sessions))
        if not self.by_day:
            yield key, self.amount
        for day, amount in self.by_day:
            yield (*key, day), amount
