"""One change of every kind, as a coordinator would make it: what is so before, what is said, and what is so after.

`python -m tests.rota.changes.examples` from the project's folder writes the golden files of kinds that have none in
their present form. A file that is there is never changed: journals hold such bodies for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import constraints.registry  # noqa: F401 - sentences name the kinds of rules that it enters
from rota.changes import CHANGES, read_change
from rota.changes.making import CheckedChange
from rota.document import BESIDE, State, document_of
from tests.rota.small import TABLES, case_of

GOLDEN = Path(__file__).parents[2] / "golden" / "changes"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """A change with its particulars; `before` and `after` are the tables that it is about, cells at their defaults left
    out; tables not named in `after` stay."""

    kind: str
    body: Mapping[str, Any]
    zh: str
    en: str
    after: Mapping[str, Rows]
    before: Mapping[str, Rows] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """What is so before."""
        tables = dict(self.before)
        beside = {table: tables.pop(table, []) for table in BESIDE}
        return State.model_validate({"case": case_of({}, **tables), **beside})

    @property
    def change(self) -> CheckedChange:
        """The change as a value."""
        return read_change(self.kind, CHANGES[self.kind].version, self.body)


def bare(state: State, table: str) -> Rows:
    """Return the rows of a table without the cells that are as they would be anyway."""
    rows = getattr(state if table in BESIDE else state.case, table)
    if table == "settings":
        rows = (rows,)
    return [row.model_dump(mode="json", exclude_defaults=True) for row in rows]


def tables(state: State) -> set[str]:
    return set(document_of(state))


UNITS, PEOPLE = TABLES["units"], TABLES["people"]
DAY = TABLES["activities"][0]
SEAT = {"session": "day@2027-03-20", "part": "main", "role": "host"}
OTHER = {**SEAT, "session": "day@2027-03-27"}
SWAP = {"id": "s1", "mine": {**SEAT, "who": "bank"}, "other": {**OTHER, "who": "court"}}
ORDER = {"id": "o1", "service": "day", "requester": "居民", "days": ["2027-05-05"]}
PIN = {"session": "day@2027-03-20", "part": "main", "room": "hall"}
AWAY = {"resource": "bank", "level": "cannot", "first": "2027-03-01", "last": "2027-03-31", "reason": "盘点"}
BUSY = {"resource": "li", "level": "cannot", "first": "2027-03-06", "source": "li-cal"}
RULE = {"id": "load", "kind": "load", "priority": 1, "params": [["most", "2"]]}

EXAMPLES = (
    Example(
        "unit_joined",
        {
            "row": {
                "id": "tax",
                "name": "税务局",
                "name_en": "Tax office",
                "groups": ["hosts"],
                "joined": "2027-03-10",
            },
            "contacts": [{"of": "tax", "name": "王芳", "phone": "021-1"}],
        },
        "税务局于 2027-03-10 (周三) 加入：hosts",
        "Tax office joins on 2027-03-10 (Wed): hosts",
        {
            "units": [
                *UNITS,
                {"id": "tax", "name": "税务局", "name_en": "Tax office", "groups": ["hosts"], "joined": "2027-03-10"},
            ],
            "contacts": [{"of": "tax", "name": "王芳", "phone": "021-1"}],
        },
    ),
    Example(
        "unit_left",
        {"who": "bank", "last": "2027-03-19", "reason": "合并"},
        "银行退出，最后一天为 2027-03-19 (周五)（合并）",
        "Bank leaves; the last day is 2027-03-19 (Fri) (合并)",
        {"units": [{**UNITS[0], "left": "2027-03-19"}, *UNITS[1:]], "pins": []},
        {"pins": [{**OTHER, "resource": "bank"}]},
    ),
    Example(
        "person_joined",
        {"row": {"id": "zhao", "name": "赵律师", "skills": ["law"]}, "sites": ["center", "north"]},
        "赵律师加入",
        "赵律师 joins",
        {
            "people": [*PEOPLE, {"id": "zhao", "name": "赵律师", "skills": ["law"]}],
            "staffing": [{"person": "zhao", "sites": ["center", "north"]}],
        },
    ),
    Example(
        "person_left",
        {"who": "li", "last": "2027-06-30"},
        "李老师退出，最后一天为 2027-06-30 (周三)",
        "李老师 leaves; the last day is 2027-06-30 (Wed)",
        {"people": [{**PEOPLE[0], "left": "2027-06-30"}]},
    ),
    Example(
        "unavailable",
        {"resource": "bank", "first": "2027-03-06", "last": "2027-03-14", "start": "13:00", "reason": "盘点"},
        "银行 2027-03-06 (周六) 至 2027-03-14 (周日) 13:00–24:00 不能参加（盘点）",
        "Bank cannot serve from 2027-03-06 (Sat) to 2027-03-14 (Sun) 13:00-24:00 (盘点)",
        {
            "availability": [
                {
                    "resource": "bank",
                    "level": "cannot",
                    "first": "2027-03-06",
                    "last": "2027-03-14",
                    "start": "13:00:00",
                    "reason": "盘点",
                }
            ]
        },
    ),
    Example(
        "available_again",
        {"resource": "bank", "first": "2027-03-13", "last": "2027-03-20"},
        "银行 2027-03-13 (周六) 至 2027-03-20 (周六) 恢复参加",
        "Bank can serve again from 2027-03-13 (Sat) to 2027-03-20 (Sat)",
        {"availability": [{**AWAY, "last": "2027-03-12"}, {**AWAY, "first": "2027-03-21"}]},
        {"availability": [AWAY]},
    ),
    Example(
        "calendar_refreshed",
        {"resource": "li", "source": "li-cal", "rows": [{**BUSY, "first": "2027-03-13"}]},
        "李老师的日历 li-cal 已重新读取：新增 1 条，减少 1 条",
        "The calendar li-cal of 李老师 was read anew; new times: 1, gone: 1",
        {
            "availability": [
                {**BUSY, "first": "2027-03-13"},
                {"resource": "li", "level": "prefer", "first": "2027-03-20"},
            ]
        },
        {"availability": [BUSY, {"resource": "li", "level": "prefer", "first": "2027-03-20"}]},
    ),
    Example(
        "session_added",
        {"id": "extra", "activity": "day", "day": "2027-04-01", "time": "14:00", "requester": "街道"},
        "2027-04-01 (周四) 14:00 加开一场服务日",
        "An extra Service day takes place on 2027-04-01 (Thu) at 14:00",
        {
            "orders": [
                {"id": "extra", "service": "day", "requester": "街道", "days": ["2027-04-01"], "times": ["14:00:00"]}
            ],
            "pins": [{"session": "extra@2027-04-01"}],
        },
    ),
    Example(
        "session_cancelled",
        {"session": "day@2027-03-13", "reason": "台风"},
        "取消服务日 2027-03-13 (周六)（台风）",
        "Service day 2027-03-13 (Sat) is cancelled (台风)",
        {"activities": [{**DAY, "rounds": "1, 3-", "times": ["09:00:00"]}], "pins": []},
        {"pins": [{"session": "day@2027-03-13"}]},
    ),
    Example(
        "session_moved",
        {"session": "day@2027-03-20", "start": "2027-03-21 10:00", "widen": True, "reason": "会场冲突"},
        "服务日 2027-03-20 (周六) 改为 2027-03-21 (周日) 10:00 开始（会场冲突）",
        "Service day 2027-03-20 (Sat) starts at 2027-03-21 (Sun) 10:00 (会场冲突)",
        {"pins": [{"session": "day@2027-03-20", "start": "2027-03-21 10:00", "widens": True, "note": "会场冲突"}]},
        {"pins": [{"session": "day@2027-03-20", "start": "2027-03-20 09:00"}]},
    ),
    Example(
        "order_placed",
        {"row": {**ORDER, "times": ["10:00"]}},
        "居民点单：服务日，2027-05-05 (周三)",
        "居民 orders Service day on 2027-05-05 (Wed)",
        {"orders": [{**ORDER, "times": ["10:00:00"]}]},
    ),
    Example(
        "order_withdrawn",
        {"order": "o1", "reason": "已解决"},
        "撤回点单：居民的服务日（已解决）",
        "The order is withdrawn: Service day for 居民 (已解决)",
        {"orders": [], "pins": []},
        {"orders": [ORDER], "pins": [{"session": "o1@2027-05-05"}]},
    ),
    Example(
        "outcome_recorded",
        {"session": "day@2027-03-06", "held": True, "host": "court", "served": 172, "note": "法院代班"},
        "服务日 2027-03-06 (周六) 由法院举办，服务 172 人（法院代班）",
        "Service day 2027-03-06 (Sat) was held by 法院; 172 served (法院代班)",
        {"outcomes": [{"session": "day@2027-03-06", "held": True, "host": "court", "served": 172, "note": "法院代班"}]},
        {"outcomes": [{"session": "day@2027-03-06", "held": False}]},
    ),
    Example(
        "room_set",
        {"session": "day@2027-03-20", "room": "corner"},
        "服务日 2027-03-20 (周六) 安排在一角",
        "Service day 2027-03-20 (Sat) takes place in 一角",
        {"pins": [{**PIN, "room": "corner"}]},
        {"pins": [PIN]},
    ),
    Example(
        "seat_set",
        {"session": "day@2027-03-20", "role": "host", "who": "court", "instead_of": "bank"},
        "指定：服务日 2027-03-20 (周六) 的轮值单位法院（替换银行）",
        "Set by hand: 法院 as Host in Service day 2027-03-20 (Sat) instead of Bank",
        {"pins": [{**SEAT, "resource": "court"}, {**SEAT, "resource": "bank", "absent": True}]},
        {"pins": [{**SEAT, "resource": "bank"}]},
    ),
    Example(
        "pinned",
        {"pin": PIN},
        "锁定：服务日 2027-03-20 (周六) 在大厅",
        "Fixed: Service day 2027-03-20 (Sat) in 大厅",
        {"pins": [PIN]},
    ),
    Example(
        "unpinned",
        {"session": "day@2027-03-20", "role": "host"},
        "解除锁定：禁止服务日 2027-03-20 (周六) 的轮值单位银行",
        "Free again: not Bank as Host in Service day 2027-03-20 (Sat)",
        {"pins": [PIN]},
        {"pins": [PIN, {**SEAT, "resource": "bank", "absent": True}]},
    ),
    Example(
        "accepted",
        {**SEAT, "part": "", "who": "bank", "start": "2027-03-20 09:00"},
        "确认到岗：服务日 2027-03-20 (周六) 的轮值单位银行",
        "Confirmed: Bank as Host in Service day 2027-03-20 (Sat)",
        {"answers": [{**SEAT, "who": "bank", "start": "2027-03-20 09:00", "reply": "accepted"}], "pins": []},
        {
            "pins": [{**SEAT, "resource": "bank", "absent": True, "note": "人手不足"}],
            "answers": [{**SEAT, "who": "bank", "reply": "declined"}],
        },
    ),
    Example(
        "declined",
        {"session": "day@2027-03-20", "role": "host", "who": "bank", "reason": "人手不足"},
        "谢绝：服务日 2027-03-20 (周六) 的轮值单位银行（人手不足）",
        "Declined: Bank as Host in Service day 2027-03-20 (Sat) (人手不足)",
        {
            "pins": [{**SEAT, "resource": "bank", "absent": True, "note": "人手不足"}],
            "requests": [{**SWAP, "stage": "withdrawn"}],
            "answers": [{**SEAT, "who": "bank", "reply": "declined"}],
        },
        {
            "pins": [{**SEAT, "part": "", "resource": "bank"}],
            "requests": [SWAP],
            "answers": [{**SEAT, "who": "bank", "start": "2027-03-20 09:00", "reply": "accepted"}],
        },
    ),
    Example(
        "swap_asked",
        {**SWAP, "note": "请帮忙"},
        "提出换班：服务日 2027-03-20 (周六) 的轮值单位银行，与服务日 2027-03-27 (周六) 的轮值单位法院（请帮忙）",
        "Swap asked for: Bank as Host in Service day 2027-03-20 (Sat), "
        "with 法院 as Host in Service day 2027-03-27 (Sat) (请帮忙)",
        {"requests": [{**SWAP, "note": "请帮忙"}]},
    ),
    Example(
        "swap_answered",
        {"id": "s1", "agreed": True},
        "同意：服务日 2027-03-20 (周六) 的轮值单位银行与服务日 2027-03-27 (周六) 的轮值单位法院互换",
        "Agreed to: Bank as Host in Service day 2027-03-20 (Sat) <-> 法院 as Host in Service day 2027-03-27 (Sat)",
        {"requests": [{**SWAP, "stage": "agreed"}]},
        {"requests": [SWAP]},
    ),
    Example(
        "swap_confirmed",
        {"id": "s1"},
        "确认：服务日 2027-03-20 (周六) 的轮值单位银行与服务日 2027-03-27 (周六) 的轮值单位法院互换",
        "Confirmed: Bank as Host in Service day 2027-03-20 (Sat) <-> 法院 as Host in Service day 2027-03-27 (Sat)",
        {
            "requests": [{**SWAP, "stage": "confirmed"}],
            "pins": [
                {**SEAT, "resource": "bank", "absent": True},
                {**OTHER, "resource": "court", "absent": True},
                {**SEAT, "resource": "court"},
                {**OTHER, "resource": "bank"},
            ],
        },
        {"requests": [{**SWAP, "stage": "agreed"}], "pins": [{**SEAT, "resource": "bank"}]},
    ),
    Example(
        "swap_withdrawn",
        {"id": "s1"},
        "撤回：服务日 2027-03-20 (周六) 的轮值单位银行与服务日 2027-03-27 (周六) 的轮值单位法院互换",
        "Withdrawn: Bank as Host in Service day 2027-03-20 (Sat) <-> 法院 as Host in Service day 2027-03-27 (Sat)",
        {"requests": [{**SWAP, "stage": "withdrawn"}]},
        {"requests": [SWAP]},
    ),
    Example(
        "holiday_moved",
        {"rows": [{"day": "2027-05-03", "kind": "off", "name": "劳动节"}], "dropped": ["2027-05-09"]},
        "节假日调整：2027-05-03 (周一) 放假（劳动节）、2027-05-09 (周日) 按日历",
        "Holidays: 2027-05-03 (Mon) off (劳动节), 2027-05-09 (Sun) as in the calendar",
        {"holidays": [{"day": "2027-05-03", "kind": "off", "name": "劳动节"}]},
        {
            "holidays": [
                {"day": "2027-05-09", "kind": "work"},
                {"day": "2027-05-03", "kind": "off", "provisional": True},
            ]
        },
    ),
    Example(
        "rule_changed",
        {"id": "load", "row": RULE},
        "修改规则：工作量〔load〕，要求必须 → 优先级 1；最多 3 → 2",
        "The rule Load [load] is changed: how strongly required → priority 1; most 3 → 2",
        {"demands": [RULE]},
        {"demands": [{"id": "load", "kind": "load", "params": [["most", "3"]]}]},
    ),
    Example(
        "settings_changed",
        {"cells": {"freeze_days": 7, "approve_sessions": 2}},
        "参数：冻结天数 = 7、自动批准场次上限 = 2",
        "Settings: freeze_days = 7, approve_sessions = 2",
        {
            "settings": [
                {
                    "id": "small",
                    "title": "小站",
                    "first": "2027-01-01",
                    "last": "2027-12-31",
                    "freeze_days": 7,
                    "approve_sessions": 2,
                }
            ]
        },
    ),
    Example(
        "edited",
        {
            "edits": [
                {
                    "table": "terms",
                    "before": {"word": "hosts", "name": "轮值", "name_en": ""},
                    "after": {"word": "hosts", "name": "轮值", "name_en": "hosts"},
                    "at": 0,
                },
                {"table": "terms", "after": {"word": "partners", "name": "协办", "name_en": ""}, "at": 1},
            ],
            "reason": "改名",
        },
        "用语“hosts”：英文名称无 → hosts；用语：新增“partners”（改名）",
        'terms "hosts": name_en none → hosts; terms: new: "partners" (改名)',
        {"terms": [{"word": "hosts", "name": "轮值", "name_en": "hosts"}, {"word": "partners", "name": "协办"}]},
        {"terms": [{"word": "hosts", "name": "轮值"}]},
    ),
)


def written(change: CheckedChange) -> dict[str, Any]:
    """Return the particulars as a journal keeps them."""
    return change.model_dump(mode="json")


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for example in EXAMPLES:
        path = GOLDEN / f"{example.kind}.json"
        forms = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        forms.setdefault(str(example.change.version), written(example.change))
        path.write_text(json.dumps(forms, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
