"""Progress of a search as one line that rewrites itself, on a terminal only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
    """Show the progress of a search on standard error while the block runs; say nothing where that is no terminal."""
    with _line(language) as line:
        if line is None:
            yield lambda _: None
        else:
            yield lambda progress: line.show(say_progress(progress), now=progress.stage == "settle")


@contextmanager
def text_line(language: Language) -> Iterator[Callable[[Message], None]]:
    """Show the sentences that it is told, each in place of the one before, as `progress_line` does."""
    with _line(language) as line:
        if line is None:
            yield lambda _: None
        else:
            yield lambda message: line.show(message, now=True)


def make_way() -> None:
    """Clear the line, if there is one, for a sentence that stays."""
    if sys.stderr.isatty():
        _write(CLEAR)


def _write(said: str) -> None:
    """Write to a terminal, which may be gone by now: that is no reason to end what goes on."""
    with suppress(OSError):
        sys.stderr.write(said)
        sys.stderr.flush()


@contextmanager
def _line(language: Language) -> Iterator[_Line | None]:
    if not sys.stderr.isatty():
        yield None
        return
    try:
        yield _Line(language)
    finally:
        _write(CLEAR)


class _Line:
    """The line; improvements come from the solver's threads."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.begun = monotonic()
        self.shown = 0.0
        self.lock = Lock()
        self.colour = not os.environ.get("NO_COLOR")

    def show(self, message: Message, *, now: bool) -> None:
        """Write a sentence; one that need not be seen `now` is left out where another was written just before."""
        with self.lock:
            moment = monotonic()
            if moment - self.shown < PACE and not now:
                return
            self.shown = moment
            said = f"{moment - self.begun:5.1f} s  {message.say(self.language)}"
            _write(f"{CLEAR}{DIM if self.colour else ''}{said}{RESET if self.colour else ''}")


def say_progress(progress: Progress) -> Message:
    """Say where a search stands."""
    if progress.stage == "settle":
        return text("all proved; choosing the plan", "全部已证明；确定最终安排")
    if progress.stage == "build":
        return text("{done} of {of} sessions planned", "已排 {done} / {of} 场", done=progress.done, of=progress.of)
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
