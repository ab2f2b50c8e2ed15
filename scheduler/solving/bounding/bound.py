"""A lower bound at one priority, better and better, with the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rota.certificate import PriorityCertificate, RoomPrice, SeatPrice
from scheduler.solving.bounding.components import Component, components
from scheduler.solving.bounding.master import Bounded, whole
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.bounding.rooms import Roomed, roomed

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case

Proved = list[tuple[Component, Bounded]]


def bounds(case: Case, rules: Sequence[Rule], priority: int) -> Iterator[PriorityCertificate | None]:
    """Yield better and better bounds at a priority, whatever the others cost; None while there is none better.

    It may be left at any time; each step is short beside the whole. Every bound counts as costs only what rules say by
    `separable`, and holds for every plan without open seats.
    """
    relaxation = Relaxation(case, rules, priority)
    in_rooms = list(roomed(relaxation))
    best = sum(max(0, whole(each.bound)) for each in in_rooms)
    yield _certificate(relaxation, best, in_rooms, [])
    done: Proved = []
    for component in components(relaxation):
        found, reached = None, 0
        for found in component.master().improve():
            better = max(0, whole(found.bound)) > reached
            reached = max(reached, whole(found.bound))
            yield _certificate(relaxation, best + reached, in_rooms, [*done, (component, found)]) if better else None
        if found is not None and reached:
            done.append((component, found))
        best += reached


def _certificate(relaxation: Relaxation, bound: int, in_rooms: Sequence[Roomed], proved: Proved) -> PriorityCertificate:
    seats = [
        SeatPrice(**row.place._asdict(), price=int(price))
        for component, found in proved
        for bundle, price in zip(component.bundles, found.prices, strict=True)
        for row in bundle.rows
        if price
    ]
    rooms = [
        RoomPrice(start=occurrence.starts[0], end=occurrence.until, room=room, price=price)
        for each in in_rooms
        for occurrence in (relaxation.agenda.by_id[each.session],)
        for room, price in each.prices.items()
        if price
    ]
    return PriorityCertificate(priority=relaxation.priority, bound=bound, seats=tuple(seats), rooms=tuple(rooms))
