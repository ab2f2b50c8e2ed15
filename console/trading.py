"""`rota frontier`: which plans there are between the best in one thing and the best in another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from threading import Event
from typing import TYPE_CHECKING

from console.exits import Exit
from console.interrupt import said_to_stop, stopped_by_interrupt
from rota.demand import REQUIRED
from rota.plan import dump_plan
from rota.problem import RotaError
from rota.text import Message, clauses, text
from scheduler.solving.control import Control
from scheduler.solving.errors import none_found
from scheduler.solving.frontier import CHANGES, Axis, Frontier, Point, undominated
from workbook.output.frontier_page import APART, PRESENT, Mark, Trade, frontier_html
from workbook.saving import write_file

if TYPE_CHECKING:
    from console.screen import Screen
    from constraints.rule import Rule
    from rota.case import Case
    from rota.plan import Plan


COLUMN = 8
"""The width of a column of numbers."""
MOST_NAMED = 3
"""So many rules are named at an axis."""


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
    with stopped_by_interrupt(stop), said_to_stop(stop, screen):
        control = Control(seconds=seconds, stop=stop)
        frontier = Frontier(case, rules, axes, control, plan.session if plan else None)
        points = [frontier.completed(point) for point in undominated(frontier.points(most))]
    if not points:
        raise none_found(control)
    shown = _shown(frontier, points)
    columns = [*axes, *frontier.weaker]
    screen.each(_legend(letter, axis, rules) for letter, axis in zip(ascii_uppercase, columns, strict=False))
    screen.say("".join(f"{letter:>{COLUMN}}" for letter in ascii_uppercase[: len(columns)]))
    screen.each(_line(mark) for mark in shown.marks)
    if shown.apart is not None:
        screen.say(_line(shown.apart, apart=True))
    if plan is not None and frontier.present is None:
        screen.say(text("The present plan does not hold, and is not shown.", "现有安排未通过校验，未列出。"))
    screen.each(shown.notes)
    screen.emit(_body(frontier, points))
    if output is not None:
        screen.each(str(path) for path in _written(case, shown, points, output, screen))
    if stop.is_set():
        sys.exit(Exit.INTERRUPTED)


def _shown(frontier: Frontier, points: Sequence[Point]) -> Trade:
    """Return what is printed of a frontier, on the terminal and on the page."""
    first, second = frontier.axes
    apart = None if any(point.present for point in points) else frontier.present
    return Trade(
        axes=(_name(first, frontier.rules), _name(second, frontier.rules)),
        weaker=tuple(_name(priority, frontier.rules) for priority in frontier.weaker),
        marks=tuple(_mark(frontier, point) for point in points),
        apart=None if apart is None else _mark(frontier, apart),
        complete=frontier.complete,
    )


def _mark(frontier: Frontier, point: Point) -> Mark:
    weaker = tuple((point.costs.get(p, 0), p not in point.unproved) for p in frontier.weaker)
    return Mark(point.first, point.second, point.proved, weaker, point.present)


def _body(frontier: Frontier, points: Sequence[Point]) -> dict[str, object]:
    """Return the frontier for programs."""
    return {
        "axes": list(frontier.axes),
        "weaker": list(frontier.weaker),
        "complete": frontier.complete,
        "points": [{**_values(p), "proved": p.proved, "unproved": list(p.unproved)} for p in points],
        "present": _values(frontier.present) if frontier.present else None,
    }


def _values(point: Point) -> dict[str, object]:
    return {"first": point.first, "second": point.second, "costs": dict(point.costs), "present": point.present}


def _written(case: Case, shown: Trade, points: Sequence[Point], output: Path, screen: Screen) -> list[Path]:
    """Write the page and, beside it, the plan of each point."""
    write_file(output, frontier_html(case, shown, screen.language).encode())
    plans = [(output.with_name(f"{output.stem}-{p.first}-{p.second}.json"), p.plan) for p in points]
    for path, plan in plans:
        write_file(path, dump_plan(plan).encode())
    return [output, *(path for path, _ in plans)]


def _name(axis: Axis, rules: Sequence[Rule]) -> Message:
    """Name an axis by what it holds: the short names of the rules of a priority, each once."""
    if axis == CHANGES:
        return text("sessions changed", "改动场次")
    labels = list({rule.kind: rule.label for rule in rules if rule.priority == axis}.values())
    named = labels[:MOST_NAMED]
    if more := len(labels) - len(named):
        named.append(text("and {n} more", "另 {n} 项", n=more))
    return text("priority {p}: {rules}", "优先级 {p}：{rules}", p=axis, rules=tuple(named))


def _legend(letter: str, axis: Axis, rules: Sequence[Rule]) -> Message:
    """Say what a column counts: the rules of its priority, by their short names."""
    if axis == CHANGES:
        return text("{letter}: {name}", "{letter}：{name}", letter=letter, name=_name(axis, rules))
    counted = tuple(
        text("{rule} [{id}]", "{rule}〔{id}〕", rule=rule.label, id=rule.id) for rule in rules if rule.priority == axis
    )
    return text(
        "{letter}: cost at priority {p} - {counted}",
        "{letter}：优先级 {p} 的代价——{counted}",
        letter=letter,
        p=axis,
        counted=counted,
    )


def _line(mark: Mark, *, apart: bool = False) -> Message:
    said = [APART] if apart else [PRESENT] if mark.present else []
    if not (mark.proved or apart):
        said.append(text("not proved", "未证明"))
    figures = "".join(f"{value:>{COLUMN}}" for value in (str(mark.first), str(mark.second), *mark.costs))
    if not said:
        return text("{figures}", "{figures}", figures=figures)
    return text("{figures}  ← {said}", "{figures}  ← {said}", figures=figures, said=clauses(said))
