"""The report of a period in rows: on the terminal, and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rota.case import Case
from rota.dates import full_day, month_name
from rota.report import Report
from rota.report_entries import SEVERAL, UNKNOWN, Entry, Fate
from rota.text import Language, Message, text
from workbook.output import report_rows as rows
from workbook.output import sheet as draw
from workbook.output import words
from workbook.output.columns import columns, plain
from workbook.output.names import Names
from workbook.output.session_table import Cell
from workbook.saving import workbook_bytes, write_file

SUMMARY = text("Summary", "总表")
SHEETS = {
    "lines": text("Lines", "分线"),
    "sites": text("Sites", "站点"),
    "activities": text("Activities", "项目"),
    "hosts": text("Units", "单位"),
}
DETAILS = text("Details", "明细")
ITEM = text("Item", "指标")
FATE = text("State", "状态")
IN_PLAN = text("In the plan", "计划内")
YES, NO = text("yes", "是"), text("no", "否")
NOTE = text("Note", "备注")
NARROW = 80
"""A screen of fewer columns shows no cumulative figures."""
FIGURES = (rows.PLANNED, rows.HELD, rows.UNRECORDED, rows.HEADS_COUNTED, rows.HELD_SO_FAR, rows.PEOPLE_SO_FAR)
DETAIL = (
    words.DATE,
    words.ACTIVITY,
    words.SITE,
    words.LINE,
    rows.HOSTS,
    FATE,
    IN_PLAN,
    rows.PEOPLE,
    NOTE,
    words.SESSION,
)


def report_table(case: Case, report: Report, language: Language, width: int) -> str:
    """Return the report in lines of at most `width` columns where that can be done; sentences are not broken."""
    until = text("up to {day}", "截至 {day}", day=full_day(report.today, language)).say(language)
    lines = [f"{rows.title(report).say(language)} · {until}", *_totals(report, language, width), ""]
    figures = 4 if width < NARROW or rows.whole(report) else len(FIGURES)
    for of in rows.TABLES:
        if shown := [line for line in rows.table(case, report, of, language) if any(line.figures)]:
            header = [word.say(language) for word in (rows.HEADS[of], *FIGURES[:figures])]
            cells = [[line.name, *map(rows.told, line.figures[:figures])] for line in shown]
            lines += [*columns([header, *cells], width, yielding={0}, right=range(1, len(header))), ""]
    said = [*rows.issues(case, report), *rows.basis(report)]
    lines += [plain(message.say(language)) for message in said]
    return "\n".join(line.rstrip() for line in lines).rstrip("\n")


def _totals(report: Report, language: Language, width: int) -> list[str]:
    """Return the totals; those to date only where they say more."""
    cells = [["", rows.IN_PERIOD.say(language), rows.SO_FAR.say(language)]]
    cells += [[label.say(language), rows.told(now), rows.told(so_far)] for label, now, so_far in _figures(report)]
    if any(kept := [rows.rate(report.now), rows.rate(report.so_far)]):
        cells.append([rows.KEPT.say(language), *kept])
    shown = 2 if rows.whole(report) else 3
    return columns([line[:shown] for line in cells], width, yielding={0}, right=(1, 2))


def _figures(report: Report) -> Iterator[tuple[Message, int | None, int | None]]:
    """Yield the totals with their labels; of what is usually none, only what there is."""
    for field, label in rows.FIGURES:
        now, so_far = rows.figure(report.now, field), rows.figure(report.so_far, field)
        if so_far or field in {"planned", "held", "served", "unrecorded"}:
            yield label, now, so_far


def write_report_workbook(case: Case, report: Report, path: Path, language: Language) -> None:
    """Write a workbook: totals and months, a sheet for each table, what is not recorded, and every session.

    Raises:
        FileHeldError: another program holds the file open.
    """
    book = Workbook()
    book.properties.title = rows.title(report).say(language)
    _summary(_sheet(book, SUMMARY, language), case, report, language)
    for of in ("lines", "hosts", "activities", "sites"):
        _table(_sheet(book, SHEETS[of], language), case, report, of, language)
    unrecorded = [entry for entry in (*report.earlier, *report.entries) if entry.fate is Fate.UNRECORDED]
    _entries(_sheet(book, rows.UNRECORDED, language), case, unrecorded, language)
    _entries(_sheet(book, DETAILS, language), case, report.entries, language)
    write_file(path, workbook_bytes(book, case.settings.issued or case.settings.first))


def _sheet(book: Workbook, title: Message, language: Language) -> Worksheet:
    if SUMMARY.say(language) not in book.sheetnames:
        book.worksheets[0].title = title.say(language)
        return book.worksheets[0]
    made = book.create_sheet(title.say(language))
    assert isinstance(made, Worksheet)  # noqa: S101 - only a write-only workbook makes others
    return made


def _summary(sheet: Worksheet, case: Case, report: Report, language: Language) -> None:
    """Fill the sheet: totals, then months, then everything that is to be said in sentences."""
    titles = [words.bilingual(word) for word in (ITEM, rows.IN_PERIOD, rows.SO_FAR)]
    totals: list[tuple[Cell, ...]] = [
        (rows.title(report).say(language), None, None),
        *((label.say(language), now, so_far) for label, now, so_far in _figures(report)),
        (
            rows.KEPT.say(language),
            *(None if tally.kept is None else float(tally.kept) for tally in (report.now, report.so_far)),
        ),
    ]
    months: list[tuple[Cell, ...]] = [
        (f"{month_name(month.first, language, with_year=True)} · {label.say(language)}", now, so_far)
        for month in report.months
        if month.reached
        for label, now, so_far in (
            (rows.HELD_SESSIONS, month.held if month.is_known else None, month.held_so_far),
            (rows.PEOPLE, month.people, month.served_so_far),
        )
    ]
    said: list[tuple[Cell, ...]] = [
        (message.say(language), None, None) for message in (*rows.issues(case, report), *rows.basis(report))
    ]
    draw.table(sheet, titles, [*totals, *months, *said], [70, 16, 16])
    for column in (2, 3):
        sheet.cell(1 + len(totals), column).number_format = "0%"


def _table(sheet: Worksheet, case: Case, report: Report, of: str, language: Language) -> None:
    titles = [words.bilingual(word) for word in (rows.HEADS[of], *FIGURES)]
    told: list[tuple[Cell, ...]] = [(line.name, *line.figures) for line in rows.table(case, report, of, language)]
    draw.table(sheet, titles, told, [34, 12, 12, 18, 14, 22, 24])


def _entries(sheet: Worksheet, case: Case, entries: Sequence[Entry], language: Language) -> None:
    titles = [words.bilingual(word) for word in DETAIL]
    told = [_detail(case, entry, language) for entry in entries]
    draw.table(sheet, titles, told, [13, 28, 20, 18, 30, 13, 12, 14, 34, 26])


def _detail(case: Case, entry: Entry, language: Language) -> tuple[Cell, ...]:
    names = Names(case, language)
    lines = {SEVERAL: rows.SEVERAL_LINES.say(language), UNKNOWN: ""}
    hosts = entry.hosts if entry.fate is Fate.HELD else entry.foreseen
    return (
        entry.day,
        names.activity(entry.activity),
        names.site(entry.site),
        lines[entry.line] if entry.line in lines else names.line(entry.line),
        names.all_of(hosts),
        entry.fate.label.say(language),
        (YES if entry.planned else NO).say(language),
        entry.served,
        case.term(entry.note).say(language),
        entry.session,
    )
