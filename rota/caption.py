"""Captions: all that is told about a session beside its times - names, places, who sits where - in both languages.

What feeds say follows from a caption alone, so captions tell whether two revisions say the same of a session.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rota.activity import ROLE_NAMES
from rota.agenda import agenda_of
from rota.case import Case
from rota.facts import Site
from rota.plan import OpenSeat, Plan, PlanPart, Session
from rota.row import Named
from rota.text import Message, name

LEADING = "host"
"""The role whose holders a session is known by; where an activity has none, its first role that is filled."""

UNTOLD = frozenset(
    {"contacts", "travel", "audience", "staffing", "availability", "pins", "demands", "history", "outcomes"}
    | {"reminders", "requests", "answers"}
)
"""Tables of the case, and of what is kept beside it, of which captions say nothing."""


@dataclass(frozen=True)
class Called:
    """Somebody or something by its id, and what it is called."""

    id: str
    label: Message


@dataclass(frozen=True)
class Seated:
    """Who sits in one role, and how many seats there are still open."""

    role: Called
    who: tuple[Called, ...]
    missing: tuple[int, ...]


@dataclass(frozen=True)
class PartCaption:
    """One part of a session; its roles stand in the order of the sheet 岗位."""

    id: str
    theme: Message
    line: Called | None
    room: Called | None
    seated: tuple[Seated, ...]


@dataclass(frozen=True)
class Caption:
    """One session: what it is, who leads it, where, told in which time zone (an IANA name), and its parts."""

    activity: Called
    leading: tuple[Called, ...]
    site: Called
    address: Message
    position: tuple[float, float] | None
    zone: str
    parts: tuple[PartCaption, ...]


def captions(case: Case, plan: Plan, among: Collection[str] | None = None) -> Mapping[str, Caption]:
    """Return the captions of all sessions of a plan, or of those `among` some, by id."""
    vacant: dict[str, list[OpenSeat]] = {}
    for seat in plan.open:
        vacant.setdefault(seat.session, []).append(seat)
    sessions = plan.sessions if among is None else [plan.session[id_] for id_ in among if id_ in plan.session]
    return {session.id: caption(case, session, vacant.get(session.id, ())) for session in sessions}


def caption(case: Case, session: Session, open_seats: Iterable[OpenSeat] = ()) -> Caption:
    """Return the caption of one session; open seats of others are passed over."""
    site, vacant = case.site.get(session.site), [seat for seat in open_seats if seat.session == session.id]
    return Caption(
        activity=_called(case.activity, session.activity),
        leading=tuple(_called(case.resources, who) for who in _leading(case, session)),
        site=_called(case.site, session.site),
        address=name(site.address, site.address_en) if site and site.address else name(""),
        position=_position(site),
        zone=(site.zone if site else "") or case.settings.zone,
        parts=tuple(_part(case, session, part, vacant) for part in session.parts),
    )


def _leading(case: Case, session: Session) -> Iterable[str]:
    filled = {role for part in session.parts for role, seated in part.roles.items() if seated}
    role = LEADING if LEADING in filled else next(iter(_in_order(case, session, filled)), "")
    return dict.fromkeys(who for part in session.parts for who in part.roles.get(role, ()))


def _position(site: Site | None) -> tuple[float, float] | None:
    if site is None or site.latitude is None or site.longitude is None:
        return None
    return site.latitude, site.longitude


def _part(case: Case, session: Session, part: PlanPart, vacant: Sequence[OpenSeat]) -> PartCaption:
    open_here = [seat for seat in vacant if seat.part in {None, part.id} and seat.role]
    roles = _in_order(case, session, dict.fromkeys([*part.roles, *(seat.role or "" for seat in open_here)]))
    return PartCaption(
        id=part.id,
        theme=_theme(case, session, part),
        line=_called(case.line, part.line) if part.line else None,
        room=_called(case.room, part.room) if part.room else None,
        seated=tuple(
            Seated(
                Called(role, _role(case, session, part, role)),
                tuple(_called(case.resources, who) for who in part.roles.get(role, ())),
                tuple(seat.missing for seat in open_here if seat.role == role),
            )
            for role in roles
        ),
    )


def _called(table: Mapping[str, Named], identifier: str) -> Called:
    row = table.get(identifier)
    return Called(identifier, row.label if row else name(identifier))


def _theme(case: Case, session: Session, part: PlanPart) -> Message:
    """Return the plan's theme, in both languages where the case has it so."""
    occurrence = agenda_of(case).by_id.get(session.id)
    frame = occurrence.part.get(part.id) if occurrence else None
    return frame.theme if frame and part.theme in {"", frame.theme.zh, frame.theme.en} else name(part.theme)


def _in_order(case: Case, session: Session, roles: Iterable[str]) -> list[str]:
    named = [role.role for role in case.roles_of.get(session.activity, ())]
    return sorted(roles, key=lambda role: (named.index(role) if role in named else len(named), role))


def _role(case: Case, session: Session, part: PlanPart, role: str) -> Message:
    mine = case.roles_of.get(session.activity, ())
    here = [each for each in mine if each.role == role and each.part in {"", part.id}]
    return here[0].label if here else case.role_label.get(role) or ROLE_NAMES.get(role) or name(role)
