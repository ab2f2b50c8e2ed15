"""Service line balance: in every period the lines have about the same number of parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from constraints.rule import Rule, each, is_of, limits, outside, param, scope, within
from rota.agenda import agenda_of
from rota.periods import Per, period_of
from rota.row import Ids
from rota.text import Message, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.agenda import Occurrence, PartFrame
    from rota.case import Case
    from rota.roster import Roster


class LineBalance(Rule):
    """With P parts foreseen in a period and L lines, each line has from floor(P / L) to ceil(P / L) of them.

    Parts that could serve any of the lines are foreseen; a part lies in the period of its session's nominal date.
    Amount: parts missing or in excess, summed over the lines.
    """

    kind = "line_balance"
    label = text("Service line balance", "服务线均衡")
    summary = text(
        "the service lines have about the same number of parts in a period", "每个周期内各服务线场次大致相同"
    )
    unit = text("parts", "场")
    lax = True
    names_all_mends = True

    per: Per = param("周期", "the period", "周期", Per.QUARTER)
    lines: Ids = param("服务线", "only these lines; empty means all", "只限这些服务线；空为全部", ())
    activities: Ids = param("活动项目", "only these activities", "只限这些活动项目", ())

    def post(self, board: Board) -> None:
        """Bound the parts of each line in each period that has an open session."""
        lines = self._lines(board.case)
        for period, foreseen in self._foreseen(board.case).items():
            if any(board.is_open(occurrence) for occurrence, _ in foreseen):
                least, most = self._band(len(foreseen), len(lines))
                for line in lines:
                    terms = [(board.line(occurrence, part, line), 1) for occurrence, part in foreseen]
                    board.between(terms, least, most, (line, period))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every line that has too few or too many parts in a period."""
        lines = self._lines(roster.case)
        for period, foreseen in self._foreseen(roster.case).items():
            least, most = self._band(len(foreseen), len(lines))
            held = [(roster.by_id[o.id], part.id) for o, part in foreseen if o.id in roster.by_id]
            served = [(h.id, h.session.part[part].line) for h, part in held if part in h.session.part]
            for line in lines:
                sessions = [session for session, of_part in served if of_part == line]
                if amount := outside(len(sessions), least, most):
                    message = text(
                        "{line} has {n} {period}; balanced: {limits}",
                        "{line} 在 {period} 有 {n}；均衡为 {limits} 场",
                        line=roster.case.label[line],
                        n=several(len(sessions), "part", "场"),
                        period=within(period),
                        limits=limits(least, most),
                    )
                    few = len(sessions) < least
                    mends = [occurrence for occurrence, _ in foreseen] if few else ()
                    about = (line, period, "few" if few else "many")
                    yield self.breach(amount, message, sessions=tuple(sessions), mends=mends, about=about)

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "The service lines have about the same number of parts {per}{scope}",
            "{per}各服务线场次大致相同{scope}",
            per=each(self.per),
            scope=scope(case, activities=self.activities),
        )

    def _lines(self, case: Case) -> tuple[str, ...]:
        return self.lines or tuple(case.line)

    def _foreseen(self, case: Case) -> dict[str, list[tuple[Occurrence, PartFrame]]]:
        """Return the parts that could serve any of the lines, by period."""
        lines = set(self._lines(case))
        found: dict[str, list[tuple[Occurrence, PartFrame]]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            if is_of(occurrence, self.activities):
                period = period_of(occurrence.nominal.date(), self.per)
                found[period] += [(occurrence, part) for part in occurrence.parts if lines & set(part.lines)]
        return {period: foreseen for period, foreseen in found.items() if foreseen}

    def _band(self, parts: int, lines: int) -> tuple[int, int]:
        return parts // lines, -(-parts // lines)
