"""What is past: sessions that have begun, and those that could only have been held before now."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rota.agenda import agenda_of

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan


def present(case: Case, now: dt.datetime) -> dt.datetime | None:
    """Return the moment that parts a case's past from what can still be planned.

    Where the whole horizon is over, a year that has been is being tried: nothing of it counts as past.
    """
    local = now.astimezone(case.zone)
    return None if local.date() > case.settings.last else local


def past_sessions(case: Case, plan: Plan, now: dt.datetime | None) -> frozenset[str]:
    """Return the sessions of a published plan that are over, and those that could only have been held before now.

    Over are those that have begun, and those of which it is recorded what became of them.
    """
    recorded = {outcome.session for outcome in case.outcomes if outcome.session in plan.session}
    if now is None:
        return frozenset(recorded)
    started = {session.id for session in plan.sessions if session.start < now}
    missed = {
        occurrence.id
        for occurrence in agenda_of(case).occurrences
        if occurrence.id not in plan.session and occurrence.starts and all(start < now for start in occurrence.starts)
    }
    return frozenset(recorded | started | missed)
