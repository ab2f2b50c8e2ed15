"""Audience fit: sessions take place when the people whom they are for are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import Rule, is_of, param
from rota.row import Count, Ids
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.facts import Audience
    from rota.roster import Held, Roster


class AudienceFit(Rule):
    """Sessions of `activities` start where and when at least `least` people of the audience are free to the end.

    Free at a start and a site are the people of all rows of 人群 (of `audience`, where it names some) whose time covers
    the whole session; rows of another site do not count, rows without a site count at every one. Without `least`, as
    many are asked for as are free at the best of the session's starts and sites. Amount: people missing, per session.
    """

    kind = "audience_fit"
    label = text("Audience fit", "人群契合")
    summary = text("sessions take place when their audience is free", "场次安排在服务人群有空的时候")
    unit = text("people", "人")

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    audience: Ids = param("人群", "only these rows of the audience; empty means all", "只限这些人群；空为全部", ())
    least: Count | None = param(
        "最少",
        "people who are free, at least; empty means as many as possible for the session",
        "至少多少人有空；空为该场次可及的最多人数",
        None,
    )

    def post(self, board: Board) -> None:
        """Forbid every start, at every site, at which too few are free."""
        for occurrence in board.occurrences:
            if is_of(occurrence, self.activities):
                wanted = self._wanted(board.case, occurrence)
                for start in occurrence.starts:
                    self._weigh(board, occurrence, start, wanted)

    def _weigh(self, board: Board, occurrence: Occurrence, start: dt.datetime, wanted: int) -> None:
        """Forbid a start for those missing wherever it is, and its sites for those missing beyond them."""
        missing = {s: max(0, wanted - self._free(board.case, occurrence, start, s)) for s in occurrence.sites}
        anywhere = min(missing.values(), default=0)
        begins = board.start(occurrence, start)
        if anywhere:
            board.forbid([begins], (occurrence.id,), anywhere)
        for site, lack in missing.items():
            if lack > anywhere:
                board.forbid([begins, board.site(occurrence, site)], (occurrence.id, site), lack - anywhere)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session at which people are missing."""
        for held in roster.held:
            if is_of(held.occurrence, self.activities):
                wanted = self._wanted(roster.case, held.occurrence)
                free = self._free(roster.case, held.occurrence, held.start, held.session.site)
                if free < wanted:
                    yield self._breach(roster.case, held, free, wanted)

    def _breach(self, case: Case, held: Held, free: int, wanted: int) -> Breach:
        message = text(
            "{session} starts at {start} at {site}, when {free} people are free; {wanted} {asked}",
            "{session} 于 {start} 在 {site} 举办，届时有空的 {free} 人；{asked} {wanted} 人",
            session=held.occurrence.label,
            start=held.start,
            site=case.label.get(held.session.site, held.session.site),
            free=free,
            wanted=wanted,
            asked=text("could be", "最多可达") if self.least is None else text("are asked for", "要求"),
        )
        return self.breach(wanted - free, message, sessions=(held.id,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        what = tuple(case.label[a] for a in self.activities) or text("Sessions", "各场次")
        names = tuple(row.name for row in self._rows(case)) if self.audience else text("people", "人群")
        if self.least is None:
            return text(
                "{what}: when and where as many {audience} as possible are free",
                "{what}：安排在{audience}有空人数最多的时间和站点",
                what=what,
                audience=names,
            )
        return text(
            "{what}: when and where at least {least} {audience} are free",
            "{what}：安排在{audience}至少 {least} 人有空的时间和站点",
            what=what,
            least=self.least,
            audience=text("of {names}", "{names}", names=names) if self.audience else names,
        )

    def _rows(self, case: Case) -> list[Audience]:
        return [row for row in case.audience if not self.audience or row.id in self.audience]

    def _free(self, case: Case, occurrence: Occurrence, start: dt.datetime, site: str) -> int:
        end = occurrence.end_of(start)
        return sum(row.size for row in self._rows(case) if row.site in {"", site} and row.free(start, end))

    def _wanted(self, case: Case, occurrence: Occurrence) -> int:
        if self.least is not None:
            return self.least
        every = (self._free(case, occurrence, s, site) for s in occurrence.starts for site in occurrence.sites)
        return max(every, default=0)
