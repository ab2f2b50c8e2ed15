"""Looking after a journal: auditing, backing up and restoring it, and forgetting people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk import Desk, DeskError, screen_of
from console.places import has_journal, journal_of
from rota.document import table_label
from rota.text import Message, name, several, text
from scheduler.keeping.backup import restore
from workbook.saving import write_file

if TYPE_CHECKING:
    from scheduler.keeping.auditing import Finding


def audit(desk: Desk) -> bool:
    """Print everything in a journal that is not as it was written; return whether there is nothing."""
    findings = desk.journal.audit()
    screen = desk.screen
    screen.each(finding_line(finding) for finding in findings)
    if findings:
        screen.say(_what_next(findings))
    heads = {stream: desk.journal.head(stream) for stream in desk.journal.streams()} if not findings else {}
    if not findings:
        last = desk.journal.end()
        screen.say(
            text(
                "The journal is as it was written: {n}, folded anew and found equal. Head: {head}",
                "变更记录完整：{n}，重新推算后与现状一致。校验值：{head}",
                n=several(last.sequence, "change", "项变更"),
                head=last.digest[:12],
            )
        )
    said = [{"table": f.table, "row": f.row, "message": f.message.say(screen.language)} for f in findings]
    screen.emit({"sound": not findings, "findings": said, "heads": {s: head.digest for s, head in heads.items()}})
    return not findings


def finding_line(finding: Finding) -> Message:
    """Say one finding with its place."""
    return text("{where}: {what}", "{where}：{what}", where=_where(finding), what=finding.message)


PLACES: Mapping[str, tuple[str, str]] = {
    "change": ("change {row}", "第 {row} 号变更"),
    "revision": ("revision {row}", "第 {row} 版"),
    "plan": ("plan {row}", "安排 {row}"),
    "session_stamp": ("stamp of the session {row}", "场次版本号 {row}"),
    "outbox": ("message to be sent {row}", "待发消息 {row}"),
    "personal": ("personal text {row}", "个人信息 {row}"),
    "draft": ("draft {row}", "草案 {row}"),
    "database": ("database{row}", "数据库{row}"),
}
"""What the rows of a journal's tables are called."""
ENOUGH = 16
"""So many characters of what names a row, which may be a digest, tell it from all others."""


def _where(finding: Finding) -> Message:
    if finding.table == "case_row" and (cell := CASE_ROW_KEY.fullmatch(finding.row)):
        sheet = name(table_label(cell["sheet"]), cell["sheet"])
        return text('"{sheet}", row {n}', "“{sheet}”第 {n} 行", sheet=sheet, n=int(cell["place"]) + 1)
    english, chinese = PLACES.get(finding.table, ("row of the case {row}", "资料行 {row}"))
    row = finding.row if len(finding.row) < DIGEST else finding.row[:ENOUGH]
    return text(english, chinese, row=row)


CASE_ROW_KEY = re.compile(r"\S+ (?P<sheet>\w+)\[(?P<place>\d+)\]")
"""What names a row of the current case: its case, its sheet and its place, counted from 0."""
DIGEST = 64


def _what_next(findings: Sequence[Finding]) -> Message:
    """Say which change is the first that is not sound, and what to do."""
    broken = [int(each.row) for each in findings if each.table == "change" and each.row.isdecimal()]
    first = (
        text("The first change that is not sound is {n}. ", "最早出问题的是第 {n} 号变更。", n=min(broken))
        if broken
        else text("All changes are sound; what was derived from them is not. ", "各项变更完好，但由其推算的内容有误。")
    )
    return text(
        "{first}Put the journal aside, restore a backup from before (`rota restore BACKUP`), audit it, and enter later "
        "changes again.",
        "{first}请先另存现有变更记录，再用 `rota restore 备份` 恢复出错之前的备份，核对后补录之后的变更。",
        first=first,
    )


def back_up(desk: Desk, target: Path) -> None:
    """Write the whole journal into a new file.

    Raises:
        StoreError: it is there already, or cannot be written.
    """
    desk.journal.backup(target)
    desk.screen.say(str(target))
    desk.screen.emit({"backup": str(target)})


def restore_from(source: Path, place: Path, lang: str | None, *, as_json: bool) -> None:
    """Make the journal of a case from a backup, where there is none.

    Raises:
        RotaError: there is a journal, or the backup is damaged.
    """
    screen = screen_of(lang, as_json=as_json)
    where = journal_of(place)
    if has_journal(place) and isinstance(where, Path):
        raise DeskError(
            text(
                "{place} is a journal already. Move it away first, if the backup is to take its place.",
                "{place} 处已有变更记录。如需用备份替换，请先将其移走。",
                place=str(where),
            )
        )
    restore(source, where)
    screen.say(str(where))
    screen.emit({"journal": str(where)})


def export_lines(desk: Desk, target: Path) -> None:
    """Write the changes of a case as lines of JSON."""
    lines = list(desk.journal.export(desk.stream))
    write_file(target, "".join(line + "\n" for line in lines).encode())
    desk.screen.say(str(target))
