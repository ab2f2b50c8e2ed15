"""Commands that keep a published plan alive: publishing, history, undoing."""

from __future__ import annotations

from pathlib import Path

import click

from console.commands.options import CasePath, dry_run_option, json_option, language_option
from console.help import Command
from console.places import case_and_plan, case_at

actor_option = click.option("--actor", help="Who does this; else ROTA_ACTOR, else the system's user. 操作人。")
note_option = click.option("--note", default="", help="A remark that is kept with it. 说明。")
case_option = click.option("--case", type=CasePath, help="The case that is meant; else the one here or above. 资料。")


@click.command(cls=Command)
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

    DRAFT is a plan, else the one beside the case. From the first publication on the journal is the truth, and the
    folder or workbook a working copy.
    DRAFT 为安排文件，不写则取资料旁的安排。首次发布后以变更记录为准，文件夹或工作簿为工作副本。
    """
    from console.publishing import publish_draft

    place, draft = case_and_plan(case, draft)
    publish_draft(place, draft, lang, as_json=as_json, actor=actor, note=note, accept_open=accept_open, dry_run=dry_run)


@click.command(cls=Command)
@click.argument("case", type=CasePath, required=False)
@click.option("--all", "everything", is_flag=True, help="From the beginning. 显示全部。")
@json_option
@language_option
def history(case: Path | None, everything: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """List what was changed and published, by whom and when. 查看变更记录。"""
    from console.desk import opened
    from console.history import show_history

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_history(desk, everything=everything)


@click.command(cls=Command)
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


COMMANDS = (apply, history, undo)
