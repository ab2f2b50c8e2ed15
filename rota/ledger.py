"""The fairness ledger: who did what over the years, from sessions actually held, and what would have been fair.

Turns of earlier years come from the history (往年记录), those of this horizon from its plan and its outcomes (台账).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from rota.activity import Kind
from rota.agenda import agenda_of, candidates_for
from rota.sharing import Portion, fair_shares

if TYPE_CHECKING:
    from rota.case import Case
    from rota.demand import Outcome
    from rota.facts import Resource
    from rota.plan import Plan, Session

HOSTING = ("host", "partner")
"""The roles that the actual host of an outcome stands for, the first that an activity has."""

Weigh = Callable[[str, "Resource"], int]
"""What a resource weighs in a role."""


@dataclass(frozen=True)
class Turn:
    """One turn actually held; several seats of one role in a session are one turn.

    `session` is empty for turns of earlier years; `minutes` is None where nobody knows how long it was.
    """

    resource: str
    role: str
    day: dt.date
    activity: str
    minutes: int | None
    session: str = ""


@dataclass(frozen=True)
class Ledger:
    """All turns held, in order of time, and the sessions about which something is left to say, by id.

    `unrecorded` are past and without an outcome, whether or not they were assumed to be held; `coming` are not past;
    `dropped` were not held; `unplanned` were held but are not in the plan: only their actual host is known; of
    `nameless` the outcome names a host, but the activity has no role of units.
    """

    turns: tuple[Turn, ...]
    unrecorded: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()
    assumed: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the turns, in order."""
        return tuple(sorted({turn.day.year for turn in self.turns}))


def ledger(case: Case, plan: Plan | None, today: dt.date, *, assume_held: bool = False) -> Ledger:
    """Return every turn actually held.

    That is the history; the seats of every session of the plan whose outcome says that it was held; and, where an
    outcome names an actual host who was not among the planned ones, that host in their place. The host of an outcome
    (实际轮值单位) stands for the role `host`; where the activity has none, for `partner`, or else for its first role
    taken by units. A session before `today` without an outcome is listed, and counted only where `assume_held` is set.
    A session that was held without being in the plan counts for its actual host alone, on the date of its round.
    """
    outcomes = {outcome.session: outcome for outcome in case.outcomes}
    book = _Book(case)
    for session in plan.sessions if plan else ():
        outcome = outcomes.pop(session.id, None)
        if outcome and not outcome.held:
            book.dropped.append(session.id)
        elif outcome:
            book.enter(session, outcome)
        elif session.start.astimezone(case.zone).date() < today:
            book.unrecorded.append(session.id)
            if assume_held:
                book.enter(session)
        else:
            book.coming.append(session.id)
    for outcome in outcomes.values():
        if outcome.held:
            book.enter_unplanned(outcome)
    return book.closed(assumed=assume_held)


def host_role(case: Case, activity: str) -> str | None:
    """Return the role for which the actual host of an outcome stands in an activity; None where units have none."""
    units = [role.role for role in case.roles if role.activity == activity and role.kind is Kind.UNIT]
    return next((role for role in (*HOSTING, *units) if role in units), None)


@dataclass
class _Book:
    """The ledger while it is written."""

    case: Case
    turns: list[Turn] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    coming: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unplanned: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)

    def enter(self, session: Session, outcome: Outcome | None = None) -> None:
        """Enter the turns of a session of the plan."""
        start, end = (moment.astimezone(self.case.zone) for moment in (session.start, session.end))
        minutes = int((end - start).total_seconds() // 60)
        for role, who in self._served(session, outcome):
            self.turns.append(Turn(who, role, start.date(), session.activity, minutes, session.id))

    def _served(self, session: Session, outcome: Outcome | None) -> Iterator[tuple[str, str]]:
        """Yield who served in which role, each once."""
        actual = outcome.host if outcome else ""
        hosting = host_role(self.case, session.activity) if actual else None
        if actual and hosting is None:
            self.nameless.append(session.id)
        for role in dict.fromkeys(role for part in session.parts for role in part.roles):
            planned = session.serving(role)
            if role != hosting or actual in planned:
                yield from ((role, who) for who in planned)
        if hosting and actual not in session.serving(hosting):
            yield hosting, actual

    def enter_unplanned(self, outcome: Outcome) -> None:
        """Enter the actual host of a session that was held without being in the plan."""
        self.unplanned.append(outcome.session)
        occurrence = agenda_of(self.case).by_id.get(outcome.session)
        if occurrence is None or not outcome.host:
            return
        hosting = host_role(self.case, occurrence.activity.id)
        if hosting is None:
            self.nameless.append(outcome.session)
            return
        day, activity = occurrence.nominal.date(), occurrence.activity
        self.turns.append(Turn(outcome.host, hosting, day, activity.id, activity.minutes, outcome.session))

    def closed(self, *, assumed: bool) -> Ledger:
        """Return the ledger, with the turns of earlier years."""
        known = self.case.activity
        earlier = [
            Turn(t.resource, t.role, t.day, t.activity, known[t.activity].minutes if t.activity in known else None)
            for t in self.case.history
        ]
        turns = tuple(sorted([*earlier, *self.turns], key=lambda turn: turn.day))
        return Ledger(
            turns,
            unrecorded=tuple(self.unrecorded),
            coming=tuple(self.coming),
            dropped=tuple(self.dropped),
            unplanned=tuple(self.unplanned),
            nameless=tuple(self.nameless),
            assumed=assumed,
        )


@dataclass(frozen=True)
class Standing:
    """The turns of one resource in one role, by year, beside its fair share of all turns that it could have taken.

    `share` is None for those who could not take the role in this case, e.g. since they left: their turns are not
    shared among the others. `weight` is what they weigh in that sharing. `unmeasured` counts the turns of which nobody
    knows the minutes.
    """

    role: str
    who: str
    by_year: Mapping[int, int]
    minutes: int
    unmeasured: int
    share: Fraction | None
    weight: int = 1

    @property
    def turns(self) -> int:
        """The turns of all years."""
        return sum(self.by_year.values())

    @property
    def balance(self) -> Fraction:
        """How many turns the resource is ahead of its fair share; below 0 where it is behind."""
        return Fraction(0) if self.share is None else self.turns - self.share


def equally(_role: str, _resource: Resource) -> int:
    """Weigh everybody the same."""
    return 1


def standings(case: Case, book: Ledger, weigh: Weigh = equally) -> tuple[Standing, ...]:
    """Return where everybody stands, role by role, those furthest behind first.

    Each turn is shared as the rule of fair shares does, by weight among all members of its day who could have taken it:
    the candidates for its role in its activity, or, where whoever had it is none of them, for its role in any.
    """
    roles = dict.fromkeys((*agenda_of(case).roles, *(turn.role for turn in book.turns)))
    return tuple(standing for role in roles for standing in _in_role(case, book, role, weigh))


def _in_role(case: Case, book: Ledger, role: str, weigh: Weigh) -> list[Standing]:
    turns: dict[str, list[Turn]] = defaultdict(list)
    for turn in book.turns:
        if turn.role == role:
            turns[turn.resource].append(turn)
    able = _able(case, role)
    everybody = [who for who in case.resources if who in able] + [who for who in turns if who not in able]
    weights = {who: weigh(role, case.resources[who]) for who in able}
    portions = _portions(case, [turn for held in turns.values() for turn in held])
    shares = fair_shares(portions, case.resources, lambda resource: weights[resource.id])
    found = [_standing(role, who, turns[who], shares[who] if who in able else None) for who in everybody]
    weighed = [replace(standing, weight=weights.get(standing.who, 1)) for standing in found]
    return sorted(weighed, key=lambda standing: standing.balance)


def _portions(case: Case, turns: Sequence[Turn]) -> Iterator[Portion]:
    for turn in turns:
        for sharers in (_able(case, turn.role, turn.activity), _able(case, turn.role)):
            if turn.resource in sharers:
                yield Portion(turn.day, 1, frozenset(sharers))
                break


def _able(case: Case, role: str, activity: str | None = None) -> dict[str, None]:
    """Return who could take a role, in one activity or in any."""
    rows = (row for row in case.roles if row.role == role and activity in {None, row.activity})
    return dict.fromkeys(who for row in rows for who in candidates_for(case, row))


def _standing(role: str, who: str, turns: Sequence[Turn], share: Fraction | None) -> Standing:
    by_year: dict[int, int] = defaultdict(int)
    for turn in turns:
        by_year[turn.day.year] += 1
    known = [turn.minutes for turn in turns if turn.minutes is not None]
    return Standing(role, who, dict(by_year), sum(known), len(turns) - len(known), share)
