"""Commands that keep a published plan alive: publishing, history, undoing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from console.commands.options import CasePath, case_argument, dry_run_option, json_option, language_option
from console.exits import Exit
from console.help import Brief
from console.places import case_and_plan, case_at

actor_option = click.option("--actor", help="Who does this; else ROTA_ACTOR, else the system's user. 操作人。")
note_option = click.option("--note", default="", help="A remark that is kept with it. 说明。")
case_option = click.option("--case", type=CasePath, help="The case that is meant; else the one here or above. 资料。")


@click.command(cls=Brief)
@click.argument("draft", type=CasePath, required=False)
@case_option
@actor_option
@note_option
@click.option("--accept-open", is_flag=True, help="Publish although seats are open. 接受空缺并发布。")
@dry_run_option
@json_option
@language_option
def apply(
    draft: Path | None,
    case: Path | None,
    actor: str | None,
    note: str,
    accept_open: bool,  # noqa: FBT001 - a flag of click
    dry_run: bool,  # noqa: FBT001 - a flag of click
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Publish a plan as the newest revision. 发布安排为最新版本。

    DRAFT is a plan, else the one beside the case; @draft is what the engine proposes. From the first publication on the
    journal is the truth, and the folder or workbook a working copy.
    DRAFT 为安排文件，不写则取资料旁的安排；@draft 指引擎提出的草案。首次发布后以变更记录为准，文件夹或工作簿
    为工作副本。
    """
    from console.publishing import publish_draft

    place, draft = case_and_plan(case, draft)
    publish_draft(place, draft, lang, as_json=as_json, actor=actor, note=note, accept_open=accept_open, dry_run=dry_run)


@click.command(cls=Brief)
@case_argument
@click.option("--all", "everything", is_flag=True, help="From the beginning. 显示全部。")
@click.option("--export", type=CasePath, help="Write all of it as lines of JSON. 导出为逐行 JSON。")
@json_option
@language_option
def history(case: Path | None, everything: bool, export: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """List what was changed and published, by whom and when. 查看变更记录。"""
    from console.desk import opened
    from console.history import show_history
    from console.upkeep import export_lines

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if export is None:
            show_history(desk, everything=everything)
        else:
            export_lines(desk, export)


@click.command(cls=Brief)
@click.argument("number", type=click.IntRange(min=1), required=False)
@case_option
@actor_option
@note_option
@json_option
@language_option
def undo(
    number: int | None,
    case: Path | None,
    actor: str | None,
    note: str,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Take back change NUMBER of the history, else the newest one, by another change. 撤销一项变更。"""
    from console.desk import opened
    from console.history import take_back

    with opened(case_at(case), lang, as_json=as_json) as desk:
        take_back(desk, number, actor, note)


@click.command(cls=Brief)
@case_argument
@json_option
@language_option
def audit(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Verify that the journal is as it was written, from its first change on. 校验变更记录是否完整。"""
    from console import upkeep
    from console.desk import opened

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if not upkeep.audit(desk):
            sys.exit(Exit.ERROR)


@click.command(cls=Brief)
@click.argument("target", type=CasePath)
@case_option
@json_option
@language_option
def backup(target: Path, case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Write the whole journal into the new file TARGET, also while it is in use. 备份变更记录。"""
    from console.desk import opened
    from console.upkeep import back_up

    with opened(case_at(case), lang, as_json=as_json) as desk:
        back_up(desk, target)


@click.command(cls=Brief)
@click.argument("source", type=CasePath)
@case_option
@json_option
@language_option
def restore(source: Path, case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Make the journal of a case from the backup SOURCE. 由备份恢复变更记录。"""
    from console.upkeep import restore_from

    restore_from(source, case_at(case), lang, as_json=as_json)


@click.command(cls=Brief)
@click.argument("who")
@case_option
@click.option("--name", "names", multiple=True, help="Another name to look for; may repeat. 其他需抹除的称呼。")
@click.option("--yes", "sure", is_flag=True, help="Do not ask. 不再询问。")
@actor_option
@json_option
@language_option
def forget(
    who: str,
    case: Path | None,
    names: tuple[str, ...],
    actor: str | None,
    sure: bool,  # noqa: FBT001 - a flag of click
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Erase what the journal knows of a person, for good: names, contacts, reasons. 永久抹除某人的个人信息。

    Turns to come are named, and it is asked first; a script says --yes.
    先列出尚未举办的轮值并询问；脚本中请加 --yes。
    """
    from console.desk import opened
    from console.forgetting import forget as erase

    with opened(case_at(case), lang, as_json=as_json) as desk:
        erase(desk, who, names, actor, sure=sure)


COMMANDS = (apply, history, undo, audit, backup, restore, forget)
