"""What a change does, in words: what it breaks, or what it costs by priority and by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rota.demand import REQUIRED
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from constraints.alternatives import Effect
    from constraints.rule import Rule
    from rota.case import Case


def effect_line(rules: Sequence[Rule], effect: Effect) -> Message:
    """Say in one line what an effect breaks, or what it costs, rules by their short names."""
    if effect.breaches:
        more = len(effect.breaches) - 1
        return text(
            "not possible: {first}{more}",
            "不可行：{first}{more}",
            first=effect.breaches[0].message,
            more=text("; and {n} more", "；另有 {n} 处", n=more) if more else text("", ""),
        )
    names = {rule.id: text("{rule} [{id}]", "{rule}〔{id}〕", rule=rule.label, id=rule.id) for rule in rules}
    prices = list(_prices(rules, names, effect.by_priority, effect.by_rule))
    if not prices:
        return text("at no cost", "无代价")
    return clauses(prices)


def price_lines(
    case: Case, rules: Sequence[Rule], by_priority: Mapping[int, int], by_rule: Mapping[str, int]
) -> tuple[Message, ...]:
    """Say by how much costs rise or fall, a line for each priority: which rules bring it about, in full sentences."""
    sentences = {
        rule.id: text("{rule} [{id}]", "{rule}〔{id}〕", rule=rule.describe(case), id=rule.id) for rule in rules
    }
    return tuple(_prices(rules, sentences, by_priority, by_rule, clauses))


def _prices(
    rules: Sequence[Rule],
    named: Mapping[str, Message],
    by_priority: Mapping[int, int],
    by_rule: Mapping[str, int],
    listed: Callable[[Iterable[Message]], object] = tuple,
) -> Iterator[Message]:
    """Yield for each priority at which something changes: its cost, then each rule in its own unit."""
    changed: dict[int, list[Rule]] = {}
    for rule in rules:
        if rule.id in by_rule:
            changed.setdefault(rule.priority, []).append(rule)
    if REQUIRED in by_priority:
        yield text("open seats {n}", "空缺 {n}", n=signed(by_priority[REQUIRED]))
    for priority, causes in sorted(changed.items()):
        yield text(
            "priority {p} {n}: {causes}",
            "优先级 {p} {n}：{causes}",
            p=priority,
            n=signed(by_priority.get(priority, 0)),
            causes=listed(_cause(rule, named[rule.id], by_rule[rule.id]) for rule in causes),
        )


def _cause(rule: Rule, named: Message, more: int) -> Message:
    """Say what one rule contributes: `Date preference [dates] (days: +2, weight 5)`."""
    return text(
        "{rule} ({unit}: {n}{weight})",
        "{rule}（{unit}：{n}{weight}）",
        rule=named,
        n=signed(more // rule.weight),
        unit=rule.unit,
        weight=text(", weight {w}", "，权重 {w}", w=rule.weight) if rule.weight > 1 else text("", ""),
    )


def signed(number: int) -> str:
    """Write a difference: +2, -2, ±0."""
    return f"{number:+}" if number else "±0"
