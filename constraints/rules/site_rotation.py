"""Site rotation: everybody visits every site before coming to one again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from constraints.rule import RoleRule, param
from rota.row import Ids
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Count, Term
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class _Tour(NamedTuple):
    """What one resource could visit: the days of its sessions in order, and the first and the last one of each site."""

    days: list[dt.date]
    first: dict[str, dt.date]
    last: dict[str, dt.date]

    def opening(self, day: dt.date) -> list[str]:
        """Return the sites that open on a day."""
        return [site for site, first in self.first.items() if first == day]

    def open(self, day: dt.date) -> list[str]:
        """Return the sites that are open on a day."""
        return [site for site, first in self.first.items() if first <= day <= self.last[site]]


class SiteRotation(RoleRule):
    """A resource visits every site before it comes to one again: its visits to any two sites differ by at most 1.

    That is asked at the end of each day for which a session that counts and that it may serve in is foreseen, while it
    is a member, of the `sites` (empty: all) that are open to it on that day. A site is open to it from the first to the
    last nominal date of such sessions there; who has home sites has no others. A site that opens later comes next: it
    starts one visit behind the open one with most. A visit is a turn, on its nominal date. Amount: the greatest
    difference above 1, per resource and day.
    """

    kind = "site_rotation"
    label = text("Site rotation", "走遍各站")
    summary = text("everybody visits every site before coming to one again", "走遍各站点后才再到同一站点")
    unit = text("visits too early, per day", "提前次数（逐日累计）")

    sites: Ids = param("站点", "only these sites; empty means all", "只限这些站点；空为全部", ())

    def post(self, board: Board) -> None:
        """Compare the visits of each resource on each day from its first open session."""
        opened: dict[str, dt.date] = {}
        for occurrence in self.foreseen(board.case):
            if board.is_open(occurrence):
                for who in self.takers(occurrence):
                    opened.setdefault(who, occurrence.nominal.date())
        for who, tour in self._tours(board.case).items():
            if who in opened:
                self._compare(board, who, tour, opened[who])

    def _compare(self, board: Board, who: str, tour: _Tour, opened: dt.date) -> None:
        visits: dict[tuple[dt.date, str], list[Term]] = defaultdict(list)
        for occurrence, site, made in board.visits(who, self.role):
            if self.counts(occurrence):
                visits[occurrence.nominal.date(), site].append((made, 1))
        counts: dict[str, Count] = {}
        for day in tour.days:
            if opening := tour.opening(day):
                before = [counts[site] for site in tour.open(day) if site in counts]
                most = board.greatest([board.count([(True, 1)]), *before])
                counts |= dict.fromkeys(opening, board.count([(most, 1), (True, -1)]))
            for site in tour.open(day):
                counts[site] = board.count([(counts[site], 1), *visits[day, site]])
            if day >= opened and board.case.resources[who].belongs(day):
                compared = [counts[site] for site in tour.open(day)]
                board.spread([(compared, compared)], 1, (who, day.isoformat()))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource and day at whose end it has come to a site too early."""
        for who, tour in self._tours(roster.case).items():
            visits: dict[tuple[dt.date, str], list[str]] = defaultdict(list)
            for turn in self.held(roster, who):
                visits[turn.occurrence.nominal.date(), turn.session.site].append(turn.id)
            counts: dict[str, int] = {}
            made: dict[str, list[str]] = defaultdict(list)
            for day in tour.days:
                most = max([1, *(counts[site] for site in tour.open(day) if site in counts)])
                counts |= dict.fromkeys(tour.opening(day), most - 1)
                for site in tour.open(day):
                    counts[site] += len(visits[day, site])
                    made[site] += visits[day, site]
                if roster.case.resources[who].belongs(day):
                    compared = {site: counts[site] for site in tour.open(day)}
                    yield from self._breach(roster.case, who, day, compared, made)

    def _breach(
        self, case: Case, who: str, day: dt.date, counts: dict[str, int], made: dict[str, list[str]]
    ) -> Iterator[Breach]:
        most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
        if counts[most] - counts[least] > 1:
            message = text(
                "By {day} {who} has been to {most} {n} times{as_role}, to {least} {m}{later}",
                "截至 {day}，{who} {as_role}到 {most} {n} 次，到 {least} 仅 {m} 次{later}",
                day=day,
                who=case.label[who],
                as_role=self.as_role(case),
                most=case.label[most],
                n=counts[most],
                least=case.label[least],
                m=counts[least],
                later=text("; a site that opened later starts one behind", "（后开放的站点按少一次起计）")
                if counts[most] > len(made[most]) or counts[least] > len(made[least])
                else text("", ""),
            )
            sessions = (*made[most], *made[least])
            excess, about = counts[most] - counts[least] - 1, (who, day.isoformat())
            yield self.breach(excess, message, sessions=sessions, who=(who,), about=about)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lead}{sites} is visited before any is visited again{trail}",
            "{lead}走遍{sites}后，才再到同一站点{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            sites=text("each of {sites}", "{sites}", sites=tuple(case.label[site] for site in self.sites))
            if self.sites
            else text("every site", "各站点"),
        )

    def _tours(self, case: Case) -> dict[str, _Tour]:
        """Return what each resource that the rule is about could visit."""
        tours = {who: _Tour([], {}, {}) for who in self.about(case)}
        for occurrence in self.foreseen(case):
            day = occurrence.nominal.date()
            wanted = [site for site in occurrence.sites if not self.sites or site in self.sites]
            for who in self.takers(occurrence) & tours.keys():
                tour = tours[who]
                sites = [site for site in wanted if site in case.homes.get(who, wanted)]
                if sites and day not in tour.days[-1:]:
                    tour.days.append(day)
                for site in sites:
                    tour.first.setdefault(site, day)
                    tour.last[site] = day
        return tours
