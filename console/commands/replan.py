"""The command that repairs a plan after a change."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import click

from console.commands.options import (
    CasePath,
    case_argument,
    dry_run_option,
    json_option,
    language_option,
    time_limit_option,
)
from console.exits import Exit
from console.help import Brief
from console.places import case_at, plan_at, plan_of


@click.command(cls=Brief)
@case_argument
@click.option("--plan", type=CasePath, help="The plan that is kept to; else what is published. 原安排。")
@click.option("-o", "--output", type=CasePath, help="Where the repaired plan goes; else plan.json. 输出位置。")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="What is before this day is past; else before now. 当前日期。"
)
@click.option("--freeze", type=click.IntRange(0, 366), help="Keep so many days; else as in the settings. 冻结天数。")
@click.option("--budget", type=click.IntRange(0, 20), default=0, help="Allow so many more changes. 允许多改几场。")
@click.option(
    "--order",
    type=click.IntRange(min=1),
    multiple=True,
    help="A priority that goes before few changes; may repeat. 先于少改的优先级。",
)
@time_limit_option
@dry_run_option
@json_option
@language_option
def replan(case: Path | None, plan: Path | None, output: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Repair a plan after a change of the case, by the fewest changes. 资料变动后以最少改动修复安排。

    The least number of changed sessions is proved; of the plans with so few changes the cheapest and best is taken.
    先证明最少须改几场，再在改动最少的安排中取代价最低、最优者。
    """
    from console.interrupt import stopped_by_interrupt

    stop = Event()
    with stopped_by_interrupt(stop):
        from console.loading import plan_from, usable
        from console.planning import based_on, keep, newest_plan
        from console.repairing import moment_of, refuse_unknown, search_repair, show_repair
        from constraints.reading import read_rules
        from scheduler.solving.repair import Request

        place = case_at(case, plan)
        loaded, screen = usable(place, lang, as_json=options["as_json"], warn=True)
        published = newest_plan(place, loaded, screen) if plan is None else None
        baseline = published.plan if published else plan_from(plan_at(plan, place), loaded)
        rules, freeze = read_rules(loaded), options["freeze"]
        refuse_unknown(rules, options["order"])
        today = options["today"].date() if options["today"] else None
        now = moment_of(loaded, today, dt.datetime.now(tz=dt.UTC), screen)
        frozen = loaded.settings.freeze_days if freeze is None else freeze
        request = Request(baseline, now, frozen, options["budget"], tuple(options["order"]))
        found, bought = search_repair(loaded, rules, request, screen, seconds=options["time_limit"], stop=stop)
    found = replace(found, plan=based_on(found.plan, published))
    target = None if options["dry_run"] else output or plan_of(place)
    if target is not None:
        keep(found.plan, target, None, keep_previous=output is None)
    show_repair(loaded, rules, baseline, found, bought, screen, str(target) if target else None)
    if found.interrupted:
        sys.exit(Exit.INTERRUPTED)


COMMANDS = (replan,)
