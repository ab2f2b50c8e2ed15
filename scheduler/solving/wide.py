"""Wide cases: a plan is constructed, and improved by large neighbourhood search for as long as there is time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from constraints.structure import check_structure
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.roster import Roster
from scheduler.solving.annealing.compiling import can_compile
from scheduler.solving.annealing.reseating import is_said
from scheduler.solving.annealing.search import annealed
from scheduler.solving.annealing.seats import annealed_seats, is_seating
from scheduler.solving.coupling import Coupling
from scheduler.solving.decode import as_plan
from scheduler.solving.districts import DistrictSearch
from scheduler.solving.executors import Crew, Here, processes, usable_cores
from scheduler.solving.large import Judge, LargeSearch, Talk
from scheduler.solving.narrowing import is_larger
from scheduler.solving.polishing import polished
from scheduler.solving.timetables import first_timetable, is_timetable

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

WIDE = 20_000
"""With more candidates than this one model of the whole case is not built."""
HEAVY = 8_000
"""With more candidates than this, windows are searched beside the model of the whole case."""


SOME = 1_000
"""With more candidates than this, bounds and a plan built from them are tried before the whole model."""
MANY = 3_000
"""With more than this, windows of that plan, too."""
MEETING = 15.0
"""Seconds for that."""
MEETING_SHARE = 0.3
"""The share of a limited time that they may take."""


def is_wide(case: Case) -> bool:
    """Tell whether a case is too wide for one model."""
    return is_larger(agenda_of(case).occurrences, WIDE) or is_timetable(case)


def is_district(case: Case, rules: Sequence[Rule]) -> bool:
    """Tell whether a plan is built part by part and fortnight by fortnight, after which who serves is annealed.

    That is so where activities share little, and in smaller cases where all rules can be heard in annealing: one model
    of 10 stations is 20 times as far from the best after a minute (docs/decisions/0016-districts.md).
    """
    if is_timetable(case) or Coupling(case).is_loose:
        return not is_timetable(case)
    priorities = {rule.priority for rule in rules if not rule.required}
    if len(priorities) == 1 or is_seating(case, rules):
        return False
    return bool(priorities) and is_heavy(case) and is_said(rules) and can_compile()


def is_heavy(case: Case) -> bool:
    """Tell whether the model of a case is so large that windows may find good plans sooner."""
    return is_larger(agenda_of(case).occurrences, HEAVY)


def is_divided(case: Case, rules: Sequence[Rule], *, open_seats: bool) -> bool:
    """Tell whether a case is searched in many small pieces, as many at once as a crew takes."""
    return is_wide(case) or is_district(case, rules) or (is_heavy(case) and not open_seats)


def is_meetable(case: Case, rules: Sequence[Rule]) -> bool:
    """Tell whether bounds may soon meet what windows find: one priority, in a case of some size."""
    priorities = {rule.priority for rule in rules if not rule.required}
    return len(priorities) == 1 and is_larger(agenda_of(case).occurrences, SOME)


def are_windows_worth_it(case: Case) -> bool:
    """Tell whether windows may soon mend what a plan lacks that was built from bounds, before the whole model."""
    return is_larger(agenda_of(case).occurrences, MANY)


def meeting(control: Control) -> Control:
    """Return the control of a short search in this thread alone, to see whether the two meet."""
    left = control.left()
    seconds = MEETING if left is None else min(MEETING, left * MEETING_SHARE)
    return replace(control, seconds=seconds, crew=Crew(lambda: Here(control.stop)))


def best_by_windows(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    *,
    start: Mapping[str, Session] | None = None,
    talk: Talk = Talk(),  # noqa: B008 - it cannot change
    spared: Callable[[], int] = lambda: 0,
    crowd: Sequence[str] = (),
    judge: Judge | None = None,
) -> dict[str, Session] | None:
    """Return the best plan that large neighbourhood search finds from `start`, or from a constructed plan.

    None where it finds none that holds. So many cores are `spared` for others. Of a `crowd` windows consider some at a
    time. Whatever it comes to is judged by the verifier, unless there is another `judge`.
    """
    verifies, judge = judge is None, judge or judge_of(case, rules)
    crew = crew_of(control, spared)
    if is_timetable(case):
        first = start or first_timetable(case, rules, control)
        started = annealed(case, rules, control, judge, crew, first, talk.enough, talk.news)
        return LargeSearch(case, rules, control, judge, crew, talk).run(started)
    if is_district(case, rules):
        search = DistrictSearch(case, rules, control, judge, crew, talk.enough)
        start = search.run(start)
        if start is None or not search.is_one:
            return start
        if not is_wide(case) and verifies:
            found = polished(case, rules, control, start, talk.least)
            start = found if judge(found).holds else start
    elif start is None and is_seating(case, rules):
        start = annealed_seats(case, rules, control, judge, talk.enough)
    return LargeSearch(case, rules, control, judge, crew, talk, crowd).run(start)


def fitting(case: Case, sessions: Mapping[str, Session]) -> dict[str, Session]:
    """Return the sessions that are made of what the case foresees: a plan may be of a case that has changed since."""
    plan = as_plan(case, sessions.values())
    strange = {id_ for breach in check_structure(Roster(case, plan)) for id_ in breach.sessions}
    return {id_: session for id_, session in sessions.items() if id_ not in strange}


def judge_of(case: Case, rules: Sequence[Rule]) -> Judge:
    """Return what says of some sessions whether they make a plan that holds, and what it costs."""

    def judge(sessions: Mapping[str, Session]) -> Verdict:
        return verify(case, rules, as_plan(case, sessions.values()))

    return judge


def crew_of(control: Control, spared: Callable[[], int] = lambda: 0) -> Crew:
    """Return who searches windows: the processes of this machine, or a crew elsewhere until that is gone."""
    here = local(control, spared)
    return control.crew.relieved_by(here) if control.crew else here


def local(control: Control, spared: Callable[[], int] = lambda: 0) -> Crew:
    """Return the processes of this machine, without those that are spared for others."""
    most = usable_cores()

    def width() -> int:
        return max(1, min(most, usable_cores() - spared()))

    return Crew(lambda: processes(most, control.stop), width, most, control.tell)
