"""Two sides edit the same rows: what they did at different cells is merged, the same cell is a conflict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rota.changes.recognising import recognised
from rota.document import Document, State, document_of, state_of
from rota.inspection import inspect
from rota.merging import Conflict, mass_deletions, merge, unedited
from tests.rota.small import case_of
from tests.thoroughness import sparing

Rows = list[dict[str, Any]]

PLACES = range(8)
NAMES = st.sampled_from(["甲", "乙", "丙"])


def unit(number: int, name: str = "", **cells: Any) -> dict[str, Any]:
    return {"id": f"u{number}", "name": name or f"单位{number}", "members": 1, **cells}


def away(day: int, who: str = "u1", **cells: Any) -> dict[str, Any]:
    return {"resource": who, "level": "cannot", "first": f"2027-03-{day:02}", "reason": "", **cells}


BASE = {"units": [unit(number) for number in PLACES], "availability": [away(number + 1) for number in PLACES]}

edits = st.dictionaries(st.sampled_from(PLACES), st.sampled_from(["edit", "delete"]), max_size=4)


def edited(done: dict[int, str], added: int, side: str) -> Document:
    """The base with rows edited or deleted by place, and rows added."""
    units = [unit(n, f"{side}{n}") if done.get(n) == "edit" else unit(n) for n in PLACES if done.get(n) != "delete"]
    said = [
        away(n + 1, reason=side) if done.get(n) == "edit" else away(n + 1) for n in PLACES if done.get(n) != "delete"
    ]
    number = {"theirs": 100, "mine": 200}[side]
    return {
        "units": [*units, *(unit(number + n) for n in range(added))],
        "availability": [*said, *(away(20 + n, side) for n in range(added))],
    }


@given(edits, edits, st.integers(0, 2), st.integers(0, 2))
def test_edits_at_different_rows_are_all_applied(
    one: dict[int, str], other: dict[int, str], new_there: int, new_here: int
) -> None:
    other = {place: what for place, what in other.items() if place not in one}
    merged = merge(BASE, edited(one, new_there, "theirs"), edited(other, new_here, "mine"))
    theirs, mine = edited(one, new_there, "theirs"), edited(other, new_here, "mine")
    assert merged.conflicts == ()
    for table, base in BASE.items():
        left = [row for row in theirs[table] if row in mine[table] or row not in base]
        new = [row for row in mine[table] if row not in base]
        assert sorted(map(repr, merged.document[table])) == sorted(map(repr, [*left, *new]))


@given(edits, edits, st.integers(0, 2), st.integers(0, 2))
def test_it_matters_not_which_side_is_which_but_for_the_order(
    one: dict[int, str], other: dict[int, str], new_there: int, new_here: int
) -> None:
    theirs, mine = edited(one, new_there, "theirs"), edited(other, new_here, "mine")
    there, here = merge(BASE, theirs, mine), merge(BASE, mine, theirs)
    assert {(c.table, c.field, str(c.of.get("id"))) for c in there.conflicts} == {
        (c.table, c.field, str(c.of.get("id"))) for c in here.conflicts
    }
    if not there.conflicts:
        for table in BASE:
            assert sorted(map(repr, there.document[table])) == sorted(map(repr, here.document[table]))


@given(edits, st.integers(0, 2))
def test_a_side_that_did_nothing_gets_what_the_other_did(done: dict[int, str], added: int) -> None:
    other = edited(done, added, "mine")
    assert merge(BASE, BASE, other).document == other
    assert merge(BASE, other, BASE).document == other
    assert merge(BASE, other, other).document == other


def one_unit(**cells: Any) -> Document:
    return {"units": [unit(1, **cells)]}


def test_different_cells_of_one_row_are_merged() -> None:
    merged = merge(one_unit(), one_unit(name="税务局"), one_unit(members=40))
    assert merged.document == {"units": [{"id": "u1", "name": "税务局", "members": 40}]}
    assert merged.conflicts == ()


def test_the_same_cell_with_different_values_is_a_conflict_at_the_place_in_the_file() -> None:
    base = {"units": [unit(0), unit(1)]}
    theirs = {"units": [unit(0), unit(1, "税务局")]}
    mine = {"units": [unit(1, "税务所"), unit(0)]}
    merged = merge(base, theirs, mine)
    assert merged.conflicts == (
        Conflict("units", 0, "name", "单位1", "税务局", "税务所", {"id": "u1", "name": "税务所", "members": 1}),
    )


@pytest.mark.parametrize(("keep", "name"), [("mine", "税务所"), ("theirs", "税务局")])
def test_a_conflict_can_be_decided_beforehand(keep: Any, name: str) -> None:
    merged = merge(one_unit(), one_unit(name="税务局"), one_unit(name="税务所"), keep)
    assert (merged.document["units"][0]["name"], merged.conflicts) == (name, ())


def test_the_same_cell_with_the_same_value_is_none() -> None:
    merged = merge(one_unit(), one_unit(name="税务局"), one_unit(name="税务局"))
    assert (merged.document, merged.conflicts) == (one_unit(name="税务局"), ())


def test_a_row_that_one_edits_and_the_other_deletes_is_a_conflict() -> None:
    merged = merge(one_unit(), one_unit(name="税务局"), {"units": []})
    assert [(c.row, c.field, c.of["name"]) for c in merged.conflicts] == [(None, None, "单位1")]
    merged = merge(one_unit(), {"units": []}, one_unit(name="税务局"))
    assert [(c.row, c.field, c.mine["name"]) for c in merged.conflicts] == [(0, None, "税务局")]


def test_two_who_add_the_same_statement_add_it_once() -> None:
    both = {"availability": [away(1)]}
    assert merge({"availability": []}, both, both).document == both


def test_two_who_add_a_unit_of_the_same_id_with_other_names_are_in_conflict() -> None:
    merged = merge({"units": []}, one_unit(name="税务局"), one_unit(name="税务所"))
    assert [(c.field, c.theirs, c.mine) for c in merged.conflicts] == [("name", "税务局", "税务所")]


def test_a_statement_whose_date_was_corrected_is_the_same_one() -> None:
    base = {"availability": [away(1, reason="盘点"), away(9, reason="会议")]}
    theirs = {"availability": [away(1, reason="年终盘点"), away(9, reason="会议")]}
    mine = {"availability": [away(2, reason="盘点"), away(9, reason="会议")]}
    assert merge(base, theirs, mine).document == {"availability": [away(2, reason="年终盘点"), away(9, reason="会议")]}


def test_rows_sorted_in_the_file_stay_sorted() -> None:
    mine = {"units": [unit(n) for n in reversed(PLACES)]}
    theirs = {"units": [*(unit(n) for n in PLACES), unit(9)]}
    names = [row["id"] for row in merge(BASE, theirs, mine).document["units"]]
    assert names == ["u7", "u9", "u6", "u5", "u4", "u3", "u2", "u1", "u0"]


def test_a_row_put_in_between_stays_there() -> None:
    mine = {"units": [*(unit(n) for n in range(3)), unit(9), *(unit(n) for n in range(3, 8))]}
    names = [row["id"] for row in merge(BASE, BASE, mine).document["units"]]
    assert names == ["u0", "u1", "u2", "u9", "u3", "u4", "u5", "u6", "u7"]


def test_tables_that_the_file_does_not_have_stay() -> None:
    assert merge(BASE, BASE, {"units": BASE["units"]}).document == BASE


@pytest.mark.parametrize(
    ("before", "left", "refused"),
    [(8, 3, True), (8, 4, False), (4, 1, True), (3, 1, False), (1, 0, True), (2, 0, True), (0, 0, False)],
)
def test_most_rows_of_a_table_cannot_go_unasked(before: int, left: int, *, refused: bool) -> None:
    base = {"units": [unit(n) for n in range(before)], "lines": []}
    gone = mass_deletions(base, {"units": base["units"][:left], "lines": []})
    assert gone == ({"units": tuple(base["units"][left:])} if refused else {})


# What the merged rows come to.

STATE = State(
    case=case_of(
        availability=[{"resource": "bank", "level": "cannot", "first": "2027-03-06", "reason": "盘点"}],
        pins=[{"session": "day@2027-03-06", "role": "host", "resource": "bank"}],
        demands=[{"id": "load", "kind": "load"}, {"id": "rest", "kind": "rest_gap"}],
        orders=[{"id": "o1", "service": "day", "requester": "居民", "days": ["2027-05-05"]}],
        contacts=[{"of": "bank", "name": "王芳"}],
    )
)


def goal(**tables: Any) -> dict[str, Rows]:
    changed = {table: edit([dict(row) for row in document_of(STATE)[table]]) for table, edit in tables.items()}
    return {**document_of(STATE), **changed}


def with_cells(place: int, **cells: Any) -> Any:
    return lambda rows: [{**row, **cells} if number == place else row for number, row in enumerate(rows)]


def without(place: int) -> Any:
    return lambda rows: [row for number, row in enumerate(rows) if number != place]


def adding(place: int, like: int = 0, **cells: Any) -> Any:
    return lambda rows: [*rows[:place], {**rows[like], **cells}, *rows[place:]]


HOLIDAY = {"day": "2027-05-04", "kind": "off", "name": "", "name_en": "", "notice": "", "provisional": False}
OUTCOME = {"session": "day@2027-03-06", "held": True, "host": "bank", "served": 40, "note": ""}

RECOGNISED: list[tuple[dict[str, Any], list[str]]] = [
    ({"units": adding(1, id="tax", name="税务局")}, ["unit_joined"]),
    (
        {"units": adding(3, id="tax", name="税务局"), "contacts": adding(0, of="tax", name="李明")},
        ["unit_joined"],
    ),
    ({"people": adding(1, id="zhao", name="赵律师")}, ["person_joined"]),
    ({"units": with_cells(0, left="2027-06-30")}, ["unit_left"]),
    ({"people": with_cells(0, left="2027-06-30")}, ["person_left"]),
    ({"units": with_cells(0, left="2027-06-30", members=9)}, ["edited"]),
    ({"units": with_cells(0, name="商业银行")}, ["edited"]),
    ({"availability": adding(1, first="2027-04-01", last="2027-04-09", reason="出差")}, ["unavailable"]),
    ({"availability": adding(0, first="2027-04-01", reason="出差")}, ["unavailable"]),
    ({"availability": adding(1, first="2027-04-01", level="prefer")}, ["edited"]),
    ({"availability": without(0)}, ["available_again"]),
    ({"availability": with_cells(0, first="2027-03-07")}, ["available_again", "unavailable"]),
    ({"orders": adding(1, id="o2")}, ["order_placed"]),
    ({"orders": without(0)}, ["order_withdrawn"]),
    ({"pins": without(0)}, ["unpinned"]),
    ({"pins": adding(1, session="day@2027-03-20")}, ["pinned"]),
    ({"demands": with_cells(1, weight=5)}, ["rule_changed"]),
    ({"demands": without(1)}, ["rule_changed"]),
    ({"settings": with_cells(0, freeze_days=7)}, ["settings_changed"]),
    ({"holidays": lambda _: [HOLIDAY]}, ["holiday_moved"]),
    ({"outcomes": lambda _: [OUTCOME]}, ["outcome_recorded"]),
    ({"units": lambda rows: rows[::-1]}, ["edited"]),
    ({"sites": with_cells(0, name="总站"), "demands": without(0)}, ["rule_changed", "edited"]),
    ({}, []),
]


@pytest.mark.parametrize(("tables", "kinds"), RECOGNISED)
def test_edited_rows_become_the_events_that_they_are(tables: dict[str, Any], kinds: list[str]) -> None:
    wanted = goal(**tables)
    changes = recognised(STATE, wanted)
    assert [change.kind for change in changes] == kinds
    after = STATE
    for change in changes:
        after = change.applied(after)
    for table, rows in document_of(after).items():
        assert sorted(map(repr, rows)) == sorted(map(repr, wanted[table])), table


def test_a_unit_with_all_that_names_it_goes_as_one_edit() -> None:
    wanted = goal(units=without(0), availability=without(0), pins=without(0), contacts=without(0))
    changes = recognised(STATE, wanted)
    after = STATE
    for change in changes:
        after = change.applied(after)
    assert [unit.id for unit in after.case.units] == ["court", "shop"]
    assert changes[-1].kind == "edited"


@settings(max_examples=sparing(10, 30), deadline=None)
@given(st.lists(st.sampled_from(RECOGNISED[:20]), max_size=3))
def test_whatever_was_edited_is_reached(done: list[tuple[dict[str, Any], list[str]]]) -> None:
    wanted = goal(**{table: edit for tables, _ in done for table, edit in tables.items()})
    assume(not any(problem.severity == "error" for problem in inspect(state_of(wanted).case)))
    after = STATE
    for change in recognised(STATE, wanted):
        after = change.applied(after)
    for table, rows in document_of(after).items():
        assert sorted(map(repr, rows)) == sorted(map(repr, wanted[table])), table


def test_a_new_row_in_a_sorted_table_moves_nothing_else() -> None:
    wanted = goal(units=adding(1, id="tax", name="税务局"))
    (joined,) = recognised(STATE, wanted)
    assert [unit.id for unit in joined.applied(STATE).case.units] == ["bank", "court", "shop", "tax"]


GONE = {"of": "bank", "name": "（已删除）", "phone": "", "email": "", "note": "", "language": "zh"}
WANG = {**GONE, "name": "王芳", "phone": "021-1", "email": "wang@bank.cn", "note": "值班"}
LI = {**GONE, "name": "李强", "phone": "021-2", "email": "li@bank.cn", "note": "周三"}
CALLED = frozenset({"name", "phone", "email", "note"})


@pytest.mark.parametrize(
    ("base", "erased", "mine", "found"),
    [
        pytest.param([GONE], 0, [WANG], [GONE], id="untouched"),
        pytest.param([GONE, LI], 0, [WANG, LI], [GONE, LI], id="beside another"),
        pytest.param([LI, GONE], 1, [LI | {"phone": "3"}, WANG], [LI | {"phone": "3"}, GONE], id="the other edited"),
        pytest.param([GONE, LI], 0, [LI, WANG], [LI, GONE], id="sorted"),
        pytest.param([GONE], 0, [WANG | {"language": "en"}], [GONE | {"language": "en"}], id="its public cell edited"),
        pytest.param([GONE], 0, [WANG, LI], [GONE, LI], id="a new one after it"),
        pytest.param([GONE], 0, [], [], id="taken out"),
    ],
)
def test_cells_erased_since_are_no_edits(base: list[Any], erased: int, mine: list[Any], found: list[Any]) -> None:
    assert unedited({"contacts": base}, {"contacts": mine}, {"contacts": {erased: CALLED}}) == {"contacts": found}
