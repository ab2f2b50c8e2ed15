"""Exchanges tried beforehand: what two who swap their seats would break in the plan as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from constraints.verify import verify
from rota.changes.swaps import exchanged
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.changes.swaps import SwapAsked
    from rota.plan import Plan, Session
    from rota.request import SeatRef

STRUCTURE = text("what the sessions are made of", "场次构成")


def broken_by_swap(
    case: Case, rules: Sequence[Rule], plan: Plan, swap: SwapAsked, past: Collection[str]
) -> tuple[Message, Breach] | None:
    """Return the first breach that an exchange brings about, with the name of its rule; None where there is none."""
    after = plan
    for old, new in zip((swap.mine, swap.other), exchanged(swap.mine, swap.other), strict=True):
        after = _seated(after, old, new.who)
    required = [rule for rule in rules if rule.required]
    breaches = verify(case, required, after, past).breaches
    if not breaches:
        return None
    labels = {rule.id: rule.label for rule in rules}
    return labels.get(breaches[0].rule, STRUCTURE), breaches[0]


def _seated(plan: Plan, seat: SeatRef, who: str) -> Plan:
    """Return a plan with somebody else in one seat."""
    sessions = tuple(_in_session(each, seat, who) if each.id == seat.session else each for each in plan.sessions)
    return plan.model_copy(update={"sessions": sessions})


def _in_session(session: Session, seat: SeatRef, who: str) -> Session:
    parts = []
    for part in session.parts:
        if part.id == seat.part:
            seated = tuple(who if each == seat.who else each for each in part.roles[seat.role])
            part = part.model_copy(update={"roles": {**part.roles, seat.role: seated}})  # noqa: PLW2901 - its newer form
        parts.append(part)
    return session.model_copy(update={"parts": tuple(parts)})
