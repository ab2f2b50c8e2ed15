"""The engine: a change arrives, the smallest repair is made, and policy or a person approves it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rota.past import present
from scheduler.keeping.apart import Failed, Repaired, repair_apart
from scheduler.keeping.drafts import DraftState
from scheduler.keeping.errors import StoreError
from scheduler.keeping.publication import PUBLISHED
from scheduler.solving.repair import Request

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Plan
    from rota.text import Message
    from scheduler.keeping.apart import Repairer
    from scheduler.keeping.drafts import Draft
    from scheduler.keeping.journal import Journal
    from scheduler.keeping.publication import Revision

LOG = logging.getLogger("rota.engine")

ACTOR = "engine"
LEASE = 60.0
"""Seconds that a lease outlives the time a repair may take."""

What = Literal["proposed", "published", "failed"]


@dataclass(frozen=True)
class Reaction:
    """What the engine did about one case: a draft that waits for approval, a revision, or why there is none."""

    stream: str
    what: What
    draft: Draft
    changed: tuple[str, ...] = ()
    least: int = 0
    revision: Revision | None = None
    reason: Message | None = None


@dataclass(frozen=True)
class _Work:
    """A published plan that its case has moved away from."""

    stream: str
    case: Case
    base: Revision
    sequence: int
    at: dt.datetime


class Engine:
    """Answers changes of the cases in a journal; several engines may share one journal.

    Changes that follow each other within `debounce` seconds are answered together. A repair has `patience` seconds.
    """

    def __init__(
        self,
        journal: Journal,
        holder: str,
        clock: Callable[[], dt.datetime],
        *,
        debounce: float = 5.0,
        patience: float = 60.0,
        repairer: Repairer = repair_apart,
    ) -> None:
        self.journal, self.holder, self.clock = journal, holder, clock
        self.debounce, self.patience = debounce, patience
        self.repairer = repairer

    def react(self, tell: Callable[[Reaction], None] = lambda _: None) -> None:
        """Answer the changes of every case, each under a lease; what goes wrong is tried again."""
        for stream in self.journal.streams():
            try:
                with self.journal.leases.held(f"engine:{stream}", self.holder, self.patience + LEASE) as mine:
                    for reaction in self._react(stream) if mine else ():
                        tell(reaction)
            except Exception:
                LOG.exception("the case %s is tried again", stream)

    def _react(self, stream: str) -> Iterator[Reaction]:
        work = self._work(stream)
        if work is None:
            return
        baseline, now = self.journal.plan(work.base.number), present(work.case, self.clock())
        request = Request(baseline, now, work.case.settings.freeze_days)
        found = self.repairer(work.case, request, self.patience)
        if isinstance(found, Failed):
            reason = found.reason.say(work.case.settings.language)
            yield Reaction(stream, "failed", self._draft(work, None, DraftState.FAILED, reason), reason=found.reason)
            return
        draft = self._draft(work, found.plan, DraftState.PROPOSED)
        revision = self._publish(work, draft, found) if approved(work.case, baseline, found, now) else None
        what: What = "published" if revision else "proposed"
        yield Reaction(stream, what, draft, found.changed, found.least, revision)

    def _work(self, stream: str) -> _Work | None:
        """Return what is to be answered: a case at rest that has changed since its newest revision."""
        base = self.journal.newest(stream)
        if base is None:
            return None
        case = self.journal.state(stream).case
        changes = [c for c in self.journal.changes(stream, base.case_sequence) if c.kind != PUBLISHED]
        if case.hash == base.case_hash or not changes:
            return None
        last, draft = changes[-1], self.journal.drafts.newest(stream)
        if draft and (draft.base, draft.case_sequence) == (base.number, last.sequence):
            return None  # answered already, whatever became of it
        rested = (self.clock() - last.at).total_seconds() >= self.debounce
        return _Work(stream, case, base, last.sequence, last.at) if rested else None

    def _draft(self, work: _Work, plan: Plan | None, state: DraftState, reason: str = "") -> Draft:
        return self.journal.drafts.save(
            work.stream, plan, base=work.base.number, case_sequence=work.sequence, state=state, reason=reason
        )

    def _publish(self, work: _Work, draft: Draft, found: Repaired) -> Revision | None:
        """Publish a draft that the policy approves; None where somebody else was faster."""
        try:
            return self.journal.publish(
                work.stream, found.plan, base=work.base.number, actor=ACTOR, cause=work.sequence, draft=draft.id
            )
        except StoreError:
            LOG.warning("the draft %s of %s was overtaken", draft.id, work.stream, exc_info=True)
            return None


def approved(case: Case, baseline: Plan, found: Repaired, now: dt.datetime | None) -> bool:
    """Tell whether the policy of a case approves a repair by itself.

    It does where at most so many sessions change as the settings allow, none of them too soon, none frozen, and no seat
    is left open.
    """
    policy = case.settings
    if not 0 < policy.approve_sessions >= len(found.changed) or found.forced or found.plan.open:
        return False
    if now is None:
        return True
    soon = now + dt.timedelta(days=policy.approve_after_days)
    concerned = [plan.session[id_] for plan in (baseline, found.plan) for id_ in found.changed if id_ in plan.session]
    return all(session.start >= soon for session in concerned)
