"""Text in columns of a terminal, where Chinese characters are two columns wide."""

from __future__ import annotations

import re
import unicodedata


def display_width(phrase: str) -> int:
    """Return the columns that a phrase takes: two for wide and fullwidth characters, none for combining ones."""
    return sum(_columns(character) for character in phrase)


def pad(phrase: str, columns: int) -> str:
    """Fill a phrase with spaces up to a number of columns."""
    return phrase + " " * max(0, columns - display_width(phrase))


def cut(phrase: str, columns: int) -> str:
    """Shorten a phrase to a number of columns, with `…` where something is left out."""
    if display_width(phrase) <= columns:
        return phrase
    kept = ""
    for character in phrase:
        if display_width(kept) + _columns(character) > columns - 1:
            break
        kept += character
    return kept.rstrip() + "…" if columns > 0 else ""


def wrapped(phrase: str, columns: int) -> list[str]:
    """Break a phrase after its `·`, `；` and `;` into lines of at most `columns` where that can be done."""
    lines = [""]
    for piece in re.split(r"(?<=[·；;])\s*", phrase):
        longer = f"{lines[-1]} {piece}" if lines[-1] and not lines[-1].endswith("；") else lines[-1] + piece
        if lines[-1] and display_width(longer) > columns:
            lines.append(piece)
        else:
            lines[-1] = longer
    return [line.strip(" ·") for line in lines]


def shrunk(natural: list[int], least: list[int], available: int) -> list[int]:
    """Return column widths that sum to at most `available`: the widest give way first, none below its `least`."""
    columns = list(natural)
    while sum(columns) > available:
        spare = [have - need for have, need in zip(columns, least, strict=True)]
        if max(spare) <= 0:
            break
        widest = max((columns[i], i) for i in range(len(columns)) if spare[i] > 0)[1]
        columns[widest] -= 1
    return columns


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
