"""Merging answers into the table 时间意向: what a unit says about a date replaces what stood there, nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rota.case import Case
from rota.demand import Availability, Level
from rota.facts import Unit
from rota.text import text
from workbook.answers import Statement, finding, read_answers
from workbook.grid import Located
from workbook.questionnaire import asked_dates

DAY = dt.timedelta(days=1)
_STATED = frozenset({Level.CANNOT, Level.AVOID})


@dataclass(frozen=True)
class Collected:
    """The availability after the answers, which units answered, which did not, and every finding with its cell."""

    availability: tuple[Availability, ...]
    answered: tuple[Unit, ...]
    silent: tuple[Unit, ...]
    findings: tuple[Located, ...]


def collect(case: Case, paths: Iterable[Path]) -> Collected:
    """Read filled questionnaires and typed tables, and merge their answers into the case's availability.

    Answers that contradict each other change nothing and are findings; so is a file that belongs to another case or an
    unknown unit. An explicit “fine” clears what the unit said against that date; a date without an answer is kept.
    """
    read = [each for path in sorted(paths) for each in read_answers(case, path)]
    findings = [each for each in read if isinstance(each, Located)]
    statements, contradictions = _agreed([each for each in read if isinstance(each, Statement)])
    rows = list(case.availability)
    for statement in statements:
        rows, said = _merged(rows, statement)
        findings += said
    answered = {statement.unit for statement in read if isinstance(statement, Statement)}
    asked = [unit for unit in case.units if asked_dates(case, unit)]
    return Collected(
        tuple(rows),
        tuple(unit for unit in case.units if unit.id in answered),
        tuple(unit for unit in asked if unit.id not in answered),
        (*findings, *contradictions),
    )


def _agreed(statements: Sequence[Statement]) -> tuple[list[Statement], list[Located]]:
    """Keep one statement per unit and date; where several differ, none counts."""
    by_date: dict[tuple[str, dt.date], list[Statement]] = {}
    for statement in statements:
        by_date.setdefault((statement.unit, statement.day), []).append(statement)
    agreed: list[Statement] = []
    contradictions: list[Located] = []
    for (unit, day), stated in by_date.items():
        if len({each.answer for each in stated}) == 1:
            agreed.append(next((each for each in stated if each.reason), stated[0]))
            continue
        message = text(
            "{unit} answered differently about {day} in {first}; neither counts",
            "{unit} 对 {day} 的答复与 {first} 不一致，均未采用",
            unit=unit,
            day=day,
            first=stated[0].place.say("zh"),
        )
        contradictions.append(finding(stated[-1].place, message))
    return agreed, contradictions


def _merged(rows: list[Availability], said: Statement) -> tuple[list[Availability], list[Located]]:
    """Return the rows with what stood against this date replaced by the answer."""
    old = [row for row in rows if row.resource == said.unit and row.level in _STATED and row.falls_on(said.day)]
    if said.answer != "fine" and len(old) == 1 and old[0].level == said.answer and said.reason in {"", old[0].reason}:
        return rows, []
    findings = [
        finding(
            said.place,
            text(
                "a recurring statement covers {day}; change it by hand",
                "{day} 属于重复的时间意向，请手工修改",
                day=said.day,
            ),
        )
        for row in old
        if row.rrule
    ]
    kept = [part for row in rows for part in (_without(row, said.day) if row in old and not row.rrule else (row,))]
    if said.answer == "fine" or any(row.rrule and row.level == said.answer for row in old):
        return kept, findings
    reason = said.reason or next((row.reason for row in old if row.reason), "")
    return [
        *kept,
        Availability(resource=said.unit, level=Level[said.answer.upper()], first=said.day, reason=reason),
    ], findings


def _without(row: Availability, day: dt.date) -> tuple[Availability, ...]:
    """Return what is left of a statement when one day is taken out of it: nothing, or what lies before and after."""
    first, last = row.first, row.last or row.first
    parts = []
    if first < day:
        parts.append(row.model_copy(update={"last": day - DAY}))
    if day < last:
        parts.append(row.model_copy(update={"first": day + DAY, "last": last}))
    return tuple(parts)
