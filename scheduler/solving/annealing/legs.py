"""One leg of annealing: a timetable is changed move by move for some seconds, while it cools down.

`walk` is a function of its leg alone, so that it may run anywhere, more than once, or not at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solving.annealing.laying import layout_of
from scheduler.solving.annealing.layout import HARD
from scheduler.solving.control import Control
from scheduler.solving.improving import Context, prepared_for

if TYPE_CHECKING:
    from scheduler.solving.annealing.layout import Layout

SOME = 20_000
"""So many moves are tried at one temperature: a hundredth of a second's work."""

LEAST = 1e-3
"""Seconds of a leg for which nothing is left."""

Held = tuple[tuple[int, ...], tuple[int, ...]]
"""The starts and the places of all sessions, by their numbers."""


@dataclass(frozen=True)
class Leg:
    """From where to go, from which temperature to which, and for how many moves, or seconds at the most.

    What must hold is weighed at `hard` for each breach.
    """

    context: Context
    held: Held
    warm: float
    cool: float
    hard: float
    seed: int
    moves: int
    seconds: float | None = None


@dataclass(frozen=True)
class Walked:
    """Where a leg ended, and the best that it came by: what that breaks, and what it comes to."""

    last: Held
    best: Held
    broken: int
    cost: int


def walk(leg: Leg) -> Walked:
    """Go one leg."""
    from scheduler.solving.annealing.kernel import anneal, state_of  # noqa: PLC0415 - compiling takes a second to import

    layout = _layout(leg.context)
    begun, control = time.monotonic(), Control.of_task(None)
    state, total = state_of(layout.tables, *leg.held)
    best, least, draw = (state.start.copy(), state.place.copy()), total, np.random.default_rng(leg.seed)
    done = 0
    while (gone := _gone(leg, done, time.monotonic() - begun)) < 1 and not control.stop.is_set():
        temperature = leg.warm * (leg.cool / leg.warm) ** gone
        total, least = anneal(layout.tables, state, best, draw, total, least, SOME, temperature, leg.hard)
        done += SOME
    return Walked(_numbers(state.start, state.place), _numbers(*best), least // HARD, least % HARD)


def _gone(leg: Leg, done: int, seconds: float) -> float:
    """Return how much of a leg is behind."""
    return done / leg.moves if leg.seconds is None else max(done / leg.moves, seconds / max(leg.seconds, LEAST))


def _numbers(starts: np.ndarray, places: np.ndarray) -> Held:
    return tuple(starts.tolist()), tuple(places.tolist())


@lru_cache(maxsize=1)
def _layout(context: Context) -> Layout:
    """Return the layout of the case that this process works for."""
    prepared = prepared_for(context)
    layout = layout_of(prepared.case, prepared.rules)
    if layout is None:
        raise ValueError("moves cannot be priced in this case; whoever sends a leg makes sure of that")
    return layout
