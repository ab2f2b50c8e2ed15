"""Polling: external calendars that are due are asked whether anything is new, and what is becomes a change."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from calendars.fetching import Fetched, FetchError, Guard, fetch
from calendars.incoming.busy import AllDay
from calendars.incoming.refusal import CalendarRefusedError
from console.foreign import Foreign, record_calendar
from rota.case import Case
from rota.change import ChangeError
from rota.changes.making import shared_ids
from rota.document import canonical
from rota.text import Message, text
from scheduler.keeping.clock import Job
from scheduler.keeping.errors import ConflictError
from scheduler.keeping.external import ExternalCalendar, Seen
from scheduler.keeping.journal import Journal

LOG = logging.getLogger("rota.calendars")

ACTOR = "calendar"
LOOKING = 30.0
"""Seconds after which it is looked whether a calendar is due."""
MOST = 50
"""Calendars that are read in one turn."""
ALL_DAY: dict[str, AllDay] = {"busy": "busy", "avoid": "avoid", "ignore": "ignore"}
Fetch = Callable[[ExternalCalendar, bool], Fetched]


@dataclass(frozen=True)
class Polled:
    """What came of one calendar: whether something is new, or why it could not be read."""

    calendar: ExternalCalendar
    changed: bool = False
    failure: Message | None = None


def fetch_anew(calendar: ExternalCalendar, conditional: bool) -> Fetched:  # noqa: FBT001 - one of two ways to ask
    """Ask a calendar's server; where it is `conditional`, only for what is new.

    Raises:
        FetchError: the server does not give a calendar.
    """
    guard = Guard.allowing(*calendar.allowed)
    if not conditional:
        return fetch(calendar.url, guard)
    return fetch(calendar.url, guard, etag=calendar.etag, last_modified=calendar.last_modified)


class Poller:
    """Reads the calendars of a journal that are due."""

    def __init__(self, journal: Journal, fetching: Fetch = fetch_anew) -> None:
        self._journal, self._fetch = journal, fetching

    @property
    def job(self) -> Job:
        """What the clock does."""
        return Job("reading external calendars", LOOKING, self._look)

    def _look(self) -> None:
        for polled in self.turn():
            if polled.failure is not None:
                LOG.warning("the calendar no. %d could not be read: %s", polled.calendar.id, polled.failure.say("en"))

    def turn(self) -> Iterator[Polled]:
        """Read what is due; one that fails keeps no other waiting."""
        for _ in range(MOST):
            claimed = self._journal.external.claim()
            if not claimed:
                return
            yield self.poll(claimed[0])

    def poll(self, calendar: ExternalCalendar) -> Polled:
        """Read one calendar, and note how that went."""
        try:
            changed = self._read(calendar)
        except (FetchError, CalendarRefusedError, ChangeError, ConflictError) as error:
            return self._failed(calendar, error.message)
        except Exception as error:
            LOG.exception("the calendar no. %d could not be read", calendar.id)
            return self._failed(calendar, text("Error {kind}", "程序错误 {kind}", kind=type(error).__name__))
        return Polled(calendar, changed)

    def _failed(self, calendar: ExternalCalendar, reason: Message) -> Polled:
        self._journal.external.failed(calendar, reason)
        return Polled(calendar, failure=reason)

    def _read(self, calendar: ExternalCalendar) -> bool:
        cases = dict(self._concerned(calendar))
        horizons = _horizons(cases)
        fetched = self._fetch(calendar, horizons == calendar.horizons)
        changed = False
        if fetched.content is not None:
            foreign = Foreign(fetched.content, calendar.source)
            changed = sum(self._record(stream, foreign, calendar) for stream in cases) > 0
            seen = Seen(fetched.etag, fetched.last_modified, horizons, changed)
        else:
            seen = Seen(calendar.etag, calendar.last_modified, horizons, changed)
        self._journal.external.read(calendar, seen)
        return changed

    def _concerned(self, calendar: ExternalCalendar) -> Iterator[tuple[str, Case]]:
        """Yield the cases that are not over and know whose calendar it is."""
        for stream in self._journal.streams():
            case = self._journal.state(stream).case
            today = self._journal.store.clock().astimezone(case.zone).date()
            if case.settings.last >= today and any(row.id == calendar.resource for row in shared_ids(case)):
                yield stream, case

    def _record(self, stream: str, foreign: Foreign, calendar: ExternalCalendar) -> bool:
        all_day = ALL_DAY[calendar.all_day]
        kept = record_calendar(self._journal, stream, foreign, calendar.resource, actor=ACTOR, all_day=all_day)
        return kept.recorded is not None


def _horizons(cases: dict[str, Case]) -> str:
    """Return what stands for the days that are read: when these are others, nothing that is known holds any more."""
    settings = {stream: case.settings for stream, case in cases.items()}
    said = {stream: [str(each.first), str(each.last), each.zone] for stream, each in settings.items()}
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:16]
