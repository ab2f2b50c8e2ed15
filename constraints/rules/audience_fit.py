"""Audience fit: sessions take place when the people whom they are for are free."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.remembered import once
from constraints.rule import Rule, is_of, param
from rota.agenda import agenda_of
from rota.row import Count, Ids
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.facts import Audience
    from rota.roster import Held, Roster


class AudienceFit(Rule):
    """Sessions of `activities` start where and when at least `least` people of the audience are free to the end.

    Free at a start and a site are the people of all rows of 人群 whose time covers the whole session: of those whose id
    or name `audience` states, where it states any (rows of one survey share names); rows of another site do not count,
    rows without a site count at every one. Without `least`, as many are asked for as are free at the best of the
    session's starts and sites. Amount: people missing, per session.
    """

    kind = "audience_fit"
    label = text("Audience fit", "人群契合")
    summary = text("sessions take place when their audience is free", "场次安排在服务人群有空的时候")
    unit = text("people", "人")
    local = True
    by_session = True
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    audience: Ids = param(
        "人群",
        "only these rows of the audience, by id or name; empty means all",
        "只限这些人群（编号或名称）；空为全部",
        (),
    )
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
                free = self._free(board.case, occurrence)
                wanted = self._wanted(free)
                for start, people in free.items():
                    missing = {site: max(0, wanted - n) for site, n in people.items()}
                    _forbid(board, occurrence, start, missing)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every session at which people are missing."""
        for held in roster.held:
            if is_of(held.occurrence, self.activities):
                free = self._always(roster.case)[held.id]
                wanted, found = self._wanted(free), free.get(held.start, {}).get(held.session.site, 0)
                if found < wanted:
                    yield self._breach(roster.case, held, found, wanted)

    def _breach(self, case: Case, held: Held, free: int, wanted: int) -> Breach:
        message = text(
            "{session} at {site}: {free}; {asked}: {wanted}",
            "{session}（{site}）：届时有空的有 {free}；{asked} {wanted} 人",
            session=held.label,
            site=case.label.get(held.session.site, held.session.site),
            free=several(free, "person is free", "人", "people are free"),
            wanted=wanted,
            asked=text("at best", "最多可达") if self.least is None else text("asked for", "要求"),
        )
        return self.breach(wanted - free, message, sessions=(held.id,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        what = tuple(case.label[a] for a in self.activities) or text("Sessions", "各场次")
        named = dict.fromkeys(row.name for row in self._rows(case))
        names = tuple(case.term(name) for name in named) if self.audience else text("people", "人群")
        if self.least is None:
            return text(
                "{what}: when and where as many {audience} as possible are free",
                "{what}：安排在{audience}有空人数最多的时间和站点",
                what=what,
                audience=names,
            )
        return text(
            "{what}: when and where at least {least}{audience} are free",
            "{what}：安排在{audience}至少 {least} 人有空的时间和站点",
            what=what,
            least=self.least,
            audience=text(" of {names}", "{names}", names=names) if self.audience else text(" people", "人群"),
        )

    def _rows(self, case: Case) -> list[Audience]:
        return [row for row in case.audience if not self.audience or {row.id, row.name} & set(self.audience)]

    @once
    def _always(self, case: Case) -> dict[str, dict[dt.datetime, dict[str, int]]]:
        """Return by session how many people are free at each start, at each site, wherever less is not open."""
        return {o.id: self._free(case, o) for o in agenda_of(case).occurrences if is_of(o, self.activities)}

    def _free(self, case: Case, occurrence: Occurrence) -> dict[dt.datetime, dict[str, int]]:
        """Return how many people are free at each start, at each site."""
        found: dict[dt.datetime, dict[str, int]] = {}
        rows = self._rows(case)
        for start in occurrence.starts:
            end = occurrence.end_of(start)
            free = [row for row in rows if row.free(start, end)]
            found[start] = {s: sum(row.size for row in free if row.site in {"", s}) for s in occurrence.sites}
        return found

    def _wanted(self, free: dict[dt.datetime, dict[str, int]]) -> int:
        best = max((people for at_sites in free.values() for people in at_sites.values()), default=0)
        return best if self.least is None else self.least


def _forbid(board: Board, occurrence: Occurrence, start: dt.datetime, missing: dict[str, int]) -> None:
    """Forbid a start for those missing wherever it is, and its sites for those missing beyond them."""
    begins, anywhere = board.start(occurrence, start), min(missing.values(), default=0)
    if anywhere:
        board.forbid([begins], (occurrence.id,), anywhere)
    for site, lack in missing.items():
        if lack > anywhere:
            board.forbid([begins, board.site(occurrence, site)], (occurrence.id, site), lack - anywhere)
