"""Verifying again: what the verifier says of a plan that differs in a few sessions from one that it has judged.

Most kinds of rules are local: each of their breaches is about one session, or about all that one resource, site or room
has. Where a few sessions differ, only those breaches can come and go that name one of them, or whoever is used in one
of them before or after; and for these all that the same are used in says everything. Rules that look at each session by
itself are asked about those that differ alone. The rules that are not local are asked anew.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, cast

from constraints.standing import Apart, Standing
from constraints.structure import STRUCTURE, check_structure
from constraints.verify import Verdict, verdict_of, verify, verify_roster
from rota.plan import CaseRef, Plan
from rota.roster import Roster, used_by

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import OpenSeat, Session

FEW = 0.1
"""Where more than this share of all sessions differ, all is verified anew."""


@dataclass(frozen=True)
class Altered:
    """What a plan comes to in which a few sessions are other than in one that was judged.

    `breaches` of what must hold: all that are new, and known ones as far as they are looked at again; `costs` by rule.
    """

    breaches: tuple[Breach, ...]
    costs: Mapping[str, int]


class Judged:
    """A plan, and what the verifier says of it and of plans that differ from it in a few sessions."""

    def __init__(self, case: Case, rules: Collection[Rule], plan: Plan, past: Collection[str] = ()) -> None:
        self.case, self.rules, self.plan, self.past = case, tuple(rules), plan, frozenset(past)
        self.roster = Roster(case, plan)
        self.verdict = verify_roster(self.roster, rules, past)

    def again(self, plan: Plan) -> Verdict:
        """Return the verdict on another plan of the case."""
        old, new = self.plan.session, plan.session
        touched = (id_ for id_ in old.keys() | new.keys() if old.get(id_) is not new.get(id_))
        differing = frozenset(id_ for id_ in touched if old.get(id_) != new.get(id_))
        if plan.open or self._are_many(differing):
            return verify(self.case, self.rules, plan, self.past)
        about = self._about(differing, new, used_in(differing, old, new), lambda: plan)
        required = [self._merged(STRUCTURE, about.structure(), about.by_themselves)]
        wishes: dict[str, tuple[Breach, ...]] = {}
        for rule in self.rules:
            these = about.asked_by(rule)
            if rule.required:
                found = these.of_required(rule)
                required.append(self._merged(rule.id, found, these) if rule.local else found)
            elif rule.local:
                wishes[rule.id] = (*these.without(self.verdict.wishes[rule.id]), *these.of(rule))
            else:
                wishes[rule.id] = tuple(rule.check(about.whole))
        breaches, stands = (tuple(breach for each in required for breach in each[kind]) for kind in (0, 1))
        return verdict_of(self.rules, plan, (breaches, stands), wishes)

    def altered(self, sessions: Iterable[Session]) -> Altered:
        """Return what comes of it where some sessions are replaced, or put in."""
        old, changed = self.plan.session, {session.id: session for session in sessions}
        if self._are_many(changed):
            verdict = verify(self.case, self.rules, self.with_sessions(changed), self.past)
            return Altered(verdict.breaches, {score.rule: score.cost for score in verdict.rules})
        new = ChainMap(changed, cast("dict[str, Session]", old))
        concerned = used_in(changed, old, new)
        before = self._about(changed, old, concerned, lambda: self.plan)
        after = self._about(changed, new, concerned, lambda: self.with_sessions(changed))
        breaches = list(after.structure()[0])
        costs = {score.rule: score.cost for score in self.verdict.rules}
        for rule in self.rules:
            if rule.required:
                breaches += after.asked_by(rule).of_required(rule)[0]
            elif rule.local:
                was, now = (sum(b.amount for b in about.asked_by(rule).of(rule)) for about in (before, after))
                costs[rule.id] += rule.weight * (now - was)
            else:
                costs[rule.id] = rule.cost(after.whole)
        return Altered(tuple(breaches), costs)

    def with_sessions(self, changed: Mapping[str, Session]) -> Plan:
        """Return the plan with some sessions replaced; those that it does not hold are put in."""
        kept = (changed.get(session.id, session) for session in self.plan.sessions)
        added = (session for session in changed.values() if session.id not in self.plan.session)
        return self.plan.model_copy(update={"sessions": (*kept, *added)})

    def _are_many(self, differing: Collection[str]) -> bool:
        """Tell whether so much differs that all is verified anew; where seats are open, that is counted over all."""
        return bool(self.plan.open) or len(differing) > FEW * len(self.plan.session)

    def _about(
        self,
        differing: Collection[str],
        sessions: Mapping[str, Session],
        concerned: frozenset[str],
        whole: Callable[[], Plan],
    ) -> _About:
        """Return what the verifier says about those who are used in sessions that differ from the plan judged."""
        near = {*differing, *(held.id for each in concerned for held in self.roster.using.get(each, ()))}
        found = tuple(sessions[id_] for id_ in sorted(near) if id_ in sessions)
        return _About(self.case, found, frozenset(differing), concerned, self.past, whole, read=self.roster)

    def _merged(self, name: str, found: Apart, about: _About) -> Apart:
        """Put what was found of a rule, or of the structure, in the place of what was known."""
        known = (self.verdict.breaches, self.verdict.standing)
        counts, stands = (
            (*about.without(breach for breach in before if breach.rule == name), *now)
            for before, now in zip(known, found, strict=True)
        )
        return counts, stands


def breaches_about(
    case: Case, rules: Iterable[Rule], plan: Plan, sessions: Collection[str], past: Collection[str] = ()
) -> Iterator[Breach]:
    """Yield the breaches of what must hold that name some sessions of a plan, or whoever is used in them."""
    concerned = used_in(sessions, plan.session)
    near = tuple(s for s in plan.sessions if s.id in sessions or not concerned.isdisjoint(used_by(s)))
    about = _About(case, near, frozenset(sessions), concerned, frozenset(past), lambda: plan, plan.open)
    yield from about.structure()[0]
    for rule in rules:
        if rule.required:
            yield from (breach for breach in about.of_required(rule)[0] if about.concerns(breach))


@dataclass(frozen=True)
class _About:
    """Some sessions, those who are `used` in them, and what the verifier says about these.

    `near` are all sessions in which any of them is used, of a plan that is made as a `whole` only where that is asked.
    What is the same in a roster that was `read` is not read again. `alone` leaves out what is said about these in other
    sessions.
    """

    case: Case
    near: tuple[Session, ...]
    sessions: frozenset[str]
    used: frozenset[str]
    past: frozenset[str]
    plan: Callable[[], Plan]
    open: tuple[OpenSeat, ...] = ()
    read: Roster | None = None
    alone: bool = False

    def asked_by(self, rule: Rule) -> _About:
        """Return what a rule has to look at: the sessions alone where no other makes a difference to it."""
        return self.by_themselves if rule.by_session else self

    def concerns(self, breach: Breach) -> bool:
        """Tell whether a breach names any of them."""
        named = not self.alone and not self.used.isdisjoint(breach.who)
        return named or not self.sessions.isdisjoint(breach.sessions)

    def without(self, breaches: Iterable[Breach]) -> Iterator[Breach]:
        """Yield the breaches that name none of them."""
        return (breach for breach in breaches if not self.concerns(breach))

    def structure(self) -> Apart:
        """Return what is wrong with the sessions themselves."""
        return self._standing.of_structure(check_structure(self._roster, self.sessions))

    def of(self, rule: Rule) -> Iterator[Breach]:
        """Yield the breaches of a rule that is about one."""
        return filter(self.concerns, rule.check(self._roster))

    def of_required(self, rule: Rule) -> Apart:
        """Return the breaches of a rule that must hold: about these, or all of them where it is about several."""
        if not rule.local:
            return Standing(self.whole, self.past).of_rule(rule)
        counts, stands = self._standing.of_rule(rule)
        return tuple(filter(self.concerns, counts)), tuple(filter(self.concerns, stands))

    @cached_property
    def by_themselves(self) -> _About:
        """The sessions alone, whatever is said elsewhere about those who are used in them."""
        return replace(self, near=tuple(s for s in self.near if s.id in self.sessions), alone=True)

    @cached_property
    def whole(self) -> Roster:
        """All of the plan."""
        return Roster(self.case, self.plan(), known=self.read)

    @cached_property
    def _roster(self) -> Roster:
        """The sessions in which any of these are used."""
        about = {*self.sessions, *(session.id for session in self.near)}
        missing = tuple(seat for seat in self.open if seat.session in about)
        near = Plan(case=CaseRef(title="", hash=""), sessions=self.near, open=missing)
        return Roster(self.case, near, only=self.used, known=self.read)

    @cached_property
    def _standing(self) -> Standing:
        return Standing(self._roster, self.past)


def used_in(sessions: Iterable[str], *plans: Mapping[str, Session]) -> frozenset[str]:
    """Return what is used in some sessions of one plan or another."""
    found = (plan[id_] for id_ in sessions for plan in plans if id_ in plan)
    return frozenset(each for session in found for each in used_by(session))
