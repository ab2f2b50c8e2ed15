"""Subscribers (订阅): links to feeds - who was given one, and who has seen the newest revision."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update

from rota.text import ERASED, Language, text
from scheduler.keeping.errors import StoreError
from scheduler.keeping.tables import SUBSCRIBER
from scheduler.keeping.transaction import Store, Transaction

OCTETS = 32
"""So many random octets are in a link."""


@dataclass(frozen=True)
class Subscriber:
    """One link: the feed that it leads to, and what became of it.

    `subject` is the key of the feed, e.g. `unit/U01` or `all`; `label` says in the coordinator's words whom it was
    given to. `seen` is the newest revision that was fetched over it, `agent` the kind of program that did so.
    """

    id: int
    subject: str
    language: Language
    label: str
    created: dt.datetime
    rotated: dt.datetime | None
    revoked: dt.datetime | None
    fetched: dt.datetime | None
    seen: int | None
    agent: str


@dataclass(frozen=True)
class Issued:
    """A link and its secret, which is known at this moment only."""

    subscriber: Subscriber
    token: str


@dataclass(frozen=True)
class Fetch:
    """That a feed was fetched over a link: when, which revision it showed, and by what kind of program."""

    subscriber: int
    at: dt.datetime
    revision: int
    agent: str


class Subscribers:
    """The links of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, subject: str, language: Language, label: str = "") -> Issued:
        """Make a link to a feed."""
        token = secrets.token_urlsafe(OCTETS)

        def work(transaction: Transaction) -> Subscriber:
            row = {
                "subject": subject,
                "language": language,
                "label": transaction.sealer.seal_text(label, subject.rpartition("/")[2]),
                "digest": digest_of_token(token),
                "created": transaction.now,
                "agent": "",
            }
            made = insert(SUBSCRIBER).returning(*_COLUMNS)
            return _opened(transaction, transaction.connection.execute(made, row).one())

        return Issued(self._store.write(work), token)

    def rotate(self, id_: int) -> Issued:
        """Give a link another secret; the one before leads nowhere from now on.

        Raises:
            StoreError: there is no such link, or it is revoked.
        """
        token = secrets.token_urlsafe(OCTETS)

        def work(transaction: Transaction) -> Subscriber:
            values = {"digest": digest_of_token(token), "rotated": transaction.now}
            return _changed(transaction, id_, values)

        return Issued(self._store.write(work), token)

    def revoke(self, id_: int) -> Subscriber:
        """Let a link lead nowhere from now on.

        Raises:
            StoreError: there is no such link, or it is revoked already.
        """
        return self._store.write(lambda transaction: _changed(transaction, id_, {"revoked": transaction.now}))

    def all(self, *, revoked: bool = False) -> tuple[Subscriber, ...]:
        """Return the links in the order in which they were made; those that are `revoked` only if asked for."""
        query = select(*_COLUMNS).order_by(SUBSCRIBER.c.id)
        if not revoked:
            query = query.where(SUBSCRIBER.c.revoked.is_(None))

        def work(transaction: Transaction) -> tuple[Subscriber, ...]:
            rows = transaction.connection.execute(query).all()
            labels = transaction.sealer.values(row.label for row in rows)
            return tuple(_subscriber(row, labels) for row in rows)

        return self._store.read(work)

    def note(self, fetches: Iterable[Fetch]) -> None:
        """Write down fetches, the last of each link; what is older than what is known changes nothing."""
        last = {fetch.subscriber: fetch for fetch in sorted(fetches, key=lambda fetch: fetch.at)}
        if not last:
            return

        def work(transaction: Transaction) -> None:
            transaction.connection.execute(_NOTING, [_noted(fetch) for fetch in last.values()])

        self._store.write(work, alone=False)


_COLUMNS = [column for column in SUBSCRIBER.c if column.name != "digest"]
_NEWER = or_(SUBSCRIBER.c.fetched.is_(None), SUBSCRIBER.c.fetched < bindparam("moment"))
_NOTING = (
    update(SUBSCRIBER)
    .where(SUBSCRIBER.c.id == bindparam("link"), _NEWER)
    .values(fetched=bindparam("moment"), seen=bindparam("revision"), agent=bindparam("program"))
)


def digest_of_token(token: str) -> str:
    """Return what is kept of the secret in a link: its SHA-256, which leads back to nothing that random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _noted(fetch: Fetch) -> dict[str, object]:
    at = fetch.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return {"link": fetch.subscriber, "moment": at, "revision": fetch.revision, "program": fetch.agent}


def _changed(transaction: Transaction, id_: int, values: dict[str, str]) -> Subscriber:
    in_use = (SUBSCRIBER.c.id == id_, SUBSCRIBER.c.revoked.is_(None))
    changing = update(SUBSCRIBER).where(*in_use).values(values).returning(*_COLUMNS)
    row = transaction.connection.execute(changing).one_or_none()
    if row is None:
        raise StoreError(text("There is no link no. {n} in use.", "没有正在使用的第 {n} 号订阅链接。", n=id_))
    return _opened(transaction, row)


def _opened(transaction: Transaction, row: Row[Any]) -> Subscriber:
    return _subscriber(row, transaction.sealer.values([row.label]))


def _subscriber(row: Row[Any], labels: Mapping[str, str]) -> Subscriber:
    fields = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names its mapping of a row
    moments = ("created", "rotated", "revoked", "fetched")
    read = {name: dt.datetime.fromisoformat(fields[name]) if fields[name] else None for name in moments}
    return Subscriber(**{**fields, **read, "label": labels.get(row.label, ERASED) if row.label else ""})
