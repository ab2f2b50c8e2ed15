"""Ctrl-C: the first one ends the search with the best plan kept, the second one ends the program.

So do the signals that others send to end a program: SIGTERM (a service manager, `timeout`), and SIGHUP where there is
one (the terminal was closed).
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

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
