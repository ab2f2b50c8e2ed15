"""Making changes: each is judged beforehand, recorded in what holds by then, and told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.desk import DeskError, now, who_acts
from console.hints import hint, published_plan, suggest_replan
from console.syncing import TRIED, follow
from constraints.deciding import objections
from constraints.reading import rule_problems
from rota.changes.making import CheckedChange, refuse_faults
from rota.changes.seats import Pinned, RoomSet, SeatSet
from rota.changes.sessions import SessionMoved
from rota.changes.swaps import SwapConfirmed
from rota.past import present
from rota.text import Message, text
from scheduler.keeping.again import overtaken, until_first
from scheduler.keeping.errors import OvertakenError

if TYPE_CHECKING:
    from console.desk import Desk
    from rota.document import State

Build = Callable[["State"], Sequence[CheckedChange]]
"""What changes are called for in a state."""

DECISIONS = (SeatSet, SwapConfirmed, SessionMoved, RoomSet, Pinned)
"""Changes that say who serves, where or when: the repair that follows cannot do otherwise."""


@dataclass(frozen=True)
class Made:
    """Changes that were tried or recorded: the states around them, a sentence for each, and what was to be said."""

    before: State
    after: State
    changes: tuple[CheckedChange, ...]
    lines: tuple[Message, ...]
    remarks: tuple[Message, ...]


def make(
    desk: Desk, build: Build, actor: str | None, note: str, *, dry_run: bool, force: bool = False
) -> Sequence[CheckedChange]:
    """Make changes one after the other, all of them or none; a working copy without edits is refreshed.

    Where others record something at the same time, the changes are built anew in what holds then.

    Raises:
        OvertakenError: what others recorded meanwhile is about the same facts.
        RotaError: one of them cannot be made; nothing is recorded.
    """
    head, seen = desk.journal.at(desk.stream)

    def attempt() -> Made:
        found, before = desk.journal.at(desk.stream)
        made = _tried(desk, before, build(before), force=force)
        if before != seen and overtaken(seen, before, made.after):
            raise OvertakenError(each.message for each in desk.journal.told(desk.stream, head.sequence))
        if not dry_run:
            who = who_acts(actor)
            desk.journal.record_all(desk.stream, made.changes, actor=who, expected=found.version, note=note)
        return made

    made = until_first(attempt)
    _tell(desk, made, recorded=not dry_run)
    return made.changes


def _tried(desk: Desk, before: State, changes: Sequence[CheckedChange], *, force: bool) -> Made:
    """Make changes without recording them.

    Raises:
        RotaError: one of them cannot be made, or breaks what must hold.
    """
    state, lines = before, []
    for each in changes:
        lines.append(each.say(desk.journal.by_plan(desk.stream, state)))
        state = each.applied(state)
    refuse_faults(state.case, [rule_problems], before=before.case)
    remarks = _judged(desk, before, changes, force=force)
    return Made(before, state, tuple(changes), tuple(lines), remarks)


def _tell(desk: Desk, made: Made, *, recorded: bool) -> None:
    screen = desk.screen
    for remark in made.remarks:
        screen.note(remark)
    screen.each(made.lines if recorded else [TRIED, *made.lines])
    hint(desk, made.before, made.after)
    if recorded:
        follow(desk, made.before)
        suggest_replan(desk, made.before.case)
    said = zip(made.changes, made.lines, strict=True)
    changes = [{"kind": each.kind, "said": line.say(screen.language)} for each, line in said]
    screen.emit({"changes": changes, "recorded": recorded})


def _judged(desk: Desk, before: State, changes: Sequence[CheckedChange], *, force: bool) -> tuple[Message, ...]:
    """Return what speaks against decisions; refuse those that no repair could make good, unless they are forced.

    Raises:
        DeskError: they break what must hold, which was said.
    """
    plan = published_plan(desk)
    if plan is None or not any(isinstance(change, DECISIONS) for change in changes):
        return ()
    found = objections(before, plan, changes, present(before.case, now()))
    said = tuple(objection.message for objection in found)
    if not found:
        return ()
    if all(objection.mendable for objection in found):
        return (*said, MENDABLE)
    if force:
        return (*said, FORCED)
    for each in said:
        desk.screen.note(each)
    raise DeskError(BROKEN)


MENDABLE = text(
    "That is so with the newest plan; `rota replan` looks for the smallest repair that mends it.",
    "以上按最新安排判断；`rota replan` 会寻找改动最少的修复办法。",
)
BROKEN = text(
    "Nothing was recorded: the rules above would be broken. Decide otherwise, change the rule or the times "
    "first, or record it nevertheless with --force.",
    "未登记：将违反以上规则。请另行安排，或先调整规则、时间意向；如仍须登记，请加 --force。",
)
FORCED = text(
    "--force: it is decided although the rules above are broken; `rota replan` has to cope with it.",
    "--force：虽违反以上规则仍予决定；须由 `rota replan` 另行协调。",
)
