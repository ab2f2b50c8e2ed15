"""Reading the answers to a survey, and putting the audience that they make in place of that of the same survey."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rota.case import Case
from rota.problem import Problem
from rota.row import Row
from rota.survey import Answer, audience_of
from rota.text import Message, text
from workbook.grid import Grid, Located
from workbook.layout import table_of
from workbook.rows import TableReading, read_table
from workbook.sources import csv_grid, sheet_grids

TABLE = table_of("survey", "问卷", Answer)

_NO_ID = re.compile(r"[\s;；,，、@/\\*?\[\]:|\"<>.]+")


@dataclass(frozen=True)
class Survey:
    """The answers of one file, and everything that is wrong with it, each with its cell."""

    answers: tuple[Answer, ...]
    problems: tuple[Located, ...]

    @property
    def people(self) -> int:
        """How many people answered."""
        return len({answer.id for answer in self.answers})


def read_survey(case: Case, path: Path) -> Survey:
    """Read the answers to a survey: a CSV file, or the first sheet of a workbook in which something stands.

    Units, sites and services are named by their ids or by their names in the case.

    Raises:
        WorkbookError, EncodingError, SourceError: the file cannot be taken apart into cells.
    """
    grids = (csv_grid(path),) if path.suffix.lower() == ".csv" else sheet_grids(path)
    reading = read_table(TABLE, next((grid for grid in grids if grid.rows), Grid(path.name, "csv", ())))
    problems, answers = list(reading.problems), []
    ids = _ids(case)
    people: dict[str, Answer] = {}
    for number, row in enumerate(reading.rows):
        if isinstance(row, Answer):
            answer = _with_ids(row, ids)
            answers.append(answer)
            first = people.setdefault(answer.id, answer)
            problems += [_located(reading, number, *wrong) for wrong in _unknown(case, answer)]
            problems += [_located(reading, number, *wrong) for wrong in _contradicted(answer, first)]
    if not answers and not problems:
        message = text("holds no answers", "没有任何答卷")
        problems.append(Located(Problem(TABLE.name, None, None, message), reading.place(None, None)))
    return Survey(tuple(answers), tuple(problems))


def with_survey(case: Case, survey: Survey, name: str, grid: int = 1) -> Case:
    """Return the case with the audience of a survey; rows of an earlier survey of that name are no longer there."""
    prefix = f"{survey_id(name)}."
    names = {"": text("people asked", "受访者").say(case.settings.language), **{u.id: u.name for u in case.units}}
    kept = tuple(row for row in case.audience if not row.id.startswith(prefix))
    found = audience_of(survey.answers, names, prefix=prefix, grid=grid, language=case.settings.language)
    return case.model_copy(update={"audience": (*kept, *found)})


def survey_id(name: str) -> str:
    """Return a name as it can stand at the beginning of ids."""
    return _NO_ID.sub("-", name).strip("-") or "survey"


def _ids(case: Case) -> dict[str, Mapping[str, str]]:
    """Return what each column may name, by everything that it may be called."""
    tables: dict[str, tuple[Row, ...]] = {"unit": case.units, "site": case.sites, "services": case.activities}
    return {
        column: {
            called: str(getattr(row, "id"))  # noqa: B009 - not every row has one
            for row in rows
            for called in (getattr(row, "name_en", ""), getattr(row, "name", ""), getattr(row, "id", ""))
        }
        for column, rows in tables.items()
    }


def _with_ids(answer: Answer, ids: Mapping[str, Mapping[str, str]]) -> Answer:
    return answer.model_copy(
        update={
            "unit": ids["unit"].get(answer.unit, answer.unit) if answer.unit else "",
            "site": ids["site"].get(answer.site, answer.site) if answer.site else "",
            "services": tuple(ids["services"].get(service, service) for service in answer.services),
        }
    )


def _unknown(case: Case, answer: Answer) -> Iterator[tuple[str, Message]]:
    """Yield what an answer names and the case does not have."""
    for column, known, wanted in (
        ("unit", {unit.id for unit in case.units}, (answer.unit,)),
        ("site", set(case.site), (answer.site,)),
        ("services", set(case.activity), answer.services),
    ):
        for name in filter(None, wanted):
            if name not in known:
                yield (
                    column,
                    text(
                        '"{name}" is not known here; known are: {known}',
                        "“{name}”在本排班中不存在；已有：{known}",
                        name=name,
                        known=tuple(sorted(known)) or text("none", "无"),
                    ),
                )


def _contradicted(answer: Answer, first: Answer) -> Iterator[tuple[str, Message]]:
    """Yield where a further row of one person says another unit or site than the first one."""
    for column in ("unit", "site"):
        said, before = getattr(answer, column), getattr(first, column)
        if said != before:
            yield (
                column,
                text(
                    '{id} is in "{said}" here, and in "{before}" in an earlier row',
                    "{id} 在此处填“{said}”，在前面的行中填“{before}”",
                    id=answer.id,
                    said=said,
                    before=before,
                ),
            )


def _located(reading: TableReading, row: int, column: str, message: Message) -> Located:
    return Located(Problem(TABLE.name, row, column, message), reading.place(row, column))
