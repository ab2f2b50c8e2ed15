"""Decisions: what a session is, whatever the rules say - when and where it is held, and who sits in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from ortools.sat.python import cp_model

from constraints.board.given import Beside, Given, Place, RoomUse
from constraints.board.literals import Lit, Literals, opposite
from constraints.instances import Instance
from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

Mode = Literal["plan", "explain"]


class Decisions(Literals):
    """All decisions about the open sessions, with the fixed ones as constants; `Board` says what the arguments mean."""

    def __init__(
        self,
        case: Case,
        open: Collection[str] | None = None,  # noqa: A002 - the field's word for undecided sessions
        fixed: Mapping[str, Session] | Given | None = None,
        *,
        narrowed: Mapping[str, Occurrence] | None = None,
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
        self.narrowed = narrowed or {}
        given = fixed if isinstance(fixed, Given) else Given(case, fixed or {})
        opened = set(self.agenda.by_id) - given.sessions.keys() if open is None else set(open)
        self.fixed = Beside(given, opened)
        self.occurrences = tuple(self.frame(o) for o in self.agenda.in_order(opened))
        self.windowed = len(self.occurrences) < len(self.agenda.occurrences)
        self.instances: dict[Instance, cp_model.IntVar] = {}
        self.costs: dict[int, list[tuple[int, Lit | cp_model.IntVar]]] = {}
        self.costs_of: dict[str, list[tuple[int, Lit | cp_model.IntVar]]] = {}
        self.asked_about: dict[str, set[str]] = {}
        self.missing: list[tuple[int, Lit | cp_model.IntVar]] = []
        self.exceptions: list[tuple[int, Lit | cp_model.IntVar]] = []
        self._held: dict[str, Lit] = {}
        self._start: dict[tuple[str, dt.datetime], Lit] = {}
        self._site: dict[tuple[str, str], Lit] = {}
        self._room: dict[tuple[str, str, str], Lit] = {}
        self._line: dict[tuple[str, str, str], Lit] = {}
        self._seat: dict[tuple[str, str, str, str], Lit] = {}
        self._places: dict[str, list[Place]] = {}
        self._uses: dict[str, list[RoomUse]] = {}
        self._worked_out: dict[str, tuple[int, list[Place]]] = {}
        self._touched: dict[str, None] = {}
        self._begins: dict[str, cp_model.LinearExprT] = {}
        self._posting: Rule | None = None
        for occurrence in self.occurrences:
            self._lay_out(occurrence)

    # What can be decided.

    def _lay_out(self, occurrence: Occurrence) -> None:
        held = self._held[occurrence.id] = self._takes_place(occurrence)
        self._choose(held, self._start, [(occurrence.id, start) for start in occurrence.starts])
        self._choose(held, self._site, [(occurrence.id, site) for site in occurrence.sites])
        for part in occurrence.parts:
            if part.needs_room:
                self._choose(held, self._room, [(occurrence.id, part.id, room) for room in part.rooms])
                for room in part.rooms:
                    use = RoomUse(occurrence, part, self._room[occurrence.id, part.id, room])
                    self._uses.setdefault(room, []).append(use)
                self._rooms_at_site(occurrence, part)
            if part.lines:
                self._choose(held, self._line, [(occurrence.id, part.id, line) for line in part.lines])
            for seats in part.seats:
                self._lay_out_seats(occurrence, part, seats, held)

    def _takes_place(self, occurrence: Occurrence) -> Lit:
        """Decide whether a session takes place; a must can fail only where that is to be counted or explained.

        In a window it is a literal all the same, where all of the session is open: what is true there is what is fixed.
        """
        instance = Instance(TAKES_PLACE, (occurrence.id,))
        exempt = instance in self.exempt
        certain = occurrence.must and self.mode == "plan" and not self.open_seats and not exempt
        if certain and (not self.windowed or occurrence.id in self.narrowed):
            return True
        held = self.model.new_bool_var(f"held {occurrence.id}")
        if certain:
            self._clause([held])
            return held
        if occurrence.must and self.mode == "explain":
            self.model.add_implication(self._instance(instance), held)
        elif occurrence.must:
            whole = 1 + sum(seats.role.least for part in occurrence.parts for seats in part.seats)
            (self.exceptions if exempt else self.missing).append((whole, opposite(held)))
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
        settled = occurrence.id in self.narrowed and not self.open_seats
        if settled and len(seats.candidates) == seats.role.least:
            is_certain = held is True and len(occurrence.starts) == len(occurrence.sites) == 1
            for who in seats.candidates:  # nobody else is left
                if not is_certain:
                    self._touched[who] = None
                self._seat[occurrence.id, part.id, seats.name, who] = held
                self._places.setdefault(who, []).append(Place(occurrence, part, seats.name, held))
            return
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

    def frame(self, occurrence: Occurrence) -> Occurrence:
        """Return what the session is here, where less is open than the case leaves open."""
        return self.narrowed.get(occurrence.id, occurrence)

    def is_open(self, occurrence: Occurrence) -> bool:
        """Tell whether anything about the occurrence is still to be decided here."""
        return occurrence.id in self._held

    def asks(self, foreseen: Iterable[Occurrence]) -> bool:
        """Tell whether what sessions lack together is still asked for: not where all of them are over or fixed.

        On the board of all sessions it is, whatever is foreseen.
        """
        return not self.windowed or any(self.is_open(occurrence) for occurrence in foreseen)

    def held(self, occurrence: Occurrence) -> Lit:
        """Whether the session takes place."""
        return self._said(self._held.get(occurrence.id), occurrence, "held")

    def start(self, occurrence: Occurrence, start: dt.datetime) -> Lit:
        """Whether the session takes place and starts at `start`."""
        return self._said(self._start.get((occurrence.id, start)), occurrence, "start", start)

    def starts(self, occurrence: Occurrence) -> tuple[dt.datetime, ...]:
        """The starts that the session can have: candidates where it is open, the one it has where it is fixed."""
        if occurrence.id in self.fixed:
            return self.fixed.starts(occurrence.id)
        return self.frame(occurrence).starts

    def sites(self, occurrence: Occurrence) -> tuple[str, ...]:
        """The sites that the session can have: candidates where it is open, the one it has where it is fixed."""
        if occurrence.id in self.fixed:
            return (self.fixed[occurrence.id].site,)
        return self.frame(occurrence).sites

    def site(self, occurrence: Occurrence, site: str) -> Lit:
        """Whether the session takes place at `site`."""
        return self._said(self._site.get((occurrence.id, site)), occurrence, "site", site)

    def room(self, occurrence: Occurrence, part: PartFrame, room: str) -> Lit:
        """Whether the part takes place in `room`."""
        return self._said(self._room.get((occurrence.id, part.id, room)), occurrence, "room", part.id, room)

    def line(self, occurrence: Occurrence, part: PartFrame, line: str) -> Lit:
        """Whether the part serves `line`."""
        return self._said(self._line.get((occurrence.id, part.id, line)), occurrence, "line", part.id, line)

    def seat(self, occurrence: Occurrence, part: PartFrame, role: str, who: str) -> Lit:
        """Whether `who` sits in `role` of the part."""
        return self._said(self._seat.get((occurrence.id, part.id, role, who)), occurrence, "seat", part.id, role, who)

    def rooms(self) -> dict[str, list[RoomUse]]:
        """Return the rooms of which a use is still to be decided, with all their uses in order of the nominal dates."""
        found = {}
        for room, uses in sorted(self._uses.items()):
            if any(self._is_undecided(use) for use in uses):
                known = [use._replace(made=self._lit(use.made)) for use in uses] + list(self.fixed.in_room(room))
                found[room] = sorted(known, key=lambda use: (use.occurrence.nominal, use.occurrence.id))
        return found

    def _is_undecided(self, use: RoomUse) -> bool:
        """Tell whether a room, or when it is used, is still to be decided."""
        settled = isinstance(use.made, bool) and len(use.occurrence.starts) <= 1
        return use.occurrence.id not in self.narrowed or not settled

    def _said(self, lit: Lit | None, occurrence: Occurrence, *what: object) -> Lit:
        """Return a decision of an open session, or what a fixed one says."""
        return self._lit(lit) if lit is not None else self.fixed.says(occurrence.id, what)

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
        for session in (sessions[id_] for id_ in self._held if id_ in sessions):
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
