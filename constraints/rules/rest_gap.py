"""Rest: enough rounds between two turns of the same resource."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from constraints.rule import RoleRule, param
from rota.row import Id, Positive
from rota.text import Message, name, text

if TYPE_CHECKING:
    from constraints.board import Board, Lit
    from constraints.breach import Breach
    from rota.case import Case
    from rota.roster import Roster


class _Turn(NamedTuple):
    """A turn that one resource could take, or took: its round, the decision, and whether that is still open."""

    round: int
    serves: Lit
    is_open: bool


class RestGap(RoleRule):
    """Any two turns of one resource lie at least `rounds` rounds of `cycle` apart, turns of earlier years included.

    A turn lies in the round of its nominal date. Amount: for turns in rounds r <= s with s - r < rounds, the rounds
    missing, rounds - (s - r); summed over all such pairs.
    """

    kind = "rest_gap"
    label = text("Rest between turns", "轮空间隔")
    summary = text("enough rounds between two turns of one resource", "同一对象两次当值之间相隔足够轮次")
    unit = text("rounds missing", "缺少轮次")

    cycle: Id = param("轮次表", "the cycle whose rounds are counted", "按哪个轮次表计数")
    rounds: Positive = param("轮数", "rounds from one turn to the next, at least", "两次之间至少相隔的轮数")

    def post(self, board: Board) -> None:
        """Allow one turn in so many rounds on end, or price each pair that lies too close.

        Turns of earlier years are given. What is fixed and too close rules nothing out that is still open.
        """
        touched = set(board.touched())
        cycle = board.case.cycle[self.cycle]
        for who in self.about(board.case):
            if who in touched:
                turns = [
                    _Turn(cycle.round_of(turn.occurrence.nominal.date()), turn.serves, board.is_open(turn.occurrence))
                    for turn in self.turns(board, who)
                ]
                turns += [
                    _Turn(cycle.round_of(turn.day), serves=True, is_open=False)
                    for turn in self.earlier(board.case, who)
                ]
                if self.required:
                    self._bound(board, who, turns)
                else:
                    self._price(board, who, turns)

    def _bound(self, board: Board, who: str, turns: list[_Turn]) -> None:
        for first in sorted({turn.round for turn in turns}):
            together = [turn for turn in turns if first <= turn.round < first + self.rounds]
            fixed = sum(not turn.is_open for turn in together)
            board.between([(turn.serves, 1) for turn in together], None, max(1, fixed), (who,))

    def _price(self, board: Board, who: str, turns: list[_Turn]) -> None:
        for first in sorted({turn.round - earlier for turn in turns for earlier in range(self.rounds)}):
            together = [turn for turn in turns if first <= turn.round < first + self.rounds]
            given = sum(not turn.is_open for turn in together)
            if len(together) > max(given, 1):
                board.charge([(turn.serves, 1) for turn in together], _Pairs(given), (who,))

    def check(self, roster: Roster) -> Iterator[Breach]:
        """Yield every pair of turns that lie too close; pairs of earlier years are past and not counted."""
        cycle = roster.case.cycle[self.cycle]
        for who in self.about(roster.case):
            held = [
                (cycle.round_of(t.occurrence.nominal.date()), (t.id,), t.occurrence.label)
                for t in self.held(roster, who)
            ]
            past = [(cycle.round_of(t.day), (), name(t.day.isoformat())) for t in self.earlier(roster.case, who)]
            for (early, a, one), (late, b, other) in (*combinations(held, 2), *product(past, held)):
                missing = self.rounds - abs(late - early)
                if missing > 0:
                    message = text(
                        "{who} serves in {one} and in {other}, {n} rounds apart; {rounds} are asked for",
                        "{who} 在 {one} 与 {other} 当值，仅隔 {n} 轮；要求 {rounds} 轮",
                        who=roster.case.label[who],
                        one=one,
                        other=other,
                        n=abs(late - early),
                        rounds=self.rounds,
                    )
                    yield self.breach(missing, message, sessions=(*a, *b), who=(who,))

    def describe(self, case: Case) -> Message:
        """Say the rule."""
        return text(
            "At least {rounds} rounds of {cycle} from one turn as {role} to the next",
            "同一对象两次任“{role}”至少相隔 {rounds} 轮（{cycle}）",
            rounds=self.rounds,
            cycle=case.label[self.cycle],
            role=self.role_name(case),
        )


class _Pairs:
    """The pairs among the turns of one stretch of `rounds` rounds, beside those among the `given` ones.

    Two turns g rounds apart lie together in rounds - g stretches: counted in every stretch, a pair comes to the rounds
    that it misses, and the counts are convex, so that they bound from below where single pairs would not.
    """

    def __init__(self, given: int) -> None:
        self.given = given

    def __call__(self, turns: int) -> int:
        """Return the number of pairs."""
        return comb(turns, 2) - comb(self.given, 2)
