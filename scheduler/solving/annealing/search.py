"""Annealing of a timetable: as many walks as there are processes cool down, and the best that any came by is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from rota.demand import REQUIRED
from scheduler.solving.annealing.compiling import can_compile
from scheduler.solving.annealing.laying import layout_of
from scheduler.solving.annealing.legs import Held, Leg, Walked, walk
from scheduler.solving.control import Control, Progress
from scheduler.solving.dispatch import Dispatch
from scheduler.solving.improving import Context
from scheduler.solving.levels import better

if TYPE_CHECKING:
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.annealing.layout import Layout
    from scheduler.solving.executors import Crew

SHARE = 0.9
"""The share of a limited time that annealing takes; windows have the rest."""
LEG = 4.0
"""Seconds of one leg, about."""
LEGS = 40
"""The legs of a walk that has no limited time."""
EACH = 20_000_000
"""A walk has so many moves for each session at the most, if there is time for them."""
UNHURRIED = 3_000_000
"""So many has it where time is not limited."""
SHORTEST = 2.0
"""With fewer seconds than this, nothing is annealed."""
WARM, AGAIN, COOL = 1.0, 0.035, 0.026
"""The temperatures, times what is usually at stake: at first, when the best is warmed up again, or a plan that was
found elsewhere, and in the end."""
FIRST = 0.8
"""The share of a walk's legs in which it cools down for the first time; in the rest it does so again and again."""
ROUNDS, LEAST_LEGS = 2, 3
"""So many times at the most, with so many legs at the least."""
POLISHING = 4
"""So many legs has a walk from a plan that was found elsewhere."""
BROKEN = 1.6
"""How many times what is usually at stake a breach of what must hold is weighed at first."""
HARDER, HARDEST = 1.5, 100.0
"""By how much more it is weighed where a walk does not come to hold, up to so many times the first weight."""
LATE = 0.3
"""From this share of the first cooling on, a walk should have come to hold."""
COMPILING = 120.0
"""Seconds by which a leg may take longer where its process has to compile first, on a machine that does much else."""
LOOK = 0.1
"""Seconds between two looks at whether to stop."""

Sessions = Mapping[str, "Session"]


def annealed(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    judge: Callable[[Sessions], Verdict],
    crew: Crew,
    start: Sessions | None,
    enough: Callable[[Mapping[int, int]], bool] = lambda _: False,
    news: Callable[[], Sessions | None] = lambda: None,
) -> Sessions | None:
    """Return the best timetable that annealing leads to from a plan, if any; the plan itself where it is not done.

    That is where moves cannot be priced or compiled, or where too little time is left. `news` may bring a plan that was
    found elsewhere meanwhile.
    """
    left = control.left()
    if (left is not None and left < SHORTEST) or (layout := layout_of(case, rules)) is None or not can_compile():
        return start
    return Annealing(layout, Context.of(case, rules), control, judge, crew, enough, news).run(start) or start


@dataclass(frozen=True)
class _Step:
    """What one leg of a walk is like: from which temperature to which, and whether it goes from the best `again`."""

    warm: float
    cool: float
    again: bool = False


@dataclass
class _Walk:
    """One walk: where it is, its legs, how many of them are behind, and how many times harder a breach weighs by now.

    Each leg may have a given number of `seconds`.
    """

    held: Held
    seed: int
    course: Sequence[_Step]
    legs: int = 0
    seconds: float | None = None
    harder: float = 1.0

    def weigh(self, walked: Walked) -> None:
        """Weigh breaches more from now on, where a leg that was cold enough came by nothing that holds."""
        if walked.broken and self.legs >= LATE * FIRST * len(self.course):
            self.harder = min(HARDEST, self.harder * HARDER)


def _scale(layout: Layout) -> float:
    """Return what is usually at stake when a session moves."""
    return max(layout.usual_price, layout.most_price)


def _course(layout: Layout, legs: int) -> list[_Step]:
    """Return the legs of a walk: it cools down once, and then again and again from the best that any has found."""
    warm, again, cool = (_scale(layout) * times for times in (WARM, AGAIN, COOL))
    left = round(legs * (1 - FIRST))
    rounds = min(ROUNDS, left // LEAST_LEGS)
    if not rounds:
        return _cooling(warm, cool, legs)
    found = _cooling(warm, cool, legs - left)
    for number in range(rounds):
        length = left * (number + 1) // rounds - left * number // rounds
        first, *others = _cooling(again, cool, length)
        found += [replace(first, again=True), *others]
    return found


def _cooling(warm: float, cool: float, legs: int) -> list[_Step]:
    """Return so many legs in which the temperature falls by as much each."""
    at = [warm * (cool / warm) ** (leg / legs) for leg in range(legs + 1)]
    return [_Step(before, after) for before, after in pairwise(at)]


class Annealing:
    """Walks through the timetables of a case.

    The first leg of all has a single move: whoever goes it compiles what moves, and keeps it for the others.
    """

    def __init__(
        self,
        layout: Layout,
        context: Context,
        control: Control,
        judge: Callable[[Sessions], Verdict],
        crew: Crew,
        enough: Callable[[Mapping[int, int]], bool] = lambda _: False,
        news: Callable[[], Sessions | None] = lambda: None,
    ) -> None:
        left = control.left()
        self.layout, self.context, self.judge, self.crew = layout, context, judge, crew
        self.enough, self.news = enough, news
        self.control = control if left is None else replace(control, seconds=left * SHARE)
        self.moves = (UNHURRIED if left is None else EACH) * len(layout.occurrences)
        self.legs = LEGS if left is None else max(1, round(left * SHARE / LEG))
        self.best: dict[str, Session] | None = None
        self.costs: Mapping[int, int] = {}
        self.weighed: int | None = None
        self.found: Held | None = None
        self.heard: Sessions | None = None
        self.compiled = False

    def run(self, start: Sessions | None) -> dict[str, Session] | None:
        """Return the best timetable that holds, `start` included; None where there is none."""
        if start is not None:
            self._take(dict(start))
        dispatch: Dispatch[_Walk, Walked] = Dispatch(self.crew)
        waiting = self._walks(start)
        try:
            while (waiting or dispatch.about) and not self._ends(dispatch):
                waiting += self._hear()
                while waiting and dispatch.has_room and (self.compiled or not dispatch.about):
                    self._send(dispatch, waiting.pop(0))
                for walk_, walked in dispatch.back(LOOK):
                    if self._went(walk_, walked):
                        waiting.append(walk_)
        finally:
            dispatch.end()
        return self.best

    def _ends(self, dispatch: Dispatch[_Walk, Walked]) -> bool:
        return self.control.over or dispatch.hopeless or (self.best is not None and self.enough(self.costs))

    def _walks(self, start: Sessions | None) -> list[_Walk]:
        """Return a walk for each process, from the plan that is known or from any that breaks nothing by itself."""
        draw = Random(self.control.seed)
        known = None if start is None else self.layout.numbers(start)
        course = _course(self.layout, self.legs)
        return [_Walk(known or self._any(draw), draw.randrange(2**32), course) for _ in range(self.crew.width())]

    def _any(self, draw: Random) -> Held:
        tables = self.layout.tables
        ways = [self.layout.ways(kind) for kind in range(len(tables.alone))]
        held = [draw.choice(ways[kind]) for kind in tables.kind.tolist()]
        return tuple(start for start, _ in held), tuple(place for _, place in held)

    def _send(self, dispatch: Dispatch[_Walk, Walked], walk_: _Walk) -> None:
        left = self.control.left() if self.compiled else None
        step, legs = walk_.course[walk_.legs], len(walk_.course) - walk_.legs
        seconds = None if left is None else min(left, walk_.seconds or left / legs)
        leg = Leg(
            context=self.context,
            held=self.found or walk_.held if step.again else walk_.held,
            warm=step.warm,
            cool=step.cool,
            hard=walk_.harder * BROKEN * _scale(self.layout),
            seed=walk_.seed + walk_.legs,
            moves=math.ceil(self.moves / self.legs) if self.compiled else 1,
            seconds=seconds,
        )
        dispatch.send(walk_, None if seconds is None else seconds + COMPILING, walk, leg)

    def _went(self, walk_: _Walk, walked: Walked | None) -> bool:
        """Take up where a leg has led; tell whether another follows. One that was lost is gone anew."""
        if walked is None or not self.compiled:
            self.compiled |= walked is not None
            return True
        walk_.held, walk_.legs = walked.last, walk_.legs + 1
        walk_.weigh(walked)
        if not walked.broken and (self.weighed is None or walked.cost < self.weighed):
            self.weighed = walked.cost
            if self._take(self.layout.sessions(*walked.best)):
                self.found = walked.best
        return walk_.legs < len(walk_.course)

    def _hear(self) -> list[_Walk]:
        """Return a walk from a plan that was found elsewhere, so cold that it keeps what is good about that."""
        heard = self.news()
        if heard is None or heard is self.heard:
            return []
        self.heard, held = heard, self.layout.numbers(heard)
        course = _cooling(AGAIN * _scale(self.layout), COOL * _scale(self.layout), POLISHING)
        return [] if held is None else [_Walk(held, self.control.seed, course, seconds=LEG)]

    def _take(self, sessions: dict[str, Session]) -> bool:
        """Take over a plan, if the verifier passes it and it is better; tell whether that is so."""
        verdict = self.judge(sessions)
        if not verdict.holds or (self.best is not None and not better(verdict.costs, self.costs)):
            return False
        self.best, self.costs = sessions, verdict.costs
        if self.costs.keys() - {REQUIRED}:
            self.control.report(Progress.of_all(self.costs))
        return True
