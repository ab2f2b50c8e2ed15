"""Annealing of seats: where only who serves and in which room is open, a plan is found by single moves.

What a move comes to is said by the terms of `constraints.separable`, so the plan is as good as these are complete; the
verifier judges it like any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rota.agenda import agenda_of
from scheduler.solving.annealing.compiling import can_compile
from scheduler.solving.annealing.seat_layout import SeatLayout
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.control import Progress

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.annealing.seat_layout import SeatTables
    from scheduler.solving.control import Control

SOME = 20_000
"""So many moves are tried at one temperature."""
EACH = 100_000
"""So many moves for each seat, if there is time for them."""
SHARE = 0.35
"""The share of a limited time that annealing takes."""
WARM, COOL = 0.3, 0.15
"""The temperatures: at first so many times what one more turn costs, in the end a share of the least price."""
BROKEN = 10.0
"""How many times the first temperature a breach is weighed at."""


def is_seating(case: Case, rules: Sequence[Rule]) -> bool:
    """Tell whether nothing but seats and rooms is open, at times that do not overlap, and one priority is preferred."""
    if len({rule.priority for rule in rules if not rule.required}) != 1:
        return False
    occurrences = agenda_of(case).occurrences
    for occurrence in occurrences:
        settled = occurrence.must and len(occurrence.starts) == len(occurrence.sites) == 1
        if not settled or any(len(part.lines) > 1 for part in occurrence.parts):
            return False
    times = sorted({(occurrence.first, occurrence.until) for occurrence in occurrences})
    return all(end <= begin for (_, end), (begin, _) in pairwise(times))


def annealed_seats(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    judge: Callable[[Mapping[str, Session]], Verdict],
    enough: Callable[[Mapping[int, int]], bool] = lambda _: False,
) -> dict[str, Session] | None:
    """Return a plan by annealing, None where that leads to none that the verifier passes.

    It ends once what it has come to is `enough`.
    """
    (priority,) = {rule.priority for rule in rules if not rule.required}
    layout = SeatLayout(Relaxation(case, rules, priority))
    if not layout.fits or not can_compile():
        return None
    sessions = layout.sessions(seated(layout, control, lambda cost: enough({priority: cost})))
    return sessions if judge(sessions).holds else None


def seated(layout: SeatLayout, control: Control, enough: Callable[[int], bool] = lambda _: False) -> np.ndarray:
    """Return who sits in each seat after annealing."""
    from scheduler.solving.annealing import seat_kernel as kernel  # noqa: PLC0415 - compiling takes a second to import

    tables = layout.tables()
    state = layout.state(tables)
    draw = np.random.default_rng(control.seed)
    kernel.fill(tables, state, np.full_like(state.who, -1), draw)
    best, least = state.who.copy(), state.sums.copy()
    warm = _warm(layout, tables)
    moves, done, begun, left = EACH * len(layout.seats), 0, control.now(), control.left()
    seconds = math.inf if left is None else left * SHARE
    told = None
    while True:
        if least[1] == 0 and least[0] != told:
            told = int(least[0])
            control.report(Progress("search", layout.relaxation.priority, told, 0))
        gone = max(done / moves, (control.now() - begun) / seconds)
        if gone >= 1 or control.over or (told is not None and enough(told)):
            return best
        temperature = warm * (COOL / warm) ** gone
        kernel.anneal_seats(tables, state, best, least, draw, SOME, temperature, BROKEN * warm)
        done += SOME


def _warm(layout: SeatLayout, tables: SeatTables) -> float:
    """Return the first temperature: what one more turn costs where all is shared evenly, about."""
    counted = tables.counted[tables.span == 0]
    even = len(layout.seats) / max(1, len(layout.who))
    n = min(int(even), tables.counted.shape[1] - 2) if counted.size else 0
    bends = np.abs(np.diff(counted, axis=1))[:, n] if counted.size else np.zeros(1)
    close = tables.close[:, 0] if tables.close.size else np.zeros(1)
    return float(max(1.0, WARM * np.median(bends), WARM * close.max(initial=0)))
