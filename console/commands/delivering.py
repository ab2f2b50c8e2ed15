"""The command that shows and tries the channels by which people are reached."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from console.commands.options import case_argument, json_option, language_option
from console.exits import Exit
from console.help import Command
from console.places import case_at


@click.command(cls=Command)
@case_argument
@click.option("--test", "name", metavar="NAME", help="Show the test message for channel NAME. 显示某渠道的测试消息。")
@click.option("--to", metavar="ADDRESS", help="Mail address or phone number; else the coordinator. 邮箱或手机号。")
@click.option("--send", is_flag=True, help="With --test: send the message. 真正发出测试消息。")
@json_option
@language_option
def channels(
    case: Path | None,
    name: str | None,
    to: str | None,
    send: bool,  # noqa: FBT001 - a flag of click
    as_json: bool,  # noqa: FBT001 - the same
    lang: str | None,
) -> None:
    """List the channels in channels.toml, check them, and try one. 列出、检查并试用通知渠道。

    Without --send nothing leaves: what would be sent is shown.
    不加 --send 时不发送，只显示将要发出的内容。
    """
    from console.channels import configured, show_channels, try_channel
    from console.loading import usable

    if name is None and (send or to):
        raise click.UsageError("--send and --to go with --test NAME. --send 与 --to 须与 --test 同用。")
    place = case_at(case)
    loaded, screen = usable(place, lang, as_json=as_json)
    found = configured(place)
    if name is None:
        show_channels(found, loaded, place, screen)
    elif not try_channel(found, loaded, place, screen, name, to=to, send=send):
        sys.exit(Exit.ERROR)


COMMANDS = (channels,)
