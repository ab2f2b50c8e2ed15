"""The commands that take in external calendars, once or from time to time."""

from __future__ import annotations

import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import click

from console.commands.keeping import actor_option, case_option
from console.commands.options import case_argument, dry_run_option, json_option, language_option
from console.exits import Exit
from console.help import Command, Group
from console.places import case_at


def network(value: str) -> str:
    """Let an address or a network pass as it is written."""
    ip_network(value, strict=False)
    return value


all_day_option = click.option(
    "--all-day",
    type=click.Choice(["busy", "avoid", "ignore"]),
    default="busy",
    help="What events of whole days mean: cannot, rather not, or nothing. 全天日程的含义。",
)
allow_option = click.option(
    "--allow",
    multiple=True,
    type=network,
    metavar="NETWORK",
    help="A private network that may be asked, e.g. 10.1.0.0/16; may repeat. 允许访问的内部网段。",
)
who_option = click.option("--for", "who", required=True, help="Whose calendar it is. 谁的日历。")


@click.command(cls=Command)
@click.argument("calendar", metavar="FILE_OR_URL")
@case_argument
@who_option
@all_day_option
@allow_option
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


@click.group(cls=Group)
def calendars() -> None:
    """Read external calendars (.ics) from time to time. 定期读取外部日历。"""


@calendars.command("list")
@case_option
@json_option
@language_option
def list_calendars(case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """List the calendars, when each was read, and why one could not be. 列出日历及读取情况。"""
    from console.calendars_in import show
    from console.desk import opened

    with opened(case_at(case), lang, as_json=as_json) as desk:
        show(desk)


@calendars.command()
@click.argument("url")
@who_option
@all_day_option
@allow_option
@case_option
@json_option
@language_option
def add(
    url: str,
    who: str,
    all_day: str,
    allow: tuple[str, ...],
    case: Path | None,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Read the calendar at URL now, and by `rota serve` every hour. 添加日历，由 `rota serve` 每小时读取。

    The address is kept like a name: in the journal alone, until its owner is forgotten or the calendar removed.
    网址与姓名同等保管：只存于变更记录，抹除其所有人或移除日历时一并抹除。
    """
    from console.calendars_in import add as add_calendar
    from console.desk import opened

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if not add_calendar(desk, url, who, all_day=all_day, allowed=allow):
            sys.exit(Exit.ERROR)


@calendars.command()
@click.argument("number")
@case_option
@json_option
@language_option
def remove(number: str, case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Read calendar NUMBER no more; what it said goes, too. 移除日历及其内容。"""
    from console.calendars_in import remove as remove_calendar
    from console.desk import opened

    with opened(case_at(case), lang, as_json=as_json) as desk:
        remove_calendar(desk, number)


@calendars.command()
@click.argument("numbers", nargs=-1)
@case_option
@json_option
@language_option
def refresh(numbers: tuple[str, ...], case: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag
    """Read calendars NUMBERS now, or all of them. 立即读取日历。"""
    from console.calendars_in import refresh as refresh_calendars
    from console.desk import opened

    with opened(case_at(case), lang, as_json=as_json) as desk:
        if not refresh_calendars(desk, numbers):
            sys.exit(Exit.ERROR)


COMMANDS = (busy, calendars)
