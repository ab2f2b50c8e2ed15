"""A year with its changes: what each led to, how far the plan moved, how early people knew, how fair it ended."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from threading import Event
from typing import TYPE_CHECKING

from constraints.reading import read_rules
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.change import ChangeError
from rota.changes.rules import OutcomeRecorded
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed
from rota.difference import alike
from rota.ledger import ledger, standings
from rota.past import past_sessions, present
from rota.text import text
from scheduler.keeping.simulation.events import SOONEST, Moment, happening
from scheduler.keeping.simulation.steps import Balance, Gap, Refusal, Step, Year
from scheduler.keeping.simulation.swapping import broken_by_swap
from scheduler.solving.control import Control
from scheduler.solving.errors import InfeasibleError, NoPlanFoundError
from scheduler.solving.repair import Request, repair

if TYPE_CHECKING:
    from rota.case import Case
    from rota.change import Change
    from rota.plan import Plan
    from scheduler.keeping.journal import Journal
    from scheduler.keeping.publication import Revision
    from scheduler.solving.repair import Repair

LEAD = dt.timedelta(days=21)
"""The year begins so long before its first session: plans are published ahead."""
DAY = dt.timedelta(days=1)
HELD = 0.97
"""So many of the sessions planned are held."""
ACTOR = "simulation"

CONTRADICTS = text("it contradicts what is known", "与已有资料矛盾")
NO_PLAN = text("no plan would be left (proved)", "将无可行安排（已证明）")
NOT_FOUND = text("no plan was found in time", "限时内未求得安排")


class Hand:
    """The clock of a simulated year, set by hand."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        """Return the moment it is set to."""
        return self.now


class Simulation:
    """A year of a case that is published in a journal whose clock is `clock`; the same seed makes the same year.

    It ends early where `stop` is set.
    """

    def __init__(
        self, journal: Journal, stream: str, clock: Hand, *, changes: int, seed: int, stop: Event | None = None
    ) -> None:
        self.journal, self.stream, self.clock = journal, stream, clock
        self.chance = Random(seed)
        self.changes = changes
        self.stop = stop or Event()
        self.year = Year()

    def run(self, tell: Callable[[Step], None] = lambda _: None) -> Year:
        """Let all changes happen, one after the other, and record what became of the sessions."""
        begin, end = horizon(self._case)
        self.year.before = self._balance()
        for number, now in enumerate(self._moments(begin), start=1):
            self.clock.now = now
            self._record_outcomes()
            step = self._happens(number)
            if self.stop.is_set():
                self.year.interrupted = True
                break
            if step is not None:
                self.year.steps.append(step)
                tell(step)
        else:
            self.clock.now = end
            self._record_outcomes()
        self.year.after = self._balance()
        return self.year

    def _moments(self, begin: dt.datetime) -> list[dt.datetime]:
        """Draw when changes happen: as long as there is a session that they can be about."""
        plan = self.journal.plan(self._published.number)
        span = max((session.start for session in plan.sessions), default=begin) - SOONEST - begin
        return sorted(begin + self.chance.random() * span for _ in range(self.changes))

    @property
    def _case(self) -> Case:
        return self.journal.state(self.stream).case

    @property
    def _published(self) -> Revision:
        found = self.journal.newest(self.stream)
        if found is None:
            raise LookupError(self.stream)
        return found

    def _balance(self) -> Balance:
        """Return how good the published plan is."""
        case, plan = self._case, self.journal.plan(self._published.number)
        book = ledger(case, plan, case.settings.last + DAY, assume_held=True)
        gaps = [Gap(each.role, each.who, each.balance) for each in standings(case, book)]
        largest = max(gaps, key=lambda gap: abs(gap.balance), default=None)
        return Balance(verify(case, read_rules(case), plan).costs, largest)

    # What happens.

    def _happens(self, number: int) -> Step | None:
        """Draw a change, make it with all that goes with it, and answer it; None where nothing happens any more."""
        plan = self.journal.plan(self._published.number)
        change = happening(Moment(self.journal.state(self.stream), plan, self.clock.now, self.chance, number))
        if change is None:
            return None
        if isinstance(change, SwapAsked) and (broken := self._broken_by(change, plan)):
            return Step(self.clock.now, type(change), broken)
        before = self.journal.head(self.stream).sequence
        try:
            self._make(change)
        except ChangeError as error:
            self._take_back(before)
            return Step(self.clock.now, type(change), Refusal(CONTRADICTS, error.message))
        return self._answered(change, before)

    def _broken_by(self, swap: SwapAsked, plan: Plan) -> Refusal | None:
        """Return what an exchange would break, as a coordinator finds out before agreeing to it."""
        case = self._case
        past = past_sessions(case, plan, present(case, self.clock.now))
        found = broken_by_swap(case, read_rules(case), plan, swap, past)
        if found is None:
            return None
        rule, breach = found
        return Refusal(text("the exchange breaks {rule}", "换班违反“{rule}”", rule=rule), breach.message)

    def _answered(self, change: Change, before: int) -> Step:
        """Publish the repair after a change; take the change back where it leaves no plan."""
        case, base, began = self._case, self._published, time.perf_counter()
        baseline = self.journal.plan(base.number)
        now = present(case, self.clock.now)
        request = Request(baseline, now, case.settings.freeze_days)
        try:
            found = repair(case, read_rules(case), request, Control(stop=self.stop))
        except (InfeasibleError, NoPlanFoundError) as error:
            self._take_back(before)
            sort = NO_PLAN if isinstance(error, InfeasibleError) else NOT_FOUND
            seconds = time.perf_counter() - began
            return Step(self.clock.now, type(change), Refusal(sort, error.message), seconds=seconds)
        step = self._step(change, found, baseline, time.perf_counter() - began)
        if alike(baseline, found.plan):
            return step
        revision = self.journal.publish(self.stream, found.plan, base=base.number, actor=ACTOR)
        return replace(step, revision=revision.number)

    def _make(self, change: Change) -> None:
        self.journal.record(self.stream, change, actor=ACTOR)
        if isinstance(change, SwapAsked):
            self.journal.record(self.stream, SwapAnswered(id=change.id, agreed=True), actor=ACTOR)
            self.journal.record(self.stream, SwapConfirmed(id=change.id), actor=ACTOR)

    def _take_back(self, before: int) -> None:
        """Take back what was recorded after a change, the newest first."""
        for recorded in reversed(list(self.journal.changes(self.stream, before))):
            self.journal.undo(self.stream, recorded.sequence, actor=ACTOR)

    def _step(self, change: Change, found: Repair, baseline: Plan, seconds: float) -> Step:
        starts = [_earliest(id_, baseline, found.plan) for id_ in found.changed]
        notice = tuple((start - self.clock.now) / DAY for start in starts)
        counted = (len(found.changed), found.least, found.proved)
        return Step(self.clock.now, type(change), None, *counted, notice, seconds)

    def _record_outcomes(self) -> None:
        """Record what became of the sessions that are over: nearly all were held."""
        case, plan = self._case, self.journal.plan(self._published.number)
        known = {outcome.session for outcome in case.outcomes}
        for session in plan.sessions:
            if session.end <= self.clock.now and session.id not in known and session.id in agenda_of(case).by_id:
                held = self.chance.random() < HELD
                outcome = OutcomeRecorded(session=session.id, held=held, served=self.chance.randint(20, 200) * held)
                self.journal.record(self.stream, outcome, actor=ACTOR)


def _earliest(id_: str, *plans: Plan) -> dt.datetime:
    """Return when a session begins in the first of the plans, or where it is newly held, in the other."""
    return min(plan.session[id_].start for plan in plans if id_ in plan.session)


def horizon(case: Case) -> tuple[dt.datetime, dt.datetime]:
    """Return when a simulated year begins, before its first session, and when it ends."""
    first, last = (dt.datetime.combine(day, dt.time(9), case.zone) for day in (case.settings.first, case.settings.last))
    return first - LEAD, last + DAY


def verified_again(journal: Journal, stream: str) -> Sequence[int]:
    """Return the numbers of revisions that do not hold for their case as it was, beside what was past then."""
    bad: list[int] = []
    before: Plan | None = None
    for revision in journal.revisions(stream):
        case, plan = journal.state(stream, revision.case_sequence).case, journal.plan(revision.number)
        over = past_sessions(case, before, present(case, revision.at)) if before else ()
        past = {id_ for id_ in over if before is not None and before.session.get(id_) == plan.session.get(id_)}
        if not verify(case, read_rules(case), plan, past).holds:
            bad.append(revision.number)
        before = plan
    return bad
