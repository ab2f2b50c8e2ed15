"""Course timetabling (ITC-2007, track 3): an instance, read from its .ectt file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "cbctt"
"""Where the competition's instances lie, beside the project."""
WINNER = "mueller_final_2007"
"""The column of what the winner of the competition came to in its final."""
OTHERS = {
    "best_known": "best known",
    WINNER: "Müller",
    "lu_hao_2007": "Lü and Hao",
    "atsuta_2007": "Atsuta",
    "geiger_2007": "Geiger",
    "clark_2007": "Clark",
}
"""The columns of what is known of an instance, and whose they are."""


@dataclass(frozen=True)
class Course:
    """A course: its lectures, on how many days they should lie at least, and its students."""

    id: str
    teacher: str
    lectures: int
    days: int
    students: int


@dataclass(frozen=True)
class Instance:
    """An instance in the formulation UD2, which leaves out what the file says of buildings and equipment.

    `rooms` have their seats by id, `curricula` their courses; `unavailable` are days and periods by course, from 0.
    """

    name: str
    days: int
    periods: int
    courses: tuple[Course, ...]
    rooms: Mapping[str, int]
    curricula: Mapping[str, tuple[str, ...]]
    unavailable: Mapping[str, tuple[tuple[int, int], ...]]


def path_of(name: str) -> Path:
    """Return where the file of an instance lies."""
    return FOLDER / f"{name}.ectt"


def read(text: str) -> Instance:
    """Read an instance."""
    blocks = dict(_blocks(text))
    settings = {name: value for name, value, *_ in blocks[""]}
    unavailable: dict[str, list[tuple[int, int]]] = {}
    for course, day, period in blocks["UNAVAILABILITY_CONSTRAINTS"]:
        unavailable.setdefault(course, []).append((int(day), int(period)))
    return Instance(
        name=settings["Name"],
        days=int(settings["Days"]),
        periods=int(settings["Periods_per_day"]),
        courses=tuple(_course(row) for row in blocks["COURSES"]),
        rooms={room: int(seats) for room, seats, *_ in blocks["ROOMS"]},
        curricula={id_: tuple(courses) for id_, _, *courses in blocks["CURRICULA"]},
        unavailable={course: tuple(periods) for course, periods in unavailable.items()},
    )


def known_values(name: str) -> dict[str, int | None]:
    """Return what is known of an instance: the best value known, and those of the competition's finalists."""
    with (FOLDER / "best_known.csv").open(encoding="utf-8", newline="") as file:
        row = next((row for row in csv.DictReader(file) if row.pop("instance") == name), {})
    return {whose: int(value) if value else None for whose, value in row.items()}


def is_as_good(judged: float | None, known: Mapping[str, int | None]) -> bool:
    """Tell whether a timetable is valid and costs no more than the winner's; the best there is may cost nothing."""
    won = known.get(WINNER)
    return judged is not None and won is not None and judged <= won


def _course(row: list[str]) -> Course:
    id_, teacher, lectures, days, students, *_ = row
    return Course(id_, teacher, int(lectures), int(days), int(students))


def _blocks(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield the words of the lines under each heading; what stands before the first has none."""
    heading, rows = "", list[list[str]]()
    for line in text.splitlines():
        words = line.replace(":", " ").split()
        if line.strip().endswith((":", "END.")) and len(words) == 1:
            yield heading, rows
            heading, rows = words[0], []
        elif words:
            rows.append(words)
