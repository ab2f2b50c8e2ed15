"""Editions: what the feeds of an alliance are made of - the newest revision of each of its cases, years in a row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rota.edition import Edition
from scheduler.keeping.departures import former
from scheduler.keeping.publication import Revision, newest_of_case, read_plan, revisions, session_rows
from scheduler.keeping.transaction import ERASURES, Transaction, read_meta

TOMBSTONES = dt.timedelta(days=60)
"""So long feeds show that a session is cancelled, or has left somebody."""
YEARS_BEFORE = dt.timedelta(days=400)
"""So long feeds show a case that is over."""


@dataclass(frozen=True)
class Issue:
    """What the alliance has published: the number of its newest revision, and how often texts were erased by then."""

    revision: int
    erasures: str


def newest_issue(transaction: Transaction) -> Issue | None:
    """Return what is published now; None before the first revision."""
    newest = next(iter(revisions(transaction.connection, None, newest=True)), None)
    return Issue(newest.number, read_meta(transaction.connection, ERASURES)) if newest else None


def editions(transaction: Transaction, tombstones: dt.timedelta = TOMBSTONES) -> tuple[Edition, ...]:
    """Return the editions that feeds show, in order of their years.

    What is too old to be shown is measured from the newest revision, never from today: so a revision has one content.
    """
    newest = {revision.stream: revision for revision in revisions(transaction.connection, None)}
    moment = max(revision.at for revision in newest.values())
    found = [_edition(transaction, revision, moment - tombstones) for revision in newest.values()]
    last = max(found, key=lambda edition: edition.case.settings.last)
    shown = [each for each in found if each is last or _ended(each) >= moment - YEARS_BEFORE]
    return tuple(sorted(shown, key=lambda edition: (edition.case.settings.first, edition.case.settings.id)))


def _edition(transaction: Transaction, revision: Revision, since: dt.datetime) -> Edition:
    head = transaction.head(revision.stream)
    unchanged = newest_of_case(transaction.connection, revision.stream) == revision.case_sequence
    case = transaction.state(head, None if unchanged else revision.case_sequence).case
    stamps = {id_: row.stamp for id_, row in session_rows(transaction.connection, revision.stream).items()}
    shown = {id_: stamp for id_, stamp in stamps.items() if not stamp.cancelled or stamp.modified >= since}
    plan = read_plan(transaction.connection, revision.plan)
    history = revisions(transaction.connection, revision.stream)
    return Edition(case, plan, shown, former(transaction.connection, history, plan, shown, since))


def _ended(edition: Edition) -> dt.datetime:
    return dt.datetime.combine(edition.case.settings.last, dt.time.max, edition.case.zone)
