"""From a case to a plan: by the whole model where that can be searched, by windows of it where it is too large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from constraints.quick import impossibilities
from scheduler.solving.bounding.certifier import Certifier
from scheduler.solving.construct import construct
from scheduler.solving.control import Control, PartStop, Progress, SearchOverError
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError
from scheduler.solving.faults import Faults
from scheduler.solving.heavy import SideBySide
from scheduler.solving.large import Judge, Talk
from scheduler.solving.opened import Closest
from scheduler.solving.search import Search, Solved
from scheduler.solving.timetables import is_timetable
from scheduler.solving.wide import (
    are_windows_worth_it,
    best_by_windows,
    fitting,
    is_district,
    is_heavy,
    is_meetable,
    is_wide,
    meeting,
)

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

NEARING_SHARE = 0.2
"""The share of a limited time that is kept for the plan that is nearest to a known one."""
GRACE = 1.5
"""Seconds that construction still has once the search is stopped and has no plan."""
LOOK = 0.05
"""Seconds between two looks at whether it is stopped."""


def solve(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    *,
    open_seats: bool = False,
    near: Mapping[str, Session] | None = None,
    floors: Mapping[int, int] | None = None,
    start: Mapping[str, Session] | None = None,
) -> Solved:
    """Return the best plan of `case` that can be found within the limits of `control`.

    Where several are equally good, it is one close to the sessions of `near`, if these are given. `floors` are costs by
    priority that are proved to be the best of a case with fewer demands: where they can be had, that is soon seen.
    `start` is a plan to begin with, if it holds. What can be seen to be impossible is not searched for.

    Raises:
        InfeasibleError: it is proved that there is none.
        NoPlanFoundError: none was found in time.
        VerifierError: the plan found does not hold; a fault of this program.
    """
    if not open_seats and impossibilities(case, rules):
        raise InfeasibleError
    if is_wide(case) or is_district(case, rules):
        if not open_seats:
            return _search_wide(case, rules, control, start or near).finish()
        closest = Closest(case, rules, control)
        return closest.finish(_search_wide(case, rules, control, start or near, closest.judge))
    faults = Faults()
    if near is None and not floors and not open_seats and is_meetable(case, rules):
        with suppress(NoPlanFoundError):
            met = _meet(case, rules, meeting(control), start, faults)
            if met.plan.proved:
                return met
            start = met.plan.session
    left = control.left() if near is not None else None
    searching = control if left is None else replace(control, seconds=left * (1 - NEARING_SHARE))
    search = Search(case, rules, searching, near, open_seats=open_seats)
    search.faults = faults
    if start is not None:
        search.start_from(start)
    if is_heavy(case) and not open_seats:
        SideBySide(search).run()
    else:
        _search_whole(search, floors or {})
    if search.best is not None:
        search.control = control
        with suppress(SearchOverError):
            search.approach()
    return search.finish()


def _search_whole(search: Search, floors: Mapping[int, int]) -> None:
    """Let the exact search do what it can; where it gives up, go on from what was constructed beside it."""
    with _beside(search) as construction:
        with suppress(SearchOverError):
            if not search.stays_at(floors):
                search.prove()
        if not search.reproducible and not (search.control.over and search.best is not None):
            if (built := construction()) is not None:
                search.start_from(built)
            with suppress(SearchOverError):
                search.improve()
                search.settle()
    if not search.reproducible:
        search.look_beside()


@contextmanager
def _beside(search: Search) -> Iterator[Callable[[], dict[str, Session] | None]]:
    """Construct a plan, and look for bounds, until the block ends; what is yielded waits for what is constructed."""
    constructing = replace(search.control, stop=Event(), seconds=search.control.left())
    certifying = replace(constructing, stop=PartStop(search.control.stop))

    def construction() -> dict[str, Session] | None:
        while not wait([constructed], LOOK).done:
            if search.control.stop.is_set():
                wait([constructed], GRACE)
                constructing.stop.set()
        return search.faults.attempt(constructed.result)

    with ThreadPoolExecutor(max_workers=2) as pool:
        constructed = pool.submit(construct, search.case, search.rules, constructing)
        bounding: Future[None] | None = None
        if not search.open_seats:  # a plan with open seats may cost less than any bound
            search.certifier = Certifier(search.case, search.rules, certifying)
            bounding = pool.submit(search.certifier.run)
        try:
            yield construction
        finally:
            constructing.stop.set()
            certifying.stop.set()
    if bounding is not None:
        search.faults.attempt(bounding.result)


def _meet(
    case: Case, rules: Sequence[Rule], control: Control, start: Mapping[str, Session] | None, faults: Faults
) -> Solved:
    """Return a plan that is built from the bounds; where these are not met, and much is open, what windows make of it.

    Raises:
        NoPlanFoundError: none was found in time.
    """
    search = Search(case, rules, control, None)
    search.certifier = certifier = Certifier(case, rules, control, 0.0)
    faults.attempt(certifier.run)
    built = certifier.start
    search.look_beside()
    if not search.proved and are_windows_worth_it(case):
        talk = Talk(enough=search.is_best)
        found = faults.attempt(lambda: best_by_windows(case, rules, control, start=built or start, talk=talk))
        if found is not None:
            search.start_from(found)
            search.look_beside()
    return search.finish()


def _search_wide(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    start: Mapping[str, Session] | None,
    judge: Judge | None = None,
) -> Search:
    """Search by windows, with what bounds are found beside them; a `judge` other than the verifier hears it all.

    What prices seats has a core for itself; where only starts and rooms are open, bounds share those of the search.

    Raises:
        InfeasibleError: it is proved beside it that there is no plan; not with another `judge`.
    """
    search = Search(case, rules, control, None)
    searching = replace(control, stop=Event(), seconds=control.left())
    windows = PartStop(control.stop)
    search.certifier = certifier = Certifier(case, rules, searching, 0.0)
    timetable, loose = is_timetable(case), is_district(case, rules)
    strongest = min((rule.priority for rule in rules if not rule.required), default=None)
    seeking = certifier.run_placed if timetable else certifier.run_flows if loose else certifier.run

    def report(progress: Progress) -> None:
        if strongest is not None and strongest in progress.costs:
            certifier.reached = progress.costs[strongest]
            control.report(Progress.of_all(progress.costs, lambda p: certifier.bound(p, progress.costs)))
        else:
            least = certifier.bound(progress.priority) if progress.priority is not None else 0
            control.report(replace(progress, bound=max(progress.bound or 0, least)))

    def leave_off(bounded: Future[None]) -> None:
        if judge is None and isinstance(bounded.exception(), InfeasibleError):
            windows.set()

    with ThreadPoolExecutor(max_workers=1) as beside:
        bounding = beside.submit(seeking)
        bounding.add_done_callback(leave_off)
        try:
            found = best_by_windows(
                case,
                rules,
                replace(control, stop=windows, seconds=control.left(), report=report),
                start=(fitting(case, start) or None) if start else None,
                talk=Talk(news=lambda: certifier.start, enough=search.is_best, least=certifier.bound),
                spared=lambda: int(not (timetable or loose) and not bounding.done()),
                judge=judge,
            )
        finally:
            searching.stop.set()
    if found is not None:
        search.start_from(found)
    try:
        search.faults.attempt(bounding.result)
    except InfeasibleError:
        if judge is None and search.best is None:
            raise
    search.look_beside()
    return search
