"""Construction: a first plan, built round by round, each round as well as the ones before it allow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from constraints.board import Board, Given
from rota.agenda import Occurrence, agenda_of
from rota.demand import REQUIRED
from scheduler.solving.bounding.relaxation import Place
from scheduler.solving.control import Control, SearchOverError
from scheduler.solving.decode import decided
from scheduler.solving.levels import all_costs, costs_in
from scheduler.solving.narrowing import Admitted, size_of
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Session

EFFORT = 0.3
"""Deterministic seconds for one step."""
LARGE = 400
"""With more candidates than this a week is built in steps, from candidates who have rested long."""
SEATED = 4_000
"""The same where a seating says who is meant to sit where: what is left open are rooms, mostly."""
STEP = 200
"""So many candidates one step has, about."""
RESTED = 8
"""So many candidates at least are looked at for a seat, and three more for each session of the step."""


Seating = Mapping[Place, Collection[str]]
"""Who is meant to sit where."""


class Beside(NamedTuple):
    """What is planned already, and who is admitted where."""

    given: Given
    admitted: Admitted


def construct(
    case: Case,
    rules: Sequence[Rule],
    control: Control,
    seating: Seating | None = None,
    among: Sequence[Occurrence] | None = None,
    beside: Beside | None = None,
    effort: float = EFFORT,
) -> dict[str, Session]:
    """Return the sessions of a first plan by id; myopic, so minima over the year may be missed and seats stay empty.

    Each week's sessions are decided together, those of earlier weeks staying as they are. Where a `seating` fills the
    seats of a role, nobody else is looked at for them. Only sessions `among` some are held, where these are given;
    those `beside` them stay as they are, and the new ones join them. Each step takes so many deterministic seconds of
    `effort` at the most.
    """
    building = _Building(case, rules, control, beside or Beside(Given(case, {}), Admitted(case, rules)), effort)
    with suppress(SearchOverError):
        for week in weeks_of(agenda_of(case).occurrences if among is None else among):
            if seating:
                building.add_seated([building.admitted.admit(_meant(o, seating)) for o in week])
            elif size_of(week) > LARGE:
                building.add_in_steps([building.admitted.frame(o.id) for o in week])
            else:
                building.add({o.id: o for o in week}, narrowed=False)
    return building.given.sessions


class _Building:
    """A plan that grows."""

    def __init__(self, case: Case, rules: Sequence[Rule], control: Control, beside: Beside, effort: float) -> None:
        self.case, self.rules, self.control, self.effort = case, rules, control, effort
        self.given, self.admitted = beside

    def add_seated(self, week: Sequence[Occurrence]) -> None:
        """Add a week in which seats have few candidates, those who are meant to sit there, or have rested long."""
        if size_of(week) > SEATED:
            self.add_in_steps(week)
        else:
            self._add_soon(week)

    def add_in_steps(self, due: Sequence[Occurrence]) -> None:
        """Add some sessions of a week at a time, for whom few candidates are looked at unless seats stay empty."""
        while due:
            step = due[: self._fitting(due)]
            self._add_soon(step)
            due = due[len(step) :]

    def _add_soon(self, step: Sequence[Occurrence]) -> None:
        """Add some sessions with few candidates; if seats stay empty, with all."""
        few = {o.id: self._rested(o, RESTED + 3 * len(step)) for o in step}
        if self.add(few, narrowed=True):
            self.add({o.id: o for o in step}, narrowed=True)

    def _fitting(self, due: Sequence[Occurrence]) -> int:
        """Return how many sessions one step decides."""
        most, size = 0, 0
        for most, occurrence in enumerate(due):
            most_each = RESTED + 3 * (most + 1)
            size += sum(
                len(p.rooms) + sum(min(most_each, len(s.candidates)) for s in p.seats) for p in occurrence.parts
            )
            if most and size > STEP:
                return most
        return most + 1

    def add(self, frames: dict[str, Occurrence], *, narrowed: bool) -> int:
        """Decide some sessions beside those that are there; return what is missing.

        Where nothing is found they stay as they were.

        Raises:
            SearchOverError: the search is over.
        """
        self.control.go_on()
        built = [self.given.sessions[id_] for id_ in frames if id_ in self.given.sessions]
        for id_ in frames:
            self.given.leave_out(id_)
        try:
            board = Board(
                self.case, frames, self.given, narrowed=frames if narrowed else None, open_seats=True, partial=True
            )
            board.post(self.rules, self.control.go_on)
            board.model.minimize(all_costs(board))
            found = run(board.model, self.control, Effort(small=True, deterministic=self.effort))
            if found.values is None:
                return 1
            built = [*decided(board, found.values).values()]
            return costs_in(board, found.values).get(REQUIRED, 0)
        finally:
            for session in built:
                self.given.put(session)

    def _rested(self, occurrence: Occurrence, most: int) -> Occurrence:
        """Return a session with so many candidates for each seat: those with few turns, and those who rested long."""
        parts = tuple(
            replace(part, seats=tuple(replace(s, candidates=self._shortest(s.candidates, most)) for s in part.seats))
            for part in occurrence.parts
        )
        return replace(occurrence, parts=parts)

    def _shortest(self, candidates: Sequence[str], most: int) -> tuple[str, ...]:
        if len(candidates) <= most:
            return tuple(candidates)
        turns = {who: self.given.sessions_of(who) for who in candidates}
        idle = sorted(candidates, key=lambda who: len(turns[who]))
        rested = sorted(idle, key=lambda who: self._last(turns[who]))
        chosen = {*rested[: most // 2]}
        chosen.update([who for who in idle if who not in chosen][: most - len(chosen)])
        return tuple(who for who in candidates if who in chosen)

    def _last(self, turns: Iterable[str]) -> float:
        """Return when the last of some turns was; sessions are added in order of time."""
        last = next(reversed(list(turns)), None)
        return self.admitted.agenda.by_id[last].nominal.timestamp() if last else 0.0


def _meant(occurrence: Occurrence, seating: Seating) -> Occurrence:
    """Return a session with those candidates alone who are meant to sit where, as far as they are enough."""
    parts = []
    for part in occurrence.parts:
        meant = [seating.get(Place(occurrence.id, part.id, seats.name), ()) for seats in part.seats]
        seats = (
            replace(each, candidates=tuple(who for who in each.candidates if who in few))
            if len(few) >= max(1, each.role.least)
            else each
            for each, few in zip(part.seats, meant, strict=True)
        )
        parts.append(replace(part, seats=tuple(seats)))
    return replace(occurrence, parts=tuple(parts))


def weeks_of(occurrences: Sequence[Occurrence]) -> Iterator[list[Occurrence]]:
    """Yield the sessions of each week, in order of time."""
    for _, week in groupby(occurrences, key=lambda o: o.nominal.isocalendar()[:2]):
        yield list(week)
