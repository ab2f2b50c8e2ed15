"""Parts: a text that is longer than a channel carries at once goes in several messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from delivery.outcome import Delivered, Outcome

BREAKS = ("\n\n", "\n", "。", "；", "，", "、", ". ", " ")
"""Where a text is divided, the best place first."""
EARLIEST = 2
"""No part is cut to less than this fraction of what it could hold for the sake of a better place."""


def octets(content: str) -> int:
    """Return the length of a text in UTF-8."""
    return len(content.encode())


def split(content: str, most: int, size: Callable[[str], int] = octets) -> tuple[str, ...]:
    """Divide a text into parts of at most `most`, at the ends of paragraphs, lines or clauses where it can be.

    Nothing is lost but white space at the ends of parts, and none is empty; an empty text has no parts.

    Args:
        content: the text.
        most: the size of the largest part.
        size: measures a text; one that begins another is no larger than it.

    Raises:
        ValueError: there is a character that alone is larger than a part.
    """
    parts = []
    rest = content.strip()
    while rest:
        end = _fitting(rest, most, size)
        if not end:
            raise ValueError(f"{most} is too small for {rest[0]!r}")
        cut = end if end == len(rest) else _place(rest, end)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(parts)


def _fitting(content: str, most: int, size: Callable[[str], int]) -> int:
    """Return how many characters fit, by halving."""
    low, high = 0, len(content)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(content[:middle]) <= most else (low, middle - 1)
    return low


def _place(content: str, end: int) -> int:
    """Return where to cut at or before `end`."""
    for sign in BREAKS:
        found = content.rfind(sign, end // EARLIEST, end)
        if found > 0:
            return found + len(sign)
    return end


def numbered(parts: Sequence[str]) -> tuple[str, ...]:
    """Mark the parts of a divided text `(1/3)`; one that is whole stays as it is."""
    if len(parts) <= 1:
        return tuple(parts)
    return tuple(f"({number}/{len(parts)}) {part}" for number, part in enumerate(parts, start=1))


ROOM = 12
"""What the mark of a part takes at most, in octets: `(999/999) ` and some."""


def in_turn(parts: Sequence[str], done: int, send: Callable[[str], Outcome]) -> Outcome:
    """Send the parts after the first `done` one by one, until one does not arrive."""
    for number in range(done, len(parts)):
        outcome = send(parts[number])
        if not isinstance(outcome, Delivered):
            return replace(outcome, parts=number)
    return Delivered(len(parts))
