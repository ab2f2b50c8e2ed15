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
    together: Counter[tuple[int, frozenset[str]]] = Counter()
    bounded: dict[int, tuple[tuple[str, ...], list[str]]] = {}
    for portion in portions:
        sharers = tuple(portion.sharers)
        if id(sharers) not in bounded:  # kept there, so that no others come to have its number
            bounded[id(sharers)] = sharers, [who for who in sharers if resources[who].joined or resources[who].left]
        away = frozenset(who for who in bounded[id(sharers)][1] if not resources[who].belongs(portion.day))
        together[id(sharers), away] += portion.turns
    parts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for (number, away), turns in together.items():  # most portions are shared by the same
        sharers, _ = bounded[number]
        present = {who: weigh(resources[who]) for who in sharers if who not in away}
        total = sum(present.values())
        for who, weight in present.items():
            parts[who][total] += turns * weight
    shares: defaultdict[str, Fraction] = defaultdict(Fraction)
    for who, counted in parts.items():  # few totals differ, and adding fractions takes long
        shares[who] = sum((Fraction(turns, total) for total, turns in counted.items()), Fraction())
    return shares
