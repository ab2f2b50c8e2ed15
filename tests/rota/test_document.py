"""A case becomes plain rows and back; edits lead from one document to another, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.document import (
    Edit,
    EditError,
    State,
    document_of,
    edited,
    edits_between,
    reversed_edits,
    state_of,
)
from tests.rota.small import case_of

Rows = list[dict[str, Any]]
rows = st.lists(st.integers(0, 4).map(lambda n: {"n": n}), max_size=8)
documents = st.fixed_dictionaries({"units": rows, "pins": rows})


def test_a_case_comes_back_from_its_rows() -> None:
    state = State(case=case_of())
    assert state_of(document_of(state)) == state


@given(documents, documents)
def test_edits_lead_from_one_document_to_the_other_and_back(one: dict[str, Rows], other: dict[str, Rows]) -> None:
    edits = edits_between(one, other)
    assert edited(one, edits) == other
    assert edited(other, reversed_edits(edits)) == one


def test_what_stays_is_not_edited() -> None:
    one = {"units": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    other = {"units": [{"id": "a"}, {"id": "b", "note": "x"}, {"id": "c"}]}
    assert edits_between(one, other) == (Edit(table="units", before={"id": "b"}, after={"id": "b", "note": "x"}, at=1),)


def test_a_row_that_moved_is_found_where_it_stands() -> None:
    edit = Edit(table="units", before={"id": "b"}, after=None, at=0)
    assert edited({"units": [{"id": "a"}, {"id": "b"}]}, [edit]) == {"units": [{"id": "a"}]}


def test_an_edit_of_a_row_that_is_gone_names_table_and_row() -> None:
    with pytest.raises(EditError) as error:
        edited({"units": []}, [Edit(table="units", before={"id": "b"})])
    assert "单位" in error.value.say("zh")
    assert '"b"' in error.value.say("zh")
