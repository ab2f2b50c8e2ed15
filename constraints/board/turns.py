"""Turns: what decisions come to for one resource - where it could serve, at which sites, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from constraints.board.decisions import Decisions
from constraints.board.given import Place
from constraints.board.literals import Lit
from rota.agenda import Occurrence
from rota.hours import Lasting


def _in_order(place: Place) -> tuple[dt.datetime, str]:
    return place.occurrence.nominal, place.occurrence.id


class Turn(NamedTuple):
    """One resource's possible turn in one occurrence: whether it serves there."""

    occurrence: Occurrence
    serves: Lit


@dataclass(frozen=True, eq=False)
class Moment(Lasting):
    """From when to when a session may last."""

    start: dt.datetime
    end: dt.datetime


class Stay:
    """One way in which a resource could serve, or serves: in which occurrence, from when to when, at which site.

    Whether it is `taken` becomes a literal of the model only once somebody asks.
    """

    __slots__ = ("_asked", "_taken", "begins", "end", "ends", "occurrence", "site", "start")

    def __init__(self, occurrence: Occurrence, moment: Moment, site: str, asked: Callable[[], Lit]) -> None:
        self.occurrence, self.site = occurrence, site
        self.start, self.end, self.begins, self.ends = moment.start, moment.end, moment.begins, moment.ends
        self._asked = asked
        self._taken: Lit | None = None

    @property
    def taken(self) -> Lit:
        """Whether the resource serves so."""
        if self._taken is None:
            self._taken = self._asked()
        return self._taken


class Visit(NamedTuple):
    """A site at which a resource could take a turn, or takes one."""

    occurrence: Occurrence
    site: str
    made: Lit


class Turns(Decisions):
    """Decisions, and what follows from them for each resource."""

    def touched(self) -> tuple[str, ...]:
        """Return the resources about which anything is still to be decided, in the order of the case's tables."""
        rank = self.agenda.rank
        return tuple(sorted((who for who in self._touched if who in rank), key=rank.__getitem__))

    def places(self, who: str) -> list[Place]:
        """Return the seats that `who` could take or takes, in order of the nominal dates."""
        if self._posting is not None:
            self.asked_about.setdefault(self._posting.id, set()).add(who)
        return list(self._known(who))

    def _known(self, who: str) -> list[Place]:
        """Return the seats of `who` as they are known, worked out again where some have been ruled out since."""
        dropped, found = self._worked_out.get(who, (-1, []))
        if dropped != len(self._dropped):
            found = [p for p in self._places.get(who, ()) if self._lit(p.taken) is not False]
            found = sorted([*found, *self.fixed.places(who)], key=_in_order)
            self._worked_out[who] = (len(self._dropped), found)
        return found

    def turns(self, who: str, role: str = "") -> list[Turn]:
        """Return the possible turns of `who`, in `role` or in any, in order of the nominal dates."""
        by_session: dict[str, tuple[Occurrence, list[Lit]]] = {}
        for place in self.places(who):
            if not role or place.role == role:
                by_session.setdefault(place.occurrence.id, (place.occurrence, []))[1].append(place.taken)
        return [Turn(occurrence, self.any_of(lits)) for occurrence, lits in by_session.values()]

    def stays(self, who: str, role: str = "") -> list[Stay]:
        """Return the ways in which `who` could take a turn, in order of the nominal dates: each start at each site."""
        return [
            Stay(occurrence, moment, site, partial(self.all_of, (serves, begun, placed)))
            for occurrence, serves in self.turns(who, role)
            for moment, begun in self._moments(occurrence)
            if self._can_both(serves, begun)
            for site, placed in self._sited(occurrence)
            if self._can_both(serves, placed) and self._can_both(begun, placed)
        ]

    def visits(self, who: str, role: str = "") -> list[Visit]:
        """Return the sites at which `who` could take a turn, in order of the nominal dates."""
        return [
            Visit(occurrence, site, made)
            for occurrence, serves in self.turns(who, role)
            for site, placed in self._sited(occurrence)
            if (made := self.all_of((serves, placed))) is not False
        ]

    @cached_property
    def _lasting(self) -> dict[str, tuple[Sequence[dt.datetime], list[Moment]]]:
        """The starts of sessions, by id, and what lasts from each."""
        return {}

    def _moments(self, occurrence: Occurrence) -> list[tuple[Moment, Lit]]:
        """Return from when to when a session may last, and what makes it do so; where there is but one, nothing."""
        starts = self.starts(occurrence)
        of, moments = self._lasting.get(occurrence.id, ((), []))
        if of is not starts:
            moments = [Moment(start, occurrence.end_of(start)) for start in starts]
            self._lasting[occurrence.id] = starts, moments
        if len(starts) == 1:
            return [(moments[0], True)]
        return [(moment, self.start(occurrence, start)) for start, moment in zip(starts, moments, strict=True)]

    def _sited(self, occurrence: Occurrence) -> list[tuple[str, Lit]]:
        """Return the sites that a session may have, and what makes it have each; where there is but one, nothing."""
        sites = self.sites(occurrence)
        return [(sites[0], True)] if len(sites) == 1 else [(site, self.site(occurrence, site)) for site in sites]

    def starts_in(self, occurrence: Occurrence, starts: Collection[dt.datetime]) -> Lit:
        """Whether the session takes place and starts at one of `starts`."""
        mine = self.starts(occurrence)
        chosen = [start for start in mine if start in starts]
        if len(chosen) == len(mine):
            return self.held(occurrence)
        return self._one_of([self.start(occurrence, start) for start in chosen])

    def serves_in(self, turn: Turn, starts: Collection[dt.datetime]) -> Lit:
        """Whether the turn is taken at one of `starts`; where the session has no others, serving says it all."""
        if all(start in starts for start in self.starts(turn.occurrence)):
            return turn.serves
        return self.all_of([turn.serves, self.starts_in(turn.occurrence, starts)])
