"""Ctrl-C: the first one ends the search with the best plan kept, the second one ends the program.

So do the signals that others send to end a program: SIGTERM (a service manager, `timeout`), and SIGHUP where there is
one (the terminal was closed).
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType
from typing import TYPE_CHECKING

from console.progress import make_way
from rota.text import text

if TYPE_CHECKING:
    from console.screen import Screen

LOOK = 0.05
"""Seconds between two looks at whether a search is to stop: one that ends sooner says nothing of that."""
STOPPING = text(
    "Stopping; what has been found is kept. Ctrl-C once more ends the program.",
    "正在停止，会保留已求得的结果；再按一次 Ctrl-C 则直接退出。",
)

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def stopped_by_interrupt(stop: Event) -> Iterator[None]:
    """Set `stop` on the first interrupt, or another signal that ends a program, while the block runs."""

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {each: signal.signal(each, on_interrupt) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def said_to_stop(stop: Event, screen: Screen) -> Iterator[None]:
    """Say that the search in the block is stopping, where it goes on for more than a moment once `stop` is set."""
    ended = Event()

    def watch() -> None:
        while not ended.wait(LOOK):
            if stop.is_set():
                make_way()
                with suppress(OSError):  # the terminal may be gone
                    screen.note(STOPPING)
                return

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
