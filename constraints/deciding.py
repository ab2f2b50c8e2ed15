"""Decisions by hand, tried beforehand in the plan as it is: what they break of what must hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING

from constraints.pinned import cannot_be_held, pins_without_a_way
from constraints.reading import read_rules
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.changes.in_plan import as_decision, in_plan, mendable, newly_broken
from rota.changes.seating import seat_of
from rota.changes.seats import RoomSet, SeatSet
from rota.changes.sessions import SessionMoved
from rota.changes.swaps import SwapConfirmed
from rota.past import past_sessions
from rota.text import Message, text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.changes.making import CheckedChange
    from rota.document import State
    from rota.plan import Plan

STRUCTURE = text("what the sessions are made of", "场次构成")


def rule_broken(rules: Iterable[Rule], breach: Breach) -> Message:
    """Return the name of the rule that a breach is of."""
    return next((rule.label for rule in rules if rule.id == breach.rule), STRUCTURE)


def breaches_of(case: Case, plan: Plan, past: Collection[str] = ()) -> tuple[Breach, ...]:
    """Return what a plan breaks of what must hold, apart from what only the past has brought about."""
    return verify(case, [rule for rule in read_rules(case) if rule.required], plan, past).breaches


def broken_by(
    state: State, plan: Plan, changes: Sequence[CheckedChange], now: dt.datetime | None
) -> list[tuple[Message, Breach]]:
    """Return what decisions about seats break that the plan did not break before, each with the name of its rule.

    Whoever takes a seat without a word in whose place is tried in the place of each who has one. What is past at the
    moment `now` is not judged.
    """
    judge = partial(breaches_of, past=past_sessions(state.case, plan, now))
    before, known = state.case, plan
    for change in changes:
        state, asked = change.applied(state), state
        tried = [in_plan(state, plan, way) for way in _ways(asked.case, plan, change)]
        plan = tried[0] if len(tried) == 1 else min(tried, key=lambda way: len(judge(state.case, way)))
    rules = read_rules(state.case)
    return [(rule_broken(rules, breach), breach) for breach in newly_broken(judge, (before, known), (state.case, plan))]


@dataclass(frozen=True)
class Objection:
    """What speaks against a decision by hand: what it breaks, and whether a repair may mend that all the same."""

    message: Message
    mendable: bool


def objections(
    state: State, plan: Plan, changes: Sequence[CheckedChange], now: dt.datetime | None
) -> tuple[Objection, ...]:
    """Return what speaks against decisions: what they break in the plan as it is, and what no plan could keep.

    Whoever takes a seat by hand stays there, so whatever that breaks is held against it.
    """
    after = reduce(lambda reached, change: change.applied(reached), changes, state).case
    lost = [Objection(message, mendable=False) for message in _lost(state.case, after, plan, now)]
    decided = [as_decision(change) for change in changes]
    seats = any(isinstance(change, SeatSet | SwapConfirmed) for change in decided)
    edited = {change.session for change in decided if isinstance(change, SeatSet | RoomSet | SessionMoved)}
    if not seats and not edited:  # what is banned or free again is for the repair to find
        return tuple(lost)
    broken = (
        Objection(
            text("{rule}: {breach}", "{rule}：{breach}", rule=rule, breach=breach.message),
            mendable=not seats and mendable(after, breach, edited),
        )
        for rule, breach in broken_by(state, plan, changes, now)
    )
    return (*broken, *lost)


def _lost(before: Case, after: Case, plan: Plan, now: dt.datetime | None) -> Iterator[Message]:
    """Yield what is newly fixed that no plan could keep, whatever else it decides."""
    past = past_sessions(before, plan, now)
    known = {problem.message.say("en") for problem in pins_without_a_way(before, read_rules(before))}
    rules = read_rules(after)
    found = [(after.pins[problem.row or 0].session, problem.message) for problem in pins_without_a_way(after, rules)]
    lost = {session: message for session, message in found if message.say("en") not in known and session not in past}
    yield from lost.values()
    new = dict.fromkeys(pin.session for pin in after.pins if pin not in before.pins and not pin.absent)
    for session in new:
        if session not in lost and session not in past:
            yield from cannot_be_held(after, rules, session)


def _ways(case: Case, plan: Plan, change: CheckedChange) -> list[CheckedChange]:
    """Return the ways in which a decision can be carried out: in a full part, one of those who serve there leaves."""
    change = as_decision(change)
    if not isinstance(change, SeatSet) or change.instead_of:
        return [change]
    seat = seat_of(case, change.session, change.part, change.role, change.who)
    planned = plan.session.get(seat.session)
    sitting = planned.part[seat.part].roles.get(seat.role, ()) if planned and seat.part in planned.part else ()
    most = [frame.role.most for o, part, frame in agenda_of(case).seats_of(seat.role) if (o.id, part.id) == seat[:2]]
    if seat.who in sitting or not most or len(sitting) < most[0]:
        return [change]
    return [change.model_copy(update={"instead_of": who}) for who in sitting]
