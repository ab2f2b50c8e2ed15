"""The command that takes in somebody's external calendar."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import click

from console.commands.keeping import actor_option
from console.commands.options import CasePath, dry_run_option, json_option, language_option
from console.help import Command
from console.places import case_at


def network(value: str) -> str:
    """Let an address or a network pass as it is written."""
    ip_network(value, strict=False)
    return value


@click.command(cls=Command)
@click.argument("calendar", metavar="FILE_OR_URL")
@click.argument("case", type=CasePath, required=False)
@click.option("--for", "who", required=True, help="Whose calendar it is. 谁的日历。")
@click.option(
    "--all-day",
    type=click.Choice(["busy", "avoid", "ignore"]),
    default="busy",
    help="What events of whole days mean: cannot, rather not, or nothing. 全天日程的含义。",
)
@click.option(
    "--allow",
    multiple=True,
    type=network,
    metavar="NETWORK",
    help="A private network that may be asked, e.g. 10.1.0.0/16; may repeat. 允许访问的内部网段。",
)
@actor_option
@dry_run_option
@json_option
@language_option
def busy(calendar: str, case: Path | None, who: str, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Take in a calendar (.ics): when its owner is busy becomes availability. 读入外部日历作为时间意向。

    What the same calendar said before is replaced; what people stated themselves stays. Titles are never read. Once the
    case is published, it is recorded as a change.
    同一日历以前的内容会被替换，人工填写的意向保留不变；不读取日程标题。发布之后登记为变更。
    """
    from console.foreign import calendar_at, take_in_calendar

    place = case_at(case)
    foreign = calendar_at(calendar, options.pop("allow"))
    take_in_calendar(place, foreign, who, lang, **options)


COMMANDS = (busy,)
