"""Commands that answer why, why not, and at what price."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from console.commands.options import (
    CasePath,
    after_case_argument,
    case_argument,
    json_option,
    language_option,
    time_limit_option,
)
from console.help import Command
from console.places import case_at


@click.command(cls=Command)
@click.argument("said", nargs=-1)
@click.option("--case", type=CasePath, help="The case that is asked about; else the one here or above. 所问资料。")
@click.option("--session", help="The session that is asked about: 第7场, a date, an activity and a date. 所问场次。")
@click.option("--as", "role", help="Only this role. 只看该岗位。")
@click.option("--not", "who", help="Ask why this unit or person does not serve there. 询问为何不是此单位或人员。")
@click.option("--on", help="With --not: the session, or its date. 与 --not 同用：场次或日期。")
@click.option("-o", "--output", type=CasePath, help="With --not: write the plan that would result. 写出相应的安排。")
@time_limit_option
@json_option
@language_option
def why(said: tuple[str, ...], lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Say why there is no plan, why a session is as it is, or what another choice would cost. 说明原因与代价。

    SAID names the case, the plan, and the session, each only where it is needed: `rota why 第7场`.
    SAID 依次可写资料、安排和场次，能省则省：`rota why 第7场`。
    """
    from console.asked import Asked

    session = options["session"] or options["on"]
    asked = Asked.read(said, session, lang, as_json=options["as_json"], case=options["case"])
    if options["who"]:
        asked.why_not(options["who"], options["role"], options["time_limit"], options["output"])
    else:
        asked.why(options["role"], options["time_limit"])


@click.command(cls=Command)
@click.argument("said", nargs=-1, required=True)
@click.option("--case", type=CasePath, help="The case that is asked about; else the one here or above. 所问资料。")
@click.option("--as", "role", help="In which role. 所问岗位。")
@click.option("-o", "--output", type=CasePath, help="Write the plan that would result. 写出相应的安排。")
@time_limit_option
@json_option
@language_option
def whynot(said: tuple[str, ...], lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Say what forbids a choice, or what it would cost: `rota whynot 税务局 第7场`. 为何不这样安排。"""
    from console.asked import Asked

    if len(said) < 2:  # noqa: PLR2004 - somebody, and a session
        raise click.UsageError("say who, and in which session: rota whynot 税务局 第7场")
    *paths, who, session = said
    asked = Asked.read(paths, session, lang, as_json=options["as_json"], case=options["case"])
    asked.why_not(who, options["role"], options["time_limit"], options["output"])


@click.command(cls=Command)
@case_argument
@after_case_argument
@click.option(
    "--between", nargs=2, required=True, metavar="A B", help="Two priorities, or `changes`. 两个优先级，或 changes。"
)
@click.option("--points", type=click.IntRange(2, 100), default=12, help="So many plans at the most. 最多几个方案。")
@click.option("-o", "--output", type=CasePath, help="Write a page with the plot, and the plans. 写出图表与各方案。")
@time_limit_option
@json_option
@language_option
def frontier(case: Path | None, plan: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Show what one thing costs the other: the plans not worse in both than another. 两个目标之间的取舍。"""
    from console.loading import plan_if_any, usable
    from console.trading import axes_of, trade
    from constraints.reading import read_rules

    if plan is None and case is not None and case.suffix == ".json":
        case, plan = None, case
    place = case_at(case, plan)
    loaded, screen = usable(place, lang, as_json=options["as_json"])
    rules = read_rules(loaded)
    known = plan_if_any(plan, place, loaded)
    axes = axes_of(options["between"], rules, known)
    trade(
        loaded,
        rules,
        axes,
        known,
        screen,
        most=options["points"],
        seconds=options["time_limit"],
        output=options["output"],
    )


COMMANDS = (why, whynot, frontier)
