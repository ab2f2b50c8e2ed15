"""Where small searches run: in processes of their own, in this thread, or wherever another executor takes them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from rota.text import Message
from scheduler.solving.control import stopped_with

Result = TypeVar("Result")

Executors = Callable[[], Executor]
"""Makes an executor; asked again where one broke."""


@dataclass(frozen=True)
class Crew:
    """What small searches have: an executor, anew where one broke; `most` run at once, or as many as `width` says.

    What a person should know of the search is said by `tell`. A crew elsewhere may be gone for good. `leave` gives it
    up, as nothing comes back from it, says why, and returns whether others take its place.
    """

    hire: Executors
    width: Callable[[], int] = lambda: 1
    most: int = 1
    tell: Callable[[Message], None] = lambda _: None
    is_gone: Callable[[], bool] = lambda: False
    leave: Callable[[Message], bool] = lambda _: False

    def relieved_by(self, others: Crew) -> Crew:
        """Return a crew that is this one, and others as soon as this one is gone or was left."""
        reasons: list[Message] = []

        def now() -> Crew:
            return others if self.is_gone() or reasons else self

        def leave(why: Message) -> bool:
            """Leave this one for the others; nobody takes the place of these."""
            self.leave(why)
            reasons.append(why)
            return len(reasons) == 1

        return Crew(lambda: now().hire(), lambda: now().width(), self.most, others.tell, leave=leave)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(workers: int, stop: Event) -> Executor:
    """Return an executor of local processes, or of this thread where none may be started.

    One process is still better than this thread: whatever it is doing, it can be ended at once.
    """
    return Here(stop) if multiprocessing.current_process().daemon else Children(workers)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no interrupt of the terminal reach processes that this thread starts in the block; they are to `entrust`.

    An interrupt that comes in the meantime is heard by another thread of this process, or after the block. Windows has
    no such thing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which lets interrupts through again where it is started with the first process
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def entrust() -> None:
    """Let a process alone when the terminal interrupts its parent, and end it when that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def pass_on(done: Future[Result], future: Future[Result]) -> None:
    """Let a future end as another has; where that was cancelled, whoever worked for it was lost."""
    if not future.set_running_or_notify_cancel():
        return
    error = BrokenExecutor() if done.cancelled() else done.exception()
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(done.result())


class Here(Executor):
    """Does what it is given at once, in the thread that gives it, until it is to stop."""

    def __init__(self, stop: Event | None = None) -> None:
        self.stop = stop or Event()

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Do it, and return how it ended."""
        future: Future[Result] = Future()
        try:
            with stopped_with(self.stop):
                future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result is told
            future.set_exception(error)
        return future


class Children(Executor):
    """Processes of which each can be lost without the others: one that crashes costs the task that it was doing.

    So does one whose task is cancelled: it is ended. In both cases another takes its place.
    """

    def __init__(self, workers: int) -> None:
        self._children = [_Child() for _ in range(workers)]
        self._lock = Lock()

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Let the child do it that has least to do."""
        with self._lock:
            child = min(self._children, key=lambda each: each.waiting)
            return child.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is declared
        """End all children, at once where nobody waits."""
        for child in self._children:
            child.end(wait=wait)


class _Child:
    """A pool of one process, and a new one after it was lost."""

    def __init__(self) -> None:
        self._under_way: set[Future[Any]] = set()
        self._pool: ProcessPoolExecutor | None = None

    @property
    def waiting(self) -> int:
        """How many tasks it has."""
        return len(self._under_way)

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        future: Future[Result] = Future()
        with undisturbed():
            try:
                done = self._hired().submit(fn, *args, **kwargs)
            except BrokenExecutor:  # it was lost while it had nothing to do
                self.end(wait=False)
                done = self._hired().submit(fn, *args, **kwargs)
        pool = self._pool
        self._under_way.add(done)
        done.add_done_callback(lambda _: self._told(pool, done, future))
        future.add_done_callback(lambda _: self._left(pool, done, future))
        return future

    def _hired(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=entrust)
        return self._pool

    def _told(self, pool: ProcessPoolExecutor | None, done: Future[Result], future: Future[Result]) -> None:
        """Pass on how a task ended."""
        self._under_way.discard(done)
        broken = done.cancelled() or isinstance(done.exception(), BrokenExecutor)
        if broken and pool is self._pool:
            self._pool = None
        pass_on(done, future)

    def _left(self, pool: ProcessPoolExecutor | None, done: Future[Result], future: Future[Result]) -> None:
        """End the process of a task that was cancelled."""
        if future.cancelled() and not done.done() and pool is self._pool:
            self.end(wait=False)

    def end(self, *, wait: bool) -> None:
        """End the process; without waiting, whatever it is doing."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if not wait:
            _kill(pool)
        pool.shutdown(wait=wait, cancel_futures=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool, those that are only starting or hang, too.

    They have nothing to put in order, and one that was suspended would not hear that it should end.

    From Python 3.14 on a pool does that itself; before, it tells nobody which processes are its own.
    """
    if hasattr(pool, "kill_workers"):
        pool.kill_workers()
        return
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - there is no other way before 3.14
        process.kill()
