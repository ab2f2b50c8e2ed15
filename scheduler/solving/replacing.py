"""Replacing: what a frozen session had that cannot stay, and who or what else could take the place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constraints.alternatives import Alternatives, Candidate, OtherStart

if TYPE_CHECKING:
    from constraints.breach import Breach
    from constraints.reverifying import Judged
    from rota.plan import Plan
    from scheduler.solving.baseline import Kind
    from scheduler.solving.freezing import Opened
    from scheduler.solving.scope import Scope


@dataclass(frozen=True)
class Loosened:
    """What was opened of a frozen session since it could not stay: its seats, time or room; or all of it (`session`).

    `before` are the ids of those who held the seat, of the room or the site; `after` those who do now. For seats all
    who could take one are ranked, for times all starts, the best first, with all else as it was. `breaches` say why.
    """

    session: str
    what: Kind
    part: str | None
    role: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    breaches: tuple[Breach, ...]
    candidates: tuple[Candidate, ...] = ()
    starts: tuple[OtherStart, ...] = ()


def loosened(judged: Judged, scope: Scope, plan: Plan) -> tuple[Loosened, ...]:
    """Say of each frozen session that was opened what was, and rank what could come in its place."""
    if not scope.opened:
        return ()
    alternatives = Alternatives(judged.case, judged.rules, judged.plan, judged)
    return tuple(each for opened in scope.opened for each in _loosened(alternatives, opened, scope.fixed, plan))


def _loosened(alternatives: Alternatives, opened: Opened, fixed: Collection[str], plan: Plan) -> Iterator[Loosened]:
    old, new = alternatives.plan.session[opened.session], plan.session.get(opened.session)
    about = (opened.session, opened.breaches)
    if not opened.decisions and (not opened.spared or old != new):
        yield Loosened(about[0], "session", None, None, (), (), about[1])
    for what, _, *where in opened.decisions:
        if what == "start":
            starts = tuple(alternatives.starts(opened.session))
            yield Loosened(about[0], "time", None, None, (), (), about[1], starts=starts)
        elif what == "site":
            yield Loosened(about[0], "site", None, None, (old.site,), (new.site,) if new else (), about[1])
        elif what == "room":
            before, after = old.part[where[0]].room, new.part[where[0]].room if new and where[0] in new.part else None
            yield Loosened(about[0], "room", where[0], None, _some(before), _some(after), about[1])
        else:
            part, role = where
            before_there = old.part[part].roles.get(role, ())
            now_there = new.part[part].roles.get(role, ()) if new and part in new.part else ()
            leaving = _named(opened, before_there)
            found = alternatives.candidates(opened.session, part, role, leaving=leaving, untouched=fixed)
            yield Loosened(about[0], "seat", part, role, before_there, now_there, about[1], tuple(found))


def _named(opened: Opened, seated: Sequence[str]) -> tuple[str, ...]:
    named = {who for breach in opened.breaches for who in breach.who}
    return tuple(who for who in seated if who in named)


def _some(room: str | None) -> tuple[str, ...]:
    return () if room is None else (room,)
