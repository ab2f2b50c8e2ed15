"""Laying out: from a case and what its rules say of starts and rooms to the tables in which moves are priced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from constraints.placed import Alone, AtOnce, Company, InRooms, OnDays, Span
from rota.agenda import agenda_of
from scheduler.solving.annealing.layout import FORBIDDEN, HARD, Layout, Place, Tables

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from constraints.placed import Placed
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case

STEP = 20
"""How much more an amount weighs than the same at the next weaker priority, while moves are weighed."""
STEPS = 4
"""Priorities that are weaker still weigh the same."""
LARGEST = 20_000_000
"""So many ways, at the most, are priced beforehand: kinds of sessions times starts times places."""
UNBOUNDED = 1 << 30
"""How many sessions can be at a site at once, where they need no room."""


def layout_of(case: Case, rules: Sequence[Rule]) -> Layout | None:
    """Return the layout of a case, None where single moves in it cannot be priced by what its rules say."""
    if not all(map(_is_simple, agenda_of(case).occurrences)):
        return None
    terms = _Terms()
    for rule, price in _prices(rules):
        said = rule.placed(case)
        if said is None:
            return None
        for term in said:
            terms.add(term, price)
    laying = _Laying(case, terms)
    return laying.layout() if laying.fits else None


def _is_simple(occurrence: Occurrence) -> bool:
    """Tell whether nothing is open but one start and one place."""
    return (
        occurrence.must
        and len(occurrence.parts) == 1
        and len(occurrence.parts[0].lines) <= 1
        and all(len(seats.candidates) == seats.role.least for seats in occurrence.parts[0].seats)
    )


def _prices(rules: Sequence[Rule]) -> list[tuple[Rule, int]]:
    """Return what a breach of each rule by 1 is weighed at."""
    levels = sorted({rule.priority for rule in rules if not rule.required}, reverse=True)[-STEPS:]
    steps = {priority: STEP**number for number, priority in enumerate(levels)}
    return [(rule, HARD if rule.required else rule.weight * steps.get(rule.priority, 1)) for rule in rules]


@dataclass
class _Terms:
    """What the rules say, sorted, each with the price of an amount of 1."""

    alone: dict[str, list[tuple[Alone, int]]] = field(default_factory=lambda: defaultdict(list))
    at_once: list[tuple[AtOnce, int]] = field(default_factory=list)
    company: list[tuple[Company, int]] = field(default_factory=list)
    different: list[tuple[OnDays | InRooms, int]] = field(default_factory=list)

    def add(self, term: Placed, price: int) -> None:
        """Take up a term; such as can never come to anything are left out."""
        if isinstance(term, Alone):
            self.alone[term.session].append((term, price))
        elif isinstance(term, AtOnce):
            if len(term.sessions) > term.most:
                self.at_once.append((term, price))
        elif isinstance(term, Company):
            self.company.append((term, price))
        elif any(term.amounts[1:]):
            self.different.append((term, price))


class _Laying:
    """Lays a case out. Sessions of one kind share a row of each table."""

    def __init__(self, case: Case, terms: _Terms) -> None:
        self.case, self.terms = case, terms
        self.occurrences = agenda_of(case).occurrences
        self.moments = sorted({start for occurrence in self.occurrences for start in occurrence.starts})
        self.at = {moment: number for number, moment in enumerate(self.moments)}
        places = dict.fromkeys(place for occurrence in self.occurrences for place in _places(case, occurrence))
        self.places = {place: number for number, place in enumerate(places)}
        self.rooms = {room: n for n, room in enumerate(dict.fromkeys(p.room for p in places if p.room is not None))}
        self.shared = [term for term, _ in terms.at_once if term.room is None]
        self.kinds = self._kinds()
        self.kind_of = {o.id: kind for kind, members in enumerate(self.kinds) for o in members}
        self.models = [members[0] for members in self.kinds]

    @property
    def fits(self) -> bool:
        """Tell whether the tables can say all that the rules said, and would not be too large."""
        usual = all(
            price == HARD and (term.room is None or len(term.sessions) == self._in_room[term.room])
            for term, price in self.terms.at_once
        )
        return usual and 0 < len(self.kinds) * len(self.moments) * len(self.places) <= LARGEST

    @cached_property
    def _in_room(self) -> Mapping[str, int]:
        """How many sessions could be held in each room."""
        found: dict[str, int] = defaultdict(int)
        for occurrence in self.occurrences:
            for room in occurrence.parts[0].rooms:
                found[room] += 1
        return found

    def _kinds(self) -> list[list[Occurrence]]:
        """Return the sessions by kind: those with the same starts, places and prices, in the same groups."""
        groups: dict[str, list[int]] = defaultdict(list)
        grouped = [*self.shared, *(t for t, _ in self.terms.company), *(t for t, _ in self.terms.different)]
        for number, term in enumerate(grouped):
            for session in dict.fromkeys(term.sessions):
                groups[session].append(number)
        kinds: dict[Hashable, list[Occurrence]] = defaultdict(list)
        for each in self.occurrences:
            prices = tuple(
                (frozenset(term.amounts.items()), price) for term, price in self.terms.alone.get(each.id, ())
            )
            place = tuple(_places(self.case, each))
            kinds[each.starts, each.activity.minutes, place, prices, tuple(groups[each.id])].append(each)
        return list(kinds.values())

    def layout(self) -> Layout | None:
        """Return the layout, None where some session has nowhere to go."""
        alone = np.stack([self._alone(occurrence) for occurrence in self.models])
        allowed = alone != FORBIDDEN
        if not allowed.any(axis=(1, 2)).all():
            return None
        starts, n_starts = _rows(np.flatnonzero(each) for each in allowed.any(axis=2))
        places, n_places = _rows(np.flatnonzero(each) for each in allowed.any(axis=1))
        tables = Tables(
            kind=np.array([self.kind_of[occurrence.id] for occurrence in self.occurrences]),
            alone=alone,
            starts=starts,
            n_starts=n_starts,
            places=places,
            n_places=n_places,
            **self._times(),
            **self._rivals(),
            **self._shared(),
            **self._company(),
            **self._different(),
        )
        prices = [price for _, price in self._preferred()]
        return Layout(
            self.occurrences,
            tuple(self.moments),
            tuple(self.places),
            tables,
            most_price=max(prices, default=1),
            usual_price=self._usual(),
        )

    def _usual(self) -> float:
        """Return what those who want company in a session come to on average."""
        wanted = sum(len(term.sessions) * price for term, price in self.terms.company if price < HARD)
        return wanted / len(self.occurrences)

    def _preferred(self) -> Iterable[tuple[Placed, int]]:
        every = (*self.terms.company, *self.terms.different, *(t for each in self.terms.alone.values() for t in each))
        return ((term, price) for term, price in every if price < HARD)

    def _alone(self, occurrence: Occurrence) -> NDArray[np.int64]:
        """Return what a session comes to at each start and place; `FORBIDDEN` where it cannot be held."""
        prices = np.full((len(self.moments), len(self.places)), FORBIDDEN)
        for start in occurrence.starts:
            for place in _places(self.case, occurrence):
                amount = sum(
                    price * term.amount(start, *place) for term, price in self.terms.alone.get(occurrence.id, ())
                )
                prices[self.at[start], self.places[place]] = amount if amount < HARD else FORBIDDEN
        return prices

    def _times(self) -> dict[str, NDArray[np.int64]]:
        """Return the stretches of time that each kind takes at each start, between any two beginnings or ends."""
        shape = (len(self.kinds), len(self.moments))
        ends = {o.end_of(start) for o in self.models for start in o.starts}
        bounds = {moment: number for number, moment in enumerate(sorted({*self.moments, *ends}))}
        first, last = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for kind, occurrence in enumerate(self.models):
            for start in occurrence.starts:
                first[kind, self.at[start]] = bounds[start]
                last[kind, self.at[start]] = bounds[occurrence.end_of(start)]
        return {"first": first, "last": last}

    def _rivals(self) -> dict[str, NDArray[np.int64]]:
        """Return which kinds share what only one can use at once."""
        exclusive = self._memberships([term for term in self.shared if term.most == 1])
        member = np.zeros(
            (len(self.kinds), 1 + max((group for each in exclusive for group in each), default=0)), np.int64
        )
        for kind, groups in enumerate(exclusive):
            member[kind, groups] = 1
        rival = (member @ member.T > 0).astype(np.int64)
        rivals, n_rivals = _rows(np.flatnonzero(row) for row in rival)
        return {"rival": rival, "rivals": rivals, "n_rivals": n_rivals}

    def _shared(self) -> dict[str, NDArray[np.int64]]:
        """Return what sessions share that few can use at once, and how many can be in each place."""
        several = [term for term in self.shared if term.most != 1]
        shared, n_shared = _rows(self._memberships(several))
        most: dict[str | None, int] = {}
        for term, _ in self.terms.at_once:
            most[term.room] = min(term.most, most.get(term.room, UNBOUNDED))
        return {
            "shared": shared,
            "n_shared": n_shared,
            "capacity": np.array([term.most for term in several], np.int64),
            "place_capacity": np.array(
                [UNBOUNDED if place.room is None else most.get(place.room, UNBOUNDED) for place in self.places]
            ),
        }

    def _company(self) -> dict[str, NDArray[np.int64]]:
        """Return who wants company, and which spans of time are near to which, for each number of minutes."""
        spans: dict[tuple[dt.datetime, dt.datetime], int] = {}
        span = np.zeros((len(self.kinds), len(self.moments)), np.int64)
        for kind, occurrence in enumerate(self.models):
            for start in occurrence.starts:
                span[kind, self.at[start]] = spans.setdefault((start, occurrence.end_of(start)), len(spans))
        company, n_company = _rows(self._memberships([term for term, _ in self.terms.company]))
        minutes = sorted({term.minutes for term, _ in self.terms.company})
        near, n_near = _rows(each for apart in minutes for each in _near(list(spans), apart))
        of = [minutes.index(term.minutes) * len(spans) for term, _ in self.terms.company]
        return {
            "span": span,
            "company": company,
            "n_company": n_company,
            "company_price": np.array([price for _, price in self.terms.company], np.int64),
            "near_of": np.array(of, np.int64),
            "near": near,
            "n_near": n_near,
        }

    def _different(self) -> dict[str, NDArray[np.int64]]:
        """Return the groups of which different days or rooms are counted, and what each number comes to."""
        different, n_different = _rows(self._memberships([term for term, _ in self.terms.different]))
        longest = max((len(term.amounts) for term, _ in self.terms.different), default=0)
        prices = np.zeros((len(self.terms.different), longest + 1), np.int64)
        for number, (term, price) in enumerate(self.terms.different):
            prices[number, : len(term.amounts)] = np.array(term.amounts) * price
        days = {day: number for number, day in enumerate(sorted({moment.date() for moment in self.moments}))}
        value = np.full((2, max(len(self.moments), len(self.places))), -1)
        value[0, : len(self.moments)] = [days[moment.date()] for moment in self.moments]
        value[1, : len(self.places)] = [-1 if p.room is None else self.rooms[p.room] for p in self.places]
        about = [int(isinstance(term, InRooms)) for term, _ in self.terms.different]
        return {
            "different": different,
            "n_different": n_different,
            "about": np.array(about, np.int64),
            "prices": prices,
            "value": value,
        }

    def _memberships(self, terms: Sequence[AtOnce | Company | OnDays | InRooms]) -> list[list[int]]:
        """Return for each kind the numbers of the groups in which it counts."""
        found: list[dict[int, None]] = [{} for _ in self.kinds]
        for number, term in enumerate(terms):
            for session in term.sessions:
                found[self.kind_of[session]][number] = None
        return [list(each) for each in found]


def _places(case: Case, occurrence: Occurrence) -> list[Place]:
    (part,) = occurrence.parts
    if not part.needs_room:
        return [Place(site, None) for site in occurrence.sites]
    rooms = [(case.room[room].site, room) for room in part.rooms]
    return [Place(site, room) for site, room in rooms if site in occurrence.sites]


def _near(spans: Sequence[tuple[dt.datetime, dt.datetime]], minutes: int) -> list[list[int]]:
    """Return for each span the others of its day that are at most so many minutes away."""
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for number, (start, _) in enumerate(spans):
        by_day[start.date()].append(number)
    known = [Span.of(start, end) for start, end in spans]
    return [
        [other for other in by_day[start.date()] if other != number and known[number].gap(known[other]) <= minutes]
        for number, (start, _) in enumerate(spans)
    ]


def _rows(rows: Iterable[Sequence[int] | NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows of unequal length as one table, and the lengths."""
    known = list(rows)
    lengths = np.array([len(row) for row in known], np.int64)
    table = np.zeros((len(known), max(1, *lengths) if len(known) > 1 else max([1, *lengths])), np.int64)
    for number, row in enumerate(known):
        table[number, : len(row)] = row
    return table, lengths
