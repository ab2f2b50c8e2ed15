"""The sheet 场次, edited as people do: what is typed over becomes a change, or is refused at its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from rota.case import Case
from rota.changes import read_change
from rota.document import State
from rota.merging import Side
from rota.plan import Plan
from rota.text import Message, text
from tests.rota.small import TABLES, case_of, plan_of
from workbook.output.xlsx import fill_sessions
from workbook.session_edits import SessionEdits, Written, session_edits
from workbook.sources import sheet_grids

ACTIVITY = {**TABLES["activities"][0], "days_after": 1, "times": ["09:00", "14:00"]}
CASE = case_of(activities=[ACTIVITY])
PLAN = plan_of({"day": "2027-03-06"}, {"day": "2027-03-13", "host": "court"}, {"day": "2027-03-20"})

DATE, START, ROOM, HOST = "E", "G", "J", "M"
"""The columns of the sheet that people edit."""


@dataclass(frozen=True)
class Broken:
    message: Message
    sessions: tuple[str, ...] = ()
    who: tuple[str, ...] = ()


def content(_: Case, __: Plan) -> Iterable[Broken]:
    return ()


def edited(
    tmp_path: Path,
    cells: dict[str, Any],
    state: State | None = None,
    plan: Plan = PLAN,
    judge: Any = content,
    keep: Side | None = None,
) -> SessionEdits:
    """Write the sheet, type into it, and read it back."""
    path = tmp_path / "copy.xlsx"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "场次"
    fill_sessions(sheet, CASE, PLAN, "zh")
    for cell, value in cells.items():
        sheet[cell] = value
    book.save(path)
    grid = next(grid for grid in sheet_grids(path) if grid.source == "场次")
    return session_edits(grid, Written(CASE, PLAN, "zh"), state or State(case=CASE), plan, judge, keep)


def said(edits: SessionEdits) -> list[str]:
    return [problem.say("zh") for problem in edits.problems]


def bodies(edits: SessionEdits) -> list[tuple[str, dict[str, Any]]]:
    return [(change.kind, change.model_dump(mode="json", exclude_defaults=True)) for change in edits.changes]


def test_a_sheet_that_nobody_touched_changes_nothing(tmp_path: Path) -> None:
    assert edited(tmp_path, {}) == SessionEdits()


@pytest.mark.parametrize("typed", [dt.date(2027, 3, 7), dt.datetime(2027, 3, 7), "2027/3/7", "2027年3月7日", 20270307])  # noqa: DTZ001 - Excel knows no zones
def test_a_date_typed_over_moves_the_session(tmp_path: Path, typed: object) -> None:
    edits = edited(tmp_path, {f"{DATE}2": typed})
    assert bodies(edits) == [("session_moved", {"session": "day@2027-03-06", "start": "2027-03-07 09:00"})]


def test_the_weekday_and_end_may_be_adapted_along_with_the_date(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{DATE}2": dt.date(2027, 3, 7), "F2": "周日", f"{START}2": "14：00", "H2": "16:00"})
    assert bodies(edits) == [("session_moved", {"session": "day@2027-03-06", "start": "2027-03-07 14:00"})]


def test_a_name_typed_over_sets_the_seat(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{HOST}2": "法院"})
    body = {"session": "day@2027-03-06", "role": "host", "who": "court", "part": "main", "instead_of": "bank"}
    assert bodies(edits) == [("seat_set", body)]


def test_two_names_exchanged_are_two_seats(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{HOST}2": "法院", f"{HOST}3": "Bank"})
    assert [(kind, body["who"], body["instead_of"]) for kind, body in bodies(edits)] == [
        ("seat_set", "court", "bank"),
        ("seat_set", "bank", "court"),
    ]


def test_a_name_taken_out_is_a_ban(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{HOST}2": None})
    pin = {"session": "day@2027-03-06", "part": "main", "role": "host", "resource": "bank", "absent": True}
    assert bodies(edits) == [("pinned", {"pin": pin})]


def test_a_room_typed_over_is_fixed(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{ROOM}3": "阁楼", "I3": "北站"})
    assert bodies(edits) == [("room_set", {"session": "day@2027-03-13", "room": "loft", "part": "main"})]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({f"{DATE}2": "明天"}, "场次!E2 不是日期；例如 2027-01-08"),
        ({f"{DATE}2": "2027-04-01"}, "场次!E2 服务日 2027-03-06 (周六) 不能在 2027-04-01 (周四) 09:00 开始"),
        ({f"{HOST}2": "法苑"}, "场次!M2 “法苑”无法识别；相近的有：法院 [court]"),
        ({f"{HOST}2": "商店"}, "场次!M2 商店不能担任服务日 2027-03-06 (周六) 的轮值单位"),
        ({f"{ROOM}2": "天台"}, "场次!J2 “天台”无法识别，也没有名称相近的"),
        ({"I2": "北站"}, "场次!I2 由日期、开始时刻或场地决定"),
        ({"H2": "12:00"}, "场次!H2 由日期、开始时刻或场地决定"),
        ({"L2": "税务"}, "场次!L2 不能在此修改"),
        ({"A2": "day@2027-03-07"}, "场次!A2 不是安排中的场次"),
        ({"A5": "day@2027-03-27", "B5": "main"}, "场次!A5 不是安排中的场次；加开场次请用"),
        ({"A1": "Nummer"}, "场次!1 缺少“场次编号”或“分场”列"),
    ],
)
def test_what_cannot_be_is_refused_at_its_cell(tmp_path: Path, cells: dict[str, Any], told: str) -> None:
    edits = edited(tmp_path, cells)
    assert edits.changes == ()
    assert any(line.startswith(told) for line in said(edits)), said(edits)


def test_what_is_near_is_named_in_the_language_of_the_sentence(tmp_path: Path) -> None:
    (problem,) = edited(tmp_path, {f"{HOST}2": "法苑"}).problems
    assert problem.say("en").endswith(f"near: {CASE.label['court'].say('en')} [court]")


@pytest.mark.parametrize(
    ("keep", "found"),
    [
        ("theirs", []),
        (
            "mine",
            [
                ("session_moved", {"session": "day@2027-03-06", "start": "2027-03-07 09:00"}),
                ("room_set", {"session": "day@2027-03-06", "room": "loft", "part": "main"}),
                (
                    "seat_set",
                    {"session": "day@2027-03-06", "part": "main", "role": "host", "who": "court", "instead_of": "shop"},
                ),
            ],
        ),
    ],
)
def test_one_side_is_kept_for_all_contradictions(tmp_path: Path, keep: Side, found: list[Any]) -> None:
    part = {"id": "main", "room": "corner", "line": "legal", "roles": {"host": ["shop"]}}
    newer = plan_of({"day": "2027-03-06", "start": "2027-03-06T14:00+08:00", "parts": [part]})
    typed: dict[str, Any] = {f"{DATE}2": "2027-03-07", f"{ROOM}2": "阁楼", f"{HOST}2": "法院"}
    assert len(said(edited(tmp_path, typed, plan=newer))) == len(typed)
    kept = edited(tmp_path, typed, plan=newer, keep=keep)
    assert (sorted(bodies(kept), key=str), said(kept)) == (sorted(found, key=str), [])


def test_a_row_taken_out_is_no_cancellation(tmp_path: Path) -> None:
    edits = edited(tmp_path, {f"{column}2": None for column in "ABCDEFGHIJKLMNO"})
    assert said(edits) == ["场次 表中缺少场次 day@2027-03-06；取消场次请用 `rota change session_cancelled`"]


def test_a_session_that_others_moved_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    newer = plan_of({"day": "2027-03-06", "start": "2027-03-06T14:00+08:00"}, {"day": "2027-03-13"})
    edits = edited(tmp_path, {f"{DATE}2": "2027-03-07", f"{HOST}3": "李老师"}, plan=newer)
    assert said(edits) == [
        "场次!E2 此处改为“2027-03-07”，而变更记录中已改为“2027-03-06 (周六) 14:00”",
        "场次!M3 此处改为“李老师”，而变更记录中已改为“Bank”".replace("Bank", "银行"),
    ]


def test_a_breach_within_what_was_edited_is_an_error_at_its_cell(tmp_path: Path) -> None:
    def judge(_: Case, plan: Plan) -> Iterable[Broken]:
        if plan.session["day@2027-03-06"].serving("host") == ("court",):
            yield Broken(text("the court is away", "法院当天不能参加"), ("day@2027-03-06",), ("court",))

    edits = edited(tmp_path, {f"{HOST}2": "法院", f"{DATE}2": "2027-03-07"}, judge=judge)
    assert edits.changes == ()
    assert said(edits) == ["场次!M2 法院当天不能参加"]


def test_a_breach_with_another_session_is_to_be_looked_at(tmp_path: Path) -> None:
    def judge(_: Case, plan: Plan) -> Iterable[Broken]:
        if plan.session["day@2027-03-06"].serving("host") == ("court",):
            yield Broken(text("too close", "两次轮值相隔太近"), ("day@2027-03-06", "day@2027-03-13"), ("court",))

    edits = edited(tmp_path, {f"{HOST}2": "法院"}, judge=judge)
    assert [problem.severity for problem in edits.problems] == ["warning"]
    assert [kind for kind, _ in bodies(edits)] == ["seat_set"]


def test_the_verifier_sees_the_plan_as_edited(tmp_path: Path) -> None:
    seen: list[Plan] = []

    def judge(_: Case, plan: Plan) -> Iterable[Broken]:
        seen.append(plan)
        return ()

    cells = {f"{DATE}2": "2027-03-07", f"{START}2": "14:00", f"{ROOM}2": "阁楼", f"{HOST}2": "法院"}
    edited(tmp_path, cells, judge=judge)
    session = seen[-1].session["day@2027-03-06"]
    assert (f"{session.start:%F %H:%M}", f"{session.end:%F %H:%M}") == ("2027-03-07 14:00", "2027-03-07 16:00")
    assert (session.site, session.part["main"].room, session.serving("host")) == ("north", "loft", ("court",))
    assert seen[0] == PLAN


def test_names_that_two_bear_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    twin = {"id": "bank2", "name": "银行", "groups": ["hosts"]}
    state = State(case=case_of(activities=[ACTIVITY], units=[*TABLES["units"], twin]))
    refused = edited(tmp_path, {f"{HOST}3": "银行"}, state)
    assert said(refused) == ["场次!M3 “银行”无法识别；相近的有：银行 [bank]、银行 [bank2]"]
    assert bodies(edited(tmp_path, {f"{HOST}3": "银行 [bank2]"}, state))[0][1]["who"] == "bank2"


def test_edits_can_rest_on_what_the_other_sheets_say(tmp_path: Path) -> None:
    joined = read_change("unit_joined", 1, {"row": {"id": "tax", "name": "税务局", "groups": ["hosts"]}})
    edits = edited(tmp_path, {f"{HOST}2": "税务局"}, joined.applied(State(case=CASE)))
    assert bodies(edits)[0][1]["who"] == "tax"


SPLIT = case_of(
    activities=[ACTIVITY],
    parts=[{"activity": "day", "id": "law"}, {"activity": "day", "id": "tax"}],
)
SPLIT_PLAN = plan_of(
    {
        "day": "2027-03-06",
        "parts": [
            {"id": "law", "room": "hall", "roles": {"host": ["bank"]}},
            {"id": "tax", "room": "corner", "roles": {"host": ["court"]}},
        ],
    }
)


def of_parts(tmp_path: Path, cells: dict[str, Any]) -> SessionEdits:
    path = tmp_path / "copy.xlsx"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "场次"
    fill_sessions(sheet, SPLIT, SPLIT_PLAN, "zh")
    for cell, value in cells.items():
        sheet[cell] = value
    book.save(path)
    (grid,) = sheet_grids(path)
    return session_edits(grid, Written(SPLIT, SPLIT_PLAN, "zh"), State(case=SPLIT), SPLIT_PLAN, content)


def test_a_session_of_several_parts_moves_as_one(tmp_path: Path) -> None:
    moved = ("session_moved", {"session": "day@2027-03-06", "start": "2027-03-07 09:00"})
    assert bodies(of_parts(tmp_path, {f"{DATE}2": "2027-03-07"})) == [moved]
    assert bodies(of_parts(tmp_path, {f"{DATE}2": "2027-03-07", f"{DATE}3": "2027/3/7"})) == [moved]


def test_parts_that_are_given_different_days_are_refused(tmp_path: Path) -> None:
    edits = of_parts(tmp_path, {f"{DATE}2": "2027-03-07", f"{DATE}3": "2027-03-08"})
    assert said(edits) == ["场次!E3 与同场次其他分场的时间不一致"]


def test_a_seat_is_set_in_its_own_part(tmp_path: Path) -> None:
    (change,) = bodies(of_parts(tmp_path, {f"{HOST}3": "银行", f"{ROOM}3": "一角"}))
    assert (change[0], change[1]["part"], change[1]["who"], change[1]["instead_of"]) == (
        "seat_set",
        "tax",
        "bank",
        "court",
    )
