"""Wide cases: a plan is constructed, and improved by large neighbourhood search for as long as there is time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from constraints.verify import verify
from rota.agenda import agenda_of
from rota.plan import CaseRef, Plan
from scheduler.solving.construct import construct
from scheduler.solving.decode import declined_beside
from scheduler.solving.executors import processes, usable_cores
from scheduler.solving.large import LargeSearch
from scheduler.solving.narrowing import size_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

WIDE = 20_000
"""With more candidates than this one model of the whole case is not built."""
HEAVY = 30_000
"""With more variables than this in the model of the whole case, windows are searched beside it."""


def is_wide(case: Case) -> bool:
    """Tell whether a case is too wide for one model."""
    return size_of(agenda_of(case).occurrences) > WIDE


def best_by_windows(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    *,
    start: Mapping[str, Session] | None = None,
    news: Callable[[], Mapping[str, Session] | None] = lambda: None,
    spared: int = 0,
) -> dict[str, Session] | None:
    """Return the best plan that large neighbourhood search finds from `start`, or from a constructed plan.

    None where it finds none that holds. `news` may bring a plan that was found elsewhere meanwhile. So many cores are
    `spared` for others.
    """

    def judge(sessions: Mapping[str, Session]) -> Verdict:
        plan = Plan(
            case=CaseRef(title=case.settings.title, hash=case.hash),
            sessions=tuple(sessions.values()),
            declined=declined_beside(case, sessions),
        )
        return verify(case, rules, plan)

    width = control.processes or max(1, usable_cores() - spared)
    begin = dict(start) if start is not None else construct(case, rules, control)
    return LargeSearch(case, rules, control, judge, lambda: processes(width), width, news).run(begin)
