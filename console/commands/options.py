"""Options and arguments that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

CasePath = click.Path(path_type=Path)
case_argument = click.argument("case", type=CasePath, required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs. 以 JSON 输出。")
dry_run_option = click.option("--dry-run", is_flag=True, help="Write nothing. 不写文件。")
time_limit_option = click.option(
    "--time-limit", type=click.FloatRange(min=0.01), metavar="SECONDS", help="Stop after this time. 限时（秒）。"
)
assume_held_option = click.option(
    "--assume-held", is_flag=True, help="Count past sessions without an outcome. 无台账记录的已过期场次按已举办计。"
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Sessions before this day are past; else before today. 统计截止日。",
)


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lang, which every command has."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        help="The language to speak; else ROTA_LANG, the locale, the case. 语言。",
    )(command)
