"""Large neighbourhood search: a plan is improved window by window, wherever small searches run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from rota.demand import REQUIRED
from scheduler.solving.bandit import Bandit
from scheduler.solving.construct import weeks_of
from scheduler.solving.control import Control, Progress
from scheduler.solving.dispatch import Dispatch
from scheduler.solving.executors import Crew
from scheduler.solving.improving import Context, Outcome, Packed, Task, improve, next_sessions, pack, unpack
from scheduler.solving.levels import better
from scheduler.solving.narrowing import Admitted, size_of
from scheduler.solving.neighbourhoods import Kind, Neighbourhoods, Size

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Session

MUCH = 10_000
"""With more candidates than this a plan is constructed in parts of the year."""
WEEK = 20.0
"""Seconds that a week may take by itself; what is missing then is constructed next."""
EFFORT = 1.0
"""Deterministic seconds for one window."""
LONGEST = 20.0
"""Seconds after which a window is given up in any case."""
CHECKED = 20
"""After so many improvements the verifier looks at the whole plan."""
PATIENCE = 30
"""So many windows of each kind may bring nothing before the search ends."""
LOOK = 0.1
"""Seconds between two looks at whether to stop."""

Sessions = Mapping[str, "Session"]
Judge = Callable[[Sessions], "Verdict"]
"""What the verifier says of some sessions."""


@dataclass(frozen=True)
class Talk:
    """What a search and those beside it tell each other.

    `news` are plans that were found elsewhere, and what is `enough` by its costs need not be improved; `floors` are
    what single rules cost at the least, and `least` what a priority does where the stronger ones come to some costs. Of
    each better plan whoever listens is `told`.
    """

    news: Callable[[], Sessions | None] = lambda: None
    enough: Callable[[Mapping[int, int]], bool] = lambda _: False
    floors: Callable[[], Mapping[str, int]] = dict
    least: Callable[[int, Mapping[int, int]], int] = lambda *_: 0
    told: Callable[[Sessions], None] = lambda _: None


@dataclass(frozen=True)
class _Sent:
    """A task under way: of which kind its window is, and what the plan had come to when it was sent."""

    kind: Kind
    size: Size
    version: int


@dataclass(eq=False)
class _Part:
    """A part of the year that is constructed: the sessions of the weeks that are missing, and what is built so far."""

    weeks: list[list[str]]
    built: dict[str, bytes] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)

    def take(self, found: Packed) -> None:
        """Take over what was built of the next week; what there was no time for is still to be done."""
        self.built.update(found)
        due = self.weeks.pop(0)
        missing = [id_ for id_ in due if id_ not in found]
        if missing and found:
            self.weeks.insert(0, missing)

    def lose(self) -> None:
        """Have a week that was lost built again, the second time at the end; what is lost there, too, is missing."""
        week = self.weeks[0]
        before = self.lost[week[0]]
        self.lost[week[0]] += 1
        if before:
            self.weeks.pop(0)
        if before == 1:
            self.weeks.append(week)


class LargeSearch:
    """Improves a plan, priorities first to last, as long as its control allows.

    What small searches find is taken over as they report it, if nothing that it concerns has changed in the meantime,
    else after the verifier has judged the whole. It judges every so often in any case, and what does not hold then is
    given up back to what it last passed. A plan that lacks something is mended first. Of a `crowd`
    windows consider some at a time.
    """

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        control: Control,
        judge: Judge,
        crew: Crew,
        talk: Talk = Talk(),
        crowd: Sequence[str] = (),
    ) -> None:
        self.control, self.judge, self.crew = control, judge, crew
        self.talk = talk
        self.heard: Sessions | None = None
        self.context = Context.of(case, rules)
        draw = Random(control.seed)
        self.neighbourhoods = Neighbourhoods(Admitted(case, rules), draw, crowd=crowd, floors=talk.floors)
        self.kinds = Bandit(self.neighbourhoods.kinds(), draw)
        self.sizes = {kind: Bandit(self.neighbourhoods.sizes(kind), draw) for kind in self.kinds.arms}
        self.sessions: dict[str, Session] = {}
        self.packed: dict[str, bytes] = {}
        self.costs: dict[int, int] = {}
        self.passed: dict[str, Session] | None = None
        self.passed_costs: dict[int, int] = {}
        self.version = self.tried = self.unchecked = self.idle = 0
        self._changed_at: dict[str, int] = {}
        self.dispatch: Dispatch[_Sent, Outcome] = Dispatch(crew)

    def run(self, start: Sessions | None = None) -> dict[str, Session] | None:
        """Improve a plan, or a constructed one; return the best that the verifier passed, None where there was none."""
        try:
            self._begin(self._constructed(start or {}))
            self._check()
            while not self._ends():
                self._turn()
        finally:
            self.dispatch.end()
        if self.unchecked:
            self._check()
        return self.passed

    def _ends(self) -> bool:
        """Tell whether time is up, nothing is found any more, or what was found is `enough`."""
        stuck = self.idle >= PATIENCE * self.neighbourhoods.patience * len(self.kinds.arms)
        if self.control.over or stuck or self.dispatch.hopeless:
            return True
        return self.passed is not None and self.talk.enough(self.passed_costs)

    def _constructed(self, start: Sessions) -> Sessions:
        """Construct what a plan lacks unless one is found elsewhere; what comes late is missing.

        Week follows week, each a task of its own, so that no more is lost with a task. Where much is open, parts of the
        year are constructed at once, as if there were no others, which spares time and costs quality.
        """
        dispatch: Dispatch[_Part, Packed] = Dispatch(self.crew)
        parts = self._parts(start)
        known = {id_: pack(session) for id_, session in start.items()}
        try:
            while not (self.control.over or dispatch.hopeless) and any(part.weeks for part in parts):
                for part in [each for each in parts if each.weeks and each not in dispatch.about]:
                    left = self.control.left()
                    seconds = WEEK if left is None else min(WEEK, left)
                    plan = {**known, **part.built}
                    dispatch.send(part, seconds, next_sessions, self.context, plan, part.weeks[0], seconds)
                for part, found in dispatch.back(LOOK):
                    if found is None:
                        part.lose()
                    else:
                        part.take(found)
                if news := self.talk.news():
                    return news
        finally:
            dispatch.end()
        return {**start, **{id_: unpack(packed) for part in parts for id_, packed in part.built.items()}}

    def _parts(self, start: Sessions) -> list[_Part]:
        """Return the parts of the year that are constructed at once, with the weeks in which a plan lacks sessions."""
        lacking = [o for o in self.neighbourhoods.occurrences if o.id not in start]
        weeks = [week for week in weeks_of(lacking) if any(o.must for o in week)]
        number = self.crew.most if size_of([o for week in weeks for o in week]) > MUCH else 1
        length = max(1, math.ceil(len(weeks) / number))
        due = [[o.id for o in week] for week in weeks]
        return [_Part(due[n : n + length]) for n in range(0, len(due), length)]

    def _turn(self) -> None:
        """Send tasks as long as there is room, and take over what has come back."""
        self._hear()
        while self.dispatch.has_room and not self.control.over:
            sent, task = self._draw()
            self.dispatch.send(sent, task.seconds, improve, task)
        for sent, outcome in self.dispatch.back(LOOK):
            if outcome is not None:
                self._take(sent, outcome)

    def _hear(self) -> None:
        """Go on from a plan that was found elsewhere, if it is better."""
        found = self.talk.news()
        if not found or found == self.heard:
            return
        self.heard = found
        verdict = self.judge(found)
        if verdict.holds and (self.passed is None or better(verdict.costs, self.costs)):
            self._begin(found)
            self._check()

    def _begin(self, sessions: Sessions) -> None:
        """Take up a whole plan; what is under way for another is no longer of use."""
        self.version += 1
        self._changed_at = dict.fromkeys({*self._changed_at, *self.sessions, *sessions}, self.version)
        self.sessions = dict(sessions)
        self.packed = {id_: pack(session) for id_, session in sessions.items()}

    def _draw(self) -> tuple[_Sent, Task]:
        kind = self.kinds.choose()
        size = self.sizes[kind].choose()
        window = self.neighbourhoods.window(kind, size, self.sessions)
        self.tried += 1
        left = self.control.left()
        task = Task(
            self.context,
            dict(self.packed),
            window,
            EFFORT,
            LONGEST if left is None else min(LONGEST, left),
            self.control.seed + self.tried,
            mending=self.passed is None,
        )
        return _Sent(kind, size, self.version), task

    def _take(self, sent: _Sent, outcome: Outcome) -> None:
        """Take over an outcome, if it is one, and learn from it."""
        gain = self._gain(outcome) if outcome.changed and self._accepted(sent, outcome) else 0.0
        self.idle = 0 if gain else self.idle + 1
        self.kinds.learn(sent.kind, gain, outcome.effort)
        self.sizes[sent.kind].learn(sent.size, gain, outcome.effort)
        is_new = outcome.changed and self.unchecked
        if is_new and (self.unchecked >= CHECKED or self.passed is None or self.talk.enough(self.costs)):
            self._check()

    def _gain(self, outcome: Outcome) -> float:
        """Return how much better the strongest priority is at which something changed; weaker ones count for less."""
        levels = sorted(outcome.before.keys() | outcome.after.keys() | self.costs.keys())
        for rank, priority in enumerate(levels):
            won = outcome.before.get(priority, 0) - outcome.after.get(priority, 0)
            if won:
                return max(0.0, won / max(1, self.costs.get(priority, won)) * 0.1**rank)
        return 0.0

    def _accepted(self, sent: _Sent, outcome: Outcome) -> bool:
        changed = {id_: None if packed is None else unpack(packed) for id_, packed in outcome.changed.items()}
        if any(self._changed_at.get(id_, 0) > sent.version for id_ in changed):
            return False
        names = {name for id_, session in changed.items() for name in self._named(id_, session)}
        costs = self._summed(outcome)
        if any(self._changed_at.get(name, 0) > sent.version for name in names):
            verdict = self.judge(self._with(changed))
            costs = dict(verdict.costs)
            if not verdict.holds or better(self.costs, costs):
                return False
        self.version += 1
        for name in {*changed, *names}:
            self._changed_at[name] = self.version
        for id_, session in changed.items():
            self._put(id_, session)
        self.unchecked += 1
        self.costs = costs
        self._report()
        return True

    def _summed(self, outcome: Outcome) -> dict[int, int]:
        """Return what the plan comes to with an outcome that no other one since has to do with."""
        levels = outcome.before.keys() | outcome.after.keys() | self.costs.keys()
        return {p: self.costs.get(p, 0) - outcome.before.get(p, 0) + outcome.after.get(p, 0) for p in levels}

    def _named(self, id_: str, session: Session | None) -> set[str]:
        """Return who and which rooms come or go in a session; all of them where it moves."""
        before = self.sessions.get(id_)
        if before and session and (before.start, before.site) == (session.start, session.site):
            return {name for name, _ in _uses(before) ^ _uses(session)}
        return {name for each in (before, session) if each for name, _ in _uses(each)}

    def _put(self, id_: str, session: Session | None) -> None:
        if session is None:
            self.sessions.pop(id_, None)
            self.packed.pop(id_, None)
        else:
            self.sessions[id_] = session
            self.packed[id_] = pack(session)

    def _with(self, changed: Mapping[str, Session | None]) -> dict[str, Session]:
        """Return the plan with a change."""
        return {id_: session for id_, session in {**self.sessions, **changed}.items() if session is not None}

    def _check(self) -> None:
        """Let the verifier judge the whole; go back to what it passed last where that is better."""
        verdict = self.judge(self.sessions)
        self.unchecked = 0
        self.neighbourhoods.look_at(verdict)
        if self.passed is not None and (not verdict.holds or better(self.passed_costs, verdict.costs)):
            self._begin(self.passed)
            self.costs = dict(self.passed_costs)
            return
        self.costs = dict(verdict.costs)
        if verdict.holds:
            self.passed, self.passed_costs = dict(self.sessions), dict(verdict.costs)
            self.talk.told(self.passed)
        self._report()

    def _report(self) -> None:
        if self.passed is not None and self.costs.keys() - {REQUIRED}:
            self.control.report(Progress.of_all(self.costs))


def _uses(session: Session) -> set[tuple[str, str]]:
    """Return who serves in a session, in which role, and which rooms it takes."""
    seated = {(who, role) for part in session.parts for role, seats in part.roles.items() for who in seats}
    return seated | {(part.room, "") for part in session.parts if part.room}
