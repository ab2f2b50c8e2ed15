"""Commands that look at what was held: the ledger, reports, and the next year."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands.options import (
    CasePath,
    after_case_argument,
    as_of_option,
    assume_held_option,
    case_argument,
    json_option,
    language_option,
)
from console.help import Command
from console.places import case_and_plan, case_at, has_journal, journal_of

if TYPE_CHECKING:
    from rota.case import Case

REPORT_FORMS = ("xlsx", "html", "pdf", "png")


@click.command(cls=Command)
@case_argument
@after_case_argument
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


@click.command(cls=Command)
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


@click.command("next", cls=Command)
@click.argument("year", type=click.IntRange(2004, 2099))
@case_argument
@after_case_argument
@click.option("-o", "--output", type=CasePath, help="A folder or FILE.xlsx; else beside the case. 输出位置。")
@assume_held_option
@as_of_option
@json_option
@language_option
def next_year(year: int, case: Path | None, plan: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Make the case for YEAR from this one and what was held. 由本年度资料生成下一年度资料。"""
    from console.answering import cancellations
    from console.loading import plan_if_any, usable
    from console.next_year import place_of_next, write_next
    from rota.ledger import ledger as turns

    place, plan = case_and_plan(case, plan)
    loaded, screen = usable(place, lang, as_json=options["as_json"])
    known = plan_if_any(plan, place, loaded)
    write_next(
        loaded,
        known,
        turns(loaded, known, _day(options["as_of"], loaded), assume_held=options["assume_held"]),
        year,
        options["output"] or place_of_next(place, loaded, year),
        screen,
        cancelled=cancellations(place),
        journal=journal_of(place) if has_journal(place) and not os.environ.get("ROTA_JOURNAL") else None,
    )


def _day(given: dt.datetime | None, case: Case) -> dt.date:
    """Return the day that is given, else today where the case is."""
    return given.date() if given else dt.datetime.now(tz=case.zone).date()


COMMANDS = (ledger, report, next_year)
