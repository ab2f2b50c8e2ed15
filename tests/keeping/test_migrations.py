"""Journals of older versions are brought up to date with all that they hold; those of newer ones are refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from scheduler.keeping.database import STEP, Database
from scheduler.keeping.errors import StoreError
from scheduler.keeping.journal import Journal
from scheduler.keeping.migrating import known_steps, migrate
from scheduler.keeping.tables import METADATA
from scheduler.keeping.telling import OWN
from tests.keeping.conftest import Places, Ticking, opened
from tests.keeping.golden import FOLDER, facts, put_in, rows_of
from tests.keeping.station import OTHER_ROTATION, STREAM, WHO, away, begun, hosted

GOLDEN = [file.stem for file in sorted(FOLDER.glob("*.db"))]


def golden_journal(step: str, where: str, folder: Path) -> None:
    """Put the golden journal of a step at a place, as that version left it."""
    copy = folder / f"{step}.db"
    shutil.copy(FOLDER / copy.name, copy)
    if "://" not in where:
        Path(where).parent.mkdir(parents=True)
        shutil.copy(copy, where)
        return
    source = Database(create_engine(f"sqlite:///{copy}"))
    target = Database(create_engine(make_url(where).set(drivername="postgresql+psycopg")))
    target.write(lambda connection: migrate(connection, step))
    put_in(target, rows_of(source))
    source.close()
    target.close()


def test_there_is_a_golden_journal_of_every_older_step() -> None:
    assert list(known_steps()[:-1]) == GOLDEN
    assert known_steps()[-1] == STEP


@pytest.mark.parametrize("step", GOLDEN)
def test_an_older_journal_is_brought_up_to_date_with_all_it_holds(
    step: str, where: str, clock: Ticking, tmp_path: Path
) -> None:
    golden_journal(step, where, tmp_path)
    expected = json.loads((FOLDER / f"{step}.json").read_text(encoding="utf-8"))
    for _ in range(2):  # the second time there is nothing left to do
        with Journal.open(where, clock=clock) as journal:
            assert journal.audit() == ()
            assert facts(journal) == expected
    with Journal.open(where, clock=clock) as journal:
        case = journal.state(STREAM).case
        assert journal.publish(STREAM, hosted(case, *OTHER_ROTATION), base=2, actor=WHO).number == 3
        assert journal.audit() == ()


@pytest.mark.parametrize("step", GOLDEN)
def test_every_kind_that_journals_ever_wrote_is_still_said(step: str, clock: Ticking, tmp_path: Path) -> None:
    golden_journal(step, str(tmp_path / "old" / "journal.db"), tmp_path)
    with Journal.open(tmp_path / "old" / "journal.db", clock=clock) as journal:
        told = [*journal.told(STREAM), *journal.told("alliance")]
    assert {each.recorded.kind for each in told} >= set(OWN)
    for each in told:
        assert each.message.say("zh")
        assert "known" not in each.message.say("en")
        assert "~" not in each.message.say("zh")


def test_the_steps_come_to_the_tables_that_the_program_uses(journal: Journal) -> None:
    with journal.store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_tables_of_sqlite_are_strict(tmp_path: Path, clock: Ticking) -> None:
    Journal.open(tmp_path / "journal.db", clock=clock, create=True).close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        tables = raw.execute("PRAGMA table_list").fetchall()
    strict = {name for _, name, kind, _, _, strict in tables if kind == "table" and strict}
    assert strict == set(METADATA.tables)


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(journal: Journal, where: str, clock: Ticking) -> None:
    with journal.store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version") as error:
        Journal.open(where, clock=clock, create=True)
    assert "9999" in error.value.say("zh")


@pytest.mark.slow
def test_a_database_with_other_tables_is_none_of_ours(databases: Places, clock: Ticking, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw, raw:
        raw.execute("CREATE TABLE accounts (id INTEGER)")
    url = databases()
    other = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with other.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE accounts (id INTEGER)")
    other.dispose()
    for where in (str(tmp_path / "other.db"), url):
        with pytest.raises(StoreError, match="no journal"):
            Journal.open(where, clock=clock, create=True)


def test_where_there_is_no_journal_none_is_made_by_looking(where: str, clock: Ticking) -> None:
    with pytest.raises(StoreError, match="no journal"):
        Journal.open(where, clock=clock)
    assert not Path(where).exists()


@pytest.mark.parametrize("where", ["mysql://host/name", "http://station.example", "postgresql+asyncpg://host/name"])
def test_other_databases_are_refused_by_name(where: str, clock: Ticking) -> None:
    with pytest.raises(StoreError, match=where.partition(":")[0].replace("+", r"\+")):
        Journal.open(where, clock=clock)


def test_a_server_that_does_not_answer_is_said_without_the_password(clock: Ticking) -> None:
    with pytest.raises(StoreError) as error:
        Journal.open("postgresql://rota:geheim@127.0.0.1:1/name?connect_timeout=2", clock=clock)
    assert "geheim" not in error.value.say("zh") + error.value.say("en")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, clock: Ticking) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database, but a text that is long enough to be looked at" * 20)
    with pytest.raises(StoreError, match="damaged"):
        Journal.open(tmp_path / "journal.db", clock=clock)


@pytest.mark.parametrize("content", ["", "VACUUM"], ids=["no byte", "no table"])
def test_a_file_that_holds_nothing_is_said_to_be_empty_and_how_it_is_restored(
    tmp_path: Path, clock: Ticking, content: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        raw.execute(content)
    with pytest.raises(StoreError, match=r"holds nothing.*`rota restore`") as error:
        Journal.open(tmp_path / "journal.db", clock=clock)
    assert "没有内容" in error.value.say("zh")


def test_where_nothing_may_be_written_the_permission_is_named_and_no_damage(tmp_path: Path, clock: Ticking) -> None:
    file = tmp_path / "journal.db"
    Journal.open(file, clock=clock, create=True).close()
    database = Database(create_engine(f"sqlite:///file:{file}?mode=ro&uri=true"))
    with closing(database), pytest.raises(StoreError, match="may not write to the file or to its folder") as error:
        database.write(lambda connection: connection.exec_driver_sql("DELETE FROM meta"))
    assert "写入权限" in error.value.say("zh")
    assert "audit" not in error.value.say("en")


def test_a_journal_in_a_folder_that_takes_no_files_is_read_all_the_same(
    tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(tmp_path / "journal.db", clock, begun).close()
    monkeypatch.setattr("scheduler.keeping.database.os.access", lambda *_: False)
    with Journal.open(tmp_path / "journal.db", clock=clock) as journal:
        assert journal.state(STREAM).case.units
        assert journal.audit() == ()
        assert [file.name for file in tmp_path.iterdir()] == ["journal.db"]
        with pytest.raises(StoreError, match="may not write to the file or to its folder"):
            journal.record(STREAM, away(), actor=WHO)
