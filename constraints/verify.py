"""The verifier: an independent check of a plan against its case, without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.standing import Standing
from constraints.structure import check_structure
from rota.agenda import agenda_of
from rota.demand import REQUIRED
from rota.plan import RuleScore
from rota.roster import Roster
from rota.text import Message, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from constraints.breach import Breach
    from constraints.rule import Rule
    from constraints.standing import Apart
    from rota.case import Case
    from rota.plan import Plan


@dataclass(frozen=True)
class Verdict:
    """What the verifier found: breaches of what must hold, and what the preferences cost.

    `wishes` holds the breaches of preferences, by rule id; `rules` and `costs` count them. `standing` are breaches of
    what must hold that the past alone brings about: nothing can be done about them any more, and the plan holds.
    """

    breaches: tuple[Breach, ...]
    wishes: dict[str, tuple[Breach, ...]]
    rules: tuple[RuleScore, ...]
    costs: dict[int, int]
    standing: tuple[Breach, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything that must hold does."""
        return not self.breaches


def verify(case: Case, rules: Iterable[Rule], plan: Plan, past: Collection[str] = ()) -> Verdict:
    """Check the structure of a plan and every rule, and recompute its costs.

    The sessions of `past` are over, held or not: what they break among themselves stands (`Standing`).
    """
    return verify_roster(Roster(case, plan), rules, past)


def verify_roster(roster: Roster, rules: Iterable[Rule], past: Collection[str] = ()) -> Verdict:
    """Check a plan as `verify` does, read against its case already."""
    judge = Standing(roster, past)
    breaches, stands = judge.of_structure(check_structure(roster))
    wishes: dict[str, tuple[Breach, ...]] = {}
    rules = tuple(rules)
    for rule in rules:
        if rule.required:
            new, old = judge.of_rule(rule)
            breaches, stands = (*breaches, *new), (*stands, *old)
        else:
            wishes[rule.id] = tuple(rule.check(roster))
    return verdict_of(rules, roster.plan, (breaches, stands), wishes)


def verdict_of(rules: Iterable[Rule], plan: Plan, required: Apart, wishes: dict[str, tuple[Breach, ...]]) -> Verdict:
    """Make a verdict of all breaches of what is required, those that count and those that stand, and of wishes."""
    scores: list[RuleScore] = []
    costs: dict[int, int] = {}
    if plan.open:
        costs[REQUIRED] = sum(seat.missing for seat in plan.open)
    for rule in rules:
        if not rule.required:
            cost = rule.weight * sum(breach.amount for breach in wishes[rule.id])
            scores.append(RuleScore(rule=rule.id, priority=rule.priority, cost=cost, breaches=len(wishes[rule.id])))
            costs[rule.priority] = costs.get(rule.priority, 0) + cost
    by_priority = tuple(sorted(scores, key=lambda s: (s.priority, s.rule)))
    breaches, stands = required
    return Verdict(breaches, wishes, by_priority, dict(sorted(costs.items())), stands)


def false_claims(case: Case, plan: Plan, verdict: Verdict) -> tuple[Message, ...]:
    """Return what the plan says of itself and what is not so; a plan that says nothing of its score claims nothing."""
    claims = [*_false_scores(plan, verdict)]
    if (plan.rules or plan.score) and plan.rules != verdict.rules:
        claims.append(text("the costs by rule are not what the rules come to", "各规则代价与规则计算不符"))
    optional = {o.id for o in agenda_of(case).occurrences if not o.must} - {session.id for session in plan.sessions}
    if plan.score and {declined.session for declined in plan.declined} != optional:
        claims.append(text("the sessions declined are not those that are missing", "未选入场次的清单与实际不符"))
    return tuple(claims)


def _false_scores(plan: Plan, verdict: Verdict) -> Iterator[Message]:
    stated = [score.priority for score in plan.score]
    if stated and (len(set(stated)) < len(stated) or set(stated) - {REQUIRED} != set(verdict.costs) - {REQUIRED}):
        yield text("the priorities of the score are not those of the rules", "得分中的优先级与规则不符")
    for score in plan.score:
        cost = verdict.costs.get(score.priority, 0)
        if score.value != cost:
            yield text(
                "the plan claims cost {claimed} at priority {p}; it is {cost}",
                "安排自称优先级 {p} 的代价为 {claimed}，实为 {cost}",
                claimed=score.value,
                p=score.priority,
                cost=cost,
            )
        if (score.bound or 0) > score.value or (score.proved and (score.bound != score.value or score.conditional_on)):
            yield text(
                "the bound at priority {p} does not bear out the proof", "优先级 {p} 的下界与证明不符", p=score.priority
            )
