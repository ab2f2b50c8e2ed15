"""A running server on a loopback port before a journal, and a client that says exactly what it is told."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.rendering import render
from scheduler.keeping.clock import Clock
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking, opened
from tests.keeping.station import filled
from web.application import Server
from web.limiting import Rates
from web.running import listen, server
from web.timely import PATIENCE, Patience

BROAD = Rates("100000/minute", "100000/minute", "100000/minute", "100000/minute")
"""Rates that no test reaches by accident."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers["etag"]


@dataclass(frozen=True)
class Running:
    """A server that runs, and how it is asked."""

    server: Server
    port: int

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Ask over a connection of its own; `if_none_match` stands for the header If-None-Match."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def feed(self, token: str, query: str = "", method: str = "GET", **headers: str) -> Answer:
        """Fetch the feed behind a link."""
        return self.ask(f"/f/{token}.ics{query}", method, None, **headers)


Serve = Callable[..., AbstractContextManager[Running]]


ENDING: list[threading.Thread] = []
"""Servers that were told to end, which takes some tenths of a second: the tests that follow need not wait for them."""


@pytest.fixture(scope="module", autouse=True)
def _all_end() -> Iterator[None]:
    """See that all servers of a module have come to their end."""
    yield
    while ENDING:
        thread = ENDING.pop()
        thread.join(30)
        assert not thread.is_alive()


@contextmanager
def serving(journal: Journal, rates: Rates = BROAD, base: str = "") -> Iterator[Running]:
    """Run a server before a journal in a thread; when the block ends, it is told to end as on a signal."""
    with running_at(Server(journal, render, rates, base)) as found:
        yield found


@contextmanager
def running_at(made: Server, patience: Patience = PATIENCE) -> Iterator[Running]:
    """Run a server as it is."""
    with Clock(made.jobs, made.metrics.failed).running():
        running, listening = server(made.application(), patience=patience), listen("127.0.0.1", 0)

        def run() -> None:
            with listening:
                running.run(sockets=[listening])

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield Running(made, listening.getsockname()[1])
        finally:
            running.should_exit = True
            ENDING.append(thread)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal with two revisions of four Saturdays."""
    with opened(tmp_path / "journal.db", Ticking(), filled) as found:
        yield found


@pytest.fixture
def running(journal: Journal) -> Iterator[Running]:
    """A server before that journal."""
    with serving(journal) as found:
        yield found


@pytest.fixture
def token(journal: Journal) -> str:
    """The secret of a link to the feed of the bank."""
    return journal.subscribers.issue("unit/bank", "zh", "王大姐").token


@pytest.fixture
def bank(journal: Journal) -> str:
    """The address of the bank's page."""
    return f"/p/{journal.subscribers.issue('unit/bank', 'zh', '王大姐').page}"


@pytest.fixture
def court(journal: Journal) -> str:
    return f"/p/{journal.subscribers.issue('unit/court', 'zh').page}"


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Leave levels of logs as they were."""
    loggers = [logging.getLogger(name) for name in ("rota", "uvicorn")]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
