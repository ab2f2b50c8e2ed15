"""Working copies as files: rows that are read, cells that are typed into; and what the journal holds of it."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key.split()[-1]: cell for key, cell in row.items()} for row in csv.DictReader(file)]


def set_cell(folder: Path, table: str, number: int, **cells: str) -> None:
    """Type into a row of a CSV file, found by its number from 0; None takes the row out."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *body = list(csv.reader(file))
    names = [name.split()[-1] for name in header]
    for cell, value in cells.items():
        body[number][names.index(cell)] = value
    write(path, [header, *body])


def write(path: Path, cells: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(cells)


def kinds() -> list[str]:
    """What the journal in the working directory holds, the oldest first: read past the program, which takes longer."""
    with closing(sqlite3.connect("file:journal.db?mode=ro", uri=True)) as journal:
        return [kind for (kind,) in journal.execute("SELECT kind FROM change ORDER BY sequence")]
