"""The smallest repair by brute force: every plan is made, judged and compared with the baseline in plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from constraints.reading import read_rules
from constraints.trial import choices
from constraints.verify import verify
from rota.agenda import Occurrence, agenda_of
from rota.plan import Plan, Session
from tests.constraints.building import plan_of

if TYPE_CHECKING:
    from rota.case import Case
    from scheduler.solving.repair import Request

MOST = 3000
"""More plans than this are too many to try."""

Found = tuple[int, int, dict[int, int]]
"""Changed sessions, their price, and the cost at each priority."""


def smallest(case: Case, request: Request) -> tuple[int, Found] | None:
    """Return the least number of changed sessions, and what the best plan comes to; None where there is none."""
    found = list(_legal(case, request))
    if not found:
        return None
    ordered = min(_costs(each, request.order) for each in found)
    leading = [each for each in found if _costs(each, request.order) == ordered]
    least = min(number for number, _, _ in leading)
    if not request.budget:
        return least, min(leading, key=lambda each: (each[0], each[1], sorted(each[2].items())))
    allowed = [each for each in leading if each[0] <= least + request.budget]
    return least, min(allowed, key=lambda each: (sorted(each[2].items()), each[0], each[1]))


def few_enough(case: Case) -> bool:
    """Tell whether the plans of a case can all be tried."""
    return prod(len(list(choices(case, o))) + (not o.must) for o in agenda_of(case).occurrences) <= MOST


def _costs(found: Found, order: Sequence[int]) -> list[int]:
    return [found[2].get(priority, 0) for priority in order]


def _legal(case: Case, request: Request) -> Iterator[Found]:
    rules, old = read_rules(case), request.baseline.session
    occurrences = agenda_of(case).occurrences
    past = {o.id for o in occurrences if _is_over(request, o)}
    ways = [[old.get(o.id)] if o.id in past else list(_ways(case, request, o)) for o in occurrences]
    for chosen in product(*ways):
        plan = plan_of(case, [session for session in chosen if session is not None])
        verdict = verify(case, rules, plan, past)
        if verdict.holds:
            differs = {o.id: _difference(o, request, plan) for o in occurrences if o.id not in past}
            number = sum(price > 0 for price in differs.values())
            yield number, sum(p * _times(request, id_, case) for id_, p in differs.items()), verdict.costs


def _is_over(request: Request, occurrence: Occurrence) -> bool:
    if request.now is None:
        return False
    old = request.baseline.session.get(occurrence.id)
    if old is not None:
        return old.start < request.now
    return bool(occurrence.starts) and occurrence.starts[-1] < request.now


def _ways(case: Case, request: Request, occurrence: Occurrence) -> Iterator[Session | None]:
    if not occurrence.must:
        yield None
    for session in choices(case, occurrence):
        if request.now is None or session.start >= request.now:
            yield session


def _difference(occurrence: Occurrence, request: Request, plan: Plan) -> int:
    """Return the price of one session, before nearness."""
    old, new = request.baseline.session.get(occurrence.id), plan.session.get(occurrence.id)
    if old is None:
        declined = occurrence.id in {each.session for each in request.baseline.declined}
        return 3 if declined and new is not None else 0
    if new is None:
        return 3
    price = 3 * (old.start != new.start) + (old.site != new.site)
    for id_ in {part.id for part in (*old.parts, *new.parts)}:
        before = next((part for part in old.parts if part.id == id_), None)
        after = next((part for part in new.parts if part.id == id_), None)
        price += (before.room if before else None) != (after.room if after else None)
        price += (before.line if before else None) != (after.line if after else None)
    return price + len(_seats(old) ^ _seats(new))


def _seats(session: Session) -> set[tuple[str, str, str]]:
    return {(part.id, role, who) for part in session.parts for role, seated in part.roles.items() for who in seated}


def _times(request: Request, id_: str, case: Case) -> int:
    if request.now is None:
        return 1
    old = request.baseline.session.get(id_)
    away = (old.start if old else agenda_of(case).by_id[id_].nominal) - request.now
    if away <= dt.timedelta(days=14):
        return 3
    return 2 if away <= dt.timedelta(days=60) else 1
