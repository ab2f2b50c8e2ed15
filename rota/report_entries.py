"""The sessions of a report: what was planned, what became of it, and under what each counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from rota.ledger import host_role
from rota.text import Word

if TYPE_CHECKING:
    from rota.case import Case
    from rota.demand import Outcome
    from rota.plan import Plan, Session

SEVERAL = "*"
"""In place of a line: the parts of the session serve several. Its people were counted once, and are not split."""
UNKNOWN = ""
"""In place of a line or a site: there is none, or nobody knows it."""


class Fate(Word):
    """What became of a session."""

    HELD = "held", "已举办", "held"
    NOT_HELD = "not_held", "未举办", "not held"
    CANCELLED = "cancelled", "已取消", "cancelled"
    UNRECORDED = "unrecorded", "未登记", "not recorded"
    COMING = "coming", "待举办", "to come"


@dataclass(frozen=True)
class Entry:
    """One session of a report.

    `planned` tells whether the plan holds it; `line` and `site` may be `SEVERAL` or `UNKNOWN`; `foreseen` are the hosts
    of the plan, `hosts` those who hosted in fact, `role` the role they took; `served` is None where nobody counted.
    """

    session: str
    activity: str
    day: dt.date
    fate: Fate
    planned: bool
    site: str
    line: str
    role: str
    foreseen: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    served: int | None = None
    note: str = ""

    @property
    def uncounted(self) -> bool:
        """Whether it was held and the number of people is missing."""
        return self.fate is Fate.HELD and self.served is None


def entries(case: Case, plan: Plan | None, today: dt.date, cancelled: Sequence[Session] = ()) -> Iterator[Entry]:
    """Yield every session of the plan, of those cancelled, and of outcomes that neither of them knows."""
    outcomes = {outcome.session: outcome for outcome in case.outcomes}
    planned = plan.session if plan else {}
    for session in planned.values():
        yield _of_session(case, session, outcomes.pop(session.id, None), today, planned=True)
    for session in {session.id: session for session in cancelled}.values():
        if session.id not in planned:
            yield _of_session(case, session, outcomes.pop(session.id, None), today, planned=False)
    for outcome in outcomes.values():
        if entry := _unplanned(case, outcome):
            yield entry


def _of_session(case: Case, session: Session, outcome: Outcome | None, today: dt.date, *, planned: bool) -> Entry:
    """Enter a session of the plan, or one that was cancelled."""
    day = session.start.astimezone(case.zone).date()
    role = host_role(case, session.activity) or ""
    foreseen = session.serving(role) if role else ()
    fate = _fate(outcome, planned=planned, past=day < today)
    return Entry(
        session=session.id,
        activity=session.activity,
        day=day,
        fate=fate,
        planned=planned,
        site=session.site,
        line=_one(part.line for part in session.parts),
        role=role,
        foreseen=foreseen,
        hosts=_hosted(outcome, role, foreseen) if fate is Fate.HELD else (),
        served=outcome.served if outcome and outcome.held else None,
        note=outcome.note if outcome else "",
    )


def _hosted(outcome: Outcome | None, role: str, foreseen: tuple[str, ...]) -> tuple[str, ...]:
    """Return who hosted: the actual host, unless that is one of those planned, who then all did."""
    actual = outcome.host if outcome and role else ""
    return foreseen if not actual or actual in foreseen else (actual,)


def _fate(outcome: Outcome | None, *, planned: bool, past: bool) -> Fate:
    if outcome and outcome.held:
        return Fate.HELD
    if not planned:
        return Fate.CANCELLED
    if outcome:
        return Fate.NOT_HELD
    return Fate.UNRECORDED if past else Fate.COMING


def _unplanned(case: Case, outcome: Outcome) -> Entry | None:
    """Enter a session that only its outcome knows, on the date of its round; None where the case has no such round."""
    occurrence = agenda_of(case).by_id.get(outcome.session)
    if occurrence is None:
        return None
    role = host_role(case, occurrence.activity.id) or ""
    fate = _fate(outcome, planned=False, past=True)
    return Entry(
        session=outcome.session,
        activity=occurrence.activity.id,
        day=occurrence.nominal.date(),
        fate=fate,
        planned=False,
        site=occurrence.sites[0] if len(occurrence.sites) == 1 else UNKNOWN,
        line=_only(part.lines for part in occurrence.parts),
        role=role,
        hosts=_hosted(outcome, role, ()) if fate is Fate.HELD else (),
        served=outcome.served if outcome.held else None,
        note=outcome.note,
    )


def _one(lines: Iterable[str | None]) -> str:
    """Return the line of all parts that have one."""
    found = {line for line in lines if line}
    return SEVERAL if len(found) > 1 else next(iter(found), UNKNOWN)


def _only(choices: Iterable[tuple[str, ...]]) -> str:
    """Return the line of all parts where none of them had a choice."""
    stated = [lines for lines in choices if lines]
    return _one(lines[0] for lines in stated) if all(len(lines) == 1 for lines in stated) else UNKNOWN
