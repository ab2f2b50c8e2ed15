"""The plan as CSV for spreadsheets: sessions, turns and the service list; UTF-8 with a byte order mark."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from rota.case import Case
from rota.plan import Plan
from rota.text import Language
from workbook.output import words
from workbook.output.entries import entries
from workbook.output.names import Names
from workbook.output.services import offers
from workbook.output.session_table import Cell, session_columns, session_rows
from workbook.saving import write_file

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
TURN_HEADERS = (words.WHO, words.ROLE, words.SESSION, words.PART, words.DATE, words.MINUTES)
SERVICE_HEADERS = (
    words.LINE,
    words.KIND_OF_SERVICE,
    words.ACTIVITY,
    words.PROVIDERS,
    words.WHEN,
    words.WHERE,
    words.THEME,
    words.COUNT,
)


def export_csv(case: Case, plan: Plan, folder: Path, language: Language) -> list[Path]:
    """Write sessions.csv, turns.csv and service-list.csv into `folder`; headers are the same in every language.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.

    Raises:
        FileHeldError: another program holds a file open.
    """
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]] = {
        "sessions.csv": (
            [column.header for column in session_columns(case, plan)],
            session_rows(case, plan, language),
        ),
        "turns.csv": ([words.bilingual(word) for word in TURN_HEADERS], _turns(case, plan, language)),
        "service-list.csv": ([words.bilingual(word) for word in SERVICE_HEADERS], service_rows(case, plan, language)),
    }
    for name, (head, rows) in tables.items():
        write_file(folder / name, comma_separated(head, rows))
    return [folder / name for name in tables]


def service_rows(case: Case, plan: Plan, language: Language) -> list[tuple[Cell, ...]]:
    """Return the service list as rows under `SERVICE_HEADERS`."""
    return [
        (o.line, o.service, o.activity, o.providers, o.when, o.where, o.theme, o.sessions)
        for o in offers(case, plan, language)
    ]


def _turns(case: Case, plan: Plan, language: Language) -> list[tuple[Cell, ...]]:
    names = Names(case, language)
    return [
        (names.cells([who]), names.role(role), entry.id, part.part.id, entry.day, entry.minutes)
        for entry in entries(case, plan)
        for part in entry.parts
        for role, seated in part.part.roles.items()
        for who in seated
    ]


def comma_separated(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV for spreadsheets; nothing in it is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow([_written(cell) for cell in header])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
    return "" if cell is None else str(cell)
