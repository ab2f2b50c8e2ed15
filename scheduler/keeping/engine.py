"""The engine: a change arrives, the smallest repair is made, and policy or a person approves it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rota.difference import alike, difference
from rota.past import present
from scheduler.keeping.apart import Apart, Failed, Repaired
from scheduler.keeping.drafts import DraftState
from scheduler.keeping.errors import BusyError, ConflictError, RefusedPlanError, StaleDraftError
from scheduler.keeping.pending import Pending, pending
from scheduler.keeping.swaps import settled_by_policy
from scheduler.solving.control import SearchOverError
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
LONGEST = 60.0
"""Seconds that a change waits at most for others to follow."""
HURRY = 16
"""By this at most the time of a repair is divided where changes come faster than it is made."""
MARGIN = 60.0
"""Seconds that a lease outlives the time a repair may take, where nobody prolongs it."""

What = Literal["kept", "proposed", "published", "failed", "overtaken"]


@dataclass(frozen=True)
class Reaction:
    """What the engine did about one case.

    The plan is `kept` where nothing has to change; else there is a draft that waits for approval (`proposed`), a
    revision (`published`), or a `reason` why there is neither (`failed`). Where somebody published or changed something
    meanwhile (`overtaken`), the answer is made anew; there is a draft all the same where what was found holds by now as
    well. `differing` are the sessions that are not as they were published,
    those that the case itself created or dropped included; `changed` are those that the repair changed, and `least` is
    the least number of these.
    """

    stream: str
    what: What
    differing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    least: int = 0
    proved: bool = True
    draft: Draft | None = None
    revision: Revision | None = None
    reason: Message | None = None


class Engine:
    """Answers changes of the cases in a journal; several engines may share one journal.

    Changes that follow each other within `debounce` seconds are answered together, but none waits for more than
    `LONGEST`. A repair has `patience` seconds, and half of that after each time that another change has overtaken it,
    so that changes which come again and again are caught up with. One engine at a time works on a case, under a lease
    of so many seconds, which `beat` prolongs. A lease only saves work:
    that each change is answered once follows from what the journal refuses.
    """

    def __init__(
        self,
        journal: Journal,
        holder: str,
        clock: Callable[[], dt.datetime],
        *,
        debounce: float = 5.0,
        patience: float = 60.0,
        lease: float | None = None,
        repairer: Repairer | None = None,
    ) -> None:
        self.journal, self.holder, self.clock = journal, holder, clock
        self.debounce, self.patience = debounce, patience
        self.lease = patience + MARGIN if lease is None else lease
        self.repairer = repairer or Apart()
        self._held: str | None = None
        self._overtaken: dict[str, int] = {}

    def react(self, tell: Callable[[Reaction], None] = lambda _: None) -> None:
        """Answer the changes of every case; what goes wrong with one is tried again, and keeps no other waiting.

        Raises:
            StoreError: the journal cannot be read.
        """
        for stream in self.journal.streams():
            try:
                reaction = self._react(stream)
            except SearchOverError:  # the program is to end: the next one answers
                return
            except BusyError:
                LOG.info("the journal is busy; the case %s is tried again", stream)
            except Exception:
                LOG.exception("the case %s is tried again", stream)
            else:
                if reaction is not None:
                    tell(reaction)

    def beat(self) -> None:
        """Prolong the lease of what is being worked on; to be called a few times in the span of a lease."""
        held = self._held
        if held is not None and not self.journal.leases.prolong(held, self.holder, self.lease):
            LOG.warning("the lease %s was lost", held)

    def _react(self, stream: str) -> Reaction | None:
        if self._pending(stream) is None:  # as nearly always: then nothing is written, not even a lease
            return None
        name = f"engine:{stream}"
        with self.journal.leases.held(name, self.holder, self.lease) as mine:
            if not mine:
                return None
            self._held = name
            try:
                found = self._pending(stream)  # another engine may have answered a moment ago
                if found and found.agreed and self._confirm(found):
                    found = pending(self.journal.store, stream)
                return self._noted(self._answer(found)) if found else None
            finally:
                self._held = None

    def _noted(self, reaction: Reaction) -> Reaction:
        """Remember how often in a row a case was overtaken."""
        times = self._overtaken.pop(reaction.stream, 0)
        if reaction.what == "overtaken":
            self._overtaken[reaction.stream] = times + 1
        return reaction

    def _pending(self, stream: str) -> Pending | None:
        """Return what is to be answered: changes after which nothing came for a while."""
        found = pending(self.journal.store, stream)
        return found if found and found.rested(self.clock(), self.debounce, LONGEST) else None

    def _confirm(self, asked: Pending) -> bool:
        """Confirm the swaps that the policy leaves to those who agree to them; tell whether there were any."""
        head, state = self.journal.at(asked.stream)
        plan, now = self.journal.plan(asked.base.number), present(state.case, self.clock())
        swaps = settled_by_policy(state, plan, now)
        if not swaps:
            return False
        try:
            self.journal.record_all(asked.stream, swaps, actor=ACTOR, expected=head.version, cause=asked.sequence)
        except ConflictError:  # looked at again as it is now, at the next turn
            return False
        return True

    def _answer(self, asked: Pending) -> Reaction:
        if asked.undone:
            return self._written(asked, "kept")
        now = present(asked.case, self.clock())
        baseline = self.journal.plan(asked.base.number)
        seconds = self.patience / min(2 ** self._overtaken.get(asked.stream, 0), HURRY)
        found = self.repairer(asked.case, Request(baseline, now, asked.case.settings.freeze_days), seconds)
        if isinstance(found, Failed):
            return self._written(asked, "failed", reason=found.reason)
        return self._concluded(asked, baseline, found)

    def _concluded(self, asked: Pending, baseline: Plan, found: Repaired) -> Reaction:
        if alike(baseline, found.plan):
            return self._written(asked, "kept")
        if approved(asked.case, baseline, found, present(asked.case, self.clock())):
            return self._publish(asked, baseline, found)
        return self._written(asked, "proposed", baseline, found)

    def _written(
        self,
        asked: Pending,
        what: Literal["kept", "proposed", "failed"],
        baseline: Plan | None = None,
        found: Repaired | None = None,
        *,
        reason: Message | None = None,
    ) -> Reaction:
        """Write down what came of the changes, unless somebody was faster."""
        draft = self.journal.drafts.answer(
            asked.stream,
            found.plan if found else None,
            base=asked.base.number,
            case_sequence=asked.sequence,
            state=_STATES[what],
            reason=reason.say(asked.case.settings.language) if reason else "",
        )
        if draft is None:
            return self._late(asked, baseline, found)
        return _reaction(asked, what, baseline, found, draft=draft, reason=reason)

    def _publish(self, asked: Pending, baseline: Plan, found: Repaired) -> Reaction:
        """Publish at once what the policy approves: no draft comes before, so none is left behind by a crash."""
        try:
            revision = self.journal.publish(
                asked.stream, found.plan, base=asked.base.number, actor=ACTOR, cause=asked.sequence
            )
        except StaleDraftError:
            return self._late(asked, baseline, found)
        except RefusedPlanError as error:
            return self._written(asked, "failed", reason=error.message)
        return _reaction(asked, "published", baseline, found, revision=revision)

    def _late(self, asked: Pending, baseline: Plan | None, found: Repaired | None) -> Reaction:
        """Make the best of a repair that was overtaken.

        Where what came does not touch the case, it is the answer to that, too; where it holds all the same, it is kept
        as a draft until a better one is made.
        """
        now = pending(self.journal.store, asked.stream)
        if baseline is None or found is None or now is None or now.base != asked.base or now.undone:
            return Reaction(asked.stream, "overtaken")
        if now.sequence != asked.sequence and _same(now.case, asked.case):
            return self._concluded(now, baseline, found)
        draft = self._interim(asked, now, found)
        return _reaction(asked, "overtaken", baseline, replace(found, proved=False), draft=draft)

    def _interim(self, asked: Pending, now: Pending, found: Repaired) -> Draft | None:
        """Keep what was found for an earlier state, where it holds in the present one; that stays to be answered."""
        case = found.plan.case.model_copy(update={"hash": now.case.hash})
        plan = found.plan.model_copy(update={"case": case})
        try:
            self.journal.refuse_unfit(now.stream, plan, base=now.base.number)
        except (RefusedPlanError, StaleDraftError):
            return None
        return self.journal.drafts.answer(
            now.stream,
            plan,
            base=now.base.number,
            case_sequence=asked.sequence,
            seen=now.sequence,
            state=DraftState.PROPOSED,
        )


def _same(one: Case, other: Case) -> bool:
    """Tell whether two cases ask for the same plan, and for the same approval."""
    return (one.hash, one.settings) == (other.hash, other.settings)


_STATES = {"kept": DraftState.NEEDLESS, "proposed": DraftState.PROPOSED, "failed": DraftState.FAILED}


def _reaction(
    asked: Pending,
    what: What,
    baseline: Plan | None,
    found: Repaired | None,
    *,
    draft: Draft | None = None,
    revision: Revision | None = None,
    reason: Message | None = None,
) -> Reaction:
    if baseline is None or found is None:
        return Reaction(asked.stream, what, draft=draft, reason=reason)
    differing = difference(baseline, found.plan).sessions
    return Reaction(
        asked.stream, what, differing, found.changed, found.least, found.proved, draft=draft, revision=revision
    )


def approved(case: Case, baseline: Plan, found: Repaired, now: dt.datetime | None) -> bool:
    """Tell whether the policy of a case approves a repair by itself.

    It does where at most so many sessions differ as the settings allow - those that come anew or fall away included -
    none of them too soon, none frozen, and no seat is left open. In a year that is over (`now` is None) nobody can be
    told in time any more.
    """
    policy = case.settings
    differing = difference(baseline, found.plan).sessions
    if now is None or not 0 < policy.approve_sessions >= len(differing) or found.forced or found.plan.open:
        return False
    soon = now + dt.timedelta(days=policy.approve_after_days)
    concerned = [plan.session[id_] for plan in (baseline, found.plan) for id_ in differing if id_ in plan.session]
    return all(session.start >= soon for session in concerned)
