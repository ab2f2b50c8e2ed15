"""Where small searches run: what is lost there costs its own task, and a cluster does what one machine does."""

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future
from threading import Thread

import pytest

from constraints.reading import read_rules
from scheduler.solving.cluster import ExecutorError, cluster
from scheduler.solving.control import Control
from scheduler.solving.dispatch import Dispatch
from scheduler.solving.executors import Children, Crew, Here
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
    back: dict[str, int | None] = {}
    while len(back) < 2:
        back |= dict(dispatch.back(0.1))
    assert back == {"runaway": None, "other": 42}


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


@pytest.mark.parametrize("address", ["here", "dask://", "dask://host", "tcp://host:8786", "dask://host:port"])
def test_an_address_that_is_none_is_told_with_one_that_is(address: str) -> None:
    with pytest.raises(ExecutorError) as told, cluster(address):
        pass
    for language in ("en", "zh"):
        assert address in told.value.message.say(language)
        assert "dask://10.0.0.5:8786" in told.value.message.say(language)


def test_an_address_at_which_nobody_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.solving.cluster.PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(ExecutorError) as told, cluster(f"dask://127.0.0.1:{free}"):
        pass
    assert f"127.0.0.1:{free}" in told.value.message.say("en")


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "killed"), [(1, False), (2, False), (2, True)])
def test_a_cluster_finds_what_one_machine_finds_though_a_worker_is_killed(workers: int, *, killed: bool) -> None:
    distributed = pytest.importorskip("distributed")
    local = distributed.LocalCluster(
        workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs="CRITICAL"
    )
    with local, cluster(local.scheduler_address.replace("tcp", "dask")) as crew:
        search = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), crew)
        if killed:
            Thread(target=_kill_when_at_work, args=(local, search), daemon=True).start()
        found = search.run(dict(first_plan()))
    here = LargeSearch(YEAR, read_rules(YEAR), Control(), lambda s: judged(YEAR, s), Crew(Here)).run(first_plan())
    assert found is not None
    assert here is not None
    assert judged(YEAR, found).costs == judged(YEAR, here).costs


def _kill_when_at_work(local: object, search: LargeSearch) -> None:
    while search.tried < 4:
        time.sleep(0.01)
    os.kill(next(iter(local.workers.values())).pid, 9)  # type: ignore[attr-defined]
