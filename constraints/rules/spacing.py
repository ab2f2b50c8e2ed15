"""Spacing: sessions lie so many days apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from constraints.apart import Mark, keep_apart
from constraints.rule import Rule, by_day, is_of, param
from rota.row import Flag, Ids, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Held, Roster


class Spacing(Rule):
    """Any two sessions of `activities` (empty: all) begin at least `days` days apart.

    With `same_site` only two sessions at one site. Amount: for each pair of sessions that begin d < `days` days apart,
    the days missing, `days` - d.
    """

    kind = "spacing"
    label = text("Spacing", "间隔")
    summary = text("sessions lie so many days apart", "任意两场之间相隔足够天数")
    unit = text("days missing", "缺少天数")
    hereditary = True
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())
    days: Positive = param("天数", "days from one start to the next, at least", "两场开始日期至少相隔几天")
    same_site: Flag = param("同一站点", "only sessions at one site", "只限在同一站点的场次", default=False)

    def post(self, board: Board) -> None:
        """Keep the possible starts apart, everywhere or at each site."""
        occurrences = [o for o in board.agenda.occurrences if is_of(o, self.activities) and board.held(o) is not False]
        for site in board.case.site if self.same_site else [None]:
            marks = [mark for occurrence in occurrences for mark in _marks(board, occurrence, site)]
            keep_apart(board, marks, self.days, required=self.required)

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of sessions that lie too close."""
        counted = [held for held in roster.held if is_of(held.occurrence, self.activities)]
        for number, one in enumerate(counted, start=1):
            for other in islice(counted, number, None):  # in order of time: whoever comes later is farther off
                apart = (other.start.date() - one.start.date()).days
                if apart >= self.days:
                    break
                if not self.same_site or one.session.site == other.session.site:
                    yield self._too_close(one, other, apart)

    def _too_close(self, one: Held, other: Held, apart: int) -> Breach:
        message = text(
            "{one} and {other} are {n} apart; asked for: {asked}",
            "{one} 与 {other} 仅相隔 {n}；要求 {asked}",
            one=one.label,
            other=other.label,
            n=several(apart, "day", "天"),
            asked=several(self.days, "day", "天"),
        )
        return self.breach(self.days - apart, message, sessions=(one.id, other.id))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{activities}: any two sessions{site} at least {n} apart",
            "{activities}：{site}任意两场至少相隔 {n}",
            activities=tuple(case.label[a] for a in self.activities) or text("All activities", "全部活动项目"),
            site=text(" at one site", "同一站点") if self.same_site else text("", ""),
            n=several(self.days, "day", "天"),
        )


def _marks(board: Board, occurrence: Occurrence, site: str | None) -> Iterator[Mark]:
    """Yield the days on which a session could begin, or begins: anywhere, or at one site."""
    sites = board.sites(occurrence)
    if site is not None and site not in sites:
        return
    here = True if site is None or len(sites) == 1 else board.site(occurrence, site)
    for day, starts in by_day(board.starts(occurrence)).items():
        taken = board.all_of([board.starts_in(occurrence, starts), here])
        yield Mark(occurrence.id, day.toordinal(), taken, board.is_open(occurrence), (occurrence.id,))
