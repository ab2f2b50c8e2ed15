"""Moving a horizon and its cycles to the same part of a later year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rota.activity import selected
from rota.cycle import Cycle, recurrence_days
from rota.problem import RotaError
from rota.text import text

if TYPE_CHECKING:
    from rota.case import Case

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)

_BY_WEEK = re.compile(r"\bFREQ=(?:WEEKLY|DAILY)\b")
_NAMES_DAYS = re.compile(r"\bBY(?:DAY|MONTHDAY|YEARDAY|WEEKNO)=")
_UNTIL = re.compile(r"\bUNTIL=(\d{8})")
_COUNT = re.compile(r"\bCOUNT=\d+")


class NextYearError(RotaError):
    """The year asked for is none that can follow the case."""


def year_of(case: Case) -> int:
    """Return the year that a case is about: that of its first full week, since a season may begin in late December."""
    return (case.settings.first + 6 * DAY).year


@dataclass(frozen=True)
class Shift:
    """How far everything moves: `years` in the calendar, `step` for what recurs by the week.

    A rotation lives in weeks: its Saturdays must stay Saturdays, and all cycles must keep their distances. So whatever
    recurs by day or week moves by one and the same number of whole weeks, as does the first day of the horizon, which
    lands just before its old date or just after it. Of the two, none that lets a cycle begin before the horizon is
    taken; then the one that leaves more activities in the quarters in which they were, since rules count by quarter;
    then the nearer one. Where no cycle recurs so, the date itself stays.

    What is tied to the calendar stays tied to it: a first day that is the first of a month, a last day that is the last
    of a month (so that rules which count by month or quarter keep their whole periods), and cycles that recur by month
    or year: its second Thursday in April becomes the next year's second Thursday in April. The new horizon is thus as
    long as the old one, but for the days by which such an end is bound to its month.
    """

    old: tuple[dt.date, dt.date]
    years: int
    step: dt.timedelta

    @property
    def first(self) -> dt.date:
        """The first day of the new horizon."""
        first = self.old[0]
        return _same_date(first, self.years) if first.day == 1 else first + self.step

    @property
    def last(self) -> dt.date:
        """The last day of the new horizon."""
        return self.end(self.old[1])

    def end(self, day: dt.date) -> dt.date:
        """Move the day on which something ends."""
        if (day + DAY).day == 1:
            return _same_date(day + DAY, self.years) - DAY
        return day + self.step

    def cycle(self, cycle: Cycle) -> Cycle:
        """Move a cycle; rounds counted that would now lie behind the horizon, and did not, are cut off."""
        if not _BY_WEEK.search(cycle.rrule):
            return cycle.model_copy(update={"first": self._in_month(cycle), "rrule": self._until(cycle, by_date=True)})
        moved = cycle.model_copy(update={"first": cycle.first + self.step, "rrule": self._until(cycle, by_date=False)})
        rounds = sum(day <= self.last for day in moved.days)
        if cycle.days[-1] <= self.old[1] and 0 < rounds < len(moved.days):
            return moved.model_copy(update={"rrule": _COUNT.sub(f"COUNT={rounds}", moved.rrule)})
        return moved

    def _until(self, cycle: Cycle, *, by_date: bool) -> str:
        """Return the recurrence with its last day moved, if it has one; its count stays."""

        def moved(found: re.Match[str]) -> str:
            day = dt.date.fromisoformat(found[1])
            return f"UNTIL={_same_date(day, self.years) if by_date else self.end(day):%Y%m%d}"

        return _UNTIL.sub(moved, cycle.rrule)

    def _in_month(self, cycle: Cycle) -> dt.date:
        """Return the day of a month or year that corresponds to the first round: the same date, or the second Thursday.

        Where the month has fewer such days, the last of them; where it has none, the same date.
        """
        first = cycle.days[0]
        same = _same_date(first, self.years)
        if not _NAMES_DAYS.search(cycle.rrule):
            return same
        rule = _COUNT.sub("", _UNTIL.sub("", re.sub(r"\bINTERVAL=\d+", "", cycle.rrule)))
        rule = ";".join(part for part in rule.split(";") if part)
        before, after = (_in_month_of(rule, day) for day in (first, same))
        return after[min(before.index(first), len(after) - 1)] if after and first in before else same


def shift_to(case: Case, year: int) -> Shift:
    """Return the shift that brings a case to `year`.

    Raises:
        NextYearError: the new horizon would begin before the old one ends.
    """
    first, last = case.settings.first, case.settings.last
    years = year - year_of(case)
    shift = _nearest(case, years) if years > 0 else None
    if shift is not None and shift.first > last:
        return shift
    raise NextYearError(
        text(
            "The case is about {first} to {last}; a case for {year} would not come after it. "
            "Name a later year, e.g. {later}.",
            "现有排班期为 {first} 至 {last}，{year} 年的排班期不在其后。请改用更晚的年份，例如 {later}。",
            first=first,
            last=last,
            year=str(year),
            later=str(max(last.year, year_of(case)) + 1),
        )
    )


def _nearest(case: Case, years: int) -> Shift:
    """Return the shift by years that fits a case best."""
    old = case.settings.first, case.settings.last
    exact = _same_date(old[0], years) - old[0]
    weekly = {cycle.id: cycle.days for cycle in case.cycles if _BY_WEEK.search(cycle.rrule)}
    if not weekly:
        return Shift(old, years, exact)

    def price(shift: Shift) -> tuple[int, int, dt.timedelta]:
        begin_early = sum(days[0] >= old[0] and days[0] + shift.step < shift.first for days in weekly.values())
        astray = 0
        for activity in case.activities:
            days = weekly.get(activity.cycle, ())
            held = [days[n - 1] for n in selected(activity.rounds, len(days)) if n <= len(days)]
            astray += len({_quarter(day) for day in held} ^ {_quarter(day + shift.step) - 4 * years for day in held})
        return begin_early, astray, abs(shift.step - exact)

    whole = exact // WEEK
    return min((Shift(old, years, WEEK * weeks) for weeks in (whole, whole + 1)), key=price)


def _quarter(day: dt.date) -> int:
    """Count quarters through the years."""
    return day.year * 4 + (day.month - 1) // 3


def _same_date(day: dt.date, years: int) -> dt.date:
    """Return the same date some years later; the last of February for a day that the year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _in_month_of(rule: str, day: dt.date) -> tuple[dt.date, ...]:
    """Return the days of a recurrence in the month of `day`."""
    begin = day.replace(day=1)
    after = (begin + 31 * DAY).replace(day=1)
    return recurrence_days(rule, begin, after - DAY)
