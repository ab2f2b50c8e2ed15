"""The relaxation that is bounded: the seats of a case, and what each resource's own schedule costs at one priority.

Seats need so many turns; a resource takes at most one of those that lie at the same time. Everything else that a rule
demands is kept where it is about a single resource and can be said in the words of `constraints.separable`, and left
out otherwise: what is left out only makes the relaxation cheaper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from constraints.quick import Facts
from constraints.rules.no_overlap import NoOverlap
from constraints.separable import Close, Counted, Each, InRoom, Together
from rota.agenda import agenda_of

if TYPE_CHECKING:
    import datetime as dt

    from constraints.rule import Rule
    from rota.agenda import Occurrence, PartFrame, Seats
    from rota.case import Case


class Place(NamedTuple):
    """Where seats of one role are: in which part of which session."""

    session: str
    part: str
    role: str


@dataclass(frozen=True, eq=False)
class Row:
    """The seats of one role in one part: how many are taken, and by whom they can be at what cost of each alone."""

    place: Place
    moment: int
    least: int
    most: int
    able: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Weighed:
    """A term of a rule about one resource, and its weight; None where it must come to nothing."""

    rule: str
    term: Counted | Close
    weight: int | None

    @cached_property
    def key(self) -> tuple[object, ...]:
        """What is the same for terms of several resources that one graph of schedules can serve."""
        if isinstance(self.term, Counted):
            return self.rule, self.term.role, self.term.sessions
        return self.rule, self.term.role, tuple(self.term.rounds.items())

    def touches(self, place: Place) -> bool:
        """Tell whether a turn at this place counts."""
        counted = self.term.sessions if isinstance(self.term, Counted) else self.term.rounds
        return place.session in counted and self.term.role in {"", place.role}


class Pair(NamedTuple):
    """A term about two turns of one resource, and its weight; None where it must come to nothing."""

    term: Together
    weight: int | None


@dataclass(frozen=True, eq=False)
class RoomChoice:
    """A part that needs a room: from when to when it is held (None: open), and what each possible room costs."""

    session: str
    part: str
    moment: tuple[dt.datetime, dt.datetime] | None
    costs: Mapping[str, int]


class Relaxation:
    """The relaxation of a case at one priority. Sessions that certainly run at the same time share a moment.

    Where `factors` are given, it is one of several priorities at once, each weighed by its factor.
    """

    def __init__(
        self, case: Case, rules: Sequence[Rule], priority: int, factors: Mapping[int, int] | None = None
    ) -> None:
        self.case, self.priority = case, priority
        self.factors = factors or {priority: 1}
        self.facts = Facts(case, rules)
        self.apart = any(isinstance(rule, NoOverlap) and rule.required for rule in rules)
        self.weighed: dict[str, list[Weighed]] = defaultdict(list)
        self.each: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        self.in_room: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.pairs: list[Pair] = []
        self._known: dict[object, bool] = {}
        self.agenda = agenda_of(case)
        self.occurrences = self.agenda.occurrences
        self.moment_of = _moments(self.occurrences)
        for rule in sorted(rules, key=lambda rule: rule.required):
            if rule.required or rule.priority in self.factors:
                self._hear(rule)

    def _hear(self, rule: Rule) -> None:
        weight = rule.weight * self.factors.get(rule.priority, 1)
        for term in rule.separable(self.case):
            if isinstance(term, Counted | Close):
                self.weighed[term.who].append(Weighed(rule.id, term, None if rule.required else weight))
            elif isinstance(term, Together):
                self.pairs.append(Pair(term, None if rule.required else weight))
            elif isinstance(term, Each) and not rule.required:
                for session, amount in term.amounts.items():
                    self.each[term.who, session].append((term.role, amount * weight))
            elif isinstance(term, InRoom) and not rule.required:
                for room, amount in term.amounts.items():
                    self.in_room[term.session, term.part][room] += amount * weight

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All seats, in order of time."""
        return tuple(
            self.row(occurrence, part, seats)
            for occurrence in self.occurrences
            for part in occurrence.parts
            for seats in part.seats
        )

    def row(self, occurrence: Occurrence, part: PartFrame, seats: Seats) -> Row:
        """Return the seats of one role in one part."""
        able = {
            who: sum(cost for role, cost in self.each.get((who, occurrence.id), ()) if role in {"", seats.name})
            for who in seats.candidates
            if self._able(who, part, seats, occurrence)
        }
        least = seats.role.least if occurrence.must else 0
        place = Place(occurrence.id, part.id, seats.name)
        return Row(place, self.moment_of[occurrence.id], least, seats.role.most, able)

    def _able(self, who: str, part: PartFrame, seats: Seats, occurrence: Occurrence) -> bool:
        """Tell whether a candidate could take a seat at one start at least; alike sessions are asked about once."""
        asked = (who, seats.name, seats.role.skills, part.lines, occurrence.sites, occurrence.starts, occurrence.until)
        if asked not in self._known:
            starts = occurrence.starts
            self._known[asked] = any(self.facts.able(who, part, seats, occurrence, start) for start in starts)
        return self._known[asked]

    def exclusive(self, who: str) -> bool:
        """Tell whether somebody sits in one seat at a time."""
        return self.apart and self.case.resources[who].parallel == 1

    def rooms(self) -> Iterator[RoomChoice]:
        """Yield the parts of sessions that must take place and need a room."""
        for occurrence in self.occurrences:
            for part in occurrence.parts:
                if occurrence.must and part.needs_room:
                    costs = self.in_room.get((occurrence.id, part.id), {})
                    settled = self.apart and len(occurrence.starts) == 1
                    moment = (occurrence.first, occurrence.until) if settled else None
                    able = {room: costs.get(room, 0) for room in part.rooms if self._fits(room, occurrence, part)}
                    yield RoomChoice(occurrence.id, part.id, moment, able)

    def _fits(self, room: str, occurrence: Occurrence, part: PartFrame) -> bool:
        return any(
            self.facts.fits(room, part, self.facts.sites(occurrence, start), start, occurrence.end_of(start))
            for start in occurrence.starts
        )


def _moments(occurrences: Sequence[Occurrence]) -> dict[str, int]:
    """Number the times at which sessions are held, in order of the nominal starts; one that is open is its own."""
    numbers: dict[object, int] = {}
    found = {}
    for occurrence in occurrences:
        fixed = len(occurrence.starts) == 1
        key = (occurrence.nominal, occurrence.first, occurrence.until) if fixed else occurrence.id
        found[occurrence.id] = numbers.setdefault(key, len(numbers))
    return found
