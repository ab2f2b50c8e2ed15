"""The neighbourhood of a change: which sessions a repair of a wide case opens, and how many have to change at least."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from constraints.verify import verify
from rota.agenda import agenda_of
from scheduler.solving.coupling import Coupling
from scheduler.solving.narrowing import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from scheduler.solving.baseline import Baseline

FIRST = 600
"""So many candidates the first neighbourhood has, about."""
WIDER = 3
"""So many times as many the next one has."""
LARGEST = 20_000
"""No neighbourhood has more candidates than this."""


class Nearby:
    """What of a baseline does not hold any more, and the sessions around."""

    def __init__(self, case: Case, rules: Sequence[Rule], baseline: Baseline) -> None:
        self.agenda, self.baseline = agenda_of(case), baseline
        verdict = verify(case, [rule for rule in rules if rule.required], baseline.only(baseline.known), baseline.past)
        self.breaches = verdict.breaches
        self.coupling = Coupling(case)
        decided = baseline.known.keys() | baseline.declined | baseline.past
        self.undecided = {o.id for o in self.agenda.occurrences if o.id not in decided}

    @property
    def least(self) -> int:
        """A number below which no repair changes sessions.

        Whatever mends a breach changes one of the sessions that it is about, or of those that it says could mend it.
        So breaches that have none of these in common each need a change of their own.
        """
        taken: set[str] = set()
        count = 0
        for mending in sorted(map(self._mending, self.breaches), key=len):
            if mending and mending.isdisjoint(taken) and mending.isdisjoint(self.undecided):
                taken |= mending
                count += 1
        return count

    def windows(self) -> Iterator[frozenset[str]]:
        """Yield larger and larger neighbourhoods: sessions that share most with what has to change, and lie near."""
        size = FIRST
        while size <= LARGEST:
            yield frozenset(self._around(size))
            size *= WIDER

    def _around(self, size: int) -> Iterator[str]:
        core = {id_ for breach in self.breaches for id_ in (*breach.sessions, *breach.mends)} | self.undecided
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
