"""Looking after a journal: auditing, backing up and restoring it, and forgetting people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk import Desk, DeskError, screen_of, who_acts
from console.naming import UnclearNameError, resource_named
from console.places import has_journal, journal_of, plan_of, previous_of
from console.syncing import follow
from rota.plan import dump_plan, load_plan
from rota.text import Message, several, text
from scheduler.keeping.backup import restore
from scheduler.keeping.publication import as_kept
from workbook.saving import write_file

if TYPE_CHECKING:
    from scheduler.keeping.auditing import Finding


def audit(desk: Desk) -> bool:
    """Print everything in a journal that is not as it was written; return whether there is nothing."""
    findings = desk.journal.audit()
    screen = desk.screen
    screen.each(finding_line(finding) for finding in findings)
    heads = {stream: desk.journal.head(stream) for stream in desk.journal.streams()} if not findings else {}
    if not findings:
        last = max(heads.values(), key=lambda head: head.sequence)
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
    where = f"{finding.table} {finding.row}".strip()
    return text("{where}: {what}", "{where}：{what}", where=where, what=finding.message)


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


def forget(desk: Desk, who: str, names: Sequence[str], actor: str | None) -> None:
    """Erase all personal texts about somebody for good, and say where a name still stands.

    A working copy that says what the journal says is brought up to date; one that was edited is left alone, and said.

    Raises:
        RotaError: nobody is known by that name.
    """
    screen, subject, before = desk.screen, _subject(desk, who), desk.state
    forgotten = desk.journal.forget(subject, names=names, actor=who_acts(actor))
    screen.say(
        text(
            "{n} erased from the journal. Backups and exported files made before still hold them.",
            "已从变更记录中抹除 {n}。此前的备份和导出文件中仍有保留，请另行处理。",
            n=several(forgotten.texts, "text is", "处个人信息", "texts are"),
        )
    )
    follow(desk, before)
    _without_reasons(plan_of(desk.place))
    _without_reasons(previous_of(plan_of(desk.place)))
    screen.each(finding_line(finding) for finding in forgotten.remains)
    remains = [{"table": f.table, "row": f.row} for f in forgotten.remains]
    screen.emit({"subject": subject, "erased": forgotten.texts, "remains": remains})


def _without_reasons(path: Path) -> None:
    """Take out of a plan beside the case why sessions were declined, which may name people."""
    if path.is_file():
        plan = load_plan(path.read_text("utf-8"))
        write_file(path, dump_plan(as_kept(plan).made_from(plan.base)).encode())


def _subject(desk: Desk, who: str) -> str:
    """Return the id of whoever is meant; an id that is known to the journal alone is taken as it stands."""
    try:
        return resource_named(desk.state.case, who)
    except UnclearNameError:
        if who in {contact.of for contact in desk.state.case.contacts}:
            return who
        raise


def export_lines(desk: Desk, target: Path) -> None:
    """Write the changes of a case as lines of JSON."""
    lines = list(desk.journal.export(desk.stream))
    write_file(target, "".join(line + "\n" for line in lines).encode())
    desk.screen.say(str(target))
