"""Deadlines: an exchange over the network ends in time, however slowly the other side drips."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer

SECONDS = 20.0
"""How long one exchange may take."""


@dataclass
class Deadline:
    """Tells whether time was up."""

    late: bool = False


@contextmanager
def within(seconds: float, sockets: Callable[[], Iterator[socket.socket | None]]) -> Iterator[Deadline]:
    """Shut the sockets that are in use when time is up: whoever reads from them sees their end."""
    deadline = Deadline()

    def shut() -> None:
        deadline.late = True
        for live in sockets():
            if live is not None:
                with suppress(OSError):
                    socket.socket.shutdown(live, socket.SHUT_RDWR)  # of one that is sealed, too

    timer = Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
