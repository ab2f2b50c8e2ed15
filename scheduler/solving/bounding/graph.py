"""The graph of all schedules that resources of one kind can have: states after each moment, and arcs between them.

A state holds for each term how many turns count so far, or in which of the last rounds there was one. States that only
differ in what no later moment asks for are one state. Numbers of turns above a cap are one state as well, and several
turns of one round count once for later ones; both make schedules cheaper, never dearer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from constraints.separable import Close, Counted
from rota.certificate import SCALE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.solving.bounding.relaxation import Weighed

    Ints = NDArray[np.int64]

NEVER = 1 << 50
"""The price of what cannot be."""
REACH = 10
"""So many rounds back, at the most, are remembered."""
ROOM = 6
"""So many turns above the expected number are told apart."""
MOST_STATES = 6000
"""A graph with more states at one moment is not built."""


class TooManyStatesError(Exception):
    """The terms ask for more states than are worth their while."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One arc into each of the first states: from which state, which kind of turn it takes, and its cost."""

    source: Ints
    kind: Ints
    cost: Ints


@dataclass(frozen=True, eq=False)
class Step:
    """From states to states: as many layers as some state has arcs into it. Those with most of them come first."""

    states: Ints
    layers: tuple[Layer, ...]
    folded: tuple[tuple[int, Ints], ...] = ()
    """Where numbers of turns are complete: the terms, and for each state before the step the number."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One moment: the kinds of turn that could be taken (which terms each counts for), and the steps through it."""

    moment: int
    kinds: tuple[tuple[bool, ...], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class Graph:
    """All schedules over some moments under some terms: they begin in one of `first` and end in one state."""

    terms: tuple[Weighed, ...]
    caps: tuple[int, ...]
    first: Ints
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Choice:
    """A moment and the round that each term of closeness counts it as (0 elsewhere); the kinds of turn."""

    moment: int
    rounds: tuple[int, ...]
    kinds: tuple[tuple[bool, ...], ...]


class Builder:
    """Builds the graph of some terms over some moments in order of time."""

    def __init__(self, terms: Sequence[Weighed], caps: Sequence[int], choices: Sequence[Choice]) -> None:
        self.terms, self.caps, self.choices = tuple(terms), tuple(caps), choices
        self.asking = [
            [at for at, choice in enumerate(choices) if any(kind[k] for kind in choice.kinds)]
            for k in range(len(self.terms))
        ]

    def build(self, first: Ints) -> Graph:
        """Build the graph that begins in the states `first`, one a row.

        Raises:
            TooManyStatesError: it would have too many.
        """
        states, stages = first, []
        for at, choice in enumerate(self.choices):
            steps = [self._choose(states, at)]
            closing = [k for k in self._counted() if self.asking[k] and self.asking[k][-1] == at]
            if closing:
                steps.append(_fold(steps[0].states, closing))
            states = steps[-1].states
            if len(states) > MOST_STATES:
                raise TooManyStatesError
            stages.append(Stage(choice.moment, choice.kinds, tuple(steps)))
        return Graph(self.terms, self.caps, first, tuple(stages))

    def _counted(self) -> list[int]:
        return [k for k, weighed in enumerate(self.terms) if isinstance(weighed.term, Counted)]

    def _choose(self, states: Ints, at: int) -> Step:
        """Take no turn, or one of each possible kind, and go on to the moment after."""
        nothing = np.zeros(len(states), np.int64)
        arcs = [(states, np.arange(len(states)), nothing, nothing)]
        for number, kind in enumerate(self.choices[at].kinds, start=1):
            taken, cost = states.copy(), nothing.copy()
            for k in (k for k, counted in enumerate(kind) if counted):
                cost += self._take(taken, k)
            possible = np.flatnonzero(cost < NEVER)
            arcs.append((taken[possible], possible, np.full(len(possible), number), cost[possible]))
        reached, sources, kinds, costs = (np.concatenate(column) for column in zip(*arcs, strict=True))
        for k in range(len(self.terms)):
            self._go_on(reached, k, at)
        return _step(reached, sources, kinds, costs)

    def _take(self, states: Ints, k: int) -> Ints:
        """Enter a turn that counts for a term into states, and return what it costs in each."""
        column = states[:, k]
        if isinstance(self.terms[k].term, Counted):
            column[:] = np.minimum(column + 1, self.caps[k])
            return np.zeros(len(states), np.int64)
        cost = _of_masks(self.terms[k])[column]
        column[:] |= 1
        return cost

    def _go_on(self, states: Ints, k: int, at: int) -> None:
        """Let the rounds pass that lie before the next moment that asks for a term of closeness."""
        asking = self.asking[k]
        if isinstance(self.terms[k].term, Counted) or at not in asking:
            return
        later = asking[asking.index(at) + 1 :]
        if not later:
            states[:, k] = 0
            return
        rounds = self.choices[later[0]].rounds[k] - self.choices[at].rounds[k]
        states[:, k] = (states[:, k] << min(rounds, REACH + 1)) & ((1 << reach(self.terms[k])) - 1)


def reach(weighed: Weighed) -> int:
    """Return how many rounds a term of closeness looks back, the one at hand included."""
    assert isinstance(weighed.term, Close)  # noqa: S101 - for the type checker
    return min(len(weighed.term.amounts), REACH)


def price(weighed: Weighed, amount: int) -> int:
    """Return what an amount of a term costs."""
    if weighed.weight is None:
        return NEVER if amount else 0
    return amount * weighed.weight * SCALE


def _of_masks(weighed: Weighed) -> Ints:
    """Return what one more turn costs, by the mask of the rounds before it that had one."""
    assert isinstance(weighed.term, Close)  # noqa: S101 - for the type checker
    masks = np.arange(1 << reach(weighed))
    cost = np.zeros(len(masks), np.int64)
    for back, amount in enumerate(weighed.term.amounts[: reach(weighed)]):
        cost += (masks >> back & 1) * price(weighed, amount)
    return cost


def _fold(states: Ints, closing: Sequence[int]) -> Step:
    """Forget numbers of turns that are complete; what they cost differs from resource to resource."""
    folded = tuple((k, states[:, k].copy()) for k in closing)
    reached = states.copy()
    reached[:, list(closing)] = 0
    nothing = np.zeros(len(states), np.int64)
    return _step(reached, np.arange(len(states)), nothing, nothing, folded)


def _step(reached: Ints, source: Ints, kind: Ints, cost: Ints, folded: tuple[tuple[int, Ints], ...] = ()) -> Step:
    """Sort arcs into layers by the states that they reach."""
    states, target = np.unique(reached, axis=0, return_inverse=True)
    target = target.reshape(-1)
    indegree = np.bincount(target, minlength=len(states))
    order = np.argsort(-indegree, kind="stable")
    renamed = np.empty_like(order)
    renamed[order] = np.arange(len(order))
    target, states, indegree = renamed[target], states[order], indegree[order]
    by_target = np.argsort(target, kind="stable")
    begins = np.concatenate(([0], np.cumsum(indegree)[:-1]))
    layers = []
    for rank in range(int(indegree[0])):
        arcs = by_target[begins[indegree > rank] + rank]
        layers.append(Layer(source[arcs], kind[arcs], cost[arcs]))
    return Step(states, tuple(layers), folded)
