"""A sketch of a plan: without the seats that most could take, and with these filled in once the rest stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rota.agenda import agenda_of
from scheduler.solving.improving import Context, Prepared, improved, pack, unpack
from scheduler.solving.narrowing import Window
from scheduler.solving.seatless import candidates_by_role, without_seats

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

MUCH = 0.3
"""The seats of one role are left out of a sketch where they have so large a share of the candidates for seats."""
SHARES = (0.3, 0.45)
"""The share of a limited time that a sketch takes, and takes at the most where sessions are missing."""
FILLING = 5.0
"""Deterministic seconds for filling all seats that were left out."""

Sessions = Mapping[str, "Session"]


def crowded(case: Case) -> str | None:
    """Return the role whose seats have the most candidates, where these are a large share of all for seats."""
    found = candidates_by_role(case)
    most = max(found, key=lambda role: found[role], default="")
    return most if len(found) > 1 and found[most] > MUCH * sum(found.values()) else None


def sketched(
    case: Case,
    rules: Sequence[Rule],
    role: str,
    control: Control,
    search: Callable[[Case, Sequence[Rule], Control, Sessions], Sessions],
) -> dict[str, Session]:
    """Return a plan that `search` finds without the seats of a role, which are then filled, as far as they can be.

    It goes on from the sessions that it is given. Where it lacks some in its time, it has some more, as without these
    seats they are found much sooner.
    """
    sketch, left = without_seats(case, rules, {role}), control.left()
    found: Sessions = {}
    for share in SHARES:
        seconds = None if left is None else max(0.0, (control.left() or 0.0) - left * (1 - share))
        found = search(*sketch, replace(control, seconds=seconds), found)
        if all(o.id in found for o in agenda_of(sketch[0]).occurrences if o.must):
            break
    return filled(case, rules, found, role, control)


def filled(case: Case, rules: Sequence[Rule], sketch: Sessions, role: str, control: Control) -> dict[str, Session]:
    """Return the plan with the seats of a role filled, as far as they can be; who could take them may change seats."""
    prepared = Prepared(Context.of(case, rules))
    prepared.take_up({id_: pack(_with_seats(prepared, session)) for id_, session in sketch.items()})
    window = Window(tuple(sketch), frozenset(prepared.admitted.agenda.candidates(role)))
    outcome = improved(prepared, window, FILLING, control, mending=True)
    done = {id_: unpack(packed) for id_, packed in outcome.changed.items() if packed is not None}
    return {**prepared.given.sessions, **done}


def _with_seats(prepared: Prepared, session: Session) -> Session:
    """Return a session in which nobody sits in the seats that it has and a sketch has not."""
    frames = prepared.admitted.agenda.by_id[session.id].part
    parts = (
        part.model_copy(update={"roles": {s.name: part.roles.get(s.name, ()) for s in frames[part.id].seats}})
        for part in session.parts
    )
    return session.model_copy(update={"parts": tuple(parts)})
