"""Rooms for sessions whose starts are known: those that begin at once are assigned to rooms where they cost little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.solving.annealing.layout import Tables

OUTSIDE = 1 << 30
"""The price of a room that a session cannot have."""
NEW = 1
"""The price of a room that no session of its kind has had so far; others count ten times as much."""


def fitted(tables: Tables, starts: Sequence[int], prices: NDArray[np.int64]) -> list[int]:
    """Return places for sessions that begin at some starts, at prices for each kind and place.

    A place is taken by as many sessions as it holds; where sessions that begin at different times overlap, by more.
    """
    able = np.zeros(prices.shape, dtype=bool)
    for kind, number in enumerate(tables.n_places.tolist()):
        able[kind, tables.places[kind, :number]] = True
    costs = np.where(able, prices * 10 + NEW, OUTSIDE)
    together: dict[int, list[int]] = defaultdict(list)
    for session, start in enumerate(starts):
        together[start].append(session)
    found = [0] * len(starts)
    for sessions in together.values():
        kinds = tables.kind[sessions]
        for session, kind, place in zip(sessions, kinds, _assigned(costs[kinds], tables.place_capacity), strict=True):
            found[session] = place
            costs[kind, place] -= costs[kind, place] % 10
    return found


def _assigned(costs: NDArray[np.int64], capacity: NDArray[np.int64]) -> list[int]:
    """Return a place for each row of costs, such that all together cost the least."""
    places = [place for place, most in enumerate(capacity.tolist()) for _ in range(min(most, len(costs)))]
    if len(places) < len(costs):
        return [int(place) for place in costs.argmin(axis=1)]
    assignment = linear_sum_assignment.SimpleLinearSumAssignment()
    for row in range(len(places)):  # as many rows as places, those beyond the sessions for nothing
        for column, place in enumerate(places):
            assignment.add_arc_with_cost(row, column, int(costs[row, place]) if row < len(costs) else 0)
    assignment.solve()
    return [places[assignment.right_mate(row)] for row in range(len(costs))]
