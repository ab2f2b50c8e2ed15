"""The neighbourhood of a change: which sessions a repair of a wide case opens, and how many have to change at least."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from constraints.structure import STRUCTURE
from rota.agenda import agenda_of
from scheduler.solving.coupling import Coupling
from scheduler.solving.narrowing import size_of
from scheduler.solving.unmoved import is_foreseen

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.reverifying import Judged
    from scheduler.solving.baseline import Baseline

FIRST = 400
"""So many candidates the first neighbourhood has, about."""
WIDER = 2
"""So many times as many the next one has."""
LARGEST = 20_000
"""No neighbourhood has more candidates than this."""


@dataclass(frozen=True)
class Near:
    """The sessions that are open in a neighbourhood, and a number below which no repair of the case changes sessions.

    One that is `exact` has every repair in it that changes no more than that.
    """

    sessions: frozenset[str]
    least: int
    exact: bool = False


class Nearby:
    """What of a baseline does not hold any more, and the sessions around.

    Whatever mends a breach changes one of the sessions that it is about, or of those that it says could mend it, if the
    rule says so (`Rule.names_all_mends`), as the structure does. So such breaches that have none of these in common
    each need a change of their own, and a repair with so many changes makes one for each of them, and none elsewhere.
    Of any other breach no more is known than that something changes. Sessions that are not decided yet are no changes,
    whatever they become.
    """

    def __init__(self, judged: Judged, baseline: Baseline) -> None:
        self.judged, self.baseline = judged, baseline
        self.case, self.agenda = judged.case, agenda_of(judged.case)
        self.breaches = judged.verdict.breaches
        decided = baseline.known.keys() | baseline.declined | baseline.past
        self.naming = {STRUCTURE, *(rule.id for rule in judged.rules if rule.names_all_mends)}
        """Whatever has breaches that name all that mends them."""
        self.met: set[str] = set()
        """The sessions that were in the way of a repair."""
        self.undecided = {o.id for o in self.agenda.occurrences if o.id not in decided}.union(self._altered())
        self.needed = self._apart()
        self.least = len(self.needed) or int(bool(self.breaches) and not self.undecided)
        """A number below which no repair changes sessions."""

    def _altered(self) -> Iterator[str]:
        """Yield the sessions of which the case has altered what is no change to anybody, a length or a theme.

        Where seats may stay open, it is none either that more of them do.
        """
        for breach in self.breaches:
            for id_ in breach.sessions if breach.rule == STRUCTURE else ():
                session = self.baseline.known.get(id_)
                if session and (self.baseline.plan.open or not is_foreseen(self.agenda.by_id[id_], session)):
                    yield id_

    def _apart(self) -> list[set[str]]:
        """Return the sessions that could mend each of some breaches, none of which could mend two."""
        taken = set(self.undecided)
        found = []
        named = (self._mending(breach) for breach in self.breaches if breach.rule in self.naming)
        for mending in sorted(named, key=len):
            if mending and mending.isdisjoint(taken):
                taken |= mending
                found.append(mending)
        return found

    @property
    def exact(self) -> Near:
        """The neighbourhood in which every repair lies that changes so few sessions."""
        return Near(frozenset(self.undecided.union(*self.needed)), len(self.needed), exact=True)

    def open_for(self, breaches: Iterable[Breach], near: Near) -> bool:
        """Open from now on what a repair breaks; False where that cannot come of what stays around a neighbourhood."""
        found = list(breaches)
        around = {id_ for breach in found for id_ in breach.sessions} & self.agenda.place.keys() - near.sessions
        self.met |= around
        others = {rule.id for rule in self.judged.rules} - self.naming
        return not self.baseline.past.issuperset(around) or any(breach.rule in others for breach in found)

    @property
    def core(self) -> set[str]:
        """The sessions that breaches are about or could be mended by, and those with something undecided or open."""
        asked = {id_ for breach in self.breaches for id_ in (*breach.sessions, *breach.mends)}
        return asked | self.undecided | self.met | {seat.session for seat in self.baseline.plan.open}

    @cached_property
    def coupling(self) -> Coupling:
        """Who shares what."""
        return Coupling(self.case)

    def wider(self) -> Iterator[Near]:
        """Yield larger and larger neighbourhoods: sessions that share most with what has to change, and lie near."""
        size = FIRST
        before: frozenset[str] | None = None
        while size <= LARGEST:
            found = frozenset(self._around(size))
            if found != before:
                yield Near(found, self.least)
            size, before = WIDER * size, found

    def _around(self, size: int) -> Iterator[str]:
        core = self.core
        left = size
        for id_ in [*self.agenda.place.keys() & core, *self._nearest(core)]:
            left -= size_of([self.agenda.by_id[id_]])
            if id_ not in core and left < 0:
                return
            yield id_

    def _nearest(self, core: Collection[str]) -> list[str]:
        """Return the other sessions that share something with some, by the days between, then by how much it is."""
        seeds = self.agenda.in_order(core)
        shared: dict[str, Mapping[str, int]] = {o.activity.id: self.coupling.shared(o.activity.id) for o in seeds}
        found: dict[str, tuple[int, int, str]] = {}
        for seed in seeds:
            mine = shared[seed.activity.id]
            for activity in {seed.activity.id, *mine}:
                for other in self.coupling.sessions[activity]:
                    apart = abs((other.nominal - seed.nominal).days)
                    key = (apart, -mine.get(activity, 1 << 30), other.id)
                    found[other.id] = min(found.get(other.id, key), key)
        return sorted((id_ for id_ in found if id_ not in core), key=found.__getitem__)

    def _mending(self, breach: Breach) -> set[str]:
        return {*breach.sessions, *breach.mends} - self.baseline.past
