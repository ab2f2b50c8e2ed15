"""What is published, sorted by whom it concerns: made once for each revision, looked up for each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import NamedTuple

from calendars.subject import Key, Shown, Subject, feed_key, shown_in, views
from rota.case import Case
from rota.edition import Edition
from rota.text import Message
from scheduler.keeping.editions import Issue, editions, newest_issue
from scheduler.keeping.transaction import Store, Transaction


class Concerned(NamedTuple):
    """A session that concerns somebody, in the edition that it is published in."""

    edition: Edition
    shown: Shown


@dataclass(frozen=True)
class Who:
    """Whom a page is about: the key of the feed, what kind of thing, its id, and its name."""

    key: str
    subject: Subject
    of: str
    label: Message

    @property
    def serves(self) -> bool:
        """Whether they have seats, and so something to answer."""
        return self.subject in {Subject.UNIT, Subject.PERSON}


class Published:
    """The published editions, years in a row, and what concerns whom in them."""

    def __init__(self, number: int, shown: Sequence[Edition]) -> None:
        self.revision, self.editions = number, tuple(shown)
        self._sessions: dict[Key, list[Concerned]] = {}
        for edition in self.editions:
            for key, found in shown_in(edition).items():
                self._sessions.setdefault(key, []).extend(Concerned(edition, each) for each in found)

    @property
    def case(self) -> Case:
        """The newest case: names and settings come from it."""
        return self.editions[-1].case

    @cached_property
    def subjects(self) -> Mapping[str, Who]:
        """Everybody who has a feed, by its key; who is in several years is called as in the last of them."""
        found: dict[str, Who] = {}
        for edition in self.editions:
            for view in views(edition.case, edition.case.settings.language):
                key = feed_key(*view.key)
                found[key] = Who(key, view.subject, view.of, view.label)
        return found

    def sessions(self, who: Who) -> list[Concerned]:
        """Return the sessions that concern somebody, in order of time; with those cancelled, or not theirs any more."""
        found = self._sessions.get((who.subject, who.of), [])
        return sorted(found, key=lambda each: (each.shown.stamped.session.start, each.shown.stamped.session.id))


class Publications:
    """The newest of what is published in a journal, kept until something newer is."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._kept: tuple[Issue, Published] | None = None

    def newest(self) -> Published | None:
        """Return what is published now; None before the first revision."""
        issue = self._store.read(newest_issue)
        if issue is None:
            return None
        with self._lock:
            if self._kept is None or self._kept[0] != issue:
                self._kept = self._store.read(_read)
            return self._kept[1]


def _read(transaction: Transaction) -> tuple[Issue, Published]:
    issue = newest_issue(transaction)
    if issue is None:
        raise LookupError("a revision that was there is gone")
    return issue, Published(issue.revision, editions(transaction))
