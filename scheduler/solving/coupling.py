"""Coupling: which activities share resources, rooms or sites, and parts of bounded size that share little."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from scheduler.solving.narrowing import size_of

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from rota.case import Case

PART = 8_000
"""So many candidates a part has at the most, unless one activity has more."""
SHARED = 0.3
"""What could serve in more than this share of all activities leaves nothing to divide."""


@dataclass(frozen=True)
class Part:
    """Some activities, those `beside` them with which they share something, and what any of them could use."""

    activities: frozenset[str]
    beside: frozenset[str]
    uses: frozenset[str]

    def is_apart(self, other: Part) -> bool:
        """Tell whether two parts share nothing, so that neither needs to know of the other."""
        return self.uses.isdisjoint(other.uses)


class Coupling:
    """The activities of a case as a graph, in which those that could use the same are neighbours."""

    def __init__(self, case: Case) -> None:
        self.agenda = agenda_of(case)
        self.sessions: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in self.agenda.occurrences:
            self.sessions[occurrence.activity.id].append(occurrence)
        self.size = {activity: size_of(sessions) for activity, sessions in self.sessions.items()}
        self.uses = {activity: frozenset(_uses(sessions)) for activity, sessions in self.sessions.items()}
        self.users: dict[str, list[str]] = defaultdict(list)
        for activity, uses in self.uses.items():
            for used in uses:
                self.users[used].append(activity)

    def roles_apart(self) -> Iterator[tuple[frozenset[str], int]]:
        """Yield the roles that somebody could have beside each other, together, and how much choice their seats leave.

        That is the number of seats times that of all who could take one.
        """
        able = {role: frozenset(self.agenda.candidates(role)) for role in self.agenda.roles}
        while able:
            role, who = able.popitem()
            roles = {role}
            while more := [other for other in able if not who.isdisjoint(able[other])]:
                roles.update(more)
                who = who.union(*(able.pop(other) for other in more))
            held = (seats for o in self.agenda.occurrences for part in o.parts for seats in part.seats)
            yield frozenset(roles), len(who) * sum(seats.role.most for seats in held if seats.name in roles)

    @property
    def is_loose(self) -> bool:
        """Tell whether the case falls into parts that share little."""
        most = SHARED * len(self.sessions)
        return sum(self.size.values()) > 2 * PART and all(len(users) <= most for users in self.users.values())

    def shared(self, activity: str) -> Mapping[str, int]:
        """Return how much each other activity shares with one."""
        found = Counter(other for used in self.uses[activity] for other in self.users[used])
        del found[activity]
        return found

    def part(self, activities: Iterable[str]) -> Part:
        """Return some activities as a part."""
        mine = frozenset(activities)
        uses = frozenset(used for activity in mine for used in self.uses[activity])
        return Part(mine, frozenset(user for used in uses for user in self.users[used]) - mine, uses)

    def around(self, seed: str, among: Collection[str] | None = None, size: int = PART) -> Part:
        """Return the part that grows from an activity, by the one that shares most with it, up to a size.

        This is greedy graph growing (Karypis and Kumar, A fast and high quality multilevel scheme for partitioning
        irregular graphs, 1998).
        """
        chosen: dict[str, None] = {}
        ties: Counter[str] = Counter()
        heap = [(0, seed)]
        total = 0
        while heap:
            tie, activity = heappop(heap)
            if activity in chosen or -tie < ties[activity]:
                continue
            total += self.size[activity]
            if chosen and total > size:
                break
            chosen[activity] = None
            for other, shared in self.shared(activity).items():
                if other not in chosen and (among is None or other in among):
                    ties[other] += shared
                    heappush(heap, (-ties[other], other))
        return self.part(chosen)

    def divided(self, size: int = PART) -> list[Part]:
        """Divide all activities into parts of a size, one beside the other."""
        free = dict.fromkeys(self.sessions)
        border: Counter[str] = Counter()
        parts = []
        while free:
            seed = max(free, key=lambda activity: border[activity])
            parts.append(self.around(seed, free, size))
            for activity in parts[-1].activities:
                del free[activity]
            border.update(parts[-1].beside & free.keys())
        return parts


def _uses(sessions: Iterable[Occurrence]) -> Iterator[str]:
    for frames in {occurrence.parts for occurrence in sessions}:
        for part in frames:
            yield from part.rooms
            for seats in part.seats:
                yield from seats.candidates
    for sites in {occurrence.sites for occurrence in sessions}:
        yield from sites
