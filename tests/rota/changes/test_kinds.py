"""Every kind of change: what it makes of a case, how it is said, and that journals can be read for ever."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from constraints.reading import rule_problems
from rota.change import ChangeError
from rota.changes import CHANGES, change_kinds, read_change
from rota.changes.edits import Edited
from rota.changes.making import fault_message
from rota.changes.seats import Unpinned
from rota.document import State, document_of, edited, edits_between, state_of
from rota.inspection import inspect
from tests.rota.changes.examples import EXAMPLES, GOLDEN, Example, bare, tables, written
from tests.rota.small import TABLES, case_of

every_kind = pytest.mark.parametrize("example", EXAMPLES, ids=[example.kind for example in EXAMPLES])


@every_kind
def test_a_change_does_what_the_coordinator_meant(example: Example) -> None:
    after = example.change.applied(example.state)
    for table in tables(after):
        assert bare(after, table) == example.after.get(table, bare(example.state, table)), table


@every_kind
def test_a_change_is_said_in_both_languages(example: Example) -> None:
    said = example.change.say(example.state)
    assert (said.say("zh"), said.say("en")) == (example.zh, example.en)


@every_kind
def test_a_case_after_a_change_passes_the_checks_of_a_read_case(example: Example) -> None:
    after = example.change.applied(example.state).case
    assert [problem for problem in inspect(after) if problem.severity == "error"] == []


@every_kind
def test_the_edits_of_a_change_make_the_same_document(example: Example) -> None:
    before, after = document_of(example.state), document_of(example.change.applied(example.state))
    assert edited(before, edits_between(before, after)) == after
    assert state_of(after) == example.change.applied(example.state)


@every_kind
def test_the_same_change_twice_is_refused_or_is_another_one(example: Example) -> None:
    after = example.change.applied(example.state)
    with pytest.raises(ChangeError):
        example.change.applied(after)


def test_every_kind_has_an_example() -> None:
    assert tuple(sorted(example.kind for example in EXAMPLES)) == tuple(sorted(change_kinds()))


@pytest.mark.parametrize("kind", change_kinds())
def test_what_was_ever_written_of_a_kind_is_read(kind: str) -> None:
    forms: dict[str, Any] = json.loads((GOLDEN / f"{kind}.json").read_text(encoding="utf-8"))
    assert sorted(map(int, forms)) == list(range(1, CHANGES[kind].version + 1)), (
        f"{kind} has another version; write its golden form: python -m tests.rota.changes.examples"
    )
    for version, body in forms.items():
        read_change(kind, int(version), body)


@every_kind
def test_a_changed_form_has_a_new_version(example: Example) -> None:
    forms = json.loads((GOLDEN / f"{example.kind}.json").read_text(encoding="utf-8"))
    golden = forms[str(example.change.version)]
    assert written(example.change) == golden, f"bump the version of {example.kind} and add an upcast"
    assert written(read_change(example.kind, example.change.version, golden)) == golden


@pytest.mark.parametrize(
    ("version", "served", "en", "zh"),
    [
        (1, {"served": 0}, "was held; 0 served", "已举办，服务 0 人"),  # as it was written
        (2, {"served": 0}, "was held; 0 served", "已举办，服务 0 人"),
        (2, {}, "was held; the people served were not counted", "已举办，服务人数未填"),
        (2, {"served": None}, "was held; the people served were not counted", "已举办，服务人数未填"),
    ],
)
def test_people_that_nobody_counted_are_not_nobody(version: int, served: dict[str, Any], en: str, zh: str) -> None:
    change = read_change("outcome_recorded", version, {"session": "day@2027-03-06", "held": True, **served})
    state = State(case=case_of())
    assert change.say(state).say("en") == f"Service day 2027-03-06 (Sat) {en}"
    assert change.say(state).say("zh") == f"服务日 2027-03-06 (周六) {zh}"
    assert change.applied(state).case.outcomes[0].served == served.get("served")


def test_a_plan_still_answers_its_case_where_empty_numbers_of_people_were_read_as_0() -> None:
    counted = case_of(outcomes=[{"session": "day@2027-03-06", "held": True, "served": 0}])
    empty = case_of(outcomes=[{"session": "day@2027-03-06", "held": True}])
    assert empty.hash == counted.hash
    assert empty != counted


def test_older_particulars_are_brought_up_to_date_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Third(Unpinned):
        version: ClassVar[int] = 3
        upcasts: ClassVar[Any] = {
            1: lambda body: {"where": body["at"]},
            2: lambda body: {"session": body["where"]},
        }

    monkeypatch.setitem(CHANGES, "unpinned", Third)
    assert read_change("unpinned", 1, {"at": "day@2027-03-06"}) == Third(session="day@2027-03-06")
    assert read_change("unpinned", 2, {"where": "day@2027-03-06"}) == Third(session="day@2027-03-06")


@pytest.mark.parametrize(("kind", "version"), [("married", 1), ("unpinned", 2)])
def test_a_change_of_a_newer_program_is_not_guessed_at(kind: str, version: int) -> None:
    with pytest.raises(ChangeError) as refusal:
        read_change(kind, version, {})
    assert "请升级 Rota" in refusal.value.say("zh")


def test_particulars_that_cannot_be_read_are_named_all_at_once() -> None:
    with pytest.raises(ChangeError) as refusal:
        read_change("unavailable", 1, {"resource": "bank", "first": "2027-02-30", "level": "never", "start": "25:00"})
    said = refusal.value.say("zh")
    assert "开始日期“2027-02-30”不是日期" in said
    assert "开始“25:00”不是时刻" in said
    assert "意向“never”应为不能、尽量避免、优先之一" in said


def test_particulars_of_rows_are_called_like_their_columns() -> None:
    with pytest.raises(ChangeError) as refusal:
        read_change("unit_joined", 1, {"row": {"id": "x", "joined": "bald"}, "contacts": [{"of": "x"}]})
    said = refusal.value.say("zh")
    assert "缺少名称" in said
    assert "加入日期“bald”不是日期" in said
    assert "缺少姓名" in said
    assert 'joined "bald" is not a date' in refusal.value.say("en")


RULE = {"id": "load", "kind": "load", "params": [["most", "3"]]}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, RULE, "新增规则：工作量〔load〕，要求必须；最多 3"),
        (RULE, None, "删除规则：工作量〔load〕"),
        (RULE, {**RULE, "params": [["most", "3"], ["per", "month"]]}, "修改规则：工作量〔load〕，周期无 → month"),
        (RULE, {**RULE, "weight": 4}, "修改规则：工作量〔load〕，权重 1 → 4"),
        (RULE, {**RULE, "note": "讨论过"}, "修改规则备注：工作量〔load〕（讨论过）"),
        (RULE, {**RULE, "kind": "nosuch"}, "修改规则：nosuch〔load〕，规则种类工作量 → nosuch"),
    ],
)
def test_a_rule_is_said_by_what_differs_in_it(
    before: dict[str, Any] | None, after: dict[str, Any] | None, said: str
) -> None:
    state = State(case=case_of(demands=[before] if before else []))
    assert read_change("rule_changed", 1, {"id": "load", "row": after}).say(state).say("zh") == said


def test_a_wrong_parameter_is_said_by_its_header() -> None:
    case = case_of(demands=[{**RULE, "params": [["most", "abc"]]}])
    (problem,) = rule_problems(case)
    assert fault_message(case, problem).say("zh") == "规则，工作量〔load〕，最多：“abc”不是整数；例如 3"


UNITS = [{"id": f"u{n}", "name": called, "members": 86} for n, called in enumerate("丁丙乙甲")]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (UNITS[::-1], "单位：顺序有变"),
        ([{**UNITS[0], "members": 90}, *UNITS[1:]], "单位“丁”：成员数 86 → 90"),
        ([UNITS[3], UNITS[1], {**UNITS[0], "members": 90}], "单位“丁”：成员数 86 → 90；单位：删除“乙”"),
        ([{**unit, "members": 90} for unit in UNITS], "单位：修改 4 行"),
        ([*UNITS, {"id": "u9", "name": "戊"}], "单位：新增“戊”"),
    ],
)
def test_edited_rows_are_told_by_what_they_are_not_by_where_they_stand(after: list[dict[str, Any]], said: str) -> None:
    before, other = (State(case=case_of(units=[*TABLES["units"], *units])) for units in (UNITS, after))
    change = Edited(edits=edits_between(document_of(before), document_of(other)))
    assert change.say(before).say("zh") == said
