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

from constraints.separable import Counted
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
WEIGHED = 3
"""So many priorities are weighed against each other."""
APART, SEATS_IN_A_MOVE = 100, 2
"""One of a priority counts so many times as much as one of the next, or as what a move can gain there."""
BROKEN = 10.0
"""How many times the first temperature a breach is weighed at."""


def is_seating(case: Case, rules: Sequence[Rule]) -> bool:
    """Tell whether nothing but seats and rooms is open, at times that do not overlap, and something is preferred."""
    if all(rule.required for rule in rules):
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

    Of several priorities each is weighed against the next. It ends once what it has come to is `enough`.
    """
    factors = weighed_together(case, rules)
    layout = SeatLayout(Relaxation(case, rules, min(factors), factors))
    if not layout.fits or not can_compile():
        return None
    said = Said(layout.relaxation.priority, control, enough) if len(factors) == 1 else None
    sessions = layout.sessions(seated(layout, control, said))
    return sessions if judge(sessions).holds else None


def weighed_together(case: Case, rules: Sequence[Rule]) -> dict[int, int]:
    """Return how the strongest priorities are weighed: one of each outweighs what a move gains at the next.

    Those that are weaker still do not count.
    """
    factors, factor = dict[int, int](), 1
    for priority in sorted({rule.priority for rule in rules if not rule.required})[:WEIGHED][::-1]:
        factors[priority] = factor
        factor *= max(APART, SEATS_IN_A_MOVE * _stake(Relaxation(case, rules, priority)))
    return factors


def _stake(relaxation: Relaxation) -> int:
    """Return what a turn at another seat can come to, about, where turns are shared evenly."""
    found = [1]
    for terms in relaxation.weighed.values():
        for weight, term in ((each.weight, each.term) for each in terms if each.weight is not None):
            if isinstance(term, Counted):
                found += [abs(term.amount(2) - 2 * term.amount(1) + term.amount(0)) * weight]
            else:
                found += [amount * weight for amount in term.amounts]
    found += [amount for amounts in relaxation.each.values() for _, amount in amounts]
    found += [amount for amounts in relaxation.in_room.values() for amount in amounts.values()]
    found += [max(pair.term.amounts.values(), default=0) * (pair.weight or 0) for pair in relaxation.pairs]
    return max(found)


class Said:
    """Reports what annealing has come to at the only priority, and asks whether that is enough."""

    def __init__(self, priority: int, control: Control, enough: Callable[[Mapping[int, int]], bool]) -> None:
        self.priority, self.control, self.enough = priority, control, enough
        self.told: int | None = None

    def __call__(self, cost: int) -> bool:
        """Tell whether annealing may end."""
        if cost != self.told:
            self.told = cost
            self.control.report(Progress("search", self.priority, cost, 0))
        return self.enough({self.priority: cost})


def seated(layout: SeatLayout, control: Control, enough: Callable[[int], bool] | None = None) -> np.ndarray:
    """Return who sits in each seat after annealing, once what that costs is enough, or time is up."""
    from scheduler.solving.annealing import seat_kernel as kernel  # noqa: PLC0415 - compiling takes a second to import

    tables = layout.tables()
    state = layout.state(tables)
    draw = np.random.default_rng(control.seed)
    kernel.fill(tables, state, np.full_like(state.who, -1), draw)
    best, least = state.who.copy(), state.sums.copy()
    warm = _warm(layout, tables)
    kernel.anneal_seats(tables, state, best, least, draw, 0, warm, BROKEN * warm)  # compiled before time counts
    moves, done, begun, left = EACH * len(layout.seats), 0, control.now(), control.left()
    seconds = math.inf if left is None else left * SHARE
    while not control.over:
        gone = max(done / moves, (control.now() - begun) / seconds)
        if gone >= 1 or (enough and least[1] == 0 and enough(int(least[0]))):
            break
        temperature = warm * (COOL / warm) ** gone
        kernel.anneal_seats(tables, state, best, least, draw, SOME, temperature, BROKEN * warm)
        done += SOME
    return best


def _warm(layout: SeatLayout, tables: SeatTables) -> float:
    """Return the first temperature: what one more turn costs where all is shared evenly, about."""
    counted = tables.counted[tables.span == 0]
    even = len(layout.seats) / max(1, len(layout.who))
    n = min(int(even), tables.counted.shape[1] - 2) if counted.size else 0
    bends = np.abs(np.diff(counted, axis=1))[:, n] if counted.size else np.zeros(1)
    close = tables.close[:, 0] if tables.close.size else np.zeros(1)
    return float(max(1.0, WARM * np.median(bends), WARM * close.max(initial=0)))
