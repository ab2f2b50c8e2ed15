"""Reading an existing roster: units, groups and contacts out of a table that was made for people.

It finds the header by its words, fills merged cells, takes lines across the table for groups, and says of everything
that it could not place where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rota.case import Case
from rota.demand import REQUIRED
from rota.facts import Contact, Unit
from rota.problem import Problem
from rota.text import Message, text
from workbook.grid import Located, Place
from workbook.roster_headers import header_row, is_footnote, is_total, without_numbering
from workbook.roster_rows import Entry, contact_of, unit_of
from workbook.roster_sheets import Sheet, placed_columns, roster_sheets
from workbook.sentences import shortened

MOST_ROUNDS_A_YEAR = 25


@dataclass(frozen=True)
class ImportedRoster:
    """What a roster holds; `findings` say what was not placed, doubled or unclear, each with its cell."""

    units: tuple[Unit, ...]
    contacts: tuple[Contact, ...]
    findings: tuple[Located, ...]


@dataclass
class _Gathered:
    entries: list[Entry] = field(default_factory=list)
    findings: list[Located] = field(default_factory=list)


def import_roster(path: Path) -> ImportedRoster:
    """Read the roster at `path`, an .xlsx workbook or a CSV file; units are numbered U01 on in the order they stand.

    Raises:
        WorkbookError: the workbook is none, or not safe to open.
        EncodingError, SourceError: the CSV file cannot be read.
    """
    gathered = _Gathered()
    for sheet in roster_sheets(path):
        _gather(sheet, gathered)
    entries = list(_united(gathered))
    width = max(2, len(str(len(entries))))
    units, contacts = [], []
    for number, entry in enumerate(entries, start=1):
        unit, said = unit_of(entry, f"U{number:0{width}}")
        units.append(unit)
        gathered.findings += [_at(entry, message) for message in said]
        for person in (entry, *entry.further):
            contact, said = contact_of(person, unit)
            contacts += [contact] if contact else []
            gathered.findings += [_at(person, message) for message in said]
    return ImportedRoster(tuple(units), tuple(contacts), tuple(gathered.findings))


def with_roster(case: Case, roster: ImportedRoster) -> Case:
    """Return a starter case with the units of a roster in place of its own, and as many rounds as every unit needs."""
    if not roster.units:
        return case
    groups = next((role.groups for role in case.roles if role.role == "host"), ())
    units = tuple(unit.model_copy(update={"groups": (*groups, *unit.groups)}) for unit in roster.units)
    rounds = min(MOST_ROUNDS_A_YEAR, max(len(units), 12))
    cycle = case.cycles[0].model_copy(update={"rrule": f"FREQ=WEEKLY;INTERVAL=2;COUNT={rounds}"})
    gone = {unit.id for unit in case.units}
    return case.model_copy(
        update={
            "units": units,
            "contacts": roster.contacts,
            "cycles": (cycle, *case.cycles[1:]),
            "availability": tuple(row for row in case.availability if row.resource not in gone),
            "demands": tuple(
                demand
                for demand in case.demands
                if not (demand.kind == "cover" and demand.priority == REQUIRED and len(units) > rounds)
                and not (demand.kind == "rest_gap" and len(units) < 3)  # noqa: PLR2004 - the rounds it asks for
            ),
        }
    )


def _at(entry: Entry, message: Message) -> Located:
    return Located(Problem("units", None, None, message, "warning"), entry.place)


def _gather(sheet: Sheet, gathered: _Gathered) -> None:
    """Take the entries out of one sheet."""
    if not any(any(row) for row in sheet.rows):
        return
    top = header_row(sheet.rows)
    if top is None:
        message = text(
            "no row here names a column of units; the sheet is not read", "没有找到含“单位”列的表头行，未读取此表"
        )
        gathered.findings.append(sheet.finding(message))
        return
    columns, found = placed_columns(sheet, top)
    gathered.findings += found
    section: tuple[int, str] | None = None
    for number, row in enumerate(sheet.rows[top + 1 :], start=top + 1):
        filled = {cell for cell in row if cell}
        if not filled or is_total(row) or row == sheet.rows[top]:
            continue
        if len(filled) == 1 and len(row) > 1 and not _is_name(row, columns["unit"][0]):
            if section and section[0] >= 0:
                gathered.findings.append(sheet.finding(_unplaced_line(section[1]), section[0], 0))
            section = (number, next(iter(filled)))
            continue
        entry = _entry(sheet, number, row, columns, sheet.rows[top])
        if not entry.unit:
            message = text("no unit stands in this row; it is not read", "此行没有单位名称，未读取")
            gathered.findings.append(sheet.finding(message, number, 0))
            continue
        if section and not is_footnote(section[1]):
            entry.groups.insert(0, without_numbering(section[1]))
            section = (-1, section[1])
        gathered.entries.append(entry)
    if section and section[0] >= 0:
        gathered.findings.append(sheet.finding(_unplaced_line(section[1]), section[0], 0))


def _is_name(row: list[str], column: int) -> bool:
    """Tell whether the only text of a row is the name of a unit, rather than a line merged across the table."""
    return column < len(row) and bool(row[column]) and sum(1 for cell in row if cell) == 1


def _unplaced_line(line: str) -> Message:
    return text('the line "{line}" was not placed', "“{line}”一行未能归入", line=shortened(line))


def _entry(sheet: Sheet, number: int, row: list[str], columns: dict[str, list[int]], header: list[str]) -> Entry:
    def first(field_name: str) -> str:
        at = columns.get(field_name, [])
        return row[at[0]] if at and at[0] < len(row) else ""

    further = [
        f"{header[at]} {row[at]}"
        for name, places in columns.items()
        if name not in {"group", "number"}
        for at in places[1:]
        if at < len(row) and row[at]
    ]
    return Entry(
        place=Place(sheet.title, sheet.form, number + 1, columns["unit"][0]),
        unit=first("unit"),
        contact=first("contact"),
        phone=first("phone"),
        email=first("email"),
        members=first("members"),
        service=first("service"),
        notes=[note for note in (first("note"), *further) if note],
        groups=[without_numbering(row[at]) for at in columns.get("group", []) if at < len(row) and row[at]],
    )


def _united(gathered: _Gathered) -> Iterator[Entry]:
    """Yield each unit once; a unit that stands again brings a further contact."""
    seen: dict[str, Entry] = {}
    for entry in gathered.entries:
        known = seen.get(entry.unit)
        if known is None:
            seen[entry.unit] = entry
            continue
        known.further.append(entry)
        known.groups += [group for group in entry.groups if group not in known.groups]
        message = text(
            '"{unit}" stands here again, first at {first}; its contact is added there',
            "“{unit}”重复出现（首次在 {first}），其联系人已并入",
            unit=shortened(entry.unit),
            first=known.place.say("zh"),
        )
        gathered.findings.append(_at(entry, message))
    yield from seen.values()
