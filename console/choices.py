"""Other choices in words: another start, or somebody else for a seat, and what that would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.prices import effect_line
from rota.agenda import agenda_of
from rota.text import Message, text

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.alternatives import Candidate, Effect, OtherStart
    from constraints.rule import Rule
    from rota.case import Case


def start_line(rules: Sequence[Rule], other: OtherStart) -> Message:
    """Say another start, and what it does."""
    return text("{start}: {effect}", "{start}：{effect}", start=other.start, effect=effect_line(rules, other.effect))


def candidate_line(case: Case, rules: Sequence[Rule], candidate: Candidate) -> Message:
    """Say who could take a seat, in whose place or in exchange with whom, and what that does."""
    words = {
        "who": case.label[candidate.who],
        "instead": case.label[candidate.instead] if candidate.instead else "",
        "effect": effect_line(rules, candidate.effect),
    }
    if candidate.exchange:
        other = agenda_of(case).by_id[candidate.exchange].label
        return text(
            "{who}, in exchange with {instead}, who goes to {other}: {effect}",
            "{who} 与 {instead} 互换（后者换到 {other}）：{effect}",
            other=other,
            **words,
        )
    if candidate.instead is None:
        return text("{who}, in addition: {effect}", "增加 {who}：{effect}", **words)
    return text("{who} for {instead}: {effect}", "{who} 替 {instead}：{effect}", **words)


def effect_body(effect: Effect, screen: Screen) -> dict[str, object]:
    """Return what a change does for programs."""
    return {
        "possible": effect.possible,
        "breaches": [breach.message.say(screen.language) for breach in effect.breaches],
        "by_priority": dict(effect.by_priority),
        "by_rule": dict(effect.by_rule),
    }


def candidate_body(candidate: Candidate, screen: Screen) -> dict[str, object]:
    """Return a candidate for programs."""
    return {
        "who": candidate.who,
        "instead": candidate.instead,
        "exchange": candidate.exchange,
        **effect_body(candidate.effect, screen),
    }
