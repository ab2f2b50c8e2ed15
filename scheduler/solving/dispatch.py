"""Dispatch: tasks go to whoever works for a search; what crashes or runs over its time is lost, and nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from rota.text import Message, several, text
from scheduler.solving.executors import Crew

_LOG = logging.getLogger(__name__)

About = TypeVar("About")
Result = TypeVar("Result")

GRACE = 30.0
"""Seconds that a task may take beyond its own limit: for building models, and for the way there and back."""
HOPELESS = 12
"""After so many losses in a row, with nothing done in between, a crew is left, or nothing more is sent."""

LOST = (BrokenExecutor, CancelledError, TimeoutError)
"""What says that a task was lost on the way, and not that it failed."""


@dataclass(frozen=True)
class _Sent(Generic[About]):
    about: About
    number: int
    deadline: float | None


class Dispatch(Generic[About, Result]):
    """Sends tasks to a crew, and says of each what it was `about` when it comes back.

    A task that crashes, fails or runs over its time costs nothing but itself, and its thread where the crew cannot end
    it. What was under way when another was lost counts as one loss with it: a machine that goes takes all of its tasks
    with it. A crew `works` if something has come back from it.
    """

    def __init__(self, crew: Crew, now: Callable[[], float] = time.monotonic) -> None:
        self.crew, self.now = crew, now
        self.lost = 0
        self.works = False
        self._number = self._counted = 0
        self._logged: set[str] = set()
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

    def send(
        self,
        about: About,
        seconds: float | None,
        fn: Callable[..., Result],
        *arguments: object,
        grace: float = GRACE,
    ) -> None:
        """Send a task that takes so many seconds at the most by itself, and may come so many seconds later."""
        future = self._begun(fn, *arguments)
        self._number += 1
        deadline = None if seconds is None else self.now() + seconds + grace
        self._sent[future] = _Sent(about, self._number, deadline)

    def _begun(self, fn: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Let whoever is hired begin a task, or others if they are lost; if these are, too, so is the task."""
        failed: Future[Result] = Future()
        for _ in range(2):
            try:
                return self._hired().submit(fn, *arguments)
            except (BrokenExecutor, OSError) as error:
                self._dismiss()
                failed = Future()
                failed.set_exception(error)
        return failed

    def back(self, patience: float) -> list[tuple[About, Result | None]]:
        """Return what came back meanwhile, or within so many seconds; None where it was lost."""
        done, _ = wait(self._sent, timeout=patience, return_when=FIRST_COMPLETED)
        late = {f for f, sent in self._sent.items() if sent.deadline is not None and self.now() > sent.deadline}
        found = []
        for future in [*done, *(late - done)]:
            sent = self._sent.pop(future, None)
            if sent is not None:
                found.append((sent.about, self._result(future, sent)))
        return found

    def _result(self, future: Future[Result], sent: _Sent[About]) -> Result | None:
        if not future.done():
            future.cancel()
            self._lose(sent, TimeoutError())
            return None
        try:
            result = future.result()
        except Exception as error:  # noqa: BLE001 - whatever it was, others may come back
            self._lose(sent, error)
            return None
        self.lost, self.works = 0, True
        return result

    def _lose(self, sent: _Sent[About], error: BaseException) -> None:
        """Count a task as lost, and say by what."""
        self._log(error)
        if sent.number <= self._counted:
            return
        self._counted = self._number
        self.lost += 1
        if not self.hopeless:
            return
        why = _in_a_row(error)
        if self.crew.leave(why):
            self.lost, self.works = 0, False
            self._dismiss()
        else:
            self.crew.tell(_given_up(why))

    def _log(self, error: BaseException) -> None:
        """Keep for whoever maintains this how a task failed, with the traceback for the first one of a kind."""
        if isinstance(error, LOST):
            _LOG.info("a task of the search was lost: %r", error)
            return
        level = logging.DEBUG if repr(error) in self._logged else logging.WARNING
        self._logged.add(repr(error))
        _LOG.log(level, "a task of the search failed", exc_info=error)

    def end(self) -> None:
        """Send everybody home."""
        self._sent.clear()
        self._dismiss()

    def _dismiss(self) -> None:
        """Give up an executor; whoever waits for what it is doing is told that it is lost."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = None

    def _hired(self) -> Executor:
        if self._executor is None:
            self._executor = self.crew.hire()
        return self._executor


def _given_up(why: Message) -> Message:
    """Say that a search ends because nothing comes back any more."""
    return text("The search in small pieces is given up: {why}.", "分块求解已放弃：{why}。", why=why)


def _in_a_row(error: BaseException) -> Message:
    return text(
        "{often} in a row its tasks were lost, and none was done in between; at last, {why}",
        "任务连续{often}丢失，其间没有一项完成；最后一次的原因：{why}",
        often=several(HOPELESS, "time", "次"),
        why=_why(error),
    )


def _why(error: BaseException) -> Message:
    if isinstance(error, TimeoutError):
        return text("one ran over its time", "任务超时")
    if isinstance(error, LOST):
        return text("a process was lost", "进程丢失")
    return text(
        'one failed with "{error}"', "任务出错（“{error}”）", error=f"{type(error).__name__}: {error}".strip(": ")
    )
