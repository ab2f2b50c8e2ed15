"""The clock: jobs are done again and again, whatever fails, and whatever becomes of the system's clock."""

import datetime as dt
import time
from collections.abc import Callable
from threading import Event

import pytest
from apscheduler.executors import base as executors
from apscheduler.schedulers import base as schedulers
from apscheduler.schedulers.blocking import BlockingScheduler

from scheduler.keeping import clock as clocks
from scheduler.keeping.clock import Clock, ClockError, Job

TICK = 0.05
LIMIT = 30.0
"""Seconds after which something that should happen soon is taken to never happen."""


def until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds, and tell whether it does."""
    limit = time.monotonic() + LIMIT
    while not holds() and time.monotonic() < limit:
        time.sleep(TICK / 5)
    return holds()


def test_a_job_that_fails_is_counted_and_done_again_and_keeps_no_other_waiting() -> None:
    done: list[str] = []
    failed: list[str] = []

    def broken() -> None:
        raise ValueError

    jobs = (Job("broken", TICK, broken), Job("sound", TICK, lambda: done.append("sound")))
    with Clock(jobs, failed.append, tick=TICK).running():
        assert until(lambda: len(failed) >= 3 <= len(done))
    assert set(failed) == {"broken"}


def test_a_job_that_still_runs_is_not_begun_a_second_time() -> None:
    begun: list[int] = []
    go_on = Event()

    def slow() -> None:
        begun.append(1)
        go_on.wait(LIMIT)

    other: list[int] = []
    with Clock((Job("slow", TICK, slow), Job("other", TICK, lambda: other.append(1))), tick=TICK).running():
        assert until(lambda: len(other) >= 5)
        assert len(begun) == 1
        go_on.set()


def test_what_is_to_be_done_at_the_end_is_done_last() -> None:
    done: list[str] = []
    once = (Job("notes", 3600, lambda: done.append("notes"), at_stop=True), Job("b", 3600, lambda: done.append("b")))
    with Clock(once).running():
        assert until(lambda: len(done) == 2)
    assert done[2:] == ["notes"]


class Shifted:
    """The system's clock as APScheduler and the guard read it, which the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        shifted = self

        class Moved(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
                return dt.datetime.now(tz) + dt.timedelta(seconds=shifted.seconds)

        monkeypatch.setattr(schedulers, "datetime", Moved)
        monkeypatch.setattr(executors, "datetime", Moved)
        monkeypatch.setattr(clocks, "_now", lambda: Moved.now(dt.UTC))

    def wall(self) -> float:
        return time.time() + self.seconds


@pytest.mark.parametrize("moved", [-3600, 3600])
def test_jobs_go_on_where_the_systems_clock_is_moved_by_an_hour(monkeypatch: pytest.MonkeyPatch, moved: int) -> None:
    shifted = Shifted(monkeypatch)
    done: list[float] = []
    with Clock((Job("tick", TICK, lambda: done.append(1)),), tick=TICK, wall=shifted.wall).running():
        assert until(lambda: len(done) >= 3)
        shifted.seconds = moved
        before = len(done)
        assert until(lambda: len(done) >= before + 5)
    assert len(done) < 2 * LIMIT / TICK  # an hour's worth of turns is made up for by one


def test_a_clock_whose_thread_has_died_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: BlockingScheduler) -> float:
        raise MemoryError

    monkeypatch.setattr(BlockingScheduler, "_process_jobs", broken)
    monkeypatch.setattr("threading.excepthook", lambda _: None)
    told = Event()
    with pytest.raises(ClockError, match="clock has stopped"), Clock((), tick=TICK).running(died=told.set):
        assert told.wait(LIMIT)


def test_a_clock_that_does_nothing_any_more_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "SILENCE", 4)
    monkeypatch.setattr(BlockingScheduler, "_process_jobs", lambda _self: 3600.0)
    told = Event()
    with pytest.raises(ClockError, match="clock has stopped"), Clock((), tick=TICK).running(died=told.set):
        assert told.wait(LIMIT)
