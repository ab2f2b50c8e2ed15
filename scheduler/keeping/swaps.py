"""Swaps that the settings let two parties settle between themselves: which of those agreed to need nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from constraints.deciding import broken_by
from rota.change import ChangeError
from rota.changes.swaps import SwapConfirmed
from rota.request import Request, Stage

if TYPE_CHECKING:
    from rota.document import Edit, State
    from rota.plan import Plan
    from rota.request import SeatRef


def agreed(state: State) -> tuple[Request, ...]:
    """Return the requests that both parties agree to, and nobody has confirmed."""
    return tuple(request for request in state.requests if request.stage is Stage.AGREED)


def unconfirmed(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits that take a change back, with every request withdrawn that was confirmed by it.

    As agreed it would be confirmed by policy again, against the will of whoever took that back.
    """
    return tuple(
        edit.model_copy(update={"after": {**edit.after, "stage": Stage.WITHDRAWN.value}})
        if edit.table == "requests" and edit.before and edit.after and edit.before["stage"] == Stage.CONFIRMED
        else edit
        for edit in edits
    )


def settled_by_policy(state: State, plan: Plan, now: dt.datetime | None) -> list[SwapConfirmed]:
    """Return the swaps that the policy of a case confirms.

    It confirms those that both agree to and that break no rule in the plan, as many as the settings allow sessions to
    differ, none of these too soon and none frozen. In a year that is over (`now` is None) it confirms none.
    """
    confirmed: list[SwapConfirmed] = []
    concerned: set[str] = set()
    for request in agreed(state) if now else ():
        seats, change = (request.mine, request.other), SwapConfirmed(id=request.id)
        together = concerned | {seat.session for seat in seats}
        if len(together) > state.case.settings.approve_sessions or not all(_open(state, plan, s, now) for s in seats):
            continue
        try:
            broken = broken_by(state, plan, [*confirmed, change], now)
        except ChangeError:  # a seat has gone meanwhile: a person looks at it
            continue
        if not broken:
            confirmed.append(change)
            concerned = together
    return confirmed


def _open(state: State, plan: Plan, seat: SeatRef, now: dt.datetime | None) -> bool:
    """Tell whether somebody still has a seat in the plan, far enough ahead."""
    settings, session = state.case.settings, plan.session.get(seat.session)
    if session is None or now is None or seat.part not in session.part:
        return False
    ahead = dt.timedelta(days=max(settings.approve_after_days, settings.freeze_days))
    return session.start >= now + ahead and seat.who in session.part[seat.part].roles.get(seat.role, ())
