"""The cheapest schedules of resources under prices on seats, by dynamic programming over the moments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from constraints.separable import Close, Counted
from rota.certificate import SCALE
from scheduler.solving.bounding.graph import NEVER, ROOM, Builder, Choice, Graph, TooManyStatesError, price, reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.solving.bounding.graph import Stage, Step
    from scheduler.solving.bounding.relaxation import Row, Weighed

    Ints = NDArray[np.int64]

UNREACHED = 1 << 60
TOGETHER = 40
"""So many resources are priced at once: more would leave the processor's cache."""


@dataclass(frozen=True)
class Schedule:
    """The cheapest schedule of one resource: what it costs less the prices it earns, and the bundles it serves."""

    who: str
    least: int
    cost: int
    bundles: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Bundle:
    """Seats at one moment that are the same to everybody: they have one price."""

    rows: tuple[Row, ...]

    @property
    def row(self) -> Row:
        """One of them."""
        return self.rows[0]

    @property
    def least(self) -> int:
        """How many turns they need."""
        return sum(row.least for row in self.rows)

    @property
    def most(self) -> int:
        """How many turns they can have."""
        return sum(row.most for row in self.rows)


@dataclass(frozen=True, eq=False)
class _Options:
    """The bundles that can be served at one moment: the kind of turn, and the cost by resource alone."""

    bundles: Ints
    kinds: Ints
    costs: Ints


class Group:
    """Resources whose schedules have one graph, priced together."""

    def __init__(self, who: Sequence[str], weighed: Mapping[str, list[Weighed]], bundles: Sequence[Bundle]) -> None:
        self.who = tuple(who)
        self.weighed = weighed
        mine = set(who)
        self.bundles = [(n, bundle) for n, bundle in enumerate(bundles) if mine & bundle.row.able.keys()]
        self.graph = self._built()
        self.constant = [self._never_asked(each) for each in self.who]
        self.options = [self._options(stage) for stage in self.graph.stages]
        self.tables = [self._table(k) for k in range(len(self.graph.terms))]
        self.initial = self._initial()

    # The graph, and what differs among the resources in it.

    def _built(self) -> Graph:
        """Build the graph under as many of the terms as leave it small enough; preferences come first."""
        terms = [w for w in self.weighed[self.who[0]] if any(w.touches(b.row.place) for _, b in self.bundles)]
        while True:
            try:
                return Builder(terms, [self._cap(w) for w in terms], self._choices(terms)).build(self._firsts(terms))
            except TooManyStatesError:
                terms.pop()

    def _choices(self, terms: Sequence[Weighed]) -> list[Choice]:
        found: dict[int, tuple[list[int], dict[tuple[bool, ...], None]]] = {}
        for _, bundle in self.bundles:
            place = bundle.row.place
            rounds, kinds = found.setdefault(bundle.row.moment, ([0] * len(terms), {}))
            kind = tuple(w.touches(place) for w in terms)
            kinds[kind] = None
            for k, w in enumerate(terms):
                if kind[k] and isinstance(w.term, Close):
                    rounds[k] = w.term.rounds[place.session]
        return [Choice(moment, tuple(rounds), tuple(kinds)) for moment, (rounds, kinds) in sorted(found.items())]

    def _cap(self, weighed: Weighed) -> int:
        """Return up to which number the turns that count for a term are told apart."""
        asked = [bundle for _, bundle in self.bundles if weighed.touches(bundle.row.place)]
        expected = sum(bundle.least / len(bundle.row.able) for bundle in asked)
        return min(len({bundle.row.moment for bundle in asked}), int(expected) + ROOM)

    def _of(self, who: str, weighed: Weighed) -> Weighed:
        """Return the term of one resource that stands where another's does in the graph."""
        return next(mine for mine in self.weighed[who] if mine.key == weighed.key)

    def _firsts(self, terms: Sequence[Weighed]) -> Ints:
        return np.unique(np.array([self._first(who, terms) for who in self.who], np.int64), axis=0)

    def _first(self, who: str, terms: Sequence[Weighed]) -> list[int]:
        """Return the state in which a resource begins: turns of earlier years may lie close."""
        return [self._mask(self._of(who, w)) if isinstance(w.term, Close) else 0 for w in terms]

    def _mask(self, weighed: Weighed) -> int:
        assert isinstance(weighed.term, Close)  # noqa: S101 - for the type checker
        asked = [bundle.row for _, bundle in self.bundles if weighed.touches(bundle.row.place)]
        opening = weighed.term.rounds[min(asked, key=lambda row: row.moment).place.session]
        backs = {opening - before for before in weighed.term.before}
        return sum(1 << back for back in backs if 0 <= back < reach(weighed))

    def _never_asked(self, who: str) -> int:
        """Return what the numbers of turns cost that nothing here counts for."""
        idle = [w for w in self.weighed[who] if not any(w.touches(b.row.place) for _, b in self.bundles)]
        return sum(price(w, w.term.amount(0)) for w in idle if isinstance(w.term, Counted) and w.weight is not None)

    def _options(self, stage: Stage) -> _Options:
        here = [(n, bundle) for n, bundle in self.bundles if bundle.row.moment == stage.moment]
        kinds = [1 + stage.kinds.index(tuple(w.touches(b.row.place) for w in self.graph.terms)) for _, b in here]
        order = np.argsort(np.array(kinds), kind="stable")
        costs = [[bundle.row.able.get(who, NEVER // SCALE) * SCALE for who in self.who] for _, bundle in here]
        return _Options(
            np.array([n for n, _ in here])[order], np.array(kinds)[order], np.array(costs, dtype=np.int64)[order]
        )

    def _table(self, k: int) -> Ints:
        """Return what each number of turns costs each resource; the last number stands for all from there on."""
        weighed, cap = self.graph.terms[k], self.graph.caps[k]
        if not isinstance(weighed.term, Counted):
            return np.zeros((0, 0), np.int64)
        most = max(cap, len(self.graph.stages))
        rows = []
        for who in self.who:
            mine = self._of(who, weighed)
            assert isinstance(mine.term, Counted)  # noqa: S101 - for the type checker
            costs = [min(NEVER, price(mine, mine.term.amount(n))) for n in range(most + 1)]
            rows.append([*costs[:cap], min(costs[cap:])])
        return np.array(rows, dtype=np.int64).T

    def _initial(self) -> Ints:
        values = np.full((len(self.graph.first), len(self.who)), UNREACHED, np.int64)
        for u, who in enumerate(self.who):
            state = np.array(self._first(who, self.graph.terms), np.int64)
            values[np.flatnonzero((self.graph.first == state).all(axis=1)), u] = 0
        return values

    # Pricing.

    def cheapest(self, prices: Ints, settled: Collection[str] = ()) -> Iterator[Schedule]:
        """Yield the cheapest schedule of each resource not settled where a turn earns the price of its bundle."""
        asked = np.array([u for u, who in enumerate(self.who) if who not in settled], np.int64)
        for begin in range(0, len(asked), TOGETHER):
            yield from self._some(prices, asked[begin : begin + TOGETHER])

    def _some(self, prices: Ints, some: Ints) -> Iterator[Schedule]:
        earned = [self._earned(options, prices, some) for options in self.options]
        values = [self.initial[:, some]]
        for stage, earning in zip(self.graph.stages, earned, strict=True):
            for step in stage.steps:
                values.append(self._forward(step, values[-1], earning, some))
        served = self._served(values, earned, prices, some)
        for column, u in enumerate(some):
            least = int(values[-1][:, column].min()) + self.constant[u]
            bundles = tuple(served[column])
            yield Schedule(self.who[u], least, least + sum(int(prices[n]) for n in bundles), bundles)

    def _earned(self, options: _Options, prices: Ints, some: Ints) -> Ints:
        """Return by kind of turn (0: none) and resource the most that a turn earns at one moment."""
        each = prices[options.bundles][:, None] - options.costs[:, some]
        begins = np.flatnonzero(np.diff(options.kinds, prepend=0))
        best = np.maximum.reduceat(each, begins, axis=0)
        return np.concatenate((np.zeros((1, best.shape[1]), np.int64), best))

    def _forward(self, step: Step, values: Ints, earning: Ints, some: Ints) -> Ints:
        """Return the least cost at which each state after a step is reached."""
        before = values + self._folded(step, some) if step.folded else values
        first = step.layers[0]
        after = before[first.source] + (first.cost[:, None] - earning[first.kind])
        for layer in step.layers[1:]:
            part = after[: len(layer.source)]
            np.minimum(part, before[layer.source] + (layer.cost[:, None] - earning[layer.kind]), out=part)
        return after

    def _folded(self, step: Step, some: Ints) -> Ints:
        (k, numbers), *others = step.folded
        total = self.tables[k][numbers][:, some]
        for k, numbers in others:
            total = total + self.tables[k][numbers][:, some]
        return total

    def _served(self, values: Sequence[Ints], earned: Sequence[Ints], prices: Ints, some: Ints) -> list[list[int]]:
        """Walk back through the states of the cheapest schedules, and return the bundles that each serves."""
        columns = np.arange(values[0].shape[1])
        state = values[-1].argmin(axis=0)
        served: list[list[int]] = [[] for _ in columns]
        at = len(values) - 1
        for number in range(len(self.graph.stages) - 1, -1, -1):
            kind = np.zeros(len(columns), np.int64)
            for step in reversed(self.graph.stages[number].steps):
                before = values[at - 1] + self._folded(step, some) if step.folded else values[at - 1]
                state, kind = _back(step, before, earned[number], state, columns)
                at -= 1
            self._note(served, number, kind, prices, some)
        return served

    def _note(self, served: list[list[int]], number: int, kind: Ints, prices: Ints, some: Ints) -> None:
        """Note for each resource which bundle of the kind that it serves earns the most."""
        options = self.options[number]
        each = prices[options.bundles][:, None] - options.costs[:, some]
        for u in np.flatnonzero(kind):
            mine = np.flatnonzero(options.kinds == kind[u])
            served[u].append(int(options.bundles[mine[each[mine, u].argmax()]]))


def _back(step: Step, before: Ints, earning: Ints, state: Ints, columns: Ints) -> tuple[Ints, Ints]:
    """Return for each resource the state before and the kind of turn by which its state was reached most cheaply."""
    best = np.full(len(columns), 1 << 62)
    source, kind = np.zeros(len(columns), np.int64), np.zeros(len(columns), np.int64)
    for layer in step.layers:
        has = state < len(layer.source)
        arc = np.where(has, state, 0)
        value = before[layer.source[arc], columns] + layer.cost[arc] - earning[layer.kind[arc], columns]
        better = has & (value < best)
        best = np.where(better, value, best)
        source, kind = np.where(better, layer.source[arc], source), np.where(better, layer.kind[arc], kind)
    return source, kind
