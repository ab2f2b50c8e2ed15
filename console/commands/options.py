"""Options and arguments that several commands have."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

CasePath = click.Path(path_type=Path)
BY_OPTION, MOVED_ON = "rota.case", "rota.after_case"
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs. 以 JSON 输出。")
dry_run_option = click.option("--dry-run", is_flag=True, help="Write nothing. 不写文件。")


class Seconds(click.ParamType[float]):
    """A time that ends: a finite number of seconds, a hundredth at the least."""

    name = "seconds"
    least = 0.01

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it; "nan" and "inf" are numbers for Python, but no time."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not math.isfinite(seconds) or seconds < self.least:
            wanted = f"{value} is no number of seconds from {self.least} on, e.g. 60."
            self.fail(f"{wanted} {value} 不是有效的秒数：请写不小于 {self.least} 的数，例如 60。", param, ctx)
        return seconds


time_limit_option = click.option(
    "--time-limit", type=Seconds(), metavar="SECONDS", help="Stop after this time. 限时（秒）。"
)
assume_held_option = click.option(
    "--assume-held", is_flag=True, help="Count past sessions without an outcome. 无台账记录的已过期场次按已举办计。"
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Sessions before this day are past; else before today. 统计截止日。",
)


def case_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command take its case as an argument, or by --case as commands do that take something else."""
    apart: dict[str, Any] = {"expose_value": False, "is_eager": True, "callback": _keep}
    case_option = click.option("--case", "named", type=CasePath, help="The same as CASE. 同 CASE。", **apart)
    return click.argument("case", type=CasePath, required=False, callback=_either)(case_option(command))


def _keep(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    context.meta[BY_OPTION] = value


def _either(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Return the case by whichever way it is named; where --case names it, what stands in its place is the next one."""
    named: Path | None = context.meta.get(BY_OPTION)
    if named is None or value is None:
        return value or named
    names = [each.name for each in context.command.params if isinstance(each, click.Argument)]
    if parameter.name == names[-1]:
        raise click.BadParameter("named twice, by --case too. 与 --case 重复。", context, parameter)
    context.meta[MOVED_ON] = value
    return named


def _moved_on(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    moved: Path | None = context.meta.get(MOVED_ON)
    if moved and value:
        many = "one too many, as --case names the case. 已用 --case 写明资料，此处多一项。"
        raise click.BadParameter(many, context, parameter)
    return value or moved


after_case_argument = click.argument("plan", type=CasePath, required=False, callback=_moved_on)
"""A plan, where it follows the case."""


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lang, which every command has."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        help="The language to speak; else ROTA_LANG, the locale, the case. 语言。",
    )(command)
