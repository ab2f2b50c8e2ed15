"""The command line: what can be asked of Rota, and which rooms answer.

Every command imports what it needs when it runs, so that `rota --help` answers at once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.exits import Exit, exit_of
from console.help import Group, asked_language
from console.language import spoken
from console.places import case_at, plan_at, plan_of, previous_of
from console.screen import Screen, speak_utf8
from rota import __version__
from rota.problem import CaseError, RotaError
from rota.text import text

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Plan
    from scheduler.solving.control import Control
    from scheduler.solving.solve import Solved
    from workbook.reading import CaseFile

FORMS = ("ics", "xlsx", "csv", "html")

CasePath = click.Path(path_type=Path)
case_argument = click.argument("case", type=CasePath, required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs. 以 JSON 输出。")


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --lang, which every command has."""
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), help="The language to speak; else ROTA_LANG, the locale, the case. 语言。"
    )(command)


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
@click.option("--year", type=click.IntRange(2004, 2100), help="The year to plan; else the name of TARGET, else next year. 年份。")
@click.option("--from", "roster", type=CasePath, help="Take units and contacts from an existing roster. 从花名册导入。")
@language_option
def new(target: Path, year: int | None, roster: Path | None, lang: str | None) -> None:
    """Write a starter case to TARGET: a folder, or a workbook where it ends in .xlsx. 新建排班资料。"""
    from constraints.registry import catalogue
    from workbook.starter import starter_case, write_starter

    screen = Screen(spoken(lang, os.environ))
    case = starter_case(year or _year_named(target), screen.language)
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
@click.option("--annotate", type=CasePath, help="Write a copy with the faulty cells marked. 输出标注错误的副本。")
@json_option
@language_option
def check(case: Path | None, annotate: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Report every error in a case at once, each with its cell. 一次列出资料中的全部错误。"""
    found = _with_impossibilities(_read(case_at(case)))
    screen = _screen(lang, found, as_json=as_json)
    screen.each(_problem_line(screen, problem) for problem in found.problems)
    if annotate is not None and found.problems:
        from workbook.annotated import annotate as write_annotated

        screen.say(str(write_annotated(found.path, found.problems, annotate, screen.language)))
    errors, warnings = len(found.errors), len(found.warnings)
    screen.say(text("{e} errors, {w} warnings", "{e} 处错误，{w} 处提醒", e=errors, w=warnings))
    screen.emit(
        {
            "errors": errors,
            "warnings": warnings,
            "problems": [
                {"severity": p.severity, "place": p.place.say(screen.language), "message": p.say(screen.language)}
                for p in found.problems
            ],
        }
    )
    if errors:
        sys.exit(Exit.BAD_INPUT)


@rota.command()
@click.argument("source", type=CasePath)
@click.argument("target", type=CasePath)
@language_option
def convert(source: Path, target: Path, lang: str | None) -> None:
    """Turn a case folder into a workbook (TARGET ends in .xlsx), or a workbook into a folder. 文件夹与工作簿互换。"""
    from constraints.registry import catalogue
    from workbook.folder import write_folder
    from workbook.sheets import write_workbook

    found = _read(source)
    case, screen = _required(found, lang)
    if target.suffix.lower() == ".xlsx":
        write_workbook(case, target, catalogue(), screen.language)
        screen.say(str(target))
    else:
        screen.each(str(path) for path in write_folder(case, target, catalogue(), screen.language))


# Plans.


@rota.command()
@case_argument
@click.option("-o", "--output", type=CasePath, help="Where the plan goes; else plan.json beside the case. 输出位置。")
@click.option("--time-limit", type=click.FloatRange(min=0.01), metavar="SECONDS", help="Stop after this time. 限时（秒）。")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Another seed, another of the best plans. 随机种子。")
@click.option("--workers", type=click.IntRange(1, 256), help="Threads to search with; else all cores. 线程数。")
@click.option("--open-seats", is_flag=True, help="Leave seats open where they cannot be filled. 允许空缺。")
@click.option("--require-optimal", is_flag=True, help="Exit with 6 unless all is proved. 未证明最优则以 6 退出。")
@click.option("--dry-run", is_flag=True, help="Write nothing. 不写文件。")
@json_option
@language_option
def plan(case: Path | None, output: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options, read below
    """Find the best plan of a case and prove how good it is. 排出最优安排并证明。"""
    place = case_at(case)
    found = _read(place)
    loaded, screen = _required(found, lang, as_json=options["as_json"])
    rules = _rules(loaded)
    solved, control = _solve(loaded, rules, screen, options)
    target = output or plan_of(place)
    if not options["dry_run"]:
        _keep_plan(solved.plan, target, screen, keep_previous=output is None)
    _show_solved(loaded, solved, screen, None if options["dry_run"] else target)
    if control.stop.is_set():
        sys.exit(Exit.INTERRUPTED)
    if options["require_optimal"] and not solved.plan.proved:
        sys.exit(Exit.NOT_PROVED)


@rota.command()
@click.argument("case", type=CasePath)
@click.argument("plan", type=CasePath)
@json_option
@language_option
def verify(case: Path, plan: Path, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - a flag of click
    """Check a plan against its case, independently of the solver. 独立校验安排。"""
    from constraints.verify import claims_wrongly
    from constraints.verify import verify as judge

    loaded, screen = _required(_read(case), lang, as_json=as_json)
    answer = _load_plan(plan)
    if answer.case.hash != loaded.hash:
        screen.note(
            text(
                "note: the case has changed since this plan was made; it is checked against the case as it is now",
                "提示：此安排生成后资料已有改动；按现有资料校验",
            )
        )
    verdict = judge(loaded, _rules(loaded), answer)
    wrong = claims_wrongly(answer, verdict) if answer.case.hash == loaded.hash else ()
    screen.each(breach.message for breach in verdict.breaches)
    screen.each(
        text(
            "the plan claims cost {claimed} at priority {p}; it is {cost}",
            "安排自称优先级 {p} 的代价为 {claimed}，实为 {cost}",
            claimed=score.value,
            p=score.priority,
            cost=verdict.costs.get(score.priority, 0),
        )
        for score in wrong
    )
    holds = verdict.holds and not wrong
    screen.emit({"holds": holds, "breaches": _breaches(verdict.breaches, screen), "costs": verdict.costs})
    screen.say(_verdict_line(verdict, holds=holds))
    if not holds:
        sys.exit(Exit.ERROR)


@rota.command()
@click.argument("plan", type=CasePath, required=False)
@click.option("--case", type=CasePath, help="The case it answers; else the one it lies beside. 对应的排班资料。")
@click.option("--score", is_flag=True, help="The cost of every rule, with its breaches in words. 各规则得分。")
@json_option
@language_option
def show(plan: Path | None, case: Path | None, score: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - flags of click
    """Show a plan as a table of the year. 以表格显示全年安排。"""
    from workbook.output import year_table

    place = case_at(case, plan)
    loaded, screen = _required(_read(place), lang, as_json=as_json)
    answer = _load_plan(plan_at(plan, place))
    screen.emit(answer.model_dump(mode="json"))
    screen.say(year_table(loaded, answer, screen.language, screen.width).rstrip("\n"))
    if score:
        _show_score(loaded, answer, screen)


@rota.command()
@click.argument("old", type=CasePath, required=False)
@click.argument("new", type=CasePath, required=False)
@click.option("--case", type=CasePath, help="The case they answer; else the one they lie beside. 对应的排班资料。")
@click.option("--exit-code", is_flag=True, help="Exit with 10 where they differ. 有差异则以 10 退出。")
@json_option
@language_option
def diff(old: Path | None, new: Path | None, case: Path | None, exit_code: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001, PLR0913 - click's options
    """Show what differs between two plans; else between the previous and the present one. 对比两份安排。"""
    from rota.difference import difference
    from workbook.output import diff_lines

    place = case_at(case, new or old)
    loaded, screen = _required(_read(place), lang, as_json=as_json)
    present = plan_of(place)
    before = _load_plan(old or plan_at(previous_of(present), place))
    changes = difference(before, _load_plan(new or plan_at(None, place)))
    lines = diff_lines(loaded, changes, screen.language)
    screen.each(lines)
    screen.emit({"sessions": list(changes.sessions), "affected": list(changes.people), "lines": lines})
    if exit_code and changes:
        sys.exit(Exit.CHANGES)


@rota.command()
@click.argument("plan", type=CasePath)
@click.argument("folder", type=CasePath)
@click.option("--to", "forms", type=click.Choice(FORMS), multiple=True, required=True, help="What to write; may repeat. 输出形式。")
@click.option("--case", type=CasePath, help="The case it answers; else the one it lies beside. 对应的排班资料。")
@click.option("--paper", type=click.Choice(["A3", "A4"]), default="A3", help="Paper of the poster. 海报纸张。")
@click.option("--week", help="Week of the menu, e.g. 2027-W11 or 2027-03-15; else the first. 周菜单所在周。")
@language_option
def export(plan: Path, folder: Path, case: Path | None, forms: tuple[str, ...], lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Write a plan as feeds, workbook, CSV files or posters into FOLDER. 导出为日历、工作簿、CSV 或海报。"""
    loaded, screen = _required(_read(case_at(case, plan)), lang)
    answer = _load_plan(plan)
    writers: dict[str, Callable[[], list[str]]] = {
        "ics": lambda: _export_feeds(loaded, answer, folder, screen),
        "xlsx": lambda: _export_xlsx(loaded, answer, folder, screen),
        "csv": lambda: _export_csv(loaded, answer, folder, screen),
        "html": lambda: _export_html(loaded, answer, folder, screen, options),
    }
    for form in dict.fromkeys(forms):
        screen.each(writers[form]())


@rota.command()
@click.argument("year", type=click.IntRange(2004, 2100))
@click.option("-o", "--output", type=CasePath, help="Write the sheet of holidays as CSV. 写出节假日表。")
@language_option
def holidays(year: int, output: Path | None, lang: str | None) -> None:
    """List the public holidays of YEAR, drafted where there is no notice yet. 列出节假日；无通知时给出草案。"""
    from console.holidays import holiday_lines, holidays_of

    screen = Screen(spoken(lang, os.environ))
    screen.each(holiday_lines(year, screen.language))
    if output is not None:
        from workbook.folder import write_table

        write_table("holidays", holidays_of(year), output, screen.language)
        screen.say(str(output))


# What the commands share.


def _read(place: Path) -> CaseFile:
    from constraints.reading import rule_problems
    from constraints.registry import catalogue
    from workbook.reading import read_case

    return read_case(place, catalogue(), [rule_problems])


def _with_impossibilities(found: CaseFile) -> CaseFile:
    """Add what can be seen not to work without solving."""
    from constraints.quick import impossibilities

    if found.case is None:
        return found
    seen = tuple(found.locate(problem) for problem in impossibilities(found.case, _rules(found.case)))
    return replace(found, problems=(*seen, *found.problems))


def _year_named(target: Path) -> int:
    """Return the year in the name of a new case, else the coming one."""
    named = re.search(r"(?<!\d)20\d\d(?!\d)", target.stem)
    return int(named[0]) if named else dt.datetime.now(tz=dt.UTC).year + 1


def _screen(lang: str | None, found: CaseFile, *, as_json: bool = False) -> Screen:
    stated = found.case.settings.language if found.case else None
    return Screen(spoken(lang, os.environ, stated), as_json=as_json)


def _required(found: CaseFile, lang: str | None, *, as_json: bool = False) -> tuple[Case, Screen]:
    """Return the case; where it has errors, print them all and end with bad input."""
    screen = _screen(lang, found, as_json=as_json)
    for problem in found.problems:
        screen.note(_problem_line(screen, problem))
    try:
        return found.required(), screen
    except CaseError as error:
        screen.note(error.message)
        sys.exit(Exit.BAD_INPUT)


def _problem_line(screen: Screen, problem: Any) -> str:  # noqa: ANN401 - workbook.grid.Located, which is not imported for --help
    word = text("error", "错误") if problem.severity == "error" else text("warning", "提醒")
    return f"{word.say(screen.language)}: {problem.say(screen.language)}"


def _rules(case: Case) -> tuple[Rule, ...]:
    from constraints.reading import read_rules

    return read_rules(case)


def _load_plan(path: Path) -> Plan:
    from rota.plan import PlanError, load_plan

    try:
        return load_plan(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(text("{path} cannot be read: {why}", "无法读取 {path}：{why}", path=str(path), why=str(error))) from error


def _solve(case: Case, rules: tuple[Rule, ...], screen: Screen, options: dict[str, Any]) -> tuple[Solved, Control]:
    from console.interrupt import stopped_by_interrupt
    from console.progress import progress_line
    from scheduler.solving.control import Control, cores
    from scheduler.solving.errors import Infeasible
    from scheduler.solving.solve import solve

    with progress_line(screen.language) as report:
        control = Control(
            seconds=options["time_limit"], seed=options["seed"], workers=options["workers"] or cores(), report=report
        )
        with stopped_by_interrupt(control.stop):
            try:
                return solve(case, rules, control, open_seats=options["open_seats"]), control
            except Infeasible:
                _explain(case, rules, screen)
                raise


def _explain(case: Case, rules: tuple[Rule, ...], screen: Screen) -> None:
    """Print what cannot hold together."""
    from scheduler.solving.conflict import find_conflict
    from scheduler.solving.control import Control

    conflict = find_conflict(case, rules, Control(seconds=30))
    if conflict is None:
        screen.say(text("No small conflict was found in time.", "限时内未能找出具体冲突。"))
        return
    if conflict.minimal:
        screen.say(text("These cannot all hold together:", "以下各项不能同时满足："))
    else:
        screen.say(text("These cannot all hold together (perhaps fewer would do):", "以下各项不能同时满足（可能还可精简）："))
    screen.each(f"  - {sentence.say(screen.language)}" for sentence in conflict.sentences)
    screen.emit({"conflict": [s.say(screen.language) for s in conflict.sentences], "minimal": conflict.minimal})


def _keep_plan(plan: Plan, target: Path, screen: Screen, *, keep_previous: bool) -> None:
    """Write a plan by replacing; the one that lay there by default before is kept beside it."""
    from rota.difference import difference
    from rota.plan import dump_plan
    from workbook.saving import write_file

    content = dump_plan(plan).encode()
    if keep_previous and target.is_file() and (before := target.read_bytes()) != content:
        write_file(previous_of(target), before)
        changed = len(difference(_load_plan(target), plan).sessions)
        screen.note(
            text(
                "{n} sessions differ from the previous plan; `rota diff` shows them",
                "与上一份安排相比有 {n} 场不同；可用 `rota diff` 查看",
                n=changed,
            )
        )
    write_file(target, content)


def _show_solved(case: Case, solved: Solved, screen: Screen, target: Path | None) -> None:
    from workbook.output import year_table

    screen.say(year_table(case, solved.plan, screen.language, screen.width).rstrip("\n"))
    if target is not None:
        screen.say(str(target))
    screen.emit(
        {
            "plan": None if target is None else str(target),
            "proved": solved.plan.proved,
            "interrupted": solved.interrupted,
            "score": [score.model_dump(mode="json") for score in solved.plan.score],
            "rules": [rule.model_dump(mode="json") for rule in solved.plan.rules],
            "open": [seat.model_dump(mode="json") for seat in solved.plan.open],
            "declined": [declined.model_dump(mode="json") for declined in solved.plan.declined],
        }
    )


def _show_score(case: Case, plan: Plan, screen: Screen) -> None:
    from constraints.verify import verify as judge

    rules = _rules(case)
    verdict = judge(case, rules, plan)
    for score in verdict.rules:
        rule = next(rule for rule in rules if rule.id == score.rule)
        screen.say("")
        screen.say(
            text(
                "priority {p} · {rule} [{id}]: cost {cost}, {n} breaches",
                "优先级 {p} · {rule}〔{id}〕：代价 {cost}，{n} 处",
                p=score.priority,
                rule=rule.describe(case),
                id=rule.id,
                cost=score.cost,
                n=score.breaches,
            )
        )
        screen.each(f"  - {breach.message.say(screen.language)}" for breach in verdict.wishes[rule.id])


def _breaches(breaches: tuple[Breach, ...], screen: Screen) -> list[dict[str, object]]:
    return [
        {
            "rule": breach.rule,
            "amount": breach.amount,
            "sessions": list(breach.sessions),
            "who": list(breach.who),
            "message": breach.message.say(screen.language),
        }
        for breach in breaches
    ]


def _verdict_line(verdict: Verdict, *, holds: bool) -> Any:  # noqa: ANN401 - a Message
    costs = tuple(text("priority {p}: {c}", "优先级 {p}：{c}", p=p, c=c) for p, c in verdict.costs.items())
    if holds:
        return text("The plan holds. Costs: {costs}", "校验通过。代价：{costs}", costs=costs or text("none", "无"))
    return text("The plan does not hold: {n} breaches", "校验未通过：{n} 处违反", n=len(verdict.breaches))


def _export_feeds(case: Case, plan: Plan, folder: Path, screen: Screen) -> list[str]:
    from calendars import feeds, write_feeds

    target = folder / "feeds"
    written = write_feeds(target, feeds(case, plan, screen.language))
    return [f"{target / path}  {title}" for path, title in written.index]


def _export_xlsx(case: Case, plan: Plan, folder: Path, screen: Screen) -> list[str]:
    from workbook.output import export_xlsx

    return [str(path) for path in export_xlsx(case, plan, folder, screen.language)]


def _export_csv(case: Case, plan: Plan, folder: Path, screen: Screen) -> list[str]:
    from workbook.output import export_csv

    return [str(path) for path in export_csv(case, plan, folder, screen.language)]


def _export_html(case: Case, plan: Plan, folder: Path, screen: Screen, options: dict[str, Any]) -> list[str]:
    from workbook.output import export_html

    written = export_html(case, plan, folder, screen.language, paper=options["paper"], week=options["week"])
    for remark in written.notes:
        screen.note(remark)
    return [str(path) for path in written.paths]


def main() -> None:
    """Run the command line; every error that is foreseen ends in one sentence and its exit code."""
    speak_utf8((sys.stdout, sys.stderr))
    try:
        rota(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(Exit.INTERRUPTED)
    except RotaError as error:
        language = spoken(asked_language(sys.argv), os.environ)
        Screen(language).note(error.message)
        sys.exit(exit_of(error))


if __name__ == "__main__":
    main()
