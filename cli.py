"""The command line: what can be asked of Rota, and which rooms answer.

Every command imports what it needs when it runs, so that `rota --help` answers at once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from console.commands import busy, changing, keeping, replan
from console.commands.options import (
    CasePath,
    as_of_option,
    assume_held_option,
    case_argument,
    dry_run_option,
    json_option,
    language_option,
    time_limit_option,
)
from console.ending import ended_by
from console.exits import Exit
from console.help import Group, asked_language
from console.language import spoken
from console.places import case_and_plan, case_at, has_journal, journal_of, lies_beside_case, plan_of
from console.screen import Screen, speak_utf8
from rota import __version__
from rota.problem import RotaError
from rota.text import text

if TYPE_CHECKING:
    from rota.case import Case

FORMS = ("ics", "xlsx", "csv", "html")
REPORT_FORMS = ("xlsx", "html", "pdf", "png")


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


# Cases.


@rota.command()
@click.argument("target", type=CasePath)
@click.option(
    "--year", type=click.IntRange(2004, 2100), help="The year to plan; else the name of TARGET, else next year. 年份。"
)
@click.option("--from", "roster", type=CasePath, help="Take units and contacts from an existing roster. 从花名册导入。")
@language_option
def new(target: Path, year: int | None, roster: Path | None, lang: str | None) -> None:
    """Write a starter case to TARGET: a folder, or a workbook where it ends in .xlsx. 新建排班资料。"""
    from console.holiday_lines import with_drafted_holidays
    from constraints.registry import catalogue
    from workbook.starter import starter_case, write_starter

    screen = Screen(spoken(lang, os.environ))
    case = with_drafted_holidays(starter_case(year or _year_named(target), screen.language))
    if roster is not None:
        from workbook.roster_import import import_roster, with_roster

        imported = import_roster(roster)
        case = with_roster(case, imported)
        screen.each(finding.say(screen.language) for finding in imported.findings)
    written = write_starter(target, case, catalogue(), screen.language)
    screen.each(str(path) for path in written)
    screen.say(text("Next: fill it in, then `rota check {t}`.", "下一步：填写后运行 `rota check {t}`。", t=str(target)))


@rota.command()
@case_argument
@click.option(
    "-o", "--output", type=CasePath, required=True, help="The folder for the questionnaires. 存放征集表的文件夹。"
)
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), help="By when to answer. 截止日期。")
@language_option
def ask(case: Path | None, output: Path, deadline: dt.datetime | None, lang: str | None) -> None:
    """Write one printable questionnaire per unit, and a text for the chat. 为每个单位生成时间征集表。"""
    from console.loading import usable
    from workbook.questionnaire import invitation_text, write_questionnaires

    loaded, screen = usable(case_at(case), lang)
    due = deadline.date() if deadline else None
    screen.each(str(path) for path in write_questionnaires(loaded, output, due, screen.language))
    screen.say("\n" + invitation_text(loaded, due))


@rota.command()
@click.argument("answers", type=CasePath, nargs=-1, required=True)
@click.option("--case", type=CasePath, help="The case they answer; else the one here or above. 对应的排班资料。")
@dry_run_option
@json_option
@language_option
def collect(answers: tuple[Path, ...], case: Path | None, dry_run: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Merge filled questionnaires (files or folders) into the case. 汇总已填的征集表。"""
    from console.asking import take_in
    from console.loading import usable

    place = case_at(case)
    loaded, screen = usable(place, lang, as_json=as_json)
    collected = take_in(loaded, place, answers, screen, dry_run=dry_run)
    if any(finding.severity == "error" for finding in collected.findings):
        sys.exit(Exit.BAD_INPUT)


@rota.command()
@click.argument("answers", type=CasePath)
@click.option("--case", type=CasePath, help="The case it is about; else the one here or above. 对应的排班资料。")
@click.option(
    "--grid",
    type=click.Choice(["1", "5", "10", "15", "30", "60"]),
    default="1",
    help="Narrow times to multiples of so many minutes: fewer rows. 时间取整到多少分钟，行数更少。",
)
@dry_run_option
@json_option
@language_option
def survey(answers: Path, case: Path | None, grid: str, dry_run: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Count in the audience who is free when, from the answers of a survey. 由问卷答卷统计人群空闲时间。

    ANSWERS is a CSV file or workbook with the columns id, weekdays, start, end and, where they are of use, unit, site
    and services. It takes the place of an earlier survey of the same file name.
    ANSWERS 为 CSV 或工作簿，含编号、星期、开始时刻、结束时刻各列，可另有单位、站点、想要的服务；取代同名文件的旧问卷。
    """
    from console.loading import usable
    from console.survey import take_in_survey

    place = case_at(case, answers)
    loaded, screen = usable(place, lang, as_json=as_json)
    if not take_in_survey(loaded, place, answers, screen, grid=int(grid), dry_run=dry_run):
        sys.exit(Exit.BAD_INPUT)


@rota.command()
@case_argument
@click.option("--annotate", type=CasePath, help="Write a copy with the faulty cells marked. 输出标注错误的副本。")
@json_option
@language_option
def check(case: Path | None, annotate: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Report every error in a case at once, each with its cell. 一次列出资料中的全部错误。"""
    from console.loading import case_file, problem_line, problems_body, screen_for, with_impossibilities

    found = with_impossibilities(case_file(case_at(case)))
    screen = screen_for(found, lang, as_json=as_json)
    screen.each(problem_line(screen, problem) for problem in found.problems)
    if annotate is not None and found.problems:
        from workbook.annotated import annotate as write_annotated

        screen.say(str(write_annotated(found.path, found.problems, annotate, screen.language)))
    errors, warnings = len(found.errors), len(found.warnings)
    screen.say(text("{e} errors, {w} warnings", "{e} 处错误，{w} 处提醒", e=errors, w=warnings))
    screen.emit(problems_body(found, screen))
    if errors:
        sys.exit(Exit.BAD_INPUT)


@rota.command()
@click.argument("source", type=CasePath)
@click.argument("target", type=CasePath)
@language_option
def convert(source: Path, target: Path, lang: str | None) -> None:
    """Turn a case folder into a workbook (TARGET ends in .xlsx), or a workbook into a folder. 文件夹与工作簿互换。"""
    from console.loading import usable
    from constraints.registry import catalogue
    from workbook.folder import write_folder
    from workbook.sheets import write_workbook

    case, screen = usable(source, lang)
    if target.suffix.lower() == ".xlsx":
        write_workbook(case, target, catalogue(), screen.language)
        screen.say(str(target))
    else:
        screen.each(str(path) for path in write_folder(case, target, catalogue(), screen.language))


@rota.command()
@click.argument("kind", required=False)
@json_option
@language_option
def rules(kind: str | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """List the rules that a case can state; with KIND, show one with its parameters and examples. 列出规则及其参数。

    KIND is the code of a rule or its name: `rota rules rest_gap`, `rota rules 轮空间隔`.
    KIND 可写规则代码或名称：`rota rules rest_gap`、`rota rules 轮空间隔`。
    """
    from console.rule_list import list_rules, show_rule

    screen = Screen(spoken(lang, os.environ), as_json=as_json)
    if kind is None:
        list_rules(screen)
    else:
        show_rule(kind, screen)


# Plans.


@rota.command()
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
@click.option("--require-optimal", is_flag=True, help="Exit with 6 unless all is proved. 未证明最优则以 6 退出。")
@dry_run_option
@json_option
@language_option
def plan(case: Path | None, output: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Find the best plan of a case and prove how good it is. 排出最优安排并证明。"""
    from console.interrupt import stopped_by_interrupt

    stop = Event()
    with stopped_by_interrupt(stop):
        from console.loading import usable
        from console.planning import based_on, keep, newest_plan, search, show_solved
        from constraints.reading import read_rules
        from scheduler.solving.control import Control, default_workers

        place = case_at(case)
        loaded, screen = usable(place, lang, as_json=options["as_json"], warn=True)
        published = newest_plan(place, loaded)
        solved = search(
            loaded,
            read_rules(loaded),
            screen,
            Control(options["time_limit"], options["seed"], options["workers"] or default_workers(), stop),
            open_seats=options["open_seats"],
            near=None if options["fresh"] or published is None else published.plan,
        )
    solved = replace(solved, plan=based_on(solved.plan, published))
    target = None if options["dry_run"] else output or plan_of(place)
    if target is not None:
        keep(solved.plan, target, screen, keep_previous=output is None)
    show_solved(loaded, solved, screen, target)
    if solved.interrupted:
        sys.exit(Exit.INTERRUPTED)
    if options["require_optimal"] and not solved.plan.proved:
        sys.exit(Exit.NOT_PROVED)


@rota.command()
@click.argument("case", type=CasePath, required=False)
@click.argument("plan", type=CasePath, required=False)
@json_option
@language_option
def verify(case: Path | None, plan: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Check a plan or a revision (@3) against its case, independently of the solver. 独立校验安排。"""
    from console.answering import answered
    from console.verifying import judge
    from constraints.reading import read_rules

    place, plan = case_and_plan(case, plan)
    found = answered(place, plan, lang, as_json=as_json)
    if not judge(found.case, read_rules(found.case), found.plan, found.screen, found.past):
        sys.exit(Exit.ERROR)


@rota.command()
@click.argument("plan", type=CasePath, required=False)
@click.option("--case", type=CasePath, help="The case it answers; else the one it lies beside. 对应的排班资料。")
@click.option("--score", is_flag=True, help="The cost of every rule, with its breaches in words. 各规则得分。")
@json_option
@language_option
def show(plan: Path | None, case: Path | None, score: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Show a plan as a table of the year; `@3` is revision 3. 以表格显示全年安排；`@3` 指第 3 版。"""
    from console.answering import answered
    from console.score import score_body, score_lines
    from console.verifying import claimed, warn_of_breaches
    from constraints.reading import read_rules
    from constraints.verify import verify as judged
    from workbook.output import year_table

    found = answered(case, plan, lang, as_json=as_json)
    loaded, answer, screen = found.case, found.plan, found.screen
    rules = read_rules(loaded)
    verdict = judged(loaded, rules, answer, found.past)
    by_rule = {"by_rule": score_body(loaded, rules, verdict, screen)} if score else {}
    screen.emit({**answer.model_dump(mode="json"), **by_rule})
    screen.say(year_table(loaded, claimed(loaded, answer, verdict), screen.language, screen.width).rstrip("\n"))
    warn_of_breaches(verdict, screen)
    if score:
        screen.each(score_lines(loaded, rules, answer, verdict, screen))


@rota.command()
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


@rota.command()
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


@rota.command()
@click.argument("case", type=CasePath, required=False)
@click.argument("plan", type=CasePath, required=False)
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


@rota.command()
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
    from rota.difference import difference
    from workbook.output import diff_lines

    if case is None and old and new and not lies_beside_case(new):
        screen = Screen(spoken(lang, os.environ), as_json=options["as_json"])
        changes = difference(plan_from(old), plan_from(new))
        lines = [line.say(screen.language) for line in difference_by_ids(changes)]
    else:
        before, after = compared(case, old, new, lang, as_json=options["as_json"])
        screen, changes = after.screen, difference(before, after.plan)
        lines = diff_lines(after.case, changes, screen.language)
    screen.each(lines)
    screen.emit({"sessions": list(changes.sessions), "affected": list(changes.people), "lines": lines})
    if options["exit_code"] and changes:
        sys.exit(Exit.CHANGES)


@rota.command()
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
@language_option
def export(plan: Path, folder: Path, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Write a plan or a revision (@3) as feeds, workbook, CSV files or posters. 导出为日历、工作簿、CSV 或海报。"""
    from console.answering import answered
    from console.exporting import WRITERS, Export
    from console.verifying import refuse_unless_it_holds
    from constraints.reading import read_rules

    if options["week"] and "html" not in options["forms"]:
        raise click.UsageError("--week is about the weekly menu: it goes with --to html")
    found = answered(case, plan, lang)
    screen, pages = found.screen, (options["paper"], options["week"])
    wanted = Export(found.case, found.plan, folder, screen, *pages, stamps=found.stamps)
    refuse_unless_it_holds(found.case, read_rules(found.case), found.plan)
    for form in dict.fromkeys(options["forms"]):
        screen.each(WRITERS[form](wanted))


# The living plan.

for command in (*busy.COMMANDS, *changing.COMMANDS, *keeping.COMMANDS, *replan.COMMANDS):
    rota.add_command(command)


# Years.


@rota.command()
@click.argument("case", type=CasePath, required=False)
@click.argument("plan", type=CasePath, required=False)
@click.option("--role", help="Only this role. 只看该岗位。")
@assume_held_option
@as_of_option
@click.option("-o", "--output", type=CasePath, help="Write FILE.csv, FILE.xlsx or FILE.html. 写成表格或网页。")
@json_option
@language_option
def ledger(case: Path | None, plan: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Show who did what over the years, and who is ahead of their fair share or behind. 历年轮值账本。"""
    from console.ledger import show_ledger
    from console.loading import plan_if_any, usable

    place, plan = case_and_plan(case, plan)
    loaded, screen = usable(place, lang, as_json=options["as_json"])
    show_ledger(
        loaded,
        plan_if_any(plan, place, loaded),
        screen,
        _day(options["as_of"], loaded),
        role=options["role"],
        assume_held=options["assume_held"],
        output=options["output"],
    )


@rota.command()
@click.argument("period")
@case_argument
@click.option("--plan", type=CasePath, help="The plan to compare with; else the one beside the case. 对照的安排。")
@as_of_option
@click.option(
    "-o", "--output", type=CasePath, help="Write into this folder; with --to alone, into this one. 输出文件夹。"
)
@click.option(
    "--to",
    "forms",
    type=click.Choice(REPORT_FORMS),
    multiple=True,
    help="What to write, else all; may repeat. 输出形式。",
)
@json_option
@language_option
def report(period: str, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Report on a month (2027-05), quarter (2027-Q2), half (2027-H1), year or week (2027-W11). 月报、季报、年报。"""
    from console.answering import cancelled_sessions
    from console.loading import plan_if_any, usable
    from console.report import show_report
    from rota.report import report as made
    from rota.report_period import read_period

    wanted = read_period(period)
    place = case_at(case, options["plan"])
    loaded, screen = usable(place, lang, as_json=options["as_json"])
    known, today = plan_if_any(options["plan"], place, loaded), _day(options["as_of"], loaded)
    found = made(loaded, known, wanted, today, cancelled=cancelled_sessions(place))
    folder = options["output"] or (Path() if options["forms"] else None)
    show_report(loaded, found, screen, folder=folder, forms=options["forms"] or REPORT_FORMS)


@rota.command("next")
@click.argument("year", type=click.IntRange(2004, 2099))
@click.argument("case", type=CasePath, required=False)
@click.argument("plan", type=CasePath, required=False)
@click.option("-o", "--output", type=CasePath, help="A folder or FILE.xlsx; else beside the case. 输出位置。")
@assume_held_option
@as_of_option
@json_option
@language_option
def next_year(year: int, case: Path | None, plan: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Make the case for YEAR from this one and what was held. 由本年度资料生成下一年度资料。"""
    from console.loading import plan_if_any, usable
    from console.next_year import place_of_next, write_next

    place, plan = case_and_plan(case, plan)
    loaded, screen = usable(place, lang, as_json=options["as_json"])
    write_next(
        loaded,
        plan_if_any(plan, place, loaded),
        year,
        options["output"] or place_of_next(place, loaded, year),
        screen,
        _day(options["as_of"], loaded),
        assume_held=options["assume_held"],
        journal=journal_of(place) if has_journal(place) else None,
    )


@rota.command()
@click.argument("year", type=click.IntRange(2004, 2099))
@click.option("-o", "--output", type=CasePath, help="Write the sheet of holidays as CSV. 写出节假日表。")
@language_option
def holidays(year: int, output: Path | None, lang: str | None) -> None:
    """List the public holidays of YEAR, drafted where there is no notice yet. 列出节假日；无通知时给出草案。"""
    from console.holiday_lines import holiday_lines, holidays_of
    from workbook.folder import write_table

    screen = Screen(spoken(lang, os.environ))
    screen.each(holiday_lines(year, screen.language))
    if output is not None:
        write_table("holidays", holidays_of(year), output, screen.language)
        screen.say(str(output))


def _day(given: dt.datetime | None, case: Case) -> dt.date:
    """Return the day that is given, else today where the case is."""
    return given.date() if given else dt.datetime.now(tz=case.zone).date()


def _year_named(target: Path) -> int:
    """Return the year in the name of a new case, else the coming one."""
    named = re.search(r"(?<!\d)20\d\d(?!\d)", target.stem)
    return int(named[0]) if named else dt.datetime.now(tz=dt.UTC).year + 1


def main() -> None:
    """Run the command line; every error that is foreseen ends in one sentence and its exit code."""
    speak_utf8((sys.stdout, sys.stderr))
    Screen.emitted = False
    try:
        rota(prog_name="rota", standalone_mode=False)
    except (click.ClickException, click.Abort, KeyboardInterrupt, OSError, RotaError) as error:
        screen = Screen(spoken(asked_language(sys.argv), os.environ), as_json="--json" in sys.argv)
        sys.exit(ended_by(error, screen))


if __name__ == "__main__":
    main()
