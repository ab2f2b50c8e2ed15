"""Fair shares: what is done on a day is shared among those who may do it and belong to the alliance on that day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm

from rota.facts import Resource


@dataclass(frozen=True)
class Portion:
    """So many turns on a day, and who could have taken them."""

    day: dt.date
    turns: int
    sharers: frozenset[str]


def fair_shares(
    portions: Iterable[Portion], resources: Mapping[str, Resource], weigh: Callable[[Resource], int]
) -> defaultdict[str, Fraction]:
    """Return what falls to each, and 0 for all others.

    Every portion is split by weight among those of its sharers who are members on its day; where none is, it falls to
    nobody.
    """
    bounded = {who for who, resource in resources.items() if resource.joined or resource.left}
    come_and_go = cache(bounded.intersection)
    together: Counter[frozenset[str]] = Counter()
    for portion in portions:
        away = [who for who in come_and_go(portion.sharers) if not resources[who].belongs(portion.day)]
        together[portion.sharers.difference(away) if away else portion.sharers] += portion.turns
    parts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for sharers, turns in together.items():  # most portions are shared by the same
        present = {who: weigh(resources[who]) for who in sharers}
        total = sum(present.values())
        for who, weight in present.items():
            parts[who][total] += turns * weight
    shares: defaultdict[str, Fraction] = defaultdict(Fraction)
    for who, counted in parts.items():  # few totals differ, and adding fractions takes long
        common = lcm(*counted)
        shares[who] = Fraction(sum(turns * (common // total) for total, turns in counted.items()), common)
    return shares
