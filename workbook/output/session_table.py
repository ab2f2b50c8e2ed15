"""The sessions as rows: one per session and part, in columns that can be read back."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rota.agenda import agenda_of
from rota.case import Case
from rota.plan import Plan
from rota.text import Language, weekday_name
from workbook.output import words
from workbook.output.entries import Entry, EntryPart, entries, roles_of
from workbook.output.names import Names

Cell = str | int | float | dt.date | dt.time | None

FIXED_COLUMNS = (
    ("session", words.SESSION),
    ("part", words.PART),
    ("round", words.ROUND),
    ("activity", words.ACTIVITY),
    ("date", words.DATE),
    ("weekday", words.WEEKDAY),
    ("start", words.START),
    ("end", words.END),
    ("site", words.SITE),
    ("room", words.ROOM),
    ("theme", words.THEME),
    ("line", words.LINE),
)


@dataclass(frozen=True)
class Column:
    """One column: `key` is a field name, or `role:` and the id of a role; `header` is the same in every language."""

    key: str
    header: str


def session_columns(case: Case, plan: Plan) -> tuple[Column, ...]:
    """Return the columns of the sheet 场次: those of every session, then one per role of the case or the plan."""
    roles = tuple(dict.fromkeys((*agenda_of(case).roles, *roles_of(case, entries(case, plan)))))
    headers = {role: _role_header(case, role) for role in roles}
    uses = Counter(headers.values())
    named = (
        Column(f"role:{role}", header if uses[header] == 1 else f"{header} [{role}]")
        for role, header in headers.items()
    )
    return (*(Column(key, words.bilingual(word)) for key, word in FIXED_COLUMNS), *named)


def session_rows(case: Case, plan: Plan, language: Language) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows under `session_columns`, in order of time; days and times as such, everything else as text."""
    columns = session_columns(case, plan)
    names = Names(case, language)
    for entry in entries(case, plan):
        for part in entry.parts:
            yield tuple(_cell(column.key, entry, part, names) for column in columns)


def _role_header(case: Case, role: str) -> str:
    label = case.role_label.get(role)
    return words.bilingual(label) if label else role


def _cell(key: str, entry: Entry, part: EntryPart, names: Names) -> Cell:
    if key.startswith("role:"):
        return names.cells(part.part.roles.get(key.removeprefix("role:"), ()))
    values: dict[str, Cell] = {
        "session": entry.id,
        "part": part.part.id,
        "round": entry.round,
        "activity": names.activity(entry.session.activity),
        "date": entry.day,
        "weekday": weekday_name(entry.start.weekday(), names.language),
        "start": entry.start.time(),
        "end": entry.end.time(),
        "site": names.site(entry.session.site),
        "room": names.room(part.part.room),
        "theme": part.theme.say(names.language),
        "line": names.line(part.part.line),
    }
    return values[key]
