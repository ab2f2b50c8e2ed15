"""The judge of course timetabling: what a plan breaks and costs in the formulation UD2, from the .ectt file itself.

It shares nothing with the adapter and with the rules: of a plan it looks at activity, start and room of each session.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rota.plan import Session

BEGINS = dt.date(2027, 1, 4)
"""Day 0, as the adapter says it."""
OPENS = 8
"""The hour of the first period, as the adapter says it."""


class Lecture(NamedTuple):
    """Where a lecture was put: day and period count from 0."""

    course: str
    day: int
    period: int
    room: str


@dataclass(frozen=True)
class Judgement:
    """Violations of what is hard, and what the rest costs, both by the names of the formulation."""

    hard: dict[str, int]
    cost: dict[str, int]

    @property
    def valid(self) -> bool:
        """Whether nothing that is hard is broken."""
        return not any(self.hard.values())

    @property
    def total(self) -> int:
        """The value of the objective."""
        return sum(self.cost.values())


def lectures_of(sessions: Iterable[Session]) -> list[Lecture]:
    """Return the lectures of a plan; each period takes an hour."""
    return [
        Lecture(each.activity, (each.start.date() - BEGINS).days, each.start.hour - OPENS, each.parts[0].room or "")
        for each in sessions
    ]


class Judge:
    """Judges timetables of one instance."""

    def __init__(self, text: str) -> None:
        rows = [line.split() for line in text.splitlines()]
        self.days = int(_after(rows, "Days:"))
        self.periods = int(_after(rows, "Periods_per_day:"))
        self.courses = {id_: cells for id_, *cells in _under(rows, "COURSES:")}
        self.rooms = {row[0]: int(row[1]) for row in _under(rows, "ROOMS:")}
        self.curricula = {row[0]: set(row[2:]) for row in _under(rows, "CURRICULA:")}
        self.closed = {(c, int(d), int(p)) for c, d, p in _under(rows, "UNAVAILABILITY_CONSTRAINTS:")}

    def judge(self, lectures: list[Lecture]) -> Judgement:
        """Count violations and costs."""
        return Judgement(self._hard(lectures), self._cost(lectures))

    def _hard(self, lectures: list[Lecture]) -> dict[str, int]:
        given = Counter(each.course for each in lectures)
        meeting = [
            (one, other)
            for one, other in combinations(lectures, 2)
            if (one.day, one.period) == (other.day, other.period)
        ]
        outside = sum(
            not (0 <= e.day < self.days and 0 <= e.period < self.periods and e.room in self.rooms) for e in lectures
        )
        return {
            "lectures": outside
            + sum(abs(int(row[1]) - given[course]) for course, row in self.courses.items())
            + sum(count for course, count in given.items() if course not in self.courses),
            "conflicts": sum(self._conflict(one.course, other.course) for one, other in meeting),
            "availability": sum((each.course, each.day, each.period) in self.closed for each in lectures),
            "room_occupancy": sum(one.room == other.room for one, other in meeting),
        }

    def _conflict(self, one: str, other: str) -> bool:
        together = any({one, other} <= courses for courses in self.curricula.values())
        return one == other or together or self.courses[one][0] == self.courses[other][0]

    def _cost(self, lectures: list[Lecture]) -> dict[str, int]:
        rooms, days = defaultdict[str, set[str]](set), defaultdict[str, set[int]](set)
        for each in lectures:
            rooms[each.course].add(each.room)
            days[each.course].add(each.day)
        missing = [max(0, int(row[2]) - len(days[course])) for course, row in self.courses.items()]
        return {
            "RoomCapacity": sum(max(0, int(self.courses[e.course][3]) - self.rooms[e.room]) for e in lectures),
            "MinWorkingDays": 5 * sum(missing),
            "CurriculumCompactness": 2 * sum(self._isolated(lectures, courses) for courses in self.curricula.values()),
            "RoomStability": sum(len(used) - 1 for used in rooms.values()),
        }

    @staticmethod
    def _isolated(lectures: list[Lecture], courses: set[str]) -> int:
        """Return how many lectures of a curriculum have none of it in the period before or after on their day."""
        held = [(each.day, each.period) for each in lectures if each.course in courses]
        return sum((day, period - 1) not in held and (day, period + 1) not in held for day, period in held)


def _after(rows: list[list[str]], word: str) -> str:
    return next(row[1] for row in rows if row[:1] == [word])


def _under(rows: list[list[str]], heading: str) -> list[list[str]]:
    """Return the rows from below a heading to the next empty line."""
    below = rows[rows.index([heading]) + 1 :]
    return below[: below.index([])]
