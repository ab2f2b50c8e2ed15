"""Fetches as they come, kept in memory and written down together: a fetch writes nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

from scheduler.keeping.subscribers import Fetch


class Fetches:
    """The last fetch of each link since it was written down."""

    def __init__(self, note: Callable[[Iterable[Fetch]], None]) -> None:
        self._note = note
        self._last: dict[int, Fetch] = {}
        self._lock = Lock()

    def add(self, fetch: Fetch) -> None:
        """Remember a fetch."""
        with self._lock:
            self._last[fetch.subscriber] = fetch

    def flush(self) -> None:
        """Write down what came since the last time; where that fails, it is kept for the next."""
        with self._lock:
            taken, self._last = self._last, {}
        try:
            self._note(taken.values())
        except BaseException:
            with self._lock:
                self._last = taken | self._last
            raise
