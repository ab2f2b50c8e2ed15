"""Enclosing: how many sessions every repair changes at the least, and those in which all the smallest repairs lie.

A repair that changes few sessions leaves nearly all of a case as it is, so that a model of the whole says far too much.
Here anything may become of a few sessions that are opened. Those beside them either stay as they are, or change to
whatever they like: then they stand in nobody's way. Nothing is asked of any other, and of rules only what no plan
breaks because sessions are left out. What such a model needs at the least, every repair of the case needs. Where it
changes sessions beside, these are opened as well; where its solution gets in the way of others, these come beside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from constraints.reverifying import breaches_about
from rota.agenda import agenda_of
from rota.roster import used_by
from scheduler.solving.decode import as_plan, decided
from scheduler.solving.deviations import Deviations
from scheduler.solving.errors import InfeasibleError
from scheduler.solving.narrowing import as_it_is
from scheduler.solving.nearby import Near
from scheduler.solving.run import Effort, run

if TYPE_CHECKING:
    from constraints.reverifying import Judged
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from scheduler.solving.control import Control
    from scheduler.solving.run import Run
    from scheduler.solving.scope import Scope

EFFORT = Effort(small=True, deterministic=2.0)
"""One such model is searched no longer than this."""
ROUNDS = 30
"""So often sessions are opened, or come beside; what is known then has to do."""
OPENED = 40
"""So many sessions are opened at the most."""
AROUND = dt.timedelta(days=7)
"""Sessions within so much time come beside from the beginning, where they have what the opened ones could use."""


class Enclosing:
    """The sessions opened so far, those beside them, and the least that is proved with these."""

    def __init__(self, judged: Judged, scope: Scope, control: Control, opened: Iterable[str]) -> None:
        self.judged, self.scope, self.control = judged, scope, control
        self.baseline = scope.baseline
        self.agenda = agenda_of(judged.case)
        self.rules = [rule for rule in judged.rules if rule.required and rule.hereditary]
        self.movable = {id_ for id_ in scope.open if id_ in self.baseline.known}
        self.opened = set(opened) & set(scope.open)
        self.opened |= {each.session for each in scope.opened}
        self.met: set[str] = set()
        self.least = 0
        """The least number of changes of the repairs that open `opened_more` frozen sessions, the least number."""
        self.opened_more = 0
        self.is_closed = False
        """Whether all of these lie in the opened sessions."""

    def near(self, least: int) -> Near:
        """Return the opened sessions as a neighbourhood, where it is known that no repair changes less than `least`.

        What is proved here holds of repairs alone that open as few frozen sessions; where there are any, it says
        nothing of others.
        """
        exact = self.is_closed and self.least >= least
        anyway = least if any(opened.has_rest for opened in self.scope.opened) else max(least, self.least)
        return Near(frozenset(self.opened), anyway, exact=exact)

    def find(self) -> None:
        """Open sessions until every smallest repair lies in them, or so many that it is not worth it.

        Raises:
            InfeasibleError: it is proved that there is no repair.
            SearchOverError: the search is over.
        """
        for _ in range(ROUNDS if len(self.opened) <= OPENED else 0):
            model = _Relaxed(self.scope, self.rules, self.control, self.opened, self._beside())
            found = model.smallest()
            if found is None:
                break
            self.least, self.opened_more = model.least, model.opened_more
            more = model.left(found)
            if not more:
                self.met |= (met := self._met(found.values or (), model))
                more = set() if met else model.elsewhere()
                self.is_closed = not met and not more
            self.opened |= more
            if self.is_closed or len(self.opened) > OPENED:
                break

    def _beside(self) -> set[str]:
        """Return those beside the opened sessions: near in time, with something that these could use, or met before."""
        frames = self.agenda.in_order(self.opened)
        usable = {used for frame in frames for used in _usable(frame)}
        spans = [(frame.first - AROUND, frame.until + AROUND) for frame in frames]
        near = {
            id_
            for id_ in self.movable - self.opened
            for session in [self.baseline.known[id_]]
            if any(first <= session.start <= last for first, last in spans) and not usable.isdisjoint(used_by(session))
        }
        return near | self.met - self.opened

    def _met(self, values: Sequence[int], model: _Relaxed) -> set[str]:
        """Return the sessions not looked at so far that are in the way of a solution."""
        sessions = {**self.baseline.known, **dict.fromkeys(self.opened), **decided(model.board, values)}
        plan = as_plan(self.judged.case, [session for session in sessions.values() if session is not None])
        found = breaches_about(self.judged.case, self.rules, plan, self.opened, self.baseline.past)
        return {id_ for breach in found for id_ in breach.sessions} & self.movable - self.opened - model.kept.keys()


class _Relaxed:
    """The model of some opened sessions and those beside them, which are kept or left out."""

    def __init__(
        self, scope: Scope, rules: Sequence[Rule], control: Control, opened: Collection[str], beside: Collection[str]
    ) -> None:
        self.control = control
        known = agenda_of(scope.case).by_id
        self.kept = {id_: as_it_is(known[id_], scope.baseline.known[id_]) for id_ in beside}
        self.board = board = scope.relaxed(opened, self.kept)
        board.post(rules, control.go_on)
        self.deviations = Deviations(board, scope.baseline)
        self._opened_more = scope.keep_the_rest(board)
        self._out = {id_: board.negation(board.held(known[id_])) for id_ in sorted(self.kept)}
        for lit, value in board.values(scope.baseline.known):
            board.model.add_hint(lit, value)

    def smallest(self) -> Run | None:
        """Return a solution with the fewest changes, and of these with the fewest left out; None if not proved.

        First of all, it opens as few frozen sessions wholly as can be.
        """
        several = 1 + len(self._out)
        many = several * (1 + len(self.board.occurrences))
        opened, number = cp_model.LinearExpr.sum(self._opened_more), self.deviations.number
        self.board.model.minimize(cp_model.LinearExpr.sum([many * opened, several * number, *self._out.values()]))
        found = self._run()
        if found.infeasible:
            raise InfeasibleError
        if not found.proved or found.objective is None:
            return None
        self.opened_more, rest = divmod(found.objective, many)
        self.least = rest // several
        return found

    def left(self, found: Run) -> set[str]:
        """Return the sessions that a solution leaves out."""
        held = decided(self.board, found.values or ())
        return self.kept.keys() - held.keys()

    def elsewhere(self) -> set[str]:
        """Return all that any solution with so few changes leaves out; what is not known in time counts as well."""
        model, others = self.board.model, dict(self._out)
        model.add(cp_model.LinearExpr.sum(self._opened_more) <= self.opened_more)
        model.add(self.deviations.number <= self.least)
        while others:
            some = cp_model.LinearExpr.sum(list(others.values()))
            model.add(some >= 1)
            model.maximize(some)
            found = self._run()
            if found.infeasible:
                break
            if found.values is None:
                return set(self._out)
            for id_ in self.left(found):
                others.pop(id_, None)
        return self._out.keys() - others.keys()

    def _run(self) -> Run:
        self.control.go_on()
        return run(self.board.model, self.control, EFFORT)


def _usable(frame: Occurrence) -> Iterator[str]:
    for part in frame.parts:
        yield from part.rooms
        for seats in part.seats:
            yield from seats.candidates
