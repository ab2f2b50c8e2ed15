"""Stretches of time: what could take up one resource or room at once, from moment to moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from constraints.board import Lit


class Use(NamedTuple):
    """One possible use: of which seat or room, from when to when, and the decisions that all bring it about."""

    of: tuple[str, ...]
    start: dt.datetime
    end: dt.datetime
    decisions: tuple[Lit, ...]
    is_open: bool


def stretches(uses: Iterable[Use]) -> Iterator[tuple[int, list[Use]]]:
    """Yield (minutes, uses possible throughout) for the stretches between moments; those of equal uses are added up."""
    uses = list(uses)
    moments = sorted({moment for use in uses for moment in (use.start, use.end)})
    minutes: dict[tuple[int, ...], int] = {}
    active: list[int] = []
    starting: dict[dt.datetime, list[int]] = defaultdict(list)
    for number, use in enumerate(uses):
        starting[use.start].append(number)
    for begin, end in pairwise(moments):
        active = [number for number in active if uses[number].end > begin] + starting[begin]
        key = tuple(active)
        minutes[key] = minutes.get(key, 0) + int((end - begin).total_seconds() // 60)
    for key, length in minutes.items():
        yield length, [uses[number] for number in key]


def crowds(uses: Iterable[Use]) -> Iterator[list[Use]]:
    """Yield the uses possible at one moment wherever they are most: a limit for these holds at every moment."""
    together: list[Use] = []
    for begin, starting in groupby(sorted(uses, key=_start), key=_start):
        staying = [use for use in together if use.end > begin]
        if len(staying) < len(together):
            yield together
        together = [*staying, *starting]
    if together:
        yield together


def _start(use: Use) -> dt.datetime:
    return use.start
