"""The charts of a report: sessions planned and held by month, and people served by month and to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from rota.dates import month_name
from rota.report import Month
from rota.text import Language, Message, several, text

WIDTH, HEIGHT = 310, 124
"""In units of the drawing: one chart of the two that stand side by side."""
LEFT, RIGHT, TOP, BOTTOM = 34, 306, 22, 104
WIDEST = 20
"""No bar is wider."""
ROOM = 15
"""A month that is narrower has no number above its bar; a digit of it needs `DIGIT`."""
DIGIT = 5.2
MOST_STEPS = 4

SESSIONS = text("Sessions by month", "各月场次")
PEOPLE = text("People served", "服务人次")
KEYS = {
    SESSIONS: (text("held", "举办"), text("planned", "计划")),
    PEOPLE: (text("by month", "各月"), text("to date", "累计")),
}
"""What the bar of a chart and what goes with it are."""


@dataclass(frozen=True)
class Column:
    """One month: where it stands, its bar, the outline or point that goes with it, and all of it in a sentence.

    `label` is the number of the bar, empty where it has no room; `tick` the name below, empty where there is none.
    """

    x: float
    bar: float
    other: float
    label: str
    tick: str
    said: str


@dataclass(frozen=True)
class Chart:
    """One chart: numbers of its axis with their heights, its columns, and how wide their bars are.

    Outlines go with the bars where `curve` is None, else that curve, which is empty where there is nothing to tell.
    """

    title: str
    keys: tuple[str, str]
    said: str
    steps: tuple[tuple[float, str], ...]
    columns: tuple[Column, ...]
    wide: float
    curve: str | None = None
    total: str = ""

    @property
    def end(self) -> Column | None:
        """The column at which the curve ends."""
        points = self.curve.count(" ") + 1 if self.curve else 0
        return self.columns[points - 1] if points else None


def sessions_chart(months: Sequence[Month], language: Language) -> Chart:
    """Draw the sessions held as bars in the outlines of those planned."""
    most = max((max(month.planned, month.held) for month in months), default=0)
    return _chart(SESSIONS, months, language, most, (lambda m: m.held, lambda m: m.planned), _sessions)


def people_chart(months: Sequence[Month], language: Language) -> Chart:
    """Draw the people served as bars, and all so far as a curve that ends with the report."""
    most = max((month.served_so_far for month in months), default=0)
    drawn = _chart(PEOPLE, months, language, most, (lambda m: m.served, lambda m: m.served_so_far), _people)
    reached = [each for each, month in zip(drawn.columns, months, strict=True) if month.reached]
    curve = " ".join(f"{each.x},{each.other}" for each in reached) if most else ""
    total = f"{most:,}" if curve else ""
    return replace(drawn, curve=curve, total=total)


def _sessions(month: Month) -> Iterator[Message]:
    """Yield the sessions of a month; what nobody has recorded, or what is to come, is never said as none held."""
    if month.is_known:
        yield text("{n} held", "举办 {n} 场", n=month.held)
    yield text("{n} planned", "计划 {n} 场", n=month.planned)
    if month.unrecorded:
        yield text("{n} not recorded", "未登记 {n} 场", n=month.unrecorded)
    if month.coming:
        yield text("{n} to come", "待举办 {n} 场", n=month.coming)


def _people(month: Month) -> Iterator[Message]:
    if month.people is not None:
        yield several(month.people, "person", "人次", "people")
    elif month.held:
        yield text("not counted", "人次未填")
    elif month.unrecorded:
        yield text("not recorded", "未登记")
    else:
        yield text("to come", "尚未开展")
    if month.reached and month.served_so_far:
        yield text("{n} to date", "累计 {n} 人次", n=month.served_so_far)


def _said(month: Month, figures: Iterator[Message], language: Language) -> str:
    named = month_name(month.first, language, with_year=True)
    listed = ("，" if language == "zh" else ", ").join(figure.say(language) for figure in figures)
    return text("{month}: {figures}", "{month}：{figures}", month=named, figures=listed).say(language)


def _chart(
    title: Message,
    months: Sequence[Month],
    language: Language,
    most: int,
    figures: tuple[Callable[[Month], int], Callable[[Month], int]],
    in_words: Callable[[Month], Iterator[Message]],
) -> Chart:
    step = _step(most)
    top = max(1, step * -(-most // step))
    slot = (RIGHT - LEFT) / len(months)
    columns = []
    for number, month in enumerate(months):
        bar, other = (figure(month) for figure in figures)
        fits = slot >= max(ROOM, DIGIT * len(f"{bar:,}"))
        columns.append(
            Column(
                x=round(LEFT + slot * (number + 0.5), 2),
                bar=_height(bar, top),
                other=_height(other, top),
                label=f"{bar:,}" if bar and fits else "",
                tick=_tick(month, number, slot, language),
                said=_said(month, in_words(month), language),
            )
        )
    steps = tuple((_height(value, top), f"{value:,}") for value in range(0, top + 1, step))
    told = ("；" if language == "zh" else "; ").join(each.said for each in columns)
    bar_key, other_key = (key.say(language) for key in KEYS[title])
    wide = round(min(WIDEST, slot * 0.62), 2)
    return Chart(title.say(language), (bar_key, other_key), told, steps, tuple(columns), wide)


def _height(value: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 2)


def _step(most: int) -> int:
    """Return the round number by which an axis counts to `most`."""
    for power in count():
        for digit in (1, 2, 5):
            if most <= digit * int(10**power) * MOST_STEPS:
                return digit * int(10**power)
    raise AssertionError


def _tick(month: Month, number: int, slot: float, language: Language) -> str:
    """Name a month below the axis: every one where there is room, else the first of each quarter."""
    if slot < ROOM and month.first.month % 3 != 1:
        return ""
    if number and month.first.month != 1:
        return month_name(month.first, language) if slot >= 2 * ROOM or language == "en" else str(month.first.month)
    return f"{month_name(month.first, language)}\n{month.first.year}"
