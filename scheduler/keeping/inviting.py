"""Inviting: whoever serves is invited by mail to each session; what has changed for them is said anew or taken back.

The letters wait in the outbox like all others. Their bodies hold ids and what the invitation shows, so that it has the
same octets whenever it is made: the revision with the session, its stamp, and what was answered before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, insert, select, update

from rota.changes.answers import reply_to, seats_of
from rota.document import canonical
from rota.facts import Channel
from rota.reminding import undisturbed
from rota.request import Reply
from scheduler.keeping.arming import WAITING, WITHDRAWN, moment, origin
from scheduler.keeping.tables import OUTBOX

if TYPE_CHECKING:
    from rota.case import Case
    from rota.document import State
    from rota.facts import Contact
    from rota.plan import Plan, Session
    from scheduler.keeping.publication import SessionRow

INVITATION = "invitation"
Method = Literal["REQUEST", "CANCEL"]
Place = tuple[str, str]
"""A session, and who serves in it."""
STANDING = {Reply.ACCEPTED: "ACCEPTED", Reply.TENTATIVE: "TENTATIVE"}


@dataclass(frozen=True)
class Invited:
    """One invitation as the outbox holds it: `turn` stands for what it says, `shown` is the revision that it shows."""

    key: str
    session: str
    who: str
    method: Method
    sequence: int
    turn: str
    shown: int
    start: dt.datetime
    is_sent: bool
    waits: bool


@dataclass(frozen=True)
class Occasion:
    """What a revision is: its number and plan, the state that it leaves, the stamps, and when it was published."""

    number: int
    plan: Plan
    state: State
    stamps: Mapping[str, SessionRow]
    at: str

    @property
    def case(self) -> Case:
        """The case."""
        return self.state.case


def invitees(case: Case, who: str) -> tuple[Contact, ...]:
    """Return the contacts of somebody who are invited by mail: those of their own whose way is e-mail."""
    if not case.settings.invitations:
        return ()
    return tuple(c for c in case.contacts if c.of == who and c.email and c.channel is Channel.EMAIL)


def invite(connection: Connection, stream: str, occasion: Occasion) -> None:
    """Make the outbox hold the invitations that a revision calls for.

    Whoever knows a turn as it is gets nothing. What was not sent yet is withdrawn where it says something else by now.
    """
    if not occasion.case.settings.invitations:
        return
    wanted = dict(_wanted(occasion))
    history: dict[Place, list[Invited]] = {}
    for row in invited(connection, stream):
        history.setdefault((row.session, row.who), []).append(row)
    for place in dict.fromkeys((*wanted, *history)):
        _settle(connection, stream, occasion, place, wanted.get(place), history.get(place, []))


def invited(connection: Connection, stream: str) -> Iterator[Invited]:
    """Yield the invitations of a case that were sent or wait, the oldest first."""
    query = (
        select(OUTBOX)
        .where(OUTBOX.c.stream == stream, OUTBOX.c.kind == INVITATION)
        .order_by(OUTBOX.c.revision, OUTBOX.c.key)
    )
    for row in connection.execute(query).mappings():
        waits = row["state"] == WAITING and not row["attempts"]
        is_sent = not waits and not (row["state"] == WITHDRAWN and not row["attempts"])
        if not origin(row["key"])[1] and (waits or is_sent):
            body = json.loads(row["body"])
            said = {name: body[name] for name in ("session", "method", "sequence", "turn", "shown")}
            start = dt.datetime.fromisoformat(body["start"])
            yield Invited(row["key"], who=row["recipient"], start=start, is_sent=is_sent, waits=waits, **said)


def _wanted(occasion: Occasion) -> Iterator[tuple[Place, Session]]:
    for session in occasion.plan.sessions:
        if moment(session.start) > occasion.at:
            for who in session.serving():
                if invitees(occasion.case, who):
                    yield (session.id, who), session


def _settle(
    connection: Connection, stream: str, occasion: Occasion, place: Place, session: Session | None, past: list[Invited]
) -> None:
    """Bring what one who serves knows of one session to what the plan says."""
    known = next((each for each in reversed(past) if each.is_sent), None)
    waiting = [each for each in past if each.waits]
    believed = known.turn if known and known.method == "REQUEST" else ""
    now = turn_of(session, place[1]) if session else ""
    fitting = {each.key for each in waiting if now != believed and each.turn == now}
    _withdraw(connection, (each.key for each in waiting if each.key not in fitting))
    if now == believed or fitting:
        return
    if session is not None:
        _put(connection, stream, occasion, place, _request(occasion, session, place[1], now))
    elif known is not None and moment(known.start) > occasion.at and place[0] in occasion.stamps:
        _put(connection, stream, occasion, place, _cancel(occasion, known))


def turn_of(session: Session, who: str) -> str:
    """Return what stands for a session as somebody has it who serves in it: when, where, and as what."""
    parts = [
        [part.id, part.room, part.line, sorted(role for role, seated in part.roles.items() if who in seated)]
        for part in session.parts
        if any(who in seated for seated in part.roles.values())
    ]
    said = canonical({"times": [moment(session.start), moment(session.end)], "site": session.site, "parts": parts})
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _request(occasion: Occasion, session: Session, who: str, turn: str) -> dict[str, Any]:
    replies = {reply_to(occasion.state, session, seat) for seat in seats_of(session) if seat.who == who}
    standing = STANDING.get(next(iter(replies)) or Reply.DECLINED, "") if len(replies) == 1 else ""
    return {
        "method": "REQUEST",
        "turn": turn,
        "shown": occasion.number,
        "start": moment(session.start),
        "standing": standing or "NEEDS-ACTION",
        **_stamp(occasion, session.id),
    }


def _cancel(occasion: Occasion, known: Invited) -> dict[str, Any]:
    return {
        "method": "CANCEL",
        "turn": "",
        "shown": known.shown,
        "start": moment(known.start),
        "standing": "NEEDS-ACTION",
        **_stamp(occasion, known.session),
    }


def _stamp(occasion: Occasion, session: str) -> dict[str, Any]:
    row = occasion.stamps[session]
    return {"sequence": row.sequence, "modified": row.modified, "cancelled": bool(row.cancelled)}


def _withdraw(connection: Connection, keys: Iterable[str]) -> None:
    """Take back what waits, also where it was divided among several contacts."""
    for key in keys:
        mine = (OUTBOX.c.key == key) | OUTBOX.c.key.startswith(f"{key}#", autoescape=True)
        connection.execute(update(OUTBOX).where(mine, OUTBOX.c.state == WAITING).values(state=WITHDRAWN))


def _put(connection: Connection, stream: str, occasion: Occasion, place: Place, body: Mapping[str, Any]) -> None:
    now, until = dt.datetime.fromisoformat(occasion.at), dt.datetime.fromisoformat(body["start"])
    session, who = place
    key = f"{INVITATION}:{occasion.number}:{who}:{session}"
    row = {
        "revision": occasion.number,
        "stream": stream,
        "recipient": who,
        "kind": INVITATION,
        "body": canonical({"session": session, **body}),
        "due": moment(undisturbed(occasion.case, now, occasion.case.zone, until)),
        "until": moment(until),
        "state": WAITING,
        "attempts": 0,
    }
    if connection.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(row)).rowcount == 0:
        connection.execute(insert(OUTBOX), {"key": key, **row})
