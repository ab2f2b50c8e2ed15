"""Timetables: nobody is to be chosen, only when and where sessions are held; a first one, and windows of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal, Protocol

from constraints.board import Board
from rota.agenda import Occurrence, agenda_of
from scheduler.solving.control import SearchOverError
from scheduler.solving.decode import decided
from scheduler.solving.levels import all_costs
from scheduler.solving.narrowing import Admitted, Window
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from random import Random

    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session
    from scheduler.solving.control import Control

WIDE = 20_000
"""With more ways than this to hold its sessions, at a start and in a room, a timetable is planned in windows."""
FIRST = 20.0
"""Deterministic seconds for the starts of a first timetable."""
ROOMS = 1.0
"""Deterministic seconds for its rooms."""
PATIENCE = 50
"""So many times as many windows as elsewhere may bring nothing before the search ends."""
NEARBY = 0.8
"""The share of activities that a window takes because they share resources with those it has."""

What = Literal["activities", "worst activities", "days", "moments", "rooms"]
KINDS: Mapping[What, tuple[int, ...]] = {
    "activities": (3000, 8000, 15000),
    "worst activities": (3000, 8000, 15000),
    "days": (1,),
    "moments": (2, 3, 4, 6),
    "rooms": (2, 4, 8),
}
"""The windows of a timetable with their sizes: ways to hold sessions, or how many days, moments or rooms."""
SHARES = (0.1, 0.4)
"""The shares of a window's rooms to which sessions may move, beside those that their activity has."""


class Size(Protocol):
    """How large a window is: the share of its rooms, and of how many candidates, days, moments or rooms it is made."""

    @property
    def share(self) -> float:
        """The share of its rooms."""

    @property
    def candidates(self) -> int:
        """How many."""


def sizes(what: str) -> Iterator[tuple[float, int]]:
    """Yield the sizes that windows of a kind can have: the share of the rooms, and how many of what it is made of."""
    for kind, found in KINDS.items():
        if kind == what:
            yield from product((1.0,) if what == "rooms" else SHARES, found)


def is_timetable(case: Case) -> bool:
    """Tell whether nobody is to be chosen for any seat, in a case with many ways to hold its sessions."""
    occurrences = agenda_of(case).occurrences
    return all(map(_is_settled, occurrences)) and sum(map(ways, occurrences)) > WIDE


def ways(occurrence: Occurrence) -> int:
    """Return in how many ways a session could be held: at which start, with its parts in which rooms."""
    return len(occurrence.starts) * max((len(part.rooms) for part in occurrence.parts), default=1)


def _is_settled(occurrence: Occurrence) -> bool:
    seats = [each for part in occurrence.parts for each in part.seats]
    return occurrence.must and all(len(each.candidates) == each.role.least for each in seats)


def first_timetable(case: Case, rules: Sequence[Rule], control: Control) -> dict[str, Session] | None:
    """Return sessions that keep what must hold, or None: first their starts are found, then their rooms."""
    admitted = Admitted(case, rules)
    frames = {o.id: admitted.frame(o.id) for o in agenda_of(case).occurrences}
    with suppress(SearchOverError):
        board = Board(case, narrowed={id_: _without_rooms(frame) for id_, frame in frames.items()})
        board.post([rule for rule in rules if rule.required], control.go_on)
        _keep_to_rooms(board)
        found = run(board.model, control, Effort(small=True, deterministic=FIRST))
        if found.values is not None:
            return _with_rooms(case, rules, frames, decided(board, found.values), control)
    return None


def _with_rooms(
    case: Case,
    rules: Sequence[Rule],
    frames: Mapping[str, Occurrence],
    started: Mapping[str, Session],
    control: Control,
) -> dict[str, Session] | None:
    """Return sessions that start as given, in rooms that cost little."""
    at = {id_: session.start.astimezone(case.zone) for id_, session in started.items()}
    board = Board(case, narrowed={id_: replace(frame, starts=(at[id_],)) for id_, frame in frames.items()})
    board.post(rules, control.go_on)
    board.model.minimize(all_costs(board))
    found = run(board.model, control, Effort(small=True, deterministic=ROOMS))
    return None if found.values is None else decided(board, found.values)


def _without_rooms(frame: Occurrence) -> Occurrence:
    return replace(frame, parts=tuple(replace(part, rooms=(), needs_room=False) for part in frame.parts))


def _keep_to_rooms(board: Board) -> None:
    """Start no more sessions at one moment than there are rooms; who needs which is seen later."""
    starting = defaultdict(list)
    for occurrence in board.occurrences:
        if any(part.needs_room for part in board.agenda.by_id[occurrence.id].parts):
            for start in occurrence.starts:
                starting[start].append(board.start(occurrence, start))
    most = sum(room.parallel for room in board.case.rooms)
    for lits in starting.values():
        if len(lits) > most:
            board.model.add(sum(lits) <= most)


@dataclass(frozen=True, eq=False)
class Drawing:
    """Draws windows of a timetable."""

    admitted: Admitted
    draw: Random

    def window(self, what: str, size: Size, plan: Mapping[str, Session], badness: Mapping[str, float]) -> Window:
        """Draw a window of a plan; `badness` says by name what it suffers from."""
        if what == "rooms":
            rooms = list(self.admitted.agenda.case.room)
            return Window(tuple(plan), frozenset(self.draw.sample(rooms, min(size.candidates, len(rooms)))))
        if what in {"days", "moments"}:
            moments = self._moments(what, size.candidates, plan)
            zone = self.admitted.agenda.case.zone
            sessions = tuple(id_ for id_, s in plan.items() if s.start.astimezone(zone) in moments)
            return Window(sessions, starts=moments, rooms=self._few_rooms(sessions, size.share, plan))
        sessions = self._of_activities(self._seed(what, badness), size.candidates)
        return Window(sessions, rooms=self._few_rooms(sessions, size.share, plan), light=True)

    def _few_rooms(
        self, sessions: Sequence[str], share: float, plan: Mapping[str, Session]
    ) -> dict[str, frozenset[str]]:
        """Return the rooms of its activity, and some of those that the sessions have, for each that the plan holds."""
        used: dict[str, set[str]] = defaultdict(set)
        for session in plan.values():
            used[session.activity].update(part.room for part in session.parts if part.room)
        pool = sorted({part.room for id_ in sessions if id_ in plan for part in plan[id_].parts if part.room})
        more = {a: self.draw.sample(pool, min(len(pool), 1 + round(share * len(pool)))) for a in used}
        return {id_: frozenset(used[a]).union(more[a]) for id_ in sessions if id_ in plan and (a := plan[id_].activity)}

    def _moments(self, what: str, size: int, plan: Mapping[str, Session]) -> frozenset[dt.datetime]:
        zone = self.admitted.agenda.case.zone
        used = sorted({session.start.astimezone(zone) for session in plan.values()})
        if what == "moments":
            return frozenset(self.draw.sample(used, min(size, len(used))))
        days = sorted({moment.date() for moment in used})
        chosen = self.draw.sample(days, min(size, len(days)))
        return frozenset(moment for moment in used if moment.date() in chosen)

    def _seed(self, what: str, badness: Mapping[str, float]) -> str:
        weights = [
            sum(badness.get(id_, 0.0) for id_ in sessions) + 0.05 if what == "worst activities" else 1.0
            for sessions in self._sessions.values()
        ]
        return self.draw.choices(list(self._sessions), weights)[0]

    def _of_activities(self, seed: str, size: int) -> tuple[str, ...]:
        """Choose activities that share resources with others of the window, and now and then any, until it is full."""
        chosen: dict[str, None] = {}
        total = 0
        for activity in self._walk(seed):
            total += sum(ways(self.admitted.frame(id_)) for id_ in self._sessions[activity])
            if chosen and total > size:
                break
            chosen[activity] = None
        return tuple(id_ for activity in chosen for id_ in self._sessions[activity])

    def _walk(self, seed: str) -> Iterator[str]:
        """Yield all activities, mostly such as share resources with those before."""
        left = dict.fromkeys(self._sessions)
        near: list[str] = [seed]
        while left:
            near = [each for each in near if each in left]
            pool = near if near and self.draw.random() < NEARBY else list(left)
            now = seed if seed in left else self.draw.choice(pool)
            del left[now]
            near += [each for each in self._beside[now] if each in left and each not in near]
            yield now

    @cached_property
    def _sessions(self) -> Mapping[str, list[str]]:
        """The sessions of each activity."""
        found: dict[str, list[str]] = defaultdict(list)
        for occurrence in self.admitted.agenda.occurrences:
            found[occurrence.activity.id].append(occurrence.id)
        return found

    @cached_property
    def _beside(self) -> Mapping[str, Sequence[str]]:
        """The activities with which each shares a resource."""
        of: dict[str, dict[str, None]] = defaultdict(dict)
        for activity, sessions in self._sessions.items():
            for who in _seated(self.admitted.frame(sessions[0])):
                of[who][activity] = None
        found: dict[str, dict[str, None]] = {activity: {} for activity in self._sessions}
        for activities in of.values():
            for activity in activities:
                found[activity] |= activities
        return {activity: [each for each in others if each != activity] for activity, others in found.items()}


def _seated(occurrence: Occurrence) -> Iterable[str]:
    return [who for part in occurrence.parts for seats in part.seats for who in seats.candidates]
