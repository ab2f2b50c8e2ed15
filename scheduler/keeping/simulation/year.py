"""A year with its changes: what each led to, how far the plan moved, how early people knew, how fair it ended."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from constraints.reading import read_rules
from constraints.verify import verify
from rota.agenda import agenda_of
from rota.change import ChangeError
from rota.changes.rules import OutcomeRecorded
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed
from rota.ledger import ledger, standings
from scheduler.keeping.simulation.events import Moment, happening
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


@dataclass(frozen=True)
class Step:
    """One change and what came of it.

    `refused` is why it could not be made, or that no plan would be left; then it was taken back. `changed` counts the
    sessions that the repair changed, `least` the fewest possible, `proved` whether that is proved; `notice` are the
    days from the change to the earliest session it changed; `seconds` is the time of the repair.
    """

    at: dt.datetime
    kind: str
    refused: str = ""
    changed: int = 0
    least: int = 0
    proved: bool = True
    notice: float | None = None
    seconds: float = 0.0
    revision: int | None = None

    @property
    def needless(self) -> int:
        """Sessions that were changed beyond the least number."""
        return self.changed - self.least


@dataclass
class Year:
    """All steps of a simulated year, with the costs and the spread of turns at its beginning and its end."""

    steps: list[Step] = field(default_factory=list)
    costs: tuple[dict[int, int], dict[int, int]] = ({}, {})
    spread: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of change happened."""
        return Counter(step.kind for step in self.steps)

    @property
    def repairs(self) -> list[Step]:
        """The steps after which a plan was published."""
        return [step for step in self.steps if not step.refused]


class Hand:
    """The clock of a simulated year, set by hand."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        """Return the moment it is set to."""
        return self.now


class Simulation:
    """A year of a case that is published in a journal whose clock is `clock`; the same seed makes the same year."""

    def __init__(self, journal: Journal, stream: str, clock: Hand, *, changes: int, seed: int) -> None:
        self.journal, self.stream, self.clock = journal, stream, clock
        self.chance = Random(seed)
        self.changes = changes
        self.year = Year()

    def run(self, tell: Callable[[Step], None] = lambda _: None) -> Year:
        """Let all changes happen, one after the other, and record what became of the sessions."""
        begin, end = horizon(self._case)
        before = self._standing()
        moments = sorted(begin + self.chance.random() * (end - begin) for _ in range(self.changes))
        for number, now in enumerate(moments, start=1):
            self.clock.now = now
            self._record_outcomes()
            for step in self._happens(number):
                self.year.steps.append(step)
                tell(step)
        self.clock.now = end
        self._record_outcomes()
        after = self._standing()
        self.year.costs, self.year.spread = (before[0], after[0]), (before[1], after[1])
        return self.year

    @property
    def _case(self) -> Case:
        return self.journal.state(self.stream).case

    @property
    def _published(self) -> Revision:
        found = self.journal.newest(self.stream)
        if found is None:
            raise LookupError(self.stream)
        return found

    def _standing(self) -> tuple[dict[int, int], Fraction]:
        """Return the costs of the published plan, and how far the most and the least favoured are apart in any role."""
        case, plan = self._case, self.journal.plan(self._published.number)
        costs = verify(case, read_rules(case), plan).costs
        book = ledger(case, plan, case.settings.last + DAY, assume_held=True)
        balances: dict[str, list[Fraction]] = {}
        for standing in standings(case, book):
            balances.setdefault(standing.role, []).append(standing.balance)
        return costs, max((max(each) - min(each) for each in balances.values()), default=Fraction(0))

    # What happens.

    def _happens(self, number: int) -> Iterator[Step]:
        """Draw a change, make it with all that goes with it, and answer it."""
        plan = self.journal.plan(self._published.number)
        moment = Moment(self.journal.state(self.stream), plan, self.clock.now, self.chance, number)
        change = happening(moment)
        if change is None:
            return
        yield self._answered(change)

    def _answered(self, change: Change) -> Step:
        """Make a change and publish the repair; take it back where it leaves no plan."""
        before = self.journal.head(self.stream).sequence
        try:
            self._make(change)
        except ChangeError as error:
            self._take_back(before)
            return Step(self.clock.now, change.kind, refused=error.say("en"))
        case = self._case
        base, began = self._published, time.perf_counter()
        baseline = self.journal.plan(base.number)
        request = Request(baseline, self.clock.now, case.settings.freeze_days)
        try:
            found = repair(case, read_rules(case), request, Control())
        except (InfeasibleError, NoPlanFoundError) as error:
            self._take_back(before)
            return Step(self.clock.now, change.kind, refused=error.say("en"), seconds=time.perf_counter() - began)
        step = self._step(change, found, baseline, time.perf_counter() - began)
        if found.plan.sessions == baseline.sessions and case.hash == base.case_hash:
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
        starts = [baseline.session[id_].start for id_ in found.changed if id_ in baseline.session]
        notice = min(((start - self.clock.now) / DAY for start in starts), default=None)
        return Step(self.clock.now, change.kind, "", len(found.changed), found.least, found.proved, notice, seconds)

    def _record_outcomes(self) -> None:
        """Record what became of the sessions that are over: nearly all were held."""
        case, plan = self._case, self.journal.plan(self._published.number)
        known = {outcome.session for outcome in case.outcomes}
        for session in plan.sessions:
            if session.end <= self.clock.now and session.id not in known and session.id in agenda_of(case).by_id:
                held = self.chance.random() < HELD
                outcome = OutcomeRecorded(session=session.id, held=held, served=self.chance.randint(20, 200) * held)
                self.journal.record(self.stream, outcome, actor=ACTOR)


def horizon(case: Case) -> tuple[dt.datetime, dt.datetime]:
    """Return when a simulated year begins, before its first session, and when it ends."""
    first, last = (dt.datetime.combine(day, dt.time(9), case.zone) for day in (case.settings.first, case.settings.last))
    return first - LEAD, last + DAY
