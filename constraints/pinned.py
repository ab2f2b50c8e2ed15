"""Pins that nothing can keep: to a start, a room or somebody that the session cannot have, and what it could have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from constraints.quick import Facts
from rota.agenda import agenda_of
from rota.demand import Pin
from rota.problem import Problem
from rota.text import Message, clauses, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.rule import Rule
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case

MOST = 6
"""So many possibilities are named."""


def pins_without_a_way(case: Case, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Yield the pins that no plan can keep, each with what would be possible in its cell."""
    facts, known = Facts(case, rules), agenda_of(case).by_id
    for number, pin in enumerate(case.pins):
        occurrence = known.get(pin.session)
        if occurrence is None or pin.absent or not occurrence.starts:
            continue
        field, possible = _possible(case, facts, pin, occurrence)
        pinned = pin.at().replace(tzinfo=case.zone) if pin.start else pin.resource or pin.room
        if field and pinned not in possible:
            yield Problem("pins", number, field, _impossible(case, occurrence, pinned, possible))


def cannot_be_held(case: Case, rules: Sequence[Rule], session: str) -> Iterator[Message]:
    """Yield what is missing where a session cannot take place at any start that its pins leave it."""
    occurrence = agenda_of(case).by_id.get(session)
    if occurrence is None:
        return
    facts = Facts(case, rules)
    starts = _starts(case, Pin(session=session), occurrence)
    found = [facts.shortcomings(occurrence, start) for start in starts]
    if found and all(found):
        least = min(found, key=len)
        yield text(
            "{session} cannot take place so: {found}",
            "{session} 这样无法举办：{found}",
            session=occurrence.label,
            found=clauses(least),
        )


def _possible(
    case: Case, facts: Facts, pin: Pin, occurrence: Occurrence
) -> tuple[str, Sequence[str] | Sequence[dt.datetime]]:
    """Return the cell of what is pinned, and all that could stand there; no cell where nothing is fixed."""
    parts = [part for part in occurrence.parts if pin.part in {"", part.id}]
    starts = [start for start in _starts(case, pin, occurrence) if facts.sites(occurrence, start)]
    if pin.start:
        return "start", starts
    if pin.resource:
        return "resource", [who for who in case.resources if _serves(facts, who, pin, occurrence, parts, starts)]
    if pin.room:
        return "room", [
            room.id
            for room in case.rooms
            if any(
                room.id in part.rooms
                and facts.fits(room.id, part, facts.sites(occurrence, start), start, occurrence.end_of(start))
                for part in parts
                for start in starts
            )
        ]
    return "", ()


def _serves(
    facts: Facts, who: str, pin: Pin, occurrence: Occurrence, parts: Sequence[PartFrame], starts: Sequence[dt.datetime]
) -> bool:
    return any(
        seats.name == pin.role and who in seats.candidates and facts.able(who, part, seats, occurrence, start)
        for part in parts
        for seats in part.seats
        for start in starts
    )


def _starts(case: Case, pin: Pin, occurrence: Occurrence) -> list[dt.datetime]:
    """Return the starts that the session could have, only the pinned one where another pin fixes it."""
    others = [other for other in case.pins if other.session == pin.session and other.start and not other.absent]
    fixed = {other.at().replace(tzinfo=case.zone) for other in others}
    return [start for start in occurrence.starts if pin.start or not fixed or start in fixed]


def _impossible(
    case: Case, occurrence: Occurrence, pinned: str | dt.datetime, possible: Sequence[str] | Sequence[dt.datetime]
) -> Message:
    said = [_said(case, each) for each in possible[:MOST]]
    if more := len(possible) - len(said):
        said.append(text("and {n} more", "另有 {n} 项", n=more))
    return text(
        "{session} cannot have {pinned}; possible: {possible}",
        "{session} 不可能安排 {pinned}；可以是：{possible}",
        session=occurrence.label,
        pinned=_said(case, pinned),
        possible=clauses(said) if said else text("nothing", "无"),
    )


def _said(case: Case, what: str | dt.datetime) -> Message:
    if isinstance(what, str):
        return text("{label} [{id}]", "{label}〔{id}〕", label=case.label[what], id=what)
    return text("{start}", "{start}", start=what)
