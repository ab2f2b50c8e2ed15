"""Pace: no more messages within a time than a provider takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

Clock = Callable[[], float]
Window = tuple[int, float]
"""So many messages within so many seconds."""


class Pace:
    """Lets messages through so that in any span as long as a window no more than it allows were sent.

    A bucket of tokens would let through twice as many about the moment at which it is full; providers punish that. The
    pace is kept within one process.
    """

    def __init__(self, *windows: Window, clock: Clock = time.monotonic) -> None:
        self._windows = windows
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=max((most for most, _ in windows), default=1))
        self._not_before = float("-inf")
        self._lock = Lock()

    def wait(self) -> float:
        """Count one message and return 0; where it may not be sent yet, count nothing and return the seconds left."""
        with self._lock:
            now = self._clock()
            left = max((self._left(now, window) for window in self._windows), default=0.0)
            left = max(left, self._not_before - now)
            if left > 0:
                return left
            self._sent.append(now)
            return 0.0

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long, because the provider said so."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def _left(self, now: float, window: Window) -> float:
        most, seconds = window
        if len(self._sent) < most:
            return 0.0
        return seconds - (now - self._sent[-most])
