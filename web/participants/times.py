"""Times (时间意向) on a page: what is stated, what is asked as on the sheets of `rota ask`, what a form comes to."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from rota.case import Case
from rota.change import Change
from rota.changes.availability import AvailableAgain, Unavailable
from rota.changes.edits import Edited
from rota.dates import period, weekdays
from rota.demand import Availability, Level
from rota.document import Edit, State, canonical
from rota.hours import weekday_set
from rota.text import Language, Message, weekday_name
from web.participants.fields import Form, errors_by_field
from web.participants.published import Who
from workbook.questionnaire import asked_dates

FIELDS = ("level", "first", "last", "start", "end", "reason")
FINE = "fine"
ANSWERS = (FINE, Level.AVOID.value, Level.CANNOT.value)
WEEK = 7
Wanted = Callable[[State], Iterator[Change]]
"""Which changes are called for in a state."""


@dataclass(frozen=True)
class Stated:
    """One statement as the page lists it; only what people stated themselves can be taken back there."""

    mark: str
    level: str
    when: str
    reason: str
    own: bool


@dataclass(frozen=True)
class AskedDay:
    """One date of the rotation, and what is stated about it so far."""

    day: dt.date
    weekday: str
    activities: str
    level: str
    reason: str


def stated(case: Case, who: str, today: dt.date, language: Language) -> list[Stated]:
    """Return what is stated about somebody's times from today on."""
    return [
        Stated(mark_of(row), row.level.label.say(language), _when(row, language), row.reason, not row.source)
        for row in sorted(case.statements.get(who, ()), key=lambda row: (row.first, row.last or row.first))
        if (row.last or row.first) >= today
    ]


def mark_of(row: Availability) -> str:
    """Return by what a statement is named in a form."""
    return hashlib.sha256(canonical(row.model_dump(mode="json")).encode()).hexdigest()[:12]


def _when(row: Availability, language: Language) -> str:
    said = [period(row.first, row.last or row.first, language)]
    days = weekday_set(row.weekdays)
    if row.weekdays and len(days) < WEEK:
        said.append(weekdays(days, language))
    if row.start or row.end:
        said.append(f"{row.start or dt.time():%H:%M}–{f'{row.end:%H:%M}' if row.end else '24:00'}")
    return " ".join(said) if language == "zh" else ", ".join(said)


def asked(case: Case, who: Who, today: dt.date, language: Language) -> list[AskedDay]:
    """Return the dates that a unit is asked about, as on its sheet, from today on."""
    unit = next((each for each in case.units if who.serves and each.id == who.of), None)
    return [
        AskedDay(
            day,
            weekday_name(day.weekday(), language),
            ("、" if language == "zh" else ", ").join(dict.fromkeys(o.activity.label.say(language) for o in sessions)),
            *_about(case, who.of, day),
        )
        for day, sessions in (asked_dates(case, unit).items() if unit else ())
        if day >= today
    ]


def _about(case: Case, who: str, day: dt.date) -> tuple[str, str]:
    """Return the strongest statement about the whole of a day, and its reason."""
    rows = [
        row
        for row in case.statements.get(who, ())
        if row.falls_on(day) and row.start is None and row.end is None and row.level is not Level.PREFER
    ]
    strongest = min(rows, key=lambda row: ANSWERS[::-1].index(row.level.value), default=None)
    return (strongest.level.value, strongest.reason) if strongest else (FINE, "")


def statement_of(form: Form, who: str) -> tuple[Wanted | None, Mapping[str, Message]]:
    """Return what a new statement comes to, or what is wrong with it, field by field."""
    cells = {name: form[name] or None for name in FIELDS if name != "reason"}
    said = {"resource": who, **{name: cell for name, cell in cells.items() if cell}, "reason": form["reason"]}
    try:
        row = Availability.model_validate(said)
    except ValidationError as error:
        return None, {name if name in FIELDS else "": message for name, message in errors_by_field(error, Availability)}
    if row.level is Level.PREFER:
        return (lambda state: _preferred(state, row)), {}
    change = Unavailable.model_validate(said)
    return (lambda state: iter(() if _known(state, row) else (change,))), {}


def _known(state: State, row: Availability) -> bool:
    return row in state.case.statements.get(row.resource, ())


def _preferred(state: State, row: Availability) -> Iterator[Change]:
    if not _known(state, row):
        edit = Edit(table="availability", after=row.model_dump(mode="json"), at=len(state.case.availability))
        yield Edited(edits=(edit,))


def taken_back(mark: str, who: str) -> Wanted:
    """Return what taking back a statement comes to; nothing where it is gone already."""

    def wanted(state: State) -> Iterator[Change]:
        for at, row in enumerate(state.case.availability):
            if row.resource == who and not row.source and mark_of(row) == mark:
                if row.level is Level.PREFER or row.rrule:
                    yield Edited(edits=(Edit(table="availability", before=row.model_dump(mode="json"), at=at),))
                else:
                    span = {cell: getattr(row, cell) for cell in ("first", "last", "start", "end")}
                    yield AvailableAgain(resource=who, **span)
                return

    return wanted


def answers_of(form: Form, who: Who, today: dt.date, language: Language) -> Wanted:
    """Return what the answers to the dates of a sheet come to; dates that nobody changed stay as they are."""

    def wanted(state: State) -> Iterator[Change]:
        for each in asked(state.case, who, today, language):
            name = each.day.isoformat()
            level, reason = form[f"d-{name}"], form[f"r-{name}"]
            if level in ANSWERS and (level, reason) != (each.level, each.reason if level != FINE else reason):
                yield from _answered(each, level, reason, who.of)

    return wanted


def _answered(each: AskedDay, level: str, reason: str, who: str) -> Iterator[Change]:
    if each.level != FINE:
        yield AvailableAgain(resource=who, first=each.day)
    if level != FINE:
        yield Unavailable(resource=who, first=each.day, level=Level[level.upper()], reason=reason)


def stream_for(cases: Sequence[Case], said: str) -> Case:
    """Return the case whose horizon holds a day that was typed; the newest where none does, which then says so."""
    try:
        day = dt.date.fromisoformat(said)
    except ValueError:
        return cases[-1]
    return next((case for case in cases if case.settings.first <= day <= case.settings.last), cases[-1])
