"""How far a plan can be relied on, in a line: what is proved, what is missing, and its fingerprint."""

from __future__ import annotations

from rota.plan import Plan, PriorityScore
from rota.text import Language, Message, several, text

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
    said = [_priority(score) for score in plan.score]
    return Message("; ".join(each.say("en") for each in said), "；".join(each.say("zh") for each in said))


def _priority(score: PriorityScore) -> Message:
    """Say the cost at one priority and what is known about it; a bound that rests on unproved ones says so."""
    cost = text("priority {n}: cost {cost}", "优先级 {n}：代价 {cost}", n=score.priority, cost=score.value)
    if score.proved:
        known = text(", proved least", "，已证明最小")
    elif score.bound is None:
        known = text("", "")
    elif score.conditional_on:
        known = text(", at least {n} given the former", "，在前列优先级之下不低于 {n}", n=score.bound)
    else:
        known = text(", at least {n} in any plan", "，任何安排不低于 {n}", n=score.bound)
    return text("{cost}{known}", "{cost}{known}", cost=cost, known=known)


def gaps(plan: Plan) -> tuple[Message, ...]:
    """Say what the plan leaves open or declines; nothing where it is whole."""
    seats = sum(seat.missing for seat in plan.open if seat.role)
    whole = sum(1 for seat in plan.open if not seat.role)
    said = []
    if seats:
        said.append(text("{n} still open", "尚缺 {n}", n=several(seats, "seat", "个岗位")))
    if whole:
        said.append(text("{n} could not be placed", "{n}未能排出", n=several(whole, "session", "场")))
    if plan.declined:
        said.append(text("{n} not held", "{n}未安排", n=several(len(plan.declined), "optional session", "场可办活动")))
    return tuple(said)


def state_line(plan: Plan, language: Language) -> str:
    """Return the plan's state as one line: proof, gaps, fingerprint."""
    parts = [proof(plan).say(language), *(gap.say(language) for gap in gaps(plan))]
    parts.append(text("plan {hash}", "方案 {hash}", hash=fingerprint(plan)).say(language))
    return " · ".join(parts)
