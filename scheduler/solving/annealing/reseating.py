"""Reseating: where and when a part of a plan is held stays; who serves there, and on which line, is annealed anew.

With all that settled, the terms of `constraints.separable` say much more than for the case as it is: a turn has its
day, and two turns are too close to each other for the way or are not. The three strongest priorities are weighed at
once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from constraints.admission import offers
from constraints.rule import Rule
from constraints.separable import Together
from rota.agenda import with_sessions
from rota.plan import Session
from scheduler.solving.annealing.compiling import can_compile
from scheduler.solving.annealing.seat_layout import SeatLayout, SeatRow
from scheduler.solving.bounding.relaxation import Pair, Place, Relaxation

if TYPE_CHECKING:
    from constraints.board import Given
    from rota.agenda import Occurrence, PartFrame, Seats
    from rota.case import Case
    from scheduler.solving.annealing.seat_layout import SeatTables
    from scheduler.solving.bounding.relaxation import Weighed
    from scheduler.solving.control import Control

FACTORS = (10_000, 100, 1)
"""How the strongest priorities are weighed against each other; weaker ones do not count."""
ELSEWHERE = frozenset({"date_preference", "no_overlap", "pins"})
"""Rules that say nothing of who serves, or of which reseating knows otherwise."""
SOME = 20_000
"""So many moves are tried at one temperature."""
LINE = "line "
"""Before the id of a service line, which takes a seat of its own in each part."""
EACH = 10_000
"""So many moves for each seat, if there is time for them."""
HURRIED = 5_000
"""So many at least, however late it is."""
WARM, COOL = 0.2, 0.001
"""The first temperature and the last: shares of what it comes to if somebody's turns bend away from what is even."""
BENT = 20_000.0
"""What that is where no turns are counted."""
BROKEN = 1_000_000.0
"""What a breach of what must hold is weighed at."""


def is_said(rules: Sequence[Rule]) -> bool:
    """Tell whether all that rules say of who serves is said here: by terms, or as facts about single candidates.

    A term may leave out part of what a rule charges; that the verifier sees.
    """
    return all(rule.fact or type(rule).separable is not Rule.separable or rule.kind in ELSEWHERE for rule in rules)


def reseated(
    case: Case,
    rules: Sequence[Rule],
    given: Given,
    sessions: Collection[str],
    beside: Collection[str],
    control: Control,
    roles: Collection[str] = (),
) -> dict[str, Session]:
    """Return those of some given sessions in which others serve after annealing; those `beside` them stay.

    Where roles are named, only who has these changes. Nothing does where something of what must hold would be broken.
    """
    layout = PlannedSeats(case, rules, given, sessions, beside, roles)
    if not layout.seats or not layout.fits or not can_compile():
        return {}
    seated, broken = _annealed(layout, control)
    return {} if broken else layout.changed(seated)


def _annealed(layout: PlannedSeats, control: Control) -> tuple[np.ndarray, bool]:
    """Return who sits in each seat after annealing, and whether that breaks anything."""
    from scheduler.solving.annealing import seat_kernel as kernel  # noqa: PLC0415 - compiling takes a second to import

    tables = layout.tables()
    state = layout.state(tables)
    draw = np.random.default_rng(control.seed)
    kernel.fill(tables, state, layout.now, draw)
    best, least = state.who.copy(), state.sums.copy()
    kernel.anneal_seats(tables, state, best, least, draw, 0, 1.0, BROKEN)  # compiled before time counts
    bent = _bent(tables)
    moves, done, begun, left = EACH * len(layout.seats), 0, control.now(), control.left()
    seconds = math.inf if left is None else max(left, 1e-3)
    while not control.stop.is_set():
        late = min((control.now() - begun) / seconds, done / moves * EACH / HURRIED)
        if (gone := max(done / moves, late)) >= 1:
            break
        temperature = WARM * bent * (COOL / WARM) ** gone
        kernel.anneal_seats(tables, state, best, least, draw, SOME, temperature, BROKEN)
        done += SOME
    return best, bool(least[1])


def _bent(tables: SeatTables) -> float:
    """Return what one turn more and one turn less come to together, for most of those whose turns are counted."""
    counted = tables.counted[(tables.span == 0) & ~tables.required]
    bends = np.diff(counted, n=2).max(axis=1, initial=0)
    return float(np.median(bends[bends > 0])) if (bends > 0).any() else BENT


class PlannedSeats(SeatLayout):
    """The seats of some sessions of a plan as arrays; turns in those beside them count, but stay.

    So do those in sessions of which somebody has fixed by hand who serves or does not. Where `roles` are named, only
    their seats are open: nobody may be able to have another role beside them. The lines stay then, too.
    """

    def __init__(
        self,
        case: Case,
        rules: Sequence[Rule],
        given: Given,
        sessions: Collection[str],
        beside: Collection[str],
        roles: Collection[str] = (),
    ) -> None:
        self.given, self.roles = given, roles
        pinned = {pin.session for pin in case.pins if pin.resource}
        self.mine = frozenset(id_ for id_ in sessions if id_ in given.sessions and id_ not in pinned)
        self.fixed = frozenset(id_ for id_ in (*sessions, *beside) if id_ in given.sessions) - self.mine
        held = [
            _settled(given.agenda.by_id[id_], given.sessions[id_], is_open=id_ in self.mine and not roles)
            for id_ in (*self.mine, *self.fixed)
        ]
        priorities = sorted({rule.priority for rule in rules if not rule.required})
        factors = dict(zip(priorities, FACTORS, strict=False))
        relaxation = Relaxation(with_sessions(case, held), rules, min(priorities, default=1), factors)
        if relaxation.apart:
            relaxation.pairs.append(self._at_once(relaxation))
        super().__init__(relaxation)

    def _at_once(self, relaxation: Relaxation) -> Pair:
        """Return the pairs of sessions that overlap, but for those that begin and end together and are both open."""
        moment = relaxation.moment_of
        found: dict[tuple[str, str], int] = {}
        running: list[Occurrence] = []
        for late in sorted(relaxation.occurrences, key=lambda o: o.first):
            running = [early for early in running if early.until > late.first]
            for early in running:
                both = early.id, late.id
                if not self.fixed.issuperset(both) and (moment[early.id] != moment[late.id] or self.fixed & {*both}):
                    found[both] = 1
            running.append(late)
        alone = frozenset(who for who in relaxation.case.resources if relaxation.exclusive(who))
        return Pair(Together(alone, "", found), None)

    def laid_rows(self) -> list[SeatRow]:
        """Return the seats that are taken or must be; those whom a turn beside them rules out are not able."""
        return [
            row
            for occurrence in self.relaxation.occurrences
            if occurrence.id in self.mine
            for part in occurrence.parts
            for row in self._rows(occurrence, part)
        ]

    def _rows(self, occurrence: Occurrence, part: PartFrame) -> Iterator[SeatRow]:
        """Yield the rows of a part; the line is one as well, where there is a choice."""
        for seats in part.seats:
            is_open = not self.roles or seats.name in self.roles
            if is_open and (seats.role.least or self._seated(Place(occurrence.id, part.id, seats.name))):
                yield self._row(occurrence, part, seats)
        if len(part.lines) > 1 and not self.roles:
            lines = {LINE + line: 0 for line in part.lines}
            yield SeatRow(Place(occurrence.id, part.id, ""), self.relaxation.moment_of[occurrence.id], 1, lines)

    def capacity(self, who: str) -> int:
        """Return how many seats somebody holds at one moment at the most; a line is served by any number of parts."""
        return len(self.seats) if who.startswith(LINE) else super().capacity(who)

    def clashing(self) -> Iterator[tuple[int, int]]:
        """Yield the seats beside each line that not everybody offers."""
        lines = {self.rows[n].place[:2]: seat for seat, n in enumerate(self.seats) if not self.rows[n].place.role}
        for seat, n in enumerate(self.seats):
            place = self.rows[n].place
            line = lines.get(place[:2])
            if place.role and line is not None:
                others = self.rows[self.seats[line]].able
                if any(not self._offers(who, place.role, each) for who in self.rows[n].able for each in others):
                    yield seat, line

    def clash(self) -> np.ndarray:
        """Return who does not offer which line, in some role at least."""
        found = np.zeros((len(self.who), len(self.who)), np.bool_)
        for who, one in self.number.items():
            for line, other in self.number.items() if not who.startswith(LINE) else ():
                if line.startswith(LINE) and any(
                    not self._offers(who, role, line) for role in self.relaxation.agenda.roles
                ):
                    found[one, other] = found[other, one] = True
        return found

    def _offers(self, who: str, role: str, line: str) -> bool:
        rule = self.relaxation.facts.eligibility
        return rule is None or offers(self.relaxation.case.resources[who], role, line.removeprefix(LINE), rule.roles)

    def _row(self, occurrence: Occurrence, part: PartFrame, seats: Seats) -> SeatRow:
        row = self.relaxation.row(occurrence, part, seats)
        near = [(who, price) for who, role, price in self._near.get(occurrence.id, ()) if role in {"", seats.name}]
        out = {who for who, price in near if price is None}
        able = {who: cost for who, cost in row.able.items() if who not in out}
        for who, price in near:
            if who in able:
                able[who] += price or 0
        return SeatRow(row.place, row.moment, max(row.least, len(self._seated(row.place))), able)

    @cached_property
    def _near(self) -> Mapping[str, list[tuple[str, str, int | None]]]:
        """Who has a turn beside each session that tells against one in it, in which role, at which price."""
        found: dict[str, list[tuple[str, str, int | None]]] = defaultdict(list)
        for term, weight in self.relaxation.pairs:
            for both, amount in term.amounts.items():
                for stays, opened in (both, both[::-1]):
                    if stays in self.fixed and opened in self.mine:
                        price = None if weight is None else amount * weight
                        serving = term.who.intersection(self._serving(stays, term.role))
                        found[opened] += [(who, term.role, price) for who in sorted(serving)]
        return found

    def _serving(self, session: str, role: str) -> Iterator[str]:
        """Yield who serves in a session, in a role or in any (empty)."""
        for part in self.given.sessions[session].parts:
            for name, seated in part.roles.items():
                if role in {"", name}:
                    yield from seated

    def _seated(self, place: Place) -> tuple[str, ...]:
        """Return who sits somewhere now, or which line a part serves."""
        if not place.role:
            return (LINE + (self.given.sessions[place.session].part[place.part].line or ""),)
        return self.given.sessions[place.session].part[place.part].roles.get(place.role, ())

    @cached_property
    def now(self) -> np.ndarray:
        """Who sits in each seat now, -1 where nobody does who could."""
        found = np.full(len(self.seats), -1)
        begin = 0
        for row in self.rows:
            numbers = [self.number[who] if who in row.able else -1 for who in self._seated(row.place)]
            found[begin : begin + len(numbers)] = numbers
            begin += row.seats
        return found

    def mates(self) -> dict[str, np.ndarray]:
        """Return as mates of a seat those of activities and roles in which somebody can serve who can serve here."""
        groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        able: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for seat, n in enumerate(self.seats):
            place = self.rows[n].place
            group = (self.given.sessions[place.session].activity, place.part, place.role)
            groups[group].append(seat)
            able[group].update(self.rows[n].able)
        begin, end = np.zeros(len(self.seats), np.int64), np.zeros(len(self.seats), np.int64)
        found: list[int] = []
        for group, seats in groups.items():
            begin[seats] = len(found)
            for other, theirs in able.items():
                if other == group or (group[2] and not able[group].isdisjoint(theirs)):
                    found += groups[other]
            end[seats] = len(found)
        drawn = np.arange(len(self.seats))
        return {"drawn": drawn, "mates": np.array(found), "mate_first": begin, "mate_last": end}

    def changed(self, seated: np.ndarray) -> dict[str, Session]:
        """Return the sessions in which others sit than now."""
        found: dict[str, dict[tuple[str, str], list[int]]] = defaultdict(lambda: defaultdict(list))
        for n, who in zip(self.seats, seated.tolist(), strict=True):
            place = self.rows[n].place
            found[place.session][place.part, place.role].append(who)
        named = {id_: {at: self._named(who) for at, who in roles.items()} for id_, roles in found.items()}
        sessions = {id_: _with(self.given.sessions[id_], roles) for id_, roles in named.items()}
        return {id_: session for id_, session in sessions.items() if session != self.given.sessions[id_]}

    def _named(self, numbers: Sequence[int]) -> tuple[str, ...]:
        rank = self.given.agenda.rank
        return tuple(sorted((self.who[n] for n in numbers), key=lambda who: rank.get(who, 0)))

    def outside(self, term: Weighed) -> Sequence[str]:
        """Return the turns in sessions that stay as they are."""
        return [
            session
            for session, places in self.given.places(term.term.who)
            if session in self.fixed
            for place in places
            if term.touches(Place(session, place.part.id, place.role))
        ]


def _settled(occurrence: Occurrence, session: Session, *, is_open: bool) -> Occurrence:
    """Return a session as a plan has it, in which only who serves is open, and on which line."""
    parts = []
    for part in session.parts:
        rooms, lines = (part.room,) if part.room else (), (part.line,) if part.line else ()
        frame = occurrence.part[part.id]
        parts.append(replace(frame, rooms=rooms, lines=frame.lines if is_open and part.line in frame.lines else lines))
    start = session.start.astimezone(occurrence.nominal.tzinfo)
    return replace(occurrence, starts=(start,), sites=(session.site,), parts=tuple(parts))


def _with(session: Session, seated: Mapping[tuple[str, str], tuple[str, ...]]) -> Session:
    """Return a session in which these sit."""
    found = []
    for part in session.parts:
        roles = {**part.roles, **{role: who for (of, role), who in seated.items() if of == part.id and role}}
        (line,) = seated.get((part.id, ""), (part.line,))
        found.append(part.model_copy(update={"roles": roles, "line": line and line.removeprefix(LINE)}))
    kept = {name: getattr(session, name) for name in Session.model_fields}
    return Session(**{**kept, "parts": tuple(found)})
