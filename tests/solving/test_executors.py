"""Where small searches run: what is lost there costs its own task alone."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from functools import partial
from threading import Event
from typing import Any

import pytest

from constraints.reading import read_rules
from rota.text import Message
from scheduler.solving.control import Control
from scheduler.solving.dispatch import HOPELESS, Dispatch
from scheduler.solving.executors import Children, Crew, Here, processes, undisturbed
from scheduler.solving.large import LargeSearch
from tests.solving.test_large import YEAR, first_plan, judged


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """End a search sooner: the case is small."""
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 3)


def twice(n: int) -> int:
    return 2 * n


def crash() -> int:
    os._exit(3)


def run_away(seconds: float) -> int:
    time.sleep(seconds)
    return 0


def all_back(dispatch: Dispatch[str, Any]) -> dict[str, int | None]:
    """Wait for all that is under way."""
    back: dict[str, int | None] = {}
    while dispatch.about:
        back |= dict(dispatch.back(0.1))
    return back


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    made = Children(2)
    yield made
    made.shutdown(wait=False)


@pytest.mark.slow
def test_a_child_that_crashes_costs_its_own_task_alone(children: Children) -> None:
    lost, done = children.submit(crash), children.submit(twice, 21)
    with pytest.raises(BrokenExecutor):
        lost.result()
    assert done.result() == 42
    assert [children.submit(twice, n).result() for n in range(3)] == [0, 2, 4]


@pytest.mark.slow
def test_a_child_whose_task_is_cancelled_is_ended_and_another_takes_its_place(children: Children) -> None:
    lost, done = children.submit(run_away, 600.0), children.submit(twice, 21)
    assert lost.cancel()
    assert done.result() == 42
    assert [children.submit(twice, n).result() for n in range(3)] == [0, 2, 4]


@pytest.mark.slow
def test_a_task_that_runs_over_its_time_is_lost_and_the_others_come_back(children: Children) -> None:
    clock = iter([0.0, 0.0, *[1000.0] * 1000])
    dispatch: Dispatch[str, int] = Dispatch(Crew(lambda: children, lambda: 2, 2), lambda: next(clock))
    dispatch.send("runaway", 1.0, run_away, 600.0)
    dispatch.send("other", None, twice, 21)
    assert all_back(dispatch) == {"runaway": None, "other": 42}


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def fail() -> int:
    raise MemoryError("no more")


@pytest.mark.slow
def test_a_task_that_fails_in_its_process_is_lost_and_the_others_come_back(
    children: Children, caplog: pytest.LogCaptureFixture
) -> None:
    dispatch: Dispatch[str, int] = Dispatch(Crew(lambda: children, lambda: 2, 2))
    dispatch.send("fails", None, fail)
    dispatch.send("other", None, twice, 21)
    assert all_back(dispatch) == {"fails": None, "other": 42}
    [record] = caplog.records
    assert record.exc_text is not None
    assert "in fail" in record.exc_text


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows suspends no process by a signal")
def test_a_process_that_hangs_keeps_nobody_waiting() -> None:
    made = Children(1)
    pid = made.submit(os.getpid).result()
    made.submit(run_away, 600.0)
    try:
        os.kill(pid, signal.SIGSTOP)
    finally:
        made.shutdown(wait=False)
    for _ in range(1000):
        if not is_there(pid):
            return
        time.sleep(0.01)
    pytest.fail("it is still there")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows delivers interrupts to a console")
def test_a_process_that_is_interrupted_while_it_starts_does_its_work(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    made = Children(1)
    try:
        done = made.submit(twice, 21)
        [pool] = [child._pool for child in made._children]
        assert pool is not None
        for pid in (*(pool._processes or {}), os.getpid()):
            os.kill(pid, signal.SIGINT)
        assert done.result() == 42
    finally:
        made.shutdown(wait=False)
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows delivers interrupts to a console")
def test_an_interrupt_that_comes_while_a_process_is_started_is_heard() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        with undisturbed():
            assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]


def is_over() -> bool:
    return Control.of_task(600.0).over


def test_what_is_done_in_the_thread_of_a_search_stops_with_it() -> None:
    stop = Event()
    assert Here(stop).submit(is_over).result() is False
    stop.set()
    assert Here(stop).submit(is_over).result() is True
    assert is_over() is False


def test_one_process_of_its_own_can_be_ended_where_this_thread_could_not() -> None:
    assert isinstance(processes(1, Event()), Children)


class Gone(Here):
    """Loses whatever it is given."""

    def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future:  # type: ignore[type-arg]
        lost: Future[object] = Future()
        lost.set_exception(BrokenExecutor("gone"))
        return lost


def test_a_search_ends_with_what_it_has_where_nothing_comes_back_any_more() -> None:
    start = dict(first_plan())
    search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), Crew(Gone))
    assert search.run(start) == start


class Fails(Here):
    """Fails in whatever it is given."""

    def submit(self, _fn: object, /, *_args: object, **_kwargs: object) -> Future:  # type: ignore[type-arg]
        return super().submit(fail)


class LosesOne(Here):
    """Loses the first task that it is given."""

    lost = False

    def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future:  # type: ignore[type-arg]
        if self.lost:
            return super().submit(fn, *args, **kwargs)  # type: ignore[arg-type]
        self.lost = True
        return Gone().submit(fn, *args, **kwargs)


def test_a_part_of_the_year_that_is_lost_while_it_is_built_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 0)
    plans = []
    for executor in (Here(), LosesOne()):
        crew = Crew(lambda: executor, lambda: 2, 2)  # noqa: B023 - asked for at once
        search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), crew)
        search.run()
        plans.append(set(search.sessions))
    assert plans[0] == plans[1]


class Weeks(LosesOne):
    """Keeps for which weeks it is asked, loses the first, and ends the search after a number of them."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.asked = most, list[tuple[str, ...]]()

    def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future:  # type: ignore[type-arg]
        _, _, due, _ = args
        self.asked.append(tuple(due))  # type: ignore[arg-type]
        if len(self.asked) == self.most:
            self.stop.set()
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize(("most", "built"), [(100, 12), (6, 4)])
def test_a_task_that_is_lost_while_a_plan_is_built_costs_a_week_and_time_that_runs_out_the_rest(
    most: int, built: int
) -> None:
    executor = Weeks(most)
    search = LargeSearch(
        YEAR, read_rules(YEAR), Control(stop=executor.stop), partial(judged, YEAR), Crew(lambda: executor)
    )
    sessions = search._constructed({})
    assert len(executor.asked) == min(most, 12 + 1)
    assert executor.asked[0] == executor.asked[1]
    assert len(set(executor.asked)) == len(executor.asked) - 1
    assert len({sessions[id_].start.isocalendar()[:2] for id_ in sessions}) == built


class LosesWeek(Here):
    """Loses whatever is to build one week."""

    def __init__(self, week: tuple[str, ...]) -> None:
        super().__init__()
        self.week, self.asked = week, list[tuple[str, ...]]()

    def submit(self, fn: object, /, *args: object, **kwargs: object) -> Future:  # type: ignore[type-arg]
        _, _, due, _ = args
        self.asked.append(tuple(due))  # type: ignore[arg-type]
        if self.asked[-1] == self.week:
            return Gone().submit(fn)
        return super().submit(fn, *args, **kwargs)  # type: ignore[arg-type]


def test_a_week_that_is_always_lost_while_a_plan_is_built_is_missing_alone() -> None:
    told: list[Message] = []
    [part] = LargeSearch(YEAR, read_rules(YEAR), Control(), partial(judged, YEAR), Crew(Here))._parts({})
    weeks = [tuple(week) for week in part.weeks]
    executor = LosesWeek(weeks[2])
    crew = Crew(lambda: executor, tell=told.append)
    search = LargeSearch(YEAR, read_rules(YEAR), Control(), partial(judged, YEAR), crew)
    sessions = search._constructed({})
    assert executor.asked == [*weeks[:3], weeks[2], *weeks[3:], weeks[2]]
    assert sessions.keys() == {id_ for week in weeks for id_ in week} - set(weeks[2])
    assert not told


def test_what_a_plan_lacks_is_constructed_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.large.PATIENCE", 0)
    start = {id_: session for id_, session in first_plan().items() if session.start.month != 2}
    search = LargeSearch(YEAR, read_rules(YEAR), Control(), partial(judged, YEAR), Crew(Here))
    search.run(start)
    assert search.sessions.keys() == first_plan().keys()
    assert {id_: search.sessions[id_] for id_ in start} == start


def test_tasks_that_all_fail_end_the_search_with_what_it_has_and_why() -> None:
    told: list[Message] = []
    start = dict(first_plan())
    crew = Crew(Fails, tell=told.append)
    search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), crew)
    assert search.run(start) == start
    [message] = told
    assert 'at last, one failed with "MemoryError: no more".' in message.say("en")
    assert "最后一次的原因：任务出错（“MemoryError: no more”）。" in message.say("zh")


@pytest.mark.parametrize(("together", "hopeless"), [(HOPELESS, False), (1, True)])
def test_tasks_that_a_machine_takes_with_it_count_as_one_loss(together: int, *, hopeless: bool) -> None:
    dispatch: Dispatch[int, int] = Dispatch(Crew(Gone))
    for n in range(0, HOPELESS, together):
        for m in range(together):
            dispatch.send(n + m, None, twice, n)
        while dispatch.about:
            dispatch.back(0.0)
    assert dispatch.hopeless == hopeless


def test_a_crew_that_is_hopeless_is_left_for_others_and_these_for_nobody() -> None:
    reasons: list[str] = []
    told: list[Message] = []

    def leave(why: Message) -> bool:
        reasons.append(why.say("en"))
        return False

    relieved = Crew(Gone, leave=leave).relieved_by(Crew(Fails, tell=told.append))
    dispatch: Dispatch[int, int] = Dispatch(relieved)
    for lost in range(1, 2 * HOPELESS + 1):
        dispatch.send(lost, None, twice, lost)
        assert dispatch.back(0.0) == [(lost, None)]
        assert dispatch.hopeless == (lost == 2 * HOPELESS)
        assert len(told) == dispatch.hopeless
    assert reasons[0].endswith("at last, a process was lost")
    assert 'at last, one failed with "MemoryError: no more".' in told[0].say("en")
