"""A bound for cases in which only starts and rooms are open: what is preferred about each costs so much by itself.

All starts are chosen at once without rooms, and all rooms without starts, both exactly. What rules say by `placed` is
about the one or the other, or can be shared between them, so that no plan costs less than the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from constraints.verify import verify
from rota.roster import Roster
from scheduler.solving.annealing.laying import layout_of
from scheduler.solving.annealing.layout import FORBIDDEN
from scheduler.solving.bounding.fitting import fitted
from scheduler.solving.decode import as_plan
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.annealing.layout import Layout, Tables
    from scheduler.solving.control import Control

ROOMS = 0.25
"""The share of a limited time that rooms by themselves may take; starts have the rest."""
NEVER = 1 << 50
"""More than anything costs."""
ON_DAYS, IN_ROOMS = 0, 1
"""What groups count that count different things, as the tables number it."""

Where = Mapping[int, Mapping[int, cp_model.IntVar]]
"""How many sessions of each kind begin at each start, or are held in each place."""


class Placement:
    """What starts and rooms cost at one priority, at the least."""

    def __init__(self, layout: Layout, base: int) -> None:
        self.layout, self.base = layout, base
        tables = layout.tables
        allowed = tables.alone != FORBIDDEN
        prices = np.where(allowed, tables.alone, NEVER)
        self.of_place = np.where(allowed.any(axis=1), prices.min(axis=1), 0)
        rest = np.where(allowed, tables.alone - self.of_place[:, None, :], NEVER)
        self.of_start = np.where(allowed.any(axis=2), rest.min(axis=2), 0)

    def improve(self, control: Control, hear: Callable[[int], None]) -> bool:
        """Tell better and better bounds; return whether starts cannot cost less than the last one has it."""
        left = control.left()
        model = rooms_of(self.layout.tables, self.of_place)
        rooms = run(model, control, Effort(cores=True, seconds=None if left is None else left * ROOMS))
        least = self.base + (rooms.bound or 0)
        hear(least)
        model, _ = starts_of(self.layout.tables, self.of_start)
        found = run(model, control, Effort(cores=True), on_bound=lambda bound: hear(least + bound))
        hear(least + (found.bound or 0))
        return found.proved

    def plan(self, control: Control) -> dict[str, Session] | None:
        """Return sessions at starts that cost the least while each could have a room that costs it the least.

        That holds where no sessions overlap without beginning at once; the verifier tells.
        """
        tables = self.layout.tables
        model, held = starts_of(tables, self.of_start)
        for kinds, rooms in self._cheapest().items():
            for running in _running(tables, held, kinds):
                if len(running) > rooms:
                    model.add(_sum(running) <= rooms)
        found = run(model, control, Effort(cores=True))
        if found.values is None or not found.proved:
            return None
        at: dict[int, list[int]] = defaultdict(list)
        for kind, ways in held.items():
            at[kind] = [start for start, var in ways.items() for _ in range(found.values[var.index])]
        starts = [at[kind].pop() for kind in tables.kind.tolist()]
        return self.layout.sessions(starts, fitted(tables, starts, self.of_place))

    def _cheapest(self) -> dict[frozenset[int], int]:
        """Return kinds that have all their cheapest places among the same few, and how many these hold at once."""
        tables = self.layout.tables
        able = (tables.alone != FORBIDDEN).any(axis=1)
        prices = np.where(able, self.of_place, NEVER)
        cheapest = prices == prices.min(axis=1, keepdims=True)
        found = {}
        for places in np.unique(cheapest, axis=0):
            within = np.flatnonzero(~(cheapest & ~places).any(axis=1))
            found[frozenset(within.tolist())] = int(tables.place_capacity[places].sum())
        return found


def placement_of(case: Case, rules: Sequence[Rule], priority: int) -> Placement | None:
    """Return what starts and rooms cost at a priority; None where rules do not say that, or more than these is open."""
    counting = [rule for rule in rules if rule.required or rule.priority == priority]
    layout = layout_of(case, counting)
    return None if layout is None else Placement(layout, _base(case, counting, layout))


def _base(case: Case, rules: Sequence[Rule], layout: Layout) -> int:
    """Return what rules charge in every plan alike, beyond what their terms come to: it shows in any plan."""
    ways = [layout.ways(kind)[0] for kind in layout.tables.kind.tolist()]
    sessions = layout.sessions([start for start, _ in ways], [place for _, place in ways])
    plan = as_plan(case, sessions.values())
    roster = Roster(case, plan)
    preferred = [rule for rule in rules if not rule.required]
    said = sum(rule.weight * term.total(roster) for rule in preferred for term in rule.placed(case) or ())
    return sum(verify(case, preferred, plan).costs.values()) - said


def starts_of(tables: Tables, prices: NDArray[np.int64]) -> tuple[cp_model.CpModel, Where]:
    """Return a model of when sessions begin, at prices for each kind and start, and how many of a kind begin when."""
    model = cp_model.CpModel()
    numbers = np.bincount(tables.kind)
    held = {
        kind: {
            start: model.new_int_var(0, most, f"{kind} at {start}")
            for start in tables.starts[kind, : tables.n_starts[kind]].tolist()
        }
        for kind, most in enumerate(np.where(tables.rival.diagonal(), 1, numbers).tolist())
    }
    _all_held(model, tables, held)
    for kinds, most in _limits(tables):
        for running in _running(tables, held, kinds):
            if len(running) > 1 or most == 0:
                model.add(_sum(running) <= most)
    costs = _alone(held, prices)
    costs += _company(model, tables, held)
    costs += _different(model, tables, held, ON_DAYS)
    model.minimize(_sum(costs))
    return model, held


def rooms_of(tables: Tables, prices: NDArray[np.int64]) -> cp_model.CpModel:
    """Return a model of where sessions are held, at prices for each kind and place, each of which has its time."""
    model = cp_model.CpModel()
    held = {
        kind: {
            place: model.new_int_var(0, number, f"{kind} in {place}")
            for place in tables.places[kind, : tables.n_places[kind]].tolist()
        }
        for kind, number in enumerate(np.bincount(tables.kind).tolist())
    }
    _all_held(model, tables, held)
    stretches = int(sum(_is_taken(tables)))
    shortest = np.where(tables.last > tables.first, tables.last - tables.first, NEVER).min(axis=1)
    for place, most in enumerate(tables.place_capacity.tolist()):
        taken = [ways[place] * int(shortest[kind]) for kind, ways in held.items() if place in ways]
        if most < len(tables.kind):
            model.add(_sum(taken) <= most * stretches)
    costs = _alone(held, prices)
    costs += _different(model, tables, held, IN_ROOMS)
    model.minimize(_sum(costs))
    return model


def _sum(terms: Sequence[cp_model.LinearExprT]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.sum(terms)


def _all_held(model: cp_model.CpModel, tables: Tables, held: Where) -> None:
    """Hold every session somewhere."""
    for kind, number in enumerate(np.bincount(tables.kind).tolist()):
        model.add(_sum(list(held[kind].values())) == number)


def _alone(held: Where, prices: NDArray[np.int64]) -> list[cp_model.LinearExprT]:
    """Return what sessions cost each by itself."""
    return [
        var * int(prices[kind, where])
        for kind, ways in held.items()
        for where, var in ways.items()
        if prices[kind, where]
    ]


def _is_taken(tables: Tables) -> NDArray[np.bool_]:
    """Tell of each stretch of time whether any session can run in it."""
    taken = np.zeros(int(tables.last.max()), dtype=bool)
    for first, last in zip(tables.first.flat, tables.last.flat, strict=True):
        taken[first:last] = True
    return taken


def _limits(tables: Tables) -> Iterator[tuple[frozenset[int], int]]:
    """Yield kinds of which at most so many sessions run at once."""
    for rivals in _cliques(tables.rival):
        yield rivals, 1
    for group, most in enumerate(tables.capacity.tolist()):
        yield frozenset(np.flatnonzero(_member(tables.shared, tables.n_shared, group)).tolist()), most
    places = int(tables.place_capacity.sum())
    if places < len(tables.kind):
        yield frozenset(range(len(tables.n_starts))), places


def _cliques(rival: NDArray[np.int64]) -> Iterator[frozenset[int]]:
    """Yield sets of kinds that are rivals of each other, until each pair, and each kind by itself, was in one."""
    left = {(one, other) for one, other in np.argwhere(np.triu(rival)).tolist()}
    for one, other in sorted(left, key=lambda pair: (pair[0] == pair[1], pair)):
        if (one, other) in left:
            clique, common = [], (rival[one] & rival[other]) > 0
            for more in (one, other, *range(len(rival))):
                if common[more] and more not in clique:
                    clique.append(more)
                    common &= rival[more] > 0
            left -= {(a, b) for a in clique for b in clique}
            yield frozenset(clique)


def _running(tables: Tables, held: Where, kinds: frozenset[int]) -> Iterator[list[cp_model.IntVar]]:
    """Yield who of some kinds may run, for each stretch of time in which they are not the same as in another."""
    running: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for kind in kinds:
        for start, var in held[kind].items():
            for stretch in range(int(tables.first[kind, start]), int(tables.last[kind, start])):
                running[stretch].append(var)
    yield from {tuple(var.index for var in each): each for each in running.values()}.values()


def _member(rows: NDArray[np.int64], lengths: NDArray[np.int64], group: int) -> NDArray[np.bool_]:
    """Tell which kinds count in a group."""
    columns = np.arange(rows.shape[1])[None, :] < lengths[:, None]
    member: NDArray[np.bool_] = ((rows == group) & columns).any(axis=1)
    return member


def _company(model: cp_model.CpModel, tables: Tables, held: Where) -> list[cp_model.LinearExprT]:
    """Return what turns cost that have no company, in the groups of which one session runs at a time."""
    wanting: dict[tuple[tuple[int, ...], int], int] = defaultdict(int)
    for group, price in enumerate(tables.company_price.tolist()):
        members = np.flatnonzero(_member(tables.company, tables.n_company, group))
        if tables.rival[np.ix_(members, members)].all():
            wanting[tuple(members.tolist()), int(tables.near_of[group])] += price
    costs: list[cp_model.LinearExprT] = []
    for (kinds, offset), price in wanting.items():
        turns: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for kind in kinds:
            for start, var in held[kind].items():
                turns[int(tables.span[kind, start])].append(var)
        taken = {span: _any_of(model, those) for span, those in turns.items()}
        for span, turn in taken.items():
            near = tables.near[offset + span, : tables.n_near[offset + span]].tolist()
            alone = model.new_bool_var("")
            model.add_bool_or([alone, turn.negated(), *(taken[other] for other in near if other in taken)])
            costs.append(alone * price)
    return costs


def _any_of(model: cp_model.CpModel, those: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
    """Return a literal that is true if one of those is 1; no two are."""
    one = model.new_bool_var("")
    model.add(_sum(those) == one)
    return one


def _different(model: cp_model.CpModel, tables: Tables, held: Where, about: int) -> list[cp_model.LinearExprT]:
    """Return what numbers of different days, or rooms, cost."""
    costs: list[cp_model.LinearExprT] = []
    for group in np.flatnonzero(tables.about == about).tolist():
        member = _member(tables.different, tables.n_different, group)
        having: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for kind in np.flatnonzero(member).tolist():
            for where, var in held[kind].items():
                if tables.value[about, where] >= 0:
                    having[int(tables.value[about, where])].append(var)
        prices = tables.prices[group].tolist()
        used = [_is_used(model, those) for those in having.values()]
        steps = [model.new_bool_var("") for _ in range(min(len(used), int(member[tables.kind].sum())))]
        for fewer, more in pairwise(steps):
            model.add_implication(more, fewer)
        model.add(_sum(used) == _sum(steps))
        costs.append(prices[0])
        rises = [after - before for before, after in pairwise(prices)]
        costs += [step * rise for step, rise in zip(steps, rises, strict=False) if rise]
    return costs


def _is_used(model: cp_model.CpModel, those: Sequence[cp_model.IntVar]) -> cp_model.IntVar:
    """Return a literal that is true if and only if one of those is not 0."""
    used = model.new_bool_var("")
    model.add(_sum(those) >= used)
    for each in those:
        model.add(each <= used * max(each.proto.domain))
    return used
