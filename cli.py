"""The command line: what can be asked of Rota, in the order of a coordinator's work.

The commands stand in `console.commands` by theme. Each imports what it needs when it runs, so that `rota --help`
answers at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

import click

from console.commands import (
    busy,
    cases,
    changing,
    delivering,
    feeds,
    keeping,
    living,
    plans,
    questions,
    reminding,
    replan,
    replying,
    years,
)
from console.ending import ended_by
from console.help import Group, asked_language
from console.language import spoken
from console.screen import Screen, speak_utf8
from rota import __version__
from rota.problem import RotaError

THEMES = (
    cases,
    busy,
    plans,
    questions,
    changing,
    replan,
    keeping,
    living,
    feeds,
    delivering,
    reminding,
    replying,
    years,
)


YOUNG = 50_000
"""So much is made before anybody looks for garbage in it: loading the program alone makes hundreds of thousands."""


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rota")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The language to speak. 语言。")
def rota(lang: str | None) -> None:
    """Plan rotating activities, prove how good the plan is, and publish it. 轮值：排班、证明、发布。

    CASE is a folder with rotation.toml or an .xlsx workbook; without it, the case in this folder or above is meant.
    CASE 为含 rotation.toml 的文件夹或 .xlsx 工作簿；不写则取当前或上级文件夹中的资料。
    """
    if lang is not None:
        os.environ["ROTA_LANG"] = lang


for theme in THEMES:
    for command in theme.COMMANDS:
        rota.add_command(command)


def main() -> None:
    """Run the command line; every error that is foreseen ends in one sentence and its exit code."""
    gc.set_threshold(YOUNG)
    atexit.register(gc.freeze)  # what is left at the end goes with the process, unsearched
    speak_utf8((sys.stdout, sys.stderr))
    Screen.emitted = False
    try:
        rota(prog_name="rota", standalone_mode=False)
    except (click.ClickException, click.Abort, KeyboardInterrupt, OSError, RotaError) as error:
        screen = Screen(spoken(asked_language(sys.argv), os.environ), as_json="--json" in sys.argv)
        sys.exit(ended_by(error, screen))


if __name__ == "__main__":
    main()
