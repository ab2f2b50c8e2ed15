"""What a change does, in words: what it breaks, or what it costs by priority and by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.alternatives import Effect
    from constraints.rule import Rule
    from rota.case import Case


def effect_line(case: Case, rules: Sequence[Rule], effect: Effect) -> Message:
    """Say what an effect breaks, or what it costs."""
    if effect.breaches:
        more = len(effect.breaches) - 1
        return text(
            "not possible: {first}{more}",
            "不行：{first}{more}",
            first=effect.breaches[0].message,
            more=text("; and {n} more", "；另有 {n} 处", n=more) if more else text("", ""),
        )
    return price_line(case, rules, effect.by_priority, effect.by_rule)


def price_line(
    case: Case, rules: Sequence[Rule], by_priority: Mapping[int, int], by_rule: Mapping[str, int]
) -> Message:
    """Say by how much costs rise or fall: by priority, and which rules bring it about."""
    if not by_priority and not by_rule:
        return text("costs nothing", "没有代价")
    described = {rule.id: rule.describe(case) for rule in rules}
    return text(
        "{priorities} ({rules})",
        "{priorities}（{rules}）",
        priorities=tuple(
            text("priority {p}: {n}", "优先级 {p}：{n}", p=priority, n=f"{more:+}")
            for priority, more in by_priority.items()
        )
        or text("the same at each priority", "各优先级总代价不变"),
        rules=tuple(
            text("{rule} [{id}] {n}", "{rule}〔{id}〕{n}", rule=described[id_], id=id_, n=f"{more:+}")
            for id_, more in by_rule.items()
        ),
    )
