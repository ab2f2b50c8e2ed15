"""Links in letters by which one turn is answered: whoever has one confirms or declines that turn, and no more."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from rota.request import SeatRef
from scheduler.keeping.subscribers import NOBODY, OCTETS, digest_of_token
from scheduler.keeping.tables import ANSWER_LINK

if TYPE_CHECKING:
    from rota.plan import Session
    from rota.text import Language
    from scheduler.keeping.transaction import Store, Transaction


UNMADE = "…"
"""Stands where a link has its secret, in letters that are only looked at."""


@dataclass(frozen=True)
class Asked:
    """A turn that is to be answered: the seat, and when its session was to start when it was asked about."""

    stream: str
    seat: SeatRef
    start: str


class Links(NamedTuple):
    """The addresses by which one turn is confirmed, declined, or exchanged as somebody else asks for.

    Each shows a button, and records nothing by itself.
    """

    confirm: str
    decline: str
    swap: str

    def spoken(self, language: Language) -> Links:
        """Return the addresses of the same pages in a language: that of whom the letter is for."""
        return Links(*(f"{address}?lang={language}" for address in self))


class AnswerLinks:
    """The links of a journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, base: str, stream: str, session: Session, seats: Iterable[SeatRef]) -> Mapping[SeatRef, Links]:
        """Make links to seats of a planned session, below the address at which people reach the server.

        They lead nowhere once the session has begun. Each call makes new ones: no secret can be read out of a journal.
        """
        return self.issue_all(base, [(stream, session, tuple(seats))])[0]

    def issue_all(
        self, base: str, asked: Sequence[tuple[str, Session, tuple[SeatRef, ...]]]
    ) -> tuple[Mapping[SeatRef, Links], ...]:
        """Make links to seats of several sessions as `issue` does, all of them in one transaction."""
        made = [{seat: secrets.token_urlsafe(OCTETS) for seat in seats} for _, _, seats in asked]
        rows = [
            {
                "digest": digest_of_token(token),
                "stream": stream,
                **seat.model_dump(),
                "start": f"{session.start:%Y-%m-%d %H:%M}",
                "expires": _moment(session.start),
            }
            for (stream, session, _), tokens in zip(asked, made, strict=True)
            for seat, token in tokens.items()
        ]

        def work(transaction: Transaction) -> None:
            transaction.connection.execute(delete(ANSWER_LINK).where(ANSWER_LINK.c.expires < transaction.now))
            if rows:
                transaction.connection.execute(insert(ANSWER_LINK), rows)

        self._store.write(work, alone=False)
        return tuple({seat: _links(base, token) for seat, token in tokens.items()} for tokens in made)

    def find(self, token: str) -> Asked | None:
        """Return the turn that a secret is about; None for one that is unknown, or whose session has begun."""
        digest = digest_of_token(token)
        query = select(ANSWER_LINK).where(ANSWER_LINK.c.digest == bindparam("wanted"))

        def work(transaction: Transaction) -> Asked | None:
            row = transaction.connection.execute(query, {"wanted": digest}).one_or_none()
            same = secrets.compare_digest(row.digest if row else NOBODY, digest)
            if row is None or not same or row.expires <= transaction.now:
                return None
            seat = SeatRef(session=row.session, part=row.part, role=row.role, who=row.who)
            return Asked(row.stream, seat, row.start)

        return self._store.read(work)


class LinksToBe(AnswerLinks):
    """The links of letters that are only looked at: nothing is written, and in place of the secret stands `UNMADE`."""

    def issue_all(
        self, base: str, asked: Sequence[tuple[str, Session, tuple[SeatRef, ...]]]
    ) -> tuple[Mapping[SeatRef, Links], ...]:
        """Return links that lead nowhere, where `issue` would make some."""
        return tuple({seat: _links(base, UNMADE) for seat in seats} for _, _, seats in asked)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _links(base: str, token: str) -> Links:
    return Links(*(f"{base}/a/{token}/{action}" for action in Links._fields))
