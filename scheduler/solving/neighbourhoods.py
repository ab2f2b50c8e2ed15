"""Neighbourhoods: which windows of a plan are searched - weeks, sites, activities, resources that exchange turns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Literal

from rota.demand import REQUIRED
from scheduler.solving import timetables
from scheduler.solving.narrowing import Admitted, Window, size_of

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.verify import Verdict
    from rota.agenda import Occurrence
    from rota.plan import Session

What = (
    Literal[
        "resources",
        "worst resources",
        "neighbours",
        "chain",
        "rooms",
        "weeks",
        "site",
        "sites",
        "activity",
        "worst sessions",
    ]
    | timetables.What
)
SHARES = (1.0, 0.4, 0.15, 0.05)
"""How much of the year the neighbourhoods of resources span."""
SIZES = (150, 400, 1000)
"""How many candidates windows have, about."""
LARGE = 2500
"""As many have the largest windows of whole sessions: few of their candidates go together."""
SELDOM = 0.002
"""How often windows of the worst sessions begin with one that no breach is about, beside the worst."""
WEAKER = 0.1
"""How much a breach counts where one of a stronger priority may be mended, beside that."""
PART = 6
"""The largest windows are at the most one of so many parts of a case: else they take too much of the time."""
SEARCHED = 60
"""So many resources at the most are looked at for one window."""
BESIDE = 12
"""So many other candidates a session that changes its site has, about."""
OF_CROWD = 5
"""Of those who could take the seats of a crowded role, so many are considered anew in one window of whole sessions."""


@dataclass(frozen=True)
class Kind:
    """A kind of window; those of resources have a `pool` of candidates for some role."""

    what: What
    pool: tuple[str, ...] = ()


@dataclass(frozen=True)
class Size:
    """How much a window spans, of the year or of the rooms, where that is said, and how many candidates it has."""

    share: float
    candidates: int


class Neighbourhoods:
    """Draws windows of the best plan known, or of some sessions of it: then with those alone who could serve there.

    Of a `crowd`, who could all take each other's seats, a window of whole sessions considers only some.
    """

    def __init__(
        self,
        admitted: Admitted,
        draw: Random,
        among: Sequence[Occurrence] | None = None,
        crowd: Sequence[str] = (),
        floors: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """Draw of the sessions `among` some; `floors` tell what each rule costs at the least, as far as it is known."""
        self.admitted, self.draw, self.crowd, self.floors = admitted, draw, crowd, floors
        self.agenda = admitted.agenda
        self.divided = among is not None
        self.occurrences = self.agenda.occurrences if among is None else tuple(among)
        self.moments = [occurrence.nominal for occurrence in self.occurrences]
        self.badness: dict[str, float] = {}
        whole = among is None and timetables.is_timetable(self.agenda.case)
        self.timetable = timetables.Drawing(admitted, draw) if whole else None

    def look_at(self, verdict: Verdict) -> None:
        """Learn who and which sessions breaches are about; what all of a rule share says nothing.

        As long as something that must hold is broken, only that counts; and rules that cost no less anywhere do not.
        Those of the strongest priority that may cost less count most: what it costs holds all weaker ones back.
        """
        self.badness = defaultdict(float)
        found = list(self._open(verdict))
        strongest = min((priority for priority, _ in found), default=REQUIRED)
        for priority, breaches in found:
            by_name: dict[str, float] = defaultdict(float)
            for breach in breaches:
                for named in {*breach.who, *breach.sessions, *breach.mends}:
                    by_name[named] += breach.amount
            least, most = min(by_name.values(), default=0), max(by_name.values(), default=0)
            weight = (1.0 if priority == strongest else WEAKER) / (most or 1)
            for named, amount in by_name.items():
                self.badness[named] += weight * (amount - least / 2)

    def _open(self, verdict: Verdict) -> Iterator[tuple[int, Collection[Breach]]]:
        """Yield the priority and the breaches of each rule that may come to less."""
        if not verdict.holds:
            yield REQUIRED, verdict.breaches
            return
        floors = self.floors()
        for score in verdict.rules:
            if score.cost > floors.get(score.rule, 0):
                yield score.priority, verdict.wishes[score.rule]

    @property
    def patience(self) -> int:
        """Return how many times as many windows as else may bring nothing; those of timetables seldom do late."""
        return timetables.PATIENCE if self.timetable else 1

    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds of windows that make sense in the case."""
        if self.timetable:
            return tuple(map(Kind, timetables.KINDS))
        found = [Kind(what, pool) for pool in self._pools for what in ("resources", "worst resources")]
        if self.divided:
            found = [Kind("neighbours", (role,)) for role in self.agenda.roles]
        if any(part.rooms for o in self.occurrences for part in o.parts):
            found.append(Kind("rooms"))
        if len(self.agenda.case.sites) > 1:
            found.append(Kind("site"))
        if not self.divided and len({o.activity.id for o in self.occurrences}) > 1:
            found.append(Kind("activity"))
        if not self.divided and any(len(o.sites) > 1 for o in self.occurrences):
            found.append(Kind("sites"))
        return (*found, Kind("weeks"), Kind("worst sessions"))

    def sizes(self, kind: Kind) -> tuple[Size, ...]:
        """Return the sizes that windows of a kind can have; the largest where they are a small part of the case."""
        if kind.what in timetables.KINDS:
            return tuple(Size(share, n) for share, n in timetables.sizes(kind.what))
        if kind.pool:
            return tuple(Size(share, n) for n in SIZES for share in SHARES)
        large = self.divided or self._candidates > PART * LARGE
        return tuple(Size(0.0, n) for n in ((*SIZES, LARGE) if large else SIZES))

    def window(self, kind: Kind, size: Size, plan: Mapping[str, Session]) -> Window:
        """Draw a window of a plan."""
        if self.timetable:
            return self.timetable.window(kind.what, size, plan, self.badness)
        if kind.what == "rooms":
            return self._of_rooms(size.candidates)
        if kind.pool:
            return self._of_resources(kind, size, plan)
        passed = frozenset(self.crowd).difference(self.draw.sample(self.crowd, min(OF_CROWD, len(self.crowd))))
        if kind.what == "sites":
            return self._of_sites(size.candidates, plan, passed)
        return Window(self._whole(kind.what, size.candidates), passed=passed)

    def _whole(self, what: What, size: int) -> tuple[str, ...]:
        """Choose sessions near to each other, of one or two activities, at one site or any, with enough candidates."""
        occurrences = list(self.occurrences)
        seed = self.draw.choice(occurrences)
        if what in {"activity", "worst sessions"}:
            bad = [self.badness.get(o.id, 0.0) + SELDOM for o in occurrences]
            seed = self.draw.choices(occurrences, bad)[0]
        if what == "site":
            site = self.draw.choice(seed.sites)
            occurrences = [o for o in occurrences if site in o.sites]
        if what == "activity":
            also = self.draw.choice([[seed.activity.id], self._alike[seed.activity.id]])
            alike = {seed.activity.id, self.draw.choice(also)}
            occurrences = [o for o in occurrences if o.activity.id in alike]
        occurrences.sort(key=lambda o: (abs(o.nominal - seed.nominal), o.id))
        return self._fill(occurrences, size)

    def _fill(self, occurrences: Sequence[Occurrence], size: int) -> tuple[str, ...]:
        chosen: list[str] = []
        total = 0
        for occurrence in occurrences:
            total += size_of([self.admitted.frame(occurrence.id)])
            if chosen and total > size:
                break
            chosen.append(occurrence.id)
        return tuple(chosen)

    def _of_sites(self, size: int, plan: Mapping[str, Session], passed: frozenset[str]) -> Window:
        """Choose sites that could take each other's sessions in a span of the year, those that are badly off first."""
        here: dict[str, list[str]] = defaultdict(list)
        for occurrence in self._span(self.draw.choice(SHARES[:2])):
            if len(occurrence.sites) > 1 and occurrence.id in plan:
                here[plan[occurrence.id].site].append(occurrence.id)
        chosen: list[str] = []
        sessions: list[str] = []
        for site in self._ordered(list(here), self._site_badness(here)):
            if len(chosen) > 1 and (len(sessions) + len(here[site])) * (len(chosen) + BESIDE) > size:
                break
            chosen.append(site)
            sessions += here[site]
        return Window(tuple(sessions), passed=passed, sites=frozenset(chosen))

    def _site_badness(self, here: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """Return how badly off sites are: what is held there, and who serves nowhere else."""
        found = {site: sum(self.badness.get(id_, 0.0) for id_ in held) for site, held in here.items()}
        for who, sites in self.agenda.case.homes.items():
            if len(sites) == 1 and sites[0] in found:
                found[sites[0]] += self.badness.get(who, 0.0)
        return found

    def _of_rooms(self, size: int) -> Window:
        """Choose sessions near to each other, of which only the rooms are open."""
        seed = self.draw.choice(self.moments)
        near = sorted(self.occurrences, key=lambda o: (abs(o.nominal - seed), o.id))
        chosen, rooms, total = list[str](), set[str](), 0
        for occurrence in near:
            mine = {room for part in self.admitted.frame(occurrence.id).parts for room in part.rooms}
            total += len(mine)
            if chosen and total > size:
                break
            chosen.append(occurrence.id)
            rooms |= mine
        return Window(tuple(chosen), frozenset(rooms))

    def _of_resources(self, kind: Kind, size: Size, plan: Mapping[str, Session]) -> Window:
        """Choose resources that could take each other's seats in a span of the year, few where they have many turns."""
        span = self._span(size.share)
        turns = _turns([session for o in span if (session := plan.get(o.id))])
        pool = self._ordered(self._pool(kind), self.badness if kind.what == "worst resources" else {})
        chosen: list[str] = []
        total = 0
        for who in pool[:SEARCHED]:
            if len(chosen) > 1 and (total + turns.get(who, 0)) * (len(chosen) + 1) > size.candidates:
                break
            total += turns.get(who, 0)
            chosen.append(who)
        return Window(tuple(o.id for o in span), frozenset(chosen))

    def _pool(self, kind: Kind) -> tuple[str, ...]:
        """Return those whom a kind is about; `neighbours` are those who could take one seat of a role."""
        if kind.what != "neighbours":
            return kind.pool
        seats = [s.candidates for o in self.occurrences for part in o.parts for s in part.seats if s.name in kind.pool]
        return self.draw.choice(seats) if seats else ()

    def _ordered(self, names: Sequence[str], badness: Mapping[str, float]) -> list[str]:
        """Return resources or sites in a random order, in which the worst come early."""
        weight = {name: 1.0 + 20.0 * badness.get(name, 0.0) for name in names}
        return sorted(names, key=lambda name: -(self.draw.random() ** (1.0 / weight[name])))

    def _span(self, share: float) -> tuple[Occurrence, ...]:
        first, last = self.moments[0], self.moments[-1]
        length = (last - first) * share
        begin = first + (last - first - length) * self.draw.random()
        lower, upper = bisect_left(self.moments, begin), bisect_right(self.moments, begin + length)
        return self.occurrences[lower : max(upper, lower + 1)]

    @cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The activities that can be held at a site at which each can be held, which is one of them."""
        sites: dict[str, set[str]] = defaultdict(set)
        for occurrence in self.occurrences:
            sites[occurrence.activity.id] |= set(occurrence.sites)
        return {one: [other for other in sites if other == one or sites[one] & sites[other]] for one in sites}

    @cached_property
    def _candidates(self) -> int:
        return size_of(self.occurrences)

    @cached_property
    def _pools(self) -> list[tuple[str, ...]]:
        """Those who could take a role, for each role with a choice."""
        pools = dict.fromkeys(self.agenda.candidates(role) for role in self.agenda.roles)
        return [pool for pool in pools if len(pool) > 1]


def _turns(sessions: Sequence[Session]) -> Mapping[str, int]:
    turns: dict[str, int] = defaultdict(int)
    for session in sessions:
        for part in session.parts:
            for seated in part.roles.values():
                for who in seated:
                    turns[who] += 1
    return turns
