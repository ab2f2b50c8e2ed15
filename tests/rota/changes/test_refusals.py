"""What cannot be changed, and what the coordinator is told: every reason at once, with what may have been meant."""

from __future__ import annotations

from typing import Any

import pytest

from rota.change import ChangeError
from rota.changes import CHANGES, read_change
from rota.document import BESIDE, State
from tests.rota.changes.examples import BUSY, EXAMPLES, OTHER, SEAT, SWAP, Example
from tests.rota.small import TABLES, case_of

HELD = {"outcomes": [{"session": "day@2027-03-06", "held": True}]}
BANK_AWAY = {"availability": [{"resource": "bank", "level": "cannot", "first": "2027-03-01", "last": "2027-03-31"}]}
PINNED = {"pins": [{**SEAT, "resource": "bank"}]}

REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("unit_joined", {"row": {"id": "hall", "name": "会堂"}}, {}, ["编号“hall”已用于大厅"]),
    (
        "unit_joined",
        {"row": {"id": "x", "name": "某局", "joined": "2028-01-01"}, "contacts": [{"of": "bank", "name": "王"}]},
        {},
        ["2028-01-01 (周六) 不在排班期内", "联系人王属于银行"],
    ),
    ("unit_left", {"who": "bonk", "last": "2026-01-01"}, {}, ["没有单位“bonk”；是否应为银行〔bank〕", "不在排班期内"]),
    ("unit_left", {"who": "li", "last": "2027-03-01"}, {}, ["没有单位“li”"]),
    ("person_left", {"who": "bank", "last": "2027-03-01"}, {}, ["没有人员“bank”"]),
    ("unavailable", {"resource": "大亭", "first": "2027-03-01"}, {}, ["是否应为大厅〔hall〕"]),
    ("unavailable", {"resource": "bank", "first": "2027-03-06"}, BANK_AWAY, ["银行在 2027-03-06 (周六) 已填写为不能"]),
    ("available_again", {"resource": "bank", "first": "2027-04-06"}, BANK_AWAY, ["没有记录表明银行"]),
    (
        "calendar_refreshed",
        {"resource": "li", "source": "li-cal", "rows": [BUSY]},
        {"availability": [BUSY]},
        ["没有变化"],
    ),
    (
        "session_added",
        {"id": "day", "activity": "dai", "day": "2028-04-01", "time": "9:00"},
        {},
        ["2028-04-01 (周六) 不在排班期内", "没有活动项目“dai”；是否应为服务日〔day〕", "编号“day”已用于活动项目或点单"],
    ),
    ("session_added", {"id": "x", "activity": "day", "day": "2027-03-06", "time": "9:00"}, {}, ["届时已有服务日"]),
    ("session_cancelled", {"session": "day@2027-03-07"}, {}, ["没有场次“day@2027-03-07”；是否应为"]),
    ("outcome_recorded", {"session": "day@2027-03-06", "held": False, "served": 50}, {}, ["登记为未举办，不应再填"]),
    ("outcome_recorded", {"session": "day@2027-03-06", "held": False, "host": "bank"}, {}, ["登记为未举办，不应再填"]),
    ("session_cancelled", {"session": "day@2027-03-06"}, HELD, ["已有台账记录，不能取消"]),
    ("session_moved", {"session": "day@2027-03-06", "start": "2027-03-07 9:00"}, {}, ["可选 2027-03-06 (周六) 09:00"]),
    (
        "session_moved",
        {"session": "day@2027-03-06", "start": "2028-03-07 9:00", "widen": "是"},
        {},
        ["2028-03-07 (周二) 不在排班期内"],
    ),
    (
        "order_placed",
        {"row": {"id": "o", "service": "day", "requester": "我", "days": ["2029-1-1"]}},
        {},
        ["不在排班期内"],
    ),
    ("order_withdrawn", {"order": "o7"}, {}, ["没有点单“o7”；已有：无"]),
    ("outcome_recorded", {"session": "x", "held": "是", "host": "y"}, {}, ["没有场次“x”", "没有单位“y”"]),
    ("room_set", {"session": "day@2027-03-06", "room": "cellar"}, {}, ["没有场地“cellar”"]),
    (
        "room_set",
        {"session": "day@2027-03-06", "room": "loft"},
        {"activities": [{**TABLES["activities"][0], "sites": ["center"]}]},
        ["不能安排在阁楼：可选大厅、一角"],
    ),
    (
        "seat_set",
        {"session": "day@2027-03-20", "role": "host", "who": "shop"},
        {},
        ["商店不能担任服务日 2027-03-20 (周六) 的轮值单位：该岗位要求 hosts 的单位"],
    ),
    ("seat_set", {"session": "day@2027-03-20", "role": "guest", "who": "bank"}, {}, ["没有岗位“guest”"]),
    ("seat_set", {"session": "day@2027-03-20", "role": "host", "who": "court"}, PINNED, ["均已锁定：银行"]),
    (
        "seat_set",
        {"session": "day@2027-03-20", "role": "host", "who": "bank"},
        {"units": [{**TABLES["units"][0], "left": "2027-03-01"}, *TABLES["units"][1:]]},
        ["银行不在联盟内"],
    ),
    ("pinned", {"pin": {**SEAT, "resource": "bank"}}, PINNED, ["已这样锁定"]),
    ("pinned", {"pin": {**SEAT, "resource": "bank", "absent": True}}, PINNED, ["与已有锁定相反"]),
    ("unpinned", {"session": "day@2027-03-27"}, PINNED, ["没有相应的锁定"]),
    ("declined", {"session": "day@2027-03-20", "role": "host", "who": "nobody"}, {}, ["没有单位、人员或设备“nobody”"]),
    ("accepted", {**SEAT, "who": "shop", "start": "2027-03-20 09:00"}, {}, ["商店不能担任"]),
    ("accepted", {**SEAT, "who": "bank", "start": "2027-03-20 10:00"}, {}, ["该答复针对的是旧安排"]),
    ("accepted", {**SEAT, "who": "bank", "start": ""}, {}, ["开始“”为空"]),
    (
        "accepted",
        {**SEAT, "who": "bank", "start": "2027-03-20 09:00"},
        {"pins": [{**SEAT, "resource": "bank", "absent": True}]},
        ["联络员已排除该人选：服务日 2027-03-20 (周六) 的轮值单位银行"],
    ),
    ("swap_asked", {**SWAP, "id": "s2"}, {"requests": [SWAP]}, ["已有未处理的相关请求"]),
    (
        "swap_asked",
        {"id": "s1", "mine": {**SEAT, "who": "bank"}, "other": {**OTHER, "who": "shop"}},
        {},
        ["商店不能担任"],
    ),
    ("swap_answered", {"id": "s9", "agreed": "否"}, {"requests": [SWAP]}, ["没有请求“s9”"]),
    ("swap_confirmed", {"id": "s1"}, {"requests": [{**SWAP, "stage": "refused"}]}, ["该请求已处理", "对方拒绝"]),
    ("swap_confirmed", {"id": "s1"}, {"requests": [SWAP]}, ["对方尚未答复", "--without-answer"]),
    ("swap_withdrawn", {"id": "s1"}, {"requests": [{**SWAP, "stage": "confirmed"}]}, ["该请求已处理"]),
    ("holiday_moved", {"dropped": ["2027-05-01"]}, {}, ["“节假日”表中没有 2027-05-01"]),
    ("rule_changed", {"id": "laod"}, {"demands": [{"id": "load", "kind": "load"}]}, ["是否应为 load"]),
    (
        "settings_changed",
        {"cells": {"id": "other", "frist": "2027-01-01"}},
        {},
        ["排班编号不能更改", "没有参数“frist”"],
    ),
    ("settings_changed", {"cells": {"last": "2026-01-01", "freeze_days": -1}}, {}, ["冻结天数“-1”小于 0"]),
    ("settings_changed", {"cells": {"first": "2027-03-08"}}, HELD, ["已有台账记录，不能取消"]),
    ("edited", {"edits": [{"table": "units", "before": {"id": "gone"}}]}, {}, ["表“单位”中没有"]),
    (
        "edited",
        {
            "edits": [
                {"table": "cycles", "before": None, "after": {"id": "x", "name": "无", "first": "x", "rrule": "y"}}
            ]
        },
        {},
        ["不能构成排班资料"],
    ),
]


@pytest.mark.parametrize(("kind", "body", "tables", "told"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_change_that_cannot_be_made_names_every_reason(
    kind: str, body: dict[str, Any], tables: dict[str, Any], told: list[str]
) -> None:
    case = case_of(**{table: rows for table, rows in tables.items() if table not in BESIDE})
    beside = {table: rows for table, rows in tables.items() if table in BESIDE}
    state = State.model_validate({"case": case, **beside})
    with pytest.raises(ChangeError) as refusal:
        read_change(kind, 1, body).applied(state)
    for reason in told:
        assert reason in refusal.value.say("zh")


SAID = [e for e in EXAMPLES if {"reason", "note", "requester"} & CHANGES[e.kind].model_fields.keys()]


@pytest.mark.parametrize("wrong", ["会\x07议", "\udcff", "会" * 33_000, "#N/A"], ids=["bell", "half", "long", "error"])
@pytest.mark.parametrize("example", SAID, ids=[example.kind for example in SAID])
def test_a_text_that_no_cell_can_hold_is_refused_whatever_the_change(example: Example, wrong: str) -> None:
    for field in {"reason", "note", "requester"} & CHANGES[example.kind].model_fields.keys():
        with pytest.raises(ChangeError, match=f"{field}: "):
            example.change.model_copy(update={field: wrong}).applied(example.state)


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("order_placed", {"row": {"id": "o", "service": "day", "requester": "\x07", "days": ["2027-3-1"]}}, "点单人："),
        ("rule_changed", {"id": "x", "row": {"id": "x", "kind": "load", "params": {"role": "\x07"}}}, "参数："),
        ("settings_changed", {"cells": {"name": "\x07"}}, "参数："),
        ("edited", {"edits": [{"table": "pins", "after": {"session": "day@2027-03-06", "note": "\x07"}}]}, "备注："),
    ],
)
def test_so_is_one_within_a_row(kind: str, body: dict[str, Any], told: str) -> None:
    with pytest.raises(ChangeError) as refusal:
        read_change(kind, CHANGES[kind].version, body).applied(State(case=case_of()))
    assert f"{told}含有不可打印字符；请重新输入" in refusal.value.say("zh")


def test_a_change_after_which_the_case_is_unsound_is_refused_with_the_rows() -> None:
    state = State(case=case_of({}, **BANK_AWAY))
    body = {"edits": [{"table": "units", "before": state.case.units[0].model_dump(mode="json")}]}
    with pytest.raises(ChangeError) as refusal:
        read_change("edited", 1, body).applied(state)
    assert "时间意向，bank 不能 2027-03-01 (周一) 至 2027-03-31 (周三)：“bank”不在表" in refusal.value.say("zh")


def test_a_fault_that_was_there_before_is_not_held_against_a_change() -> None:
    state = State(case=case_of(history=[{"resource": "bank", "role": "cook", "day": "2026-01-01"}]))
    after = read_change("unavailable", 1, {"resource": "court", "first": "2027-03-06"}).applied(state)
    assert len(after.case.availability) == 1
