"""A cluster of one's own, reached through Dask: small searches run on its workers, wherever these are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from rota.problem import RotaError
from rota.text import Message, text
from scheduler.solving.executors import Crew
from scheduler.solving.improving import improve

if TYPE_CHECKING:
    from types import ModuleType

Result = TypeVar("Result")

SCHEME = "dask"
PATIENCE = 15
"""Seconds to wait for the cluster, and for the first answer of a worker."""


class ExecutorError(RotaError):
    """Small searches cannot run where they are to."""


@contextmanager
def cluster(address: str) -> Iterator[Crew]:
    """Let small searches run on the cluster whose scheduler listens at an address, `dask://host:port`.

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
        width = _Width(client)
        losses = (distributed.scheduler.KilledWorker, distributed.client.FutureCancelledError)
        yield Crew(lambda: _Workers(client.get_executor(pure=False)), width, width(), losses)
    finally:
        client.close(timeout=PATIENCE)


class _Width:
    """How many threads the workers have together at the moment, at least one."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - Dask has no types
        self.client = client

    def __call__(self) -> int:
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(int(worker["nthreads"]) for worker in workers))


class _Workers(Executor):
    """Dask's executor, which is ended as others are."""

    def __init__(self, executor: Any) -> None:  # noqa: ANN401 - Dask has no types
        self._executor = executor

    def submit(self, fn: Callable[..., Result], /, *args: object, **kwargs: object) -> Future[Result]:
        """Let a worker do it."""
        future: Future[Result] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is declared
        """Give up what is under way, unless somebody waits for it."""
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


def _silent(address: str) -> Message:
    return text(
        "--executor: nobody answers at {address}; is the cluster's scheduler running there (dask scheduler), and is the"
        " way to it open?",
        "--executor：{address} 没有响应；请确认集群的调度进程（dask scheduler）已启动，且网络可达",
        address=address,
    )
