"""The baseline that still holds: where nothing has to change and nothing new is to be decided, no search is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from scheduler.solving.decode import as_plan, in_order

if TYPE_CHECKING:
    from constraints.reverifying import Judged
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan, Session
    from scheduler.solving.baseline import Baseline


def unmoved(judged: Judged, baseline: Baseline) -> bool:
    """Tell whether the baseline, as the case knows it, is the smallest repair by itself.

    It is where it holds and every session still open is decided in it: held as the case foresees it, or declined. Then
    no plan has fewer than 0 changes, every other one has some, and so none is left to choose. A baseline with open
    seats is left to the search, which fills what it can; so is whatever is asked for before the number of changes.
    """
    request = baseline.request
    asked = request.order or request.budget or baseline.plan.open
    return judged.verdict.holds and not asked and all(_decided(judged.case, baseline))


def _decided(case: Case, baseline: Baseline) -> list[bool]:
    open_sessions = (o for o in agenda_of(case).occurrences if o.id not in baseline.past)
    return [
        is_foreseen(occurrence, baseline.plan.session[occurrence.id])
        if occurrence.id in baseline.plan.session
        else not occurrence.must and (occurrence.id in baseline.declined or not occurrence.starts)
        for occurrence in open_sessions
    ]


def is_foreseen(occurrence: Occurrence, session: Session) -> bool:
    """Tell whether a session is made of what the case foresees: what is not counted as a change must be the same."""
    if session.end != occurrence.end_of(session.start):
        return False
    foreseen = [(part.id, part.theme.zh, {seats.name for seats in part.seats}) for part in occurrence.parts]
    return foreseen == [(part.id, part.theme, set(part.roles)) for part in session.parts]


def as_known(case: Case, baseline: Baseline) -> Plan:
    """Return the sessions that the case still knows, and those that took place although it knows them no more."""
    known = agenda_of(case).by_id
    kept = in_order(case, (*baseline.known.values(), *baseline.gone))
    missing = tuple(seat for seat in baseline.plan.open if seat.session in known)
    return as_plan(case, kept).model_copy(update={"open": missing})
