"""What a session that was declined lost to: what its best place would break or cost, all else as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from constraints.alternatives import Alternatives
from constraints.quick import Facts
from constraints.structure import STRUCTURE
from rota.plan import PlanPart, Session
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.alternatives import Effect
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case
    from rota.plan import Plan
    from rota.roster import Roster

EACH = 40
"""So many places are tried for one session."""
ALL = 300
"""So many are tried for all sessions of a plan together, as far as each is tried once."""
WORK = 1_500_000
"""So much is done for all of them, a few seconds' work; beyond it a session is not looked into. It is counted, not
timed, so that a case says the same on every machine: 1 for each candidate of whom it is asked whether they are able."""
BESIDE = 4
"""What it counts to try a place, for each session that the plan holds."""
SAID = 2
"""So many of the breaches that a place would bring are said."""

Place = tuple["Effect", Session]


class Losing:
    """Puts sessions that were declined into a plan, place by place, and lets the verifier judge."""

    def __init__(self, case: Case, rules: Sequence[Rule], plan: Plan) -> None:
        self.case, self.rules, self.plan = case, rules, plan
        self.facts = Facts(case, rules)
        self.price, self.tried = BESIDE * max(1, len(plan.sessions)), 0
        all_places = min(ALL, WORK // self.price)
        self.most = max(1, min(EACH, all_places // max(1, len(plan.declined))))
        self._at_once: dict[tuple[dt.datetime, dt.datetime], set[str]] = {}

    @cached_property
    def alternatives(self) -> Alternatives:
        """What each place comes to; the plan is verified when the first is tried."""
        return Alternatives(self.case, self.rules, self.plan)

    @property
    def exhausted(self) -> bool:
        """Whether all the work is done that is to be done for one plan."""
        return self.facts.asked + self.tried * self.price >= WORK

    def reason(self, occurrence: Occurrence) -> Message:
        """Say what the best place that was tried would break, or what would cost more than the session is worth."""
        effect, session = self._best(occurrence)
        start = session.start.astimezone(self.case.zone)
        decisive = min(effect.by_priority, default=None)
        if not effect.breaches and not effect.by_rule:
            return text("the plan is as good without it", "不排此场，安排同样好")
        if not effect.breaches and decisive is not None and effect.by_priority[decisive] < 0:
            return text(
                "it would fit at {start}, at no higher price; a longer search may accept it",
                "可排在 {start}，代价不增；延长求解时间或可接单",
                start=start,
            )
        said = self._broken(effect.breaches) if effect.breaches else self._dear(effect, session, decisive)
        return text(
            "best tried, with all else as it is: {start}; {said} (`rota why --session {session}` plans all anew)",
            "其余不变，所试最好的是 {start}；{said}（重新求解：`rota why --session {session}`）",
            start=start,
            said=said,
            session=occurrence.id,
        )

    def _broken(self, breaches: Sequence[Breach]) -> Message:
        said = [_by_rule(breach.message, breach.rule) for breach in breaches[:SAID]]
        if more := len(breaches[SAID:]):
            said.append(text("and {n} more", "另有 {n} 处", n=more))
        return text("it breaks a rule: {breaches}", "违反规则：{breaches}", breaches=clauses(said))

    def _dear(self, effect: Effect, session: Session, decisive: int | None) -> Message:
        if decisive is not None:
            costs = clauses(self._priced(effect, session, decisive))
            return text("it costs more than it is worth: {costs}", "得不偿失：{costs}", costs=costs)
        priority = min(rule.priority for rule in self.rules if effect.by_rule.get(rule.id, 0) > 0)
        costs = clauses(self._priced(effect, session, priority))
        return text("it costs as much as it is worth: {costs}", "得失相抵：{costs}", costs=costs)

    def _priced(self, effect: Effect, session: Session, priority: int) -> Iterator[Message]:
        """Yield the rules of a priority that would cost more, each by the first breach that it would bring."""
        wishes = self.alternatives.judged.again(self.alternatives.changed([session])).wishes
        for rule in self.rules:
            if rule.priority == priority and (more := effect.by_rule.get(rule.id, 0)) > 0:
                before = {breach.message.say("en") for breach in self.alternatives.before.wishes[rule.id]}
                new = [breach.message for breach in wishes[rule.id] if breach.message.say("en") not in before]
                yield text(
                    "{what}: +{n} at priority {priority}",
                    "{what}，优先级 {priority} 代价增加 {n}",
                    what=_by_rule(new[0] if new else rule.describe(self.case), rule.id),
                    n=more,
                    priority=priority,
                )

    def _best(self, occurrence: Occurrence) -> Place:
        """Return the best place found: of all starts one place each, then the best of these is changed bit by bit."""
        possible = (start for start in occurrence.starts if not self.facts.shortcomings(occurrence, start))
        starts = list(islice(possible, self.most)) or occurrence.starts[: self.most]
        tried = [self._tried(self._first(occurrence, start)) for start in starts]
        best, left = min(tried, key=_rank), self.most - len(tried)
        while left > 0:
            others = [self._tried(other) for other in islice(self._others(occurrence, best[1]), left)]
            left -= len(others)
            better = min(others, key=_rank, default=best)
            if _rank(better) >= _rank(best):
                break
            best = better
        return best

    def _tried(self, session: Session) -> Place:
        self.tried += 1
        return self.alternatives.effect([session]), session

    def _first(self, occurrence: Occurrence, start: dt.datetime) -> Session:
        """Return the session at a start, where most of its parts find a room, with who is free and serves least."""
        sites = self.facts.sites(occurrence, start) or list(occurrence.sites)
        site = max(sites, key=lambda site: sum(bool(self._rooms(occurrence, p, site, start)) for p in occurrence.parts))
        taken: set[str] = set()
        return Session(
            id=occurrence.id,
            activity=occurrence.activity.id,
            start=start,
            end=occurrence.end_of(start),
            site=site,
            parts=tuple(self._part(occurrence, part, site, start, taken) for part in occurrence.parts),
        )

    def _part(
        self, occurrence: Occurrence, part: PartFrame, site: str, start: dt.datetime, taken: set[str]
    ) -> PlanPart:
        """Return one part with the first who may, of those not `taken`; who and what it takes is added to these."""
        rooms = [r for r in self._rooms(occurrence, part, site, start) if r not in taken] if part.needs_room else []
        roles = {}
        for seats in part.seats:
            able = [who for who in self._able(occurrence, part, seats.name, start) if who not in taken]
            roles[seats.name] = tuple(able[: seats.role.least])
            taken.update(roles[seats.name])
        taken.update(rooms[:1])
        line = part.lines[0] if part.lines else None
        return PlanPart(id=part.id, room=next(iter(rooms), None), theme=part.theme.zh, line=line, roles=roles)

    def _others(self, occurrence: Occurrence, session: Session) -> Iterator[Session]:
        """Yield the session with one seat, one line or one room different."""
        start = session.start.astimezone(self.case.zone)
        for part in occurrence.parts:
            held = session.part[part.id]
            for role, seated in held.roles.items():
                for who in self._able(occurrence, part, role, start):
                    for old in seated:
                        if who not in session.serving():
                            roles = {**held.roles, role: tuple(who if each == old else each for each in seated)}
                            yield _with(session, held.model_copy(update={"roles": roles}))
            for line in part.lines:
                if line != held.line:
                    yield _with(session, held.model_copy(update={"line": line}))
            for room in self._rooms(occurrence, part, session.site, start) if held.room else ():
                if room != held.room:
                    yield _with(session, held.model_copy(update={"room": room}))

    def _able(self, occurrence: Occurrence, part: PartFrame, role: str, start: dt.datetime) -> list[str]:
        """Return who could take a role, those who are free before those who are not, who serve less before others."""
        seats = next(seats for seats in part.seats if seats.name == role)
        able = [who for who in seats.candidates if self.facts.able(who, part, seats, occurrence, start)]
        busy = self._busy(occurrence, start)
        return sorted(able, key=lambda who: (who in busy, len(self._roster.turns(who, role))))

    def _rooms(self, occurrence: Occurrence, part: PartFrame, site: str, start: dt.datetime) -> list[str]:
        end, busy = occurrence.end_of(start), self._busy(occurrence, start)
        return sorted((r for r in part.rooms if self.facts.fits(r, part, [site], start, end)), key=busy.__contains__)

    def _busy(self, occurrence: Occurrence, start: dt.datetime) -> set[str]:
        """Return who serves and which rooms are used while the session would last."""
        end = occurrence.end_of(start)
        if (start, end) not in self._at_once:
            at_once = [held.session for held in self._roster.held if held.start < end and held.end > start]
            rooms = {part.room for session in at_once for part in session.parts if part.room}
            self._at_once[start, end] = rooms.union(*(session.serving() for session in at_once))
        return self._at_once[start, end]

    @property
    def _roster(self) -> Roster:
        return self.alternatives.judged.roster


def _by_rule(said: Message, rule: str) -> Message:
    return text("{said} [{rule}]", "{said}〔{rule}〕", said=said, rule=rule) if rule != STRUCTURE else said


def _rank(place: Place) -> tuple[int, tuple[int, ...]]:
    return place[0].rank()


def _with(session: Session, part: PlanPart) -> Session:
    parts = tuple(part if each.id == part.id else each for each in session.parts)
    return session.model_copy(update={"parts": parts})
