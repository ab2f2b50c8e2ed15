"""What is wrong with a case whose cells were read: inspection and further checks, without ever a false alarm.

Where some rows did not read, the others are judged all the same, so that one pass tells everything; what is said about
a word that stands in an unread row is held back until that row reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rota.activity import OnHoliday
from rota.case import Case, Settings
from rota.cycle import Cycle
from rota.inspection import REFERENCES, inspect, inspect_agenda, inspect_tables, sound_activities
from rota.problem import Problem
from workbook.grid import Located
from workbook.layout import SETTINGS
from workbook.rows import TableReading, words_of

Check = Callable[[Case], Iterable[Problem]]
"""A further check of a case, e.g. of the parameters of its rules."""

Readings = Mapping[str, TableReading]


def judge(case: Case, checks: Sequence[Check]) -> list[Problem]:
    """Return all problems of a case that read well; further checks see its sound activities only."""
    return [*inspect(case), *_checked(case, checks)]


def judge_part(readings: Readings, checks: Sequence[Check]) -> list[Problem]:
    """Return the problems of the rows that read well, leaving out what the unread rows put in doubt."""
    case = _part_of_case(readings)
    problems = inspect_tables(case)
    if readings[SETTINGS].rows:
        problems += [p for p in inspect_agenda(case) if not _depends_on_unread(p, case, readings)]
    if not any(reading.lost for reading in readings.values()):
        problems += _checked(case, checks)
    unread = {word for reading in readings.values() for word in reading.unread} | _lost_roles(case)
    return [problem for problem in problems if not _names(problem, readings, unread)]


def place(problems: Iterable[Problem], readings: Readings) -> list[Located]:
    """Return each problem with the place where it stands."""
    return [Located(problem, readings[problem.table].place(problem.row, problem.field)) for problem in problems]


def _part_of_case(readings: Readings) -> Case:
    rows: dict[str, Any] = {table: reading.rows for table, reading in readings.items() if table != SETTINGS}
    settings = readings[SETTINGS].rows
    rows[SETTINGS] = settings[0] if settings else _stand_in(rows["cycles"])
    return Case.model_construct(**rows)


def _stand_in(cycles: Sequence[Cycle]) -> Settings:
    """Return settings for a case whose own did not read: a horizon that holds all rounds."""
    days = [day for cycle in cycles for day in cycle.days] or [dt.date(2000, 1, 1)]
    return Settings.model_construct(id="unread", title="unread", first=min(days), last=max(days))


def _checked(case: Case, checks: Sequence[Check]) -> list[Problem]:
    """Run further checks on the part of the case that can be laid out; rows are counted as in the whole case."""
    sound = sound_activities(case)
    activities = tuple(case.activities[number] for number in sound)
    smaller = case if len(sound) == len(case.activities) else case.model_copy(update={"activities": activities})
    found = [problem for check in checks for problem in check(smaller)]
    return [replace(p, row=sound[p.row]) if p.table == "activities" and p.row is not None else p for p in found]


def _lost_roles(case: Case) -> set[str]:
    """Return the roles and ids of activities that cannot be laid out: nobody can say yet whether they have seats."""
    sound = {case.activities[number].id for number in sound_activities(case)}
    lost = {activity.id for activity in case.activities} - sound
    return lost | {role.role for role in case.roles if role.activity not in sound}


def _names(problem: Problem, readings: Readings, unread: set[str]) -> bool:
    """Tell whether the cell that a problem is about, or the word it misses, stands in an unread row."""
    if (wanted := problem.message.params.get("wanted")) is not None:
        return str(wanted) in unread or any(readings[table].lost for table in _targets(problem))
    if problem.row is None or problem.field is None or problem.field == "id":
        return False
    return bool(words_of((readings[problem.table].cell(problem.row, problem.field),)) & unread)


def _targets(problem: Problem) -> tuple[str, ...]:
    """Return the tables in which a name was looked for."""
    return next((tables for table, field, tables in REFERENCES if (table, field) == (problem.table, problem.field)), ())


def _depends_on_unread(problem: Problem, case: Case, readings: Readings) -> bool:
    return any(readings[table].unread or readings[table].lost for table in _grounds(problem, case))


def _grounds(problem: Problem, case: Case) -> Iterator[str]:
    """Yield the tables that a finding about the agenda rests on."""
    yield from ("cycles", "activities", *(("orders",) if problem.field == "session" else ()))
    skips = any(OnHoliday.SKIP in {a.holidays, a.makeup_days} for a in case.activities)
    if problem.table == "activities" or (problem.field == "session" and skips):
        yield "holidays"
    if problem.field in {"part", "role"}:
        yield from ("parts", "roles")
