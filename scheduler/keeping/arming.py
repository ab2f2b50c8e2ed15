"""Arming: what the rules of a case ask for is put into the outbox, in the transaction that changes what is asked for.

What is no longer asked for is withdrawn, not deleted; what comes back waits again, unless it was sent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from rota.case import Case
from rota.document import canonical
from rota.plan import Plan
from rota.reminding import KINDS, Call, calls
from scheduler.keeping.tables import OUTBOX

WAITING, SENT, DEAD, WITHDRAWN = "waiting", "sent", "dead", "withdrawn"
NTH = re.compile(r"\*(\d+)$")
AT_ONCE = 500
"""Keys that are looked for with one statement."""


def moment(at: dt.datetime) -> str:
    """Return a moment as it is kept: in UTC, so that moments sort as texts."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def arm(connection: Connection, stream: str, case: Case, plan: Plan, number: int, now: str) -> None:
    """Make the outbox hold the reminders that the rules ask for, given a plan, and no others.

    What was due before it was asked for is not sent: whoever is affected is told by a notice.
    """
    wanted = {call.key: call for call in calls(case, plan)}
    mine = OUTBOX.c.stream == stream, OUTBOX.c.kind.in_(KINDS)
    query = select(OUTBOX.c.key, OUTBOX.c.due, OUTBOX.c.attempts).where(*mine, OUTBOX.c.state == WAITING)
    waiting = {row.key: row for row in connection.execute(query)}
    _set(connection, ({"this": key, "next": WITHDRAWN} for key in waiting if origin(key)[0] not in wanted))
    untried = (wanted[key] for key, row in waiting.items() if key in wanted and not row.attempts)
    _set(connection, (_due(call) for call in untried if waiting[call.key].due != moment(call.due)))
    ahead = [call for key, call in wanted.items() if key not in waiting and moment(call.due) > now]
    known = _states(connection, [call.key for call in ahead])
    _set(connection, (_due(call) for call in ahead if known.get(call.key) == WITHDRAWN))
    new = [_new(call, stream, number) for call in ahead if call.key not in known]
    if new:
        connection.execute(insert(OUTBOX), new)


def origin(key: str) -> tuple[str, int]:
    """Return the key of what was divided among several contacts, and the number of the contact; 0 where it was not."""
    found = NTH.search(key)
    return (key[: found.start()], int(found[1])) if found else (key, 0)


def nth(key: str, number: int) -> str:
    """Return the key of the letter to one of several contacts; no id holds the sign."""
    return f"{key}*{number}"


def _states(connection: Connection, keys: list[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(keys), AT_ONCE):
        query = select(OUTBOX.c.key, OUTBOX.c.state).where(OUTBOX.c.key.in_(keys[first : first + AT_ONCE]))
        found |= {row.key: row.state for row in connection.execute(query)}
    return found


def _due(call: Call) -> dict[str, Any]:
    return {"this": call.key, "next": WAITING, "due": moment(call.due), "until": moment(call.until)}


def _set(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Exchange the state of rows, and when they are due where that is said."""
    given = list(rows)
    if not given:
        return
    values: dict[str, Any] = {"state": bindparam("next")}
    values |= {name: bindparam(name) for name in ("due", "until") if name in given[0]}
    connection.execute(update(OUTBOX).where(OUTBOX.c.key == bindparam("this")).values(values), given)


def _new(call: Call, stream: str, number: int) -> dict[str, Any]:
    return {
        "key": call.key,
        "revision": number,
        "stream": stream,
        "recipient": call.recipient,
        "kind": call.kind,
        "body": canonical(call.body),
        "due": moment(call.due),
        "until": moment(call.until),
        "state": WAITING,
        "attempts": 0,
    }
