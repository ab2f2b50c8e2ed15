"""Keeping apart: turns or sessions on a line of rounds or days, any two of them so many apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import comb
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from constraints.board import Board, Lit


class Mark(NamedTuple):
    """Where one turn or session could lie, or lies: `of` which one, at which round or day, and whether that is open.

    `about` names the instance of a demand that a stretch beginning with this mark belongs to.
    """

    of: str
    at: int
    taken: Lit
    is_open: bool
    about: tuple[str, ...]


def keep_apart(board: Board, marks: Sequence[Mark], gap: int, *, required: bool) -> None:
    """Demand that any two lie at least `gap` apart; a pair that is d < `gap` apart is a breach of size `gap` - d.

    Of each one at most one mark is taken. What is fixed and too close rules nothing out that is still open.
    """
    if required:
        for together in _stretches(marks, gap, {mark.at for mark in marks}):
            board.between([(mark.taken, 1) for mark in together], None, max(1, _given(together)), together[0].about)
        return
    equal: dict[tuple[tuple[str, int], ...], list[list[Mark]]] = defaultdict(list)
    for together in _stretches(marks, gap, {mark.at - before for mark in marks for before in range(gap)}):
        equal[tuple((mark.of, mark.at) for mark in together)].append(together)
    for together, *others in equal.values():
        price = _Pairs(_given(together), 1 + len(others))
        board.charge([(mark.taken, 1) for mark in together], price, together[0].about)


def _stretches(marks: Sequence[Mark], gap: int, begins: set[int]) -> Iterator[list[Mark]]:
    """Yield the marks of each stretch of `gap` rounds or days in which something open could lie beside another."""
    for begin in sorted(begins):
        together = [mark for mark in marks if begin <= mark.at < begin + gap]
        if len({mark.of for mark in together}) > max(1, _given(together)):
            yield together


def _given(marks: Sequence[Mark]) -> int:
    return sum(not mark.is_open for mark in marks)


class _Pairs:
    """The pairs among the marks of some stretches, beside those among the `given` ones.

    Two marks d apart lie together in gap - d stretches: counted in every stretch, a pair comes to what it misses, and
    the counts are convex, so that they bound from below where single pairs would not.
    """

    def __init__(self, given: int, stretches: int) -> None:
        self.given = given
        self.stretches = stretches

    def __call__(self, taken: int) -> int:
        """Return the number of pairs."""
        return (comb(taken, 2) - comb(self.given, 2)) * self.stretches
