"""Commands that let a plan live: the engine that answers changes, and a year of them to try it on."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from console.commands.options import CasePath, case_argument, json_option, language_option, time_limit_option
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

    The settings say which repairs need nobody's approval. Several engines may share one journal.
    哪些改动无需批准，由“参数”中的自动批准场次上限决定。多个引擎可共用一份变更记录。
    """
    from console.engine import run_once, run_until_stopped

    place = case_at(case)
    if once:
        sys.exit(run_once(place, lang, debounce=debounce or 0, patience=patience))
    run_until_stopped(place, lang, every=every, debounce=5.0 if debounce is None else debounce, patience=patience)


@click.command(cls=Command)
@case_argument
@click.option("--changes", type=click.IntRange(1, 10_000), default=40, help="So many changes; else 40. 变更数。")
@click.option("--seed", type=int, default=0, help="The same seed makes the same year. 随机种子。")
@click.option("-o", "--output", type=CasePath, help="A folder for the journal and a page with a plot. 输出文件夹。")
@time_limit_option
@json_option
@language_option
def simulate(
    case: Path | None,
    changes: int,
    seed: int,
    output: Path | None,
    time_limit: float | None,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Try a case on a year of random changes, and report what they lead to. 用模拟一年的随机变更检验资料。

    Begins with the plan beside the case, else makes one (within --time-limit). Case and journal are left as they are.
    从资料旁的安排开始，没有则先排班（限时由 --time-limit 指定）。不改动原有资料和变更记录。
    """
    from console.simulating import simulate as simulate_year

    place = case_at(case)
    sys.exit(simulate_year(place, output, lang, as_json=as_json, changes=changes, seed=seed, seconds=time_limit))


COMMANDS = (engine, simulate)
