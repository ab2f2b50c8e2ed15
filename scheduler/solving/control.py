"""What the caller of a search decides: limits, seed and workers, a way to stop it, and an ear for its progress."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Literal

from rota.demand import REQUIRED

if TYPE_CHECKING:
    from rota.text import Message
    from scheduler.solving.executors import Crew

Stage = Literal["build", "search", "settle"]


@dataclass(frozen=True)
class Progress:
    """Where a search stands: the priority that is being improved, its value so far, and the bound below it.

    While a first plan is built, how many sessions are planned (`done`), `of` how many. Where all priorities are
    improved at once, `costs` says what the plan comes to at each, and `priority` is the strongest that is not proved.
    """

    stage: Stage
    priority: int | None = None
    value: int | None = None
    bound: int | None = None
    done: int = 0
    of: int = 0
    costs: Mapping[int, int] = field(default_factory=dict, compare=False)

    @classmethod
    def of_all(cls, costs: Mapping[int, int], bound: Callable[[int], int] = lambda _: 0) -> Progress:
        """Return what is said of a plan that comes to these costs, with a bound for each priority where one is known.

        What must hold is no priority; at least one is among them.
        """
        priorities = sorted(costs.keys() - {REQUIRED})
        unproved = (priority for priority in priorities if bound(priority) < costs[priority])
        priority = next(unproved, priorities[-1])
        return cls("search", priority, costs[priority], bound(priority), costs=dict(costs))

    @property
    def gap(self) -> float | None:
        """The distance of value and bound, as a fraction of the value."""
        if self.value is None or self.bound is None:
            return None
        return (self.value - self.bound) / max(1, abs(self.value))


LEAST_WORKERS = 8
"""CP-SAT gives each worker another strategy, and the ones that prove come late in the list: with one worker per core
two cores run without them (docs/decisions/0002-workers.md)."""


def default_workers() -> int:
    """Return how many strategies to search with: one per core that this process may use, and not fewer than eight."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(LEAST_WORKERS, usable)


LOOK = 0.05
"""Seconds between two looks at whether the whole is to stop."""


class PartStop(Event):
    """Stops a part of a search: set by itself, or with the `whole`."""

    def __init__(self, whole: Event) -> None:
        super().__init__()
        self.whole = whole

    def is_set(self) -> bool:
        """Tell whether the part is to stop."""
        return super().is_set() or self.whole.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the part is to stop, or for so many seconds; tell whether it is."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        while not self.is_set() and (left := until - time.monotonic()) > 0:
            super().wait(min(LOOK, left))
        return self.is_set()


_STOP: ContextVar[Event | None] = ContextVar("stop", default=None)


@contextmanager
def stopped_with(stop: Event) -> Iterator[None]:
    """Let the controls of tasks that this thread does in the block stop with whoever gave these."""
    before = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(before)


class SearchOverError(Exception):
    """The limits of a search were reached, or it was stopped, while something was being built for it."""


@dataclass
class Control:
    """Limits and reporting of one search. `stop` may be set from any thread; the best plan so far is kept then.

    `seconds` is the time for the whole search, None for no limit. `workers` are the strategies of one model's search;
    `crew` says who searches windows, where these are not processes of this machine, as many as it has cores. What a
    person should know of the search beside its plan is said by `tell`.
    """

    seconds: float | None = None
    seed: int = 0
    workers: int = field(default_factory=default_workers)
    stop: Event = field(default_factory=Event)
    report: Callable[[Progress], None] = lambda _: None
    now: Callable[[], float] = time.monotonic
    crew: Crew | None = None
    tell: Callable[[Message], None] = lambda _: None

    def __post_init__(self) -> None:
        self._deadline = None if self.seconds is None else self.now() + self.seconds

    @classmethod
    def of_task(cls, seconds: float | None, seed: int = 0) -> Control:
        """Return the control of a task: where it is done in the thread that gave it, it stops with what gave it."""
        return cls(seconds=seconds, seed=seed, stop=_STOP.get() or Event())

    @classmethod
    def by_processor(cls, seconds: float) -> Control:
        """Return a limit in seconds for which this process computes: what else the machine does changes no outcome."""
        return cls(seconds=seconds, now=time.process_time)

    def left(self) -> float | None:
        """Return the seconds that are left, None without a limit."""
        return None if self._deadline is None else max(0.0, self._deadline - self.now())

    @property
    def over(self) -> bool:
        """Whether the search should end now."""
        left = self.left()
        return self.stop.is_set() or (left is not None and left <= 0)

    def go_on(self) -> None:
        """Return at once while the search may go on.

        Raises:
            SearchOverError: it should end now.
        """
        if self.over:
            raise SearchOverError
