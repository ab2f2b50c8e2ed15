"""Telling: what a recorded change says in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import constraints.registry  # noqa: F401 - sentences name the kinds of rules that it enters
from rota.agenda import as_planned
from rota.change import ChangeError
from rota.changes import CHANGES, read_change
from rota.changes.edits import Edited
from rota.document import State
from rota.text import Message, name, text
from scheduler.keeping.chain import entries
from scheduler.keeping.folding import folded, opened
from scheduler.keeping.publication import PUBLISHED, read_plan, revisions
from scheduler.keeping.records import FORGOTTEN, OPENED, UNDONE, Recorded, recorded
from scheduler.keeping.transaction import Transaction

if TYPE_CHECKING:
    from rota.plan import Plan

OWN: Mapping[str, Callable[[Mapping[str, Any]], Message]] = {
    OPENED: lambda _: text("The case was taken into the journal", "资料存入变更记录"),
    PUBLISHED: lambda change: text("Revision {n} was published", "发布第 {n} 版", n=change["revision"]),
    UNDONE: lambda change: text("Change {n} was taken back", "撤销第 {n} 号变更", n=change["sequence"]),
    FORGOTTEN: lambda change: text(
        "Personal texts were erased: {n}{about}",
        "抹除个人信息 {n} 处{about}",
        n=change["texts"],
        about=text(" (id {id})", "（编号 {id}）", id=name(change["subject"])) if change["subject"] else text("", ""),
    ),
}
"""What the kinds of changes say that the journal itself makes."""


@dataclass(frozen=True)
class Told:
    """A recorded change with its sentence."""

    recorded: Recorded
    message: Message


def told(transaction: Transaction, stream: str, since: int) -> Iterator[Told]:
    """Yield the changes of a stream after the sequence `since`, each said in the state and by the plan before it."""
    connection, sealer = transaction.connection, transaction.sealer
    rows, published = folded(entries(connection, stream, upto=since)), revisions(connection, stream)
    plan_of = cache(lambda digest: read_plan(connection, digest))
    for entry in entries(connection, stream, after=since):
        change, before = recorded(sealer, entry), None
        if entry.kind in CHANGES:
            before = opened(sealer, rows).state
            newest = next((each for each in reversed(published) if each.sequence < entry.sequence), None)
            before = by_plan(before, plan_of(newest.plan)) if newest else before
        yield Told(change, sentence(change, before))
        rows = folded([entry], rows)


def by_plan(state: State, plan: Plan) -> State:
    """Return the same state, of which sentences say when sessions take place."""
    return state.model_copy(update={"case": as_planned(state.case, plan.sessions)})


def sentence(change: Recorded, before: State | None) -> Message:
    """Say a change; of one whose particulars were erased or are not known here, its kind."""
    if change.kind in OWN:
        return OWN[change.kind](change.change)
    if before is not None:
        try:
            return read_change(change.kind, change.schema, _particulars(change)).say(before)
        except ChangeError:
            return CHANGES[change.kind].label
    return text('An unknown change "{kind}"', "未知变更“{kind}”", kind=name(change.kind))


def _particulars(change: Recorded) -> Mapping[str, Any]:
    """Return what a change is read from; edited rows stand once in the journal, beside the particulars."""
    return {**change.change, "edits": change.edits} if change.kind == Edited.kind else change.change
