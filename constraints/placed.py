"""What rules charge where nothing but starts and rooms is open, in words from which a single move can be priced.

A rule that implements `placed` promises: in each plan in which every session takes place, with one part, its seats and
line as they must be, its terms come to what its breaches come to, but for a number that is the same in all such plans.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rota.hours import minute_of

if TYPE_CHECKING:
    from rota.roster import Held, Roster

Where = tuple[dt.datetime | None, str | None]
"""A start, a site or room, or both together; None stands for any."""


@dataclass(frozen=True)
class Span:
    """When a session begins and ends, in minutes."""

    begin: int
    end: int

    @classmethod
    def of(cls, start: dt.datetime, end: dt.datetime) -> Span:
        """Return the span from one moment to another."""
        return cls(minute_of(start), minute_of(end))

    def gap(self, other: Span) -> int:
        """Return the minutes between two spans; less than 0 where they overlap."""
        return max(other.begin - self.end, self.begin - other.end)


@dataclass(frozen=True, eq=False)
class Alone:
    """A session comes to the sum of the amounts that speak of its start, its site, its room, or two of them."""

    session: str
    amounts: Mapping[Where, int]

    def amount(self, start: dt.datetime, site: str, room: str | None) -> int:
        """Return what the session comes to if it is held then and there."""
        places = (None, site) if room is None else (None, site, room)
        return sum(self.amounts.get((at, place), 0) for at in (None, start) for place in places)

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        held = roster.by_id[self.session]
        return self.amount(held.start, held.site, held.session.parts[0].room)


@dataclass(frozen=True, eq=False)
class AtOnce:
    """At each moment at most so many of the sessions run, or run in a `room`: minutes in excess, times how many."""

    sessions: tuple[str, ...]
    most: int
    room: str | None = None

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        running = [held for held in _of(self, roster) if self.room in {None, held.session.parts[0].room}]
        spans = [Span.of(held.start, held.end) for held in running]
        moments = sorted({moment for span in spans for moment in (span.begin, span.end)})
        found = 0
        for begin, end in pairwise(moments):
            together = sum(span.begin <= begin and end <= span.end for span in spans)
            found += (end - begin) * max(0, together - self.most)
        return found


@dataclass(frozen=True, eq=False)
class Company:
    """Each of the sessions that has none of the others on its day at most so many `minutes` away comes to 1."""

    sessions: tuple[str, ...]
    minutes: int

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        by_day: dict[dt.date, list[Span]] = defaultdict(list)
        for held in _of(self, roster):
            by_day[held.start.date()].append(Span.of(held.start, held.end))
        return sum(
            all(span.gap(other) > self.minutes for other in (*spans[:number], *spans[number + 1 :]))
            for spans in by_day.values()
            for number, span in enumerate(spans)
        )


@dataclass(frozen=True, eq=False)
class OnDays:
    """The sessions begin on n different days, which comes to `amounts[n]`."""

    sessions: tuple[str, ...]
    amounts: tuple[int, ...]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        return self.amounts[len({held.start.date() for held in _of(self, roster)})]


@dataclass(frozen=True, eq=False)
class InRooms:
    """The sessions are held in n different rooms, which comes to `amounts[n]`."""

    sessions: tuple[str, ...]
    amounts: tuple[int, ...]

    def total(self, roster: Roster) -> int:
        """Return what the term comes to in a plan."""
        rooms = (held.session.parts[0].room for held in _of(self, roster))
        return self.amounts[len({room for room in rooms if room is not None})]


Placed = Alone | AtOnce | Company | OnDays | InRooms


def alone(amounts: Iterable[tuple[str, Where, int]]) -> Iterator[Placed]:
    """Yield a term for each session that comes to anything by itself; amounts that speak of the same add up."""
    found: dict[str, dict[Where, int]] = defaultdict(lambda: defaultdict(int))
    for session, where, amount in amounts:
        found[session][where] += amount
    for session, summed in found.items():
        yield Alone(session, dict(summed))


def _of(term: AtOnce | Company | OnDays | InRooms, roster: Roster) -> list[Held]:
    return [roster.by_id[session] for session in term.sessions]
