"""The page of a simulated year: how far the plan moved, and how long each repair took, over the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, log10
from typing import TYPE_CHECKING

from rota.dates import month_name
from rota.text import Language, Message, several, text
from workbook.output.rendering import rendered

if TYPE_CHECKING:
    from rota.case import Case

WIDTH, HEIGHT = 760, 520
LEFT, RIGHT = 64, 700
"""Pixels between which the year lies; the names of the curves stand to the right."""
UPPER, LOWER = (30, 290), (350, 480)
"""From top to bottom: the curves of what has added up, and the seconds of each repair."""
MOST_TICKS = 5
MONTH = 34
"""Pixels that the name of a month needs."""
APART = 14
"""Pixels between the names of two curves."""

MADE = text("changes", "变更")
CHANGED = text("sessions changed", "改动场次")
LEAST = text("the least possible", "最少须改场次")
_LABEL = text("{label}: {n}", "{label}：{n}")
SECONDS = text("seconds for a repair", "每次求解秒数")
SECONDS_WITH_REFUSED = text(
    "seconds for a repair (hollow: the change was refused)", "每次求解秒数（空心：该变更未被接受）"
)


@dataclass(frozen=True)
class Happening:
    """One change of a simulated year, as it is drawn: `said` is all of it in a sentence."""

    at: dt.datetime
    refused: bool
    changed: int
    least: int
    proved: bool
    seconds: float
    said: Message


@dataclass(frozen=True)
class Simulated:
    """A simulated year: what happened, and the figures in words, each with its name."""

    first: dt.datetime
    last: dt.datetime
    happenings: Sequence[Happening]
    figures: Sequence[tuple[Message, Message]]


@dataclass(frozen=True)
class _Curve:
    """A curve of what has added up; its name stands at `y` beside its end, where its total is."""

    kind: str
    points: str
    label: str
    y: float


def simulation_html(case: Case, year: Simulated, language: Language) -> str:
    """Return the page: curves of what has added up, the seconds of each repair below, and a table of the figures."""
    made = [1] * len(year.happenings)
    changed, least = [h.changed for h in year.happenings], [h.least for h in year.happenings]
    most = max(sum(made), sum(changed), 1)
    named = (("made", made, MADE), ("changed", changed, CHANGED), ("least", least, LEAST))
    curves = [_curve(year, kind, steps, most, label, language) for kind, steps, label in named]
    top = max([h.seconds for h in year.happenings], default=0.0)
    said = {
        "title": text(
            "{case}: a year with {n}",
            "{case}：模拟一年 {n}",
            case=case.settings.label,
            n=several(len(made), "change", "项变更"),
        ),
        "added": text("added up over the year", "全年累计"),
        "seconds": SECONDS_WITH_REFUSED if any(h.refused for h in year.happenings) else SECONDS,
    }
    return rendered(
        "simulation.html",
        language,
        said={key: message.say(language) for key, message in said.items()},
        figures=[(name.say(language), value.say(language)) for name, value in year.figures],
        box={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "upper": UPPER, "lower": LOWER},
        months=_months(year, language),
        ticks=[(value, _height(value, most, UPPER)) for value in _whole_ticks(most)],
        seconds=[(value, _height(float(value), _top(top), LOWER)) for value in _time_ticks(top)],
        curves=_spread(curves),
        dots=[
            (_across(year, h.at), _height(h.seconds, _top(top), LOWER), h.refused, h.said.say(language))
            for h in year.happenings
        ],
    )


def _across(year: Simulated, at: dt.datetime) -> float:
    return round(LEFT + (RIGHT - LEFT) * ((at - year.first) / (year.last - year.first)), 1)


def _height(value: float, most: float, between: tuple[int, int]) -> float:
    top, bottom = between
    return round(bottom - (bottom - top) * value / most, 1)


def _curve(year: Simulated, kind: str, steps: Sequence[int], most: int, label: Message, language: Language) -> _Curve:
    """Draw a staircase: it goes up where something happened and stays until the next time."""
    y, points = float(UPPER[1]), [f"{LEFT},{UPPER[1]}"]
    for happening, total in zip(year.happenings, accumulate(steps), strict=True):
        x = _across(year, happening.at)
        points.append(f"{x},{y}")
        y = _height(total, most, UPPER)
        points.append(f"{x},{y}")
    points.append(f"{RIGHT},{y}")
    return _Curve(kind, " ".join(points), _LABEL.say(language).format(label=label.say(language), n=sum(steps)), y)


def _spread(curves: Sequence[_Curve]) -> list[_Curve]:
    """Keep the names of the curves apart, the lowest where it is and those above it higher up."""
    found: list[_Curve] = []
    for curve in sorted(curves, key=lambda each: (-each.y, each.kind != "least")):
        y = min(curve.y, found[-1].y - APART) if found else curve.y
        found.append(_Curve(curve.kind, curve.points, curve.label, y))
    return found


def _months(year: Simulated, language: Language) -> list[tuple[float, str]]:
    """Return the first of each month, with its name where there is room."""
    found: list[tuple[float, str]] = []
    day = year.first.replace(day=1)
    while (day := (day + dt.timedelta(days=32)).replace(day=1)) < year.last:
        found.append((_across(year, day), month_name(day.date(), language)))
    step = max(1, ceil(MONTH * len(found) / (RIGHT - LEFT)))
    return [(x, name if number % step == 0 else "") for number, (x, name) in enumerate(found)]


def _whole_ticks(most: int) -> list[int]:
    step = _round(most / MOST_TICKS)
    return list(range(0, most + 1, max(1, int(step))))


def _top(longest: float) -> float:
    """Return where the axis of seconds ends: at a whole step."""
    step = _round((longest or 1.0) / 3)
    return step * ceil((longest or 1.0) / step)


def _time_ticks(longest: float) -> list[str]:
    """Return the seconds of the axis, in steps that are round numbers."""
    step = _round((longest or 1.0) / 3)
    return [f"{number * step:g}" for number in range(round(_top(longest) / step) + 1)]


def _round(value: float) -> float:
    """Return the least of 1, 2 and 5 times a power of ten that is not below a value."""
    power = 10.0 ** int(log10(value) // 1) if value > 0 else 1.0
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= value * 0.999)
