"""Groups of preferences that are about different resources: each bounds its own share of a cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.board import Board
    from constraints.rule import Rule


def groups(board: Board, rules: Sequence[Rule], priority: int) -> list[list[str]]:
    """Return the rules that cost something at a priority, those together that are about some resource in common.

    Rules about no resource stand alone. Any division would do: the least costs of the groups never add up to more than
    the least cost of all.
    """
    found: list[tuple[set[str], list[str]]] = []
    for rule in rules:
        if rule.priority != priority or rule.id not in board.costs_of:
            continue
        about, together = set(board.asked_about.get(rule.id, ())), [rule.id]
        apart = []
        for others, ids in found:
            if about & others:
                about |= others
                together = [*ids, *together]
            else:
                apart.append((others, ids))
        found = [*apart, (about, together)]
    return [ids for _, ids in found]
