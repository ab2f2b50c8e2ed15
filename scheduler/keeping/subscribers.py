"""Subscribers (订阅): links to feeds and personal pages - who was given them, and who has seen the newest revision."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, bindparam, delete, insert, or_, select, update

from rota.text import ERASED, Language, text
from scheduler.keeping.errors import StoreError
from scheduler.keeping.tables import PAGE, SUBSCRIBER
from scheduler.keeping.transaction import Store, Transaction

OCTETS = 32
"""So many random octets are in a link."""
FEED = b"rota: feed"
"""What the secret of a feed is derived for."""
NOBODY = "0" * 64
"""A digest that no secret has."""


@dataclass(frozen=True)
class Subscriber:
    """One link with its page: the feed that it leads to, and what became of both.

    `subject` is the key of the feed, e.g. `unit/U01` or `all`; `label` says in the coordinator's words whom it was
    given to. `seen` is the newest revision that was fetched over it, `agent` the kind of program that did so. The page
    was last `visited` then, and showed the revision `shown`; links of older versions have no page until they are
    rotated (`paged`).
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
    visited: dt.datetime | None = None
    shown: int | None = None
    paged: bool = False

    @property
    def newest_seen(self) -> int:
        """The newest revision that was seen in either way, 0 for none."""
        return max(self.seen or 0, self.shown or 0)


@dataclass(frozen=True)
class Issued:
    """A link and its secrets, that of the feed and that of the page, which are known at this moment only."""

    subscriber: Subscriber
    token: str
    page: str


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
        """Make a link to a feed, and to the page of the same subject."""
        page = secrets.token_urlsafe(OCTETS)

        def work(transaction: Transaction) -> Subscriber:
            row = {
                "subject": subject,
                "language": language,
                "label": transaction.sealer.seal_text(label, subject.rpartition("/")[2]),
                "digest": digest_of_token(feed_token(page)),
                "created": transaction.now,
                "agent": "",
            }
            made = insert(SUBSCRIBER).returning(SUBSCRIBER.c.id)
            id_ = int(transaction.connection.execute(made, row).scalar_one())
            return _with_page(transaction, id_, page)

        return Issued(self._store.write(work), feed_token(page), page)

    def rotate(self, id_: int) -> Issued:
        """Give a link and its page other secrets; the ones before lead nowhere from now on.

        Raises:
            StoreError: there is no such link, or it is revoked.
        """
        page = secrets.token_urlsafe(OCTETS)

        def work(transaction: Transaction) -> Subscriber:
            values = {"digest": digest_of_token(feed_token(page)), "rotated": transaction.now}
            _changed(transaction, id_, values)
            return _with_page(transaction, id_, page)

        return Issued(self._store.write(work), feed_token(page), page)

    def revoke(self, id_: int) -> Subscriber:
        """Let a link and its page lead nowhere from now on.

        Raises:
            StoreError: there is no such link, or it is revoked already.
        """
        return self._store.write(lambda transaction: _changed(transaction, id_, {"revoked": transaction.now}))

    def all(self, *, revoked: bool = False) -> tuple[Subscriber, ...]:
        """Return the links in the order in which they were made; those that are `revoked` only if asked for."""
        query = _SUBSCRIBERS.order_by(SUBSCRIBER.c.id)
        if not revoked:
            query = query.where(SUBSCRIBER.c.revoked.is_(None))

        def work(transaction: Transaction) -> tuple[Subscriber, ...]:
            rows = transaction.connection.execute(query).all()
            labels = transaction.sealer.values(row.label for row in rows)
            return tuple(_subscriber(row, labels) for row in rows)

        return self._store.read(work)

    def by_page(self, token: str) -> Subscriber | None:
        """Return whose page a secret leads to; None for one that is unknown, revoked or rotated."""
        return self._by(PAGE.c.digest, token)

    def has_page(self, of: str) -> bool:
        """Tell whether anybody was given a page of whoever or whatever has an id."""
        there = select(PAGE.c.subscriber).join(SUBSCRIBER).where(SUBSCRIBER.c.revoked.is_(None))
        theirs = there.where(SUBSCRIBER.c.subject.endswith(f"/{of}", autoescape=True)).limit(1)
        return self._store.database.read(lambda connection: connection.execute(theirs).first()) is not None

    def by_feed(self, token: str) -> Subscriber | None:
        """Return whose feed a secret leads to; None for one that is unknown, revoked or rotated."""
        return self._by(SUBSCRIBER.c.digest, token)

    def _by(self, kept: Column[str], token: str) -> Subscriber | None:
        digest = digest_of_token(token)
        query = _SUBSCRIBERS.add_columns(kept).where(kept == bindparam("wanted"))

        def work(transaction: Transaction) -> Subscriber | None:
            row = transaction.connection.execute(query, {"wanted": digest}).one_or_none()
            same = secrets.compare_digest(row.digest if row else NOBODY, digest)
            return _opened(transaction, row) if row and same and row.revoked is None else None

        return self._store.read(work)

    def note_visits(self, visits: Iterable[Fetch]) -> None:
        """Write down visits of pages, the last of each."""
        rows = [
            {"link": each.subscriber, "moment": _moment(each.at), "revision": each.revision}
            for each in sorted(visits, key=lambda visit: visit.at)
        ]
        if rows:
            self._store.write(lambda transaction: transaction.connection.execute(_VISITING, rows), alone=False)

    def note(self, fetches: Iterable[Fetch]) -> None:
        """Write down fetches, the last of each link; what is older than what is known changes nothing."""
        last = {fetch.subscriber: fetch for fetch in sorted(fetches, key=lambda fetch: fetch.at)}
        if not last:
            return

        def work(transaction: Transaction) -> None:
            transaction.connection.execute(_NOTING, [_noted(fetch) for fetch in last.values()])

        self._store.write(work, alone=False)


_COLUMNS = [
    *(column for column in SUBSCRIBER.c if column.name != "digest"),
    *(PAGE.c.visited, PAGE.c.shown, PAGE.c.subscriber.is_not(None).label("paged")),
]
_SUBSCRIBERS = select(*_COLUMNS).select_from(SUBSCRIBER.outerjoin(PAGE))
_NEWER = or_(SUBSCRIBER.c.fetched.is_(None), SUBSCRIBER.c.fetched < bindparam("moment"))
_NOTING = (
    update(SUBSCRIBER)
    .where(SUBSCRIBER.c.id == bindparam("link"), _NEWER)
    .values(fetched=bindparam("moment"), seen=bindparam("revision"), agent=bindparam("program"))
)
_VISITING = (
    update(PAGE)
    .where(PAGE.c.subscriber == bindparam("link"))
    .values(visited=bindparam("moment"), shown=bindparam("revision"))
)


def feed_token(page: str) -> str:
    """Return the secret of the feed beside a page: it is made from the page's, and nothing leads back.

    Whoever has the page can read the feed; the feed's link, which calendar services keep, opens no page.
    """
    derived = hmac.digest(page.encode("utf-8", "surrogatepass"), FEED, "sha256")
    return base64.urlsafe_b64encode(derived).rstrip(b"=").decode()


def digest_of_token(token: str) -> str:
    """Return what is kept of the secret in a link: its SHA-256, which leads back to nothing that random."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _noted(fetch: Fetch) -> dict[str, object]:
    moment = _moment(fetch.at)
    return {"link": fetch.subscriber, "moment": moment, "revision": fetch.revision, "program": fetch.agent}


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _with_page(transaction: Transaction, id_: int, page: str) -> Subscriber:
    """Give a link its page in the place of an earlier one."""
    transaction.connection.execute(delete(PAGE).where(PAGE.c.subscriber == id_))
    transaction.connection.execute(insert(PAGE), {"subscriber": id_, "digest": digest_of_token(page)})
    return _read(transaction, id_)


def _read(transaction: Transaction, id_: int) -> Subscriber:
    row = transaction.connection.execute(_SUBSCRIBERS.where(SUBSCRIBER.c.id == id_)).one()
    return _opened(transaction, row)


def _changed(transaction: Transaction, id_: int, values: dict[str, str]) -> Subscriber:
    in_use = (SUBSCRIBER.c.id == id_, SUBSCRIBER.c.revoked.is_(None))
    changing = update(SUBSCRIBER).where(*in_use).values(values).returning(SUBSCRIBER.c.id)
    if transaction.connection.execute(changing).one_or_none() is None:
        raise StoreError(text("There is no link no. {n} in use.", "没有正在使用的第 {n} 号订阅链接。", n=id_))
    return _read(transaction, id_)


def _opened(transaction: Transaction, row: Row[Any]) -> Subscriber:
    return _subscriber(row, transaction.sealer.values([row.label]))


def _subscriber(row: Row[Any], labels: Mapping[str, str]) -> Subscriber:
    fields = dict(row._mapping)  # noqa: SLF001 - how SQLAlchemy names its mapping of a row
    fields.pop("digest", None)
    moments = ("created", "rotated", "revoked", "fetched", "visited")
    read = {name: dt.datetime.fromisoformat(fields[name]) if fields[name] else None for name in moments}
    label = labels.get(row.label, ERASED) if row.label else ""
    return Subscriber(**{**fields, **read, "paged": bool(fields["paged"]), "label": label})
