"""One journal's database: how it is connected to, and how it is read and written."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from rota.text import text
from rota.trouble import quoted, why_of
from scheduler.keeping.errors import BusyError, NoJournalError, StoreError

STEP = "0006"
"""The newest step of the tables; scheduler/keeping/migrations holds them all."""
OLDEST_SQLITE = (3, 37)
"""The first SQLite with STRICT tables."""
PATIENCE = 10
"""Seconds for which a writer waits for another one."""
ATTEMPTS = 4
WRITING = {"rota_writes": True}
WRITERS_LOCK = 0x526F7461
"""The key of PostgreSQL's advisory lock that all who write share: there is one chain, so there is one writer."""
RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""

T = TypeVar("T")
Work = Callable[[Connection], T]


class Database:
    """An engine, and transactions of two kinds on it: those that read one moment, and those that alone write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        snapshot: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine if self.is_sqlite else engine.execution_options(**snapshot)
        self._writing = engine.execution_options(**WRITING)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite journal."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    def read(self, work: Work[T]) -> T:
        """Do some reading, all of it from the same moment."""
        try:
            with self._reading.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            raise self._refused(error) from error

    def write(self, work: Work[T], *, alone: bool = True) -> T:
        """Do some reading and writing in one transaction; all of it happens, or nothing.

        While it lasts nobody else writes; `alone=False` lets others write other rows on PostgreSQL. The work is begun
        anew where the database could not let it through.

        Raises:
            BusyError: others kept the database locked.
        """
        for attempt in range(ATTEMPTS):
            try:
                with self._writing.begin() as connection:
                    if alone and not self.is_sqlite:
                        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
                    return work(connection)
            except DBAPIError as error:
                if not _passes(error.orig):
                    raise self._refused(error) from error
                time.sleep(random.uniform(0, 0.05 * 2**attempt))
        raise BusyError

    def _refused(self, error: DBAPIError) -> StoreError:
        """Say why the database did not do it; a server that no connection reaches has nothing damaged."""
        if self.is_sqlite or getattr(error.orig, "sqlstate", None) is not None:
            return _unreadable(error.orig, shown(self.engine.url))
        return StoreError(
            text(
                "The PostgreSQL server of {where} cannot be reached: {why}. Check that it runs, and that host, port, "
                "user and password of the address are right; nothing was written.",
                "无法连接 {where} 的 PostgreSQL 服务器：{why}。请检查服务器是否运行，"
                "以及地址中的主机、端口、用户名和密码是否正确；未写入任何内容。",
                where=shown(self.engine.url),
                why=quoted(_in_one_line(error.orig)),
            )
        )

    def outside(self, statement: str) -> list[tuple[Any, ...]]:
        """Do what cannot be done within a transaction, and return what the database answers."""
        connection = self.engine.raw_connection()
        try:
            if not self.is_sqlite:
                connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]  # psycopg's
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
        except (sqlite3.Error, self.engine.dialect.loaded_dbapi.Error) as error:
            raise _unreadable(error, shown(self.engine.url)) from error
        finally:
            connection.invalidate()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def connect(where: str | Path, *, create: bool = False) -> Database:
    """Open the database of a journal and bring its tables up to date.

    `where` is the path of an SQLite file or the URL of a PostgreSQL database. `create` makes the tables where there are
    none.

    Raises:
        StoreError: there is no journal, it is none of ours, or a newer version of Rota made it.
    """
    url = _url(where)
    if url.get_backend_name() == "sqlite":
        _find_file(Path(url.database or ""), create=create)
    database = Database(_engine(url))
    try:
        bring_up_to_date(database, create=create)
    except BaseException:
        database.close()
        raise
    return database


def bring_up_to_date(database: Database, *, create: bool) -> None:
    """Take the steps that the tables lack."""
    step = database.read(_step)
    if step == STEP:
        return
    if step is None and not create:
        raise _empty(database.file) if database.file else _no_journal(shown(database.engine.url))
    from scheduler.keeping.migrating import known_steps, migrate  # noqa: PLC0415 - Alembic is rarely needed, and slow

    if step is not None and step not in known_steps():
        raise StoreError(
            text(
                "The journal {where} was written by a newer version of Rota (step {step}; this one knows up to "
                "{known}). Please update Rota.",
                "变更记录 {where} 由更新版本的 Rota 写成（第 {step} 步；本版最高为 {known}）。请升级 Rota。",
                where=shown(database.engine.url),
                step=step,
                known=STEP,
            )
        )
    database.write(migrate)


def _step(connection: Connection) -> str | None:
    """Return the step that the tables have come to, None where there are none at all."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if found is not None:
            return found
    if tables:
        raise StoreError(
            text(
                "The database {where} holds other tables and is no journal of Rota. Choose an empty one.",
                "数据库 {where} 中有其他数据表，不是 Rota 的变更记录。请另选空数据库。",
                where=shown(connection.engine.url),
            )
        )
    return None


def holds_journal(where: str) -> bool:
    """Tell whether a database holds a journal.

    Raises:
        StoreError: it cannot be reached, or holds something else.
    """
    try:
        connect(where).close()
    except NoJournalError:
        return False
    return True


def is_file(where: str | Path) -> bool:
    """Tell whether a place is that of a file."""
    return isinstance(where, Path) or "://" not in where


def _url(where: str | Path) -> URL:
    if isinstance(where, Path) or is_file(where):
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
    except ArgumentError:
        raise _unknown_kind(where.partition("://")[0]) from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise _unknown_kind(url.drivername)
    return url.set(drivername="postgresql+psycopg")


def _unknown_kind(scheme: str) -> StoreError:
    return StoreError(
        text(
            'A journal cannot be kept in "{scheme}". Give the path of a file, or postgresql://user@host/name.',
            "变更记录不能存放于“{scheme}”。请给出文件路径，或 postgresql://用户@主机/库名。",
            scheme=scheme,
        )
    )


def _find_file(path: Path, *, create: bool) -> None:
    """See that the file can be opened; a new one can be read by its owner alone, for it will hold names."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(
            text(
                "SQLite {found} is too old; 3.37 or newer is needed. Please update Python.",
                "SQLite {found} 版本过旧，需要 3.37 或更新版本。请升级 Python。",
                found=sqlite3.sqlite_version,
            )
        )
    if path.is_file():
        return
    if not create:
        raise _no_journal(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            text(
                "The journal {where} cannot be made: {why}.",
                "无法建立变更记录 {where}：{why}。",
                where=path,
                why=why_of(error),
            )
        ) from error


def _no_journal(where: str) -> NoJournalError:
    return NoJournalError(
        text(
            "There is no journal at {where}. Publish a first plan, or check the place.",
            "{where} 处没有变更记录。请先发布第一版，或检查位置是否正确。",
            where=where,
        )
    )


def _empty(file: Path) -> StoreError:
    return StoreError(
        text(
            "The file {where} is no journal: it holds nothing, as after a copy or a first publication that was broken "
            "off. Move it away and fetch a backup with `rota restore`; if nothing was ever published, `rota apply` "
            "makes a new one then.",
            "文件 {where} 不是变更记录：其中没有内容，可能是复制或首次发布中断所致。请先将其移走，再用 `rota restore` "
            "恢复备份；如从未发布过安排，移走后运行 `rota apply` 即可新建。",
            where=file,
        )
    )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if path.is_file() and not os.access(path.parent, os.W_OK):
            engine = create_engine(url, creator=lambda: _to_read(path), poolclass=NullPool)
        else:
            engine = create_engine(url, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, connect_args={"options": f"-c lock_timeout={PATIENCE}s"})
    except ModuleNotFoundError as error:
        raise StoreError(
            text(
                "PostgreSQL needs the package psycopg: pip install 'psycopg[binary]'.",
                "使用 PostgreSQL 需要安装 psycopg：pip install 'psycopg[binary]'。",
            )
        ) from error


def _to_read(path: Path) -> sqlite3.Connection:
    """Open a file in whose folder nothing can be put: without a log beside it nobody writes, so it is as it stands."""
    at_rest = not path.with_name(f"{path.name}-wal").exists()
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    return sqlite3.connect(address, uri=True, timeout=PATIENCE)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Leave transactions to SQLAlchemy, and choose safety: what is acknowledged survives a loss of power."""
    connection.isolation_level = None
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin as a writer where anything may be written: a reader that turns writer fails under other writers."""
    writes = connection.get_execution_options().get("rota_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _passes(error: BaseException | None) -> bool:
    """Tell whether the same work may well succeed when it is done again."""
    if getattr(error, "sqlstate", None) in RETRIED_STATES:
        return True
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _unreadable(error: BaseException | None, where: str) -> StoreError:
    if _passes(error):
        return BusyError()
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return _not_permitted(where)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreError(
            text(
                "The file of the journal is damaged ({why}). Put it aside and restore a backup.",
                "变更记录的文件已损坏（{why}）。请另存该文件，并从备份恢复。",
                why=quoted(_in_one_line(error)),
            )
        )
    return StoreError(
        text(
            "The database of the journal refuses: {why}. `rota audit` looks for damage.",
            "变更记录的数据库报错：{why}。可用 `rota audit` 检查是否损坏。",
            why=quoted(_in_one_line(error)),
        )
    )


def _not_permitted(where: str) -> StoreError:
    return StoreError(
        text(
            "The journal {where} cannot be written: this user may not write to the file or to its folder. Nothing was "
            "written. Run the command as the user whom the journal belongs to, have both opened for writing, or work "
            "with a copy of the folder.",
            "无法写入变更记录 {where}：当前用户对该文件或其所在文件夹没有写入权限。未写入任何内容。请改用变更记录所属的"
            "用户运行，或开通文件和文件夹的写入权限，或将整个文件夹复制后使用副本。",
            where=where,
        )
    )


def _in_one_line(error: BaseException | None) -> str:
    """Return what a database says, without the full stop or question mark that it may end with."""
    return " ".join(str(error).split()).rstrip(".?")


def shown(url: URL) -> str:
    """Return where a journal is, without a password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
