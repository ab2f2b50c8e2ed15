"""Random histories: whatever is done in whatever order, the audit is clean and folding anew gives what is kept."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rota.change import ChangeError
from rota.document import Edit, document_of
from scheduler.keeping.chain import entries
from scheduler.keeping.errors import StoreError
from scheduler.keeping.folding import folded, read_rows
from scheduler.keeping.journal import Journal
from scheduler.keeping.transaction import Transaction
from tests.keeping.conftest import Places, Ticking, opened
from tests.keeping.station import DAYS, STREAM, WHO, away, begun, hosted, joining
from tests.thoroughness import often, sparing

WHOM = st.sampled_from(["bank", "court", "shop", "p1"])
STEPS = st.one_of(
    st.tuples(st.just("away"), WHOM, st.sampled_from(DAYS), st.sampled_from(["", "出差", "欧阳明珠请假"])),
    st.tuples(st.just("join"), st.integers(0, 3), st.sampled_from(["", "诸葛先生"])),
    st.tuples(st.just("note"), st.integers(0, 2), st.sampled_from(["周一", "周二", "上官文静来电"])),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("publish"), st.lists(st.sampled_from(["bank", "court"]), min_size=4, max_size=4)),
    st.tuples(st.just("forget"), WHOM),
    st.tuples(st.just("reopen")),
)
REFUSALS = (StoreError, ChangeError)


def take(journal: Journal, step: tuple[object, ...]) -> None:
    """Do one step; what cannot be done is refused."""
    match step:
        case ("away", str(who), str(day), str(reason)):
            journal.record(STREAM, away(day, who, reason), actor=WHO)
        case ("join", int(number), str(contact)):
            journal.record(STREAM, joining(f"u{number}", f"第{number}单位", contact), actor="刘主任")
        case ("note", int(number), str(note)):
            row = document_of(journal.state(STREAM))["units"][number]
            edit = Edit(table="units", before=row, after={**row, "note": note})
            journal.record_edits(STREAM, [edit], actor=WHO, note=note)
        case ("undo", int(back)):
            journal.undo(STREAM, [change.sequence for change in journal.changes(STREAM)][-1 - back :][0], actor=WHO)
        case ("publish", list(hosts)):
            newest = journal.newest(STREAM)
            plan = hosted(journal.state(STREAM).case, *hosts)
            journal.publish(STREAM, plan, base=newest.number if newest else None, actor=WHO)
        case ("forget", str(who)):
            journal.forget(who, actor=WHO)


def agreed(transaction: Transaction) -> bool:
    """Whether all changes folded anew come to the rows that are kept."""
    connection = transaction.connection
    kept, anew = read_rows(connection, STREAM), folded(entries(connection, STREAM))
    return {t: rows for t, rows in kept.items() if rows} == {t: rows for t, rows in anew.items() if rows}


def live(where: str, steps: list[tuple[object, ...]]) -> None:
    clock = Ticking()
    journal = opened(where, clock, begun)
    states = {1: document_of(journal.state(STREAM))}
    for step in steps:
        if step == ("reopen",):
            journal.close()
            journal = Journal.open(where, clock=clock)
        with suppress(*REFUSALS):
            take(journal, step)
            event(str(step[0]))
        assert journal.store.read(agreed), step
        states[journal.head(STREAM).sequence] = document_of(journal.state(STREAM))
    assert journal.audit() == ()
    if not any(change.kind == "forgotten" for change in journal.store.read(lambda t: list(entries(t.connection)))):
        for sequence, state in states.items():
            assert document_of(journal.state(STREAM, sequence)) == state
    journal.close()


HISTORIES = given(st.lists(STEPS, min_size=3, max_size=14))
PATIENT = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@pytest.mark.parametrize("database", ["sqlite"])
@HISTORIES
@settings(max_examples=sparing(3, 8), deadline=None, suppress_health_check=PATIENT)
def test_a_random_history_is_kept(places: Places, steps: list[tuple[object, ...]]) -> None:
    live(places(), steps)


@pytest.mark.slow
@HISTORIES
@settings(max_examples=often(20, 60), deadline=None, suppress_health_check=PATIENT)
def test_many_random_histories_are_kept(places: Places, steps: list[tuple[object, ...]]) -> None:
    live(places(), steps)
