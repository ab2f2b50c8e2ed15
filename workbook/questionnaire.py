"""What `rota ask` hands out: one printable sheet per unit that asks about every date, and a text for the chat."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from rota.agenda import Occurrence, agenda_of
from rota.case import Case
from rota.facts import Unit
from rota.holidays import special_day
from rota.text import LANGUAGES, Language, Message, said, text, weekday_name
from workbook.saving import workbook_bytes, write_file
from workbook.sheets import put, stamp

MARK = "rota-questionnaire/1"
"""Stands in a hidden cell of every questionnaire; the case's and the unit's ids stand below it."""
HEADER_ROW = 7
FIRST_ROW = HEADER_ROW + 1
ALL_FINE_ROW = 5
MARK_COLUMN = 9
ANSWER_COLUMNS = (5, 6, 7)
REASON_COLUMN = 8
TICK = "✓"

HEADERS = (
    *(text("date", "日期"), text("weekday", "星期"), text("holiday", "节假日"), text("activity", "活动")),
    *(text("fine", "可以"), text("rather not", "尽量避免"), text("cannot", "不能"), text("reason", "原因")),
)
_WIDTHS = (12, 8, 14, 26, 8, 10, 8, 26)
_ALL_FINE = text("All dates are fine: tick here →", "全部可以：请在此打 ✓ →")
_HOW = text(
    "Please tick one answer per date; dates without a tick stay as they are.",
    "请在每个日期选一项打 ✓；未打 ✓ 的日期不作改动。",
)
_DEADLINE = text("Please return by {day}.", "请于 {day} 前交回。")
_LINE = Side("thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_OPEN = Protection(locked=False)
_ANSWER_FILL = PatternFill("solid", fgColor="FFFDE7")


def asked_dates(case: Case, unit: Unit) -> Mapping[dt.date, tuple[Occurrence, ...]]:
    """Return the nominal dates of the sessions that a unit could host (or, without hosts, serve in), in order."""
    roles = ["host"] if "host" in agenda_of(case).roles else list(agenda_of(case).roles)
    dates: dict[dt.date, dict[str, Occurrence]] = {}
    for role in roles:
        for occurrence, _, seats in agenda_of(case).seats_of(role):
            day = occurrence.nominal.date()
            if unit.id in seats.candidates and unit.belongs(day):
                dates.setdefault(day, {})[occurrence.id] = occurrence
    return {day: tuple(dates[day].values()) for day in sorted(dates)}


def write_questionnaires(
    case: Case, folder: Path, deadline: dt.date | None = None, language: Language | None = None
) -> list[Path]:
    """Write one questionnaire per unit that could be asked, and the text to send with them; return the files.

    Raises:
        FileHeldError: Excel or WPS has one of the files open.
    """
    spoken = language or case.settings.language
    written = []
    for unit in case.units:
        if asked_dates(case, unit):
            path = folder / f"{unit.id}-{_file_name(unit.label.say(spoken))}.xlsx"
            write_file(path, workbook_bytes(questionnaire(case, unit, deadline, spoken), stamp(case)))
            written.append(path)
    invitation = folder / ("征集说明.txt" if spoken == "zh" else "invitation.txt")
    write_file(invitation, invitation_text(case, deadline).encode("utf-8-sig"))
    return [*written, invitation]


def _file_name(label: str) -> str:
    return re.sub(r"[^\w-]+", "_", label).strip("_")[:40]


def invitation_text(case: Case, deadline: dt.date | None = None) -> str:
    """Return the text to paste into a chat, Chinese and English, with the deadline."""
    body = text(
        "Dear colleagues, we are planning {title}. Please open the sheet of your unit, tick fine, rather not or "
        "cannot for each date, and send it back. Printed and signed sheets are fine too. {deadline}",
        "各成员单位：{title} 的日期意向征集已开始。"
        "请打开本单位的表格，逐个日期勾选“可以”“尽量避免”或“不能”后发回，也可打印填写。{deadline}",
        title=case.settings.label,
        deadline=_due(deadline),
    )
    return "\n\n".join(body.say(language).strip() for language in LANGUAGES) + "\n"


def _due(deadline: dt.date | None) -> Message:
    return text(_DEADLINE.en, _DEADLINE.zh, day=deadline) if deadline else text("", "")


def questionnaire(case: Case, unit: Unit, deadline: dt.date | None, language: Language) -> Workbook:
    """Return the questionnaire of one unit: an A4 sheet in which only the answers can be changed."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "征集表" if language == "zh" else "Dates"
    _heading(sheet, case, unit, deadline, language)
    _identify(sheet, case.settings.id, unit.id)
    for column, header in enumerate(HEADERS, start=1):
        cell = sheet.cell(HEADER_ROW, column)
        put(cell, header.say(language))
        cell.font, cell.border = Font(bold=True), _BOX
    for row, (day, sessions) in enumerate(asked_dates(case, unit).items(), start=FIRST_ROW):
        _ask(sheet, row, case, day, sessions, language)
    _finish(sheet)
    return book


def _heading(sheet: Worksheet, case: Case, unit: Unit, deadline: dt.date | None, language: Language) -> None:
    lines = (case.settings.label, unit.label, _HOW, _due(deadline), _ALL_FINE)
    for row, line in enumerate(lines, start=1):
        put(sheet.cell(row, 1), said(line, language))
        last = 4 if row == ALL_FINE_ROW else REASON_COLUMN
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    sheet.cell(1, 1).font = Font(bold=True, size=16)
    sheet.cell(2, 1).font = Font(bold=True, size=14)
    sheet.cell(3, 1).alignment = Alignment(wrap_text=True)
    _open_cell(sheet, ALL_FINE_ROW, ANSWER_COLUMNS[0])


def _identify(sheet: Worksheet, case: str, unit: str) -> None:
    for row, content in enumerate((MARK, case, unit), start=1):
        put(sheet.cell(row, MARK_COLUMN), content)
    sheet.column_dimensions["I"].hidden = True


def _ask(
    sheet: Worksheet, row: int, case: Case, day: dt.date, sessions: tuple[Occurrence, ...], language: Language
) -> None:
    special = special_day(case, day)
    activities = dict.fromkeys(session.activity.label.say(language) for session in sessions)
    sheet.cell(row, 1, day).number_format = "yyyy-mm-dd"
    put(sheet.cell(row, 2), weekday_name(day.weekday(), language))
    put(sheet.cell(row, 3), special.label.say(language) if special else "")
    put(sheet.cell(row, 4), "; ".join(activities))
    put(sheet.cell(row, MARK_COLUMN), "; ".join(session.id for session in sessions))
    for column in range(1, REASON_COLUMN + 1):
        sheet.cell(row, column).border = _BOX
        sheet.cell(row, column).alignment = Alignment(wrap_text=True, vertical="center")
    for column in (*ANSWER_COLUMNS, REASON_COLUMN):
        _open_cell(sheet, row, column)


def _open_cell(sheet: Worksheet, row: int, column: int) -> None:
    cell = sheet.cell(row, column)
    cell.protection, cell.fill, cell.border, cell.number_format = _OPEN, _ANSWER_FILL, _BOX, "@"


def _finish(sheet: Worksheet) -> None:
    """Set drop-downs, protection without a password, and the print on A4 with repeated headers."""
    ticks = DataValidation(type="list", formula1=f'"{TICK}"', allow_blank=True)
    ticks.add(f"E{FIRST_ROW}:G{max(FIRST_ROW, sheet.max_row)}")
    ticks.add(f"E{ALL_FINE_ROW}")
    sheet.add_data_validation(ticks)
    sheet.protection.sheet = True
    for letter, width in zip("ABCDEFGH", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToHeight = 0
    if sheet.sheet_properties.pageSetUpPr is not None:
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.print_area = f"A1:H{max(FIRST_ROW, sheet.max_row)}"
