"""Work that a server does from time to time beside answering, each in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio import CancelScope, to_thread

LOG = logging.getLogger("rota.web")


@dataclass(frozen=True)
class Periodic:
    """Some work, and after how many seconds it is done again; what is to be done `at_stop` as well is done last."""

    name: str
    seconds: float
    work: Callable[[], object]
    at_stop: bool = False


@asynccontextmanager
async def running(works: Sequence[Periodic], failed: Callable[[str], None]) -> AsyncIterator[None]:
    """Do works while the block runs; one that fails is logged, counted by `failed`, and tried again at its time."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(_repeat(work, stop, failed)) for work in works]
    try:
        yield
    finally:
        with CancelScope(shield=True):
            stop.set()
            await asyncio.gather(*tasks)


async def _repeat(work: Periodic, stop: asyncio.Event, failed: Callable[[str], None]) -> None:
    while not stop.is_set():
        await _turn(work, failed)
        try:
            await asyncio.wait_for(stop.wait(), work.seconds)
        except TimeoutError:
            continue
    if work.at_stop:
        await _turn(work, failed)


async def _turn(work: Periodic, failed: Callable[[str], None]) -> None:
    try:
        await to_thread.run_sync(work.work)
    except Exception:
        LOG.exception("%s failed and is tried again", work.name)
        failed(work.name)
