"""Alone: of several programs before one journal, one at a time speaks through a channel whose provider counts.

A pace is kept within one process. Two servers would together send twice as many as the provider takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.keeping.leases import Leases

HELD = 120.0
"""Seconds for which a channel is taken: longer than any provider's window, so who follows begins with none used."""
FRESH = 30.0
"""Seconds after which the lease is prolonged, where messages go on; so it outlasts the last one by a whole window."""


class Alone:
    """The channels that one program has taken."""

    def __init__(self, leases: Leases, holder: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._leases, self._holder, self._clock = leases, holder, clock
        self._taken: dict[str, float] = {}
        self._lock = Lock()

    def may(self, channel: str) -> bool:
        """Tell whether a channel is ours to speak through, and take it where nobody has it."""
        with self._lock:
            if self._clock() < self._taken.get(channel, float("-inf")):
                return True
            got = self._leases.acquire(_named(channel), self._holder, HELD)
            if got:
                self._taken[channel] = self._clock() + FRESH
            else:
                self._taken.pop(channel, None)
            return got

    def release(self) -> None:
        """Give back what was taken, so that another program need not wait for it."""
        with self._lock:
            for channel in self._taken:
                self._leases.release(_named(channel), self._holder)
            self._taken.clear()


def _named(channel: str) -> str:
    return f"channel:{channel}"
