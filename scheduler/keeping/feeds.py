"""Feeds as they are served: rendered once for each revision, so that a fetch is a look-up."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select

from rota.edition import Edition
from rota.text import Language
from scheduler.keeping.editions import TOMBSTONES, Issue, editions, newest_issue
from scheduler.keeping.subscribers import NOBODY, digest_of_token
from scheduler.keeping.tables import RENDERED, REVISION, SUBSCRIBER
from scheduler.keeping.transaction import Store, Transaction

LOG = logging.getLogger("rota.feeds")

LARGE = 900_000
"""Octets from which on a feed is warned of: programs are said to give up at 1 MB."""

Renderer = Callable[[Sequence[Edition], Language], Iterable[tuple[str, bytes]]]
"""Makes all feeds of some editions in one language: the key of each, such as `unit/U01`, and its octets."""


@dataclass(frozen=True)
class Found:
    """The feed that a link leads to, without its octets. `etag` is their SHA-256, `at` says since when they hold."""

    subscriber: int
    revision: int
    subject: str
    language: Language
    at: dt.datetime
    etag: str
    size: int


class Size(NamedTuple):
    """How large a feed is, in octets."""

    subject: str
    language: str
    size: int


class _Made(NamedTuple):
    subject: str
    language: str
    body: bytes


class Feeds:
    """The feeds of a journal; several processes may serve them, and several threads share one object."""

    def __init__(self, store: Store, render: Renderer, *, tombstones: dt.timedelta = TOMBSTONES) -> None:
        self._store, self._render, self._tombstones = store, render, tombstones
        self._rendering = Lock()

    def find(self, token: str) -> Found | None:
        """Return the feed that a link leads to; None for a link that is unknown or revoked, and where there is none."""
        digest = digest_of_token(token)
        found = self._look_up(digest)
        if found is not None and found.etag is None:
            self.prepare()  # which waits where another thread is just doing it
            found = self._look_up(digest)
        return _found(found) if found is not None and found.etag is not None else None

    def body(self, found: Found) -> bytes | None:
        """Return the octets of a feed; None where there is a newer one since it was found."""
        key = (RENDERED.c.revision == found.revision, RENDERED.c.subject == found.subject)
        query = select(RENDERED.c.body).where(
            *key, RENDERED.c.language == found.language, RENDERED.c.etag == found.etag
        )
        body: bytes | None = self._store.database.read(lambda connection: connection.execute(query).scalar())
        return body

    def prepare(self) -> bool:
        """Render the feeds of the newest revision, in the languages that links ask for, as far as it was not done.

        Returns whether there was anything to do. Nothing is locked while feeds are rendered.
        """
        did = False
        with self._rendering:
            while (todo := self._store.read(self._missing)) is not None:
                self._make(*todo)
                did = True
        return did

    def _make(self, issue: Issue, languages: Sequence[Language], shown: Sequence[Edition]) -> None:
        made = [_Made(key, spoken, body) for spoken in languages for key, body in self._render(shown, spoken)]
        self._store.write(lambda transaction: _keep(transaction, issue, made))

    def sizes(self) -> tuple[Size, ...]:
        """Return the sizes of the feeds of the newest revision, as far as they are rendered, the largest first."""
        query = select(RENDERED.c.subject, RENDERED.c.language, RENDERED.c.size)
        newest = query.where(RENDERED.c.revision == _NEWEST).order_by(RENDERED.c.size.desc(), RENDERED.c.subject)
        return self._store.database.read(lambda c: tuple(Size(*row) for row in c.execute(newest)))

    def _look_up(self, digest: str) -> Any:  # noqa: ANN401 - a row of SQLAlchemy
        row = self._store.database.read(
            lambda connection: connection.execute(_LOOK_UP, {"wanted": digest}).one_or_none()
        )
        same = secrets.compare_digest(row.digest if row else NOBODY, digest)
        return row if row and same and row.revoked is None else None

    def _missing(self, transaction: Transaction) -> tuple[Issue, tuple[Language, ...], tuple[Edition, ...]] | None:
        """Return what is still to be rendered."""
        issue = newest_issue(transaction)
        if issue is None:
            return None
        asked = select(SUBSCRIBER.c.language).where(SUBSCRIBER.c.revoked.is_(None)).distinct()
        there = select(RENDERED.c.language).where(RENDERED.c.revision == issue.revision).distinct()
        languages: tuple[Language, ...] = tuple(transaction.connection.execute(asked.except_(there)).scalars())
        return (issue, tuple(sorted(languages)), editions(transaction, self._tombstones)) if languages else None


_NEWEST = select(func.max(REVISION.c.number)).scalar_subquery()
_SHOWN = and_(
    RENDERED.c.revision == _NEWEST,
    RENDERED.c.subject == SUBSCRIBER.c.subject,
    RENDERED.c.language == SUBSCRIBER.c.language,
)
_LOOK_UP = (
    select(
        SUBSCRIBER.c.id,
        SUBSCRIBER.c.digest,
        SUBSCRIBER.c.revoked,
        SUBSCRIBER.c.subject,
        SUBSCRIBER.c.language,
        RENDERED.c.revision,
        RENDERED.c.at,
        RENDERED.c.etag,
        RENDERED.c.size,
    )
    .select_from(SUBSCRIBER.outerjoin(RENDERED, _SHOWN))
    .where(SUBSCRIBER.c.digest == bindparam("wanted"))
)
"""One statement for every link, known or not: it says nothing by how long it takes."""


def _found(row: Row[Any]) -> Found:
    at = dt.datetime.fromisoformat(row.at)
    return Found(row.id, row.revision, row.subject, row.language, at, row.etag, row.size)


def _keep(transaction: Transaction, issue: Issue, made: Sequence[_Made]) -> None:
    """Write down rendered feeds if they are still the newest, and leave out what another process has written.

    Those of the revision before stay, for whoever is just reading them.
    """
    if newest_issue(transaction) != issue:
        return
    earlier = select(func.max(RENDERED.c.revision)).where(RENDERED.c.revision < issue.revision)
    before = transaction.connection.execute(earlier).scalar() or 0
    transaction.connection.execute(delete(RENDERED).where(RENDERED.c.revision < before))
    kept, there = (_kept(transaction, revision) for revision in (before, issue.revision))
    rows = [_row(issue, each, kept, transaction.now) for each in made if (each.subject, each.language) not in there]
    if rows:
        transaction.connection.execute(insert(RENDERED), rows)
        LOG.info("rendered %d feeds of revision %d", len(rows), issue.revision)


_Kept = Mapping[tuple[str, str], tuple[str, str]]
"""By key and language: the digest of a rendered feed, and since when it holds."""


def _kept(transaction: Transaction, revision: int) -> _Kept:
    columns = (RENDERED.c.subject, RENDERED.c.language, RENDERED.c.etag, RENDERED.c.at)
    rows = transaction.connection.execute(select(*columns).where(RENDERED.c.revision == revision))
    return {(subject, language): (etag, at) for subject, language, etag, at in rows}


def _row(issue: Issue, made: _Made, kept: _Kept, now: str) -> dict[str, object]:
    etag, size = hashlib.sha256(made.body).hexdigest(), len(made.body)
    if size >= LARGE:
        LOG.warning("the feed %s has %d octets: calendar programs may refuse 1 MB", made.subject, size)
    before, since = kept.get((made.subject, made.language), ("", now))
    return {
        "revision": issue.revision,
        "subject": made.subject,
        "language": made.language,
        "at": since if before == etag else now,
        "etag": etag,
        "size": size,
        "body": made.body,
    }
