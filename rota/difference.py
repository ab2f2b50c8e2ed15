"""The difference between two plans, session by session and person by person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rota.plan import Plan, PlanPart, Session

What = Literal["added", "dropped", "moved", "room", "line", "joined", "left"]


NOTHING = PlanPart(id="nothing")
"""What stands in the place of a part that one of two sessions lacks."""


@dataclass(frozen=True)
class Change:
    """One difference in one session: `before` and `after` are ids or moments, `who` is who joined or left.

    A session or part that comes anew or goes brings changes of its seats along. A `room` without `part` is the site.
    """

    session: str
    what: What
    before: str | dt.datetime | None = None
    after: str | dt.datetime | None = None
    part: str | None = None
    role: str | None = None
    who: str | None = None


@dataclass(frozen=True)
class Difference:
    """All changes from one plan to another, in order of the sessions' newer starts; `starts` says these by session."""

    changes: tuple[Change, ...]
    starts: Mapping[str, dt.datetime] = field(default_factory=dict)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that differ."""
        return tuple(dict.fromkeys(change.session for change in self.changes))

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who joined or left a session; not those of a session that moved and kept them."""
        return tuple(dict.fromkeys(change.who for change in self.changes if change.who))

    def __bool__(self) -> bool:
        return bool(self.changes)


def difference(old: Plan, new: Plan) -> Difference:
    """Compare two plans by session id."""
    order = {**{s.id: s.start for s in old.sessions}, **{s.id: s.start for s in new.sessions}}
    changes: list[Change] = []
    for session in sorted(unlike(old, new), key=lambda s: (order[s], s)):
        before, after = old.session.get(session), new.session.get(session)
        if before is None and after is not None:
            changes += [Change(session, "added", after=after.start), *_seats(session, None, after)]
        elif after is None and before is not None:
            changes += [Change(session, "dropped", before=before.start), *_seats(session, before, None)]
        elif before is not None and after is not None:
            changes += _between(before, after)
    return Difference(tuple(changes), order)


def unlike(old: Plan, new: Plan) -> Iterator[str]:
    """Yield the sessions that are not written the same in both plans: few, as a rule, of very many."""
    for id_ in {**old.session, **new.session}:
        before, after = old.session.get(id_), new.session.get(id_)
        if before is not after and before != after:
            yield id_


def alike(old: Plan, new: Plan) -> bool:
    """Tell whether two plans hold the same, decline the same and leave the same open: then nobody has to be told."""
    before, after = ({declined.session for declined in plan.declined} for plan in (old, new))
    return before == after and set(old.open) == set(new.open) and not difference(old, new)


def affected(old: Plan, new: Plan) -> Mapping[str, tuple[str, ...]]:
    """Return whose turns differ from one plan to the other: by unit, person or equipment, the sessions concerned.

    Beside those who join or leave these are all who keep a seat where the time, the site, the room or the line changes.
    """
    concerned: dict[str, dict[str, None]] = {}
    for change in difference(old, new).changes:
        for who in [change.who] if change.who else _seated_in(change, old, new):
            concerned.setdefault(who, {})[change.session] = None
    return {who: tuple(sessions) for who, sessions in concerned.items()}


def told(old: Plan, new: Plan, now: dt.datetime) -> Mapping[str, tuple[str, ...]]:
    """Return who is to be told of a plan, as `affected` does: by whom, the sessions that are not over everywhere."""
    found = {who: to_come(sessions, now, old, new) for who, sessions in affected(old, new).items()}
    return {who: sessions for who, sessions in found.items() if sessions}


def to_come(sessions: Iterable[str], now: dt.datetime, *plans: Plan) -> tuple[str, ...]:
    """Return those of the sessions that are not over yet in one of the plans at least."""
    return tuple(id_ for id_ in sessions if any(id_ in plan.session and plan.session[id_].end > now for plan in plans))


def _seated_in(change: Change, *plans: Plan) -> Iterator[str]:
    for session in filter(None, (plan.session.get(change.session) for plan in plans)):
        for part in session.parts:
            if change.part in (None, part.id):
                yield from (who for seated in part.roles.values() for who in seated)


def _between(before: Session, after: Session) -> Iterator[Change]:
    if (before.start, before.end) != (after.start, after.end):
        yield Change(after.id, "moved", before.start, after.start)
    if before.site != after.site:
        yield Change(after.id, "room", before.site, after.site)
    for part in dict.fromkeys((*before.part, *after.part)):
        old, new = before.part.get(part, NOTHING), after.part.get(part, NOTHING)
        if old.room != new.room:
            yield Change(after.id, "room", old.room, new.room, part)
        if old.line != new.line:
            yield Change(after.id, "line", old.line, new.line, part)
    yield from _seats(after.id, before, after)


def _seated(session: Session | None) -> set[tuple[str, str, str]]:
    parts = session.parts if session else ()
    return {(part.id, role, who) for part in parts for role, seated in part.roles.items() for who in seated}


def _seats(session: str, before: Session | None, after: Session | None) -> Iterator[Change]:
    old, new = _seated(before), _seated(after)
    for part, role, who in sorted(old - new):
        yield Change(session, "left", part=part, role=role, who=who)
    for part, role, who in sorted(new - old):
        yield Change(session, "joined", part=part, role=role, who=who)
