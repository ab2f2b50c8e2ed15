"""Where small searches run: what is lost there costs its own task, and a cluster does what one machine does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Any

import pytest

from constraints.reading import read_rules
from rota.text import Message
from scheduler.solving.cluster import cluster
from scheduler.solving.control import Control
from scheduler.solving.dispatch import HOPELESS, Dispatch
from scheduler.solving.errors import ExecutorError, InterruptedSearchError
from scheduler.solving.executors import Children, Crew, Here, processes, undisturbed
from scheduler.solving.large import LargeSearch
from tests.components import extra
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


@pytest.mark.parametrize(
    "address",
    ["here", "dask://", "dask://host", "tcp://host:8786", "dask://host:port", "dask://[::1", "dask://[x]:1"],
)
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(ExecutorError) as told, cluster(address):
        pass
    for language in ("en", "zh"):
        assert address in told.value.message.say(language)
        assert "dask://10.0.0.5:8786" in told.value.message.say(language)


@contextmanager
def listening(says: bytes) -> Iterator[str]:
    """Accept connections at an address, and say the same to all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    accepted.append(server.accept()[0])
                    accepted[-1].sendall(says)

        Thread(target=accept, daemon=True).start()
        try:
            yield f"dask://127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for each in accepted:
                each.close()


def refusal(address: str) -> str:
    """Return what is said of an address where no cluster is."""
    with pytest.raises(ExecutorError) as told, cluster(address):
        pass
    assert f"{address} 没有集群响应" in told.value.message.say("zh")
    return told.value.message.say("en")


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_somebody_who_is_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch, says: bytes) -> None:
    extra("distributed")
    monkeypatch.setattr("scheduler.solving.cluster.PATIENCE", 0.5)
    with listening(says) as address:
        assert f"no cluster answers at {address};" in refusal(address)


@pytest.mark.parametrize("host", ["a..b", ".", "a" * 300], ids=["two dots", "a dot", "too long"])
def test_a_host_that_can_have_no_name_is_told(host: str) -> None:
    extra("distributed")
    assert f"no cluster answers at dask://{host}:8786;" in refusal(f"dask://{host}:8786")


def test_an_interrupt_ends_the_wait_for_a_cluster_that_says_nothing() -> None:
    extra("distributed")
    stop = Event()
    Timer(0.2, stop.set).start()
    with listening(b"") as address, pytest.raises(InterruptedSearchError), cluster(address, stop=stop):
        pass


def test_an_address_at_which_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.cluster.PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    assert f"127.0.0.1:{free}" in refusal(f"dask://127.0.0.1:{free}")


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "killed"), [(1, False), (2, False), (2, True)])
def test_a_cluster_finds_what_one_machine_finds_though_a_worker_is_killed(workers: int, *, killed: bool) -> None:
    distributed = extra("distributed")
    options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
    local = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, **options)
    with local, cluster(local.scheduler_address.replace("tcp", "dask")) as crew:
        assert crew.width() == workers
        search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), crew)
        if killed:
            Thread(target=_kill_when_at_work, args=(local, search), daemon=True).start()
        found = search.run(dict(first_plan()))
    here = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), Crew(Here)).run(first_plan())
    assert found is not None
    assert here is not None
    assert judged(YEAR, found).costs == judged(YEAR, here).costs


@contextmanager
def dask(folder: Path, what: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run Dask's scheduler or a worker as a process of its own; they meet by a file in a folder."""
    command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(folder / "at.json"), *options]
    with (folder / f"{what}.log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


def scheduler_at(folder: Path) -> str:
    """Wait for the address of the scheduler."""
    for _ in range(600):
        if (folder / "at.json").exists():
            found: str = json.loads((folder / "at.json").read_text("utf-8"))["address"]
            return found.replace("tcp", "dask")
        time.sleep(0.1)
    raise TimeoutError((folder / "scheduler.log").read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["scheduler", "worker"])
def test_where_a_cluster_is_gone_that_is_told_and_the_search_goes_on_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    distributed = extra("distributed")
    monkeypatch.setattr("scheduler.solving.cluster.ABSENT", 1.0)
    told: list[Message] = []
    local = ("--host", "127.0.0.1")
    with (
        dask(tmp_path, "scheduler", *local, "--port", "0", "--no-dashboard") as scheduler,
        dask(tmp_path, "worker", *local, "--no-nanny", "--no-dashboard", "--nthreads", "2") as worker,
    ):
        address = scheduler_at(tmp_path)
        with distributed.Client(address.replace("dask", "tcp"), set_as_default=False) as client:
            client.wait_for_workers(1)
        with cluster(address, told.append) as crew:
            dispatch: Dispatch[str, Any] = Dispatch(crew.relieved_by(Crew(Here)))
            dispatch.send("there", None, abs, -42)
            assert all_back(dispatch) == {"there": 42}
            for n in range(2):
                dispatch.send(f"lost {n}", None, time.sleep, 600.0)
            {"scheduler": scheduler, "worker": worker}[killed].kill()
            assert all_back(dispatch) == {"lost 0": None, "lost 1": None}
            back: dict[str, int | None] = {"here": None}
            while back["here"] is None and not dispatch.hopeless:
                dispatch.send("here", None, os.getpid)
                back = all_back(dispatch)
            assert back == {"here": os.getpid()}
            dispatch.end()
    assert [address in message.say(language) for message in told for language in ("en", "zh")] == [True, True]


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


def _kill_when_at_work(local: object, search: LargeSearch) -> None:
    while search.tried < 4:
        time.sleep(0.01)
    os.kill(next(iter(local.workers.values())).pid, 9)  # type: ignore[attr-defined]
