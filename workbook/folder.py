"""Writing a case as a folder: `rotation.toml` for the settings, one CSV file per table."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from rota.case import Case, Settings
from rota.row import Row
from rota.text import Language
from workbook.explanations import field_meaning, table_meaning
from workbook.layout import SETTINGS, Catalogue, Table, layout_of
from workbook.saving import write_file
from workbook.sources import TOML_FILE, TOML_TABLE, escaped
from workbook.writing import rows_of, text_cells


def write_folder(case: Case, path: Path, catalogue: Catalogue = (), language: Language | None = None) -> list[Path]:
    """Write a case as a folder, each file by replacing it as a whole; return the files written.

    A table without rows is written with its headers alone. Files of other names are left as they are, a table's file
    under its Chinese name is removed once the table is written.

    Raises:
        FileHeldError: Excel or WPS has one of the files open.
    """
    spoken = language or case.settings.language
    written = []
    for table in layout_of(catalogue).tables:
        if table.name == SETTINGS:
            written.append(write_settings(case.settings, path))
        else:
            written.append(path / f"{table.name}.csv")
            write_file(written[-1], table_csv(case, table, spoken).encode("utf-8-sig"))
        (path / f"{table.title}.csv").unlink(missing_ok=True)
    (path / f"{SETTINGS}.csv").unlink(missing_ok=True)
    return written


def write_settings(settings: Settings, folder: Path) -> Path:
    """Write `rotation.toml` into a case folder; return it."""
    content = settings_toml(settings, layout_of(()).table[SETTINGS])
    write_file(folder / TOML_FILE, content.encode())
    return folder / TOML_FILE


def write_table(name: str, rows: Sequence[Row], path: Path, language: Language) -> None:
    """Write the rows of one table, by its name in the case, as a CSV file that can be put into a case folder."""
    tables: dict[str, Any] = {name: tuple(rows)}
    content = table_csv(Case.model_construct(**tables), layout_of(()).table[name], language)
    write_file(path, content.encode("utf-8-sig"))


def replace_files(
    folder: Path, case: Case, names: Iterable[str], catalogue: Catalogue = (), language: Language | None = None
) -> list[Path]:
    """Write the rows that `case` has in some tables over the files of a folder; return the files written.

    Raises:
        FileHeldError: Excel or WPS has one of the files open.
    """
    written = []
    for name in names:
        table = layout_of(catalogue).table[name]
        if name == SETTINGS:
            written.append(write_settings(case.settings, folder))
            continue
        written.append(folder / f"{name}.csv")
        write_table(name, rows_of(case, table), written[-1], language or case.settings.language)
        (folder / f"{table.title}.csv").unlink(missing_ok=True)
    return written


def table_csv(case: Case, table: Table, language: Language) -> str:
    """Return one table as CSV with bilingual headers; nothing in it is taken for a formula."""
    content = StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow([column.header for column in table.columns])
    for row in rows_of(case, table):
        writer.writerow([escaped(cell) for cell in text_cells(row, table, language)])
    return content.getvalue()


def settings_toml(settings: Settings, table: Table) -> str:
    """Return the settings as TOML, each key under a comment that says what it means in both languages."""
    meaning = table_meaning(SETTINGS)
    lines = [f"# {meaning.say('zh')}", f"# {meaning.say('en')}", "", f"[{TOML_TABLE}]"]
    for column in table.columns:
        value = getattr(settings, column.name)
        said = field_meaning(SETTINGS, column)
        lines.append(f"# {column.title}：{said.say('zh')} / {said.say('en')}")
        lines.append(f"{column.name} = {_toml_value(value)}" if value is not None else f"# {column.name} =")
    return "\n".join(lines) + "\n"


def _toml_value(value: object) -> str:
    """Return a date, or yes and no, as TOML's own, anything else as a basic string."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
