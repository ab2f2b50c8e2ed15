"""Compactness: nobody comes for a single turn that stands alone in the day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from constraints.placed import Company, Span
from constraints.rule import RoleRule, param
from rota.row import Count
from rota.text import Message, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from constraints.placed import Placed
    from rota.case import Case
    from rota.roster import Held, Roster


class _Possible(NamedTuple):
    """A turn that could be taken in a span, or is: the decision, and whether that is still open."""

    serves: Lit
    is_open: bool


Spans = dict[Span, list[_Possible]]
"""The possible turns of one resource on one day."""


class Compactness(RoleRule):
    """Every turn has company: another turn of the same resource, begun on the same day, at most `minutes` away.

    Turns lie as far apart as the one begins after the other has ended; turns that overlap are company. Curriculum
    compactness of the International Timetabling Competition 2007, with minutes for its periods.
    Amount: 1 per turn without company.
    """

    kind = "compactness"
    label = text("Compactness", "时间紧凑")
    summary = text("no turn stands alone in its day", "同一天的当值前后相连，不单独跑一趟")
    unit = text("isolated turns", "次")

    minutes: Count = param(
        "分钟", "minutes between turns that are still next to each other", "间隔不超过多少分钟算相连", 0
    )

    def tells_apart(self, case: Case) -> bool:
        """Start, place and seats say it all."""
        return False

    def post(self, board: Board) -> None:
        """Ask for company in every span of time in which turns could lie."""
        touched = set(board.touched())
        for who in self.about(board.case):
            if who in touched:
                now = self._now(board, who)
                for day, spans in self._days(board, who).items():
                    self._post_day(board, (who, day.isoformat()), spans, now[day])

    def _post_day(self, board: Board, about: tuple[str, ...], spans: Spans, now: list[Span]) -> None:
        """Demand that the turns of each span are none, two or more, or have others near.

        With n turns in the span: near others + n >= 2 where n > 0.
        """
        taken = {span: board.any_of(turn.serves for turn in turns) for span, turns in spans.items()}
        for span, turns in spans.items():
            near = [other for other in spans if other != span and span.gap(other) <= self.minutes]
            has_company = sum(span.gap(other) <= self.minutes for other in now) > 1
            if self._is_asked(turns, [turn for other in near for turn in spans[other]], has_company=has_company):
                here = [(taken[span], -2), *((turn.serves, 1) for turn in turns)]
                board.between([*here, *((taken[other], 1) for other in near)], 0, None, about)

    def _is_asked(self, here: list[_Possible], near: list[_Possible], *, has_company: bool) -> bool:
        """Tell whether company is asked for; a turn that is fixed may lack it, at a price that may be saved.

        Where company must be, a fixed turn keeps what it has in the plan that is given, and may lack what it lacks.
        """
        is_open = any(turn.is_open for turn in here)
        if self.required and not all(turn.is_open for turn in here):
            return has_company
        return is_open or any(turn.is_open for turn in near)

    def _days(self, board: Board, who: str) -> dict[dt.date, Spans]:
        days: dict[dt.date, Spans] = defaultdict(dict)
        for turn in self.turns(board, who):
            for start in board.starts(turn.occurrence):
                span = Span.of(start, turn.occurrence.end_of(start))
                possible = _Possible(board.serves_in(turn, [start]), board.is_open(turn.occurrence))
                days[start.date()].setdefault(span, []).append(possible)
        return days

    def _now(self, board: Board, who: str) -> dict[dt.date, list[Span]]:
        """Return by day the turns of the plan that is given, those included about which the board decides anew."""
        days: dict[dt.date, list[Span]] = defaultdict(list)
        for occurrence, start in board.fixed.given.turns(who, self.role):
            if self.counts(occurrence):
                days[start.date()].append(Span.of(start, occurrence.end_of(start)))
        return days

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every turn without company."""
        for who in self.about(roster.case):
            by_day: dict[dt.date, list[Held]] = defaultdict(list)
            for turn in self.held(roster, who):
                by_day[turn.start.date()].append(turn)
            for turns in by_day.values():
                spans = [Span.of(turn.start, turn.end) for turn in turns]
                for number, turn in enumerate(turns):
                    others = spans[:number] + spans[number + 1 :]
                    if all(spans[number].gap(other) > self.minutes for other in others):
                        yield self._breach(roster.case, who, turn)

    def placed(self, case: Case) -> Iterable[Placed]:
        """Say whose turns want company."""
        for foreseen in self.chances(case).values():
            yield Company(tuple(occurrence.id for occurrence in foreseen), self.minutes)

    def _breach(self, case: Case, who: str, turn: Held) -> Breach:
        message = text(
            "{who} comes for {session} alone",
            "{who} 单独为 {session} 跑一趟",
            who=case.label[who],
            session=turn.label,
        )
        return self.breach(1, message, sessions=(turn.id,), who=(who,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        if not self.minutes:
            return text(
                "{lead}no turn stands alone in its day; turns follow each other at once{trail}",
                "{lead}同一天的当值首尾相连，不单独跑一趟{trail}",
                lead=self.lead(case),
                trail=self.trail(case),
            )
        return text(
            "{lead}no turn stands alone in its day; turns follow each other within {minutes} min{trail}",
            "{lead}同一天的当值间隔不超过 {minutes} 分钟，不单独跑一趟{trail}",
            lead=self.lead(case),
            trail=self.trail(case),
            minutes=self.minutes,
        )
