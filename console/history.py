"""`rota history`: what was changed and published, by whom and when; and taking a change back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from console.desk import Desk, DeskError, who_acts
from console.hints import suggest_replan
from console.publishing import publish_again
from console.syncing import follow
from rota.changes.making import UNSETTLED
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed, request_lines
from rota.request import Stage
from rota.text import Message, several, text
from scheduler.keeping.chain import ALLIANCE
from scheduler.keeping.publication import PUBLISHED
from scheduler.keeping.records import UNDONE, Recorded

if TYPE_CHECKING:
    from rota.document import State
    from scheduler.keeping.telling import Told

FEW = 30
"""So many changes are listed where nobody asks for all."""


def show_history(desk: Desk, *, everything: bool) -> None:
    """Print the changes of a case, the newest last."""
    changes = sorted(_all_changes(desk), key=lambda change: change.sequence)
    more = 0 if everything else max(0, len(changes) - FEW)
    since = changes[more - 1].sequence if more else 0
    told = (*desk.journal.told(desk.stream, since), *desk.journal.told(ALLIANCE, since))
    lines = sorted(told, key=lambda line: line.recorded.sequence)
    screen, zone = desk.screen, desk.state.case.zone
    if more:
        screen.note(
            text("{n}; --all shows all", "另有 {n}；--all 显示全部", n=several(more, "earlier change", "项更早的变更"))
        )
    for line in lines:
        change, said = line.recorded, line.message.say(screen.language)
        note = f"  ({change.note})" if change.note else ""
        screen.say(f"{change.sequence:>5}  {change.at.astimezone(zone):%Y-%m-%d %H:%M}  {change.actor}  {said}{note}")
    screen.each(request_lines(desk.journal.by_plan(desk.stream, desk.state)))
    screen.each(_to_confirm(desk.state))
    screen.emit({"changes": list(_bodies(lines, desk)), "requests": list(_open_requests(desk.state))})


def _all_changes(desk: Desk) -> Iterator[Recorded]:
    """Yield the changes of a case, and those that concern all cases of its alliance."""
    yield from desk.journal.changes(desk.stream)
    yield from desk.journal.changes(ALLIANCE)


def _open_requests(state: State) -> Iterator[dict[str, object]]:
    return (request.model_dump(mode="json") for request in state.requests if request.stage in UNSETTLED)


def _to_confirm(state: State) -> Iterator[Message]:
    """Yield the command that carries out each exchange to which both have agreed."""
    for request in state.requests:
        if request.stage is Stage.AGREED:
            command = f"rota change {SwapConfirmed.kind} {request.id}"
            yield text("Next: `{command}`.", "下一步：`{command}`。", command=command)


def _bodies(lines: Sequence[Told], desk: Desk) -> Iterator[dict[str, object]]:
    for line in lines:
        change = line.recorded
        yield {
            "sequence": change.sequence,
            "kind": change.kind,
            "at": change.at.isoformat(),
            "actor": change.actor,
            "note": change.note,
            "cause": change.cause,
            "sentence": line.message.say(desk.screen.language),
            "digest": change.digest,
        }


def _newest(changes: Sequence[Recorded], state: State) -> Recorded | None:
    """Return the newest change that is not taken back, and takes none back itself.

    The steps of a swap whose confirmation was taken back are over with it.
    """
    gone = {change.change["sequence"] for change in changes if change.kind == UNDONE}
    withdrawn = {request.id for request in state.requests if request.stage is Stage.WITHDRAWN}
    over = withdrawn & {c.change["id"] for c in changes if c.kind == SwapConfirmed.kind and c.sequence in gone}
    for change in reversed(changes):
        is_step = change.kind in {SwapAsked.kind, SwapAnswered.kind} and change.change["id"] in over
        if change.kind != UNDONE and change.sequence not in gone and not is_step:
            return change
    return None


def take_back(desk: Desk, sequence: int | None, actor: str | None, note: str) -> None:
    """Take a change back, the newest where none is named; a publication is taken back by publishing the plan before.

    Raises:
        RotaError: it cannot be taken back.
    """
    changes = list(desk.journal.changes(desk.stream))
    wanted = (
        _newest(changes, desk.state) if sequence is None else next((c for c in changes if c.sequence == sequence), None)
    )
    if sequence in {change.sequence for change in desk.journal.changes(ALLIANCE)}:
        raise DeskError(
            text(
                "What was erased cannot be brought back (change {n}).",
                "抹除的信息无法恢复（第 {n} 号变更）。",
                n=sequence,
            )
        )
    if wanted is None:
        raise DeskError(
            text(
                "There is no change {n}. `rota history` lists them.",
                "没有第 {n} 号变更，可用 `rota history` 查看。",
                n=sequence or 0,
            )
        )
    if wanted.kind == PUBLISHED:
        if wanted.sequence != desk.newest.sequence:
            raise DeskError(
                text(
                    "Only the newest publication can be taken back; `rota apply @N` publishes an earlier plan again.",
                    "只能撤销最新一次发布；可用 `rota apply @N` 重新发布以前的安排。",
                )
            )
        publish_again(desk, actor, note)
        return
    before = desk.state
    undone = desk.journal.undo(desk.stream, wanted.sequence, actor=who_acts(actor), note=note)
    told = next(desk.journal.told(desk.stream, wanted.sequence - 1))
    desk.screen.say(text("Taken back: {what}", "已撤销：{what}", what=told.message))
    follow(desk, before)
    suggest_replan(desk, before.case)
    desk.screen.emit({"undone": wanted.sequence, "sequence": undone.sequence})
