"""A table on the terminal: a header, a rule, and rows in columns, Chinese characters counted as two."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from rota.width import cut, display_width, pad, shrunk

GAP = "  "
LEAST_COLUMN = 8
"""No column is made narrower than this."""
RULE = "─"


def columns(
    cells: Sequence[Sequence[str]], width: int, *, yielding: Collection[int], right: Collection[int] = ()
) -> list[str]:
    """Return rows of cells, the header first, as lines of at most `width` columns where that can be done.

    Only the `yielding` columns are shortened; those `right` stand at their right edge, as numbers do.
    """
    shown = [[plain(cell) for cell in row] for row in cells]
    natural = [max(display_width(row[i]) for row in shown) for i in range(len(shown[0]))]
    least = [min(wide, LEAST_COLUMN) if i in yielding else wide for i, wide in enumerate(natural)]
    wide = shrunk(natural, least, width - len(GAP) * (len(natural) - 1))
    lines = [GAP.join(_set(cell, wide[i], right=i in right) for i, cell in enumerate(row)) for row in shown]
    return [lines[0], RULE * min(width, sum(wide) + len(GAP) * (len(natural) - 1)), *lines[1:]]


def _set(cell: str, wide: int, *, right: bool) -> str:
    short = cut(cell, wide)
    return " " * (wide - display_width(short)) + short if right else pad(short, wide)


def plain(phrase: str) -> str:
    """Keep a cell in its line: white space becomes one space, control characters (a terminal's commands) go."""
    visible = "".join(" " if c.isspace() and c != "　" else c for c in phrase)
    return "".join(c for c in visible if unicodedata.category(c)[0] != "C").strip()
