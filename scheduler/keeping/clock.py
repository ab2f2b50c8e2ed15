"""The clock: a few jobs in memory, done again and again; what is to be done stands in the journal alone.

APScheduler says when, and nothing else depends on it: whatever is missed is made up for by the next turn.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.schedulers.blocking import BlockingScheduler

from rota.problem import RotaError
from rota.text import text

LOG = logging.getLogger("rota.clock")

TICK = 1.0
"""Seconds after which the guard looks again."""
PARTED = 0.5
"""Seconds by which the clock on the wall may part from the steady one before all jobs are set anew."""
SILENCE = 60
"""So many looks in a row without a turn of the heartbeat, and the clock counts as dead."""
KEPT = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""What is late is done once, and never dropped: by default APScheduler drops what is a second late."""


@dataclass(frozen=True)
class Job:
    """Some work, and after how many seconds it is done again; what is to be done `at_stop` as well is done last."""

    name: str
    every: float
    run: Callable[[], object]
    at_stop: bool = False


class ClockError(RotaError):
    """The clock has stopped although nobody told it to."""


class Clock:
    """Does jobs at their times, each by itself; one that fails is logged, told to `failed`, and done again in time."""

    def __init__(
        self,
        jobs: Sequence[Job],
        failed: Callable[[str], object] = lambda _: None,
        *,
        tick: float = TICK,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.jobs, self._failed = tuple(jobs), failed
        self._tick, self._wall, self._steady = tick, wall, steady
        self._beats = 0
        self._dead = False

    @contextmanager
    def running(self, died: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Let the clock run while the block does. `died` is called where it stops by itself, and has to end the block.

        Raises:
            ClockError: it stopped by itself.
        """
        scheduler, turning = self._started()
        stop = Event()
        guard = Thread(target=self._guard, args=(scheduler, turning, stop, died), name="guard of the clock")
        guard.start()
        try:
            yield
        finally:
            stop.set()
            guard.join()
            scheduler.shutdown(wait=not self._dead)
            for job in self.jobs:
                if job.at_stop:
                    self._turn(job)
        if self._dead:
            raise ClockError(text("The clock has stopped. Start the program anew.", "时钟已停止，请重新启动程序。"))

    def _started(self) -> tuple[BlockingScheduler, Thread]:
        """Start a scheduler in a thread of ours, so that we see whether it lives."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a turn that is left out while one runs is no news
        pool = {"type": "threadpool", "max_workers": len(self.jobs) + 1}
        scheduler = BlockingScheduler(timezone=dt.UTC, job_defaults=KEPT, executors={"default": pool})
        for job in self.jobs:
            scheduler.add_job(self._turn, "interval", [job], seconds=job.every, next_run_time=_now(), name=job.name)
        scheduler.add_job(self._beat, "interval", seconds=self._tick, next_run_time=_now(), name="heartbeat")
        started = Event()
        scheduler.add_listener(lambda _: started.set(), EVENT_SCHEDULER_STARTED)
        turning = Thread(target=scheduler.start, name="clock", daemon=True)
        turning.start()
        started.wait()
        return scheduler, turning

    def _turn(self, job: Job) -> None:
        try:
            job.run()
        except Exception:
            LOG.exception("%s failed and is tried again", job.name)
            self._failed(job.name)

    def _beat(self) -> None:
        self._beats += 1

    def _guard(self, scheduler: BlockingScheduler, turning: Thread, stop: Event, died: Callable[[], object]) -> None:
        """Set the jobs anew where the system's clock was set, for they are due by it; watch whether they are done."""
        apart, beats, silent = self._wall() - self._steady(), self._beats, 0
        while not stop.wait(self._tick):
            now_apart = self._wall() - self._steady()
            if abs(now_apart - apart) > PARTED:
                LOG.warning("the system's clock was moved by %.1f s; all jobs are done now", now_apart - apart)
                apart = now_apart
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=_now())
            # Looks are counted, not seconds: a process that was stopped for an hour is not dead when it goes on.
            silent, beats = (silent + 1 if beats == self._beats else 0), self._beats
            if silent >= SILENCE or not turning.is_alive():
                LOG.critical("the clock has stopped")
                self._dead = True
                died()
                return


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)
