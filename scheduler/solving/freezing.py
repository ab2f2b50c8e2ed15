"""Freezing: which frozen sessions can stay as they are, and what has to be opened where they cannot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.reverifying import Judged, breaches_about
from rota.agenda import agenda_of

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.baseline import Baseline

Decision = tuple[str, ...]
"""The beginning of a decision's name on the board: `("seat", session, part, role)`, `("start", session)`."""


@dataclass(frozen=True)
class Opened:
    """A frozen session that cannot stay as it is, by which breaches, and which decisions of it these are about.

    Where they are about none that can be named, all of it is open: `decisions` is empty. It is `spared` where open
    sessions might mend all of them: then nothing of it is open as long as these do.
    """

    session: str
    breaches: tuple[Breach, ...]
    decisions: tuple[Decision, ...]
    spared: bool = False

    @property
    def has_rest(self) -> bool:
        """Whether something of it stays as it is unless nothing else helps: all but the decisions."""
        return self.spared or bool(self.decisions)


def openings(case: Case, rules: Sequence[Rule], baseline: Baseline, judged: Judged | None = None) -> tuple[Opened, ...]:
    """Return the frozen sessions that break what must hold, with what is past and what else is frozen.

    What a session that is still open could mend breaks nothing yet. Where a rule does not name all that could mend a
    breach, what it is about is `spared`. Only those can that break something in all of the
    baseline as well, where it is `judged`: what they break without the open sessions, which do not mend it, they break
    with them.
    """
    found: dict[str, list[Breach]] = {}
    suspects = baseline.near_by
    if judged is not None:
        suspects &= {session for breach in judged.verdict.breaches for session in breach.sessions}
    while suspects - found.keys():
        closed = baseline.past | (baseline.near_by - found.keys())
        breaches = list(breaches_about(case, rules, baseline.only(closed), suspects - found.keys(), baseline.past))
        broken = {
            session: [b for b in breaches if session in b.sessions and closed.issuperset(b.mends)]
            for session in suspects - found.keys()
        }
        new = {session: breaches for session, breaches in broken.items() if breaches}
        if not new:
            break
        found |= new
    order = [session.id for session in baseline.plan.sessions if session.id in found]
    vague = {rule.id for rule in rules if not rule.names_all_mends}
    return tuple(_opened(case, baseline.plan.session[session], found[session], vague) for session in order)


def _opened(case: Case, session: Session, breaches: Sequence[Breach], vague: Collection[str]) -> Opened:
    certain = [breach for breach in breaches if breach.rule not in vague]
    if not certain:
        return Opened(session.id, tuple(breaches), (), spared=True)
    decisions = [_affected(case, session, breach) for breach in certain]
    named = dict.fromkeys(decision for found in decisions for decision in found) if all(decisions) else {}
    return Opened(session.id, tuple(breaches), tuple(named))


def _affected(case: Case, session: Session, breach: Breach) -> list[Decision]:
    """Return the decisions of a session that a breach is about, by those whom it names; none where it names nobody."""
    who = set(breach.who)
    seats: list[Decision] = [
        ("seat", session.id, part.id, role)
        for part in session.parts
        for role, seated in part.roles.items()
        if who.intersection(seated)
    ]
    rooms: list[Decision] = [("room", session.id, part.id) for part in session.parts if part.room in who]
    if session.site in who:
        rooms = [("site", session.id), *(("room", session.id, part.id) for part in session.parts)]
    if not who and _start_is_gone(case, session):
        return [("start", session.id)]
    return [*seats, *rooms]


def _start_is_gone(case: Case, session: Session) -> bool:
    return session.start.astimezone(case.zone) not in agenda_of(case).by_id[session.id].starts
