"""The verifier: an independent check of a plan against its case, without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.structure import check_structure
from rota.demand import REQUIRED
from rota.plan import PriorityScore, RuleScore
from rota.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan


@dataclass(frozen=True)
class Verdict:
    """What the verifier found: breaches of what must hold, and what the preferences cost.

    `wishes` holds the breaches of preferences, by rule id; `rules` and `score` count them.
    """

    breaches: tuple[Breach, ...]
    wishes: dict[str, tuple[Breach, ...]]
    rules: tuple[RuleScore, ...]
    costs: dict[int, int]

    @property
    def holds(self) -> bool:
        """Whether everything that must hold does."""
        return not self.breaches


def verify(case: Case, rules: Iterable[Rule], plan: Plan) -> Verdict:
    """Check the structure of a plan and every rule, and recompute its costs."""
    roster = Roster(case, plan)
    breaches = list(check_structure(roster))
    wishes: dict[str, tuple[Breach, ...]] = {}
    scores: list[RuleScore] = []
    costs: dict[int, int] = {}
    if plan.open:
        costs[REQUIRED] = sum(seat.missing for seat in plan.open)
    for rule in rules:
        found = tuple(rule.check(roster))
        if rule.required:
            breaches += found
            continue
        cost = rule.weight * sum(breach.amount for breach in found)
        wishes[rule.id] = found
        scores.append(RuleScore(rule=rule.id, priority=rule.priority, cost=cost, breaches=len(found)))
        costs[rule.priority] = costs.get(rule.priority, 0) + cost
    return Verdict(
        tuple(breaches), wishes, tuple(sorted(scores, key=lambda s: (s.priority, s.rule))), dict(sorted(costs.items()))
    )


def claims_wrongly(plan: Plan, verdict: Verdict) -> tuple[PriorityScore, ...]:
    """Return the scores in the plan that differ from what the verifier computes."""
    return tuple(score for score in plan.score if verdict.costs.get(score.priority, 0) != score.value)
