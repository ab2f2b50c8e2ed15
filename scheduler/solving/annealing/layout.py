"""The layout of a timetable: its sessions, their starts and places, and what rules charge for them, as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from rota.plan import PlanPart, Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rota.agenda import Occurrence

HARD = 1 << 40
"""The price of one breach of what must hold; all that is preferred comes to less, however much of it."""
FORBIDDEN = -1
"""Stands for a price where a session cannot be held."""


class Place(NamedTuple):
    """A site, and a room there where one is needed."""

    site: str
    room: str | None


class Tables(NamedTuple):
    """What the search reads and never writes. Rows of unequal length are filled up; `n_…` says how long they are.

    Sessions of one `kind` may be held at the same starts and places and count in the same groups. `alone` prices each
    kind at each start and place; `first` and `last` are the stretches of time that it takes there, `span` the number of
    its span. Kinds are rivals (`rival` is 1) where no two sessions of them may run at once; `rivals` lists them. Groups
    are those that share something (`shared`, at most `capacity` at once), that want `company`, and of which the
    `different` days (of `about` 0) or rooms (1) are counted, n of them at `prices[n]`. `value` numbers days and rooms.
    """

    kind: NDArray[np.int64]
    alone: NDArray[np.int64]
    starts: NDArray[np.int64]
    n_starts: NDArray[np.int64]
    places: NDArray[np.int64]
    n_places: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    span: NDArray[np.int64]
    rival: NDArray[np.int64]
    rivals: NDArray[np.int64]
    n_rivals: NDArray[np.int64]
    shared: NDArray[np.int64]
    n_shared: NDArray[np.int64]
    capacity: NDArray[np.int64]
    place_capacity: NDArray[np.int64]
    company: NDArray[np.int64]
    n_company: NDArray[np.int64]
    company_price: NDArray[np.int64]
    near_of: NDArray[np.int64]
    near: NDArray[np.int64]
    n_near: NDArray[np.int64]
    different: NDArray[np.int64]
    n_different: NDArray[np.int64]
    about: NDArray[np.int64]
    prices: NDArray[np.int64]
    value: NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """A case in numbers: sessions, starts and places by their numbers, and the tables that a search reads.

    `most_price` is the highest of an amount of 1 of what is preferred; `usual_price` is what those who want company in
    a session come to on average, if none of them has any.
    """

    occurrences: tuple[Occurrence, ...]
    moments: tuple[dt.datetime, ...]
    places: tuple[Place, ...]
    tables: Tables
    most_price: int
    usual_price: float

    def sessions(self, starts: Sequence[int], places: Sequence[int]) -> dict[str, Session]:
        """Return the sessions that are held at some starts and places."""
        found = {}
        for occurrence, start, place in zip(self.occurrences, starts, places, strict=True):
            found[occurrence.id] = _session(occurrence, self.moments[start], self.places[place])
        return found

    def numbers(self, sessions: Mapping[str, Session]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return the starts and places of sessions; None where one is missing or held elsewhere than foreseen."""
        try:
            held = [sessions[occurrence.id] for occurrence in self.occurrences]
            starts = tuple(self._moment[each.start] for each in held)
            return starts, tuple(self._place[Place(each.site, each.parts[0].room)] for each in held)
        except KeyError:
            return None

    def ways(self, kind: int) -> list[tuple[int, int]]:
        """Return the starts and places at which sessions of a kind can be held."""
        return [
            (int(start), int(place))
            for start, place in zip(*(self.tables.alone[kind] != FORBIDDEN).nonzero(), strict=True)
        ]

    @cached_property
    def _moment(self) -> Mapping[dt.datetime, int]:
        return {moment: number for number, moment in enumerate(self.moments)}

    @cached_property
    def _place(self) -> Mapping[Place, int]:
        return {place: number for number, place in enumerate(self.places)}


def _session(occurrence: Occurrence, start: dt.datetime, place: Place) -> Session:
    (frame,) = occurrence.parts
    part = PlanPart(
        id=frame.id,
        room=place.room,
        theme=frame.theme.zh,
        line=next(iter(frame.lines), None),
        roles={seats.name: seats.candidates for seats in frame.seats},
    )
    end = occurrence.end_of(start)
    activity = occurrence.activity.id
    return Session(id=occurrence.id, activity=activity, start=start, end=end, site=place.site, parts=(part,))
