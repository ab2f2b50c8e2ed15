"""A cluster of one's own, reached through Dask: small searches run on its workers, wherever these are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from rota.text import Message, several, text
from scheduler.solving.errors import ExecutorError, InterruptedSearchError
from scheduler.solving.executors import Crew, pass_on
from scheduler.solving.greeting import greet

if TYPE_CHECKING:
    from types import ModuleType

Result = TypeVar("Result")

SCHEME = "dask"
PATIENCE = 15
"""Seconds to wait for the cluster."""

POLL = 0.1
"""Seconds between two looks at whether it answers, or nobody is to wait for it any more."""
LOOK = 1.0
"""Seconds between two looks at whether workers are there, and for which each waits."""
ABSENT = 10.0
"""Seconds without a free thread after which the cluster is gone: one that starts anew takes less."""
LEAVING = 2.0
"""Seconds for a farewell at the end."""


@contextmanager
def cluster(
    address: str, tell: Callable[[Message], None] = lambda _: None, stop: Event | None = None
) -> Iterator[Crew]:
    """Let small searches run on the cluster whose scheduler listens at an address, `dask://host:port`.

    Where the scheduler or all workers are away for some seconds, or hang, the cluster is gone: that is told, and what
    runs there is lost. So it is where it is left as nothing comes back from it.

    Raises:
        ExecutorError: it is none, none answers there, or a worker has not this version of Rota.
        InterruptedSearchError: `stop` was set before it answered.
    """
    client = _connected(address, stop or Event())
    try:
        greet(client, address)
        with _watched(_Workers(client, lambda why: tell(_left(address, why)))) as workers:
            yield Crew(
                workers.hire, lambda: workers.width, workers.width, tell, lambda: workers.are_gone, workers.give_up
            )
    finally:
        with suppress(Exception):  # whatever it is that hinders leaving, the plan is worth more
            client.close(timeout=LEAVING)


@contextmanager
def _watched(workers: _Workers) -> Iterator[_Workers]:
    """Look after workers until the block ends; give them up if none has been of use for too long."""
    ended = Event()

    def watch() -> None:
        well = time.monotonic()
        while not (ended.wait(LOOK) or workers.are_gone):
            hindered = workers.hindered()
            if hindered is None:
                well = time.monotonic()
            elif time.monotonic() - well > ABSENT and not ended.is_set():
                workers.give_up(hindered)

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield workers
    finally:
        ended.set()
        watching.join()


class _Workers:
    """The workers of a cluster: how many tasks they can do at once, and whether they are gone.

    A thread on which a task ran over its time is none until that ends: Dask cannot end it.
    """

    def __init__(self, client: Any, tell: Callable[[Message], None]) -> None:  # noqa: ANN401 - Dask has no types
        self.client, self.tell = client, tell
        self.are_gone = False
        self._threads = 1
        self._hired: list[_Dask] = []
        self._lock = Lock()
        self.hindered()

    @property
    def width(self) -> int:
        """How many tasks they can do at once; one at the least, which waits then."""
        return max(1, self._free)

    @property
    def _free(self) -> int:
        return self._threads - sum(hired.late for hired in self._hired)

    def hindered(self) -> Message | None:
        """Look how many threads there are; say why none of them can be used, if that is so."""
        try:
            found = self.client.sync(self.client.scheduler.identity, n_workers=-1, callback_timeout=LOOK)
            self._threads = sum(int(worker["nthreads"]) for worker in found["workers"].values())
        except Exception:  # noqa: BLE001 - whatever it is, nobody answers
            return _absent()
        if not self._threads:
            return _absent()
        return _held() if self._free <= 0 else None

    def hire(self) -> Executor:
        """Return an executor on them."""
        hired = _Dask(self.client.get_executor(pure=False))
        self._hired.append(hired)
        return hired

    def give_up(self, why: Message) -> bool:
        """Take all that they are doing for lost, and tell why; nobody takes their place by that."""
        with self._lock:
            known, self.are_gone = self.are_gone, True
        if not known:
            for hired in self._hired:
                hired.abandon()
            self.tell(why)
        return False


class _Dask(Executor):
    """Dask's executor; it breaks as others do: what it was doing is lost then, and it takes no more.

    A task that comes late is cancelled by itself, and goes on there: Dask ends no function that runs. So Dask is not
    told, and knows that the thread is not free; it says when the task has ended.
    """

    def __init__(self, executor: Any) -> None:  # noqa: ANN401 - Dask has no types
        self._executor = executor
        self._lock = Lock()
        self._under_way: dict[Future[Any], Future[Any]] = {}
        self._late: set[Future[Any]] = set()
        self._closed = False

    @property
    def late(self) -> int:
        """How many tasks were cancelled by themselves and have not ended."""
        return len(self._late)

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Let a worker do it."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise BrokenExecutor
            done: Future[Result] = self._executor.submit(fn, *args, **kwargs)
            self._under_way[future] = done
        done.add_done_callback(lambda _: self._told(done, future))
        future.add_done_callback(lambda _: self._left(future))
        return future

    def _told(self, done: Future[Result], future: Future[Result]) -> None:
        """Pass on how a task ended, unless nobody waits for it any more."""
        with self._lock:
            self._late.discard(done)
            if self._under_way.pop(future, None) is None:
                return
        pass_on(done, future)

    def _left(self, future: Future[Result]) -> None:
        """Remember a task that was cancelled."""
        with self._lock:
            done = self._under_way.pop(future, None)
            if done is not None:
                self._late.add(done)

    def abandon(self) -> None:
        """Take all that is under way for lost, without a word to those who do not answer."""
        with self._lock:
            self._closed = True
            lost, self._under_way = self._under_way, {}
        for future in lost:
            if future.set_running_or_notify_cancel():
                future.set_exception(BrokenExecutor())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is declared
        """Give up what is under way, unless somebody waits for it; what came late ends when it does."""
        with self._lock:
            self._closed = True
            under_way = dict(self._under_way)
        if wait:
            wait_for(under_way)
            return
        for done in under_way.values():
            done.cancel()


def _connected(address: str, stop: Event) -> Any:  # noqa: ANN401 - Dask has no types
    """Return a client of the scheduler at an address.

    It is made in a thread: for somebody who accepts and says nothing Dask would wait for ever.
    """
    where, distributed = _where(address), _library()
    client: Future[Any] = Future()

    def connect() -> None:
        try:
            client.set_result(distributed.Client(f"tcp://{where}", timeout=PATIENCE, set_as_default=False))
        except Exception as error:  # noqa: BLE001 - others speak another language, which Dask takes for anything
            client.set_exception(error)

    Thread(target=connect, daemon=True).start()
    until = time.monotonic() + PATIENCE
    while not client.done() and time.monotonic() < until:
        if stop.is_set():
            raise InterruptedSearchError
        wait_for([client], POLL)
    try:
        return client.result(timeout=0)
    except Exception as error:
        raise ExecutorError(_silent(address)) from error


def _where(address: str) -> str:
    """Return host and port of an address."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme == SCHEME and parts.hostname and parts.port is not None:
            return parts.netloc
    message = text(
        '--executor: "{address}" is no address of a cluster; write dask://host:port, e.g. dask://10.0.0.5:8786',
        "--executor：“{address}”不是集群地址；请写成 dask://主机:端口，例如 dask://10.0.0.5:8786",
        address=address,
    )
    raise ExecutorError(message)


def _library() -> ModuleType:
    try:
        import distributed  # noqa: PLC0415 - an extra, loaded only where somebody asks for it
        import distributed.client  # noqa: PLC0415 - with it
        import distributed.scheduler  # noqa: PLC0415 - with it
    except ImportError:
        message = text(
            "--executor: Dask is not installed here; install Rota with the extra: pip install 'rota[dask]'",
            "--executor：本机未安装 Dask；请安装：pip install 'rota[dask]'",
        )
        raise ExecutorError(message) from None
    for name in ("distributed", "distributed.client"):  # what a person should know, Rota says itself
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


def _left(address: str, why: Message) -> Message:
    return text(
        "The cluster at {address} is no longer used: {why}. The search goes on with processes of this machine.",
        "不再使用 {address} 的集群：{why}。现改由本机的进程继续求解。",
        address=address,
        why=why,
    )


def _absent() -> Message:
    return text(
        "for {time} nobody has been at work there",
        "{time}内没有任何工作进程",
        time=several(round(ABSENT), "second", "秒"),
    )


def _held() -> Message:
    return text(
        "for {time} tasks that ran over their time have held all of its threads",
        "超时的任务占满其全部线程已达 {time}",
        time=several(round(ABSENT), "second", "秒"),
    )


def _silent(address: str) -> Message:
    return text(
        "--executor: no cluster answers at {address}; is its scheduler running there (dask scheduler), and is the way"
        " to it open?",
        "--executor：{address} 没有集群响应；请确认其调度进程（dask scheduler）已在该处启动，且网络可达",
        address=address,
    )
