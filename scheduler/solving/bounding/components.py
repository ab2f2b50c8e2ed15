"""Components: resources that no seats connect have bounds of their own, which add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from constraints.separable import Counted
from rota.certificate import SCALE
from scheduler.solving.bounding.graph import NEVER, price
from scheduler.solving.bounding.master import Master
from scheduler.solving.bounding.pricing import Bundle, Group, Schedule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.solving.bounding.relaxation import Relaxation, Row, Weighed

    Ints = NDArray[np.int64]


class Component:
    """Some resources, and all seats that any of them could take."""

    def __init__(self, relaxation: Relaxation, who: Sequence[str], rows: Sequence[Row]) -> None:
        self.relaxation = relaxation
        self.exclusive = [each for each in who if relaxation.exclusive(each)]
        self.free = [each for each in who if not relaxation.exclusive(each)]
        self.weighed = {each: relaxation.weighed.get(each, []) for each in self.exclusive}
        self.bundles = self._bundled(rows)
        alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for each in self.exclusive:
            alike[tuple(w.key for w in self.weighed[each])].append(each)
        self.groups = [Group(members, self.weighed, self.bundles) for members in alike.values()]

    def _bundled(self, rows: Sequence[Row]) -> list[Bundle]:
        """Put seats together that lie at one moment and are the same to everybody who could take them."""
        terms = {w.key: w for weighed in self.weighed.values() for w in weighed}.values()
        alike: dict[object, list[Row]] = defaultdict(list)
        for row in rows:
            same = all(who in self.weighed for who in row.able)
            touched = tuple(w.touches(row.place) for w in terms)
            key = (row.moment, tuple(row.able.items()), touched) if same else row.place
            alike[key].append(row)
        return [Bundle(tuple(found)) for found in alike.values()]

    def master(self) -> Master:
        """Return the program that looks for the best prices."""
        start, step = self._opening()
        return Master(self.bundles, self.schedules, start, step)

    def schedules(self, prices: Ints, settled: Collection[str] = ()) -> Iterator[Schedule]:
        """Yield the cheapest schedule under prices of everybody not settled.

        Who sits in several seats at once costs nothing.
        """
        for group in self.groups:
            yield from group.cheapest(prices, settled)
        for who in (who for who in self.free if who not in settled):
            paid = [n for n, b in enumerate(self.bundles) if who in b.row.able and prices[n] > 0]
            yield Schedule(who, -sum(int(prices[n]) for n in paid), 0, tuple(paid))

    def _opening(self) -> tuple[Ints, float]:
        """Return prices to begin with, what one more turn costs where all is shared evenly, and a step to go by."""
        counted = {each: [w for w in mine if isinstance(w.term, Counted)] for each, mine in self.weighed.items()}
        expected: dict[Weighed, float] = defaultdict(float)
        for bundle in self.bundles:
            for who in bundle.row.able:
                for w in counted.get(who, ()):
                    expected[w] += w.touches(bundle.row.place) * bundle.least / len(bundle.row.able)
        dearer = {w: _dearer(w, number) for w, number in expected.items()}
        opening = []
        for bundle in self.bundles:
            asked = [w for who in bundle.row.able for w in counted.get(who, ()) if w.touches(bundle.row.place)]
            opening.append(sum(dearer[w][0] for w in asked) // len(bundle.row.able))
        bends = [bend for _, bend in dearer.values() if bend > 0]
        return np.array(opening, dtype=np.int64), max(1.0, sum(bends) / len(bends) / 2 / SCALE) if bends else 1.0


def _dearer(weighed: Weighed, expected: float) -> tuple[int, int]:
    """Return what one more turn than expected costs, and how much more than the one before."""
    assert isinstance(weighed.term, Counted)  # noqa: S101 - for the type checker
    n = int(expected)
    below, here, above = (min(NEVER, price(weighed, weighed.term.amount(max(0, at)))) for at in (n - 1, n, n + 1))
    if max(below, here, above) >= NEVER:
        return 0, 0
    return above - here, above - 2 * here + below


def components(relaxation: Relaxation) -> Iterator[Component]:
    """Yield the components in which anything has a cost."""
    leader: dict[str, str] = {}

    def find(who: str) -> str:
        while leader.setdefault(who, who) != who:
            leader[who] = leader[leader[who]]
            who = leader[who]
        return who

    rows = [row for row in relaxation.rows if row.able]
    for row in rows:
        first, *others = row.able
        for other in others:
            leader[find(other)] = find(first)
    who_in: dict[str, list[str]] = defaultdict(list)
    rows_in: dict[str, list[Row]] = defaultdict(list)
    for who in relaxation.case.resources:
        who_in[find(who)].append(who)
    for row in rows:
        rows_in[find(next(iter(row.able)))].append(row)
    for key, members in who_in.items():
        if rows_in[key] and _costs(relaxation, members, rows_in[key]):
            yield Component(relaxation, members, rows_in[key])


def _costs(relaxation: Relaxation, who: Sequence[str], rows: Sequence[Row]) -> bool:
    priced = any(w.weight is not None for each in who for w in relaxation.weighed.get(each, ()))
    return priced or any(cost for row in rows for cost in row.able.values())
