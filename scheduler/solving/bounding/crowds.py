"""Crowds: sessions that lie close together, of which somebody who is in one place at a time can serve in some at most.

Whether two turns can follow each other is asked of their times alone: the way between them is left out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from scheduler.solving.bounding.relaxation import Relaxation

Interval = tuple[dt.datetime, dt.datetime]


class Crowd(NamedTuple):
    """Somebody can serve in so many of these sessions at the `most`."""

    sessions: frozenset[str]
    most: int


def crowds_of(relaxation: Relaxation) -> Mapping[str, Sequence[Crowd]]:
    """Return for everybody the crowds in which they could not take all seats that they are able to take."""
    turns: dict[str, list[str]] = defaultdict(list)
    for row in relaxation.rows:
        for who in row.able:
            turns[who].append(row.place.session)
    known = relaxation.agenda.by_id
    found = {}
    for who, places in turns.items():
        if relaxation.exclusive(who):
            some = _close_together([known[id_] for id_ in dict.fromkeys(places)])
            crowds = (_crowd(relaxation, who, sessions) for sessions in some)
            found[who] = [each for each in crowds if each.most < sum(id_ in each.sessions for id_ in places)]
    return found


def _crowd(relaxation: Relaxation, who: str, sessions: Sequence[Occurrence]) -> Crowd:
    times = {(start, o.end_of(start)) for o in sessions for start in o.starts}
    free = (each for each in times if relaxation.facts.free(who, *each))
    return Crowd(frozenset(o.id for o in sessions), _one_after_the_other(free))


def _close_together(sessions: Iterable[Occurrence]) -> Iterator[list[Occurrence]]:
    """Yield sessions whose possible times follow each other without a break."""
    some: list[Occurrence] = []
    until = None
    for occurrence in sorted(sessions, key=lambda o: o.first):
        if until is not None and occurrence.first >= until:
            yield some
            some, until = [], None
        some.append(occurrence)
        until = occurrence.until if until is None else max(until, occurrence.until)
    if some:
        yield some


def _one_after_the_other(times: Iterable[Interval]) -> int:
    """Return how many of some intervals at the most do not overlap: those that end first are taken first."""
    number, until = 0, None
    for start, end in sorted(times, key=lambda each: each[1]):
        if until is None or start >= until:
            number, until = number + 1, end
    return number
