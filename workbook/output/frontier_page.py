"""The frontier of two things that pull apart: a plot and a table on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rota.text import Language, Message, text
from workbook.output.rendering import rendered

if TYPE_CHECKING:
    from rota.case import Case

WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 24, 64
TICKS = 5
FREE = text(
    "Weaker priorities are left free here: a plan on the frontier may cost more there than the best plan does.",
    "此处不考虑更弱的优先级：取舍所得的方案，在那些优先级上的代价可能高于最优安排。",
)
"""What a plan on the frontier does not promise."""


@dataclass(frozen=True)
class Mark:
    """A plan of the frontier: its values on both axes, and whether it is proved to lie on it."""

    first: int
    second: int
    proved: bool


@dataclass(frozen=True)
class _Axis:
    """One axis of the plot: values from `least` to `most` on pixels from `start` to `end`."""

    least: int
    most: int
    start: float
    end: float

    def at(self, value: int) -> float:
        """Return the pixel of a value."""
        return round(self.start + (value - self.least) * (self.end - self.start) / max(1, self.most - self.least), 1)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """Whole values in even steps, with their pixels."""
        step = max(1, -(-(self.most - self.least) // TICKS))
        return [(value, self.at(value)) for value in range(self.least, self.most + 1, step)]


def frontier_html(
    case: Case, axes: tuple[Message, Message], marks: Sequence[Mark], language: Language, *, complete: bool
) -> str:
    """Return the page; `marks` are in order of the first axis, `complete` where there are no others."""
    across = _axis([mark.first for mark in marks], LEFT, WIDTH - RIGHT)
    up = _axis([mark.second for mark in marks], HEIGHT - BOTTOM, TOP)
    dots = [(across.at(mark.first), up.at(mark.second), mark) for mark in marks]
    said = {
        "title": text("{case}: what one costs the other", "{case}：两者取舍", case=case.settings.label),
        "first": axes[0],
        "second": axes[1],
        "proved": text("proved", "已证明"),
        "yes": text("yes", "是"),
        "no": text("no", "否"),
        "free": FREE,
        "note": text(
            "Each plan is better than its neighbours on one of the two and worse on the other; there are no others.",
            "表中各方案互有长短：一项更优则另一项更差；此外没有其他方案。",
        )
        if complete
        else text(
            "Each plan is better than its neighbours on one of the two and worse on the other; there may be more.",
            "表中各方案互有长短：一项更优则另一项更差；可能还有其他方案。",
        ),
    }
    return rendered(
        "frontier.html",
        language,
        said={key: message.say(language) for key, message in said.items()},
        width=WIDTH,
        height=HEIGHT,
        across=across,
        up=up,
        dots=dots,
        line=" ".join(_steps(dots)),
    )


def _axis(values: Sequence[int], start: float, end: float) -> _Axis:
    least, most = min(values, default=0), max(values, default=1)
    room = max(1, (most - least) // 10)
    return _Axis(max(0, least - room), most + room, start, end)


def _steps(dots: Sequence[tuple[float, float, Mark]]) -> list[str]:
    """Return the corners of the staircase through the dots: between two, nothing better than the left one was had."""
    corners: list[str] = []
    for x, y, _ in dots:
        if corners:
            corners.append(f"{x},{corners[-1].split(',')[1]}")
        corners.append(f"{x},{y}")
    return corners
