"""Progress of a search as one line that rewrites itself, on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from rota.demand import REQUIRED
from rota.text import Language, Message, text

if TYPE_CHECKING:
    from scheduler.solving.control import Progress

PACE = 0.1
"""Seconds between two rewrites of the line."""
DIM, RESET, CLEAR = "\x1b[2m", "\x1b[0m", "\r\x1b[K"


@contextmanager
def progress_line(language: Language) -> Iterator[Callable[[Progress], None]]:
    """Show progress on standard error while the block runs; say nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    line = _Line(language)
    try:
        yield line.show
    finally:
        sys.stderr.write(CLEAR)
        sys.stderr.flush()


class _Line:
    """The line; improvements come from the solver's threads."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.begun = monotonic()
        self.shown = 0.0
        self.lock = Lock()
        self.colour = not os.environ.get("NO_COLOR")

    def show(self, progress: Progress) -> None:
        with self.lock:
            now = monotonic()
            if now - self.shown < PACE and progress.stage != "settle":
                return
            self.shown = now
            said = f"{now - self.begun:5.1f} s  {say_progress(progress).say(self.language)}"
            sys.stderr.write(f"{CLEAR}{DIM if self.colour else ''}{said}{RESET if self.colour else ''}")
            sys.stderr.flush()


def say_progress(progress: Progress) -> Message:
    """Say where a search stands."""
    if progress.stage == "settle":
        return text("all proved; choosing the plan", "全部已证明；确定最终安排")
    level = (
        text("open seats", "空缺")
        if progress.priority == REQUIRED
        else text("priority {n}", "优先级 {n}", n=progress.priority)
    )
    if progress.value is None:
        return text("{level}: at least {bound}", "{level}：下界 {bound}", level=level, bound=progress.bound)
    return text(
        "{level}: {value}, at least {bound}, gap {gap}",
        "{level}：当前 {value}，下界 {bound}，差距 {gap}",
        level=level,
        value=progress.value,
        bound=progress.bound if progress.bound is not None else "-",
        gap=f"{progress.gap:.1%}" if progress.gap is not None else "-",
    )
