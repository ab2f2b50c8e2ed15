"""`rota frontier`: which plans there are between the best in one thing and the best in another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from console.exits import Exit
from console.interrupt import stopped_by_interrupt
from rota.demand import REQUIRED
from rota.plan import dump_plan
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.solving.control import Control
from scheduler.solving.errors import NoPlanFoundError
from scheduler.solving.frontier import CHANGES, Axis, Frontier, Point, undominated
from workbook.output import FREE, Mark, frontier_html
from workbook.saving import write_file

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan


COLUMN = 8
"""The width of a column of numbers."""


class AxisError(RotaError):
    """What was asked to be weighed is nothing that can be."""


def axes_of(said: Sequence[str], rules: Sequence[Rule], plan: Plan | None) -> tuple[Axis, Axis]:
    """Read the two things that are to be weighed.

    Raises:
        AxisError: one is neither a priority of the rules nor `changes`, both are one, or there is no plan to change.
    """
    stated = sorted({rule.priority for rule in rules if rule.priority != REQUIRED})
    first, second = (_axis(word, stated) for word in said)
    if first == second:
        raise AxisError(text("Weigh two different things.", "请指定两个不同的目标。"))
    if CHANGES in (first, second) and plan is None:
        raise AxisError(
            text("`changes` are counted from a plan: name one.", "“changes”须以一份安排为基准：请写明安排文件。")
        )
    return first, second


def _axis(word: str, stated: Sequence[int]) -> Axis:
    if word.casefold() in {CHANGES, "改动", "变动"}:
        return CHANGES
    if word.isdecimal() and int(word) in stated:
        return int(word)
    raise AxisError(
        text(
            '"{word}" cannot be weighed; there are: {stated}',
            "“{word}”不能作为取舍的目标；可用：{stated}（changes 即改动场次）",
            word=word,
            stated=(*stated, CHANGES),
        )
    )


def trade(
    case: Case,
    rules: Sequence[Rule],
    axes: tuple[Axis, Axis],
    plan: Plan | None,
    screen: Screen,
    *,
    most: int,
    seconds: float | None,
    output: Path | None,
) -> None:
    """Print the frontier, and write it as a page, or its plans into a folder.

    Raises:
        InfeasibleError: there is no plan.
        NoPlanFoundError: none was found in time.
    """
    stop = Event()
    with stopped_by_interrupt(stop):
        frontier = Frontier(case, rules, axes, Control(seconds=seconds, stop=stop), plan.session if plan else None)
        points = undominated(frontier.points(most))
    if not points:
        raise NoPlanFoundError
    names = (_name(axes[0]), _name(axes[1]))
    screen.each(_legend(letter, name, axis, rules) for letter, name, axis in zip("AB", names, axes, strict=True))
    screen.say(f"{'A':>{COLUMN}}{'B':>{COLUMN}}")
    screen.each(_line(point) for point in points)
    screen.say(_complete(len(points)) if frontier.complete else _incomplete())
    screen.say(FREE)
    screen.emit(
        {
            "axes": list(axes),
            "complete": frontier.complete,
            "points": [{"first": p.first, "second": p.second, "proved": p.proved} for p in points],
        }
    )
    if output is not None:
        screen.each(str(path) for path in _written(case, names, points, output, screen, complete=frontier.complete))
    if stop.is_set():
        sys.exit(Exit.INTERRUPTED)


def _written(
    case: Case,
    names: tuple[Message, Message],
    points: Sequence[Point],
    output: Path,
    screen: Screen,
    *,
    complete: bool,
) -> list[Path]:
    """Write the page and, beside it, the plan of each point."""
    marks = [Mark(point.first, point.second, point.proved) for point in points]
    write_file(output, frontier_html(case, names, marks, screen.language, complete=complete).encode())
    plans = [(output.with_name(f"{output.stem}-{p.first}-{p.second}.json"), p.plan) for p in points]
    for path, plan in plans:
        write_file(path, dump_plan(plan).encode())
    return [output, *(path for path, _ in plans)]


def _name(axis: Axis) -> Message:
    if axis == CHANGES:
        return text("sessions changed", "改动场次")
    return text("cost at priority {p}", "优先级 {p} 的代价", p=axis)


def _legend(letter: str, name: Message, axis: Axis, rules: Sequence[Rule]) -> Message:
    """Say what a column counts: the rules of its priority, by their short names."""
    counted = tuple(
        text("{rule} [{id}]", "{rule}〔{id}〕", rule=rule.label, id=rule.id) for rule in rules if rule.priority == axis
    )
    if not counted:
        return text("{letter}: {name}", "{letter}：{name}", letter=letter, name=name)
    return text(
        "{letter}: {name} - {counted}", "{letter}：{name}——{counted}", letter=letter, name=name, counted=counted
    )


def _line(point: Point) -> Message:
    return text(
        "{first}{second}{proved}",
        "{first}{second}{proved}",
        first=f"{point.first:>{COLUMN}}",
        second=f"{point.second:>{COLUMN}}",
        proved=text("", "") if point.proved else text("  (not proved)", "（未证明）"),
    )


def _complete(points: int) -> Message:
    if points == 1:
        return text(
            "There is nothing to trade: what is best in one is best in the other. This is proved.",
            "无需取舍：一项最优时另一项也最优；此点已证明。",
        )
    return text(
        "Each line is better than the others in one and worse in the other; it is proved that there are no more.",
        "各行互有长短；已证明此外没有其他方案。",
    )


def _incomplete() -> Message:
    return text(
        "Each line is better than the others in one and worse in the other; there may be more "
        "(--points, --time-limit).",
        "各行互有长短；可能还有其他方案（可用 --points、--time-limit 继续查找）。",
    )
