"""Journals on both databases: an SQLite file, and a PostgreSQL that the tests start."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from scheduler.keeping.journal import Journal
from tests.conftest import RequireComponent
from tests.daemons import another_user, folder_of_its_own

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
Places = Callable[[], str]


class Ticking:
    """A clock that moves on by a second at every look."""

    def __init__(self) -> None:
        self.now = dt.datetime(2027, 1, 4, 1, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


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


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    """Makes places for journals, on each of the two databases in turn."""
    if request.param == "postgresql":
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
    with Journal.open(where, clock=clock, create=True) as opened:
        yield opened
