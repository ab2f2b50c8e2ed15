"""`rota serve` as a process: what it costs, whom it lets in, and how it ends while many ask."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from benchmarks.processes import memory, processor
from constraints.registry import catalogue
from scheduler.keeping.journal import Journal
from tests.cli.process import Served, rota, served
from tests.keeping.conftest import Places, Ticking, databases, postgresql
from tests.keeping.station import ROTATION, STREAM, WHO, filled, hosted, station
from workbook.folder import write_folder

__all__ = ["databases", "postgresql"]  # fixtures
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="there a program is not asked to end, but ended"),
]
CLIENTS = 8
LINKS = 100
"""As many as the limits let one machine ask over in a test: each link answers 60 times a minute."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with a published journal, and the secrets of many links to its feeds."""
    folder = tmp_path_factory.mktemp("served") / "station"
    folder.mkdir()
    write_folder(station(), folder, catalogue())
    with Journal.open(folder / "journal.db", clock=Ticking(), create=True) as journal:
        filled(journal)
        tokens = [journal.subscribers.issue("all", "zh").token for _ in range(LINKS)]
    return folder, tokens


@pytest.mark.skipif(sys.platform != "linux", reason="what a process uses is read in /proc")
def test_a_server_stays_small_and_starts_in_the_time_of_a_few_small_commands(place: tuple[Path, list[str]]) -> None:
    folder, tokens = place
    before = os.times()
    rota("check", folder)
    after = os.times()
    checked = after.children_user + after.children_system - before.children_user - before.children_system
    with served(folder) as server:
        fetch(f"{server.address}/healthz")
        started = processor(server.process.pid)
        sizes = []
        for query in ("", "?cancelled=0", "?alarm=1h", "?alarm=2h"):
            for token in tokens:
                assert fetch(f"{server.address}/f/{token}.ics{query}") == 200
            sizes.append(memory(server.process.pid)[0])
    assert started < 6 * checked
    assert sizes[-1] - sizes[0] < 16
    assert sizes[-1] < 400


def fetch(address: str) -> int:
    with urlopen(address, timeout=60) as answer:  # noqa: S310 - our own server
        answer.read()
        return int(answer.status)


@pytest.mark.skipif(sys.platform != "linux", reason="where a process listens is read in /proc")
def test_unless_told_otherwise_a_server_is_there_for_this_machine_alone(place: tuple[Path, list[str]]) -> None:
    with served(place[0], "--no-engine", "--no-sending") as server:
        port = urlsplit(server.address).port
        tables = [Path(f"/proc/{server.process.pid}/net/{name}") for name in ("tcp", "tcp6")]
        lines = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    listening = [line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}")]
    assert listening == [f"0100007F:{port:04X}"]


def test_the_secret_of_a_link_stands_neither_in_the_journal_nor_in_the_log(place: tuple[Path, list[str]]) -> None:
    folder, _ = place
    with Journal.open(folder / "journal.db", clock=Ticking()) as journal:
        issued = journal.subscribers.issue("unit/bank", "zh")
    with served(folder) as server:
        assert fetch(f"{server.address}/f/{issued.token}.ics?alarm=1h") == 200
        assert fetch(f"{server.address}/p/{issued.page}") == 200
        assert fetch(f"{server.address}/f/{issued.token}") == 200
        with pytest.raises(HTTPError):
            fetch(f"{server.address}/p/{issued.token}")
    assert len(server.lines) >= 4
    files = [server.log, *(file for file in folder.rglob("*") if file.is_file())]
    for secret in (issued.token, issued.page):
        assert not [file.name for file in files if secret.encode() in file.read_bytes()]


class Client(threading.Thread):
    """Asks again and again over a connection of its own each time, and counts how that ended."""

    def __init__(self, server: Served, paths: Iterator[str]) -> None:
        super().__init__()
        self.host, self.port = urlsplit(server.address).hostname, urlsplit(server.address).port
        self.paths, self.ended = paths, Counter[str]()

    def run(self) -> None:
        """Ask until nobody listens any more."""
        while not self.ended["refused"]:
            self.ended[self._ask()] += 1

    def _ask(self) -> str:
        connection = http.client.HTTPConnection(self.host or "", self.port, timeout=30)
        try:
            connection.connect()
        except (ConnectionRefusedError, ConnectionResetError):  # reset: nobody listened any more before it was let in
            return "refused"
        try:
            connection.request("GET", next(self.paths))
            answer = connection.getresponse()
            body = answer.read()
        except (http.client.HTTPException, OSError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return f"{answer.status}" if len(body) == int(answer.headers["content-length"]) else "cut off"


def test_a_server_that_is_told_to_end_answers_everybody_whom_it_let_in(place: tuple[Path, list[str]]) -> None:
    folder, tokens = place
    with served(folder, "--no-engine", "--no-sending") as server:
        clients = [Client(server, iter([f"/f/{token}.ics" for token in tokens] * 1000)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(2)
        server.process.send_signal(signal.SIGTERM)
        for client in clients:
            client.join(60)
        server.process.wait(60)
    ended = sum((client.ended for client in clients), Counter[str]())
    assert ended["200"] > 0
    assert ended.keys() <= {"200", "429", "refused", "ConnectionResetError"}  # 429: asked more often than links may be
    assert ended["ConnectionResetError"] <= 1  # who came between the last look outside and the end of listening


def test_two_processes_on_postgresql_serve_the_same_and_one_goes_on_when_the_other_ends(
    databases: Places, tmp_path: Path
) -> None:
    url = databases()
    folder = tmp_path / "station"
    folder.mkdir()
    write_folder(station(), folder, catalogue())
    options, shared = ("--no-engine", "--no-sending"), {"ROTA_JOURNAL": url}
    with Journal.open(url, clock=Ticking(), create=True) as journal:
        token = filled(journal).subscribers.issue("all", "zh").token
        with served(folder, *options, env=shared) as one:
            with served(folder, *options, env=shared) as other:
                first = [octets(each, token) for each in (one, other)]
                journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=2, actor=WHO)
                second = [octets(each, token) for each in (one, other)]
            assert octets(one, token) == second[0]
    assert first[0] == first[1] != second[0] == second[1]


def octets(server: Served, token: str) -> bytes:
    with urlopen(f"{server.address}/f/{token}.ics", timeout=60) as answer:  # noqa: S310 - our own server
        return bytes(answer.read())
