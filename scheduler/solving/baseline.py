"""The baseline of a repair: what of the plan before is past, what is frozen, and what a difference to it counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from rota.agenda import agenda_of
from rota.difference import Change, difference
from rota.past import past_sessions
from rota.plan import CaseRef, Plan

if TYPE_CHECKING:
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Session

TIME = 3
"""What another time costs, and what it costs that a session is dropped, or newly accepted, which need not be held."""
PRICES = {"moved": TIME, "room": 1, "line": 1, "joined": 1, "left": 1}
"""What each kind of change costs; `room` is also the site."""
NEARNESS = ((dt.timedelta(days=14), 3), (dt.timedelta(days=60), 2))
"""Changes of sessions within so much time from now cost so many times as much."""

Kind = Literal["time", "site", "room", "line", "seat", "session"]


@dataclass(frozen=True)
class Request:
    """What is to be repaired, and how.

    Sessions of the newest published plan (`baseline`) that started before `now` are past, and nothing is moved before
    it; those that start within `freeze_days` from then on are frozen. `budget` allows so many more changed sessions
    than the least. Priorities of `order` go before nearness.
    """

    baseline: Plan
    now: dt.datetime | None = None
    freeze_days: int = 0
    budget: int = 0
    order: tuple[int, ...] = ()


class Baseline:
    """A plan that is known, looked at from a case that has changed since."""

    def __init__(self, case: Case, request: Request) -> None:
        self.case, self.request, self.now = case, request, request.now
        self.plan = request.baseline
        known = agenda_of(case).by_id
        self.past = past_sessions(case, self.plan, self.now)
        self.near_by = frozenset(
            s.id for s in self.plan.sessions if s.id in known and s.id not in self.past and self._frozen(s.start)
        )

    @property
    def gone(self) -> tuple[Session, ...]:
        """The sessions that took place although the case does not know them any more."""
        known = agenda_of(self.case).by_id
        return tuple(s for s in self.plan.sessions if s.id in self.past and s.id not in known)

    @cached_property
    def known(self) -> Mapping[str, Session]:
        """The sessions of the baseline that the case still knows."""
        return {id_: session for id_, session in self.plan.session.items() if id_ in agenda_of(self.case).by_id}

    @cached_property
    def declined(self) -> frozenset[str]:
        """The sessions that the baseline declined and the case still knows."""
        return frozenset(each.session for each in self.plan.declined) & agenda_of(self.case).by_id.keys()

    def only(self, sessions: Iterable[str]) -> Plan:
        """Return a plan with some sessions of the baseline and no others."""
        wanted = set(sessions)
        missing = tuple(seat for seat in self.plan.open if seat.session in wanted)
        kept = self._plan(session for session in self.plan.sessions if session.id in wanted)
        return kept.model_copy(update={"open": missing})

    def over(self, occurrence: Occurrence) -> list[dt.datetime]:
        """Return the starts of a session at which it can be held no more."""
        return [start for start in occurrence.starts if self.now is not None and start < self.now]

    # What is counted.

    def changed(self, sessions: Mapping[str, Session], compared: Iterable[str]) -> tuple[str, ...]:
        """Return which of the sessions `compared` are not as they were: other, dropped, or newly accepted."""
        return tuple(id_ for id_ in compared if self._price(id_, sessions.get(id_)))

    def price(self, sessions: Mapping[str, Session], compared: Iterable[str]) -> int:
        """Return what it costs that the sessions `compared` are not as they were."""
        return sum(self._price(id_, sessions.get(id_)) for id_ in compared)

    def nearness(self, id_: str) -> int:
        """Return how many times as much a change of a session costs."""
        held = self.plan.session.get(id_)
        start = held.start if held else agenda_of(self.case).by_id[id_].nominal
        away = dt.timedelta.max if self.now is None else start - self.now
        return next((times for within, times in NEARNESS if away <= within), 1)

    def _price(self, id_: str, new: Session | None) -> int:
        old = self.plan.session.get(id_)
        if old is None:
            cost = TIME if new is not None and id_ in self.declined else 0
        elif new is None:
            cost = TIME
        else:
            cost = sum(PRICES[change.what] for change in self.changes(old, new))
        return cost * self.nearness(id_)

    def changes(self, old: Session, new: Session) -> Iterator[Change]:
        """Yield how a session differs that both plans hold; a mere difference in length is the case's own doing."""
        for change in difference(self._plan([old]), self._plan([new])).changes:
            if change.what != "moved" or change.before != change.after:
                yield change

    def _plan(self, sessions: Iterable[Session]) -> Plan:
        return Plan(case=CaseRef(title=self.case.settings.title, hash=self.case.hash), sessions=tuple(sessions))

    def _frozen(self, start: dt.datetime) -> bool:
        days = dt.timedelta(days=self.request.freeze_days)
        return self.now is not None and bool(days) and self.now <= start <= self.now + days
