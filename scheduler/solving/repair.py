"""The smallest repair: from a changed case and the plan before to the plan that changes the fewest sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from constraints.reverifying import Judged
from rota.agenda import agenda_of
from rota.demand import REQUIRED
from rota.plan import Plan, PriorityScore, Solver
from rota.unswept import unswept
from scheduler.solving.baseline import Baseline, Request
from scheduler.solving.conflict import Conflict, find_conflict
from scheduler.solving.control import SearchOverError
from scheduler.solving.decode import with_reasons
from scheduler.solving.enclosing import Enclosing
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError, VerifierError, none_found
from scheduler.solving.narrowing import is_larger
from scheduler.solving.nearby import Near, Nearby
from scheduler.solving.nearest import Search, made_by
from scheduler.solving.replacing import Loosened, loosened
from scheduler.solving.scope import Scope
from scheduler.solving.unmoved import as_known, unmoved
from scheduler.solving.wide import SOME, is_wide

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from scheduler.solving.control import Control

__all__ = ["Loosened", "Purchase", "Repair", "Request", "purchases", "repair", "why_none"]


@dataclass(frozen=True)
class Repair:
    """The repaired plan, and how far it is from the baseline.

    `changed` are the sessions that are not as they were: other, dropped although the case still has them, or accepted
    after having been declined. `least` is a bound below their number, reached where `proved` and no budget was given;
    `price` adds up the prices of the changes. `levels` tell each priority's cost, and whether it is proved that no plan
    with so many changes at such a price has less - of the plan's own score nothing is proved, for plans with more
    changes may be better. `before` judges the baseline by the case as it is now. `forced` are the decisions of frozen
    sessions that were opened since they could not stay; `standing` of the verdict are breaches that lie in the past.
    """

    plan: Plan
    verdict: Verdict
    changed: tuple[str, ...]
    least: int
    proved: bool
    price: int
    price_proved: bool
    forced: tuple[Loosened, ...]
    levels: tuple[PriorityScore, ...]
    before: Verdict
    past: frozenset[str]
    frozen: frozenset[str]
    interrupted: bool = False


@dataclass(frozen=True)
class Purchase:
    """What so many more changed sessions than the least buy: the cost at each priority, and whether it is proved."""

    budget: int
    number: int
    price: int
    costs: Mapping[int, int]
    proved: bool


def repair(case: Case, rules: Sequence[Rule], request: Request, control: Control) -> Repair:
    """Return the plan of `case` that differs least from the baseline, as `Request` asks for it.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found in time.
        VerifierError: the plan found does not hold; a fault of this program.
    """
    with unswept():
        found = _smallest(case, rules, request, control)
    return replace(found, interrupted=control.stop.is_set())


def _smallest(case: Case, rules: Sequence[Rule], request: Request, control: Control) -> Repair:
    baseline = Baseline(case, request)
    judged = Judged(case, rules, as_known(case, baseline), baseline.past)
    if unmoved(judged, baseline):
        return _unmoved(judged, baseline, control)
    if not request.order and (is_wide(case) or (is_larger(agenda_of(case).occurrences, SOME) and not request.budget)):
        return _near(Nearby(judged, baseline), control)
    return _anywhere(judged, baseline, control)


def _anywhere(judged: Judged, baseline: Baseline, control: Control) -> Repair:
    """Return the smallest repair of all.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found in time.
    """
    search = Search(baseline, judged.rules, control, judged=judged)
    with suppress(SearchOverError):
        search.build()
        search.find_least()
        search.improve(baseline.request.budget)
    return _repair(judged, search)


def _near(nearby: Nearby, control: Control) -> Repair:
    """Return the smallest repair near the change, as far as one is found there that is proved the smallest.

    Where time is over before, or no neighbourhood is large enough, a wide case is given the best repair that was found,
    others are searched as a whole.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found.
    """
    judged, baseline = nearby.judged, nearby.baseline
    best = None if baseline.request.budget or baseline.plan.open else _enclosed(nearby, control)
    if best is None:
        best = _widened(nearby, control)
    if not (best is not None and best.proved) and not control.over and not is_wide(judged.case):
        return _beyond(best, judged, baseline, control)
    if best is None:
        raise none_found(control)
    return best


def _beyond(best: Repair | None, judged: Judged, baseline: Baseline, control: Control) -> Repair:
    """Return the smallest repair of all; what is known already where time is over before anything as good is found.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found in time.
    """
    possible = _possible(judged, baseline, control) if best is None else None
    try:
        found = _anywhere(judged, baseline, control)
    except NoPlanFoundError:
        if possible is not None and possible.best is not None:
            best = _repair(judged, possible)
        if best is None:
            raise
        return best
    if best is None or found.proved or found.forced or _missing(found) != _missing(best):
        return found
    return min(found, best, key=lambda each: len(each.changed))


def _enclosed(nearby: Nearby, control: Control) -> Repair | None:
    """Return the smallest repair, where it lies in a few sessions that are known to hold every smallest one.

    First these are the ones of which breaches apart from each other need one each, then those that `Enclosing` opens;
    what is proved in them holds for all of the case. Where it is not known that they hold all, the number alone does.

    Raises:
        InfeasibleError: it is proved that there is none.
    """
    judged = nearby.judged
    if nearby.needed:
        search = _searched(judged, nearby.baseline, control, nearby.exact)
        if _is_smallest(search, nearby.least) and (found := _repaired(nearby, search)):
            return found
        nearby.least += search.has_none or (search.least.bound or 0) > nearby.least
    enclosing = _around_change(nearby, control)
    near = enclosing.near(nearby.least)
    search = _searched(judged, nearby.baseline, control, near)
    is_smallest = _is_smallest(search, max(nearby.least, enclosing.least), enclosing.opened_more)
    if is_smallest and (found := _repaired(nearby, search)):
        return found if near.exact else _within(found, len(found.changed), kept=True)
    nearby.least = near.least
    return None


def _around_change(nearby: Nearby, control: Control) -> Enclosing:
    """Return the sessions in which the smallest repairs lie, as far as that is found out.

    Raises:
        InfeasibleError: it is proved that there is none.
    """
    judged = nearby.judged
    scope = Scope(nearby.baseline, judged.rules, judged=judged)
    enclosing = Enclosing(judged, scope, control, nearby.core)
    with suppress(SearchOverError):
        enclosing.find()
    return enclosing


def _is_smallest(search: Search, least: int, opened_more: int = 0) -> bool:
    """Tell whether a search of a neighbourhood found a repair that opens and changes no more than any has to."""
    return search.best is not None and (search.opened_more, search.least.value) == (opened_more, least)


def _widened(nearby: Nearby, control: Control) -> Repair | None:
    """Return the best repair of wider and wider neighbourhoods, until it is the smallest: that alone is proved."""
    best: Repair | None = None
    least: tuple[int, ...] = ()
    for near in nearby.wider():
        search = _searched(nearby.judged, nearby.baseline, control, near)
        if repaired := _repaired(nearby, search):
            found = _within(repaired, nearby.least, kept=not search.opened_more)
            reached = search.opened_more, _missing(found), len(found.changed)
            if best is None or reached < least:
                best, least = found, reached
        if control.over or (best is not None and best.proved):
            break
    return best


def _possible(judged: Judged, baseline: Baseline, control: Control) -> Search:
    """Look for any repair, with as few changes as can be, without the wishes: they take longest to state.

    Raises:
        InfeasibleError: it is proved that there is none.
    """
    required = [rule for rule in judged.rules if rule.required]
    search = Search(baseline, required, control, judged=judged)
    with suppress(SearchOverError):
        search.build()
        search.find_least()
    return search


def _searched(judged: Judged, baseline: Baseline, control: Control, near: Near) -> Search:
    """Search a neighbourhood."""
    search = Search(baseline, judged.rules, control, near, judged)
    with suppress(SearchOverError, InfeasibleError):
        search.build()
        search.find_least()
        search.improve(baseline.request.budget)
    return search


def _repaired(nearby: Nearby, search: Search) -> Repair | None:
    """Return the repair that a search of a neighbourhood found; None where there is none that holds.

    No more is asked of a neighbourhood than what the sessions around it come to by themselves. So these may still break
    what they broke before, beside something else; or what a session made up for that has changed. What is broken then
    is open in the next neighbourhood.
    """
    if search.near is None or search.best is None:
        return None
    try:
        return _repair(nearby.judged, search)
    except VerifierError as error:
        if not nearby.open_for(error.breaches, search.near):
            raise
        return None


def _within(found: Repair, least: int, *, kept: bool) -> Repair:
    """Return the best repair of a neighbourhood, with that proved of it alone that holds for all of the case.

    That is the number where as much is `kept` of frozen sessions as can be, and no seat is open, for that goes before.
    """
    levels = tuple(PriorityScore(priority=level.priority, value=level.value) for level in found.levels)
    proved = kept and not _missing(found) and len(found.changed) == least
    return replace(found, least=least, proved=proved, price_proved=False, levels=levels)


def _missing(found: Repair) -> int:
    """Return how many seats a repair leaves open."""
    return found.verdict.costs.get(REQUIRED, 0)


def purchases(case: Case, rules: Sequence[Rule], request: Request, control: Control, most: int) -> Iterator[Purchase]:
    """Yield what 0 to `most` more changed sessions than the least buy, each as soon as it is known, as far as it is.

    That takes a model of the whole case: of a wide one nothing is said.

    Raises:
        InfeasibleError: there is no plan.
    """
    if is_wide(case):
        return
    search = Search(Baseline(case, request), rules, control)
    with suppress(SearchOverError):
        search.build()
        search.find_least()
        for budget in range(most + 1):
            search.improve(budget)
            yield _purchase(search, budget)


def why_none(case: Case, rules: Sequence[Rule], request: Request, control: Control) -> Conflict | None:
    """Return what cannot hold together beside what is past and frozen; None if that was not shown in time."""
    scope = Scope(Baseline(case, request), rules)
    return find_conflict(case, rules, control, open_seats=scope.open_seats, window=partial(scope.board, "explain"))


def _repair(judged: Judged, search: Search) -> Repair:
    case, rules, scope, baseline = judged.case, judged.rules, search.scope, search.baseline
    plan, verdict = search.verified()
    levels = tuple(search.scores(verdict))
    return Repair(
        plan=with_reasons(case, rules, _scored(plan, verdict, levels, search.solver())),
        verdict=verdict,
        changed=baseline.changed(plan.session, scope.open),
        least=search.least.bound or 0,
        proved=search.is_proved("number"),
        price=baseline.price(plan.session, scope.open),
        price_proved=search.is_proved("price"),
        forced=loosened(judged, scope, plan),
        levels=levels,
        before=judged.verdict,
        past=baseline.past,
        frozen=scope.frozen,
    )


def _unmoved(judged: Judged, baseline: Baseline, control: Control) -> Repair:
    """Return the repair that changes nothing; that every other plan changes something is its proof."""
    plan, verdict = judged.plan, judged.verdict
    levels = tuple(PriorityScore(priority=p, value=cost, bound=cost, proved=True) for p, cost in verdict.costs.items())
    scored = _scored(plan, verdict, levels, made_by(control, reproducible=True))
    return Repair(
        plan=with_reasons(judged.case, judged.rules, scored),
        verdict=verdict,
        changed=(),
        least=0,
        proved=True,
        price=0,
        price_proved=True,
        forced=(),
        levels=levels,
        before=verdict,
        past=baseline.past,
        frozen=baseline.near_by,
    )


def _scored(plan: Plan, verdict: Verdict, levels: Sequence[PriorityScore], solver: Solver) -> Plan:
    """Return a plan with its score, without the bounds: what is proved of a repair is not proved of all plans."""
    score = tuple(PriorityScore(priority=level.priority, value=level.value) for level in levels)
    return plan.model_copy(update={"score": score, "rules": verdict.rules, "solver": solver})


def _purchase(search: Search, budget: int) -> Purchase:
    plan, verdict = search.verified()
    return Purchase(
        budget,
        len(search.baseline.changed(plan.session, search.scope.open)),
        search.baseline.price(plan.session, search.scope.open),
        verdict.costs,
        search.proved,
    )
