"""`rota show --score`: what a plan costs, priority by priority and rule by rule, with the breaches in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rota.text import Message, text

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Plan, RuleScore


def score_lines(case: Case, rules: Sequence[Rule], plan: Plan, verdict: Verdict, screen: Screen) -> Iterator[str]:
    """Yield the lines of a score: each priority with its proof, its rules with what they cost, and their breaches."""
    by_id = {rule.id: rule for rule in rules}
    for priority, scores in groupby(verdict.rules, key=lambda score: score.priority):
        yield ""
        yield _priority(priority, plan, verdict).say(screen.language)
        for score in scores:
            yield f"  {_rule(case, by_id[score.rule], score, verdict).say(screen.language)}"
            yield from (f"    - {breach.message.say(screen.language)}" for breach in verdict.wishes[score.rule])


def score_body(case: Case, rules: Sequence[Rule], verdict: Verdict, screen: Screen) -> list[dict[str, object]]:
    """Return the score by rule for programs."""
    by_id = {rule.id: rule for rule in rules}
    return [
        {
            "rule": score.rule,
            "priority": score.priority,
            "description": by_id[score.rule].describe(case).say(screen.language),
            "weight": by_id[score.rule].weight,
            "unit": by_id[score.rule].unit.say(screen.language),
            "cost": score.cost,
            "breaches": [
                {
                    "amount": breach.amount,
                    "sessions": list(breach.sessions),
                    "who": list(breach.who),
                    "message": breach.message.say(screen.language),
                }
                for breach in verdict.wishes[score.rule]
            ],
        }
        for score in verdict.rules
    ]


def _priority(priority: int, plan: Plan, verdict: Verdict) -> Message:
    stated = next((score for score in plan.score if score.priority == priority), None)
    value = verdict.costs.get(priority, 0)
    if stated is None or stated.value != value:
        return text("Priority {p}: cost {value}", "优先级 {p}：代价 {value}", p=priority, value=value)
    if stated.proved:
        return text(
            "Priority {p}: cost {value}, proved to be the least",
            "优先级 {p}：代价 {value}，已证明最低",
            p=priority,
            value=value,
        )
    return text(
        "Priority {p}: cost {value}, the least lies between {bound} and this",
        "优先级 {p}：代价 {value}，最低代价不低于 {bound}，尚未证明",
        p=priority,
        value=value,
        bound=stated.bound or 0,
    )


def _rule(case: Case, rule: Rule, score: RuleScore, verdict: Verdict) -> Message:
    named = {"rule": rule.describe(case), "id": rule.id}
    if not score.cost:
        return text("{rule} [{id}]: kept", "{rule}〔{id}〕：全部满足", **named)
    amount = sum(breach.amount for breach in verdict.wishes[rule.id])
    return text(
        "{rule} [{id}]: cost {cost} ({unit}: {amount}{weight})",
        "{rule}〔{id}〕：代价 {cost}（{unit}：{amount}{weight}）",
        **named,
        cost=score.cost,
        unit=rule.unit,
        amount=amount,
        weight=text(", weight {w}", "，权重 {w}", w=rule.weight) if rule.weight > 1 else text("", ""),
    )
