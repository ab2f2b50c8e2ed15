"""What rooms cost at the least: parts at one moment compete for them, which prices on rooms express."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.math_opt.python import mathopt

from rota.certificate import SCALE
from scheduler.solving.bounding.master import ASTRAY

if TYPE_CHECKING:
    from scheduler.solving.bounding.relaxation import Relaxation, RoomChoice


@dataclass(frozen=True)
class Roomed:
    """The least that the parts at one moment pay for their rooms, in millionths, and the prices that show it."""

    session: str
    bound: int
    prices: dict[str, int]


def roomed(relaxation: Relaxation) -> Iterator[Roomed]:
    """Yield what rooms cost at each moment at which they cost anything."""
    together: dict[object, list[RoomChoice]] = defaultdict(list)
    for choice in relaxation.rooms():
        together[(choice.session, choice.part) if choice.moment is None else choice.moment].append(choice)
    for choices in together.values():
        if all(choice.costs for choice in choices) and any(any(choice.costs.values()) for choice in choices):
            most = {room: relaxation.case.room[room].parallel for choice in choices for room in choice.costs}
            prices = _prices(choices, most) if len(choices) > 1 else {}
            yield Roomed(choices[0].session, _bound(choices, most, prices), prices)


def _prices(choices: Sequence[RoomChoice], most: dict[str, int]) -> dict[str, int]:
    """Return prices on rooms that make the cheapest room of every part as dear as the cheapest assignment.

    There are none where GLOP goes astray: the bound is lower then.
    """
    model = mathopt.Model()
    held = {room: model.add_linear_constraint(ub=uses) for room, uses in most.items()}
    for choice in choices:
        one = model.add_linear_constraint(lb=1, ub=1)
        for room, cost in choice.costs.items():
            chosen = model.add_variable(lb=0)
            model.objective.set_linear_coefficient(chosen, cost)
            one.set_coefficient(chosen, 1)
            held[room].set_coefficient(chosen, 1)
    with suppress(*ASTRAY):
        result = mathopt.solve(model, mathopt.SolverType.GLOP)
        if result.termination.reason == mathopt.TerminationReason.OPTIMAL:
            return {room: max(0, round(-result.dual_values(row) * SCALE)) for room, row in held.items()}
    return {}


def _bound(choices: Sequence[RoomChoice], most: dict[str, int], prices: dict[str, int]) -> int:
    paid = sum(min(cost * SCALE + prices.get(room, 0) for room, cost in choice.costs.items()) for choice in choices)
    return paid - sum(price * most[room] for room, price in prices.items())
