"""Commands that make a case and fill it: new ones, questionnaires, surveys, checks, forms, rules and holidays."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from pathlib import Path

import click

from console.commands.options import (
    CasePath,
    case_argument,
    dry_run_option,
    json_option,
    language_option,
)
from console.exits import Exit
from console.help import Command
from console.language import spoken
from console.places import case_at
from console.screen import Screen
from rota.text import several, text


@click.command(cls=Command)
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


@click.command(cls=Command)
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


@click.command(cls=Command)
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


@click.command(cls=Command)
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


@click.command(cls=Command)
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
    screen.say(
        text("{e}, {w}", "{e}，{w}", e=several(errors, "error", "处错误"), w=several(warnings, "warning", "处提醒"))
    )
    screen.emit(problems_body(found, screen))
    if errors:
        sys.exit(Exit.BAD_INPUT)


@click.command(cls=Command)
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


@click.command(cls=Command)
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


@click.command(cls=Command)
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


def _year_named(target: Path) -> int:
    """Return the year in the name of a new case, else the coming one."""
    named = re.search(r"(?<!\d)20\d\d(?!\d)", target.stem)
    return int(named[0]) if named else dt.datetime.now(tz=dt.UTC).year + 1


COMMANDS = (new, ask, collect, survey, check, convert, rules, holidays)
