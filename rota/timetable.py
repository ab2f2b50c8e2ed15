"""Timetables: when the sessions of an activity could take place, for all activities that have the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rota.activity import OnHoliday, selected
from rota.demand import DayKind
from rota.holidays import special_day
from rota.hours import weekday_set

if TYPE_CHECKING:
    from rota.activity import Activity
    from rota.case import Case


class Timetable(NamedTuple):
    """All of an activity that decides when its sessions could take place."""

    cycle: str
    rounds: str
    times: tuple[dt.time, ...]
    days_before: int
    days_after: int
    weekdays: str
    holidays: OnHoliday
    makeup_days: OnHoliday

    @classmethod
    def of(cls, activity: Activity) -> Timetable:
        """Return the timetable of an activity."""
        return cls(*(getattr(activity, field) for field in cls._fields))

    def on_special_day(self, case: Case, day: dt.date) -> OnHoliday:
        """Return what is done on a day that may be a holiday or a make-up workday."""
        special = special_day(case, day)
        if special is None:
            return OnHoliday.KEEP
        return self.holidays if special.kind is DayKind.OFF else self.makeup_days


class RoundDate(NamedTuple):
    """A round with its date, the nominal start, and the candidate starts around it."""

    round: int
    day: dt.date
    nominal: dt.datetime
    starts: tuple[dt.datetime, ...]


def dates(case: Case, timetable: Timetable) -> Iterator[RoundDate]:
    """Yield the rounds in which sessions of a timetable could take place."""
    days = case.cycle[timetable.cycle].days
    wanted = selected(timetable.rounds, len(days))
    for number, day in enumerate(days, start=1):
        if number not in wanted or not case.settings.first <= day <= case.settings.last:
            continue
        if timetable.on_special_day(case, day) is OnHoliday.SKIP:
            continue
        nominal = dt.datetime.combine(day, timetable.times[0], case.zone)
        yield RoundDate(number, day, nominal, _starts(case, timetable, day))


def _starts(case: Case, timetable: Timetable, nominal: dt.date) -> tuple[dt.datetime, ...]:
    """Candidate starts around one nominal date: days of the window that the holiday policy leaves, at every time.

    No start lies outside the horizon, where another case decides.
    """
    allowed = weekday_set(timetable.weekdays)
    days = [nominal + dt.timedelta(days=offset) for offset in range(-timetable.days_before, timetable.days_after + 1)]
    open_days = [
        day
        for day in days
        if case.settings.first <= day <= case.settings.last
        and day.weekday() in allowed
        and timetable.on_special_day(case, day) is OnHoliday.KEEP
    ]
    return at_times(case, open_days, timetable.times)


def at_times(case: Case, days: Iterable[dt.date], times: Iterable[dt.time]) -> tuple[dt.datetime, ...]:
    """Return every time on every day, each once, in order."""
    return tuple(dt.datetime.combine(d, t, case.zone) for d in sorted(set(days)) for t in sorted(set(times)))
