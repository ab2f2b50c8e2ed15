"""From the values of a solved board to the sessions of a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from constraints.losing import Losing
from constraints.quick import shortcomings
from rota.agenda import agenda_of
from rota.plan import CaseRef, Declined, OpenSeat, Plan, PlanPart, Session
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constraints.board import Board, Lit
    from constraints.rule import Rule
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case

MOST_SAID = 6
"""Of what is missing at the starts of a declined session, so many things are said."""


def decode(board: Board, values: Sequence[int]) -> tuple[Session, ...]:
    """Return the sessions that take place, fixed ones included, in order of their nominal dates."""
    sessions = {**board.fixed, **decided(board, values)}
    return tuple(sessions[o.id] for o in board.agenda.occurrences if o.id in sessions)


def decided(board: Board, values: Sequence[int]) -> dict[str, Session]:
    """Return the open sessions that take place, by id."""

    def true(lit: Lit) -> bool:
        if isinstance(lit, bool):
            return lit
        return bool(values[lit.index]) if lit.index >= 0 else not values[-lit.index - 1]

    sessions = {}
    for occurrence in board.occurrences:
        if true(board.held(occurrence)):
            start = next(start for start in occurrence.starts if true(board.start(occurrence, start)))
            sessions[occurrence.id] = Session(
                id=occurrence.id,
                activity=occurrence.activity.id,
                start=start,
                end=occurrence.end_of(start),
                site=next(site for site in occurrence.sites if true(board.site(occurrence, site))),
                parts=tuple(_part(board, occurrence, part, true) for part in occurrence.parts),
            )
    return sessions


def _part(board: Board, occurrence: Occurrence, part: PartFrame, true: Callable[[Lit], bool]) -> PlanPart:
    return PlanPart(
        id=part.id,
        room=next((r for r in part.rooms if true(board.room(occurrence, part, r))), None) if part.needs_room else None,
        theme=part.theme.zh,
        line=next((line for line in part.lines if true(board.line(occurrence, part, line))), None),
        roles={
            seats.name: tuple(w for w in seats.candidates if true(board.seat(occurrence, part, seats.name, w)))
            for seats in part.seats
        },
    )


def in_order(case: Case, sessions: Iterable[Session]) -> list[Session]:
    """Return sessions, each once, in order of their nominal starts; those that the case does not know, of their own."""
    agenda, found = agenda_of(case), {session.id: session for session in sessions}
    known = agenda.by_id
    if found.keys() <= known.keys():
        return [found[o.id] for o in agenda.occurrences if o.id in found]
    return sorted(found.values(), key=lambda s: (known[s.id].nominal if s.id in known else s.start, s.id))


def as_plan(case: Case, sessions: Iterable[Session], *, open_seats: bool = False) -> Plan:
    """Make a plan of sessions, without a score: what was declined and which seats are open follows from the case.

    Why sessions were declined is left to `with_reasons`.
    """
    held = {session.id: session for session in sessions}
    missing = [seat for o in agenda_of(case).occurrences for seat in _open(o, held.get(o.id))] if open_seats else []
    return Plan(
        case=CaseRef(title=case.settings.title, hash=case.hash),
        sessions=tuple(held.values()),
        declined=declined_beside(case, held),
        open=tuple(missing),
    )


def declined_beside(case: Case, held: Collection[str]) -> tuple[Declined, ...]:
    """Return what need not take place and does not where these sessions are held, without the reasons."""
    return tuple(
        Declined(session=o.id, reason="") for o in agenda_of(case).occurrences if o.id not in held and not o.must
    )


def with_reasons(case: Case, rules: Sequence[Rule], plan: Plan) -> Plan:
    """Return the plan with the reason, in the case's language, for which each declined session was declined."""
    if not plan.declined:
        return plan
    known = agenda_of(case).by_id
    losing = Losing(case, rules, plan)
    declined = (
        (each.session, _reason(losing, known[each.session]).say(case.settings.language)) for each in plan.declined
    )
    return plan.model_copy(update={"declined": tuple(Declined(session=id_, reason=why) for id_, why in declined)})


def _reason(losing: Losing, occurrence: Occurrence) -> Message:
    if not occurrence.starts:
        return text("it has no possible start", "没有可用的开始时间")
    if losing.exhausted:
        return text(
            "not looked into: too much was declined to try all of it (`rota why --session {session}` plans all anew)",
            "未选入的场次过多，此场未逐一试排（重新求解：`rota why --session {session}`）",
            session=occurrence.id,
        )
    missing = shortcomings(losing.facts, occurrence)
    if not missing:
        return losing.reason(occurrence)
    said, unsaid = missing[:MOST_SAID], len(missing) - MOST_SAID
    if unsaid > 0:
        said.append(text("and {n} more", "另有 {n} 处", n=unsaid))
    return clauses(said)


def _open(occurrence: Occurrence, session: Session | None) -> Iterable[OpenSeat]:
    if session is None:
        if occurrence.must:
            least = sum(seats.role.least for part in occurrence.parts for seats in part.seats)
            yield OpenSeat(session=occurrence.id, missing=1 + least)
        return
    for part in occurrence.parts:
        for seats in part.seats:
            lack = seats.role.least - len(session.part[part.id].roles.get(seats.name, ()))
            if lack > 0:
                yield OpenSeat(session=occurrence.id, part=part.id, role=seats.name, missing=lack)
