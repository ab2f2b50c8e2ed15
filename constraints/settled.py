"""Sessions of which the case leaves open neither when nor at which site they are held, if they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.hours import Lasting

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from rota.case import Case


@dataclass(frozen=True)
class Settled(Lasting):
    """A session with the one start and site that it has."""

    occurrence: Occurrence
    start: dt.datetime
    end: dt.datetime
    site: str

    @property
    def id(self) -> str:
        """The session's id."""
        return self.occurrence.id


def settled_sessions(case: Case) -> list[Settled]:
    """Return the sessions with one start and one site, in order of their nominal start."""
    return [
        Settled(occurrence, start, occurrence.end_of(start), site)
        for occurrence in agenda_of(case).occurrences
        if len(occurrence.starts) == len(occurrence.sites) == 1
        for start, site in [(occurrence.starts[0], occurrence.sites[0])]
    ]
