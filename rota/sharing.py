"""Fair shares: what is done on a day is shared among those who may do it and belong to the alliance on that day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rota.facts import Resource


@dataclass(frozen=True)
class Portion:
    """So many turns on a day, and who could have taken them."""

    day: dt.date
    turns: int
    sharers: Iterable[str]


def fair_shares(
    portions: Iterable[Portion], resources: Mapping[str, Resource], weigh: Callable[[Resource], int]
) -> defaultdict[str, Fraction]:
    """Return what falls to each, and 0 for all others.

    Every portion is split by weight among those of its sharers who are members on its day; where none is, it falls to
    nobody.
    """
    parts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for portion in portions:
        present = {who: weigh(resources[who]) for who in portion.sharers if resources[who].belongs(portion.day)}
        total = sum(present.values())
        for who, weight in present.items():
            parts[who][total] += portion.turns * weight
    shares: defaultdict[str, Fraction] = defaultdict(Fraction)
    for who, counted in parts.items():  # few totals differ, and adding fractions takes long
        shares[who] = sum((Fraction(turns, total) for total, turns in counted.items()), Fraction())
    return shares
