"""Commands that make plans, judge them, show and export them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import click

from console.commands.options import (
    CasePath,
    after_case_argument,
    case_argument,
    dry_run_option,
    json_option,
    language_option,
    time_limit_option,
)
from console.exits import Exit
from console.help import Command
from console.language import spoken
from console.places import case_and_plan, case_at, lies_beside_case, plan_of
from console.screen import Screen

FORMS = ("ics", "xlsx", "csv", "html", "site")


@click.command(cls=Command)
@case_argument
@click.option("-o", "--output", type=CasePath, help="Where the plan goes; else plan.json beside the case. 输出位置。")
@time_limit_option
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Another seed, another of the best plans. 随机种子。"
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    help="Strategies to search with at once; else one per core, at least 8. 并行策略数。",
)
@click.option("--open-seats", is_flag=True, help="Leave seats open where they cannot be filled. 允许空缺。")
@click.option("--fresh", is_flag=True, help="Do not stay near the published plan. 不必贴近已发布的安排。")
@click.option("--certificate", type=CasePath, help="Where prices go that prove the bounds. 下界证书的输出位置。")
@click.option(
    "--executor", metavar="ADDRESS", help="Search large cases on a cluster: dask://host:port. 大型排班交由集群求解。"
)
@click.option("--require-optimal", is_flag=True, help="Exit with 6 unless all is proved. 未证明最优则以 6 退出。")
@dry_run_option
@json_option
@language_option
def plan(case: Path | None, output: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Find the best plan of a case and prove how good it is. 排出最优安排并证明。"""
    from console.interrupt import stopped_by_interrupt

    stop = Event()
    with stopped_by_interrupt(stop):
        from console.certifying import SECONDS, keep_certificate
        from console.loading import usable
        from console.planning import based_on, keep, newest_plan, search, show_solved, working
        from constraints.reading import read_rules
        from scheduler.solving.control import Control, default_workers
        from scheduler.solving.wide import is_divided

        place = case_at(case)
        loaded, screen = usable(place, lang, as_json=options["as_json"], warn=True)
        published = newest_plan(place, loaded, screen)
        rules = read_rules(loaded)
        control = Control(options["time_limit"], options["seed"], options["workers"] or default_workers(), stop)
        divided = is_divided(loaded, rules, open_seats=options["open_seats"])
        with working(options["executor"], screen, stop, divided=divided) as crew:
            solved = search(
                loaded,
                rules,
                screen,
                replace(control, crew=crew),
                open_seats=options["open_seats"],
                near=None if options["fresh"] or published is None else published.plan,
            )
    solved = replace(solved, plan=based_on(solved.plan, published))
    target = None if options["dry_run"] else output or plan_of(place)
    if target is not None:
        keep(solved.plan, target, screen, keep_previous=output is None)
    show_solved(loaded, solved, screen, target)
    if options["certificate"] is not None and not options["dry_run"]:
        seconds = min(SECONDS, options["time_limit"] or SECONDS)
        with stopped_by_interrupt(stop):
            keep_certificate(loaded, rules, solved, options["certificate"], screen, Control(seconds, stop=stop))
    if solved.interrupted:
        sys.exit(Exit.INTERRUPTED)
    if options["require_optimal"] and not solved.plan.proved:
        sys.exit(Exit.NOT_PROVED)


@click.command(cls=Command)
@case_argument
@after_case_argument
@click.option("--certificate", type=CasePath, help="Compute its bounds anew, too. 同时复算下界证书。")
@json_option
@language_option
def verify(
    case: Path | None,
    plan: Path | None,
    certificate: Path | None,
    as_json: bool,  # noqa: FBT001 - a flag of click
    lang: str | None,
) -> None:
    """Check a plan or a revision (@3) against its case, independently of the solver. 独立校验安排。"""
    from console.answering import answered
    from console.certifying import computed, conclusions
    from console.verifying import judge
    from constraints.reading import read_rules

    place, plan = case_and_plan(case, plan)
    found = answered(place, plan, lang, as_json=as_json)
    rules = read_rules(found.case)
    bounds = computed(found.case, rules, certificate) if certificate is not None else {}
    also = {"bounds": {str(claimed.priority): bound for claimed, bound in bounds.items()}} if bounds else {}
    holds = judge(found.case, rules, found.plan, found.screen, found.past, also=also)
    found.screen.each(conclusions(bounds, found.plan))
    if not holds or any(bound < claimed.bound for claimed, bound in bounds.items()):
        sys.exit(Exit.ERROR)


@click.command(cls=Command)
@click.argument("plan", type=CasePath, required=False)
@click.option("--case", type=CasePath, help="The case it answers; else the one it lies beside. 对应的排班资料。")
@click.option("--score", is_flag=True, help="The cost of every rule, with its breaches in words. 各规则得分。")
@json_option
@language_option
def show(plan: Path | None, case: Path | None, score: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Show a plan as a table of the year; `@3` is revision 3. 以表格显示全年安排；`@3` 指第 3 版。

    `@draft` is what the engine proposes.
    `@draft` 指引擎提出的草案。
    """
    from console.answering import answered
    from console.score import score_body, score_lines
    from console.verifying import claimed, warn_of_breaches
    from constraints.reading import read_rules
    from constraints.verify import verify as judged
    from workbook.output.terminal import year_table

    found = answered(case, plan, lang, as_json=as_json)
    loaded, answer, screen = found.case, found.plan, found.screen
    rules = read_rules(loaded)
    verdict = judged(loaded, rules, answer, found.past)
    by_rule = {"by_rule": score_body(loaded, rules, verdict, screen)} if score else {}
    screen.emit({**answer.model_dump(mode="json"), **by_rule})
    screen.say(year_table(loaded, claimed(loaded, answer, verdict), screen.language, screen.width).rstrip("\n"))
    screen.each(found.replies)
    warn_of_breaches(verdict, screen)
    if score:
        screen.each(score_lines(loaded, rules, answer, verdict, screen))


@click.command(cls=Command)
@click.argument("old", type=CasePath, required=False)
@click.argument("new", type=CasePath, required=False)
@click.option("--case", type=CasePath, help="The case they answer; else the one they lie beside. 对应的排班资料。")
@click.option("--exit-code", is_flag=True, help="Exit with 10 where they differ. 有差异则以 10 退出。")
@json_option
@language_option
def diff(old: Path | None, new: Path | None, case: Path | None, lang: str | None, **options: bool) -> None:
    """Show what differs between two plans or revisions, e.g. @3 and @5. 对比两份安排或两个版本。

    Without NEW the plan beside the case is meant, without OLD the newest revision, else the plan before.
    不写 NEW 即资料旁的安排；不写 OLD 即最新版本，尚未发布时为上一份安排。
    """
    from console.answering import compared
    from console.difference_by_ids import difference_by_ids
    from console.loading import plan_from
    from rota.difference import affected, difference
    from workbook.output.changes import diff_lines

    if case is None and old and new and not lies_beside_case(new):
        screen = Screen(spoken(lang, os.environ), as_json=options["as_json"])
        first, second = plan_from(old), plan_from(new)
        changes = difference(first, second)
        lines = [line.say(screen.language) for line in difference_by_ids(changes)]
    else:
        before, after = compared(case, old, new, lang, as_json=options["as_json"])
        first, second, screen = before, after.plan, after.screen
        changes = difference(first, second)
        lines = diff_lines(after.case, changes, screen.language)
    screen.each(lines)
    told = {"gain_or_lose": list(changes.people), "affected": list(affected(first, second))}
    screen.emit({"sessions": list(changes.sessions), **told, "lines": lines})
    if options["exit_code"] and changes:
        sys.exit(Exit.CHANGES)


@click.command(cls=Command)
@click.argument("plan", type=CasePath)
@click.argument("folder", type=CasePath)
@click.option(
    "--to",
    "forms",
    type=click.Choice(FORMS),
    multiple=True,
    required=True,
    help="What to write; may repeat. 输出形式。",
)
@click.option("--case", type=CasePath, help="The case it answers; else the one it lies beside. 对应的排班资料。")
@click.option("--paper", type=click.Choice(["A3", "A4"]), default="A3", help="Paper of the poster. 海报纸张。")
@click.option("--week", help="Week of the menu, e.g. 2027-W11 or 2027-03-15; else the first. 周菜单所在周。")
@click.option("--public-url", metavar="URL", help="Where the site will be; else 网址 in the settings. 网站的公开网址。")
@language_option
def export(plan: Path, folder: Path, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Write a plan or a revision (@3) as feeds, workbook, CSV files or posters. 导出为日历、工作簿、CSV 或海报。

    `--to site` writes feeds and pages for any static server. `--to site` 写出日历和页面，可放到任何静态网站。
    """
    from console.answering import answered
    from console.exporting import WRITERS, Export
    from console.verifying import refuse_unless_it_holds
    from constraints.reading import read_rules

    if options["week"] and "html" not in options["forms"]:
        raise click.UsageError("--week is about the weekly menu: it goes with --to html")
    found = answered(case, plan, lang)
    screen, pages = found.screen, (options["paper"], options["week"])
    shown = (found.editions, options["public_url"]) if "site" in options["forms"] else ((), None)
    wanted = Export(found.case, found.plan, folder, screen, *pages, found.stamps, *shown)
    refuse_unless_it_holds(found.case, read_rules(found.case), found.plan)
    for form in dict.fromkeys(options["forms"]):
        screen.each(WRITERS[form](wanted))


COMMANDS = (plan, verify, show, diff, export)
