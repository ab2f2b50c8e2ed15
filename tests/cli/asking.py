"""Rows that make the starter case impossible or larger, and the answers to questions about it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any


def add(case: Path, table: str, **cells: str) -> None:
    """Write one more row into a table."""
    with (case / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        columns = [name.split()[-1] for name in next(csv.reader(file))]
    with (case / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, lineterminator="\r\n").writerow(cells)


def contradict(case: Path) -> None:
    """Pin a unit to a session on a day on which it is away: the two alone conflict."""
    add(case, "pins", session="rotation@2026-02-07", role="host", resource="U02")
    add(case, "availability", resource="U02", level="cannot", first="2026-02-01", last="2026-02-28")


def add_talk(case: Path, presence: str = "may") -> None:
    """Add an activity with one session, in the third round."""
    cells = {"id": "talk", "name": "讲座", "name_en": "Talk", "cycle": "fortnight", "rounds": "3", "times": "16:00"}
    add(case, "activities", **cells, minutes="60", presence=presence, sites="S01", needs_room="no")


def answer(ended: Any) -> dict[str, Any]:
    body = json.loads(ended.out)
    assert body["format_version"] == 1
    return dict(body)
