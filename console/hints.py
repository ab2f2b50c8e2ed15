"""Hints after a change: what looks like a slip in it, and what comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.quick import unweighed_orders
from constraints.reading import read_rules
from rota.activity import Kind
from rota.agenda import agenda_of
from rota.changes.wording import session_called
from rota.past import present
from rota.text import Message, text

if TYPE_CHECKING:
    from console.desk import Desk
    from rota.case import Case
    from rota.document import State
    from rota.plan import Plan


def hint(desk: Desk, before: State, after: State) -> None:
    """Say what looks like a slip in what leads from one state to another."""
    for said in hints(before, after, published_plan(desk), desk.journal.store.clock()):
        desk.screen.note(said)


def hints(earlier: State, later: State, plan: Plan | None, now: dt.datetime) -> Iterator[Message]:
    """Yield what looks like a slip.

    These are outcomes of what is to come, decisions about what is over, groups of no role, and orders that no rule asks
    for.
    """
    before, after = earlier.case, later.case
    if plan is not None:
        yield from _outcomes_ahead(before, after, plan, now)
        yield from _decided_too_late(earlier, later, plan, present(before, now))
    yield from _new_groups(before, after)
    known = {order.id for order in before.orders}
    if any(order.id not in known for order in after.orders):
        yield from (problem.message for problem in unweighed_orders(after, read_rules(after)))


def _outcomes_ahead(before: Case, after: Case, plan: Plan, now: dt.datetime) -> Iterator[Message]:
    known = frozenset(before.outcomes)
    for outcome in after.outcomes:
        session = plan.session.get(outcome.session)
        if outcome not in known and session is not None and session.start > now:
            yield text(
                "{session} begins only at {start}; from now on it counts as over and is not planned any more. If that "
                "is a slip, `rota undo` takes it back; what will not take place is cancelled: `rota change "
                "session_cancelled`.",
                "{session} 尚未举办（{start} 开始）；登记后视为已结束，不再参与排班。如系误登，可用 `rota undo` 撤销；"
                "如不再举办，请用 `rota change session_cancelled` 取消。",
                session=session_called(after, outcome.session),
                start=session.start,
            )


def _decided_too_late(earlier: State, later: State, plan: Plan, now: dt.datetime | None) -> Iterator[Message]:
    """Yield the sessions that have begun by now, of which something is decided or asked anew."""
    before, after = earlier.case, later.case
    asked = [request for request in later.requests if request not in earlier.requests]
    decided = {pin.session for pin in after.pins if pin not in before.pins}
    decided |= {seat.session for request in asked for seat in (request.mine, request.other)}
    decided |= agenda_of(before).by_id.keys() - agenda_of(after).by_id.keys()
    over = [each for each in plan.sessions if now is not None and each.id in decided and each.start <= now]
    if over:
        yield text(
            "Over already: {sessions}. What was published of them stays; who really served, and whether it was held at "
            "all, is recorded with `rota change outcome_recorded`.",
            "以下场次已开始或结束：{sessions}。已发布的安排不再更改；实际由谁承办、是否举办，请用 `rota change "
            "outcome_recorded` 登记台账。",
            sessions=tuple(session_called(before, each.id) for each in over),
        )


def _new_groups(before: Case, after: Case) -> Iterator[Message]:
    """Yield the groups of somebody new in which nobody was, and which no role asks for."""
    for kind in (Kind.UNIT, Kind.PERSON):
        wanted = {group for role in after.roles if role.kind is kind for group in role.groups}
        known = wanted | {group for resource in before.of_kind(kind) for group in resource.groups}
        old = {resource.id for resource in before.of_kind(kind)}
        for resource in after.of_kind(kind):
            new = [group for group in resource.groups if group not in known]
            if resource.id not in old and new:
                yield text(
                    "{who} is in a group that is new ({groups}), and no role asks for it. Roles ask for: {wanted}. If "
                    "that is a slip, `rota undo` takes it back.",
                    "{who} 所在分组（{groups}）是新的，没有岗位使用。岗位使用的分组：{wanted}。"
                    "如系误填，请用 `rota undo` 撤销。",
                    who=resource.label,
                    groups=tuple(after.term(group) for group in new),
                    wanted=tuple(after.term(group) for group in sorted(wanted)) or text("none", "无"),
                )


def suggest_replan(desk: Desk, before: Case) -> None:
    """Say what comes next where something may have to be planned anew; what became of a session changes no plan."""
    case = desk.state.case.model_copy(update={"outcomes": before.outcomes})
    if case.hash != before.hash:
        desk.screen.say(text("Next: `rota replan`.", "下一步：`rota replan`。"))


def published_plan(desk: Desk) -> Plan | None:
    """Return the newest plan that was published."""
    newest = desk.journal.newest(desk.stream)
    return desk.journal.plan(newest.number) if newest else None
