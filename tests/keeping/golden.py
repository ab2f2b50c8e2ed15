"""Writes the golden journals: `python -m tests.keeping.golden STEP` writes tests/golden/journal/STEP.db.

A journal is filled by the program as it is, and what the tables of that step hold is copied into a database that was
brought up to that step only. It is run once for each step, before the step after it is written.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, insert, select

from rota.document import Edit, document_of
from scheduler.keeping.database import Database
from scheduler.keeping.journal import Journal
from scheduler.keeping.migrating import migrate
from tests.conftest import ROOT
from tests.keeping.station import STREAM, filled

FOLDER = ROOT / "tests" / "golden" / "journal"


def lived(journal: Journal) -> Journal:
    """A journal in which every kind of change stands that journals make of themselves, and some others."""
    filled(journal)
    row = document_of(journal.state(STREAM))["units"][0]
    edit = Edit(table="units", before=row, after={**row, "note": "周三下午可到"})
    journal.record_edits(STREAM, [edit], actor="刘主任", note="来电告知")
    journal.forget("p1", actor="刘主任")
    return journal


def facts(journal: Journal) -> dict[str, Any]:
    """What must be read out of a journal, whatever version reads it."""
    return {
        "heads": {stream: journal.head(stream).digest for stream in (STREAM, "alliance")},
        "changes": [[change.sequence, change.kind, change.actor, change.note] for change in journal.changes(STREAM)],
        "state": journal.state(STREAM).model_dump(mode="json", exclude_defaults=True),
        "first": journal.state(STREAM, 2).model_dump(mode="json", exclude_defaults=True),
        "plans": {str(revision.number): revision.plan for revision in journal.revisions()},
        "stamps": {session: stamp.sequence for session, stamp in journal.stamps(STREAM).items()},
    }


def rows_of(database: Database) -> Mapping[str, list[dict[str, Any]]]:
    """All rows of a database by table, as they are kept."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
        }


def put_in(database: Database, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Write rows into the tables that a database has."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "alembic_version" and rows.get(table.name):
                connection.execute(insert(table), rows[table.name])


def _new_journal(folder: str, clock: Callable[[], dt.datetime]) -> Journal:
    return Journal.open(Path(folder) / "journal.db", clock=clock, create=True)


def write(step: str) -> None:
    """Write the golden journal of a step, and what must be read out of it."""
    moments = iter(dt.datetime(2027, 1, 4, 1, 0, n, tzinfo=dt.UTC) for n in range(60))
    target = FOLDER / f"{step}.db"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, _new_journal(folder, lambda: next(moments)) as journal:
        expected = json.dumps(facts(lived(journal)), ensure_ascii=False, indent=1)
        (FOLDER / f"{step}.json").write_text(expected + "\n", encoding="utf-8")
        rows = rows_of(journal.store.database)
    old = Database(create_engine(f"sqlite:///{target}"))
    old.write(lambda connection: migrate(connection, step))
    put_in(old, rows)
    old.outside("VACUUM")
    old.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write(sys.argv[1])
