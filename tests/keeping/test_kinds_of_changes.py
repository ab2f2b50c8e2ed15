"""Every kind of change in a journal: what it did comes back, it is told as it was said, and it names nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rota.document import State, document_of, edits_between
from rota.request import Stage
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking, opened
from tests.rota.changes.examples import EXAMPLES, Example

NAMES_AND_REASONS = (
    *("王芳", "021-1", "赵律师", "合并", "盘点", "街道", "台风", "会场冲突", "居民", "已解决", "法院代班", "人手不足"),
    *("请帮忙", "李老师"),
)
"""Texts of the examples that are about people or may be."""


def begun(folder: Path, state: State) -> Journal:
    """A journal in which an example's state holds."""
    journal = opened(folder / "journal.db", Ticking())
    journal.begin(state.case, actor="小李")
    if state.requests or state.answers:
        edits = edits_between(document_of(State(case=state.case)), document_of(state))
        journal.record_edits("small", edits, actor="小李")
    return journal


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.kind for example in EXAMPLES])
def test_a_change_is_recorded_told_and_taken_back(tmp_path: Path, example: Example) -> None:
    with begun(tmp_path, example.state) as journal:
        recorded = journal.record("small", example.change, actor="小李")
        assert journal.state("small") == example.change.applied(example.state)
        (told,) = journal.told("small", recorded.sequence - 1)
        assert (told.message.say("zh"), told.message.say("en")) == (example.zh, example.en)
        journal.undo("small", recorded.sequence, actor="小李")
        withdrawn = [request.model_copy(update={"stage": Stage.WITHDRAWN}) for request in example.state.requests]
        settled = {"requests": tuple(withdrawn)} if example.kind == "swap_confirmed" else {}
        assert journal.state("small") == example.state.model_copy(update=settled)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.kind for example in EXAMPLES])
def test_what_is_kept_for_ever_names_nobody(tmp_path: Path, example: Example) -> None:
    with begun(tmp_path, example.state) as journal:
        journal.record("small", example.change, actor="小李", note="请帮忙")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        bodies = str(connection.execute("SELECT actor, body FROM change").fetchall())
    assert "small" in bodies
    assert [name for name in ("小李", *NAMES_AND_REASONS) if name in bodies] == []
