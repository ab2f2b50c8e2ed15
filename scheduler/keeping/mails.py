"""Mails that came in: what was made of each, so that none is taken twice and what was not understood can be listed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, func, insert, select

from rota.document import canonical
from rota.text import ERASED, Message, Word
from scheduler.keeping.arming import WAITING, moment
from scheduler.keeping.publication import newest_revision
from scheduler.keeping.tables import INCOMING_MAIL, OUTBOX

if TYPE_CHECKING:
    from rota.incoming_mail import IncomingMail
    from scheduler.keeping.transaction import Store, Transaction

RETURNED = "returned"
"""The kind of letters that say why an answer does not count."""
OF_USE = dt.timedelta(days=3)
AT_ONCE = 500


class Outcome(Word):
    """What was made of a mail, or of one answer in it."""

    RECORDED = "recorded", "已登记", "recorded"
    REPEATED = "repeated", "重复答复", "said before"
    STALE = "stale", "答复的是旧邀请", "to an older invitation"
    OVERTAKEN = "overtaken", "已有更新的答复", "overtaken by a later one"
    WITHDRAWN = "withdrawn", "邀请已撤回", "to an invitation that was taken back"
    OVER = "over", "场次已开始", "the session has begun"
    REFUSED = "refused", "无法登记", "cannot be recorded"
    COUNTER = "counter", "另提时间", "proposes another time"
    DELEGATED = "delegated", "转交他人", "hands the turn to somebody else"
    NOTHING = "nothing", "未作答复", "says nothing"
    STRANGER = "stranger", "发件人未受邀请", "from somebody who is not invited"
    UNPROVED = "unproved", "发件人未经验证", "nothing proves who sent it"
    UNKNOWN = "unknown", "并非本联盟的邀请", "to no invitation of ours"
    AUTOMATIC = "automatic", "自动回复", "automatic reply"
    BOUNCED = "bounced", "退信", "returned mail"
    OTHER = "other", "其他邮件", "other mail"
    UNREADABLE = "unreadable", "无法读取", "unreadable"


TOLD = frozenset({Outcome.STALE, Outcome.WITHDRAWN, Outcome.OVER, Outcome.REFUSED, Outcome.COUNTER, Outcome.DELEGATED})
"""Whoever answered so is told why it does not count, or not as they would have it."""
COUNTED = (Outcome.RECORDED, Outcome.REPEATED, Outcome.COUNTER)
"""Answers that count; whoever proposes another time is not certain to come at this one."""
SETTLED = frozenset({Outcome.RECORDED, Outcome.REPEATED, Outcome.OVERTAKEN, Outcome.AUTOMATIC, Outcome.NOTHING, *TOLD})
"""Mails of which no person has to look at the original."""


@dataclass(frozen=True)
class Taken:
    """What was made of one answer: whose it was, and about which session, where that is known."""

    outcome: Outcome
    stream: str = ""
    session: str = ""
    who: str = ""
    stamp: dt.datetime | None = None
    detail: Message | None = None


@dataclass(frozen=True)
class Noted:
    """One line of the list: when it came, by which way, from which address, and what was made of it."""

    at: dt.datetime
    via: str
    sender: str
    taken: Taken


class Mails:
    """The mails of a journal. Of a mail only its sender's address is kept, where forgetting finds it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of these mails that were taken already."""
        wanted = sorted(keys)

        def work(transaction: Transaction) -> frozenset[str]:
            found: set[str] = set()
            for first in range(0, len(wanted), AT_ONCE):
                some = INCOMING_MAIL.c.key.in_(wanted[first : first + AT_ONCE])
                found.update(transaction.connection.execute(select(INCOMING_MAIL.c.key).where(some)).scalars())
            return frozenset(found)

        return self._store.read(work)

    def last_stamp(self, stream: str, session: str, who: str) -> dt.datetime | None:
        """Return when the newest answer of somebody about a session was written that was recorded."""
        query = select(func.max(INCOMING_MAIL.c.stamp)).where(
            INCOMING_MAIL.c.stream == stream,
            INCOMING_MAIL.c.session == session,
            INCOMING_MAIL.c.who == who,
            INCOMING_MAIL.c.outcome.in_([each.value for each in COUNTED]),
        )
        found = self._store.read(lambda transaction: transaction.connection.execute(query).scalar())
        return dt.datetime.fromisoformat(found) if found else None

    def note(self, mail: IncomingMail, taken: Sequence[Taken], via: str) -> bool:
        """Write down what was made of a mail, and letters to those whose answers do not count.

        False where another process was faster; then nothing is written.
        """

        def work(transaction: Transaction) -> bool:
            known = select(INCOMING_MAIL.c.key).where(INCOMING_MAIL.c.key == mail.key).limit(1)
            if transaction.connection.execute(known).first() is not None:
                return False
            for place, each in enumerate(taken):
                sender = transaction.sealer.seal_text(mail.sender, each.who)
                row = {"key": mail.key, "place": place, "at": transaction.now, "via": via, "sender": sender}
                transaction.connection.execute(insert(INCOMING_MAIL), {**row, **_row(each)})
                _return(transaction, mail.key, place, each)
            return True

        return self._store.write(work)

    def all(self, *, most: int = 0) -> tuple[Noted, ...]:
        """Return what was made of the mails, the newest first; or of so many of them."""
        query = select(INCOMING_MAIL).order_by(INCOMING_MAIL.c.at.desc(), INCOMING_MAIL.c.key, INCOMING_MAIL.c.place)

        def work(transaction: Transaction) -> tuple[Noted, ...]:
            rows = transaction.connection.execute(query.limit(most) if most else query).mappings().all()
            senders = transaction.sealer.values(row["sender"] for row in rows)
            return tuple(
                Noted(
                    dt.datetime.fromisoformat(row["at"]),
                    row["via"],
                    senders.get(row["sender"], ERASED) if row["sender"] else "",
                    _taken(row),
                )
                for row in rows
            )

        return self._store.read(work)


def _row(taken: Taken) -> dict[str, object]:
    detail = {"en": taken.detail.say("en"), "zh": taken.detail.say("zh")} if taken.detail else None
    return {
        "outcome": taken.outcome.value,
        "stream": taken.stream,
        "session": taken.session,
        "who": taken.who,
        "stamp": moment(taken.stamp) if taken.stamp else "",
        "detail": canonical(detail) if detail else "",
    }


def _taken(row: Mapping[str, Any] | RowMapping) -> Taken:
    stamp = dt.datetime.fromisoformat(row["stamp"]) if row["stamp"] else None
    detail = Message(**json.loads(row["detail"])) if row["detail"] else None
    outcome = next(each for each in Outcome if each.value == row["outcome"])
    return Taken(outcome, row["stream"], row["session"], row["who"], stamp, detail)


def _return(transaction: Transaction, key: str, place: int, taken: Taken) -> None:
    """Put a letter into the outbox that says why an answer does not count."""
    newest = newest_revision(transaction.connection, taken.stream) if taken.outcome in TOLD and taken.who else None
    if newest is None:
        return
    now = dt.datetime.fromisoformat(transaction.now)
    row = {
        "key": f"{RETURNED}:{key[:32]}:{place}",
        "revision": newest.number,
        "stream": taken.stream,
        "recipient": taken.who,
        "kind": RETURNED,
        "body": canonical({"session": taken.session, "outcome": taken.outcome.value}),
        "due": moment(now),
        "until": moment(now + OF_USE),
        "state": WAITING,
        "attempts": 0,
    }
    transaction.connection.execute(insert(OUTBOX), row)
