"""How far a plan can be relied on, in a line: what is proved, what is missing, and its fingerprint."""

from __future__ import annotations

from rota.plan import Plan, PriorityScore
from rota.text import Language, Message, text

SHOWN = 8
"""Characters of a plan's hash that are shown."""


def fingerprint(plan: Plan) -> str:
    """Return the first characters of the plan's hash."""
    return plan.hash[:SHOWN]


def proof(plan: Plan) -> Message:
    """Say what is proved about a plan."""
    if not plan.score:
        return text("no preferences to weigh", "没有需要权衡的优选规则")
    if plan.proved:
        return text("proved: no better plan exists", "已证明：不存在更优安排")
    return text("{scores}", "{scores}", scores=tuple(_priority(score) for score in plan.score))


def _priority(score: PriorityScore) -> Message:
    if score.proved:
        return text("priority {n} proved ({cost})", "优先级 {n} 已证明（{cost}）", n=score.priority, cost=score.value)
    if score.bound is None:
        return text("priority {n} at {cost}", "优先级 {n} 为 {cost}", n=score.priority, cost=score.value)
    return text(
        "priority {n} at {cost}, at least {bound}",
        "优先级 {n} 为 {cost}，下界 {bound}",
        n=score.priority,
        cost=score.value,
        bound=score.bound,
    )


def gaps(plan: Plan) -> tuple[Message, ...]:
    """Say what the plan leaves open or declines; nothing where it is whole."""
    seats = sum(seat.missing for seat in plan.open if seat.role)
    whole = sum(1 for seat in plan.open if not seat.role)
    said = []
    if seats:
        said.append(text("{n} seats still open", "尚缺 {n} 个岗位", n=seats))
    if whole:
        said.append(text("{n} sessions could not be placed", "{n} 场未能排出", n=whole))
    if plan.declined:
        said.append(text("{n} optional sessions not held", "{n} 场可办活动未安排", n=len(plan.declined)))
    return tuple(said)


def state_line(plan: Plan, language: Language) -> str:
    """Return the plan's state as one line: proof, gaps, fingerprint."""
    parts = [proof(plan).say(language), *(gap.say(language) for gap in gaps(plan))]
    parts.append(text("plan {hash}", "方案 {hash}", hash=fingerprint(plan)).say(language))
    return " · ".join(parts)
