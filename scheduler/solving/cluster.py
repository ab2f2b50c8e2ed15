"""A cluster of one's own, reached through Dask: small searches run on its workers, wherever these are."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from rota.problem import RotaError
from rota.text import Message, several, text
from scheduler.solving.executors import Crew, pass_on
from scheduler.solving.improving import improve

if TYPE_CHECKING:
    from types import ModuleType

Result = TypeVar("Result")

SCHEME = "dask"
PATIENCE = 15
"""Seconds to wait for the cluster, and for the first answer of a worker."""

LOOK = 1.0
"""Seconds between two looks at whether workers are there, and for which each waits."""
ABSENT = 10.0
"""Seconds without any after which the cluster is gone: one that starts anew takes less."""
LEAVING = 2.0
"""Seconds for a farewell at the end."""


class ExecutorError(RotaError):
    """Small searches cannot run where they are to."""


@contextmanager
def cluster(address: str, tell: Callable[[Message], None] = lambda _: None) -> Iterator[Crew]:
    """Let small searches run on the cluster whose scheduler listens at an address, `dask://host:port`.

    Where the scheduler or all workers are away for some seconds, the cluster is gone: that is told, and what runs there
    is lost.

    Raises:
        ExecutorError: it is none, nobody answers there, or no worker has this version of Rota.
    """
    where = _where(address)
    distributed = _library()
    try:
        client = distributed.Client(f"tcp://{where}", timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ExecutorError(_silent(address)) from error
    try:
        _greet(client, address)
        with _watched(client, lambda: tell(_gone(address))) as workers:
            yield Crew(workers.hire, lambda: workers.threads, workers.threads, tell, lambda: workers.are_gone)
    finally:
        with suppress(Exception):  # whatever it is that hinders leaving, the plan is worth more
            client.close(timeout=LEAVING)


@contextmanager
def _watched(client: Any, tell: Callable[[], None]) -> Iterator[_Workers]:  # noqa: ANN401 - Dask has no types
    """Look after the workers until the block ends; tell if they are gone before."""
    workers, ended = _Workers(client), Event()

    def watch() -> None:
        seen = time.monotonic()
        while not ended.wait(LOOK):
            if workers.answer():
                seen = time.monotonic()
            elif time.monotonic() - seen > ABSENT and not ended.is_set():
                workers.give_up()
                tell()
                return

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield workers
    finally:
        ended.set()
        watching.join()


class _Workers:
    """The workers of a cluster: how many threads they have together, at least one, and whether they are gone."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - Dask has no types
        self.client = client
        self.threads, self.are_gone = 1, False
        self._hired: list[_Dask] = []
        self.answer()

    def answer(self) -> bool:
        """Tell whether there are any."""
        try:
            found = self.client.sync(self.client.scheduler.identity, n_workers=-1, callback_timeout=LOOK)
            threads = sum(int(worker["nthreads"]) for worker in found["workers"].values())
        except Exception:  # noqa: BLE001 - whatever it is, nobody answers
            return False
        self.threads = max(1, threads)
        return threads > 0

    def hire(self) -> Executor:
        """Return an executor on them."""
        hired = _Dask(self.client.get_executor(pure=False))
        self._hired.append(hired)
        return hired

    def give_up(self) -> None:
        """Take all that they are doing for lost."""
        self.are_gone = True
        for hired in self._hired:
            hired.abandon()


class _Dask(Executor):
    """Dask's executor; it breaks as others do: what it was doing is lost then, and it takes no more."""

    def __init__(self, executor: Any) -> None:  # noqa: ANN401 - Dask has no types
        self._executor = executor
        self._lock = Lock()
        self._under_way: set[Future[Any]] = set()
        self._abandoned = False

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Let a worker do it."""
        future: Future[Result] = Future()
        with self._lock:
            if self._abandoned:
                raise BrokenExecutor
            done: Future[Result] = self._executor.submit(fn, *args, **kwargs)
            self._under_way.add(future)
        done.add_done_callback(lambda _: self._told(done, future))
        future.add_done_callback(lambda _: self._left(done, future))
        return future

    def _told(self, done: Future[Result], future: Future[Result]) -> None:
        """Pass on how a task ended."""
        with self._lock:
            if future not in self._under_way:
                return
            self._under_way.remove(future)
        pass_on(done, future)

    def _left(self, done: Future[Result], future: Future[Result]) -> None:
        """Give up a task that was cancelled."""
        if future.cancelled():
            with self._lock:
                self._under_way.discard(future)
            done.cancel()

    def abandon(self) -> None:
        """Take all that is under way for lost, without a word to those who do not answer."""
        with self._lock:
            self._abandoned = True
            lost, self._under_way = self._under_way, set()
        for future in lost:
            if future.set_running_or_notify_cancel():
                future.set_exception(BrokenExecutor())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is declared
        """Give up what is under way, unless somebody waits for it."""
        if not self._abandoned:
            self._executor.shutdown(wait=wait)


def _where(address: str) -> str:
    """Return host and port of an address."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != SCHEME or not parts.hostname or port is None:
        message = text(
            '--executor: "{address}" is no address of a cluster; write dask://host:port, e.g. dask://10.0.0.5:8786',
            "--executor：“{address}”不是集群地址；请写成 dask://主机:端口，例如 dask://10.0.0.5:8786",
            address=address,
        )
        raise ExecutorError(message)
    return parts.netloc


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


def _greet(client: Any, address: str) -> None:  # noqa: ANN401 - Dask has no types
    """Let a worker show that it knows what is asked of it: a reference to a function is sent by its name.

    Raises:
        ExecutorError: there is no worker, or it has another Rota, or none.
    """
    if not client.scheduler_info(n_workers=-1)["workers"]:
        message = text(
            "--executor: the cluster at {address} has no workers; start some there: dask worker {where}",
            "--executor：{address} 的集群没有工作进程；请在各机器上启动：dask worker {where}",
            address=address,
            where=address.replace(SCHEME, "tcp", 1),
        )
        raise ExecutorError(message)
    try:
        client.submit(_knows, improve, pure=False).result(timeout=PATIENCE)
    except Exception as error:  # whatever it is, no search can run there
        message = text(
            "--executor: the workers at {address} cannot run this Rota ({error}); install the same version there",
            "--executor：{address} 的工作进程无法运行本版 Rota（{error}）；请在各机器上安装同一版本",
            address=address,
            error=type(error).__name__,
        )
        raise ExecutorError(message) from error


def _knows(what: object) -> bool:
    return callable(what)


def _gone(address: str) -> Message:
    return text(
        "The cluster at {address} is gone: for {time} nobody has been at work there."
        " The search goes on with processes of this machine.",
        "{address} 的集群已失联：{time}内没有任何工作进程。现改由本机的进程继续求解。",
        address=address,
        time=several(round(ABSENT), "second", "秒"),
    )


def _silent(address: str) -> Message:
    return text(
        "--executor: nobody answers at {address}; is the cluster's scheduler running there (dask scheduler), and is the"
        " way to it open?",
        "--executor：{address} 没有响应；请确认集群的调度进程（dask scheduler）已启动，且网络可达",
        address=address,
    )
