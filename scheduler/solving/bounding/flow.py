"""A bound by one flow of minimum cost: seats are filled by those able, and numbers of turns cost what they do at least.

On the way turns pass through gates: as many go through each as a required limit allows, a month's for instance, and as
many as somebody can take one after the other of sessions that lie close together. What is left out only makes it
cheaper, and the flow is found exactly, in whole numbers, in a time that grows little faster than the case: so it bounds
what is too large for schedules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.graph.python import min_cost_flow

from constraints.separable import Counted
from rota.certificate import SCALE
from scheduler.solving.bounding.crowds import Crowd, crowds_of
from scheduler.solving.bounding.rooms import roomed
from scheduler.solving.errors import InfeasibleError

if TYPE_CHECKING:
    from scheduler.solving.bounding.relaxation import Place, Relaxation, Row, Weighed

BEYOND = 30
"""So many turns beyond what falls to somebody on average, each costs what it does; all further ones what that does."""
LARGEST = 1 << 40
"""No bound is sought where costs are larger than this: the flow could not be added up."""

Counter = tuple[str, int]
"""Whose turns are counted, and by which of their terms (-1: by none)."""
Gate = tuple[str, int, int, int]
"""A counter, and through which of the limits and of the crowds of whoever it is about turns go there (-1: none)."""


@dataclass
class _Bundle:
    """Seats that are the same to everybody: how many must and can be filled, and what each turn costs alone."""

    able: Mapping[Gate, int]
    least: int = 0
    most: int = 0


def flow_bound(relaxation: Relaxation) -> int:
    """Return a number below which the costs of no plan lie at the relaxation's priority.

    Raises:
        InfeasibleError: not all seats can be filled within the limits of those able, so that there is no plan. With
            open seats there may be one all the same.
    """
    in_rooms = sum(max(0, -(-each.bound // SCALE)) for each in roomed(relaxation))
    return in_rooms + max(0, _seats(relaxation))


def _seats(relaxation: Relaxation) -> int:
    several = _several(relaxation)
    heard = {who: _heard(weighed, several.get(who, ())) for who, weighed in relaxation.weighed.items()}
    terms = {who: list(_convex(weighed)) for who, weighed in heard.items()}
    limits = {who: list(_limits(weighed)) for who, weighed in heard.items()}
    crowds = crowds_of(relaxation)
    bundles = _bundled(relaxation.rows, terms, limits, crowds, several)
    if not any(found for found in terms.values()) and not any(any(b.able.values()) for b in bundles):
        return 0
    flow = _Flow(sum(bundle.most for bundle in bundles))
    expected: dict[Counter, float] = defaultdict(float)
    for bundle in bundles:
        flow.seats(bundle)
        for who, k, limit, crowd in bundle.able:
            expected[who, k] += bundle.least / len(bundle.able)
            if crowd >= 0:
                flow.gate((who, k, limit, crowd), (who, k, limit, -1), crowds[who][crowd].most)
            if limit >= 0:
                flow.gate((who, k, limit, -1), (who, k, -1, -1), _most(limits[who][limit]) or 0)
    constant = 0
    for (who, k), number in expected.items():
        prices = [0, 0]
        if k >= 0:
            weighed = terms[who][k]
            prices = [_price(weighed, n) for n in range(int(number) + BEYOND)]
            constant += prices[0]
        flow.turns((who, k), [after - before for before, after in pairwise(prices)])
    found = flow.cost()
    return 0 if found is None else constant + found


def _several(relaxation: Relaxation) -> Mapping[str, set[Place]]:
    """Return the seats of sessions in which somebody could take more than one: all of these are one turn."""
    able: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for row in relaxation.rows:
        for who in row.able:
            if not relaxation.exclusive(who):
                able[who, row.place.session].append(row.place)
    found: dict[str, set[Place]] = defaultdict(set)
    for (who, _), places in able.items():
        if len(places) > 1:
            found[who].update(places)
    return found


def _heard(weighed: Iterable[Weighed], several: Iterable[Place]) -> list[Weighed]:
    """Return the terms for which each seat is a turn of its own: what flows is seats."""
    return [each for each in weighed if not _is_twice(place.session for place in several if each.touches(place))]


def _is_twice(sessions: Iterable[str]) -> bool:
    found = list(sessions)
    return len(set(found)) < len(found)


def _convex(weighed: Iterable[Weighed]) -> Iterator[Weighed]:
    """Yield the terms that count turns and rise faster and faster, none of which counts a turn of another one.

    A turn can flow to one of them alone; the other would miss it, and where few turns are dear, charge too much.
    """
    kept: list[Counted] = []
    for each in weighed:
        term = each.term
        if isinstance(term, Counted) and each.weight is not None and not any(_share(term, other) for other in kept):
            prices = [_price(each, n) for n in range(len(term.sessions) + 2)]
            steps = [after - before for before, after in pairwise(prices)]
            if steps == sorted(steps) and max(map(abs, steps)) < LARGEST:
                kept.append(term)
                yield each


def _share(one: Counted, other: Counted) -> bool:
    """Tell whether some turn could count for two terms."""
    return (one.role == other.role or "" in {one.role, other.role}) and not one.sessions.isdisjoint(other.sessions)


def _limits(weighed: Iterable[Weighed]) -> Iterator[Weighed]:
    """Yield the terms that turns must not exceed."""
    for each in weighed:
        if isinstance(each.term, Counted) and each.weight is None and _most(each) is not None:
            yield each


def _most(weighed: Weighed) -> int | None:
    """Return how many turns a required term allows, None where that is no number."""
    assert isinstance(weighed.term, Counted)  # noqa: S101 - for the type checker
    allowed = [n for n in range(len(weighed.term.sessions) + 1) if weighed.term.amount(n) == 0]
    return allowed[-1] if allowed and weighed.term.amount(allowed[-1] + 1) > 0 else None


def _price(weighed: Weighed, turns: int) -> int:
    assert isinstance(weighed.term, Counted)  # noqa: S101 - for the type checker
    return int(weighed.term.amount(turns) * (weighed.weight or 0))


def _bundled(
    rows: Iterable[Row],
    terms: Mapping[str, list[Weighed]],
    limits: Mapping[str, list[Weighed]],
    crowds: Mapping[str, Sequence[Crowd]],
    several: Mapping[str, set[Place]],
) -> list[_Bundle]:
    """Put seats together that are the same to everybody; of several limits for a turn the first counts.

    Of one of several seats that somebody could take in a session, nothing is said of what it costs by itself.
    """
    found: dict[object, _Bundle] = {}
    for row in rows:
        able = {
            (
                who,
                _counting(terms.get(who, ()), row),
                _counting(limits.get(who, ()), row),
                _within(crowds.get(who, ()), row),
            ): 0 if row.place in several.get(who, ()) else cost
            for who, cost in row.able.items()
        }
        if able:
            bundle = found.setdefault(tuple(able.items()), _Bundle(able))
            bundle.least += row.least
            bundle.most += row.most
    return list(found.values())


def _counting(terms: Iterable[Weighed], row: Row) -> int:
    return next((k for k, weighed in enumerate(terms) if weighed.touches(row.place)), -1)


def _within(crowds: Iterable[Crowd], row: Row) -> int:
    return next((k for k, crowd in enumerate(crowds) if row.place.session in crowd.sessions), -1)


class _Flow:
    """Turns flow from seats to those who take them, and from there, dearer and dearer, to the sink."""

    def __init__(self, most: int) -> None:
        self.flow = min_cost_flow.SimpleMinCostFlow()
        self.most = most
        self.nodes: dict[Gate, int] = {}
        self.gates: set[Gate] = set()
        self.sink, self.spare, self.count = 0, 1, 2
        self.supplied = 0

    def seats(self, bundle: _Bundle) -> None:
        """Let seats be filled; those that need not be filled take from what is spare."""
        node, self.count = self.count, self.count + 1
        self.flow.set_node_supply(node, bundle.least)
        self.supplied += bundle.least
        self._arc(self.spare, node, bundle.most - bundle.least, 0)
        for gate, cost in bundle.able.items():
            self._arc(node, self._node(gate), bundle.most, cost)

    def gate(self, gate: Gate, behind: Gate, most: int) -> None:
        """Let so many turns through a gate, to what lies behind it."""
        if gate not in self.gates:
            self.gates.add(gate)
            self._arc(self._node(gate), self._node(behind), most, 0)

    def turns(self, counter: Counter, steps: list[int]) -> None:
        """Let one turn after the other cost so much."""
        for step in steps[:-1]:
            self._arc(self._node((*counter, -1, -1)), self.sink, 1, step)
        self._arc(self._node((*counter, -1, -1)), self.sink, self.most, steps[-1])

    def cost(self) -> int | None:
        """Return the least cost; None where the flow cannot be added up.

        Raises:
            InfeasibleError: not all seats can be filled.
        """
        self._arc(self.spare, self.sink, self.most, 0)
        self.flow.set_node_supply(self.spare, self.most)
        self.flow.set_node_supply(self.sink, -self.most - self.supplied)
        status = self.flow.solve()
        if status == self.flow.INFEASIBLE:
            raise InfeasibleError
        return int(self.flow.optimal_cost()) if status == self.flow.OPTIMAL else None

    def _node(self, gate: Gate) -> int:
        if gate not in self.nodes:
            self.nodes[gate], self.count = self.count, self.count + 1
        return self.nodes[gate]

    def _arc(self, tail: int, head: int, capacity: int, cost: int) -> None:
        if capacity:
            self.flow.add_arc_with_capacity_and_unit_cost(tail, head, capacity, cost)
