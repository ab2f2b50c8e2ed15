"""The board: the decisions that rules speak about, as CP-SAT literals where they are open and constants where fixed."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Literal, NamedTuple

from ortools.sat.python import cp_model

from constraints.instances import Instance
from constraints.structure import LEAST, TAKES_PLACE
from rota.agenda import Occurrence, PartFrame, Seats, agenda_of
from rota.hours import minute_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

Unknown = cp_model.BoolVarT
"""A literal of the model: an open decision, what follows from some, or the opposite of one."""
Lit = Unknown | bool
"""A decision: a literal of the model where it is open, a constant where it is fixed."""

Bound = cp_model.BoundedLinearExpression | bool
"""A linear constraint; a constant where nothing in it is open."""

Mode = Literal["plan", "explain"]


class Count(NamedTuple):
    """A number that follows from decisions: its value, and the least and the most that it can be."""

    value: cp_model.LinearExpr
    least: int
    most: int


Term = tuple[Lit | Count, int]
"""A decision, or a number that follows from some, with its coefficient."""


class Turn(NamedTuple):
    """One resource's possible turn in one occurrence: whether it serves there."""

    occurrence: Occurrence
    serves: Lit


@dataclass(frozen=True, eq=False)
class Stay:
    """One way in which a resource could serve, or serves: in which occurrence, from when to when, at which site.

    Whether it is `taken` becomes a literal of the model only once somebody asks.
    """

    occurrence: Occurrence
    start: dt.datetime
    end: dt.datetime
    site: str
    asked: Callable[[], Lit] = field(repr=False)

    @cached_property
    def taken(self) -> Lit:
        """Whether the resource serves so."""
        return self.asked()


class Visit(NamedTuple):
    """A site at which a resource could take a turn, or takes one."""

    occurrence: Occurrence
    site: str
    made: Lit


class Place(NamedTuple):
    """A seat that one resource could take, or takes: in which role of which part of which occurrence."""

    occurrence: Occurrence
    part: PartFrame
    role: str
    taken: Lit


class Board:
    """All decisions about the sessions `open`, with the sessions of `fixed` as constants.

    Sessions that are neither open nor fixed do not take place. In `explain` mode every required demand is enforced
    under the literal of its instance (`instances`); otherwise it simply holds, and candidates that facts forbid are
    dropped. `open_seats` lets seats and whole sessions stay empty, at a cost in `missing`. `partial` is for building a
    plan up bit by bit: required minima become wishes, also counted in `missing`. What is required under an instance in
    `exempt` may be broken, at a cost in `exceptions`. Costs are kept by priority and by rule; `asked_about` tells about
    whose places each rule asked.
    """

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
        self.case = case
        self.agenda = agenda_of(case)
        self.model = cp_model.CpModel()
        self.mode = mode
        self.open_seats = open_seats
        self.partial = partial
        self.exempt = frozenset(exempt)
        self.fixed = dict(fixed or {})
        opened = set(self.agenda.by_id) - set(self.fixed) if open is None else set(open)
        self.occurrences = tuple(o for o in self.agenda.occurrences if o.id in opened)
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
        self._dropped: set[int] = set()
        self._never: set[tuple[int, int]] = set()
        self._members: dict[int, tuple[int, ...]] = {}
        self._any: dict[tuple[int, ...], Lit] = {}
        self._all: dict[tuple[int, ...], Lit] = {}
        self._begins: dict[str, cp_model.LinearExprT] = {}
        self._posting: Rule | None = None
        for occurrence in self.occurrences:
            self._lay_out(occurrence)
        for session in self.fixed.values():
            self._lay_down(session)

    # Structure: what a session is, whatever the rules say.

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
        """Decide whether a session takes place; a must can fail only where that is to be counted or explained."""
        instance = Instance(TAKES_PLACE, (occurrence.id,))
        exempt = instance in self.exempt
        if occurrence.must and self.mode == "plan" and not self.open_seats and not exempt:
            return True
        held = self.model.new_bool_var(f"held {occurrence.id}")
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
            self._clause([_not(self._room[occurrence.id, part.id, room]), site])

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
        occurrence = self.agenda.by_id[session.id]
        self._held[session.id] = True
        self._start[session.id, session.start.astimezone(self.case.zone)] = True
        self._site[session.id, session.site] = True
        for part in session.parts:
            if part.room is not None:
                self._room[session.id, part.id, part.room] = True
            if part.line is not None:
                self._line[session.id, part.id, part.line] = True
            for role, seated in part.roles.items():
                for who in seated:
                    self._seat[session.id, part.id, role, who] = True
                    place = Place(occurrence, occurrence.part[part.id], role, taken=True)
                    self._places.setdefault(who, []).append(place)

    # Queries: decisions.

    def is_open(self, occurrence: Occurrence) -> bool:
        """Tell whether anything about the occurrence is still to be decided here."""
        return occurrence.id in self._held and occurrence.id not in self.fixed

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

    # Queries: what follows from decisions.

    def touched(self) -> tuple[str, ...]:
        """Return the resources about which anything is still to be decided, in the order of the case's tables."""
        return tuple(who for who in self.case.resources if who in self._touched)

    def places(self, who: str) -> list[Place]:
        """Return the seats that `who` could take or takes, in order of the nominal dates."""
        if self._posting is not None:
            self.asked_about.setdefault(self._posting.id, set()).add(who)
        found = [place._replace(taken=self._lit(place.taken)) for place in self._places.get(who, ())]
        return sorted((p for p in found if p.taken is not False), key=lambda p: (p.occurrence.nominal, p.occurrence.id))

    def turns(self, who: str, role: str = "") -> list[Turn]:
        """Return the possible turns of `who`, in `role` or in any, in order of the nominal dates."""
        by_session: dict[str, tuple[Occurrence, list[Lit]]] = {}
        for place in self.places(who):
            if not role or place.role == role:
                by_session.setdefault(place.occurrence.id, (place.occurrence, []))[1].append(place.taken)
        return [Turn(occurrence, self.any_of(lits)) for occurrence, lits in by_session.values()]

    def stays(self, who: str, role: str = "") -> list[Stay]:
        """Return the ways in which `who` could take a turn, in order of the nominal dates: each start at each site."""
        return [
            Stay(occurrence, start, occurrence.end_of(start), site, partial(self.all_of, decisions))
            for occurrence, serves in self.turns(who, role)
            for start in self.starts(occurrence)
            for site in self.sites(occurrence)
            if self._can_all(decisions := self._serving_at(occurrence, serves, start, site))
        ]

    def visits(self, who: str, role: str = "") -> list[Visit]:
        """Return the sites at which `who` could take a turn, in order of the nominal dates."""
        return [
            Visit(occurrence, site, made)
            for occurrence, serves in self.turns(who, role)
            for site in self.sites(occurrence)
            if (made := self.all_of(self._serving_at(occurrence, serves, None, site))) is not False
        ]

    def _serving_at(
        self, occurrence: Occurrence, serves: Lit, start: dt.datetime | None, site: str
    ) -> tuple[Lit, Lit, Lit]:
        """Return what makes somebody serve at this start (any, where none is given) and site.

        Where there is but one, serving says it all.
        """
        moment = self.start(occurrence, start) if start and len(self.starts(occurrence)) > 1 else True
        place = self.site(occurrence, site) if len(self.sites(occurrence)) > 1 else True
        return serves, moment, place

    def starts_in(self, occurrence: Occurrence, starts: Collection[dt.datetime]) -> Lit:
        """Whether the session takes place and starts at one of `starts`."""
        mine = self.starts(occurrence)
        chosen = [start for start in mine if start in starts]
        if len(chosen) == len(mine):
            return self.held(occurrence)
        return self._one_of([self.start(occurrence, start) for start in chosen])

    def serves_in(self, turn: Turn, starts: Collection[dt.datetime]) -> Lit:
        """Whether the turn is taken at one of `starts`; where the session has no others, serving says it all."""
        if all(start in starts for start in self.starts(turn.occurrence)):
            return turn.serves
        return self.all_of([turn.serves, self.starts_in(turn.occurrence, starts)])

    def negation(self, lit: Lit) -> Lit:
        """Return the opposite of a decision."""
        return _not(lit)

    def any_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when one of `lits` is."""
        known = list(lits)
        if any(lit is True for lit in known):
            return True
        unknown = _unknown(known)
        if not unknown:
            return False
        if len(unknown) == 1:
            return next(iter(unknown.values()))
        key = tuple(sorted(unknown))
        if key not in self._any:
            either = self.model.new_bool_var("any")
            self._members[either.index] = key
            self.model.add_bool_or([*unknown.values(), either.negated()])
            for lit in unknown.values():
                self.model.add_implication(lit, either)
            self._any[key] = either
        return self._any[key]

    def _one_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when one of `lits` is, of which no two can be.

        Said as a sum it is as tight as can be; `any_of` leaves fractions to the linear relaxation.
        """
        unknown = _unknown(lits)
        key = tuple(sorted(unknown))
        if len(unknown) > 1 and key not in self._any:
            one = self._any[key] = self.model.new_bool_var("one")
            self._members[one.index] = key
            self.model.add_exactly_one([*unknown.values(), one.negated()])
        return self.any_of(unknown.values())

    def all_of(self, lits: Iterable[Lit]) -> Lit:
        """Return a literal that is true exactly when all of `lits` are."""
        known = list(lits)
        if not self._can_all(known):
            return False
        unknown = _unknown(known)
        if not unknown:
            return True
        if len(unknown) == 1:
            return next(iter(unknown.values()))
        key = tuple(sorted(unknown))
        if key not in self._all:
            both = self.model.new_bool_var("all")
            self.model.add_bool_or([*(lit.negated() for lit in unknown.values()), both])
            for lit in unknown.values():
                self.model.add_implication(both, lit)
            self._all[key] = both
        return self._all[key]

    def _can_all(self, lits: Sequence[Lit]) -> bool:
        """Tell whether all of `lits` can be true, as far as facts have forbidden one of them, or two together."""
        if any(lit is False for lit in lits):
            return False
        return not any(pair in self._never for pair in combinations(sorted(_unknown(lits)), 2))

    def at_least(self, lits: Iterable[Lit], n: int) -> Lit:
        """Return a literal that is true exactly when `n` of `lits`, which differ, are, or more."""
        known = list(lits)
        n -= sum(lit is True for lit in known)
        unknown = list(_unknown(known).values())
        if n <= 0 or n > len(unknown):
            return n <= 0
        if n == 1:
            return self.any_of(unknown)
        enough = self.model.new_bool_var("enough")
        count = cp_model.LinearExpr.sum(unknown)
        self.model.add(count >= n).only_enforce_if(enough)
        self.model.add(count < n).only_enforce_if(enough.negated())
        return enough

    def count(self, terms: Iterable[Term]) -> Count:
        """Return the sum of coefficient x literal, or count, as a number that other sums may hold."""
        total, unknown = self._total(terms)
        if unknown <= 1:
            return total
        value = self.model.new_int_var(total.least, total.most, "count")
        self.model.add(value == total.value)
        return total._replace(value=value)

    def tally(self, dated: Iterable[tuple[dt.date, Lit]], days: Sequence[dt.date]) -> dict[dt.date, Count]:
        """Return for each of `days`, which are in order, how many of the dated decisions hold by its end."""
        lits: dict[dt.date, list[Term]] = {}
        for day, lit in dated:
            if day <= days[-1]:
                lits.setdefault(days[bisect_left(days, day)], []).append((lit, 1))
        running, counts = self.count([]), {}
        for day in days:
            if day in lits:
                running = self.count([(running, 1), *lits[day]])
            counts[day] = running
        return counts

    def greatest(self, counts: Iterable[Count]) -> Count:
        """Return the greatest of some counts."""
        known = list(counts)
        least, most = max(count.least for count in known), max(count.most for count in known)
        unknown = [count for count in known if count.most > least]
        if len(unknown) <= 1 and all(count.least == least for count in unknown):
            return unknown[0] if unknown else self.count([(True, least)])
        value = self.model.new_int_var(least, most, "greatest")
        self.model.add_max_equality(value, [least, *(count.value for count in unknown)])
        return Count(value, least, most)

    # Demands: what a rule may say.

    def post(self, rules: Iterable[Rule], before_each: Callable[[], None] = lambda: None) -> None:
        """Let rules speak; facts first, so that the candidates that they forbid are dropped for the others.

        `before_each` rule is called first; what it raises ends the posting, and the board is then of no use.
        """
        for rule in sorted(rules, key=lambda rule: not (rule.fact and rule.required)):
            before_each()
            self._posting = rule
            rule.post(self)
            self._posting = None

    def forbid(self, lits: Iterable[Lit], about: tuple[str, ...], amount: int = 1) -> None:
        """Demand that not all of `lits` are true; together they are a breach of size `amount`.

        Where all are fixed to true the breach stands: in a required rule the model has no solution.
        """
        known = list(lits)
        if any(lit is False for lit in known):
            return
        unknown = list(_unknown(known).values())
        rule = self._rule
        if not self._strict(about):
            self._charge_all(unknown, amount)
        elif self.mode == "explain":
            self._clause([*(lit.negated() for lit in unknown), self._instance(Instance(rule.id, about)).negated()])
        elif len(unknown) == 1:
            self._dropped.add(unknown[0].index)
            self.model.add(unknown[0] == 0)
        else:
            if len(unknown) == 2:  # noqa: PLR2004 - a pair
                self._never_both(*unknown)
            self._clause([lit.negated() for lit in unknown])

    def demand(self, lits: Iterable[Lit], about: tuple[str, ...], amount: int = 1) -> None:
        """Demand that one of `lits` is true; none is a breach of size `amount`."""
        self.between([(lit, 1) for lit in lits], 1, None, about, amount)

    def between(
        self,
        terms: Iterable[Term],
        least: int | None,
        most: int | None,
        about: tuple[str, ...],
        amount: int = 1,
    ) -> None:
        """Demand least <= sum of coefficient x literal or count <= most; each unit outside is a breach of `amount`."""
        (total, low, high), _ = self._total(terms)
        if least is not None and low < least:
            self._keep(total >= least, lambda slack: total + slack >= least, least - low, about, amount, minimum=True)
        if most is not None and high > most:
            self._keep(total <= most, lambda slack: total - slack <= most, high - most, about, amount)

    def at_once(self, uses: Iterable[tuple[Occurrence, Lit]], most: int, about: tuple[str, ...]) -> bool:
        """Demand that no more than `most` sessions run at once of those for which a decision holds, each for its own.

        Return whether that was said: it cannot be where sessions are fixed, where it may be broken at a price, and
        where it is to be explained.
        """
        taken = [(occurrence, lit) for occurrence, lit in uses if lit is not False]
        if self.mode == "explain" or not self._strict(about) or any(o.id in self.fixed for o, _ in taken):
            return False
        spans = [self._span(occurrence, lit) for occurrence, lit in taken]
        if most == 1:
            self.model.add_no_overlap(spans)
        else:
            self.model.add_cumulative(spans, [1] * len(spans), most)
        return True

    def spread(
        self, compared: Iterable[tuple[Sequence[Count], Sequence[Count]]], most: int, about: tuple[str, ...]
    ) -> cp_model.LinearExpr:
        """Demand that none of the first counts is more than `most` above any of the second, in each pair of groups.

        The greatest excess is the size of the breach, and returned; of what has to hold it is 0. Each group is held
        against one level, not count against count.
        """
        gaps = [
            (ahead.value - level.value, ahead.most - level.least - most)
            for first, second in compared
            for level in [self._at_most(second)]
            for ahead in first
            if ahead.most - level.least > most
        ]
        excess: cp_model.LinearExpr = cp_model.LinearExpr.constant(0)
        if gaps and not self._strict(about):
            excess = self.model.new_int_var(0, max(furthest for _, furthest in gaps), "excess")
            self._cost(1, excess)
        for gap, _ in gaps:
            self._enforce(gap - excess <= most, about)
        return excess

    def charge(
        self, terms: Iterable[Term], price: Callable[[int], int], about: tuple[str, ...]
    ) -> cp_model.LinearExprT:
        """Demand that price(n) is 0, where n is the sum of the terms; else it is the size of the breach.

        `price` must be convex and not negative. Returns n as an expression.
        """
        (total, low, high), _ = self._total(terms)
        count = self.model.new_int_var(low, high, "count")
        self.model.add(count == total)
        prices = [price(n) for n in range(low, high + 1)]
        if self._rule.required:
            free = [n for n, p in enumerate(prices, low) if p == 0]
            least, most = (free[0], free[-1]) if free else (high + 1, high)
            self._keep(count >= least, lambda slack: count + slack >= least, least - low, about, 1, minimum=True)
            self._keep(count <= most, lambda slack: count - slack <= most, high - most, about, 1)
        else:
            cost = self.model.new_int_var(min(prices), max(prices), "price")
            for n, (here, there) in enumerate(pairwise(prices), low):
                self.model.add(cost >= here + (there - here) * (count - n))
            self._cost(1, cost)
        return count

    def imply(self, terms: Iterable[tuple[cp_model.LinearExprT, int]], least: int | None, most: int | None) -> None:
        """State what follows anyway and helps the proof: least <= sum of coefficient x expression <= most."""
        total = sum(c * expression for expression, c in terms)
        if least is not None:
            self.model.add(total >= least)
        if most is not None:
            self.model.add(total <= most)

    # What demands come to in the model.

    def _span(self, occurrence: Occurrence, lit: Lit) -> cp_model.IntervalVar:
        """Return the minutes of a session, counted where the decision holds."""
        begins, minutes = self._begin(occurrence), occurrence.activity.minutes
        if lit is True:
            return self.model.new_fixed_size_interval_var(begins, minutes, occurrence.id)
        return self.model.new_optional_fixed_size_interval_var(begins, minutes, lit, occurrence.id)

    def _begin(self, occurrence: Occurrence) -> cp_model.LinearExprT:
        """Return the minute at which a session begins, where it takes place."""
        if occurrence.id not in self._begins:
            minutes = {start: minute_of(start) for start in occurrence.starts}
            first, last = min(minutes.values(), default=0), max(minutes.values(), default=0)
            begins: cp_model.LinearExprT = first
            if first < last:
                begins = self.model.new_int_var(first, last, f"{occurrence.id} begins")
                later = [(self.start(occurrence, start), minute - first) for start, minute in minutes.items()]
                self.model.add(begins == self._total(later)[0].value + first)
            self._begins[occurrence.id] = begins
        return self._begins[occurrence.id]

    @property
    def _rule(self) -> Rule:
        if self._posting is None:
            raise RuntimeError("demands are made while a rule is being posted")
        return self._posting

    def _total(self, terms: Iterable[Term]) -> tuple[Count, int]:
        """Return a sum, and of how many unknowns it is one."""
        constant, low, high = 0, 0, 0
        unknown: list[cp_model.LinearExpr] = []
        coefficients: list[int] = []
        for what, coefficient in terms:
            if isinstance(what, bool):
                constant += coefficient * what
                continue
            value, least, most = what if isinstance(what, Count) else (what, 0, 1)
            if least == most:
                constant += coefficient * least
                continue
            unknown.append(value)
            coefficients.append(coefficient)
            low += min(coefficient * least, coefficient * most)
            high += max(coefficient * least, coefficient * most)
        total = cp_model.LinearExpr.weighted_sum(unknown, coefficients) + constant
        return Count(total, constant + low, constant + high), len(unknown)

    def _at_most(self, counts: Sequence[Count]) -> Count:
        """Return a level that no count lies below; the highest such level is their least."""
        if len(counts) == 1:
            return counts[0]
        lowest, highest = min(count.least for count in counts), min(count.most for count in counts)
        if lowest == highest:
            return Count(cp_model.LinearExpr.constant(lowest), lowest, lowest)
        level = self.model.new_int_var(lowest, highest, "level")
        for count in counts:
            if count.least < highest:
                self.model.add(level <= count.value)
        return Count(level, lowest, highest)

    def _instance(self, instance: Instance) -> cp_model.IntVar:
        if instance not in self.instances:
            self.instances[instance] = self.model.new_bool_var(f"{instance.demand} {' '.join(instance.about)}")
        return self.instances[instance]

    def _keep(
        self,
        whole: Bound,
        with_slack: Callable[[cp_model.IntVar], Bound],
        furthest: int,
        about: tuple[str, ...],
        amount: int,
        *,
        minimum: bool = False,
    ) -> None:
        rule = self._rule
        soft = rule.required and minimum and self.partial
        if not self._strict(about) or soft:
            slack = self.model.new_int_var(0, furthest, "slack")
            self.model.add(with_slack(slack))
            if soft:
                self.missing.append((1, slack))
            else:
                self._cost(amount, slack)
        else:
            self._enforce(whole, about)

    def _enforce(self, whole: Bound, about: tuple[str, ...]) -> None:
        """State a constraint; where it is to be explained, one of a required rule holds under its instance only."""
        stated = self.model.add(whole)
        if self._rule.required and self.mode == "explain":
            stated.only_enforce_if(self._instance(Instance(self._rule.id, about)))

    def _charge_all(self, unknown: list[Unknown], amount: int) -> None:
        if len(unknown) == 1:
            self._cost(amount, unknown[0])
        elif not unknown:
            self._cost(amount, what=True)
        else:
            broken = self.model.new_bool_var("broken")
            self._clause([*(lit.negated() for lit in unknown), broken])
            self._cost(amount, broken)

    def _strict(self, about: tuple[str, ...]) -> bool:
        """Tell whether what the rule demands there has to hold."""
        return self._rule.required and Instance(self._rule.id, about) not in self.exempt

    def _cost(self, amount: int, what: Lit | cp_model.IntVar) -> None:
        if self._rule.required:
            self.exceptions.append((amount, what))
            return
        priced = (amount * self._rule.weight, what)
        self.costs.setdefault(self._rule.priority, []).append(priced)
        self.costs_of.setdefault(self._rule.id, []).append(priced)

    def _never_both(self, one: Unknown, other: Unknown) -> None:
        """Remember that two cannot hold together; nor can one with any of those of which the other is "one of them"."""
        members = [self._members.get(lit.index, (lit.index,)) for lit in (one, other)]
        self._never |= {(min(pair), max(pair)) for pair in product(*members)}

    def _clause(self, lits: Sequence[Lit]) -> None:
        self.model.add_bool_or(lits)

    def _lit(self, lit: Lit) -> Lit:
        if isinstance(lit, bool):
            return lit
        return False if lit.index in self._dropped else lit

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
        seen: dict[int, bool] = {}
        for name, lit in self.decisions():
            seen[lit.index] = seen.get(lit.index, False) or name in chosen
        yield from ((self.model.get_bool_var_from_proto_index(i), value) for i, value in seen.items())


def _not(lit: Lit) -> Lit:
    return (not lit) if isinstance(lit, bool) else lit.negated()


def _unknown(lits: Iterable[Lit]) -> dict[int, Unknown]:
    """Return the literals that are no constants, each once, by their index."""
    return {lit.index: lit for lit in lits if not isinstance(lit, bool)}
