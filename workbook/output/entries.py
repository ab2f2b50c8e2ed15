"""The sessions of a plan as people read them: local times, rounds, themes, holidays and gaps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rota.activity import Activity, Service
from rota.agenda import MAIN_PART, Occurrence, agenda_of
from rota.case import Case
from rota.holidays import SpecialDay, special_day
from rota.plan import Plan, PlanPart, Session
from rota.text import Message, name


@dataclass(frozen=True)
class EntryPart:
    """One part of a session; `missing` counts the seats, by role, that nobody takes."""

    part: PlanPart
    theme: Message
    missing: Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """One session of the plan; times are the case's local ones.

    `activity` and `round` are None where the case does not know the session, `round` also where it is in none.
    """

    session: Session
    activity: Activity | None
    round: int | None
    start: dt.datetime
    end: dt.datetime
    special: SpecialDay | None
    parts: tuple[EntryPart, ...]

    @property
    def id(self) -> str:
        """The session's id."""
        return self.session.id

    @property
    def day(self) -> dt.date:
        """The local day on which it begins."""
        return self.start.date()

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.end - self.start).total_seconds() // 60)

    @property
    def hours(self) -> str:
        """From when to when, e.g. `10:00–11:30`."""
        return f"{self.start:%H:%M}–{self.end:%H:%M}"

    @property
    def fixed(self) -> bool:
        """Whether it is a fixed service."""
        return self.activity is not None and self.activity.service is Service.FIXED

    @property
    def lines(self) -> tuple[str, ...]:
        """The service lines of its parts, each once."""
        return tuple(dict.fromkeys(part.part.line for part in self.parts if part.part.line))

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms of its parts, each once."""
        return tuple(dict.fromkeys(part.part.room for part in self.parts if part.part.room))

    def missing(self, role: str) -> int:
        """Return how many seats of `role` nobody takes."""
        return sum(part.missing.get(role, 0) for part in self.parts)

    def themes(self, language: str) -> tuple[str, ...]:
        """Return the themes of its parts in `language`, each once."""
        said = (part.theme.zh if language == "zh" else part.theme.en for part in self.parts)
        return tuple(dict.fromkeys(theme for theme in said if theme))


def entries(case: Case, plan: Plan) -> tuple[Entry, ...]:
    """Return the sessions of a plan in order of time."""
    known = agenda_of(case).by_id
    gaps: dict[tuple[str, str], dict[str, int]] = {}
    for seat in plan.open:
        if seat.role:
            gaps.setdefault((seat.session, seat.part or MAIN_PART), {})[seat.role] = seat.missing
    found = [_entry(case, session, known.get(session.id), gaps) for session in plan.sessions]
    return tuple(sorted(found, key=lambda entry: (entry.start, entry.id)))


def rotation(found: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Part the sessions into those shown one by one and the fixed services, which are summed up.

    Where a plan holds nothing but fixed services, these are what is shown.
    """
    every = tuple(found)
    special = tuple(entry for entry in every if not entry.fixed)
    return (special, tuple(entry for entry in every if entry.fixed)) if special else (every, ())


def roles_of(case: Case, found: Iterable[Entry]) -> tuple[str, ...]:
    """Return the roles that are filled or left open in the given sessions, in the order of the case's table."""
    present = {role for entry in found for part in entry.parts for role in (*part.part.roles, *part.missing)}
    return (*(r for r in agenda_of(case).roles if r in present), *sorted(present - set(agenda_of(case).roles)))


def _entry(
    case: Case,
    session: Session,
    occurrence: Occurrence | None,
    gaps: Mapping[tuple[str, str], Mapping[str, int]],
) -> Entry:
    start, end = session.start.astimezone(case.zone), session.end.astimezone(case.zone)
    return Entry(
        session=session,
        activity=case.activity.get(session.activity),
        round=(occurrence.round or None) if occurrence else None,
        start=start,
        end=end,
        special=special_day(case, start.date()),
        parts=tuple(
            EntryPart(part, _theme(part, occurrence), gaps.get((session.id, part.id), {})) for part in session.parts
        ),
    )


def _theme(part: PlanPart, occurrence: Occurrence | None) -> Message:
    """Say the theme that the plan states; in the case's two languages where it is the case's own."""
    frame = occurrence.part.get(part.id) if occurrence else None
    if frame and part.theme in {"", frame.theme.zh, frame.theme.en}:
        return frame.theme
    return name(part.theme)
