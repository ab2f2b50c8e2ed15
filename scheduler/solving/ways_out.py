"""Ways out where there is no plan: the cheapest exceptions with which there is one, each tried by solving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.board import Board
from constraints.instances import say_instances
from constraints.structure import LEAST, STRUCTURE, TAKES_PLACE
from constraints.verify import verify
from scheduler.solving.conflict import prices
from scheduler.solving.control import SearchOverError
from scheduler.solving.decode import as_plan, decode
from scheduler.solving.errors import VerifierError
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.instances import Instance
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan
    from rota.text import Message
    from scheduler.solving.control import Control
    from scheduler.solving.question import Question, Relaxed

MOST = 3
"""So many ways out are looked for."""
FIRMEST = 9
"""What is as firm as this nobody can change: it is never given up."""
ELSEWHERE = 1.0
"""Deterministic seconds for giving up the same rules elsewhere, as far from the ways before as can be."""
SPARING = 5.0
"""Deterministic seconds for keeping the exceptions of one way out small."""


@dataclass(frozen=True)
class WayOut:
    """Exceptions with which there is a plan, and that plan.

    `points` say how hard each exception is to make (`Rule.firmness`), `price` adds them up, and `cheapest` tells if it
    was shown that no other way out, unlike the ones before it, costs less. `breaches` are what the plan does against
    the rules.
    """

    instances: tuple[Instance, ...]
    points: tuple[int, ...]
    cheapest: bool
    sentences: tuple[Message, ...]
    breaches: tuple[Breach, ...]
    plan: Plan

    @property
    def price(self) -> int:
        """How hard the exceptions are to make, all together."""
        return sum(self.points)


def ways_out(
    question: Question, case: Case, rules: Sequence[Rule], control: Control, most: int = MOST
) -> Iterator[WayOut]:
    """Yield up to `most` ways out, each as soon as it is found.

    Each gives up other rules than those before it, or, where there are no such, not all the rules that one before it
    gives up. Where there are no such either, the same is given up for others or elsewhere, as far from the ways before
    as the price allows.

    Raises:
        VerifierError: a plan breaks more than its exceptions; a fault of this program.
    """
    costs = prices(question, rules)
    found: list[tuple[Instance, ...]] = []
    least: int | None = None  # nothing at all costs less
    while len(found) < most:
        relaxed = _cheapest(question, costs, found)
        if relaxed is None or not relaxed.given_up:
            return
        points = tuple(costs[instance] for instance in relaxed.given_up)
        if not found and relaxed.cheapest:
            least = sum(points)
        way = _tried(case, rules, control, relaxed.given_up)
        found.append(relaxed.given_up)
        if way is None:
            continue
        breaches, plan = way
        yield WayOut(
            relaxed.given_up,
            points,
            relaxed.cheapest or sum(points) == least,
            say_instances(case, rules, relaxed.given_up),
            breaches,
            plan,
        )


def _cheapest(
    question: Question, costs: Mapping[Instance, int], found: Sequence[tuple[Instance, ...]]
) -> Relaxed | None:
    """Return the cheapest exceptions to other rules than those found, to some of them with others, or elsewhere."""
    firm = [instance for instance in question.instances if costs[instance] >= FIRMEST]
    given_up = [{instance.demand for instance in way} for way in found]
    used = set().union(*given_up)
    relaxed = question.relax(costs, [*firm, *(i for i in question.instances if i.demand in used)])
    if relaxed is None and any(len(demands) > 1 for demands in given_up):
        relaxed = question.relax(costs, firm, [_by_demand(question, demands) for demands in given_up])
    return relaxed or (_elsewhere(question, costs, firm, found) if found else None)


def _by_demand(question: Question, demands: Collection[str]) -> list[list[Instance]]:
    return [[i for i in question.instances if i.demand == demand] for demand in sorted(demands)]


def _elsewhere(
    question: Question,
    costs: Mapping[Instance, int],
    firm: Collection[Instance],
    found: Sequence[tuple[Instance, ...]],
) -> Relaxed | None:
    """Return the cheapest exceptions that keep some of each way found; of these, those that share the least."""
    again = Counter(instance for way in found for instance in way)
    whole = 1 + again.total()
    prices = {instance: cost * whole + again[instance] for instance, cost in costs.items()}
    return question.relax(prices, firm, [[[instance] for instance in way] for way in found], ELSEWHERE)


def _tried(
    case: Case, rules: Sequence[Rule], control: Control, exempt: Collection[Instance]
) -> tuple[tuple[Breach, ...], Plan] | None:
    """Return a plan that makes as little use of the exceptions as was found, with its breaches; None if out of time.

    Raises:
        VerifierError: the plan breaks a rule that was not to be given up.
    """
    board = Board(case, exempt=exempt)
    try:
        board.post([rule for rule in rules if rule.required], control.go_on)
    except SearchOverError:
        return None
    board.model.minimize(
        cp_model.LinearExpr.weighted_sum([what for _, what in board.exceptions], [n for n, _ in board.exceptions])
    )
    found = run(board.model, control, Effort(exact=True, deterministic=SPARING))
    if found.values is None:
        return None
    plan = as_plan(case, decode(board, found.values), open_seats=board.open_seats)
    breaches = verify(case, rules, plan).breaches
    allowed = {STRUCTURE if i.demand in {LEAST, TAKES_PLACE} else i.demand for i in exempt}
    if others := tuple(breach for breach in breaches if breach.rule not in allowed):
        raise VerifierError(others)
    return breaches, plan
