"""The mark of each service line: a colour that the colour-blind can tell apart, and a sign that survives the copier."""

from __future__ import annotations

from dataclasses import dataclass

from rota.case import Case
from rota.text import Language

SIGNS = "●◆▲■★✚▼◐"
COLOURS = ("#0b5fa5", "#a34a00", "#0a6e55", "#8a2f6c", "#6b5900", "#4a4a9c", "#9c2626", "#3d5a5a")
"""Dark forms of the palette of Okabe and Ito; on white and on their own tint each has a contrast of 4.5 or more."""
TINTS = ("#e6f0f9", "#fdeede", "#e2f4ee", "#f8e8f2", "#faf4d3", "#ecebf8", "#fbe9e9", "#e7efef")


@dataclass(frozen=True)
class Chip:
    """How one service line is marked; `style` numbers its colours in the style sheet."""

    name: str
    sign: str
    style: int


def chips(case: Case, language: Language) -> dict[str, Chip]:
    """Return the chip of every service line by id; after eight lines the signs move on, so that pairs stay unique."""
    found = {}
    for number, line in enumerate(case.lines):
        lap, place = divmod(number, len(SIGNS))
        sign = SIGNS[(place + lap) % len(SIGNS)]
        found[line.id] = Chip(line.label.say(language), sign, place)
    return found


def chip_styles() -> str:
    """Return the style rules of all chips."""
    rules = (
        f".chip-{number}{{color:{colour};background:{tint};border-color:{colour}}}"
        for number, (colour, tint) in enumerate(zip(COLOURS, TINTS, strict=True))
    )
    return "\n".join(rules)
