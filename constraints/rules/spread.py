"""Spread: turns are spread evenly over the rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import model_validator

from constraints.rule import RoleRule, in_order, limits, outside, param, so_many
from rota.row import Count, Id, Positive
from rota.text import Message, several, text

if TYPE_CHECKING:
    import datetime as dt

    from constraints.board import Board, Turn
    from constraints.breach import Breach
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.cycle import Cycle
    from rota.roster import Roster


class _Window(NamedTuple):
    """So many rounds on end: the first and the last of them, and their dates."""

    first: int
    last: int
    begins: dt.date
    ends: dt.date

    @property
    def label(self) -> Message:
        """The rounds with their dates."""
        if self.first == self.last:
            return text("round {first} ({begins})", "第 {first} 轮（{begins}）", **self._asdict())
        return text(
            "rounds {first} to {last} ({begins} to {ends})",
            "第 {first} 至 {last} 轮（{begins} 至 {ends}）",
            **self._asdict(),
        )


class Spread(RoleRule):
    """In any `rounds` consecutive rounds of `cycle` a resource has from `least` to `most` turns.

    A turn lies in the round of its nominal date. `least` is asked only of those who are members on the dates of the
    first and the last of these rounds. Amount: turns missing or in excess, summed over all such stretches of rounds.
    """

    kind = "spread"
    label = text("Spread", "全年均匀")
    summary = text("turns are spread evenly over the rounds", "次数在各轮次之间分布均匀")
    unit = text("turns", "次")
    local = True
    names_all_mends = True

    cycle: Id = param("轮次表", "the cycle whose rounds are counted", "按哪个轮次表计数")
    rounds: Positive = param("轮数", "the number of consecutive rounds", "连续多少轮")
    least: Count = param("最少", "turns in them, at least", "其中至少几次", 0)
    most: Count | None = param("最多", "turns in them, at most; empty means no limit", "其中至多几次；空为不限", None)

    @model_validator(mode="after")
    def _ordered(self) -> Spread:
        return in_order(self, self.least, self.most)

    def misfits(self, case: Case) -> Iterator[tuple[str, Message]]:
        """Yield unknown names, and more rounds than the cycle has."""
        yield from super().misfits(case)
        cycle = case.cycle.get(self.cycle)
        if cycle and self.rounds > len(cycle.days):
            yield (
                "rounds",
                text(
                    "{rounds} rounds on end are asked for; {cycle} has {n}",
                    "要求连续 {rounds} 轮；{cycle}共有 {n} 轮",
                    rounds=self.rounds,
                    cycle=cycle.label,
                    n=len(cycle.days),
                ),
            )

    def post(self, board: Board) -> None:
        """Bound the turns of each touched resource in each window in which it could take an open one."""
        touched = set(board.touched())
        cycle = board.case.cycle[self.cycle]
        for who, chances in self.chances(board.case).items():
            if who in touched:
                turns: dict[int, list[Turn]] = defaultdict(list)
                for turn in self.turns(board, who):
                    turns[cycle.round_of(turn.occurrence.nominal.date())].append(turn)
                for window in self._windows(cycle):
                    inside = [turn for number in range(window.first, window.last + 1) for turn in turns[number]]
                    terms = [(turn.serves, 1) for turn in inside]
                    least = self._least(board.case, who, window)
                    if board.asks(self._in(window, cycle, chances)):
                        board.between(terms, least, self.most, (who, window.begins.isoformat()))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every resource and window with too few or too many turns."""
        case = roster.case
        cycle = case.cycle[self.cycle]
        known = self.chances(case)
        for who in roster.among(known):
            held = [(cycle.round_of(turn.occurrence.nominal.date()), turn.id) for turn in self.held(roster, who)]
            for window in self._windows(cycle):
                turns = tuple(id_ for number, id_ in held if window.first <= number <= window.last)
                if amount := outside(len(turns), self._least(case, who, window), self.most):
                    message = text(
                        "{who} has {n}{as_role} in {rounds}; {limits}",
                        "{who} 在{rounds}{as_role}{n}；{limits} 次",
                        who=case.label[who],
                        n=several(len(turns), "turn", "次"),
                        as_role=self.as_role(case),
                        rounds=window.label,
                        limits=limits(self.least, self.most),
                    )
                    few = len(turns) < self.least
                    mends = self._in(window, cycle, known[who]) if few else ()
                    about = (who, window.begins.isoformat(), "few" if few else "many")
                    yield self.breach(amount, message, sessions=turns, who=(who,), mends=mends, about=about)

    def describe(self, case: Case) -> Message:
        """Say the rule with its limits."""
        return text(
            "{lead}{limits} in any {rounds} of {cycle}{trail}",
            "{lead}{cycle}{rounds}内，{limits}{trail}",
            lead=self.lead(case),
            rounds=text("round", "每一轮")
            if self.rounds == 1
            else text("{n} rounds on end", "任意连续 {n} 轮", n=self.rounds),
            cycle=case.label[self.cycle],
            limits=so_many(self.least, self.most, "turn", "次"),
            trail=self.trail(case),
        )

    def _windows(self, cycle: Cycle) -> Iterator[_Window]:
        """Yield all runs of so many rounds of the cycle."""
        for first, (begins, ends) in enumerate(zip(cycle.days, cycle.days[self.rounds - 1 :], strict=False), start=1):
            yield _Window(first, first + self.rounds - 1, begins, ends)

    def _in(self, window: _Window, cycle: Cycle, occurrences: list[Occurrence]) -> list[Occurrence]:
        """Return the sessions that lie in a window."""
        return [o for o in occurrences if window.first <= cycle.round_of(o.nominal.date()) <= window.last]

    def _least(self, case: Case, who: str, window: _Window) -> int:
        """Return how many turns are asked for: none of those who are members for a part of the window only."""
        resource = case.resources[who]
        return self.least if resource.belongs(window.begins) and resource.belongs(window.ends) else 0
