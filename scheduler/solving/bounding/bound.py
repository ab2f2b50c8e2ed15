"""A lower bound at one priority, better and better, with the prices that prove it, and a plan near it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from rota.certificate import PriorityCertificate, RoomPrice, SeatPrice
from scheduler.solving.bounding.components import Component, components
from scheduler.solving.bounding.diving import THOROUGH, Pace, dive, seated
from scheduler.solving.bounding.master import Bounded, Master, whole
from scheduler.solving.bounding.relaxation import Relaxation
from scheduler.solving.bounding.rooms import Roomed, roomed

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from scheduler.solving.bounding.relaxation import Place

Proved = list[tuple[Component, Bounded]]


def bounds(case: Case, rules: Sequence[Rule], priority: int) -> Iterator[PriorityCertificate | None]:
    """Yield better and better bounds at a priority, whatever the others cost; None while there is none better.

    It may be left at any time; each step is short beside the whole. Every bound counts as costs only what rules say by
    `separable`, and holds for every plan without open seats.
    """
    return Bounding(case, rules, priority).steps


class Bounding:
    """The bounds at one priority, and the schedules behind them."""

    def __init__(self, case: Case, rules: Sequence[Rule], priority: int) -> None:
        self.relaxation = Relaxation(case, rules, priority)
        self.masters: list[tuple[Component, Master]] = []
        self.steps = self._steps()
        """Better and better bounds, and None for each step in vain; left at any time and taken up again."""

    def _steps(self) -> Iterator[PriorityCertificate | None]:
        in_rooms = list(roomed(self.relaxation))
        best = sum(max(0, whole(each.bound)) for each in in_rooms)
        yield _certificate(self.relaxation, best, in_rooms, [])
        done: Proved = []
        for component in components(self.relaxation):
            found, reached, master = None, 0, component.master()
            self.masters.append((component, master))
            for found in master.improve():
                better = max(0, whole(found.bound)) > reached
                reached = max(reached, whole(found.bound))
                proved = [*done, (component, found)]
                yield _certificate(self.relaxation, best + reached, in_rooms, proved) if better else None
            if found is not None and reached:
                done.append((component, found))
            best += reached

    def seating(self, go_on: Callable[[], None], pace: Pace = THOROUGH) -> dict[Place, tuple[str, ...]]:
        """Return who could sit where in a plan near the bounds, as far as these are found.

        Raises:
            SearchOverError: by `go_on`, where the search is over before.
        """
        found: dict[Place, tuple[str, ...]] = {}
        for component, master in self.masters:
            found |= seated(component, dive(component, master, go_on, pace))
        return found


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
