"""Travel time: between two turns at different sites there is time for the way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from constraints.remembered import once
from constraints.rule import Rule, param
from constraints.separable import Together
from constraints.settled import settled_sessions
from constraints.travellers import travellers
from rota.hours import minutes_from
from rota.row import Count
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Stay
    from constraints.breach import Breach
    from constraints.placed import Placed
    from constraints.separable import Separable
    from rota.case import Case
    from rota.roster import Held, Roster


class TravelTime(Rule):
    """Of two turns of one resource at different sites, the later begins when the way can be done after the earlier.

    For turns that do not overlap, at site a and then at site b: start - end >= way(a, b) + `minutes`, where the case
    knows a way of any minutes from a to b. Whoever serves in several sessions at once (`parallel` > 1) is several teams
    and not bound; turns that overlap are a matter of `no_overlap`. Amount: minutes missing, summed over all such pairs.
    """

    kind = "travel_time"
    label = text("Travel time", "路程时间")
    summary = text(
        "there is time for the way between two turns at different sites", "在不同站点的两次当值之间留足路上的时间"
    )
    unit = text("minutes missing", "缺少分钟")
    lax = True
    local = True
    hereditary = True
    names_all_mends = True
    standing = True
    firmness = 6

    minutes: Count = param("分钟", "minutes allowed for on top of each way", "每段路程另留的分钟数", 0)

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Let no stay be taken together with those that begin too soon after it."""
        ways, longest = self._ways(board.case), self._longest(board.case)
        for who in travellers(board):
            if _travels(board.case, who):
                for early, followers in _followers(board.stays(who), longest):
                    self._post_stay(board, who, ways, early, followers)

    def _post_stay(
        self, board: Board, who: str, ways: Mapping[tuple[str, str], int], early: Stay, followers: list[Stay]
    ) -> None:
        """Bound a sum that exceeds its bound, where the early stay is taken, by the minutes that are missing."""
        missing = {
            late: ways.get((early.site, late.site), 0) - (late.begins - early.ends)
            for late in followers
            if late.occurrence is not early.occurrence
            and (board.is_open(early.occurrence) or board.is_open(late.occurrence))
        }
        too_soon = [(late.taken, minutes) for late, minutes in missing.items() if minutes > 0]
        if not too_soon:
            return
        most = sum(missing for _, missing in too_soon)
        board.between([(early.taken, most), *too_soon], None, most, (who, early.start.date().isoformat()))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of turns between which time is missing."""
        ways, longest = self._ways(roster.case), self._longest(roster.case)
        for who in roster.among(roster.case.resources) if ways else ():
            if _travels(roster.case, who):
                for early, followers in _followers(roster.turns(who), longest):
                    for late in followers:
                        missing = ways.get((early.site, late.site), 0) - (late.begins - early.ends)
                        if missing > 0:
                            yield self._breach(roster.case, who, early, late, missing)

    def _breach(self, case: Case, who: str, early: Held, late: Held, missing: int) -> Breach:
        message = text(
            "{who} has {gap} min from {one} ({origin}, until {end}) to {other} ({destination}, from {start});"
            " {needed} min are needed",
            "{who} 从 {one}（{origin}，{end} 结束）到 {other}（{destination}，{start} 开始）只有 {gap} 分钟；"
            "需要 {needed} 分钟",
            who=case.label[who],
            gap=minutes_from(early.end, late.start),
            one=early.occurrence.label,
            origin=case.label[early.site],
            end=early.end.time(),
            other=late.occurrence.label,
            destination=case.label[late.site],
            start=late.start.time(),
            needed=case.minutes_between(early.site, late.site) + self.minutes,
        )
        return self.breach(missing, message, sessions=(early.id, late.id), who=(who,))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the minutes missing between sessions of which time and site are settled."""
        ways = self._ways(case)
        amounts: dict[tuple[str, str], int] = {}
        for early, followers in _followers(settled_sessions(case) if ways else (), self._longest(case)):
            for late in followers:
                missing = ways.get((early.site, late.site), 0) - (late.begins - early.ends)
                if missing > 0:
                    amounts[early.id, late.id] = missing
        if amounts:
            yield Together(frozenset(who for who in case.resources if _travels(case, who)), "", amounts)

    def placed(self, case: Case) -> Iterable[Placed] | None:
        """Say nothing where no way takes time."""
        return None if any(self._ways(case).values()) else ()

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if not self.minutes:
            return text(
                "There is time for the way between turns at different sites", "不同站点的两次当值之间留足路程时间"
            )
        return text(
            "There is time for the way between turns at different sites, and {minutes} min more",
            "不同站点的两次当值之间留足路程时间，并另留 {minutes} 分钟",
            minutes=self.minutes,
        )

    @once
    def _longest(self, case: Case) -> int:
        return max(self._ways(case).values(), default=0)

    @once
    def _ways(self, case: Case) -> Mapping[tuple[str, str], int]:
        return {way: minutes + self.minutes for way, minutes in case.ways.items()}


class _Visit(Protocol):
    @property
    def begins(self) -> int: ...
    @property
    def ends(self) -> int: ...


AnyVisit = TypeVar("AnyVisit", bound=_Visit)


def _travels(case: Case, who: str) -> bool:
    return case.resources[who].parallel == 1


def _followers(visits: Sequence[AnyVisit], within: int) -> Iterator[tuple[AnyVisit, list[AnyVisit]]]:
    """Yield every visit with those that begin at its end or less than `within` minutes later."""
    in_order = sorted(visits, key=lambda visit: visit.begins)
    begins = [visit.begins for visit in in_order]
    for visit in in_order:
        yield visit, in_order[bisect_left(begins, visit.ends) : bisect_left(begins, visit.ends + within)]
