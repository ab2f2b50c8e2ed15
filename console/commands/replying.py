"""The commands about answers that come by mail."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from console.commands.keeping import case_option
from console.commands.options import CasePath, json_option, language_option
from console.exits import Exit
from console.help import Group
from console.places import case_at


@click.group(cls=Group)
def replies() -> None:
    """Take in answers to invitations that come by mail. 处理邮件答复。"""


@replies.command("list")
@case_option
@click.option("--all", "everything", is_flag=True, help="Automatic replies, too. 包括自动回复。")
@click.option("--most", type=click.IntRange(1), default=50, help="So many at the most; else 50. 最多条数。")
@json_option
@language_option
def list_replies(
    case: Path | None,
    everything: bool,  # noqa: FBT001 - a flag of click
    most: int,
    as_json: bool,  # noqa: FBT001 - the same
    lang: str | None,
) -> None:
    """List what came in and what became of it, the newest first. 列出收到的答复及处理结果。"""
    from console.desk import opened
    from console.replies import show_replies

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_replies(desk, everything=everything, most=most)


@replies.command("turns")
@case_option
@click.option("--open", "open_only", is_flag=True, help="Only what is not confirmed. 只列未确认的。")
@json_option
@language_option
def turns(
    case: Path | None,
    open_only: bool,  # noqa: FBT001 - a flag of click
    as_json: bool,  # noqa: FBT001 - the same
    lang: str | None,
) -> None:
    """List who accepted, declined or has not answered, by session to come. 列出今后各场的答复情况。"""
    from console.desk import opened
    from console.standings import show_standings

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_standings(desk, open_only=open_only)


@replies.command("read")
@case_option
@json_option
@language_option
def read(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Read the mailbox of channels.toml once; `rota serve` does so of itself. 立即读取邮箱。"""
    from console.desk import opened
    from console.replies import read_now

    with opened(case_at(case), lang, as_json=as_json) as desk:
        read_now(desk)


@replies.command("test")
@case_option
@json_option
@language_option
def test(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Try the mailbox of channels.toml; nothing is read or changed. 测试邮箱设置。"""
    from console.desk import opened
    from console.replies import try_mailbox

    with opened(case_at(case), lang, as_json=as_json) as desk:
        try_mailbox(desk)


@replies.command("take")
@click.argument("files", nargs=-1, required=True, type=CasePath)
@case_option
@json_option
@language_option
def take(files: tuple[Path, ...], case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag
    """Take mails saved as FILES (.eml), where no program reads the mailbox. 处理另存为文件的邮件。"""
    from console.desk import opened
    from console.replies import take_files

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if not take_files(desk, files):
            sys.exit(Exit.ERROR)


COMMANDS = (replies,)
