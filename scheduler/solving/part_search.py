"""One part of a large case: its sessions are planned, or improved, beside those of its neighbours, which stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from scheduler.solving.bandit import Bandit
from scheduler.solving.construct import Beside, construct
from scheduler.solving.control import Control
from scheduler.solving.improving import Context, Outcome, Packed, Prepared, improved, pack, prepared_for
from scheduler.solving.neighbourhoods import Kind, Neighbourhoods, Size

if TYPE_CHECKING:
    from rota.agenda import Occurrence

EFFORT = 1.0
"""Deterministic seconds for one window."""
LONGEST = 20.0
"""Seconds after which a window is given up in any case."""
PATIENCE = 40
"""So many windows in a row may bring nothing before the search of a part ends."""
MENDED = 2
"""So many where a part is built: what is missing then may need sessions that are not open."""
WORST = 10.0
"""How bad it is that something is missing in a session, where the worst breaches count for about 1."""


@dataclass(frozen=True)
class PartTask:
    """Some sessions, to be planned and improved for some seconds, and the `plan` of these and of their neighbours.

    `badness` says where breaches are, by session and by resource; with `mending` some are of what must hold. Without
    `improving` no more is done than that what is missing is planned, as far as it can be, each step with some `effort`
    in deterministic seconds.
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


def search_part(task: PartTask) -> Outcome:
    """Plan what is missing of a part, and improve it; a function of its task and of time alone."""
    prepared = prepared_for(task.context)
    prepared.take_up(task.plan)
    search = _PartSearch(prepared, task)
    search.complete()
    search.improve()
    found = {id_: prepared.packed(id_) for id_ in task.sessions}
    changed = {id_: packed for id_, packed in found.items() if packed != task.plan.get(id_)}
    return Outcome(changed, search.before, search.after, effort=search.effort)


class _PartSearch:
    def __init__(self, prepared: Prepared, task: PartTask) -> None:
        self.prepared, self.task = prepared, task
        self.control = Control(seconds=task.seconds, seed=task.seed)
        self.occurrences = prepared.admitted.agenda.in_order(task.sessions)
        self.before: Counter[int] = Counter()
        self.after: Counter[int] = Counter()
        self.effort = 0.0

    def complete(self) -> None:
        """Construct the sessions that are not in the plan, beside all that are."""
        held = self.prepared.given.sessions
        due = [o for o in self.occurrences if o.id not in held]
        if any(o.must for o in due):
            beside = Beside(self.prepared.given, self.prepared.admitted)
            case, rules = self.prepared.case, self.prepared.rules
            built = construct(case, rules, self.control, among=due, beside=beside, effort=self.task.effort)
            for occurrence in due:
                if occurrence.id in built:
                    self.prepared.put(occurrence.id, pack(built[occurrence.id]))

    def improve(self) -> None:
        """Search window after window, as long as there is time and something is found."""
        draw = Random(self.task.seed)
        neighbourhoods = Neighbourhoods(self.prepared.admitted, draw, self.occurrences)
        kinds = Bandit(neighbourhoods.kinds(), draw)
        sizes = {kind: Bandit(neighbourhoods.sizes(kind), draw) for kind in kinds.arms}
        idle = 0
        patience = PATIENCE if self.task.improving else MENDED
        while idle < patience and not self.control.over:
            lacking = {o.id: WORST for o in self.occurrences if self._lacks(o)}
            if not (lacking or self.task.improving):
                return
            neighbourhoods.badness = {**self.task.badness, **lacking}
            kind: Kind = kinds.choose() if not lacking else Kind("worst sessions")
            size: Size = sizes[kind].choose()
            gain, effort = self._try(neighbourhoods, kind, size, mending=self.task.mending or bool(lacking))
            kinds.learn(kind, gain, effort)
            sizes[kind].learn(size, gain, effort)
            idle = 0 if gain else idle + 1

    def _try(self, neighbourhoods: Neighbourhoods, kind: Kind, size: Size, *, mending: bool) -> tuple[float, float]:
        """Search one window; return what was gained, and with which effort."""
        window = neighbourhoods.window(kind, size, self.prepared.given.sessions)
        left = self.control.left()
        seconds = LONGEST if left is None else min(LONGEST, left)
        control = Control(seconds=seconds, seed=neighbourhoods.draw.randrange(2**30))
        found = improved(self.prepared, window, EFFORT, control, mending)
        for id_, packed in found.changed.items():
            self.prepared.put(id_, packed)
        self.before.update(found.before)
        self.after.update(found.after)
        self.effort += found.effort
        return _gain(found), found.effort

    def _lacks(self, occurrence: Occurrence) -> bool:
        """Tell whether a session, or somebody in it, is missing."""
        session = self.prepared.given.sessions.get(occurrence.id)
        if session is None:
            return occurrence.must and bool(occurrence.starts)
        return any(
            len(session.part[part.id].roles.get(seats.name, ())) < seats.role.least
            for part in occurrence.parts
            for seats in part.seats
        )


def _gain(found: Outcome) -> float:
    """Return how much better a window became; each weaker priority counts for a tenth of the one before."""
    for rank, priority in enumerate(sorted(found.before.keys() | found.after.keys())):
        won = found.before.get(priority, 0) - found.after.get(priority, 0)
        if won:
            return max(0.0, float(won)) * 0.1**rank
    return 0.0
