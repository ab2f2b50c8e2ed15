"""From the linear program of schedules to one schedule each: fixed one after the other, the surest first.

The program mixes schedules. Whoever has one that weighs most is held to it, and new schedules are sought for the others
until the program costs what it did at first, or does not get there. So what one takes is made good by those who are
still free; the last ones may not meet every seat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from scheduler.solving.bounding.master import NOTHING

if TYPE_CHECKING:
    from ortools.math_opt.python import mathopt

    from scheduler.solving.bounding.components import Component
    from scheduler.solving.bounding.master import Key, Master
    from scheduler.solving.bounding.relaxation import Place

STEEP = 5.0
"""Prices may leave the best ones by so much; a seat that is missed costs that at the least."""
NEAR = 1e-4
"""That much more than at first, as a share, is as good."""


@dataclass(frozen=True)
class Pace:
    """How fast to dive: of so many who are free, `one_of` is fixed at once, after so many `tries` at new schedules."""

    one_of: int
    tries: int


QUICK = Pace(one_of=5, tries=2)
THOROUGH = Pace(one_of=20, tries=8)


def dive(component: Component, master: Master, go_on: Callable[[], None], pace: Pace = THOROUGH) -> dict[str, Key]:
    """Return one schedule for each resource, from a program that has found its best prices, or good ones.

    The program is left as it was, with the schedules that were found on the way.

    Raises:
        SearchOverError: by `go_on`, where the search is over before.
    """
    step = master.step
    master.step = max(step, STEEP)
    try:
        return _fixed(component, master, go_on, pace)
    finally:
        master.step = step
        for chosen in master.known.values():
            chosen.upper_bound = inf


def _fixed(component: Component, master: Master, go_on: Callable[[], None], pace: Pace) -> dict[str, Key]:
    fixed: dict[str, Key] = {}
    everybody = {*component.exclusive, *component.free}
    result = master.solve()
    goal = result.objective_value() * (1 + NEAR) + NOTHING if result is not None else 0.0
    while result is not None and len(fixed) < len(everybody):
        for key in _surest(master, result, fixed, 1 + (len(everybody) - len(fixed)) // pace.one_of):
            fixed[key[0]] = key
            _hold(master, key)
        result = _settled(component, master, fixed, goal, go_on, pace.tries)
    return fixed


def seated(component: Component, schedules: Mapping[str, Key]) -> dict[Place, tuple[str, ...]]:
    """Return who sits where: those who serve a bundle share out its seats, first those that must be filled."""
    serving: dict[int, list[str]] = defaultdict(list)
    for who, (_, _, served) in schedules.items():
        for number in served:
            serving[number].append(who)
    found: dict[Place, tuple[str, ...]] = {}
    for number, bundle in enumerate(component.bundles):
        left = serving[number]
        for row in bundle.rows:
            found[row.place], left = tuple(left[: row.least]), left[row.least :]
        for row in bundle.rows:
            more = row.most - row.least
            found[row.place], left = (*found[row.place], *left[:more]), left[more:]
    return found


def _settled(
    component: Component, master: Master, fixed: dict[str, Key], goal: float, go_on: Callable[[], None], tries: int
) -> mathopt.SolveResult | None:
    """Seek new schedules for those who are free, as long as the program costs more than the goal."""
    result = master.solve()
    for _ in range(tries):
        go_on()
        if result is None or result.objective_value() <= goal:
            break
        found = component.schedules(master.prices(result), fixed)
        if not sum([master.add(schedule) for schedule in found]):
            break
        result = master.solve()
    return result


def _surest(master: Master, result: mathopt.SolveResult, fixed: dict[str, Key], most: int) -> list[Key]:
    """Return the schedules that weigh most, of as many who are free, and all that are chosen outright."""
    weights = result.variable_values()
    free = [(weights.get(chosen, 0.0), key) for key, chosen in master.known.items() if key[0] not in fixed]
    best: dict[str, Key] = {}
    for weight, key in sorted(free, key=lambda pair: (-pair[0], pair[1])):
        if len(best) < most or weight >= 1 - NOTHING:
            best.setdefault(key[0], key)
    return list(best.values())


def _hold(master: Master, kept: Key) -> None:
    """Leave no other schedule to whose schedule this is."""
    for key, chosen in master.known.items():
        if key[0] == kept[0] and key != kept:
            chosen.upper_bound = 0
