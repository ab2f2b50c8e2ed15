"""`rota history`: what was changed and published, by whom and when; and taking a change back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.desk import Desk, DeskError, table_named, who_acts
from console.publishing import publish_again
from rota.change import ChangeError
from rota.changes import CHANGES, read_change
from rota.document import EditError, edited, state_of
from rota.text import Message, name, text
from scheduler.keeping.publication import PUBLISHED
from scheduler.keeping.records import FORGOTTEN, OPENED, UNDONE

if TYPE_CHECKING:
    from rota.document import Document
    from scheduler.keeping.records import Recorded

FEW = 30
"""So many changes are listed where nobody asks for all."""


@dataclass(frozen=True)
class Line:
    """One change of the history, in words."""

    change: Recorded
    sentence: Message


def history_lines(changes: Sequence[Recorded], most: int | None = None) -> list[Line]:
    """Say changes, the oldest first; with `most` only so many of the newest."""
    skipped = 0 if most is None else max(0, len(changes) - most)
    document: Document = {}
    lines = []
    for number, change in enumerate(changes):
        if number >= skipped:
            lines.append(Line(change, _sentence(change, document, changes)))
        document = edited(document, change.edits)
    return lines


def _sentence(change: Recorded, before: Document, changes: Sequence[Recorded]) -> Message:
    """Say one change; `before` are the rows before it."""
    if change.kind in CHANGES and change.kind != "edited":
        try:
            return read_change(change.kind, change.schema, change.change).say(state_of(before))
        except (ChangeError, EditError, LookupError):  # of a newer version, or its texts were erased
            return CHANGES[change.kind].label
    own = {
        OPENED: lambda: text("The case is opened", "建立资料"),
        PUBLISHED: lambda: text("Revision {n} is published", "发布第 {n} 版", n=change.change["revision"]),
        FORGOTTEN: lambda: text("Personal texts are erased", "删除个人信息"),
        UNDONE: lambda: _taken_back(change.change, changes),
    }
    return own.get(change.kind, lambda: _edited(change))()


def _taken_back(body: Mapping[str, Any], changes: Sequence[Recorded]) -> Message:
    undone = next((change for change in changes if change.sequence == body["sequence"]), None)
    label = CHANGES[undone.kind].label if undone and undone.kind in CHANGES else name("")
    return text("Change {n} is taken back: {label}", "撤销第 {n} 号变更：{label}", n=body["sequence"], label=label)


def _edited(change: Recorded) -> Message:
    tables = dict.fromkeys(edit.table for edit in change.edits)
    said = tuple(table_named(table) for table in tables)
    return text("{n} rows edited: {tables}", "修改 {n} 行：{tables}", n=len(change.edits), tables=said)


def show_history(desk: Desk, *, everything: bool) -> None:
    """Print the changes of a case, the newest last."""
    changes = list(desk.journal.changes(desk.stream))
    lines = history_lines(changes, None if everything else FEW)
    screen, zone = desk.screen, desk.state.case.zone
    if len(lines) < len(changes):
        screen.note(
            text(
                "{n} earlier changes; --all shows them",
                "另有 {n} 项更早的变更；--all 显示全部",
                n=len(changes) - len(lines),
            )
        )
    for line in lines:
        at = line.change.at.astimezone(zone)
        said = line.sentence.say(screen.language)
        note = f"  ({line.change.note})" if line.change.note else ""
        screen.say(f"{line.change.sequence:>5}  {at:%Y-%m-%d %H:%M}  {line.change.actor}  {said}{note}")
    screen.emit({"changes": list(_bodies(lines, desk))})


def _bodies(lines: Sequence[Line], desk: Desk) -> Iterator[dict[str, object]]:
    for line in lines:
        change = line.change
        yield {
            "sequence": change.sequence,
            "kind": change.kind,
            "at": change.at.isoformat(),
            "actor": change.actor,
            "note": change.note,
            "cause": change.cause,
            "sentence": line.sentence.say(desk.screen.language),
            "digest": change.digest,
        }


def take_back(desk: Desk, sequence: int | None, actor: str | None, note: str) -> None:
    """Take a change back, the newest where none is named; a publication is taken back by publishing the plan before.

    Raises:
        RotaError: it cannot be taken back.
    """
    changes = list(desk.journal.changes(desk.stream))
    wanted = changes[-1] if sequence is None else next((c for c in changes if c.sequence == sequence), None)
    if wanted is None:
        raise DeskError(
            text(
                "There is no change {n}. `rota history` lists them.",
                "没有第 {n} 号变更，可用 `rota history` 查看。",
                n=sequence,
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
    undone = desk.journal.undo(desk.stream, wanted.sequence, actor=who_acts(actor), note=note)
    line = history_lines([*changes, undone])[-1]
    desk.screen.say(line.sentence)
    desk.screen.say(text("Next: `rota replan`.", "下一步：`rota replan`。"))
    desk.screen.emit({"undone": wanted.sequence, "sequence": undone.sequence})
