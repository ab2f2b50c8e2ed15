"""The audit: the chain is recomputed, everything is folded anew from it, and compared with what the tables hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from rota.document import canonical
from rota.plan import Plan, load_plan
from rota.problem import RotaError
from rota.text import Message, name, text
from scheduler.keeping import publication
from scheduler.keeping.chain import Entry, entries
from scheduler.keeping.database import Database
from scheduler.keeping.folding import Tables, digest_of, folded
from scheduler.keeping.publication import NOTICE, PUBLISHED, SessionRow
from scheduler.keeping.records import FORGOTTEN
from scheduler.keeping.sealing import REFERENCE, Marked, lookup_of, reference
from scheduler.keeping.tables import CASE_ROW, OUTBOX, PERSONAL, PLAN, REVISION, SESSION_STAMP

ALTERED = text("It is not as it was written.", "与写入时不一致。")
MISSING = text("It is missing.", "缺失。")
SURPLUS = text("Nothing in the chain speaks of it.", "变更链中没有依据。")
DIFFERS = text("It differs from what the changes come to.", "与各项变更推算的结果不一致。")


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written: in which table, which row, and what is wrong with it."""

    table: str
    row: str
    message: Message


@dataclass
class _Expected:
    """What all changes come to, folded as they are read."""

    rows: dict[str, Tables] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    revisions: dict[int, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, dict[str, SessionRow]] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    notices: dict[tuple[int, str], str] = field(default_factory=dict)
    refs: set[str] = field(default_factory=set)


def audit(database: Database) -> tuple[Finding, ...]:
    """Return everything in a journal that is damaged or was tampered with; nothing where all is as it was written."""
    found: list[Finding] = []
    with _lenient(database) as connection:
        for check in (_file, _content) if database.is_sqlite else (_content,):
            try:
                found += check(connection)
            except (RotaError, SQLAlchemyError, ValueError) as error:
                why = error.message if isinstance(error, RotaError) else name(" ".join(str(error).split()))
                found.append(Finding("database", "", text("It cannot be read: {why}", "无法读取：{why}", why=why)))
    return tuple(found)


@contextmanager
def _lenient(database: Database) -> Iterator[Connection]:
    """Read one moment of a database, bytes that are no text included."""
    with database.engine.connect() as connection, connection.begin():
        if not database.is_sqlite:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
            return
        raw: Any = connection.connection.dbapi_connection
        raw.text_factory = lambda content: content.decode("utf-8", "backslashreplace")
        try:
            yield connection
        finally:
            raw.text_factory = str


def _file(connection: Connection) -> Iterator[Finding]:
    """Yield what SQLite itself finds wrong with its file."""
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield Finding("database", "", text("SQLite says: {said}", "SQLite 报告：{said}", said=said))
    for table, row, *_ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding(table, str(row), text("It names a row that is not there.", "所引用的行不存在。"))


def _content(connection: Connection) -> list[Finding]:
    expected = _Expected()
    plans = {row.digest: row.body for row in connection.execute(select(PLAN))}
    found = [Finding("plan", digest, ALTERED) for digest, body in plans.items() if _sha256(body) != digest]
    found += _chain(connection, expected, plans)
    found += _rows(connection, expected)
    found += _revisions(connection, expected, plans)
    found += _stamps(connection, expected)
    found += _notices(connection, expected)
    found += _personal(connection, expected)
    return found


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _chain(connection: Connection, expected: _Expected, plans: Mapping[str, str]) -> Iterator[Finding]:
    """Go through all changes in order, and fold them."""
    last: Entry | None = None
    versions: dict[str, int] = {}
    for entry in entries(connection):
        broken = list(_links(entry, last, versions.get(entry.stream, 0)))
        yield from (Finding("change", str(entry.sequence), message) for message in broken)
        if broken:
            expected.broken.add(entry.stream)
        try:
            yield from _fold(entry, expected, plans)
        except (RotaError, ValidationError, ValueError, LookupError, TypeError) as error:
            expected.broken.add(entry.stream)
            unread = text("It cannot be applied: {why}", "无法应用：{why}", why=_why(error))
            yield Finding("change", str(entry.sequence), unread)
        expected.refs.update(REFERENCE.findall(entry.body), REFERENCE.findall(entry.actor))
        last, versions[entry.stream] = entry, entry.version


def _why(error: Exception) -> Message:
    """Say in both languages what keeps a change from being read."""
    if isinstance(error, RotaError):
        return error.message
    if isinstance(error, json.JSONDecodeError):
        return text("its body is no JSON, from character {n} on", "内容自第 {n} 个字符起不是 JSON", n=error.pos + 1)
    return text("its body has another form ({kind})", "内容格式不符（{kind}）", kind=name(type(error).__name__))


def _links(entry: Entry, last: Entry | None, version: int) -> Iterator[Message]:
    """Yield what is wrong between a change and the one before it."""
    before = last.sequence if last else 0
    if entry.sequence != before + 1:
        yield text("Changes {a} to {b} are missing.", "缺少第 {a} 至 {b} 号变更。", a=before + 1, b=entry.sequence - 1)
    elif entry.previous != (last.digest if last else ""):
        yield text("It does not follow from change {n}.", "与第 {n} 号变更不衔接。", n=before)
    if entry.computed != entry.digest:
        yield ALTERED
    if entry.version != version + 1:
        yield text(
            "It is number {found} of its case, after {last}.",
            "在本资料中编号为 {found}，前一号为 {last}。",
            found=entry.version,
            last=version,
        )


def _fold(entry: Entry, expected: _Expected, plans: Mapping[str, str]) -> Iterator[Finding]:
    rows = expected.rows[entry.stream] = folded([entry], expected.rows.get(entry.stream))
    said = json.loads(entry.body)["change"]
    if entry.kind == FORGOTTEN:
        for stream, sessions in said.get("retold", {}).items():
            stamps = expected.stamps.setdefault(stream, {})
            stamps.update({row.session: row for row in list(publication.told_otherwise(stamps, sessions, entry.at))})
    if entry.kind != PUBLISHED:
        return
    number, plan = said["revision"], said["plan"]
    if said["case"]["rows"] != digest_of(rows) and entry.stream not in expected.broken:
        differs = text("The case was another one when this was published.", "发布时的资料与此处推算的不一致。")
        yield Finding("change", str(entry.sequence), differs)
    expected.revisions[number] = {
        "number": number,
        "stream": entry.stream,
        "plan": plan,
        "case_sequence": said["case"]["sequence"],
        "sequence": entry.sequence,
        "case_hash": said["case"]["hash"],
        "at": entry.at,
        "head": entry.digest,
    }
    if plan not in plans:
        yield Finding("plan", plan, MISSING)
        return
    new = load_plan(plans[plan])
    stamps = expected.stamps.setdefault(entry.stream, {})
    retold = said.get("retold", ())
    stamps.update({row.session: row for row in list(publication.stamped(stamps, new, number, entry.at, retold))})
    bodies = publication.notices(expected.plans.get(entry.stream), new)
    expected.notices.update({(number, who): body for who, body in bodies.items()})
    expected.plans[entry.stream] = new


def _rows(connection: Connection, expected: _Expected) -> Iterator[Finding]:
    """Compare the current rows of all cases with what the changes come to."""
    wanted = {
        (stream, sheet, at): canonical(row)
        for stream, tables in expected.rows.items()
        for sheet, rows in tables.items()
        for at, row in enumerate(rows)
    }
    stored = {(row.stream, row.sheet, row.position): row.body for row in connection.execute(select(CASE_ROW))}
    for key, message in _compared(wanted, stored):
        if key[0] not in expected.broken:
            yield Finding("case_row", f"{key[0]} {key[1]}[{key[2]}]", message)


def _revisions(connection: Connection, expected: _Expected, plans: Mapping[str, str]) -> Iterator[Finding]:
    stored = {row["number"]: dict(row) for row in connection.execute(select(REVISION)).mappings()}
    for number, message in _compared(expected.revisions, stored):
        yield Finding("revision", str(number), message)
    published = {revision["plan"] for revision in expected.revisions.values()}
    yield from (Finding("plan", digest, SURPLUS) for digest in plans if digest not in published)


def _stamps(connection: Connection, expected: _Expected) -> Iterator[Finding]:
    for stream in connection.execute(select(SESSION_STAMP.c.stream).union(select(REVISION.c.stream))).scalars().all():
        wanted = {id_: asdict(row) for id_, row in expected.stamps.get(stream, {}).items()}
        stored = {id_: asdict(row) for id_, row in publication.session_rows(connection, stream).items()}
        for session, message in _compared(wanted, stored):
            yield Finding("session_stamp", f"{stream} {session}", message)


def _notices(connection: Connection, expected: _Expected) -> Iterator[Finding]:
    """Compare the notices that are still in the outbox with what the revisions come to."""
    for row in connection.execute(select(OUTBOX).where(OUTBOX.c.kind == NOTICE)):
        if expected.notices.get((row.revision, row.recipient)) != row.body:
            yield Finding("outbox", row.key, DIFFERS)


def _personal(connection: Connection, expected: _Expected) -> Iterator[Finding]:
    """Compare every text that is not erased with its reference."""
    known = set()
    for row in connection.execute(select(PERSONAL)):
        known.add(row.ref)
        erased = row.value is None and row.salt is None and row.lookup is None
        if not erased and (
            None in (row.value, row.salt)
            or reference(row.salt, row.value) != row.ref
            or row.lookup != lookup_of(Marked(row.subject, row.value))
        ):
            yield Finding("personal", row.ref, ALTERED)
    yield from (Finding("personal", ref, MISSING) for ref in sorted(expected.refs - known))


def _compared(wanted: Mapping[Any, object], stored: Mapping[Any, object]) -> Iterator[tuple[Any, Message]]:
    """Yield the keys under which two tables differ, and how."""
    for key in dict.fromkeys((*wanted, *stored)):
        if key not in stored:
            yield key, MISSING
        elif key not in wanted:
            yield key, SURPLUS
        elif wanted[key] != stored[key]:
            yield key, DIFFERS
