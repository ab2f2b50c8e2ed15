"""Dispatch: tasks go to whoever works for a search; what crashes or runs over its time is lost, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from scheduler.solving.executors import Crew

About = TypeVar("About")
Result = TypeVar("Result")

GRACE = 30.0
"""Seconds that a task may take beyond its own limit: for building models, and for the way there and back."""
HOPELESS = 12
"""After so many tasks in a row that were lost, no more are sent."""


@dataclass(frozen=True)
class _Sent(Generic[About]):
    about: About
    deadline: float | None


class Dispatch(Generic[About, Result]):
    """Sends tasks to a crew, and says of each what it was `about` when it comes back."""

    def __init__(self, crew: Crew, now: Callable[[], float] = time.monotonic) -> None:
        self.crew, self.now = crew, now
        self.lost = 0
        self._executor: Executor | None = None
        self._sent: dict[Future[Result], _Sent[About]] = {}

    @property
    def about(self) -> list[About]:
        """What the tasks under way are about."""
        return [sent.about for sent in self._sent.values()]

    @property
    def has_room(self) -> bool:
        """Whether another task would be begun at once."""
        return len(self._sent) < self.crew.width()

    @property
    def hopeless(self) -> bool:
        """Whether nothing comes back any more."""
        return self.lost >= HOPELESS

    def send(self, about: About, seconds: float | None, fn: Callable[..., Result], *arguments: object) -> None:
        """Send a task that takes so many seconds at the most by itself."""
        try:
            future = self._hired().submit(fn, *arguments)
        except BrokenExecutor:
            self.end()
            future = self._hired().submit(fn, *arguments)
        self._sent[future] = _Sent(about, None if seconds is None else self.now() + seconds + GRACE)

    def back(self, patience: float) -> list[tuple[About, Result | None]]:
        """Return what came back meanwhile, or within so many seconds; None where it was lost."""
        done, _ = wait(self._sent, timeout=patience, return_when=FIRST_COMPLETED)
        late = {f for f, sent in self._sent.items() if sent.deadline is not None and self.now() > sent.deadline}
        found = []
        for future in [*done, *(late - done)]:
            sent = self._sent.pop(future, None)
            if sent is not None:
                found.append((sent.about, self._result(future)))
        return found

    def _result(self, future: Future[Result]) -> Result | None:
        if not future.done():
            future.cancel()
            self.lost += 1
            return None
        try:
            result = future.result()
        except Exception as error:
            if not isinstance(error, (CancelledError, *self.crew.losses)):
                raise
            self.lost += 1  # somebody ended a process: what it was doing is lost
            return None
        self.lost = 0
        return result

    def forget(self) -> None:
        """Give up what is under way."""
        for future in self._sent:
            future.cancel()
        self._sent.clear()

    def end(self) -> None:
        """Send everybody home."""
        self._sent.clear()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = None

    def _hired(self) -> Executor:
        if self._executor is None:
            self._executor = self.crew.hire()
        return self._executor
