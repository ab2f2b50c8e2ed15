"""A cluster whose workers hang, fail, or have another Rota: the search loses what it must, and says so."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import pytest

from rota.text import Message
from scheduler.solving import greeting
from scheduler.solving.cluster import cluster
from scheduler.solving.dispatch import GRACE, HOPELESS, Dispatch
from scheduler.solving.errors import ExecutorError
from scheduler.solving.executors import Crew, Here
from scheduler.solving.greeting import Edition, digest, edition
from tests.components import extra

AT_ONCE = 0.5 - GRACE
"""A limit after which a task is late half a second after it was sent."""

LET_GO = Event()
"""Ends tasks that hang: the workers of these tests are threads of this process."""


def hang() -> None:
    LET_GO.wait()


def here() -> bool:
    """Fail on a worker."""
    if current_thread() is not main_thread():
        raise MemoryError("no more")
    return True


@contextmanager
def workers(number: int) -> Iterator[Any]:
    """Start workers of one thread each in this process, and let go what hangs there before they end."""
    distributed = extra("distributed")
    options = {"host": "127.0.0.1", "protocol": "tcp://", "dashboard_address": "127.0.0.1:0", "processes": False}
    LET_GO.clear()
    with distributed.LocalCluster(n_workers=number, threads_per_worker=1, **options) as local:
        try:
            yield local
        finally:
            LET_GO.set()


def address_of(local: Any) -> str:
    address: str = local.scheduler_address
    return address.replace("tcp", "dask")


def outcome(dispatch: Dispatch[str, Any], fn: Any, limit: float | None = None) -> Any:
    """Send one task and wait for it."""
    dispatch.send("it", limit, fn)
    while not (back := dispatch.back(0.1)):
        pass
    [(_, result)] = back
    return result


def until(true: Any) -> bool:
    """Wait for something."""
    for _ in range(300):
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_a_thread_that_a_late_task_holds_is_not_counted_until_that_ends() -> None:
    told: list[Message] = []
    with workers(2) as local, cluster(address_of(local), told.append) as crew:
        dispatch: Dispatch[str, Any] = Dispatch(crew)
        assert crew.width() == 2
        assert outcome(dispatch, hang, AT_ONCE) is None
        assert crew.width() == 1
        assert [outcome(dispatch, int, AT_ONCE + 10) for _ in range(6)] == [0] * 6
        dispatch.end()
        assert crew.width() == 1, "a search that ends does not free it"
        LET_GO.set()
        assert until(lambda: crew.width() == 2)
    assert told == []


@pytest.mark.slow
def test_where_late_tasks_hold_all_threads_that_is_told_and_the_search_goes_on_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scheduler.solving.cluster.ABSENT", 1.0)
    told: list[Message] = []
    with workers(1) as local, cluster(address_of(local), told.append) as crew:
        dispatch: Dispatch[str, Any] = Dispatch(crew.relieved_by(Crew(Here)))
        assert outcome(dispatch, hang, AT_ONCE) is None
        assert dispatch.has_room, "whoever waits for nobody would never hear of it"
        assert outcome(dispatch, here, AT_ONCE + 10) is None, "it waited for the thread, and was lost with the cluster"
        assert outcome(dispatch, here) is True
        dispatch.end()
    [message] = told
    assert f"{address_of(local)} is no longer used: for 1 second tasks that ran over their time" in message.say("en")
    assert f"不再使用 {address_of(local)} 的集群：超时的任务占满其全部线程已达 1 秒。" in message.say("zh")


@pytest.mark.slow
def test_a_cluster_from_which_nothing_comes_back_is_left_and_the_search_goes_on_here() -> None:
    told: list[Message] = []
    with workers(1) as local, cluster(address_of(local), told.append) as crew:
        dispatch: Dispatch[str, Any] = Dispatch(crew.relieved_by(Crew(Here)))
        assert [outcome(dispatch, here) for _ in range(HOPELESS)] == [None] * HOPELESS
        assert not dispatch.hopeless
        assert crew.is_gone()
        assert outcome(dispatch, here) is True
    [message] = told
    why = 'was done in between; at last, one failed with "MemoryError: no more". The search goes on with processes'
    assert why in message.say("en")
    assert "最后一次的原因：任务出错（“MemoryError: no more”）。现改由本机的进程继续求解。" in message.say("zh")


@pytest.mark.slow
def test_workers_that_have_another_rota_or_do_not_answer_are_refused_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    distributed = extra("distributed")
    monkeypatch.setattr(greeting, "PATIENCE", 2)
    with workers(4) as local, distributed.Client(local, set_as_default=False) as client:
        fine, other, broken, busy = client.scheduler_info()["workers"]
        client.submit(hang, workers=[busy], pure=False)

        def edition_there() -> Edition:
            if current_thread() is main_thread():
                return edition()
            where = distributed.get_worker().address
            if where == broken:
                raise ImportError
            return edition()._replace(sources="0123456789") if where == other else edition()

        monkeypatch.setattr(greeting, "edition", edition_there)
        with pytest.raises(ExecutorError) as told, cluster(address_of(local)):
            pass
    en, zh = (told.value.message.say(language) for language in ("en", "zh"))
    assert f"{other} has Rota {edition().rota} (01234567, OR-Tools {edition().ortools})" in en
    assert f"{broken} cannot run this Rota (ImportError)" in en
    assert f"{busy} does not answer within 2 seconds" in en
    assert f"Here is {edition()}" in en
    assert all(each in zh for each in (other, broken, busy, str(edition())))
    assert fine not in en + zh


def test_a_digest_tells_sources_apart_but_not_how_their_lines_end(tmp_path: Path) -> None:
    sources = {"one": b"a = 1\nb = 2\n", "two": b"a = 1\r\nb = 2\r\n", "three": b"a = 1\nb = 3\n"}
    found = {}
    for name, source in sources.items():
        file = tmp_path / name / "rota" / "there" / "it.py"
        file.parent.mkdir(parents=True)
        file.write_bytes(source)
        (tmp_path / name / "rota" / "it.pyc").write_bytes(name.encode())
        found[name] = digest([tmp_path / name / "rota"])
    assert found["one"] == found["two"] != found["three"]


def test_a_digest_tells_apart_where_sources_are(tmp_path: Path) -> None:
    for name, file in (("one", "a.py"), ("two", "b.py")):
        (tmp_path / name / "rota").mkdir(parents=True)
        (tmp_path / name / "rota" / file).write_bytes(b"a = 1\n")
    assert digest([tmp_path / "one" / "rota"]) != digest([tmp_path / "two" / "rota"])


def test_the_edition_covers_what_searches_need() -> None:
    assert {package.__name__ for package in greeting.NEEDED} == {"constraints", "rota", "scheduler"}
    assert edition() == edition()
    assert len(edition().sources) == 64
