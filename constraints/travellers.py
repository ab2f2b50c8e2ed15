"""Who could be on the way: resources that may serve at two sites with a way between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.board import Board


def travellers(board: Board) -> Iterator[str]:
    """Yield the touched resources that could have a way to go; nobody where the case knows no ways."""
    ways = board.case.ways
    for who in board.touched() if ways else ():
        sites = {site for place in board.places(who) for site in board.sites(place.occurrence)}
        if any(way in ways for way in permutations(sites, 2)):
            yield who
