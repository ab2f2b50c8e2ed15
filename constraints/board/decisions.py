"""Decisions: what a session is, whatever the rules say - when and where it is held, and who sits in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from ortools.sat.python import cp_model

from constraints.board.literals import Lit, Literals, opposite
from constraints.instances import Instance
from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

Mode = Literal["plan", "explain"]


class Place(NamedTuple):
    """A seat that one resource could take, or takes: in which role of which part of which occurrence."""

    occurrence: Occurrence
    part: PartFrame
    role: str
    taken: Lit


class Decisions(Literals):
    """All decisions about the open sessions, with the fixed ones as constants; `Board` says what the arguments mean."""

    def __init__(
        self,
        case: Case,
        open: Collection[str] | None = None,  # noqa: A002 - the field's word for undecided sessions
        fixed: Mapping[str, Session] | None = None,
        *,
        mode: Mode = "plan",
        open_seats: bool = False,
        partial: bool = False,
        exempt: Collection[Instance] = (),
    ) -> None:
        super().__init__()
        self.case = case
        self.agenda = agenda_of(case)
        self.mode = mode
        self.open_seats = open_seats
        self.partial = partial
        self.exempt = frozenset(exempt)
        self.fixed = dict(fixed or {})
        opened = set(self.agenda.by_id) - set(self.fixed) if open is None else set(open)
        self.occurrences = tuple(o for o in self.agenda.occurrences if o.id in opened)
        self.windowed = len(self.occurrences) < len(self.agenda.occurrences)
        self.instances: dict[Instance, cp_model.IntVar] = {}
        self.costs: dict[int, list[tuple[int, Lit | cp_model.IntVar]]] = {}
        self.costs_of: dict[str, list[tuple[int, Lit | cp_model.IntVar]]] = {}
        self.asked_about: dict[str, set[str]] = {}
        self.missing: list[tuple[int, cp_model.LinearExprT]] = []
        self.exceptions: list[tuple[int, cp_model.LinearExprT]] = []
        self._held: dict[str, Lit] = {}
        self._start: dict[tuple[str, dt.datetime], Lit] = {}
        self._site: dict[tuple[str, str], Lit] = {}
        self._room: dict[tuple[str, str, str], Lit] = {}
        self._line: dict[tuple[str, str, str], Lit] = {}
        self._seat: dict[tuple[str, str, str, str], Lit] = {}
        self._places: dict[str, list[Place]] = {}
        self._touched: dict[str, None] = {}
        self._begins: dict[str, cp_model.LinearExprT] = {}
        self._posting: Rule | None = None
        for occurrence in self.occurrences:
            self._lay_out(occurrence)
        for session in self.fixed.values():
            self._lay_down(session)

    # What can be decided.

    def _lay_out(self, occurrence: Occurrence) -> None:
        held = self._held[occurrence.id] = self._takes_place(occurrence)
        self._choose(held, self._start, [(occurrence.id, start) for start in occurrence.starts])
        self._choose(held, self._site, [(occurrence.id, site) for site in occurrence.sites])
        for part in occurrence.parts:
            if part.needs_room:
                self._choose(held, self._room, [(occurrence.id, part.id, room) for room in part.rooms])
                self._rooms_at_site(occurrence, part)
            if part.lines:
                self._choose(held, self._line, [(occurrence.id, part.id, line) for line in part.lines])
            for seats in part.seats:
                self._lay_out_seats(occurrence, part, seats, held)

    def _takes_place(self, occurrence: Occurrence) -> Lit:
        """Decide whether a session takes place; a must can fail only where that is to be counted or explained.

        In a window it is a literal all the same: what is true there is what is fixed.
        """
        instance = Instance(TAKES_PLACE, (occurrence.id,))
        exempt = instance in self.exempt
        certain = occurrence.must and self.mode == "plan" and not self.open_seats and not exempt
        if certain and not self.windowed:
            return True
        held = self.model.new_bool_var(f"held {occurrence.id}")
        if certain:
            self._clause([held])
            return held
        if occurrence.must and self.mode == "explain":
            self.model.add_implication(self._instance(instance), held)
        elif occurrence.must:
            whole = 1 + sum(seats.role.least for part in occurrence.parts for seats in part.seats)
            (self.exceptions if exempt else self.missing).append((whole, 1 - held))
        return held

    def _choose(self, held: Lit, into: dict[tuple, Lit], keys: Sequence[tuple]) -> None:  # type: ignore[type-arg]  # keys of several decisions
        """Make one decision out of `keys`: exactly one where the session is held, none where it is not."""
        if len(keys) == 1:
            into[keys[0]] = held
            return
        for key in keys:
            into[key] = self.model.new_bool_var(" ".join(str(step) for step in key))
        self.model.add(cp_model.LinearExpr.sum([into[key] for key in keys]) == held)

    def _rooms_at_site(self, occurrence: Occurrence, part: PartFrame) -> None:
        if len(occurrence.sites) == 1:
            return
        for room in part.rooms:
            site = self._site[occurrence.id, self.case.room[room].site]
            self._clause([opposite(self._room[occurrence.id, part.id, room]), site])

    def _lay_out_seats(self, occurrence: Occurrence, part: PartFrame, seats: Seats, held: Lit) -> None:
        lits: list[cp_model.IntVar] = []
        for who in seats.candidates:
            lit = self.model.new_bool_var(f"{occurrence.id} {part.id} {seats.name} {who}")
            self._seat[occurrence.id, part.id, seats.name, who] = lit
            self._places.setdefault(who, []).append(Place(occurrence, part, seats.name, lit))
            self._touched[who] = None
            lits.append(lit)
            if held is not True:
                self.model.add_implication(lit, held)
        taken = cp_model.LinearExpr.sum(lits)
        least, most = seats.role.least, seats.role.most
        if most < len(lits):
            self.model.add(taken <= most)
        instance = Instance(LEAST, (occurrence.id, part.id, seats.name))
        if self.open_seats or instance in self.exempt:
            lack = self.model.new_int_var(0, least, "lack")
            self.model.add(taken + lack >= least * held)
            (self.missing if self.open_seats else self.exceptions).append((1, lack))
        elif self.mode == "explain":
            enforced = [self._instance(instance)]
            self.model.add(taken >= least).only_enforce_if([*enforced, *([] if held is True else [held])])
        elif least:
            self.model.add(taken >= least * held)

    def _lay_down(self, session: Session) -> None:
        """State what is fixed, as far as the case still knows it."""
        occurrence = self.agenda.by_id[session.id]
        self._held[session.id] = True
        self._start[session.id, session.start.astimezone(self.case.zone)] = True
        self._site[session.id, session.site] = True
        for part in (part for part in session.parts if part.id in occurrence.part):
            if part.room is not None:
                self._room[session.id, part.id, part.room] = True
            if part.line is not None:
                self._line[session.id, part.id, part.line] = True
            for role, seated in part.roles.items():
                for who in seated:
                    self._seat[session.id, part.id, role, who] = True
                    place = Place(occurrence, occurrence.part[part.id], role, taken=True)
                    self._places.setdefault(who, []).append(place)

    def _instance(self, instance: Instance) -> cp_model.IntVar:
        if instance not in self.instances:
            self.instances[instance] = self.model.new_bool_var(f"{instance.demand} {' '.join(instance.about)}")
        return self.instances[instance]

    def rule_out(self, lit: Lit) -> None:
        """State once and for all that a decision is not taken, whatever the rules say."""
        if isinstance(lit, bool):
            if lit:
                self._clause([])
            return
        self._dropped.add(lit.index)
        self.model.add(lit == 0)

    # Queries.

    def is_open(self, occurrence: Occurrence) -> bool:
        """Tell whether anything about the occurrence is still to be decided here."""
        return occurrence.id in self._held and occurrence.id not in self.fixed

    def asks(self, foreseen: Iterable[Occurrence]) -> bool:
        """Tell whether what sessions lack together is still asked for: not where all of them are over or fixed.

        On the board of all sessions it is, whatever is foreseen.
        """
        return not self.windowed or any(self.is_open(occurrence) for occurrence in foreseen)

    def held(self, occurrence: Occurrence) -> Lit:
        """Whether the session takes place."""
        return self._lit(self._held.get(occurrence.id, False))

    def start(self, occurrence: Occurrence, start: dt.datetime) -> Lit:
        """Whether the session takes place and starts at `start`."""
        return self._lit(self._start.get((occurrence.id, start), False))

    def starts(self, occurrence: Occurrence) -> tuple[dt.datetime, ...]:
        """The starts that the session can have: candidates where it is open, the one it has where it is fixed."""
        if occurrence.id in self.fixed:
            return (self.fixed[occurrence.id].start.astimezone(self.case.zone),)
        return occurrence.starts

    def sites(self, occurrence: Occurrence) -> tuple[str, ...]:
        """The sites that the session can have: candidates where it is open, the one it has where it is fixed."""
        if occurrence.id in self.fixed:
            return (self.fixed[occurrence.id].site,)
        return occurrence.sites

    def site(self, occurrence: Occurrence, site: str) -> Lit:
        """Whether the session takes place at `site`."""
        return self._lit(self._site.get((occurrence.id, site), False))

    def room(self, occurrence: Occurrence, part: PartFrame, room: str) -> Lit:
        """Whether the part takes place in `room`."""
        return self._lit(self._room.get((occurrence.id, part.id, room), False))

    def line(self, occurrence: Occurrence, part: PartFrame, line: str) -> Lit:
        """Whether the part serves `line`."""
        return self._lit(self._line.get((occurrence.id, part.id, line), False))

    def seat(self, occurrence: Occurrence, part: PartFrame, role: str, who: str) -> Lit:
        """Whether `who` sits in `role` of the part."""
        return self._lit(self._seat.get((occurrence.id, part.id, role, who), False))

    # Reading and writing whole plans.

    def decisions(self) -> Iterator[tuple[tuple[str, ...], cp_model.IntVar]]:
        """Yield every open decision with its name: (what, session, …)."""
        tables = (
            ("held", {(key,): lit for key, lit in self._held.items()}),
            ("start", {(s, t.isoformat()): lit for (s, t), lit in self._start.items()}),
            ("site", self._site),
            ("room", self._room),
            ("line", self._line),
            ("seat", self._seat),
        )
        for what, table in tables:
            for key, lit in table.items():
                if isinstance(lit, cp_model.IntVar):
                    yield (what, *key), lit

    def values(self, sessions: Mapping[str, Session]) -> Iterator[tuple[cp_model.IntVar, bool]]:
        """Yield the value that each open decision has in a plan."""
        chosen: set[tuple[str, ...]] = set()
        for session in sessions.values():
            chosen |= {("held", session.id), ("site", session.id, session.site)}
            chosen.add(("start", session.id, session.start.astimezone(self.case.zone).isoformat()))
            for part in session.parts:
                chosen.add(("room", session.id, part.id, part.room or ""))
                chosen.add(("line", session.id, part.id, part.line or ""))
                chosen |= {("seat", session.id, part.id, r, who) for r, seated in part.roles.items() for who in seated}
        for lit, names in self._named:
            yield lit, not chosen.isdisjoint(names)

    @cached_property
    def _named(self) -> list[tuple[cp_model.IntVar, list[tuple[str, ...]]]]:
        """Every literal that decides something, with the names of all that it decides; laid out once and for all."""
        named: dict[int, tuple[cp_model.IntVar, list[tuple[str, ...]]]] = {}
        for name, lit in self.decisions():
            named.setdefault(lit.index, (lit, []))[1].append(name)
        return list(named.values())
