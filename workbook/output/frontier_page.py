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
WEAKER = text(
    "The weaker priorities are at their least with these two values, the stronger of them first.",
    "两项取值不变时，其后各优先级依次取到最低。",
)
"""How the weaker priorities come out."""
AT_MOST = text("≤: not proved, perhaps less.", "≤：未证明最低，或可更低。")
PRESENT = text("the present plan", "现有安排")
APART = text("the present plan, which is not one of these", "现有安排（不在其列）")
NOTHING_TO_TRADE = text(
    "There is nothing to trade: what is best in one is best in the other. This is proved.",
    "无需取舍：一项最优时另一项也最优；此点已证明。",
)
ALL = text(
    "Each line is better than the others in one and worse in the other; it is proved that there are no more.",
    "各行互有长短；已证明此外没有其他方案。",
)
PERHAPS_MORE = text(
    "Each line is better than the others in one and worse in the other; there may be more (--points, --time-limit).",
    "各行互有长短；可能还有其他方案（可用 --points、--time-limit 继续查找）。",
)
ONE_SO_FAR = text(
    "This is the only plan found; there may be others (--points, --time-limit).",
    "目前只求得这一个方案；可能还有其他方案（可用 --points、--time-limit 继续查找）。",
)


@dataclass(frozen=True)
class Mark:
    """A plan of the frontier: its values on both axes, and whether it is proved to lie on it.

    `weaker` are its costs at the priorities that the axes leave free, each with whether it is proved the least.
    """

    first: int
    second: int
    proved: bool
    weaker: tuple[tuple[int, bool], ...] = ()
    present: bool = False

    @property
    def costs(self) -> tuple[str, ...]:
        """The costs at the weaker priorities, as they are printed."""
        return tuple(str(cost) if proved else f"≤{cost}" for cost, proved in self.weaker)


@dataclass(frozen=True)
class Trade:
    """What a frontier shows: its marks in order of the first axis, all of them where `complete`.

    `axes` and `weaker` name the columns; `apart` is the present plan where it is none of the marks.
    """

    axes: tuple[Message, Message]
    weaker: tuple[Message, ...]
    marks: tuple[Mark, ...]
    apart: Mark | None
    complete: bool

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is to be known about the figures."""
        if len(self.marks) == 1:
            notes = [NOTHING_TO_TRADE if self.complete else ONE_SO_FAR]
        else:
            notes = [ALL if self.complete else PERHAPS_MORE]
        if self.weaker:
            notes.append(WEAKER)
        if any(not proved for mark in self.marks for _, proved in mark.weaker):
            notes.append(AT_MOST)
        return tuple(notes)


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


def frontier_html(case: Case, trade: Trade, language: Language) -> str:
    """Return the page: a plot where there are several plans to choose from, and a table."""
    every = [*trade.marks, *([trade.apart] if trade.apart else [])]
    across = _axis([mark.first for mark in every], LEFT, WIDTH - RIGHT)
    up = _axis([mark.second for mark in every], HEIGHT - BOTTOM, TOP)
    dots = [(across.at(mark.first), up.at(mark.second), mark) for mark in every]
    said = {
        "title": text("{case}: what one costs the other", "{case}：两者取舍", case=case.settings.label),
        "first": trade.axes[0],
        "second": trade.axes[1],
        "proved": text("proved", "已证明"),
        "yes": text("yes", "是"),
        "no": text("no", "否"),
        "present": PRESENT,
        "apart": APART,
    }
    return rendered(
        "frontier.html",
        language,
        said={key: message.say(language) for key, message in said.items()},
        weaker=[priority.say(language) for priority in trade.weaker],
        notes=[note.say(language) for note in trade.notes],
        width=WIDTH,
        height=HEIGHT,
        across=across,
        up=up,
        dots=dots,
        plotted=len(every) > 1,
        apart=trade.apart,
        line=" ".join(_steps(dots[: len(trade.marks)])),
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
