"""Consecutive days: how long a resource serves day after day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import RoleRule, in_order, param
from rota.row import Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster

DAY = dt.timedelta(days=1)


class ConsecutiveDays(RoleRule):
    """A resource serves on at most `most` days in a row, and on at least `least` in a row once it begins.

    A day is served when a turn begins on it; days of earlier years count. Amount for `most`: the number of times that
    `most` + 1 days in a row are all served, which is the days beyond `most` in each stretch; not counted where all
    these days are of earlier years. Amount for `least`: the days missing in each stretch that is shorter. A stretch
    that touches the first or the last day of the horizon may go on outside: it is not short, nor is one of earlier
    years alone.
    """

    kind = "consecutive_days"
    label = text("Consecutive days", "连续当值")
    summary = text("how many days in a row one resource serves", "每个对象连续当值天数的上下限")
    unit = text("days", "天")
    local = True
    names_all_mends = True

    least: Positive = param("最少", "days in a row once it begins, at least", "一旦开始至少连续几天", 1)
    most: Positive | None = param(
        "最多", "days in a row, at most; empty means no limit", "至多连续几天；空为不限", None
    )

    @model_validator(mode="after")
    def _ordered(self) -> ConsecutiveDays:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Forbid each row of days that is too long, and each that is too short with the days off around it."""
        touched = set(board.touched())
        for who, chances in self.chances(board.case).items():
            if who in touched:
                days, past = self.days_served(board, who), self._past(board.case, who)
                is_open = _days_of(occurrence for occurrence in chances if board.is_open(occurrence))
                for day in days:
                    if self.most is not None:
                        self._forbid(board, days, _row(day, self.most + 1), who, 1, is_open)
                    for length in range(1, self.least):
                        row = _row(day, length)
                        if _inside(board.case, row) and not past.issuperset(row):
                            self._forbid(board, days, row, who, self.least - length, is_open, _around(row))

    def _forbid(
        self,
        board: Board,
        days: dict[dt.date, Lit],
        row: list[dt.date],
        who: str,
        amount: int,
        is_open: set[dt.date],
        off: Sequence[dt.date] = (),
    ) -> None:
        """Forbid to serve on all days of a row, and to be `off` around it, where anything of that is open."""
        served = [days.get(day, False) for day in row]
        if is_open.intersection(off) or not all(isinstance(lit, bool) for lit in served):
            lits = [*served, *(board.negation(days.get(day, False)) for day in off)]
            board.forbid(lits, (who, row[0].isoformat()), amount)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every stretch of days that is too long or too short."""
        chances = self.chances(roster.case)
        for who in roster.among(chances):
            days, past = self.days_held(roster, who), self._past(roster.case, who)
            for stretch in _stretches(days):
                if amount := self._beyond(stretch, past) or self._missing(roster.case, stretch, past):
                    message = text(
                        "{who} serves on {n} in a row from {first} on; {limits}",
                        "{who} 自 {first} 起连续当值 {n}；{limits}",
                        who=roster.case.label[who],
                        n=several(len(stretch), "day", "天"),
                        first=stretch[0],
                        limits=self._limits(),
                    )
                    sessions = tuple(session for day in stretch for session in days[day])
                    short = not self._beyond(stretch, past)
                    yield self.breach(
                        amount,
                        message,
                        sessions=sessions,
                        who=(who,),
                        mends=[o for o in chances[who] if _days_of([o]).intersection(_around(stretch))]
                        if short
                        else (),
                        about=(who, stretch[0].isoformat(), stretch[-1].isoformat()),
                    )

    def _beyond(self, stretch: list[dt.date], past: set[dt.date]) -> int:
        if self.most is None:
            return 0
        rows = (stretch[i : i + self.most + 1] for i in range(len(stretch) - self.most))
        return sum(not past.issuperset(row) for row in rows)

    def _missing(self, case: Case, stretch: list[dt.date], past: set[dt.date]) -> int:
        counts = _inside(case, stretch) and not past.issuperset(stretch)
        return max(0, self.least - len(stretch)) if counts else 0

    def _past(self, case: Case, who: str) -> set[dt.date]:
        return {turn.day for turn in self.earlier(case, who)}

    def describe(self, case: Case) -> Message:
        """Say the rule with its limits."""
        return text(
            "{lead}{limits} in a row{trail}",
            "{lead}连续当值 {limits}{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            limits=self._limits(),
        )

    def _limits(self) -> Message:
        if self.most is None:
            return text("at least {least}", "至少 {least}", least=several(self.least, "day", "天"))
        most = several(self.most, "day", "天")
        if self.least == 1:
            return text("at most {most}", "至多 {most}", most=most)
        return text("{least} to {most}", "{least} 至 {most}", least=self.least, most=most)


def _row(first: dt.date, length: int) -> list[dt.date]:
    return [first + n * DAY for n in range(length)]


def _inside(case: Case, row: list[dt.date]) -> bool:
    return case.settings.first < row[0] and row[-1] < case.settings.last


def _stretches(days: Iterable[dt.date]) -> list[list[dt.date]]:
    """Return days, which are in order, as stretches without a gap."""
    found: list[list[dt.date]] = []
    for day in days:
        if found and found[-1][-1] + DAY == day:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _around(row: list[dt.date]) -> tuple[dt.date, dt.date]:
    """Return the days before and after a row."""
    return row[0] - DAY, row[-1] + DAY


def _days_of(occurrences: Iterable[Occurrence]) -> set[dt.date]:
    """Return the days on which sessions could begin."""
    return {start.date() for occurrence in occurrences for start in occurrence.starts}
