"""Precedence: the sessions of some activities come after those of others."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from pydantic import model_validator

from constraints.rule import Rule, param
from rota.agenda import Occurrence, agenda_of
from rota.row import Count, Ids, refused
from rota.text import Message, Word, several, text

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Held, Roster


class Match(Word):
    """Which sessions come after which."""

    ALL = "all", "全部先于全部", "all before all"
    ROUND = "round", "按轮对应", "round by round"


class Precedence(Rule):
    """Sessions of `then` begin when those of `activities` are over, and from `days` to `most_days` days after them.

    With all, that holds for every session of the one and every session of the other; round by round, for the k-th
    session of an activity and the k-th of another, as the case foresees them. Days are counted from the day on which
    one begins to the day on which the other begins. Sessions that do not take place ask for nothing. Amount: for each
    such pair the days missing or in excess, and at least 1 where one begins before the other is over.
    """

    kind = "precedence"
    label = text("Precedence", "先后次序")
    summary = text("sessions of some activities come after those of others", "某些活动项目在另一些之后举行")
    unit = text("days", "天")
    hereditary = True
    lax = True
    names_all_mends = True

    activities: Ids = param("活动项目", "the activities that come first", "在先的活动项目")
    then: Ids = param("其后项目", "the activities that come after them", "在后的活动项目")
    match: Match = param(
        "对应", "every session before every other, or round by round", "全部先于全部，或按轮一一对应", Match.ALL
    )
    days: Count = param("天数", "days from one start to the other, at least", "开始日期至少相隔几天", 0)
    most_days: Count | None = param(
        "最多天数", "days, at most, round by round; empty means no limit", "按轮对应时至多相隔几天；空为不限", None
    )

    @model_validator(mode="after")
    def _sensible(self) -> Precedence:
        if set(self.activities) & set(self.then):
            raise refused("names an activity that comes first, too", "与在先的活动项目重复", "then")
        if self.most_days is not None and self.match is Match.ALL:
            raise refused("needs the match round by round", "只用于“按轮对应”", "most_days")
        if self.most_days is not None and self.most_days < self.days:
            raise refused("is less than the minimum", "小于最少", "most_days")
        return self

    def post(self, board: Board) -> None:
        """Forbid, for each start of one session, the starts of the other that are too early or too late."""
        for first, second in self._pairs(board.case):
            if board.is_open(first) or board.is_open(second):
                for start in board.starts(first):
                    for amount, starts in self._wrong(board, first, start, second).items():
                        lits = [board.start(first, start), board.starts_in(second, starts)]
                        board.forbid(lits, (first.id, second.id), amount)

    def _wrong(
        self, board: Board, first: Occurrence, start: dt.datetime, second: Occurrence
    ) -> dict[int, list[dt.datetime]]:
        """Return the starts of `second` that are wrong for a start of `first`, by amount where that matters."""
        wrong: dict[int, list[dt.datetime]] = defaultdict(list)
        for later in board.starts(second):
            if amount := self._amount(start, first.end_of(start), later):
                wrong[1 if self.required else amount].append(later)
        return wrong

    def _amount(self, start: dt.datetime, end: dt.datetime, later: dt.datetime) -> int:
        apart = (later.date() - start.date()).days
        excess = 0 if self.most_days is None else apart - self.most_days
        return max(self.days - apart, excess, int(later < end))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of sessions of which one comes too early or too late."""
        for before, after in self._pairs(roster.case):
            first, second = roster.by_id.get(before.id), roster.by_id.get(after.id)
            if first and second and (amount := self._amount(first.start, first.end, second.start)):
                yield self._out_of_order(first, second, amount)

    def _out_of_order(self, first: Held, second: Held, amount: int) -> Breach:
        message = text(
            "{second} should begin after the end of {first}{limits}",
            "{second} 应在 {first} 结束之后开始{limits}",
            second=second.label,
            first=first.label,
            limits=self._limits(),
        )
        return self.breach(amount, message, sessions=(first.id, second.id))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        said = {
            "first": tuple(case.label[activity] for activity in self.activities),
            "then": tuple(case.label[activity] for activity in self.then),
            "limits": self._limits(),
        }
        if self.match is Match.ROUND:
            return text(
                "Each session of {then} begins after the end of the matching session of {first}{limits}",
                "{then} 的各场在 {first} 的对应场次结束之后{limits}",
                **said,
            )
        return text(
            "Every session of {then} begins after the end of all sessions of {first}{limits}",
            "{then} 的各场在 {first} 的全部场次结束之后{limits}",
            **said,
        )

    def _limits(self) -> Message:
        least, most = self.days, self.most_days
        if most is not None:
            return text(", {a} to {b} later", "，晚 {a} 至 {b}", a=least, b=several(most, "day", "天"))
        if least:
            return text(", at least {n} later", "，至少晚 {n}", n=several(least, "day", "天"))
        return text("", "")

    def _pairs(self, case: Case) -> Iterator[tuple[Occurrence, Occurrence]]:
        """Yield every session that comes first with each one that comes after it."""
        series: dict[str, list[Occurrence]] = defaultdict(list)
        for occurrence in agenda_of(case).occurrences:
            series[occurrence.activity.id].append(occurrence)
        for first, second in product(self.activities, self.then):
            if self.match is Match.ROUND:
                yield from zip(series[first], series[second], strict=False)
            else:
                yield from product(series[first], series[second])
