"""The layout of seats: who could take which, and what rules charge for one resource's turns, as arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constraints.separable import Close, Counted
from rota.plan import PlanPart, Session
from scheduler.solving.bounding.relaxation import Place, Relaxation

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from scheduler.solving.bounding.relaxation import Pair, Weighed

LARGEST = 60_000_000
"""Tables of more prices of seats than this are not laid out."""
DEAREST = 2**60
"""No sum of prices is larger than this: in whole numbers of eight octets it would wrap around."""
NEVER = np.iinfo(np.int32).max
"""Stands for the price of a seat that somebody cannot take."""


class SeatTables(NamedTuple):
    """What the search reads and never writes; who serves is a number, and so is a room that is used.

    Each seat lies at a `moment` and has a `row`, of seats that are the same. `able` to take those of a row are those
    from `first` to `last`; `alone[row, who]` is its price for them. At each moment somebody may hold `capacity` seats.
    From `term_first[who]` to `term_last[who]` are their terms, each with a `key`; `touches[key, row]` tells whether a
    seat counts, `round_of[key, row]` in which round. A term's n-th turn comes to `counted[term, n]`; where `span` is
    not 0, turns d rounds apart come to `close[term, d]`, up to `span`. What must hold is counted apart (`required`).
    From `pair_first[seat]` to `pair_last[seat]` are the other seats (`pair_seat`) which together with it come to
    `pair_amount`, to those whom that is about: `pair_about[pair_term, who]`, or must not (`pair_required[pair_term]`).
    Where the term is -1, nobody may be in one of the seats together with whom they `clash` in the other.
    Seats that the same ones could take are mates: `mates` from `mate_first` to `mate_last`. Moves are of `drawn` seats.
    """

    drawn: NDArray[np.int64]
    mates: NDArray[np.int64]
    mate_first: NDArray[np.int64]
    mate_last: NDArray[np.int64]
    moment: NDArray[np.int64]
    row: NDArray[np.int64]
    able: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    alone: NDArray[np.int32]
    capacity: NDArray[np.int64]
    term_first: NDArray[np.int64]
    term_last: NDArray[np.int64]
    key: NDArray[np.int64]
    touches: NDArray[np.bool_]
    round_of: NDArray[np.int64]
    counted: NDArray[np.int64]
    span: NDArray[np.int64]
    close: NDArray[np.int64]
    required: NDArray[np.bool_]
    pair_first: NDArray[np.int64]
    pair_last: NDArray[np.int64]
    pair_seat: NDArray[np.int64]
    pair_term: NDArray[np.int64]
    pair_amount: NDArray[np.int64]
    pair_about: NDArray[np.bool_]
    pair_required: NDArray[np.bool_]
    clash: NDArray[np.bool_]


class SeatState(NamedTuple):
    """Who sits where (-1: nobody), how many seats each holds at each moment, and which was taken last.

    `turns` counts for each term, `served` its turns by round, of earlier years too. `sums` are the cost and what is
    broken of what must hold.
    """

    who: NDArray[np.int64]
    held: NDArray[np.int64]
    seat: NDArray[np.int64]
    turns: NDArray[np.int64]
    served: NDArray[np.int64]
    sums: NDArray[np.int64]


class SeatRow(NamedTuple):
    """Seats that are the same, or a room that a part needs: the role is empty then."""

    place: Place
    moment: int
    seats: int
    able: Mapping[str, int]


class SeatLayout:
    """The seats of a case as arrays."""

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.rows = self.laid_rows()
        self.who = list(dict.fromkeys(who for row in self.rows for who in row.able))
        self.number = {who: n for n, who in enumerate(self.who)}
        self.seats = [n for n, row in enumerate(self.rows) for _ in range(row.seats)]

    @property
    def fits(self) -> bool:
        """Tell whether there are seats that somebody can fill, all of them, and tables and prices are not too large."""
        dearest = sum(map(_dearest, self._terms)) + sum(map(_dearest_pair, self.relaxation.pairs))
        if not self.seats or len(self.rows) * len(self.who) > LARGEST or dearest > DEAREST:
            return False
        return all(row.able and max(row.able.values()) < NEVER for row in self.rows)

    def outside(self, term: Weighed) -> Sequence[str]:
        """Return the sessions in which somebody has turns that count for a term and lie in no row."""
        return ()

    @cached_property
    def _outside(self) -> list[Sequence[str]]:
        return [self.outside(term) for term in self._terms]

    def laid_rows(self) -> list[SeatRow]:
        """Return the rows, in order of time; those of rooms come last."""
        seats = [SeatRow(row.place, row.moment, row.least, row.able) for row in self.relaxation.rows if row.least]
        rooms = [
            SeatRow(Place(choice.session, choice.part, ""), self.relaxation.moment_of[choice.session], 1, choice.costs)
            for choice in self.relaxation.rooms()
        ]
        return [*seats, *rooms]

    def tables(self) -> SeatTables:
        """Return all that the search reads."""
        able = [[self.number[who] for who in row.able] for row in self.rows]
        ends = np.cumsum([len(each) for each in able])
        alone = np.full((len(self.rows), len(self.who)), NEVER, np.int32)
        for n, row in enumerate(self.rows):
            alone[n, able[n]] = list(row.able.values())
        return SeatTables(
            **self.mates(),
            moment=np.array([self.rows[n].moment for n in self.seats]),
            row=np.array(self.seats),
            able=np.array([who for each in able for who in each]),
            first=ends - [len(each) for each in able],
            last=ends,
            alone=alone,
            capacity=np.array([self.capacity(who) for who in self.who]),
            **self._priced(),
            **self._paired(),
        )

    def mates(self) -> dict[str, NDArray[Any]]:
        """Return the seats by the circles of those who could take them, without circles in which nothing is charged."""
        leader = list(range(len(self.who)))

        def find(who: int) -> int:
            while leader[who] != who:
                leader[who] = who = leader[leader[who]]
            return who

        for row in self.rows:
            first, *others = (self.number[who] for who in row.able)
            for other in others:
                leader[find(other)] = find(first)
        circles: dict[int, list[int]] = defaultdict(list)
        charged: set[int] = set()
        for seat, n in enumerate(self.seats):
            circle = find(self.number[next(iter(self.rows[n].able))])
            circles[circle].append(seat)
            if any(self.rows[n].able.values()):
                charged.add(circle)
        charged |= {find(self.number[who]) for who in self.number if self.relaxation.weighed.get(who)}
        begin, end = np.zeros(len(self.seats), np.int64), np.zeros(len(self.seats), np.int64)
        mates: list[int] = []
        for members in circles.values():
            begin[members], end[members] = len(mates), len(mates) + len(members)
            mates += members
        drawn = [seat for circle, seats in circles.items() if circle in charged for seat in seats]
        return {"drawn": np.array(drawn or mates), "mates": np.array(mates), "mate_first": begin, "mate_last": end}

    def capacity(self, who: str) -> int:
        """Return how many seats somebody holds at one moment at the most."""
        case = self.relaxation.case
        if not self.relaxation.apart:
            return len(self.seats)
        return case.room[who].parallel if who in case.room else case.resources[who].parallel

    @cached_property
    def _weighed(self) -> list[list[Weighed]]:
        """The terms of everybody."""
        return [self.relaxation.weighed.get(who, []) for who in self.who]

    @cached_property
    def _terms(self) -> list[Weighed]:
        """All terms, in order of who they are about."""
        return [term for mine in self._weighed for term in mine]

    @cached_property
    def _span(self) -> int:
        """Turns that are so many rounds apart come to nothing together."""
        return max((_span(term) for term in self._terms), default=0)

    @cached_property
    def _earliest(self) -> int:
        """The round from which rounds are numbered, so that turns of earlier years have numbers too."""
        close = [weighed.term for weighed in self._terms if isinstance(weighed.term, Close)]
        return min((r for term in close for r in (*term.rounds.values(), *term.before)), default=0) - self._span

    def _rows_in(self, term: Weighed) -> Iterator[int]:
        """Yield the rows of the sessions that count for a term."""
        sessions = term.term.sessions if isinstance(term.term, Counted) else term.term.rounds
        for session in sessions if len(sessions) < len(self._rows_of) else self._rows_of:
            if session in sessions:
                yield from self._rows_of.get(session, ())

    @cached_property
    def _rows_of(self) -> Mapping[str, list[int]]:
        """The rows of each session."""
        found: dict[str, list[int]] = defaultdict(list)
        for n, row in enumerate(self.rows):
            found[row.place.session].append(n)
        return dict(found)

    def _paired(self) -> dict[str, NDArray[Any]]:
        """Return what the terms about two turns come to, by seat."""
        seats: dict[str, list[int]] = defaultdict(list)
        for seat, n in enumerate(self.seats):
            if self.rows[n].place.role:
                seats[self.rows[n].place.session].append(seat)
        found: list[list[tuple[int, int, int]]] = [[] for _ in self.seats]
        for number, (term, weight) in enumerate(self.relaxation.pairs):
            for (first, then), amount in term.amounts.items():
                for one, other in product(seats.get(first, ()), seats.get(then, ())):
                    rows = self.rows[self.seats[one]], self.rows[self.seats[other]]
                    if all(term.role in {"", row.place.role} for row in rows) and rows[0].able.keys() & rows[1].able:
                        price = 1 if weight is None else amount * weight
                        found[one].append((other, number, price))
                        found[other].append((one, number, price))
        for one, other in self.clashing():
            found[one].append((other, -1, 1))
            found[other].append((one, -1, 1))
        ends = np.cumsum([len(each) for each in found])
        laid = np.array([pair for mine in found for pair in mine], np.int64).reshape(-1, 3)
        about = [[who in pair.term.who for who in self.who] for pair in self.relaxation.pairs]
        return {
            "pair_first": ends - [len(each) for each in found],
            "pair_last": ends,
            "pair_seat": np.ascontiguousarray(laid[:, 0]),
            "pair_term": np.ascontiguousarray(laid[:, 1]),
            "pair_amount": np.ascontiguousarray(laid[:, 2]),
            "pair_about": np.array(about, np.bool_).reshape(-1, len(self.who)),
            "pair_required": np.array([pair.weight is None for pair in self.relaxation.pairs], np.bool_),
            "clash": self.clash(),
        }

    def clashing(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of seats that not everybody can take together with everybody."""
        yield from ()

    def clash(self) -> NDArray[np.bool_]:
        """Return who does not go together with whom in such a pair."""
        return np.zeros((1, 1), np.bool_)

    def _priced(self) -> dict[str, NDArray[Any]]:
        """Return what the terms come to, and which seats they touch."""
        ends = np.cumsum([len(each) for each in self._weighed])
        keys = {key: n for n, key in enumerate(dict.fromkeys(term.key for term in self._terms))}
        touches = np.zeros((max(1, len(keys)), len(self.rows)), np.bool_)
        rounds = np.zeros(touches.shape, np.int64)
        for key, term in {keys[term.key]: term for term in self._terms}.items():
            for n in self._rows_in(term):
                touches[key, n] = self.rows[n].place.role != "" and term.touches(self.rows[n].place)
                if touches[key, n] and isinstance(term.term, Close):
                    rounds[key, n] = term.term.rounds[self.rows[n].place.session] - self._earliest
        seats = np.array([row.seats for row in self.rows])
        most = max(int(seats[row].sum()) for row in touches) + max(map(len, self._outside), default=0) + 2
        return {
            "term_first": ends - [len(each) for each in self._weighed],
            "term_last": ends,
            "key": np.array([keys[term.key] for term in self._terms], np.int64),
            "touches": touches,
            "round_of": rounds,
            "counted": np.array([_counted(term, most) for term in self._terms], np.int64).reshape(-1, most),
            "span": np.array([_span(term) for term in self._terms], np.int64),
            "close": np.array([_close(term, self._span) for term in self._terms], np.int64).reshape(
                -1, max(1, self._span)
            ),
            "required": np.array([term.weight is None for term in self._terms], np.bool_),
        }

    def state(self, tables: SeatTables) -> SeatState:
        """Return the state in which all seats are empty; turns of earlier years count."""
        moments = int(tables.moment.max()) + 1
        before = [weighed.term.before if isinstance(weighed.term, Close) else () for weighed in self._terms]
        every = [r for term in self._terms if isinstance(term.term, Close) for r in term.term.rounds.values()]
        latest = max([0, *(r - self._earliest for r in every), *(r - self._earliest for each in before for r in each)])
        served = np.zeros((len(self._terms), latest + self._span + 1), np.int64)
        for term, rounds in enumerate(before):
            for earlier in rounds:
                served[term, earlier - self._earliest] += 1
        for term, (weighed, sessions) in enumerate(zip(self._terms, self._outside, strict=True)):
            if isinstance(weighed.term, Close):
                for session in sessions:
                    served[term, weighed.term.rounds[session] - self._earliest] += 1
        turns = np.array([len(sessions) for sessions in self._outside], np.int64)
        nothing = tables.counted[np.arange(len(turns)), turns]
        return SeatState(
            who=np.full(len(self.seats), -1),
            held=np.zeros((len(self.who), moments), np.int64),
            seat=np.full((len(self.who), moments), -1),
            turns=turns,
            served=served,
            sums=np.array([nothing[~tables.required].sum(), nothing[tables.required].sum()]),
        )

    def sessions(self, seated: np.ndarray) -> dict[str, Session]:
        """Return the sessions in which these sit in the seats."""
        found: dict[Place, list[str]] = {}
        for n, who in zip(self.seats, seated.tolist(), strict=True):
            found.setdefault(self.rows[n].place, []).append(self.who[who])
        return {o.id: _session(o, found) for o in self.relaxation.occurrences}


def _dearest(term: Weighed) -> int:
    """Return what a term could come to at the most, or more."""
    weight = 1 if term.weight is None else term.weight
    if isinstance(term.term, Counted):
        return weight * max(term.term.amount(0), term.term.amount(len(term.term.sessions) + 1))
    return weight * sum(term.term.amounts) * len(term.term.rounds)


def _dearest_pair(pair: Pair) -> int:
    """Return what the terms of a pair could come to at the most, or more."""
    return (1 if pair.weight is None else pair.weight) * sum(pair.term.amounts.values()) * len(pair.term.who)


def _span(term: Weighed) -> int:
    return len(term.term.amounts) if isinstance(term.term, Close) else 0


def _counted(term: Weighed, most: int) -> list[int]:
    weight = 1 if term.weight is None else term.weight
    return [term.term.amount(n) * weight for n in range(most)] if isinstance(term.term, Counted) else [0] * most


def _close(term: Weighed, span: int) -> list[int]:
    weight = 1 if term.weight is None else term.weight
    amounts = [amount * weight for amount in term.term.amounts] if isinstance(term.term, Close) else []
    return [*amounts, *[0] * (max(1, span) - len(amounts))]


def _session(occurrence: Occurrence, seated: Mapping[Place, Sequence[str]]) -> Session:
    (start,), (site,) = occurrence.starts, occurrence.sites
    parts = tuple(
        PlanPart(
            id=part.id,
            room=seated[Place(occurrence.id, part.id, "")][0] if part.needs_room else None,
            theme=part.theme.zh,
            line=part.lines[0] if part.lines else None,
            roles={s.name: tuple(seated.get(Place(occurrence.id, part.id, s.name), ())) for s in part.seats},
        )
        for part in occurrence.parts
    )
    end = occurrence.end_of(start)
    return Session(id=occurrence.id, activity=occurrence.activity.id, start=start, end=end, site=site, parts=parts)
