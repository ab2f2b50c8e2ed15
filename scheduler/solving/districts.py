"""Districts: a large case is planned part by part, and improved where it is worst, wherever small searches run.

Parts that share nothing are searched at the same time; each sees the plan of its neighbours as it is, so that what
comes back fits. The first parts divide the case; later ones grow around the worst places, so that the seams of the
first lie within them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

from rota.demand import REQUIRED
from scheduler.solving.annealing.seat_layout import LARGEST
from scheduler.solving.chains import lacks
from scheduler.solving.control import Control, Progress
from scheduler.solving.coupling import PART, Coupling, Part
from scheduler.solving.dispatch import GRACE, Dispatch
from scheduler.solving.improving import Context, Outcome, pack, unpack
from scheduler.solving.levels import better
from scheduler.solving.part_search import PartTask, search_part

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.executors import Crew
    from scheduler.solving.large import Judge

FILLING = (4 * PART, 12 * PART)
"""So many candidates the parts have in which empty seats are filled, one after the other where that does not help."""
PATIENCE = 12
"""So many windows in a row may fill no empty seat there."""
RESEATED = (5 * PART, 6 * PART)
"""So many candidates the parts have in which who serves is annealed, one division after the other."""
RESEATING = 0.15
"""The share of the time that is left for each of these."""
LOOK = 0.1
"""Seconds between two looks at whether to stop."""
DAYS = 14
"""So many days are planned of all parts before the next ones."""
BUILDING = (10.0, 60.0)
"""Seconds that these may take for one part, at least and at most."""
BUILDING_SHARE = 0.1
"""The share of the time that is left for it, and as much as grace, up to GRACE: what hangs leaves time for others."""
EFFORTS = (0.04, 0.06)
"""Deterministic seconds for one step of construction, at least and at most. With fewer, seats stay empty, and filling
them takes many times what was spared."""
HALF = 0.5
"""The share of a limited time that construction is to take."""
SLICE = (5.0, 30.0)
"""Seconds for which a part is improved, at least and at most."""
TIMES = 4
"""So many times, about, each part is improved if there is time enough."""
TRIES = 10
"""So many places are looked at for one at which nobody is at work."""
IMPROVED = (3 * PART, PART)
"""So many candidates the parts have that are improved; smaller ones only where others are at work close by."""
JUDGED = 0.25
"""So many times as many parts as the case has are improved between two looks at the whole plan."""
IDLE = 3
"""So many looks at the whole plan may show nothing better before the search ends."""
HELPLESS = 12
"""As many without a plan that holds may show no fewer breaches, where time is not limited."""


@dataclass(frozen=True)
class _Job:
    """What is done with a part: sessions that are `due` are planned, empty seats filled, all of it improved.

    Or who serves is annealed, in some `roles` or in all (none named). Where it was lost once, it is not done `again`.
    """

    part: Part
    due: frozenset[str] = frozenset()
    improving: bool = False
    reseating: bool = False
    roles: frozenset[str] = frozenset()
    patience: int = 1
    again: bool = True


class DistrictSearch:
    """Plans a case whose activities are coupled loosely, and improves the plan as long as its control allows.

    Where all of it `is_one` part to improve, it ends with a plan that holds: no two parts could be searched at once.
    What is `enough` by its costs is not improved.
    """

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        control: Control,
        judge: Judge,
        crew: Crew,
        enough: Callable[[Mapping[int, int]], bool] = lambda _: False,
    ) -> None:
        self.control, self.judge, self.enough = control, judge, enough
        self.coupling = Coupling(case)
        self.parts = self.coupling.divided()
        self.built = list(self.parts)
        self.given_up: frozenset[str] = frozenset()
        self.is_one = len(self.coupling.divided(IMPROVED[0])) == 1
        self.context = Context.of(case, rules)
        self.dispatch: Dispatch[_Job, Outcome] = Dispatch(crew)
        self.draw = Random(control.seed)
        self.packed: dict[str, bytes] = {}
        self.badness: Mapping[str, float] = {}
        self.bad: Mapping[str, float] = {}
        self.mending: frozenset[str] = frozenset()
        self.costs: dict[int, int] = {}
        self.passed: dict[str, bytes] | None = None
        self.passed_costs: dict[int, int] = {}
        self.tasks = self.improved = self.idle = 0
        self.fewest: float = math.inf
        self.alone = False
        self.size = self.reseats = self.paced_from = 0
        self.pacing: float | None = None
        self.reserved = HALF * (control.left() or 0.0)

    def run(self, start: Mapping[str, Session] | None = None) -> dict[str, Session] | None:
        """Return the best plan that the verifier passed, None where there was none."""
        self.packed = {id_: pack(session) for id_, session in (start or {}).items()}
        try:
            self._build()
            self._fill()
            self._judge_it()
            if not (self._is_enough or self.control.over):
                self._reseat()
            while not (self._ends or self.control.over or self.dispatch.hopeless):
                self._turn()
        finally:
            self.dispatch.end()
        if self.improved:
            self._judge_it()
        return None if self.passed is None else {id_: unpack(packed) for id_, packed in self.passed.items()}

    @property
    def _ends(self) -> bool:
        """Tell whether nothing better is found or needed, or whether windows of one part can go on with what holds."""
        if self.passed is None:
            return self.control.left() is None and self.idle >= HELPLESS
        return self.is_one or self.idle >= IDLE or self._is_enough

    @property
    def _is_enough(self) -> bool:
        return self.passed is not None and self.enough(self.passed_costs)

    def _build(self) -> None:
        """Plan fortnight after fortnight, each part by part: so nobody is used up by the part that comes first.

        Seats that stay empty are filled once all is planned: until then there may be no time for it.
        """
        for fortnight in self._fortnights():
            missing = fortnight - self.packed.keys() - self.given_up
            due = ((part, missing.intersection(self._sessions(part))) for part in self.built)
            self._work_off([_Job(part, mine, patience=0) for part, mine in due if mine])

    def _fill(self) -> None:
        """Plan what is missing, and fill seats that stayed empty; where that fails, more activities around are open."""
        occurrences = (o for sessions in self.coupling.sessions.values() for o in sessions)
        empty = [o for o in occurrences if self._lacks(o)]
        for size in FILLING:
            if self.control.over:
                return
            around: dict[str, Part] = {}
            for activity in {o.activity.id: None for o in empty}:
                if not any(activity in part.activities for part in around.values()):
                    around[activity] = self.coupling.around(activity, size=size)
            parts = around.values()
            self._work_off([_Job(part, frozenset(self._sessions(part)), patience=PATIENCE) for part in parts])
            empty = [o for o in empty if self._lacks(o)]

    def _reseat(self) -> None:
        """Anneal who serves in large parts, again with the seams elsewhere, then role by role in the case as a whole.

        What falls to a part as a whole is evened out with others only by those who serve in both, one after the other:
        that takes all parts together. The verifier says whether it helped.
        """
        for size in RESEATED:
            parts = self.coupling.divided(size)
            self._anneal([_Job(part, reseating=True) for part in parts])
        whole = self.coupling.part(self.coupling.sessions)
        for roles, choice in self.coupling.roles_apart() if self.reseats > 1 else ():
            if choice <= LARGEST:
                self._anneal([_Job(whole, reseating=True, roles=roles)])
        self.costs = {}
        self._judge_it()

    def _anneal(self, jobs: list[_Job]) -> None:
        self.reseats = len(jobs)
        self._work_off(jobs)

    def _lacks(self, occurrence: Occurrence) -> bool:
        packed = self.packed.get(occurrence.id)
        return lacks(occurrence, None if packed is None else unpack(packed))

    def _work_off(self, jobs: list[_Job]) -> None:
        """Have jobs done, each as soon as nobody is at work near it."""
        while (jobs or self.dispatch.about) and not (self.control.over or self.dispatch.hopeless):
            job = next((each for each in jobs if self._is_free(each.part)), None) if self.dispatch.has_room else None
            if job is not None:
                jobs.remove(job)
                self._send(job)
                continue
            for sent, outcome in self.dispatch.back(LOOK):
                if outcome is None:
                    jobs += self._instead(sent)
                else:
                    self._take(outcome)
                    self._pace()
            self.control.report(Progress("build", done=len(self.packed), of=self.size))

    def _instead(self, lost: _Job) -> list[_Job]:
        """Return what is done in the place of a lost job: the same once more, then each of its activities alone.

        An activity that is lost alone, though others come back, is planned no more: windows fill in its sessions.
        Annealing only makes better what is there: where it is too slow, or fails, it is tried once more, and left.
        """
        if lost.again:
            return [replace(lost, again=False)]
        if lost.reseating:
            return []
        if len(lost.part.activities) > 1:
            alone = [self.coupling.part([activity]) for activity in sorted(lost.part.activities)]
            if lost.part in self.built:
                self.built.remove(lost.part)
                self.built += alone
            return [replace(lost, part=part, due=lost.due.intersection(self._sessions(part))) for part in alone]
        if not self.dispatch.works:
            return [lost]
        self.given_up |= set(self._sessions(lost.part))
        return []

    def _pace(self) -> None:
        """Measure the pace of construction from the first result on: before, processes have begun."""
        if self.pacing is None:
            self.pacing, self.paced_from = self.control.now(), len(self.packed)

    def _fortnights(self) -> list[frozenset[str]]:
        """Return the sessions of each fortnight, in order of time."""
        found: dict[int, set[str]] = defaultdict(set)
        for sessions in self.coupling.sessions.values():
            for occurrence in sessions:
                found[occurrence.nominal.date().toordinal() // DAYS].add(occurrence.id)
        self.size = sum(map(len, found.values()))
        return [frozenset(found[number]) for number in sorted(found)]

    def _turn(self) -> None:
        """Improve parts around the worst places; look at the whole now and then."""
        if self.improved >= JUDGED * len(self.parts) and not self.dispatch.about:
            self._judge_it()
        while self.dispatch.has_room and self.improved < JUDGED * len(self.parts):
            part = self._worst()
            if part is None:
                break
            self._send(_Job(part, improving=True, patience=PATIENCE))
        for _, outcome in self.dispatch.back(LOOK):
            self.improved += 1
            if outcome is not None:
                self._take(outcome)
                self._report()

    def _worst(self) -> Part | None:
        """Return a part around a bad place at which nobody is at work, a large one if there is room for it."""
        seeds = self.draw.choices(list(self.bad), list(self.bad.values()), k=TRIES)
        parts = (self.coupling.around(seed, size=size) for size in IMPROVED for seed in seeds)
        return next((part for part in parts if self._is_free(part)), None)

    def _is_free(self, part: Part) -> bool:
        under_way = self.dispatch.about
        return all(part.is_apart(sent.part) for sent in under_way) and not (self.alone and under_way)

    def _send(self, job: _Job) -> None:
        self.tasks += 1
        part = job.part
        whole = job.improving or job.reseating
        mine = [id_ for id_ in self._sessions(part) if whole or id_ in self.packed or id_ in job.due]
        about = part.activities | part.beside
        known = (o.id for activity in about for o in self.coupling.sessions[activity])
        left = self.control.left()
        seconds = self._slice() if job.improving else self._reseating() if job.reseating else self._building(job)
        task = PartTask(
            self.context,
            tuple(mine),
            dict(self.packed) if self.alone else {id_: self.packed[id_] for id_ in known if id_ in self.packed},
            seconds if left is None else min(seconds, left),
            self.control.seed + self.tasks,
            about=None if self.alone else about,
            due=job.due - self.packed.keys() - self.given_up,
            effort=self._effort(),
            patience=job.patience,
            improving=job.improving,
            reseating=job.reseating,
            roles=job.roles,
            mending=job.improving and not self.mending.isdisjoint(mine),
            badness={name: self.badness[name] for name in {*mine, *part.uses} if name in self.badness},
        )
        self.dispatch.send(job, task.seconds, search_part, task, grace=GRACE if job.patience else min(GRACE, seconds))

    def _effort(self) -> float:
        """Return how hard to try at one step of construction: less where it would take too long at the pace so far."""
        least, most = EFFORTS
        left, done = self.control.left(), len(self.packed) - self.paced_from
        if left is None or self.pacing is None or done <= 0:
            return most
        gone, missing = self.control.now() - self.pacing, max(1, self.size - len(self.packed))
        allowed = (left - self.reserved) / missing
        return min(most, max(least, most * allowed * done / max(gone, 1e-6)))

    def _building(self, job: _Job) -> float:
        """Return for how long to plan one part, or to fill its seats: that takes patience."""
        least, most = BUILDING
        left = self.control.left()
        return most if left is None or job.patience else min(most, max(least, BUILDING_SHARE * left))

    def _reseating(self) -> float:
        """Return for how long who serves in one part may be annealed."""
        left = self.control.left()
        at_once = min(self.dispatch.crew.width(), self.reseats)
        return BUILDING[1] if left is None else RESEATING * left * at_once / self.reseats

    def _slice(self) -> float:
        """Return for how long to improve one part: so that there is time for all of them, several times over."""
        least, most = SLICE
        left = self.control.left()
        if left is None:
            return most
        large = max(1.0, len(self.parts) * PART / IMPROVED[0])
        return min(most, max(least, left * self.dispatch.crew.width() / (TIMES * large)))

    def _take(self, outcome: Outcome) -> None:
        for id_, packed in outcome.changed.items():
            if packed is None:
                self.packed.pop(id_, None)
            else:
                self.packed[id_] = packed
        for priority in (outcome.before.keys() | outcome.after.keys()) - {REQUIRED}:
            won = outcome.before.get(priority, 0) - outcome.after.get(priority, 0)
            self.costs[priority] = self.costs.get(priority, 0) - won

    def _judge_it(self) -> None:
        """Let the verifier judge the whole; go back to what it passed last where that is better.

        Where it counts more than the parts did, a rule connects them: from then on they are searched in turn.
        """
        verdict = self.judge({id_: unpack(packed) for id_, packed in self.packed.items()})
        expected, self.improved = self.costs, 0
        self.costs = dict(verdict.costs)
        self._learn(verdict)
        better_now = verdict.holds and (self.passed is None or better(self.costs, self.passed_costs))
        if expected and self.passed is not None and (not verdict.holds or better(expected, self.costs)):
            self.alone = True
        broken = len(verdict.breaches)
        mended = self.passed is None and broken < self.fewest
        self.fewest = min(self.fewest, broken)
        self.idle = 0 if better_now or mended else self.idle + 1
        if better_now:
            self.passed, self.passed_costs = dict(self.packed), dict(self.costs)
        elif self.passed is not None and (not verdict.holds or better(self.passed_costs, self.costs)):
            self.packed, self.costs = dict(self.passed), dict(self.passed_costs)
        self._report()

    def _learn(self, verdict: Verdict) -> None:
        """Learn where the plan is worst, and where it does not hold yet."""
        self.badness = _badness(verdict)
        self.mending = frozenset(id_ for breach in verdict.breaches for id_ in (*breach.sessions, *breach.mends))
        self.bad = {
            activity: 0.01 + sum(self.badness.get(o.id, 0.0) + (o.id in self.mending) * 100 for o in sessions)
            for activity, sessions in self.coupling.sessions.items()
        }

    def _sessions(self, part: Part) -> list[str]:
        return [o.id for activity in sorted(part.activities) for o in self.coupling.sessions[activity]]

    def _report(self) -> None:
        if self.passed is not None and self.costs.keys() - {REQUIRED}:
            self.control.report(Progress.of_all(self.costs))


def _badness(verdict: Verdict) -> Mapping[str, float]:
    """Return how much the breaches of wishes are about each session and resource, each rule's worst counting 1."""
    found: dict[str, float] = defaultdict(float)
    for breaches in verdict.wishes.values():
        by_name: Counter[str] = Counter()
        for breach in breaches:
            for named in {*breach.who, *breach.sessions}:
                by_name[named] += breach.amount
        most = max(by_name.values(), default=0) or 1
        for named, amount in by_name.items():
            found[named] += amount / most
    return found
