"""Greeting a cluster: before any search is sent there, each worker says which Rota it has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import constraints
import rota
import scheduler
from rota.text import Message, clauses, several, text
from scheduler.solving.errors import ExecutorError
from scheduler.solving.improving import improve

NEEDED = (constraints, rota, scheduler)
"""The packages that small searches need."""
PATIENCE = 15
"""Seconds to wait for the answers of all workers."""
SHOWN = 8
"""Digits of a digest that a person is shown."""


class Edition(NamedTuple):
    """Which Rota a process has: its version, a digest of the sources that searches need, and OR-Tools' version."""

    rota: str
    sources: str
    ortools: str

    def __str__(self) -> str:
        return f"Rota {self.rota} ({self.sources[:SHOWN]}, OR-Tools {self.ortools})"


def edition() -> Edition:
    """Return which Rota this process has."""
    folders = [Path(folder) for package in NEEDED for folder in package.__path__]
    return Edition(rota.__version__, digest(folders), version("ortools"))


def digest(folders: Iterable[Path]) -> str:
    """Return the SHA-256 of the sources in folders, with their names; how lines end does not matter."""
    found = hashlib.sha256()
    for folder in folders:
        sources = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*.py")}
        for where in sorted(sources):
            source = sources[where].read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{folder.name}/{where} {len(source)}\n".encode() + source)
    return found.hexdigest()


def greet(client: Any, address: str) -> None:  # noqa: ANN401 - Dask has no types
    """Let each worker that is there show that it can search as this process does.

    Raises:
        ExecutorError: there is no worker; or some have another Rota, or none, or do not answer: all of them are named.
    """
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise ExecutorError(_nobody(address))
    executor = client.get_executor(pure=False, allow_other_workers=False)
    answers: dict[str, Future[Edition]] = {each: executor.submit(_greeted, improve, workers=[each]) for each in workers}
    wait(answers.values(), timeout=PATIENCE)
    here = edition()
    refused = [(each, why) for each, answer in answers.items() if (why := _refused(answer, here)) is not None]
    executor.shutdown(wait=False)
    if refused:
        raise ExecutorError(_unlike(address, here, refused))


def _greeted(_: Callable[..., object]) -> Edition:
    """Return which Rota a worker has; what is to search there is sent by its name, so it has been imported."""
    return edition()


def _refused(answer: Future[Edition], here: Edition) -> Message | None:
    """Say why a worker cannot be used, if that is so."""
    if not answer.done() or answer.cancelled():
        return text("does not answer within {time}", "{time}内没有回答", time=several(PATIENCE, "second", "秒"))
    error = answer.exception()
    if error is not None:
        return text("cannot run this Rota ({error})", "无法运行本版 Rota（{error}）", error=type(error).__name__)
    there = answer.result()
    return None if there == here else text("has {there}", "上是 {there}", there=str(there))


def _unlike(address: str, here: Edition, refused: list[tuple[str, Message]]) -> Message:
    return text(
        "--executor: some workers at {address} cannot be used: {refused}. Here is {here}; install the same there, or"
        " end these workers.",
        "--executor：{address} 有不可用的工作进程：{refused}。本机为 {here}；请安装同一版本，或停用这些进程。",
        address=address,
        refused=clauses(text("{worker} {why}", "{worker} {why}", worker=each, why=why) for each, why in refused),
        here=str(here),
    )


def _nobody(address: str) -> Message:
    return text(
        "--executor: the cluster at {address} has no workers; start some there: dask worker {where}",
        "--executor：{address} 的集群没有工作进程；请在各机器上启动：dask worker {where}",
        address=address,
        where=address.replace("dask", "tcp", 1),
    )
