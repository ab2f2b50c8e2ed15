"""Chains: where a seat stays empty, the window in which those who could take it are replaced wherever they are needed.

Who could take the seat may be busy then, or have used up the month. So their turns around that time are open to those
who could take them over, the turns of these again, and so on, as far as the window reaches (ejection chains; Glover,
Ejection chains, reference structures and alternating path methods for traveling salesman problems, 1996).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.solving.narrowing import Admitted, Window, size_of

if TYPE_CHECKING:
    from constraints.board import Given
    from rota.agenda import Occurrence, Seats
    from rota.plan import Session


def missing_seats(occurrence: Occurrence, session: Session | None) -> Iterator[Seats]:
    """Yield the seats of a session that too few take; all of one that is not held."""
    for part in occurrence.parts:
        for seats in part.seats:
            if session is None or len(session.part[part.id].roles.get(seats.name, ())) < seats.role.least:
                yield seats


def lacks(occurrence: Occurrence, session: Session | None) -> bool:
    """Tell whether a session that has to take place is missing, or somebody in it."""
    if session is None:
        return occurrence.must and bool(occurrence.starts)
    return any(True for _ in missing_seats(occurrence, session))


def can_fill(frame: Occurrence, session: Session | None) -> bool:
    """Tell whether somebody who is admitted could take a seat that a session lacks, or hold it where it is missing."""
    if session is None:
        return lacks(frame, session)
    return any(
        len(seats.candidates) > len(session.part[part.id].roles.get(seats.name, ()))
        for part in frame.parts
        for seats in part.seats
        if len(session.part[part.id].roles.get(seats.name, ())) < seats.role.least
    )


def chain(admitted: Admitted, given: Given, empty: str, among: Collection[str], days: int, candidates: int) -> Window:
    """Return the window around a session with an `empty` seat: it is open as a whole, `among` others turns alone.

    These lie within so many days of it; the window has so many candidates, about.
    """
    frame = admitted.frame(empty)
    span = [id_ for id_ in among if abs((admitted.agenda.by_id[id_].nominal - frame.nominal).days) <= days]
    able = [who for seats in missing_seats(frame, given.sessions.get(empty)) for who in seats.candidates]
    found = linked(admitted, given, able, span, candidates - size_of([frame]))
    return replace(found, sessions=(empty, *found.sessions), whole=frozenset({empty}))


def linked(admitted: Admitted, given: Given, seeds: Iterable[str], among: Iterable[str], candidates: int) -> Window:
    """Return the window in which turns `among` sessions are open: of seeds, of those who could take these, and on."""
    open_to = frozenset(among)
    due = deque(seeds)
    free: dict[str, None] = {}
    chosen: dict[str, None] = {}
    size = 0
    while due and size <= candidates:
        who = due.popleft()
        if who in free:
            continue
        free[who] = None
        for id_, places in given.places(who):
            if id_ in open_to:
                chosen[id_] = None
                seated = {(place.part.id, place.role) for place in places}
                for seats in _seats(admitted, id_, seated):
                    size += len(seats.candidates)
                    due.extend(seats.candidates)
    return Window(tuple(chosen), frozenset(free))


def _seats(admitted: Admitted, session: str, seated: Collection[tuple[str, str]]) -> Iterator[Seats]:
    """Yield the seats of some parts and roles of a session."""
    for part in admitted.frame(session).parts:
        for seats in part.seats:
            if (part.id, seats.name) in seated:
                yield seats
