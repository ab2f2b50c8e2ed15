"""The report of a period on one A4 page, to be printed and handed on; HTML always, PDF and PNG where asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rota.case import Case
from rota.dates import full_day, period
from rota.report import Report
from rota.text import Language, Message, name, several, text
from rota.width import display_width
from workbook.output import report_rows as rows
from workbook.output.browser import found_browser
from workbook.output.pages import Exported, Page, fitted, written_pages
from workbook.output.rendering import rendered
from workbook.output.report_chart import people_chart, sessions_chart

PAIRS = (("lines", "sites"), ("activities", "hosts"))
"""Tables that stand side by side."""
MOST_ROWS = (7, 11)
"""So many rows of the tables of each pair fit; others are put together. The lower pair takes what room is left."""
LINES = 9
"""Lines of remarks that fit below full tables; so much room is also left where remarks need less."""
ROWS_PER_LINE = 0.8
"""A line of remarks is lower than a row of a table."""
COLUMNS = 122
"""The width of a line of remarks."""
SHORTENED = (None, 60, 30, 15, 8, 4, 2, 1)
"""Numbers of sessions named in a remark, tried until all remarks fit."""
PICTURE = 980
"""The width of the picture in pixels."""

SIGNED = (text("Filled in by", "填报人"), text("Checked by", "审核人"), text("Date", "日期"))
LABELS = {
    "in_period": rows.IN_PERIOD,
    "so_far": rows.SO_FAR,
    "planned": text("Plan", "计划"),
    "held": rows.HELD,
    "unrecorded": rows.UNRECORDED,
    "people": rows.HEADS_COUNTED,
    "held_so_far": rows.HELD,
    "people_so_far": rows.HEADS_COUNTED,
    "remarks": text("Remarks", "备注与问题"),
    "basis": text("How to read this", "口径说明"),
    "nothing": text("Nothing to remark.", "无。"),
    "charts": text("Charts", "图表"),
}


@dataclass(frozen=True)
class Figure:
    """One of the figures at the top: its name, the period's figure, the one to date, and what is said below it."""

    name: str
    now: str
    so_far: str
    aside: str = ""


@dataclass(frozen=True)
class Table:
    """One table: its heading, the name of its first column, and its rows."""

    heading: str
    head: str
    lines: tuple[rows.Line, ...]


def report_html(case: Case, report: Report, language: Language, fit: float = 1) -> str:
    """Return the report as one self-contained page of HTML, made for one sheet of A4; `fit` below 1 prints smaller."""
    basis = [message.say(language) for message in rows.basis(report)]
    above = [_table(case, report, of, language, MOST_ROWS[0]) for of in PAIRS[0]]
    room = MOST_ROWS[0] - max(len(table.lines) for table in above)
    spare = max(0, LINES - _lines(basis) - _lines(message.say(language) for message in rows.issues(case, report)))
    most = MOST_ROWS[1] + room + int(spare * ROWS_PER_LINE)
    below = [_table(case, report, of, language, most) for of in PAIRS[1]]
    room = MOST_ROWS[1] + room - max(len(table.lines) for table in below)
    return rendered(
        "report.html",
        language,
        words={key: word.say(language) for key, word in LABELS.items()},
        title=rows.title(report).say(language),
        eyebrow=_eyebrow(case, language),
        span=period(report.first, report.last, language),
        until=text("up to {day}", "截至 {day}", day=full_day(report.today, language)).say(language),
        figures=_figures(report, language),
        whole=rows.whole(report),
        charts=(sessions_chart(report.months, language), people_chart(report.months, language)),
        tables=(above, below),
        remarks=_fitting(case, report, max(1, LINES + room - _lines(basis)), language),
        basis=basis,
        signed=[word.say(language) for word in SIGNED],
        told=rows.told,
        fit=fit,
    )


def export_report(case: Case, report: Report, folder: Path, language: Language, *, pdf: bool, png: bool) -> Exported:
    """Write the page into `folder` as report-PERIOD.html, and as PDF and PNG where asked for.

    Raises:
        FileHeldError: another program holds a file open.
    """
    browser = found_browser() if pdf or png else None
    html = fitted(browser, lambda fit: report_html(case, report, language, fit))
    page = Page(folder / f"{file_stem(report)}.html", html, PICTURE)
    return written_pages((page,), pdf=pdf, png=png)


def file_stem(report: Report) -> str:
    """Return the name that the files of a report have, without their endings."""
    return f"report-{report.period.name}"


def _eyebrow(case: Case, language: Language) -> str:
    alliance = name(case.settings.alliance, case.settings.alliance_en).say(language)
    return " · ".join(filter(None, (alliance, case.settings.label.say(language))))


def _figures(report: Report, language: Language) -> list[Figure]:
    asides = {"held": _of_the_held(report).say(language)}
    return [
        Figure(
            label.say(language),
            rows.told(rows.figure(report.now, field)),
            rows.told(rows.figure(report.so_far, field)),
            asides.get(field, ""),
        )
        for field, label in rows.FIGURES
        if field not in {"added", "uncounted"}
    ]


def _of_the_held(report: Report) -> Message:
    """Say how much of the plan was kept, and how much was held beyond it."""
    kept, added = rows.rate(report.now), report.now.added
    if added:
        return text("{n} not planned", "含计划外 {n} 场", n=added)
    return text("{kept} of those recorded", "举办率 {kept}", kept=kept) if kept else name("")


def _table(case: Case, report: Report, of: str, language: Language, most: int) -> Table:
    """Return the fullest rows of a table, what the others come to, and the rows that stand apart."""
    lines = [line for line in rows.table(case, report, of, language) if of in {"lines", "sites"} or any(line.figures)]
    heading, head = rows.HEADINGS[of].say(language), rows.HEADS[of].say(language)
    if len(lines) <= most:
        return Table(heading, head, tuple(lines))
    apart = [line for line in lines if line.apart]
    fullest = sorted((line for line in lines if not line.apart), key=_fullness)
    fit = most - 1 - len(apart)
    shown = [line for line in lines if line in fullest[:fit]]
    called = text("{n}", "其余 {n}", n=several(len(fullest) - fit, "other", "项")).say(language)
    return Table(heading, head, (*shown, _together(called, fullest[fit:]), *apart))


def _fullness(line: rows.Line) -> tuple[int, ...]:
    return tuple(-abs(figure or 0) for figure in (line.held, line.planned, line.held_so_far, line.served_so_far))


def _together(called: str, lines: Sequence[rows.Line]) -> rows.Line:
    planned, held, unrecorded, served, held_so_far, served_so_far = (
        _sum(column) for column in zip(*(line.figures for line in lines), strict=True)
    )
    return rows.Line(called, planned or 0, held, unrecorded or 0, served, held_so_far, served_so_far, apart=True)


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _fitting(case: Case, report: Report, lines: int, language: Language) -> list[str]:
    """Return the remarks, with fewer sessions named in each where they would not fit."""
    said: list[str] = []
    for most in SHORTENED:
        said = [message.say(language) for message in rows.issues(case, report, most)]
        if _lines(said) <= lines:
            break
    return said


def _lines(said: Iterable[str]) -> int:
    """Return the lines that remarks take."""
    return sum(-(-display_width(each) // COLUMNS) for each in said)
