"""What cannot be forgotten later: ids of people that give away their names."""

from __future__ import annotations

from collections.abc import Iterator

from rota.case import Case
from rota.facts import Person
from rota.problem import Problem
from rota.text import name, text


def exposures(case: Case) -> tuple[Problem, ...]:
    """Return a warning for every person whose id holds the name or is part of it; ids stay in the journal for ever."""
    return tuple(
        Problem(
            "people",
            number,
            "id",
            text(
                'the id "{id}" gives away the name "{name}", and ids are never erased; a number would not',
                "编号“{id}”会泄露姓名“{name}”，而编号无法抹除；建议改用序号",
                id=person.id,
                name=name(person.name),
            ),
            "warning",
        )
        for number, person in enumerate(case.people)
        if any(_gives_away(person.id, called) for called in _names(person))
    )


def _names(person: Person) -> Iterator[str]:
    yield from (called.casefold() for called in (person.name, person.name_en) if called)


def _gives_away(id_: str, called: str) -> bool:
    return id_.casefold() in called or called in id_.casefold()
