"""Commands that let a plan live: the engine that answers changes, and a year of them to try it on."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from console.commands.options import case_argument, language_option
from console.help import Command
from console.places import case_at

SECONDS = click.FloatRange(min=0.1)


@click.command(cls=Command)
@case_argument
@click.option("--once", is_flag=True, help="Answer what is there now, and end. 只处理一次。")
@click.option("--every", type=SECONDS, default=2.0, help="Look so often, in seconds. 检查间隔（秒）。")
@click.option(
    "--debounce",
    type=click.FloatRange(min=0),
    help="Wait for so many seconds without a change; else 5, with --once 0. 静置时间（秒）。",
)
@click.option("--patience", type=SECONDS, default=60.0, help="Seconds for one repair. 单次求解限时（秒）。")
@language_option
def engine(
    case: Path | None,
    once: bool,  # noqa: FBT001 - a flag of click
    every: float,
    debounce: float | None,
    patience: float,
    lang: str | None,
) -> None:
    """Answer changes as they come: by the smallest repair, as a draft or published. 自动处理变更。

    Settings say which repairs need nobody's approval (自动批准场次上限). Several engines may share one journal.
    哪些改动无需批准，由“参数”中的自动批准场次上限决定。多个引擎可共用一份变更记录。
    """
    from console.engine import run_once, run_until_stopped

    place = case_at(case)
    if once:
        sys.exit(run_once(place, lang, debounce=debounce or 0, patience=patience))
    run_until_stopped(place, lang, every=every, debounce=5.0 if debounce is None else debounce, patience=patience)


COMMANDS = (engine,)
