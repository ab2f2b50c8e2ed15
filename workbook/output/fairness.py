"""Who served how often, and how often it would be fair.

For one role, with T turns in the plan: a resource's fair target is T x its share, and its share is weight x days of
membership inside the horizon, over the sum of that for all who could take the role. The weight is 1 unless the caller
weighs, e.g. by members. Several seats in one session are one turn. The deviation is turns - target. Turns of earlier
years stand apart, as a balance: turns in the history - fair target of the history, by the same weight and the days of
membership between the first and the last turn recorded for the role. (What a rule of fairness costs is that rule's own
account; this is a table to read.)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rota.agenda import agenda_of
from rota.case import Case
from rota.facts import Resource
from rota.plan import Plan
from rota.roster import Held, Roster

Weigh = Callable[[Resource], int]
Quarter = tuple[int, int]
"""Year, and quarter from 1."""


def equally(_resource: Resource) -> int:
    """Weigh everybody the same."""
    return 1


@dataclass(frozen=True)
class Account:
    """The turns of one resource in one role; minutes are those of the sessions, targets are turns."""

    role: str
    who: str
    weight: int
    days: int
    turns: int
    minutes: int
    by_quarter: Mapping[Quarter, int]
    target: float
    past_turns: int
    past_target: float

    @property
    def deviation(self) -> float:
        """Turns above the fair target."""
        return self.turns - self.target

    @property
    def past_balance(self) -> float:
        """Turns of earlier years above what would have been fair then."""
        return self.past_turns - self.past_target


def quarters(case: Case) -> tuple[Quarter, ...]:
    """Return the quarters that the horizon touches."""
    first, last = case.settings.first, case.settings.last
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(dict.fromkeys((month // 12, month % 12 // 3 + 1) for month in months))


def accounts(case: Case, plan: Plan, weigh: Weigh = equally) -> tuple[Account, ...]:
    """Return the account of every resource in every role that it could take or takes, role by role."""
    roster = Roster(case, plan)
    return tuple(account for role in agenda_of(case).roles for account in _of_role(case, roster, role, weigh))


def _of_role(case: Case, roster: Roster, role: str, weigh: Weigh) -> Iterable[Account]:
    able = set(agenda_of(case).candidates(role)) | {seat.who for seat in roster.seats if seat.role == role}
    who = [resource for resource in case.resources if resource in able]
    turns = {each: roster.turns(each, role) for each in who}
    history = {each: [t.day for t in case.history if t.resource == each and t.role == role] for each in who}
    past = [day for days in history.values() for day in days]
    fair = _shared(case, who, sum(map(len, turns.values())), (case.settings.first, case.settings.last), weigh)
    past_fair = _shared(case, who, len(past), (min(past), max(past)), weigh) if past else dict.fromkeys(who, 0.0)
    for each in who:
        resource = case.resources[each]
        yield Account(
            role=role,
            who=each,
            weight=weigh(resource),
            days=membership(resource, case.settings.first, case.settings.last),
            turns=len(turns[each]),
            minutes=sum(_minutes(held) for held in turns[each]),
            by_quarter=_by_quarter(turns[each]),
            target=fair[each],
            past_turns=len(history[each]),
            past_target=past_fair[each],
        )


def membership(resource: Resource, first: dt.date, last: dt.date) -> int:
    """Return the days from `first` to `last` on which the resource belongs to the alliance."""
    begins = max(first, resource.joined or first)
    ends = min(last, resource.left or last)
    return max(0, (ends - begins).days + 1)


def _shared(
    case: Case, who: Iterable[str], turns: int, span: tuple[dt.date, dt.date], weigh: Weigh
) -> dict[str, float]:
    claims = {each: weigh(case.resources[each]) * membership(case.resources[each], *span) for each in who}
    total = sum(claims.values())
    return {each: turns * claim / total if total else 0.0 for each, claim in claims.items()}


def _minutes(held: Held) -> int:
    return int((held.end - held.start).total_seconds() // 60)


def _by_quarter(turns: Iterable[Held]) -> dict[Quarter, int]:
    counted: dict[Quarter, int] = {}
    for held in turns:
        quarter = held.start.year, (held.start.month - 1) // 3 + 1
        counted[quarter] = counted.get(quarter, 0) + 1
    return counted
