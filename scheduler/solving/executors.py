"""Where small searches run: in processes of their own, in this thread, or wherever another executor takes them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")

Executors = Callable[[], Executor]
"""Makes an executor; asked again where one broke."""


@dataclass(frozen=True)
class Crew:
    """What small searches have: an executor, anew where one broke; `most` run at once, or as many as `width` says."""

    hire: Executors
    width: Callable[[], int] = lambda: 1
    most: int = 1


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(workers: int) -> Executor:
    """Return an executor of local processes, or of this thread where one is enough or none may be started."""
    if workers <= 1 or multiprocessing.current_process().daemon:
        return Here()
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=entrust)


def entrust() -> None:
    """Let a process alone when the terminal interrupts its parent, and end it when that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Here(Executor):
    """Does what it is given at once, in the thread that gives it."""

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Do it, and return how it ended."""
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result is told
            future.set_exception(error)
        return future
