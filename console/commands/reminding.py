"""The commands about what is sent: what waits, what failed, and whom to telephone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.commands.keeping import case_option
from console.commands.options import json_option, language_option
from console.exits import Exit
from console.help import Group
from console.places import case_at

if TYPE_CHECKING:
    from rota.reminder import Ahead


class Span(click.ParamType["Ahead"]):
    """A time span as in the sheet of reminders: `7d`, `2h`, `7天`."""

    name = "span"

    def convert(self, value: str | Ahead, param: click.Parameter | None, ctx: click.Context | None) -> Ahead:
        """Read the span."""
        from pydantic_core import PydanticCustomError

        from rota.reminder import Ahead, ahead_of

        if isinstance(value, Ahead):
            return value
        try:
            return ahead_of(value)
        except PydanticCustomError:
            self.fail(f"{value}: 7d, 2h, 30m; 7天、2小时、30分钟", param, ctx)


next_option = click.option("--next", "ahead", type=Span(), default="7d", help="How far ahead; else 7d. 今后多久。")


@click.group(cls=Group)
def remind() -> None:
    """Show and send reminders and notices, and list whom to telephone. 查看和发送提醒、通知。"""


@remind.command("list")
@case_option
@next_option
@json_option
@language_option
def waiting(case: Path | None, ahead: Ahead, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """List what is to be sent, when, to whom and by which way. 列出将要发送的内容。"""
    from console.desk import opened
    from console.reminding import show_waiting

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_waiting(desk, ahead)


@remind.command()
@case_option
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing. 只显示，不发送。")
@json_option
@language_option
def run(case: Path | None, dry_run: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Send what is due now, once; `rota serve` does so all the time. 立即发送已到时间的内容。"""
    from console.desk import opened
    from console.reminding import send_due, show_due

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if dry_run:
            show_due(desk)
        elif not send_due(desk):
            sys.exit(Exit.ERROR)


@remind.command()
@case_option
@json_option
@language_option
def dead(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """List what could not be sent, and why. 列出未能发送的内容及原因。"""
    from console.desk import opened
    from console.reminding import show_dead

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show_dead(desk)


@remind.command()
@click.argument("numbers", nargs=-1)
@click.option("--dead", "all_dead", is_flag=True, help="Everything that could not be sent. 所有未能发送的。")
@click.option("--unanswered", is_flag=True, help="Every invitation that nobody has answered. 所有未答复的邀请。")
@case_option
@json_option
@language_option
def resend(
    numbers: tuple[str, ...],
    all_dead: bool,  # noqa: FBT001 - a flag of click
    unanswered: bool,  # noqa: FBT001 - the same
    case: Path | None,
    as_json: bool,  # noqa: FBT001 - the same
    lang: str | None,
) -> None:
    """Send NUMBERS once more, as the lists give them. 按编号重新发送。"""
    from console.desk import opened
    from console.reminding import resend as resend_these

    if [bool(numbers), all_dead, unanswered].count(True) != 1:
        raise click.UsageError("Give numbers, --dead or --unanswered. 请给出编号，或用 --dead、--unanswered。")
    with opened(case_at(case), lang, as_json=as_json) as desk:
        resend_these(desk, numbers, dead=all_dead, unanswered=unanswered)


@remind.command()
@case_option
@next_option
@click.option("--done", multiple=True, metavar="NUMBER", help="Note that this one was told; may repeat. 登记已通知。")
@json_option
@language_option
def phone(
    case: Path | None,
    ahead: Ahead,
    done: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """List whom to telephone, because no channel reaches them. 列出需要电话通知的人。"""
    from console.desk import opened
    from console.reminding import show_calls, telephoned

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if done:
            telephoned(desk, done)
        else:
            show_calls(desk, ahead)


COMMANDS = (remind,)
