"""Backups: a whole journal as one SQLite file, whatever database it is kept in, and a journal out of such a file."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from rota.text import Message, clauses, text
from rota.trouble import why_of
from scheduler.keeping.auditing import Finding, audit
from scheduler.keeping.database import Database, connect, is_file
from scheduler.keeping.errors import StoreError
from scheduler.keeping.tables import CHANGE, DRAFT, META, METADATA, SUBSCRIBER

BATCH = 500
MOST_SAID = 3
"""So many findings are said of a backup that is refused."""


def backup(database: Database, target: Path) -> None:
    """Write a journal as it is at one moment into a new file; others may go on writing meanwhile.

    Raises:
        StoreError: the file is there already, or cannot be written.
    """
    _refuse_existing(target)
    partial = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        if database.file is not None:
            _copy_file(database.file, partial)
        else:
            _copy_database(database, str(partial))
        _as_one_file(partial)
        partial.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(target, error) from error


def restore(source: Path, where: str | Path) -> None:
    """Make a journal out of a backup, in a new file or in an empty PostgreSQL database, and bring it up to date.

    Raises:
        StoreError: the backup is missing or damaged, or there is a journal at the place already.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "journal.db"
        if not source.is_file():
            raise StoreError(text("There is no backup {file}.", "没有备份文件 {file}。", file=source))
        if not source.stat().st_size:
            raise _damaged(source, [text("the file is empty", "文件为空")])
        try:
            _copy_file(source, copy)
        except sqlite3.Error as error:
            raise _damaged(source, [text("{why}", "{why}", why=error)]) from error
        with closing(connect(copy)) as database:
            findings = audit(database)
            if findings:
                raise _damaged(source, [_said(finding) for finding in findings[:MOST_SAID]])
            if is_file(where):
                backup(database, Path(where))
            else:
                _copy_database(database, str(where))


def _copy_file(source: Path, target: Path) -> None:
    """Copy an SQLite database page by page, also while it is in use."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _as_one_file(path: Path) -> None:
    """Leave no log beside a file that is to be carried elsewhere."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()


def _copy_database(source: Database, where: str) -> None:
    """Copy all rows from one database into another one that has none."""
    with closing(connect(where, create=True)) as target:
        source.read(lambda old: target.write(lambda new: _copy_rows(old, new)))


def _copy_rows(old: Connection, new: Connection) -> None:
    if new.execute(select(func.count()).select_from(CHANGE)).scalar_one():
        raise StoreError(
            text(
                "There is a journal at this place already. Choose an empty database.",
                "此处已有变更记录，请另选空数据库。",
            )
        )
    new.execute(delete(META))  # the alliance's id comes with the rows
    for table in METADATA.sorted_tables:
        rows = old.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        for batch in rows.partitions(BATCH):
            new.execute(insert(table), [dict(row) for row in batch])
    if new.dialect.name == "postgresql":
        for table in (DRAFT, SUBSCRIBER):
            newest, counter = new.execute(select(func.max(table.c.id))).scalar(), [table.name, "id"]
            new.execute(select(func.setval(func.pg_get_serial_sequence(*counter), newest or 1, newest is not None)))


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise StoreError(
            text(
                "{file} is there already; nothing is overwritten. Choose another name.",
                "{file} 已存在，不予覆盖。请另选名称。",
                file=target,
            )
        )


def _unwritable(target: Path, error: Exception) -> StoreError:
    return StoreError(
        text("{file} cannot be written: {why}.", "无法写入 {file}：{why}。", file=target, why=why_of(error))
    )


def _damaged(source: Path, findings: list[Message]) -> StoreError:
    return StoreError(
        text(
            "The backup {file} is damaged and is not used: {first}",
            "备份 {file} 已损坏，不予使用：{first}",
            file=source,
            first=clauses(findings),
        )
    )


def _said(finding: Finding) -> Message:
    return text("{table} {row}: {what}", "{table} {row}：{what}", **{**vars(finding), "what": finding.message})
