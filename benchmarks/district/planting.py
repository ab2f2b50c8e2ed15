"""A plan that holds is planted in a district: absences that leave no room for it become wishes.

Nobody who plans ever sees it. It is worked out fortnight by fortnight, and shows that the case has a plan: each station
has an instructor who is there, has not used up the month and can walk the way, and a host and a partner whom nobody
else needs then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from random import Random

SLOTS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""The day of a round's weekend, and which of the two times."""
EACH = 3
"""So many stations an instructor takes in one fortnight at the most."""


@dataclass
class Server:
    """A unit or an instructor: which stations and lines it serves, and when it is away, if that is granted."""

    id: str
    stations: tuple[int, ...]
    lines: tuple[str, ...]
    away: tuple[dt.date, dt.date]
    granted: bool = True

    def is_there(self, first: dt.date, last: dt.date) -> bool:
        """Tell whether it is there on all of some days."""
        return not self.granted or last < self.away[0] or first > self.away[1]


@dataclass(frozen=True)
class Turn:
    """One session of the planted plan."""

    station: int
    first: dt.date
    slot: tuple[int, int]
    line: str
    host: str
    partner: str
    instructor: str


@dataclass
class Ground:
    """What a plan is planted in: stations with their lines, who serves there, ways in minutes, and limits."""

    lines: Sequence[Sequence[str]]
    units: Sequence[Server]
    instructors: Sequence[Server]
    ways: Mapping[tuple[int, int], int]
    between: int
    """Minutes between the end at the first time of a day and the start at the second."""
    monthly: int
    draw: Random
    used: Counter[tuple[str, int]] = field(default_factory=Counter)
    turns: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.units_at = _by_station(self.units)
        self.instructors_at = _by_station(self.instructors)

    def walks(self, one: int, other: int) -> bool:
        """Tell whether somebody can serve at both on one day."""
        return self.ways.get((min(one, other), max(one, other)), 0) <= self.between


class NoPlanPlantedError(RuntimeError):
    """Not even without any absence there is a plan."""


def plant(ground: Ground, saturdays: Sequence[dt.date]) -> Iterator[Turn]:
    """Yield a plan, and take back what absences leave no room for it.

    Raises:
        NoPlanPlantedError: it is not the absences.
    """
    for first in saturdays:
        yield from _Round(ground, first).planted()


def _by_station(servers: Sequence[Server]) -> Mapping[int, list[Server]]:
    found: dict[int, list[Server]] = defaultdict(list)
    for server in servers:
        for station in server.stations:
            found[station].append(server)
    return found


class _Round:
    """One fortnight."""

    def __init__(self, ground: Ground, first: dt.date) -> None:
        self.ground, self.first, self.last = ground, first, first + dt.timedelta(days=1)
        left = {p.id: ground.monthly - ground.used[p.id, first.month] for p in ground.instructors}
        self.most = {who: min(EACH, most) for who, most in left.items()}
        self.busy: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)

    def planted(self) -> list[Turn]:
        """Return the round's turns."""
        while True:
            matched = self._matched()
            for who, stations in matched.items():
                found = self._starts(stations)
                if found is None:  # too far from each other to go to all of them
                    self.most[who] = len(stations) - 1
                    break
            else:
                return [self._turn(who, *each) for who, mine in matched.items() for each in self._placed(who, mine)]

    def _there(self, servers: Sequence[Server]) -> list[Server]:
        return [server for server in servers if server.is_there(self.first, self.last)]

    # Who instructs where: a matching by augmenting paths.

    def _matched(self) -> dict[str, list[int]]:
        holder: dict[int, str] = {}
        held: dict[str, list[int]] = defaultdict(list)
        for station in range(len(self.ground.lines)):
            seen: dict[str, None] = {}
            while not self._augment(station, holder, held, seen):
                self._call_back({station, *(s for who in seen for s in held[who])}, self.ground.instructors_at)
                seen = {}
        return held

    def _augment(self, station: int, holder: dict[int, str], held: dict[str, list[int]], seen: dict[str, None]) -> bool:
        able = self._there(self.ground.instructors_at[station])
        able.sort(key=lambda p: (len(held[p.id]), self.ground.used[p.id, self.first.month], self.ground.turns[p.id]))
        for server in able:
            if server.id in seen:
                continue
            seen[server.id] = None
            mine = held[server.id]
            if len(mine) < self.most[server.id] or any(self._augment(s, holder, held, seen) for s in list(mine)):
                if station in holder:
                    held[holder[station]].remove(station)
                holder[station] = server.id
                mine.append(station)
                return True
        return False

    def _call_back(self, stations: set[int], servers: Mapping[int, Sequence[Server]]) -> None:
        """Take back an absence of somebody who could help.

        Raises:
            NoPlanPlantedError: nobody who could is away.
        """
        away = {s.id: s for n in stations for s in servers[n] if not s.is_there(self.first, self.last)}
        if not away:
            raise NoPlanPlantedError
        away[self.ground.draw.choice(sorted(away))].granted = False

    # When, and with whom.

    def _starts(self, stations: Sequence[int]) -> dict[int, tuple[int, int]] | None:
        """Return when to be where."""
        slots = list(permutations(SLOTS, len(stations)))
        self.ground.draw.shuffle(slots)
        for chosen in slots:
            found = dict(zip(stations, chosen, strict=True))
            if all(
                found[one][0] != found[other][0] or self.ground.walks(one, other)
                for one in stations
                for other in stations
                if one < other
            ):
                return found
        return None

    def _placed(self, who: str, stations: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
        found = self._starts(stations)
        assert found is not None, who  # noqa: S101 - tried before
        yield from found.items()

    def _turn(self, who: str, station: int, slot: tuple[int, int]) -> Turn:
        """Return the turn of an instructor, with a host and a partner."""
        instructor = next(p for p in self.ground.instructors_at[station] if p.id == who)
        lines = [line for line in self.ground.lines[station] if line in instructor.lines]
        while (found := self._helped(station, slot, lines)) is None:
            self._call_back({station}, self.ground.units_at)
        line, host, partner = found
        for each in (host, partner):
            self.busy[each, slot[0]][slot[1]] = station
        self.ground.turns.update((host, partner, who))
        self.ground.used[who, self.first.month] += 1
        return Turn(station, self.first, slot, line, host, partner, who)

    def _helped(self, station: int, slot: tuple[int, int], lines: Sequence[str]) -> tuple[str, str, str] | None:
        """Return a line, a host and a partner, those who had few turns first."""
        free = [u for u in self._there(self.ground.units_at[station]) if self._is_free(u.id, station, slot)]
        free.sort(key=lambda unit: self.ground.turns[unit.id])
        for host in free:
            for line in lines:
                if line in host.lines and len(free) > 1:
                    return line, host.id, next(unit.id for unit in free if unit is not host)
        return None

    def _is_free(self, who: str, station: int, slot: tuple[int, int]) -> bool:
        taken = self.busy[who, slot[0]]
        return slot[1] not in taken and all(self.ground.walks(station, other) for other in taken.values())
