"""What a certificate proves, computed anew from case and rules in whole numbers, without any solver.

Let any plan be given. Every turn in a seat earns the seat's price, and every use of a room pays the room's. What all
turns earn is at least what the seats pay: each seat's price times the turns that it needs (or, where the price is below
nothing, that it can have). So the plan costs at least what the seats pay and, for each resource, what the cheapest of
its own schedules comes to: the terms of `constraints.separable`, less what it earns. Rooms likewise. Resources that no
priced seat connects are rounded up apart: each group's costs are whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from constraints.quick import Facts
from constraints.rules.no_overlap import NoOverlap
from constraints.separable import Close, Counted, Each, InRoom
from rota.agenda import agenda_of

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.certificate import PriorityCertificate

MOST_STATES = 100_000
"""Of a schedule with more states at a moment, fewer terms are looked at: that proves less, and never too much."""
REACH = 10
"""So many rounds back, at the most, turns are remembered, several of one round as one: that proves less, too."""

Where = tuple[str, str, str]
"""A session, a part and a role."""
Moment = tuple[object, ...]


class _Seat(NamedTuple):
    """A seat that one resource could take: where and when, what it earns, and what it costs by itself."""

    where: Where
    moment: Moment
    earns: int


class _Priced(NamedTuple):
    """A term and its weight in millionths; None where it must come to nothing."""

    term: Counted | Close
    weight: int | None

    def counts(self, where: Where) -> bool:
        """Tell whether a turn there counts for the term."""
        about = self.term.sessions if isinstance(self.term, Counted) else self.term.rounds
        return where[0] in about and self.term.role in {"", where[2]}

    def cost(self, amount: int) -> int | None:
        """Return what an amount costs; None where it cannot be."""
        if self.weight is None:
            return None if amount else 0
        return amount * self.weight


def proved(case: Case, rules: Sequence[Rule], proof: PriorityCertificate, scale: int) -> int:
    """Return the bound that prices prove at their priority, for every plan whose seats are all filled."""
    return _Proof(case, rules, proof, scale).bound()


class _Proof:
    """One certificate, and what rules say at its priority."""

    def __init__(self, case: Case, rules: Sequence[Rule], proof: PriorityCertificate, scale: int) -> None:
        self.case, self.scale = case, scale
        self.occurrences = agenda_of(case).occurrences
        self.facts = Facts(case, rules)
        self.apart = any(isinstance(rule, NoOverlap) and rule.required for rule in rules)
        self.prices = {(row.session, row.part, row.role): row.price for row in proof.seats}
        self.room_prices = {(row.start, row.end, row.room): row.price for row in proof.rooms}
        self.terms: dict[str, list[_Priced]] = defaultdict(list)
        self.each: dict[str, list[tuple[Each, int]]] = defaultdict(list)
        self.in_room: dict[tuple[str, str], list[tuple[Mapping[str, int], int]]] = defaultdict(list)
        for rule in rules:
            if rule.required or rule.priority == proof.priority:
                self._hear(rule)

    def _hear(self, rule: Rule) -> None:
        weight = rule.weight * self.scale
        for term in rule.separable(self.case):
            if isinstance(term, Counted | Close):
                self.terms[term.who].append(_Priced(term, None if rule.required else weight))
            elif isinstance(term, Each) and not rule.required:
                self.each[term.who].append((term, weight))
            elif isinstance(term, InRoom) and not rule.required:
                self.in_room[term.session, term.part].append((term.amounts, weight))

    def bound(self) -> int:
        """Add up what seats pay, the cheapest schedules and the rooms."""
        total: dict[str, int] = defaultdict(int)
        groups, seats = self._groups()
        for where, (paid, who) in self._paid().items():
            if self.prices.get(where):
                total[groups[who]] += paid
        for who in self.case.resources:
            total[groups[who]] += self._cheapest(who, seats[who])
        return sum(max(0, self._whole(cost)) for cost in (*total.values(), *self._rooms()))

    def _whole(self, cost: int) -> int:
        return -(-cost // self.scale)

    def _places(self) -> Iterator[tuple[Occurrence, Where, int, int, list[str]]]:
        """Yield all seats: how many turns they need and can have, and who could take one."""
        for occurrence in self.occurrences:
            for part in occurrence.parts:
                for seats in part.seats:
                    able = [
                        who
                        for who in seats.candidates
                        if any(self.facts.able(who, part, seats, occurrence, start) for start in occurrence.starts)
                    ]
                    least = seats.role.least if occurrence.must else 0
                    yield occurrence, (occurrence.id, part.id, seats.name), least, seats.role.most, able

    def _paid(self) -> dict[Where, tuple[int, str]]:
        """Return what the turns in priced seats earn altogether at the least, and one of those who could take them."""
        found = {}
        for _, where, least, most, able in self._places():
            price = self.prices.get(where, 0)
            if able:
                found[where] = (price * (least if price >= 0 else most), able[0])
        return found

    def _groups(self) -> tuple[dict[str, str], dict[str, list[_Seat]]]:
        """Put together who is connected by priced seats; return each one's group and possible seats."""
        group = {who: who for who in self.case.resources}
        seats: dict[str, list[_Seat]] = defaultdict(list)
        for occurrence, where, _, _, able in self._places():
            price = self.prices.get(where, 0)
            joined = {group[who] for who in able} if price else set()
            if len(joined) > 1:
                name = min(joined)
                group = {who: name if of in joined else of for who, of in group.items()}
            for who in able:
                seats[who].append(_Seat(where, self._moment(occurrence), price - self._alone(who, where)))
        return group, seats

    def _moment(self, occurrence: Occurrence) -> Moment:
        """Return when a session is held: what is equal certainly lies at the same time."""
        if len(occurrence.starts) != 1:
            return (occurrence.nominal, occurrence.id)
        return (occurrence.nominal, occurrence.starts[0].isoformat(), occurrence.until.isoformat())

    def _exclusive(self, who: str) -> bool:
        return self.apart and self.case.resources[who].parallel == 1

    def _alone(self, who: str, where: Where) -> int:
        """Return what a turn costs by itself; of who sits in several seats of a session at once, nothing is said."""
        if not self._exclusive(who):
            return 0
        terms = ((t, w) for t, w in self.each.get(who, ()) if t.role in {"", where[2]})
        return sum(term.amounts.get(where[0], 0) * weight for term, weight in terms)

    # The cheapest schedule of one resource.

    def _cheapest(self, who: str, seats: Sequence[_Seat]) -> int:
        """Return the least that a schedule costs less what it earns; 0 where the terms allow of none."""
        if not self._exclusive(who):
            return -sum(max(0, seat.earns) for seat in seats)
        terms = sorted(self.terms.get(who, ()), key=lambda priced: priced.weight is None)
        while True:
            found = _Schedules(terms, seats).least()
            if found is not None:
                return found
            terms.pop()

    # Rooms.

    def _rooms(self) -> Iterator[int]:
        """Yield the least that the parts of each moment pay for rooms, less what all rooms can take."""
        paid: dict[object, int] = defaultdict(int)
        used: dict[object, dict[str, int]] = defaultdict(dict)
        for occurrence in self.occurrences:
            for part in occurrence.parts:
                if not occurrence.must or not part.needs_room:
                    continue
                when = (occurrence.starts[0], occurrence.until) if self.apart and len(occurrence.starts) == 1 else None
                priced = {r: self.room_prices.get((*when, r), 0) if when else 0 for r in part.rooms}
                costs = [
                    priced[room] + sum(w * amounts.get(room, 0) for amounts, w in self.in_room[occurrence.id, part.id])
                    for room in part.rooms
                    if self._fits(room, occurrence, part.id)
                ]
                key: object = when or (occurrence.id, part.id)
                paid[key] += min(costs, default=0)
                used[key] |= priced
        for key, cost in paid.items():
            yield cost - sum(price * self.case.room[room].parallel for room, price in used[key].items())

    def _fits(self, room: str, occurrence: Occurrence, part: str) -> bool:
        frame = occurrence.part[part]
        return any(
            self.facts.fits(room, frame, self.facts.sites(occurrence, start), start, occurrence.end_of(start))
            for start in occurrence.starts
        )


Held = int | tuple[int, ...]
"""What a term remembers: a number of turns, or the rounds of the latest ones."""
State = tuple[Held, ...]


class _Schedules:
    """All schedules of one resource that takes at most one seat at a moment."""

    def __init__(self, terms: Sequence[_Priced], seats: Sequence[_Seat]) -> None:
        self.terms = terms
        self.moments: dict[Moment, list[_Seat]] = defaultdict(list)
        for seat in sorted(seats, key=lambda seat: seat.moment[0]):  # type: ignore[arg-type, return-value]  # moments in time
            self.moments[seat.moment].append(seat)
        self.last = [max((n for n, m in enumerate(self.moments) if self._asks(t, m)), default=-1) for t in terms]

    def _asks(self, priced: _Priced, moment: Moment) -> bool:
        return any(priced.counts(seat.where) for seat in self.moments[moment])

    def least(self) -> int | None:
        """Return the least cost; None where there are too many states to look at."""
        found: dict[State, int] = {tuple(0 if isinstance(t.term, Counted) else t.term.before for t in self.terms): 0}
        found = self._forget(found, -1)
        for number, seats in enumerate(self.moments.values()):
            kinds: dict[tuple[bool, ...], _Seat] = {}
            for seat in sorted(seats, key=lambda seat: seat.earns):
                kinds[tuple(priced.counts(seat.where) for priced in self.terms)] = seat
            found = self._up_to(found, kinds)
            after = dict(found)
            for counts, seat in kinds.items():
                self._take(found, after, counts, seat)
            found = self._forget(after, number)
            if len(found) > MOST_STATES:
                return None
        return min(found.values(), default=0)

    def _up_to(self, found: Mapping[State, int], kinds: Mapping[tuple[bool, ...], _Seat]) -> dict[State, int]:
        """Forget the rounds that lie too far back from this moment to count."""
        since: dict[int, int] = {}
        for k, priced in enumerate(self.terms):
            if isinstance(priced.term, Close):
                asked = [seat.where[0] for counts, seat in kinds.items() if counts[k]]
                if asked:
                    since[k] = priced.term.rounds[asked[0]] - min(len(priced.term.amounts), REACH)
        after: dict[State, int] = {}
        for state, cost in found.items():
            left = list(state)
            for k, before in since.items():
                left[k] = tuple(r for r in _rounds(state[k]) if r > before)
            _keep(after, tuple(left), cost)
        return after

    def _take(self, found: Mapping[State, int], after: dict[State, int], counts: tuple[bool, ...], seat: _Seat) -> None:
        """Enter into every state a turn in a seat that counts for some of the terms."""
        asked = [k for k, counted in enumerate(counts) if counted]
        for state, cost in found.items():
            total, taken = cost - seat.earns, list(state)
            for k in asked:
                taken[k], more = _with_turn(self.terms[k], state[k], seat.where[0])
                if more is None:
                    break
                total += more
            else:
                _keep(after, tuple(taken), total)

    def _forget(self, found: Mapping[State, int], number: int) -> dict[State, int]:
        """Charge numbers of turns that are complete, and forget what no later moment asks for."""
        complete = [k for k, last in enumerate(self.last) if last == number]
        if not complete:
            return dict(found)
        after: dict[State, int] = {}
        for state, cost in found.items():
            charged = [self._charged(k, state[k]) for k in complete]
            if any(each is None for each in charged):
                continue
            total = cost + sum(each or 0 for each in charged)
            left = tuple(0 if k in complete else held for k, held in enumerate(state))
            _keep(after, left, total)
        return after

    def _charged(self, k: int, held: Held) -> int | None:
        priced = self.terms[k]
        if isinstance(priced.term, Counted) and isinstance(held, int):
            return priced.cost(priced.term.amount(held))
        return 0


def _with_turn(priced: _Priced, held: Held, session: str) -> tuple[Held, int | None]:
    """Enter one more turn into what a term holds, and return what it costs."""
    if isinstance(held, int) or isinstance(priced.term, Counted):
        return (held + 1 if isinstance(held, int) else held), 0
    at, amounts = priced.term.rounds[session], priced.term.amounts
    near = [before for before in held if abs(at - before) < len(amounts)]
    return tuple(dict.fromkeys((*near, at))), priced.cost(sum(amounts[abs(at - before)] for before in near))


def _rounds(held: Held) -> tuple[int, ...]:
    return held if isinstance(held, tuple) else ()


def _keep(states: dict[State, int], state: State, cost: int) -> None:
    if cost < states.get(state, cost + 1):
        states[state] = cost
