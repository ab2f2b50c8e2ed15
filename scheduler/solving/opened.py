"""Open seats in a search by windows: if that finds no plan, what came closest to one, less what is broken in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from constraints.structure import STRUCTURE
from constraints.verify import verify
from rota.demand import REQUIRED
from scheduler.solving.decode import as_plan
from scheduler.solving.levels import better
from scheduler.solving.narrowing import Admitted
from scheduler.solving.search import Search, Solved
from scheduler.solving.wide import judge_of

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from constraints.verify import Verdict
    from rota.case import Case
    from rota.plan import OpenSeat, PlanPart, Session
    from scheduler.solving.control import Control

MENDING = 0.5
"""The share of a limited time in which no seat stays open but such as nobody could take."""
SHORT = REQUIRED - 1
"""Stands before all priorities for what falls short of a required minimum: no open seat mends that."""


class Closest:
    """Judges what windows come to, and keeps what comes closest to a plan.

    That is what would have the fewest seats open: those that are empty, and about one for each breach of a rule. As
    long as seats may yet be filled, an empty one breaks what must hold, so that windows look for who could take it.
    Once no seat is empty but such as nobody could take, or time is late, nothing is broken by them, and preferences
    have the rest of the time.
    """

    def __init__(self, case: Case, rules: Sequence[Rule], control: Control) -> None:
        self.case, self.rules, self.control = case, rules, control
        self.sessions: Mapping[str, Session] = {}
        self._costs: Mapping[int, int] | None = None
        self._judge = judge_of(case, rules)
        self._admitted = Admitted(case, rules)
        self._late = MENDING * (control.left() or 0.0)

    def judge(self, sessions: Mapping[str, Session]) -> Verdict:
        """Return what the verifier says of some sessions."""
        verdict = self._judge(sessions)
        broken = [breach for breach in verdict.breaches if breach.rule != STRUCTURE]
        plan = as_plan(self.case, sessions.values(), open_seats=True)
        empty = sum(seat.missing for seat in plan.open)
        short = sum(breach.amount for breach in broken if breach.mends)
        costs = {**verdict.costs, SHORT: short, REQUIRED: empty + len(broken)}
        if self._costs is None or better(costs, self._costs):
            self.sessions, self._costs = dict(sessions), costs
        if empty and not broken and self._may_stay(plan.open, empty):
            opened = verify(self.case, self.rules, plan)
            return opened if opened.holds else verdict
        return verdict

    def _may_stay(self, seats: Iterable[OpenSeat], empty: int) -> bool:
        """Tell whether to leave it at these empty seats."""
        left = self.control.left()
        is_late = left is not None and left < self._late
        return is_late or empty == never_filled(self._admitted, seats)

    def finish(self, search: Search) -> Solved:
        """Return the plan of a search by windows, or what came closest to one with the seats open that it lacks.

        Bounds are kept where no seat is open: with open seats a plan may cost less than any without.

        Raises:
            NoPlanFoundError: there is neither.
            VerifierError: the plan does not hold; a fault of this program.
        """
        opened = Search(self.case, self.rules, search.control, None, open_seats=True)
        if search.best is not None:
            opened.start_from(search.sessions)
            opened.certifier = search.certifier
            opened.learn({level.priority: level.bound for level in search.levels})
        elif left := emptied(self.case, self.rules, self.sessions):
            opened.start_from(left)
            seats = as_plan(self.case, left.values(), open_seats=True).open
            opened.learn({REQUIRED: never_filled(self._admitted, seats)})
        return opened.finish()


def emptied(case: Case, rules: Sequence[Rule], sessions: Mapping[str, Session]) -> dict[str, Session] | None:
    """Return sessions less the seats that what is broken is about, so that no more than these and others are open.

    For each breach one seat is emptied, where it names any, that which most breaches name; else a session is left out.
    The verifier looks for what is still broken, until nothing is. None where that cannot be mended so.
    """
    left = dict(sessions)
    while breaches := verify(case, rules, as_plan(case, left.values(), open_seats=True)).breaches:
        leaving = _leaving(breaches, left)
        if not leaving:
            return None
        for taken in leaving:
            _take_out(left, taken)
    return left


def never_filled(admitted: Admitted, seats: Iterable[OpenSeat]) -> int:
    """Return how many seats at least stay open in every plan, for there are too few who are admitted.

    It is enough to look at `seats` that are open in some plan: a seat that none fills is open there, too.
    """
    frames = [admitted.frame(id_) for id_ in {seat.session for seat in seats}]
    return sum(
        max(0, each.role.least - len(each.candidates))
        for frame in frames
        if frame.must
        for part in frame.parts
        for each in part.seats
    )


class _Taken(NamedTuple):
    """Whom to take out of a seat; without a part, the whole session is left out."""

    session: str
    part: str = ""
    role: str = ""
    who: str = ""


def _leaving(breaches: Iterable[Breach], sessions: Mapping[str, Session]) -> list[_Taken]:
    """Return what to take out, so that something goes of each breach that it can mend."""
    choices = [found for breach in breaches if (found := list(_choices(breach, sessions)))]
    named = Counter(taken for found in choices for taken in found)
    leaving: dict[_Taken, None] = {}
    for found in choices:
        if leaving.keys().isdisjoint(found):
            leaving[max(found, key=named.__getitem__)] = None
    return list(leaving)


def _choices(breach: Breach, sessions: Mapping[str, Session]) -> Iterator[_Taken]:
    """Yield what could be taken out to mend a breach; nothing where something is missing that sessions could bring."""
    if breach.mends:
        return
    held = [sessions[id_] for id_ in breach.sessions if id_ in sessions]
    seats = [
        _Taken(session.id, part.id, role, who)
        for session in held
        for part in session.parts
        for role, seated in part.roles.items()
        for who in seated
        if who in breach.who
    ]
    yield from seats or [_Taken(session.id) for session in held]


def _take_out(sessions: dict[str, Session], taken: _Taken) -> None:
    """Empty a seat, or leave out a session."""
    session = sessions.get(taken.session)
    if not taken.part:
        sessions.pop(taken.session, None)
    elif session is not None:
        parts = tuple(_without(part, taken) if part.id == taken.part else part for part in session.parts)
        sessions[taken.session] = session.model_copy(update={"parts": parts})


def _without(part: PlanPart, taken: _Taken) -> PlanPart:
    seated = tuple(who for who in part.roles[taken.role] if who != taken.who)
    return part.model_copy(update={"roles": {**part.roles, taken.role: seated}})
