"""Service line coverage: every line has its sessions in every period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, each, in_order, is_of, limits, outside, param, scope, so_many, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Count, Ids
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.roster import Roster


class LineCoverage(Rule):
    """In every period that has sessions, every service line has at least `least` parts (and at most `most`).

    A part lies in the period of its session's nominal date. Amount: parts missing or in excess.
    """

    kind = "line_coverage"
    label = text("Service line coverage", "服务线覆盖")
    summary = text("every service line has its parts in every period", "每个周期内各服务线都有活动")
    unit = text("parts", "场")
    lax = True
    names_all_mends = True

    per: Per = param("周期", "the period", "周期", Per.QUARTER)
    lines: Ids = param("服务线", "only these lines; empty means all", "只限这些服务线；空为全部", ())
    least: Count = param("最少", "parts of each line, at least", "每条服务线至少几场", 1)
    most: Count | None = param("最多", "parts of each line, at most", "每条服务线至多几场", None)
    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())

    @model_validator(mode="after")
    def _ordered(self) -> LineCoverage:
        return in_order(self, self.least, self.most)

    def post(self, board: Board) -> None:
        """Bound the parts of each line in each period that has an open session."""
        foreseen = self._foreseen(board.case)
        for period in dict.fromkeys(period for period, occurrence in foreseen if board.is_open(occurrence)):
            parts = [(occurrence, part) for p, occurrence in foreseen if p == period for part in occurrence.parts]
            for line in self.lines or board.case.line:
                terms = [(board.line(occurrence, part, line), 1) for occurrence, part in parts]
                board.between(terms, self.least, self.most, (line, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every line and period with too few or too many parts."""
        parts: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for held in roster.held:
            for part in held.session.parts if self._counts(held.occurrence) else ():
                parts[period_of(held.occurrence.nominal.date(), self.per), part.line].append(held.id)
        foreseen = self._foreseen(roster.case)
        for period in dict.fromkeys(period for period, _ in foreseen):
            for line in self.lines or roster.case.line:
                n = len(parts[period, line])
                if amount := outside(n, self.least, self.most):
                    message = text(
                        "{line} has {n} {period}; {limits}",
                        "{line} 在 {period} 有 {n}；{limits} 场",
                        line=roster.case.label[line],
                        n=several(n, "part", "场"),
                        period=within(period),
                        limits=limits(self.least, self.most),
                    )
                    few = n < self.least
                    mends = [occurrence for p, occurrence in foreseen if p == period] if few else ()
                    about = (line, period, "few" if few else "many")
                    yield self.breach(amount, message, sessions=tuple(parts[period, line]), mends=mends, about=about)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "{lines}: {limits} {per}{scope}",
            "{lines}：{per}{limits}{scope}",
            per=each(self.per),
            lines=tuple(case.label[line] for line in self.lines) or text("Every service line", "各服务线"),
            limits=so_many(self.least, self.most, "part", "场"),
            scope=scope(case, activities=self.activities),
        )

    def _counts(self, occurrence: Occurrence) -> bool:
        return is_of(occurrence, self.activities)

    def _foreseen(self, case: Case) -> list[tuple[str, Occurrence]]:
        """Return the occurrences that could serve a line, with their periods."""
        return [
            (period_of(o.nominal.date(), self.per), o)
            for o in agenda_of(case).occurrences
            if self._counts(o) and any(part.lines for part in o.parts)
        ]
