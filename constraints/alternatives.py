"""Alternatives to one decision of a plan, all else staying as it is: what each would break, and what it would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from constraints.reverifying import Judged
from rota.agenda import agenda_of
from rota.demand import REQUIRED

if TYPE_CHECKING:
    import datetime as dt

    from constraints.breach import Breach
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import Plan, Session

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Effect:
    """What a change of a plan does: breaches of what must hold that it brings, and the costs that differ.

    `costs` are those of the changed plan, from the strongest priority on.
    """

    breaches: tuple[Breach, ...]
    by_priority: Mapping[int, int]
    by_rule: Mapping[str, int]
    costs: tuple[int, ...]

    @property
    def possible(self) -> bool:
        """Whether the change breaks nothing that must hold."""
        return not self.breaches

    def rank(self) -> tuple[int, tuple[int, ...]]:
        """Return what sorts the effects of changes of one plan: unbroken before broken, then by cost, as in solving."""
        return (len(self.breaches), self.costs)


@dataclass(frozen=True)
class Candidate:
    """Somebody who could take a seat: in the place of `instead`, or in exchange with them for another session."""

    who: str
    instead: str | None
    exchange: str | None
    effect: Effect
    changed: tuple[Session, ...] = ()
    """The sessions as they would be."""


@dataclass(frozen=True)
class OtherStart:
    """Another start that a session could have."""

    start: dt.datetime
    effect: Effect


class Alternatives:
    """Answers what one change of a plan does, by the verifier alone."""

    def __init__(self, case: Case, rules: Sequence[Rule], plan: Plan, judged: Judged | None = None) -> None:
        self.case, self.rules, self.plan = case, rules, plan
        self.judged = judged or Judged(case, rules, plan)
        self.before = self.judged.verdict
        self._known = {(b.rule, b.message.say("en")) for b in self.before.breaches}

    def effect(self, changed: Iterable[Session]) -> Effect:
        """Return what a plan comes to in which some sessions are replaced, or put in."""
        altered = self.judged.altered(changed)
        costs = dict.fromkeys(self.before.costs, 0) | {p: n for p, n in self.before.costs.items() if p == REQUIRED}
        for score in self.before.rules:
            costs[score.priority] += altered.costs[score.rule]
        return Effect(
            tuple(b for b in altered.breaches if (b.rule, b.message.say("en")) not in self._known),
            differences(self.before.costs, costs),
            differences(by_rule(self.before), altered.costs),
            tuple(costs.values()),
        )

    def changed(self, changed: Iterable[Session]) -> Plan:
        """Return the plan with some sessions replaced; those that it does not hold are put in."""
        return self.judged.with_sessions({session.id: session for session in changed})

    def candidates(
        self,
        session: str,
        part: str,
        role: str,
        *,
        only: str | None = None,
        leaving: Collection[str] | None = None,
        untouched: Collection[str] = (),
    ) -> list[Candidate]:
        """Return everybody else who may take the role there, or `only` one of them, the best first.

        For each the best of: the seat of one who holds it, with or without a turn in the same role in exchange; or a
        seat that is free, where the role has one more. With `leaving` only the seats of these are looked at. No turn
        is exchanged with one in the sessions `untouched`.
        """
        held = self.plan.session[session]
        frame = agenda_of(self.case).by_id[session].part[part]
        seats = next(seats for seats in frame.seats if seats.name == role)
        seated = held.part[part].roles.get(role, ())
        others = [who for who in seats.candidates if who not in seated and only in {None, who}]
        free = (None,) if leaving is None and len(seated) < seats.role.most else ()
        instead = [who for who in seated if leaving is None or who in leaving]
        partners = self._partners(role, untouched)
        found = [
            min(
                self._ways(held, part, role, who, (*instead, *free), partners.get(who, ())),
                key=lambda way: (way.effect.rank(), way.exchange or ""),
            )
            for who in (others if instead or free else ())
        ]
        return sorted(found, key=lambda candidate: candidate.effect.rank())

    def _ways(
        self,
        held: Session,
        part: str,
        role: str,
        who: str,
        instead: Sequence[str | None],
        partners: Sequence[tuple[Session, str]],
    ) -> Iterator[Candidate]:
        for holder in instead:
            taken = _reseated(held, part, role, holder, who)
            yield Candidate(who, holder, None, self.effect([taken]), (taken,))
            if holder is None:
                continue
            for other, there in partners:
                if other.id != held.id:
                    exchanged = (taken, _reseated(other, there, role, who, holder))
                    yield Candidate(who, holder, other.id, self.effect(exchanged), exchanged)

    def _partners(self, role: str, untouched: Collection[str]) -> Mapping[str, list[tuple[Session, str]]]:
        """Return the sessions in which each holds a role, and the parts, those left out that are not to be touched."""
        found: dict[str, list[tuple[Session, str]]] = {}
        for session in self.plan.sessions:
            for part in session.parts if session.id not in untouched else ():
                for who in part.roles.get(role, ()):
                    found.setdefault(who, []).append((session, part.id))
        return found

    def starts(self, session: str) -> list[OtherStart]:
        """Return the other starts that the session could have, the best first."""
        held, occurrence = self.plan.session[session], agenda_of(self.case).by_id[session]
        found = [
            OtherStart(
                start,
                self.effect([held.model_copy(update={"start": start, "end": occurrence.end_of(start)})]),
            )
            for start in occurrence.starts
            if start != held.start
        ]
        return sorted(found, key=lambda other: (other.effect.rank(), other.start))


def _reseated(session: Session, part: str, role: str, old: str | None, new: str) -> Session:
    """Return the session with `new` in the role of a part, in the place of `old`."""

    def seated(who: tuple[str, ...]) -> tuple[str, ...]:
        return (*who, new) if old is None else tuple(new if each == old else each for each in who)

    parts = tuple(
        p.model_copy(update={"roles": {**p.roles, role: seated(p.roles.get(role, ()))}}) if p.id == part else p
        for p in session.parts
    )
    return session.model_copy(update={"parts": parts})


def by_rule(verdict: Verdict) -> dict[str, int]:
    """Return what each preference costs."""
    return {score.rule: score.cost for score in verdict.rules}


def differences(before: Mapping[Key, int], after: Mapping[Key, int]) -> dict[Key, int]:
    """Return by how much costs rise or fall, in the order of the costs; what stays the same is left out."""
    return {key: more for key in {**before, **after} if (more := after.get(key, 0) - before.get(key, 0))}
