"""Letters about swaps: whoever is asked to exchange is told, and whoever asked is told the answer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, update

from rota.document import canonical
from rota.reminding import undisturbed
from rota.request import Stage
from scheduler.keeping.arming import WAITING, moment
from scheduler.keeping.publication import newest_revision, read_plan
from scheduler.keeping.tables import OUTBOX

if TYPE_CHECKING:
    from rota.document import State

SWAP_ASKED, SWAP_ANSWERED = "swap_asked", "swap_answered"
KINDS = {Stage.ASKED: SWAP_ASKED, Stage.AGREED: SWAP_ANSWERED, Stage.REFUSED: SWAP_ANSWERED}
"""Which letter tells of a stage; a swap that is confirmed is told of by the notice of the plan that follows."""


def tell_swaps(connection: Connection, before: State, after: State, now: str) -> None:
    """Put into the outbox what the two sides of a swap are to know after a change.

    A step that is overtaken before its letter goes is not told: whoever sends looks at the request again.
    """
    known, stream = {request.id: request.stage for request in before.requests}, after.case.settings.id
    steps = [each for each in after.requests if each.stage in KINDS and known.get(each.id) is not each.stage]
    newest = newest_revision(connection, stream) if steps else None
    if newest is None:
        return
    plan, at = read_plan(connection, newest.plan), dt.datetime.fromisoformat(now)
    for request in steps:
        seats = (request.mine, request.other)
        begin = min((plan.session[each.session].start for each in seats if each.session in plan.session), default=at)
        if begin <= at:
            continue
        told = request.other if request.stage is Stage.ASKED else request.mine
        key = f"swap:{stream}:{request.id}:{request.stage.value}"
        row = {
            "revision": newest.number,
            "stream": stream,
            "recipient": told.who,
            "kind": KINDS[request.stage],
            "body": canonical({"request": request.id, "session": told.session}),
            "due": moment(undisturbed(after.case, at, after.case.zone, begin)),
            "until": moment(begin),
            "state": WAITING,
            "attempts": 0,
        }
        if connection.execute(update(OUTBOX).where(OUTBOX.c.key == key).values(row)).rowcount == 0:
            connection.execute(insert(OUTBOX), {"key": key, **row})
