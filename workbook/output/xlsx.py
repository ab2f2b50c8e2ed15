"""The plan as an Excel workbook: 安排表, 场次, 均衡统计, 服务清单; the same plan gives the same bytes."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rota.case import Case
from rota.plan import Plan
from rota.text import Language, Message
from workbook.output import sheet as draw
from workbook.output import words
from workbook.output.csv_files import SERVICE_HEADERS, service_rows
from workbook.output.fairness import Weigh, equally
from workbook.output.fairness_sheet import draw_fairness
from workbook.output.session_table import session_columns, session_rows
from workbook.output.wall_sheet import Wall
from workbook.saving import workbook_bytes, write_file

FILE = "plan.xlsx"


def export_xlsx(case: Case, plan: Plan, folder: Path, language: Language, *, weigh: Weigh = equally) -> list[Path]:
    """Write plan.xlsx into `folder`; `weigh` gives each resource its share in the sheet 均衡统计.

    Raises:
        FileHeldError: another program holds the file open.
    """
    book = Workbook()
    book.properties.title = case.settings.label.say(language)
    Wall(case, plan, language, _sheet(book, words.WALL, language)).draw()
    fill_sessions(_sheet(book, words.SESSIONS, language), case, plan, language)
    draw_fairness(_sheet(book, words.FAIRNESS, language), case, plan, language, weigh)
    _services(_sheet(book, words.SERVICES, language), case, plan, language)
    issued = case.settings.issued or case.settings.first
    write_file(folder / FILE, workbook_bytes(book, issued))
    return [folder / FILE]


def _sheet(book: Workbook, title: Message, language: Language) -> Worksheet:
    first = book.worksheets[0]
    if first.title == "Sheet":
        first.title = title.say(language)
        return first
    made = book.create_sheet(title.say(language))
    assert isinstance(made, Worksheet)  # noqa: S101 - only a write-only workbook makes others
    return made


def fill_sessions(sheet: Worksheet, case: Case, plan: Plan, language: Language) -> None:
    """Fill a sheet with the sessions of a plan, one row per session and part."""
    columns = session_columns(case, plan)
    widths = {"session": 24, "activity": 22, "date": 12, "site": 18, "room": 18, "theme": 22, "line": 16}
    wide = [widths.get(column.key, 22 if column.key.startswith("role:") else 9) for column in columns]
    draw.table(sheet, [column.header for column in columns], session_rows(case, plan, language), wide)


def _services(sheet: Worksheet, case: Case, plan: Plan, language: Language) -> None:
    titles = [words.bilingual(word) for word in SERVICE_HEADERS]
    draw.table(sheet, titles, service_rows(case, plan, language), [18, 14, 26, 44, 48, 30, 30, 10])
