"""`rota forget`: the texts about a person are erased for good, after it was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.confirming import confirm
from console.desk import Desk, DeskError, who_acts
from console.naming import UnclearNameError, resource_named
from console.places import plan_of, previous_of
from console.syncing import follow
from console.upkeep import finding_line
from rota.changes.wording import called, session_called
from rota.plan import dump_plan, load_plan
from rota.text import Message, several, text
from scheduler.keeping.publication import as_kept
from workbook.saving import write_file

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Session


def forget(desk: Desk, who: str, names: Sequence[str], actor: str | None, *, sure: bool) -> None:
    """Erase all personal texts about somebody for good, and say where a name still stands.

    It is asked first, unless somebody is `sure`. A working copy that says what the journal says is brought up to date;
    one that was edited is left alone, and said.

    Raises:
        RotaError: nobody is known by that name, or it is not confirmed.
    """
    screen, subject, before = desk.screen, _subject(desk, who), desk.state
    ahead = tuple(_turns_to_come(desk, subject))
    if ahead:
        screen.note(_still_serving(before.case, subject, ahead))
    if not sure:
        confirm(screen, _question(before.case, subject), refused=NOT_SURE)
    forgotten = desk.journal.forget(subject, names=names, actor=who_acts(actor))
    screen.say(
        text(
            "{n} erased from the journal. Backups and exported files made before still hold them; so may other working "
            "copies (workbooks handed out, the folder of another year) until `rota pull` or `rota sync` brings them up "
            "to date.",
            "已从变更记录中抹除 {n}。此前的备份和导出文件中仍有保留，请另行处理；其他工作副本（已发出的工作簿、其他年度"
            "的文件夹）中也可能保留，请逐一用 `rota pull` 或 `rota sync` 更新。",
            n=several(forgotten.texts, "text is", "处个人信息", "texts are"),
        )
    )
    if subject in {person.id for person in before.case.people} and not NAMELESS.fullmatch(subject):
        screen.say(_id_stays(subject))
    follow(desk, before)
    _without_reasons(plan_of(desk.place))
    _without_reasons(previous_of(plan_of(desk.place)))
    screen.each(finding_line(finding) for finding in forgotten.remains)
    remains = [{"table": f.table, "row": f.row} for f in forgotten.remains]
    turns = [session.id for session in ahead]
    screen.emit({"subject": subject, "erased": forgotten.texts, "remains": remains, "turns_to_come": turns})


def _turns_to_come(desk: Desk, subject: str) -> Iterator[Session]:
    """Yield the sessions of the newest revisions, of any year, in which somebody serves and which have not begun."""
    now = desk.journal.store.clock()
    for stream in desk.journal.streams():
        newest = desk.journal.newest(stream)
        for session in desk.journal.plan(newest.number).sessions if newest else ():
            if session.start > now and any(subject in who for part in session.parts for who in part.roles.values()):
                yield session


def _still_serving(case: Case, subject: str, ahead: Sequence[Session]) -> Message:
    return text(
        "{who} still has {n} to come: {sessions}. The plan keeps the id there, and nobody can be reached under it. If "
        "others are to serve, first: `rota change person_left {id} LAST-DAY`, `rota replan`, `rota apply`.",
        "{who} 还有 {n} 尚未举办：{sessions}。抹除后安排中只剩编号，且无法再联系本人。如应由他人接替，请先运行 `rota "
        "change person_left {id} 最后一天`、`rota replan`、`rota apply`。",
        who=called(case, subject),
        id=subject,
        n=several(len(ahead), "turn", "次轮值"),
        sessions=tuple(session_called(case, session.id) for session in ahead),
    )


def _question(case: Case, subject: str) -> Message:
    return text(
        "Erase all names, contacts and reasons of {who} ({id}) for good? This cannot be taken back",
        "确定永久抹除 {who}（{id}）的姓名、联系方式和原因说明？此操作无法撤销",
        who=called(case, subject),
        id=subject,
    )


NOT_SURE = text(
    "Nothing was erased. If it is meant, run it again with --yes.", "未抹除任何信息。如确需抹除，请加 --yes 重新运行。"
)


NAMELESS = re.compile(r"[A-Za-z]{0,3}[-_]?[0-9]+")
"""Ids that are numbers, which name nobody."""


def _id_stays(subject: str) -> Message:
    return text(
        'The id "{id}" itself stays: it is part of what was recorded and published. If it gives the name away, that '
        "cannot be mended; choose ids that name nobody, such as p017.",
        "编号“{id}”本身仍保留：它已写入变更记录和已发布的安排。如编号能看出姓名，则无法抹除；"
        "今后请使用 p017 一类的编号。",
        id=subject,
    )


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
        reached = {contact.of: None for contact in desk.state.case.contacts if contact.name == who.strip()}
        if reached:
            raise DeskError(_contact_of(desk.state.case, who.strip(), tuple(reached))) from None
        raise


def _contact_of(case: Case, who: str, reached: Sequence[str]) -> Message:
    return text(
        "{who} is a contact of {of}. Contacts are erased with those whom they are of, who stay: {commands}.",
        "{who} 是以下对象的联系人：{of}。联系人的信息随所属对象的编号抹除，单位本身保留：{commands}。",
        who=who,
        of=tuple(text("{label} ({id})", "{label}（{id}）", label=called(case, id_), id=id_) for id_ in reached),
        commands=tuple(f"`rota forget {id_}`" for id_ in reached),
    )
