"""Exchanges tried beforehand: what two who swap their seats would break in the plan as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from constraints.deciding import rule_broken
from constraints.verify import verify
from rota.changes.in_plan import exchanged_in

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.changes.swaps import SwapAsked
    from rota.plan import Plan
    from rota.text import Message


def broken_by_swap(
    case: Case, rules: Sequence[Rule], plan: Plan, swap: SwapAsked, past: Collection[str]
) -> tuple[Message, Breach] | None:
    """Return the first breach that an exchange brings about, with the name of its rule; None where there is none."""
    after = exchanged_in(plan, swap.mine, swap.other)
    required = [rule for rule in rules if rule.required]
    breaches = verify(case, required, after, past).breaches
    if not breaches:
        return None
    return rule_broken(rules, breaches[0]), breaches[0]
