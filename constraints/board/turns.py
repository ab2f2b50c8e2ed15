"""Turns: what decisions come to for one resource - where it could serve, at which sites, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
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
class Stay(Lasting):
    """One way in which a resource could serve, or serves: in which occurrence, from when to when, at which site.

    Whether it is `taken` becomes a literal of the model only once somebody asks.
    """

    occurrence: Occurrence
    start: dt.datetime
    end: dt.datetime
    site: str
    asked: Callable[[], Lit] = field(repr=False)

    @cached_property
    def taken(self) -> Lit:
        """Whether the resource serves so."""
        return self.asked()


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
            Stay(occurrence, start, occurrence.end_of(start), site, partial(self.all_of, decisions))
            for occurrence, serves in self.turns(who, role)
            for start in self.starts(occurrence)
            for site in self.sites(occurrence)
            if self._can_all(decisions := self._serving_at(occurrence, serves, start, site))
        ]

    def visits(self, who: str, role: str = "") -> list[Visit]:
        """Return the sites at which `who` could take a turn, in order of the nominal dates."""
        return [
            Visit(occurrence, site, made)
            for occurrence, serves in self.turns(who, role)
            for site in self.sites(occurrence)
            if (made := self.all_of(self._serving_at(occurrence, serves, None, site))) is not False
        ]

    def _serving_at(
        self, occurrence: Occurrence, serves: Lit, start: dt.datetime | None, site: str
    ) -> tuple[Lit, Lit, Lit]:
        """Return what makes somebody serve at this start (any, where none is given) and site.

        Where there is but one, serving says it all.
        """
        moment = self.start(occurrence, start) if start and len(self.starts(occurrence)) > 1 else True
        place = self.site(occurrence, site) if len(self.sites(occurrence)) > 1 else True
        return serves, moment, place

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
