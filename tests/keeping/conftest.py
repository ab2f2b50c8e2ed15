"""Journals on both databases: an SQLite file, and a PostgreSQL that the tests start.

What is the same on both is tried on SQLite by the fast tests; `test_journal.py` tries all that a journal does on both.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from scheduler.keeping.database import is_file
from scheduler.keeping.journal import Journal
from tests.conftest import RequireComponent
from tests.daemons import another_user, folder_of_its_own
from tests.keeping.station import announced, begun, filled

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
Places = Callable[[], str]
Fill = Callable[[Journal], Journal]
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


class Ticking:
    """A clock that moves on by a second at every look."""

    def __init__(self) -> None:
        self.now = dt.datetime(2027, 1, 4, 1, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


def unfilled(journal: Journal) -> Journal:
    """Leave a journal empty."""
    return journal


@cache
def _original(fill: Fill) -> tuple[bytes, dt.datetime]:
    """The file of a journal that was filled, and the moment at which that was done."""
    with tempfile.TemporaryDirectory() as folder:
        path, clock = Path(folder) / "journal.db", Ticking()
        with Journal.open(path, clock=clock, create=True) as journal:
            fill(journal)
        return path.read_bytes(), clock.now


def opened(where: str | Path, clock: Ticking, fill: Fill = unfilled) -> Journal:
    """Open a new journal that is filled; a file is copied from one that is made once for all tests."""
    if not is_file(where):
        return fill(Journal.open(where, clock=clock, create=True))
    content, clock.now = _original(fill)
    Path(where).parent.mkdir(parents=True, exist_ok=True)
    Path(where).write_bytes(content)
    return Journal.open(where, clock=clock)


@pytest.fixture(scope="session")
def postgresql(require_component: RequireComponent) -> Iterator[str]:
    """The URL of a PostgreSQL of our own, in a folder of its own, behind a socket of its own."""
    found = PROGRAMS if (PROGRAMS / "initdb").is_file() else _on_path()
    require_component("PostgreSQL", found is not None, "apt-get install postgresql-15")
    assert found is not None
    with folder_of_its_own() as folder:
        run_as = another_user(folder)
        data = folder / "data"
        made = ("-U", "rota", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(*run_as, found / "initdb", "-D", data, *made)
        serve = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _run(*run_as, found / "pg_ctl", "-D", data, "-o", serve, "-l", folder / "log", "-w", "start")
        try:
            yield f"postgresql://rota@/postgres?host={folder}"
        finally:
            _run(*run_as, found / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _on_path() -> Path | None:
    program = shutil.which("initdb")
    return Path(program).parent if program else None


def _run(*command: object) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()


class Databases:
    """Makes databases on a PostgreSQL server, empty ones or copies, and removes them."""

    def __init__(self, server: str) -> None:
        self.url = make_url(server)
        self.server = create_engine(self.url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        self.made: list[str] = []

    def __call__(self, like: str | None = None) -> str:
        """Make a database, as a copy of one that nobody uses, and return its URL."""
        self.made.append(f"test_{uuid.uuid4().hex}")
        template = f" TEMPLATE {make_url(like).database}" if like else ""
        self._do(f"CREATE DATABASE {self.made[-1]}{template}")
        return self.url.set(database=self.made[-1]).render_as_string(hide_password=False)

    def settle(self, where: str) -> None:
        """Wait until the server has seen that whoever used a database is gone, and has finished what they asked."""
        using = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
        with self.server.connect() as connection:
            while connection.execute(using, {"name": make_url(where).database}).scalar():
                time.sleep(0.02)

    def close(self) -> None:
        """Remove all that were made."""
        for name in self.made:
            self._do(f"DROP DATABASE {name} WITH (FORCE)")
        self.server.dispose()

    def _do(self, statement: str) -> None:
        with self.server.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture
def databases(postgresql: str) -> Iterator[Databases]:
    """Makes PostgreSQL databases, and removes them."""
    made = Databases(postgresql)
    yield made
    made.close()


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Each of the two databases in turn."""
    return str(request.param)


@pytest.fixture
def places(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Places:
    """Makes places for journals."""
    if database == "postgresql":
        make: Places = request.getfixturevalue("databases")
        return make
    return lambda: str(tmp_path / uuid.uuid4().hex / "journal.db")


@pytest.fixture
def where(places: Places) -> str:
    """A place without a journal."""
    return places()


@pytest.fixture
def clock() -> Ticking:
    """A clock of the test's own."""
    return Ticking()


@pytest.fixture
def journal(where: str, clock: Ticking) -> Iterator[Journal]:
    """A new journal."""
    with opened(where, clock) as found:
        yield found


@pytest.fixture
def begun_journal(where: str, clock: Ticking) -> Iterator[Journal]:
    """A journal with a case."""
    with opened(where, clock, begun) as found:
        yield found


@pytest.fixture
def published(where: str, clock: Ticking) -> Iterator[Journal]:
    """A journal with a published year: bank and court take turns."""
    with opened(where, clock, announced) as found:
        yield found


@pytest.fixture
def full(where: str, clock: Ticking) -> Iterator[Journal]:
    """A journal with changes, one of them taken back, and two revisions."""
    with opened(where, clock, filled) as found:
        yield found
