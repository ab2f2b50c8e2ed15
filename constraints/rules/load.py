"""Load: how many turns, or minutes, one resource takes in a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import RoleRule, each, in_order, limits, outside, param, so_many, within
from constraints.separable import Counted
from rota.periods import Per, period_of, periods
from rota.row import Count
from rota.text import Message, Word, several, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from constraints.separable import Separable
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class Measure(Word):
    """What a load is counted in."""

    TURNS = "turns", "次数", "turns"
    MINUTES = "minutes", "分钟", "minutes"


class Load(RoleRule):
    """In each period `per`, a resource takes from `least` to `most` turns (or minutes), by the day on which they begin.

    `least` is asked only of those who are members on the first and the last day of the period (of its part within the
    horizon). Amount: turns (or minutes) missing or in excess.
    """

    kind = "load"
    label = text("Load", "工作量")
    summary = text("how many turns one resource takes in a period", "每个对象在一个周期内的次数上下限")
    unit = text("turns (or minutes)", "次（或分钟）")
    local = True
    hereditary = True
    names_all_mends = True

    least: Count = param("最少", "at least so many", "至少", 0)
    most: Count | None = param("最多", "at most so many; empty means no limit", "至多；空为不限", None)
    per: Per = param("周期", "the period", "周期", Per.HORIZON)
    measure: Measure = param("计量", "turns or minutes", "按次数或分钟", Measure.TURNS)

    @model_validator(mode="after")
    def _ordered(self) -> Load:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Bound the turns of each touched resource in each period."""
        touched = set(board.touched())
        for who, chances in self.chances(board.case).items():
            if who not in touched:
                continue
            terms: dict[str, list[tuple[Lit, int]]] = defaultdict(list)
            for turn in self.turns(board, who):
                for period, starts in self._by_period(board.starts(turn.occurrence)).items():
                    terms[period].append((board.serves_in(turn, starts), self._size(turn.occurrence)))
            for period in self._periods(board.case, who):
                if board.asks(self._in(period, chances)):
                    board.between(terms.get(period, []), self.least, None, (who, period))
            for period, counted in terms.items():
                board.between(counted, None, self.most, (who, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource and period with too few or too many."""
        for who in roster.among(self.about(roster.case)):
            turns: dict[str, list[str]] = defaultdict(list)
            counted: dict[str, int] = defaultdict(int)
            for turn in self.held(roster, who):
                period = period_of(turn.start.date(), self.per)
                counted[period] += self._size(turn.occurrence)
                turns[period].append(turn.id)
            asked = set(self._periods(roster.case, who))
            for period in sorted({*asked, *counted}):
                n = counted.get(period, 0)
                if amount := outside(n, self.least if period in asked else 0, self.most):
                    mends = self._in(period, self.chances(roster.case)[who]) if n < self.least else []
                    yield self._breach(roster.case, (who, period), n, amount, tuple(turns[period]), mends)

    def _breach(
        self,
        case: Case,
        about: tuple[str, str],
        n: int,
        amount: int,
        sessions: tuple[str, ...],
        mends: list[Occurrence],
    ) -> Breach:
        who, period = about
        message = text(
            "{who} has {n}{as_role} {period}; {limits}",
            "{who} 在 {period} {as_role}{n}；{limits} {measure}",
            who=case.label[who],
            n=several(n, *self._noun),
            measure=self._noun[1],
            as_role=self.as_role(case),
            period=within(period),
            limits=limits(self.least, self.most),
        )
        side = "few" if n < self.least else "many"
        return self.breach(amount, message, sessions=sessions, who=(who,), mends=mends, about=(*about, side))

    def separable(self, case: Case) -> Iterator[Separable]:
        """Yield the number of turns of each resource in each period, where every start lies in one of them."""
        if self.measure is not Measure.TURNS:
            return
        for who, chances in self.chances(case).items():
            sessions: dict[str, set[str]] = defaultdict(set)
            unsure: set[str] = set()
            for occurrence in chances:
                found = set(self._by_period(occurrence.starts))
                if len(found) == 1:
                    sessions[found.pop()].add(occurrence.id)
                unsure |= found
            asked = set(self._periods(case, who)) - unsure
            for period in sorted({*asked, *sessions}):
                least = self.least if period in asked else 0
                yield Counted(
                    who, self.role, frozenset(sessions[period]), partial(outside, least=least, most=self.most)
                )

    def describe(self, case: Case) -> Message:
        """Say the rule with its limits."""
        return text(
            "{lead}{limits} {per}{trail}",
            "{lead}{per} {limits}{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            limits=so_many(self.least, self.most, *self._noun),
            per=each(self.per),
        )

    @property
    def _noun(self) -> tuple[str, str]:
        """What is counted, in English and in Chinese."""
        return ("turn", "次") if self.measure is Measure.TURNS else ("minute", "分钟")

    def _size(self, occurrence: Occurrence) -> int:
        return 1 if self.measure is Measure.TURNS else occurrence.activity.minutes

    def _by_period(self, starts: tuple[dt.datetime, ...]) -> dict[str, list[dt.datetime]]:
        found: dict[str, list[dt.datetime]] = defaultdict(list)
        for start in starts:
            found[period_of(start.date(), self.per)].append(start)
        return found

    def _in(self, period: str, occurrences: list[Occurrence]) -> list[Occurrence]:
        """Return the sessions that could begin in a period."""
        return [o for o in occurrences if any(period_of(start.date(), self.per) == period for start in o.starts)]

    def _periods(self, case: Case, who: str) -> list[str]:
        """Return the periods in which the minimum is asked of `who`."""
        if not self.least:
            return []
        resource = case.resources[who]
        spans = periods(case.settings.first, case.settings.last, self.per)
        return [key for key, (first, last) in spans.items() if resource.belongs(first) and resource.belongs(last)]
