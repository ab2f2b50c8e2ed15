"""Forgetting: the texts about a person are erased, everywhere that they stand; the chain holds on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from rota.text import text
from scheduler.keeping.auditing import Finding
from scheduler.keeping.chain import ALLIANCE, Head, append, entries, newest
from scheduler.keeping.database import Database
from scheduler.keeping.errors import StoreError
from scheduler.keeping.folding import edits_of
from scheduler.keeping.records import FORGOTTEN
from scheduler.keeping.retelling import retell, told_now
from scheduler.keeping.tables import (
    ANSWER_LINK,
    CASE_ROW,
    CHANGE,
    DRAFT,
    EXTERNAL_CALENDAR,
    INCOMING_MAIL,
    OUTBOX,
    PAGE,
    PERSONAL,
    PLAN,
    RENDERED,
    SESSION_STAMP,
    SUBSCRIBER,
)
from scheduler.keeping.transaction import ERASURES, Store, Transaction, read_meta, write_meta

LEAST = 2
"""Names of fewer characters are not looked for: they stand in too many texts."""
IDENTIFYING = {"people": ("id", ("name", "name_en")), "contacts": ("of", ("name", "phone", "email"))}
"""Tables whose rows say who somebody is: the field that says whom, and those that identify."""
LASTING = (
    (CHANGE, CHANGE.c.sequence, CHANGE.c.body),
    (CASE_ROW, CASE_ROW.c.sheet, CASE_ROW.c.body),
    (PLAN, PLAN.c.digest, PLAN.c.body),
    (SESSION_STAMP, SESSION_STAMP.c.session, SESSION_STAMP.c.last),
    (DRAFT, DRAFT.c.id, DRAFT.c.plan),
    (OUTBOX, OUTBOX.c.key, OUTBOX.c.body),
)
"""Where a name may stand in an id or in a public text, which nobody can erase."""


@dataclass(frozen=True)
class Forgotten:
    """What was erased: how many texts, and where the name still stands in ids or public texts."""

    head: Head
    texts: int
    remains: tuple[Finding, ...]


def forget(store: Store, subject: str, names: Sequence[str], actor: str) -> Forgotten:
    """Erase all texts about a subject, and every personal text that holds one of the names.

    Beside the names given, those that the current cases know for the subject are looked for. Names of others stay, also
    where they hold the name. Then the files are cleaned of what was erased.

    Raises:
        StoreError: nothing is known of the subject, or others keep the files from being cleaned; `scrub` goes on then.
    """
    forgotten = store.write(lambda transaction: _erase(transaction, subject, names, actor))
    scrub(store.database)
    return forgotten


def _erase(transaction: Transaction, subject: str, names: Sequence[str], actor: str) -> Forgotten:
    own, others = _identities(transaction, subject)
    wanted = _pattern([*names, *own])
    writing = transaction.by(actor)  # before erasing: the actor may be the one who is forgotten
    doomed = list(_doomed(transaction, subject, wanted, others - own))
    if not doomed and (earlier := _forgotten_before(transaction, subject)):
        return Forgotten(earlier, 0, ())
    if not doomed and not names:
        raise StoreError(
            text(
                'The journal holds no personal texts about "{id}".', "变更记录中没有关于“{id}”的个人信息。", id=subject
            )
        )
    transaction.connection.execute(delete(RENDERED))  # they name people; whoever serves feeds makes them anew
    _end_links(transaction, subject)
    transaction.connection.execute(delete(EXTERNAL_CALENDAR).where(EXTERNAL_CALENDAR.c.resource == subject))
    transaction.connection.execute(update(INCOMING_MAIL).values(detail=""))  # it may say names, too
    told = told_now(transaction)
    transaction.connection.execute(update(OUTBOX).values(reason=""))  # what a server answered may name people
    erased = update(PERSONAL).values(value=None, salt=None, lookup=None)
    for ref in doomed:
        transaction.connection.execute(erased.where(PERSONAL.c.ref == ref))
    count = int(read_meta(transaction.connection, ERASURES) or 0) + 1
    write_meta(transaction.connection, ERASURES, str(count))
    retold = retell(transaction, told)
    body = {"change": {"subject": subject, "texts": len(doomed), "retold": retold}, "edits": []}
    head = append(transaction.connection, ALLIANCE, FORGOTTEN, body, writing).head
    return Forgotten(head, len(doomed), tuple(_remains(transaction, wanted)))


def _end_links(transaction: Transaction, subject: str) -> None:
    """Let no link lead any more to somebody who is forgotten."""
    theirs = SUBSCRIBER.c.subject == f"person/{subject}"
    transaction.connection.execute(delete(PAGE).where(PAGE.c.subscriber.in_(select(SUBSCRIBER.c.id).where(theirs))))
    transaction.connection.execute(delete(SUBSCRIBER).where(theirs))
    transaction.connection.execute(delete(ANSWER_LINK).where(ANSWER_LINK.c.who == subject))


def _forgotten_before(transaction: Transaction, subject: str) -> Head | None:
    """Return the change by which a subject was forgotten, where nothing is left to erase but perhaps files to clean."""
    query = select(PERSONAL.c.ref).where(PERSONAL.c.subject == subject, PERSONAL.c.value.is_(None)).limit(1)
    known = bool(subject) and transaction.connection.execute(query).first() is not None
    return newest(transaction.connection, ALLIANCE) if known else None


def _identities(transaction: Transaction, subject: str) -> tuple[set[str], set[str]]:
    """Return what identifies a subject now or did so once, and what identifies others: names, phones, addresses."""
    own: set[str] = set()
    others: set[str] = set()
    for entry in entries(transaction.connection):
        for edit in edits_of(entry):
            about, fields = IDENTIFYING.get(edit.table, ("", ()))
            for row in filter(None, (edit.before, edit.after)):
                refs = {row[field] for field in fields if row.get(field)}
                (own if row.get(about) == subject else others).update(refs)
    values = transaction.sealer.values(own | others)
    return {values[ref] for ref in own & values.keys()}, {values[ref] for ref in others & values.keys()}


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a text; Latin ones as whole words, whatever their case."""
    found = sorted({called for called in names if len(called) >= LEAST}, key=len, reverse=True)
    parts = [
        rf"(?<![A-Za-z0-9]){re.escape(called)}(?![A-Za-z0-9])" if called.isascii() else re.escape(called)
        for called in found
    ]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _doomed(transaction: Transaction, subject: str, wanted: re.Pattern[str] | None, spared: set[str]) -> Iterator[str]:
    for ref, about, value in _texts(transaction):
        own = bool(subject) and about == subject
        if own or (wanted and wanted.search(value) and value not in spared):
            yield ref


def _texts(transaction: Transaction) -> Iterator[tuple[str, str, str]]:
    query = select(PERSONAL.c.ref, PERSONAL.c.subject, PERSONAL.c.value).where(PERSONAL.c.value.is_not(None))
    yield from ((row.ref, row.subject, row.value) for row in transaction.connection.execute(query).all())


def _remains(transaction: Transaction, wanted: re.Pattern[str] | None) -> Iterator[Finding]:
    """Yield where a name still stands: in what was never meant to be erased."""
    if wanted is None:
        return
    public = text(
        "The name stands in an id or a public text, which cannot be erased.", "姓名出现在编号或公开文字中，无法抹除。"
    )
    for table, key, body in LASTING:
        for found, content in transaction.connection.execute(select(key, body).where(body.is_not(None))):
            if wanted.search(content):
                yield Finding(table.name, str(found), public)
    for ref, _, value in _texts(transaction):
        if wanted.search(value):
            yield Finding(PERSONAL.name, ref, text("Somebody else's name holds it.", "他人的姓名中含有此姓名。"))


def scrub(database: Database) -> None:
    """Clean the files of a journal of everything that was erased.

    On SQLite the write-ahead log is emptied and the file is written anew. On PostgreSQL the table is written anew; the
    server's own log and its archives are in the hands of whoever runs it.

    Raises:
        StoreError: another program is reading from the journal; what is erased is erased, only the file is not clean.
    """
    if not database.is_sqlite:
        database.outside("VACUUM (FULL) personal")
        return
    database.outside("VACUUM")
    busy, *_ = database.outside("PRAGMA wal_checkpoint(TRUNCATE)")[0]
    if not busy:
        return
    raise StoreError(
        text(
            "The texts are erased, but another program is reading the journal, so that its files may still hold them. "
            "Close the other programs and do it again.",
            "文字已抹除，但其他程序正在读取变更记录，文件中可能仍有残留。请关闭其他程序后再执行一次。",
        )
    )
