"""One part of a large case: its sessions are planned, or improved, beside those of its neighbours, which stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from scheduler.solving.annealing.reseating import reseated
from scheduler.solving.bandit import Bandit
from scheduler.solving.chains import can_fill, chain, lacks, linked
from scheduler.solving.construct import Beside, construct
from scheduler.solving.control import Control
from scheduler.solving.improving import Context, Outcome, Packed, Prepared, improved, pack, prepared_for
from scheduler.solving.neighbourhoods import Kind, Neighbourhoods, Size

if TYPE_CHECKING:
    from scheduler.solving.narrowing import Window

EFFORT = 1.0
"""Deterministic seconds for one window."""
LONGEST = 20.0
"""Seconds after which a window is given up in any case."""
PATIENCE = 40
"""So many windows in a row may bring nothing before the search of a part ends."""
YEAR = 365
SPANS = (0.1, 0.2, 0.4, 2.0)
"""So much of a year chains of turns span that are to gain something; the last, all of it."""
CHAINS = (400, 1000, 2500)
"""How many candidates such windows have, about."""
FILLED = (1000, 2500)
"""How many those have that fill empty seats, about; larger ones where smaller ones do not help."""
DAYS = (16, 31, 62)
"""Within so many days of an empty seat turns may change hands for it."""
KINDS = 3
"""Every so many windows, one of whole sessions is tried in the place of a chain."""
WORST = 100.0
"""How bad it is that something is missing in a session, beside 0.01 for all others."""


@dataclass(frozen=True)
class PartTask:
    """Some sessions, to be planned and improved for some seconds, and the `plan` of these and of their neighbours.

    `due` are the sessions to be planned, each step with some `effort` in deterministic seconds. So many windows in a
    row may fill no empty seat: that is the `patience` with them. `badness` says where breaches are, by session and by
    resource; with `mending` some are of what must hold. Without `improving` no more is done than that what is missing
    is planned, as far as it can be. The plan is `about` these activities, all where none are named: what was known of
    others, with which the part shares nothing, may stay. With `reseating`, who serves is annealed, no more, and only in
    these `roles`, if some are named.
    """

    context: Context
    sessions: tuple[str, ...]
    plan: Packed
    seconds: float
    seed: int = 0
    badness: Mapping[str, float] = field(default_factory=dict)
    mending: bool = False
    improving: bool = True
    effort: float = 0.06
    due: frozenset[str] = frozenset()
    about: frozenset[str] | None = None
    patience: int = 3
    reseating: bool = False
    roles: frozenset[str] = frozenset()


def search_part(task: PartTask) -> Outcome:
    """Plan what is missing of a part, and improve it: a function of its task, of time, and of which windows helped."""
    prepared = prepared_for(task.context)
    prepared.take_up(task.plan, task.about)
    search = _PartSearch(prepared, task)
    if task.reseating:
        search.reseat()
    else:
        search.complete()
        search.mend()
    if task.improving:
        search.improve()
    found = {id_: prepared.packed(id_) for id_ in task.sessions}
    changed = {id_: packed for id_, packed in found.items() if packed != task.plan.get(id_)}
    return Outcome(changed, search.before, search.after, effort=search.effort)


class _PartSearch:
    def __init__(self, prepared: Prepared, task: PartTask) -> None:
        self.prepared, self.task = prepared, task
        self.control = Control.of_task(task.seconds, task.seed)
        self.occurrences = prepared.admitted.agenda.in_order(task.sessions)
        self.before: Counter[int] = Counter()
        self.after: Counter[int] = Counter()
        self.effort = 0.0
        self.draw = Random(task.seed)
        self.neighbourhoods = Neighbourhoods(prepared.admitted, self.draw, self.occurrences)

    def complete(self) -> None:
        """Construct the sessions that are due, beside all that are there."""
        due = [o for o in self.occurrences if o.id in self.task.due]
        if any(o.must for o in due):
            beside = Beside(self.prepared.given, self.prepared.admitted)
            case, rules = self.prepared.case, self.prepared.rules
            built = construct(case, rules, self.control, among=due, beside=beside, effort=self.task.effort)
            for occurrence in due:
                if occurrence.id in built:
                    self.prepared.put(occurrence.id, pack(built[occurrence.id]))

    def reseat(self) -> None:
        """Anneal who serves; sessions that lack somebody are left alone where that cannot be mended so."""
        prepared = self.prepared
        beside = [id_ for id_ in prepared.given.sessions if self._knows(id_)]
        lacking = self._lacking()
        for left_alone in (set[str](), set(lacking)) if lacking else (set[str](),):
            mine = [id_ for id_ in self.task.sessions if id_ not in left_alone]
            found = reseated(prepared.case, prepared.rules, prepared.given, mine, beside, self.control, self.task.roles)
            if found:
                for id_, session in found.items():
                    prepared.put(id_, pack(session))
                return

    def _knows(self, id_: str) -> bool:
        """Tell whether the task says how a session is planned."""
        activities = self.task.about
        return activities is None or self.prepared.admitted.agenda.by_id[id_].activity.id in activities

    def mend(self) -> None:
        """Fill empty seats by chains of turns that change hands, and by windows of whole sessions in turn.

        Seats that nobody could take are left empty.
        """
        idle = 0
        while idle < self.task.patience and not self.control.over and (lacking := self._fillable()):
            self._search(self._filling(lacking, idle), mending=True)
            idle = 0 if len(self._fillable()) < len(lacking) else idle + 1

    def _filling(self, lacking: Sequence[str], idle: int) -> Window:
        """Return a window around one of the sessions in which somebody is missing, larger after vain ones."""
        size = FILLED[min(idle // KINDS, len(FILLED) - 1)]
        if idle % KINDS == KINDS - 1:
            self.neighbourhoods.badness = dict.fromkeys(lacking, WORST)
            return self.neighbourhoods.window(Kind("worst sessions"), Size(0.0, size), self.prepared.given.sessions)
        empty, days = self.draw.choice(lacking), self.draw.choice(DAYS)
        return chain(self.prepared.admitted, self.prepared.given, empty, self.task.sessions, days, size)

    def improve(self) -> None:
        """Search window after window, as long as there is time and something is found."""
        kinds, sizes = self._experience()
        self.neighbourhoods.badness = dict(self.task.badness)
        idle = 0
        while idle < PATIENCE and not self.control.over:
            kind = kinds.choose()
            size = sizes[kind].choose()
            gain, effort = self._search(self._window(kind, size), mending=self.task.mending)
            kinds.learn(kind, gain, effort)
            sizes[kind].learn(size, gain, effort)
            idle = 0 if gain else idle + 1

    def _experience(self) -> tuple[Bandit[Kind], Mapping[Kind, Bandit[Size]]]:
        """Return what is known of kinds and sizes of windows: what other parts have taught, where it is about these."""
        chains = [Kind("chain", (role,)) for role in self.neighbourhoods.agenda.roles]
        arms = (*self.neighbourhoods.kinds(), *chains)
        known = self.prepared.experience.get(arms)
        if known is None:
            sizes = {kind: Bandit(_sizes(self.neighbourhoods, kind), self.draw) for kind in arms}
            known = self.prepared.experience[arms] = Bandit(arms, self.draw), sizes
        kinds, sized = known
        kinds.draw = self.draw
        for bandit in sized.values():
            bandit.draw = self.draw
        return kinds, sized

    def _window(self, kind: Kind, size: Size) -> Window:
        """Return a window of a kind; chains begin with somebody about whom breaches are."""
        if kind.what != "chain":
            return self.neighbourhoods.window(kind, size, self.prepared.given.sessions)
        pool = [who for who in self._able[kind.pool[0]] if who in self.prepared.given.seated]
        weights = [0.01 + self.task.badness.get(who, 0.0) for who in pool]
        middle = self.draw.choice(self.occurrences).nominal
        days = size.share * YEAR / 2
        span = (o.id for o in self.occurrences if abs((o.nominal - middle).days) <= days)
        seeds = self.draw.choices(pool, weights) if pool else ()
        return linked(self.prepared.admitted, self.prepared.given, seeds, span, size.candidates)

    @cached_property
    def _able(self) -> Mapping[str, list[str]]:
        """Who could take each role in these sessions."""
        found: dict[str, dict[str, None]] = {role: {} for role in self.neighbourhoods.agenda.roles}
        for occurrence in self.occurrences:
            for part in occurrence.parts:
                for seats in part.seats:
                    found[seats.name].update(dict.fromkeys(seats.candidates))
        return {role: list(able) for role, able in found.items()}

    def _search(self, window: Window, *, mending: bool) -> tuple[float, float]:
        """Search one window; return what was gained, and with which effort."""
        left = self.control.left()
        seconds = LONGEST if left is None else min(LONGEST, left)
        control = Control.of_task(seconds, self.draw.randrange(2**30))
        found = improved(self.prepared, window, EFFORT, control, mending)
        for id_, packed in found.changed.items():
            self.prepared.put(id_, packed)
        self.before.update(found.before)
        self.after.update(found.after)
        self.effort += found.effort
        return _gain(found), found.effort

    def _lacking(self) -> list[str]:
        """Return the sessions in which somebody is missing, or that are missing themselves."""
        held = self.prepared.given.sessions
        return [o.id for o in self.occurrences if lacks(o, held.get(o.id))]

    def _fillable(self) -> list[str]:
        """Return those of them that somebody could help."""
        held, admitted = self.prepared.given.sessions, self.prepared.admitted
        return [id_ for id_ in self._lacking() if can_fill(admitted.frame(id_), held.get(id_))]


def _sizes(neighbourhoods: Neighbourhoods, kind: Kind) -> tuple[Size, ...]:
    if kind.what == "chain":
        return tuple(Size(share, n) for n in CHAINS for share in SPANS)
    return neighbourhoods.sizes(kind)


def _gain(found: Outcome) -> float:
    """Return how much better a window became; each weaker priority counts for a tenth of the one before."""
    for rank, priority in enumerate(sorted(found.before.keys() | found.after.keys())):
        won = found.before.get(priority, 0) - found.after.get(priority, 0)
        if won:
            return max(0.0, float(won)) * 0.1**rank
    return 0.0
