"""The structure of a plan: whatever it is made of that the case does not foresee is found, and nothing else."""

from __future__ import annotations

import ast
import datetime as dt
import inspect

import pytest

from constraints import structure
from constraints.breach import Breach
from constraints.structure import check_structure
from rota.plan import OpenSeat, Plan, PlanPart, Session
from rota.roster import Roster
from tests.constraints.building import (
    case_of,
    held,
    line,
    part,
    plan_of,
    room,
    seats,
    series,
    site,
    unit,
    units,
)

FIRST = "duty@2027-01-04"

CASE = case_of(
    site("hall", name="大厅", name_en="Hall"),
    site("yard"),
    site("roof"),
    room("red"),
    room("blue"),
    room("shed", at="yard"),
    line("law"),
    line("health"),
    *units("a b c"),
    unit("d", name="税务局", name_en="Tax Office", groups="guests"),
    series(
        rounds="1",
        name="值守",
        name_en="Duty",
        needs_room=True,
        rooms="red; shed",
        sites="hall; yard",
        lines="law",
        times="09:00; 10:00",
    ),
    series("walk", rounds="2", presence="may", sites="hall"),
    part("duty", "p"),
    part("duty", "q"),
    seats(part="p", least=2, most=3),
    seats(activity="walk", groups="guests"),
)
DUTY = held(CASE, FIRST, parts={"p": {"host": "a b"}})
WALK = held(CASE, "walk@2027-01-11", host="d")


def found(plan: Plan) -> list[Breach]:
    return list(check_structure(Roster(CASE, plan)))


def of_part(session: Session, id_: str, **cells: object) -> Session:
    """Return the session with one of its parts changed."""
    parts = tuple(each.model_copy(update=cells) if each.id == id_ else each for each in session.parts)
    return session.model_copy(update={"parts": parts})


def duty(**cells: object) -> Plan:
    return plan_of(CASE, [DUTY.model_copy(update=cells)])


HOUR = dt.timedelta(hours=1)
ONE_HOST = of_part(DUTY, "p", roles={"host": ("a",)})
THREE_HOSTS = of_part(DUTY, "p", roles={"host": ("a", "b", "c")})

CULPRITS: dict[str, tuple[Plan, str, str]] = {
    "listed as open": (
        plan_of(CASE, [DUTY]).model_copy(update={"open": (OpenSeat(session=FIRST, part="p", role="host", missing=1),)}),
        "Duty 2027-01-04 (Mon) is listed with 1 open; 0 are",
        "值守 2027-01-04 (周一) 列出空缺 1 个；实际为 0 个",
    ),
    "under another theme": (
        plan_of(CASE, [of_part(DUTY, "p", theme="集市")]),
        "Duty 2027-01-04 (Mon): the theme is not the case's",
        "值守 2027-01-04 (周一)：特色与资料不符",
    ),
    "of another case": (
        plan_of(CASE, [DUTY, DUTY.model_copy(update={"id": "party@2027-01-04"})]),
        "party 2027-01-04 (Mon) is no session of this case",
        "party 2027-01-04 (周一) 不是本排班的场次",
    ),
    "twice in the plan": (
        plan_of(CASE, [DUTY, DUTY]),
        f"{FIRST} stands in the plan twice",
        f"{FIRST} 在安排中重复",
    ),
    "missing": (
        plan_of(CASE, [WALK]),
        "Duty 2027-01-04 (Mon) must take place and is not in the plan",
        "值守 2027-01-04 (周一) 必须举办，但不在安排中",
    ),
    "at another time": (
        duty(start=DUTY.start - HOUR, end=DUTY.end - HOUR),
        (
            "Duty 2027-01-04 (Mon) starts at 2027-01-04 (Mon) 08:00, which is none of its possible starts "
            "(from 2027-01-04 (Mon) 09:00 to 2027-01-04 (Mon) 10:00)"
        ),
        (
            "值守 2027-01-04 (周一) 开始于 2027-01-04 (周一) 08:00，不在可选的开始时间之内"
            "（2027-01-04 (周一) 09:00 至 2027-01-04 (周一) 10:00）"
        ),
    ),
    "too long": (
        duty(end=DUTY.end + HOUR),
        "Duty 2027-01-04 (Mon) ends at 2027-01-04 (Mon) 11:00; it lasts 60 minutes",
        "值守 2027-01-04 (周一) 结束于 2027-01-04 (周一) 11:00；时长应为 60 分钟",
    ),
    "at another site": (
        plan_of(CASE, [DUTY, WALK.model_copy(update={"site": "roof"})]),
        "walk 2027-01-11 (Mon) cannot take place at roof",
        "walk 2027-01-11 (周一) 不能在 roof 举办",
    ),
    "of another activity": (
        duty(activity="walk"),
        "Duty 2027-01-04 (Mon) names another activity",
        "值守 2027-01-04 (周一) 的活动项目不符",
    ),
    "without a part": (
        duty(parts=DUTY.parts[:1]),
        "Duty 2027-01-04 (Mon) lacks its part q",
        "值守 2027-01-04 (周一) 缺少分场 q",
    ),
    "with a part too many": (
        duty(parts=(*DUTY.parts, PlanPart(id="r"))),
        "Duty 2027-01-04 (Mon) has no part r",
        "值守 2027-01-04 (周一) 没有分场 r",
    ),
    "with a part twice": (
        duty(parts=(*DUTY.parts, DUTY.parts[1])),
        "Duty 2027-01-04 (Mon) has its part q twice",
        "值守 2027-01-04 (周一) 的分场 q 重复",
    ),
    "without a room": (
        plan_of(CASE, [of_part(DUTY, "p", room=None)]),
        "Duty 2027-01-04 (Mon) has no room",
        "值守 2027-01-04 (周一) 没有场地",
    ),
    "in a room it may not use": (
        plan_of(CASE, [of_part(DUTY, "p", room="blue")]),
        "Duty 2027-01-04 (Mon) cannot use the room blue",
        "值守 2027-01-04 (周一) 不能使用场地 blue",
    ),
    "in a room of another site": (
        plan_of(CASE, [of_part(DUTY, "q", room="shed")]),
        "Duty 2027-01-04 (Mon) takes place at Hall, its room shed does not lie there",
        "值守 2027-01-04 (周一) 在大厅举办，但场地 shed 不在该站点",
    ),
    "for another line": (
        plan_of(CASE, [of_part(DUTY, "p", line="health")]),
        "Duty 2027-01-04 (Mon): the service line health is not possible",
        "值守 2027-01-04 (周一)：不能选服务线 health",
    ),
    "with a role it does not have": (
        plan_of(CASE, [of_part(DUTY, "q", roles={"guide": ("a",)})]),
        "Duty 2027-01-04 (Mon) has no role guide",
        "值守 2027-01-04 (周一) 没有岗位 guide",
    ),
    "with somebody who may not": (
        plan_of(CASE, [DUTY, of_part(WALK, "main", roles={"host": ("a",)})]),
        "walk 2027-01-11 (Mon): a does not belong to those who may be Host",
        "walk 2027-01-11 (周一)：a 不在“轮值单位”的候选之列",
    ),
    "with somebody twice": (
        plan_of(CASE, [of_part(DUTY, "p", roles={"host": ("a", "a")})]),
        "Duty 2027-01-04 (Mon): somebody is named twice as Host",
        "值守 2027-01-04 (周一)：“轮值单位”重复填写",
    ),
    "with too few": (
        plan_of(CASE, [of_part(DUTY, "p", roles={"host": ("a",)})]),
        "Duty 2027-01-04 (Mon) has 1 as Host; it takes 2 to 3",
        "值守 2027-01-04 (周一) 的“轮值单位”有 1 个；需要 2 至 3 个",
    ),
}


def test_a_plan_of_what_the_case_foresees_is_innocent() -> None:
    assert found(plan_of(CASE, [DUTY])) == []
    assert found(plan_of(CASE, [WALK, DUTY])) == []


@pytest.mark.parametrize("culprit", CULPRITS)
def test_a_session(culprit: str) -> None:
    plan, en, zh = CULPRITS[culprit]
    (breach,) = found(plan)
    assert (breach.rule, breach.amount) == ("structure", 1)
    assert (breach.message.say("en"), breach.message.say("zh")) == (en, zh)
    assert len(breach.sessions) == 1


def test_every_sentence_of_the_check_has_a_culprit() -> None:
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(structure))) if isinstance(node, ast.Call)]
    names = {"text"}
    written = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in names and isinstance(call.args[0], ast.Constant)
    }
    said = {breach.message.en for plan, _, _ in CULPRITS.values() for breach in found(plan)}
    assert {str(sentence) for sentence in written if "{session}" in str(sentence)} == said


@pytest.mark.parametrize(("hosts", "amount"), [((), 2), (("a",), 1), (("a", "b", "c", "d"), 1)])
def test_seats_missing_and_in_excess_are_counted(hosts: tuple[str, ...], amount: int) -> None:
    (breach,) = found(plan_of(CASE, [of_part(DUTY, "p", roles={"host": hosts})]))
    assert (breach.amount, breach.sessions) == (amount, (FIRST,))


def test_whoever_may_not_take_a_seat_is_named() -> None:
    (breach,) = found(plan_of(CASE, [DUTY, of_part(WALK, "main", roles={"host": ("a",)})]))
    assert breach.who == ("a",)
    (breach,) = found(plan_of(CASE, [of_part(DUTY, "q", roles={"guide": ("a", "b")})]))
    assert breach.who == ("a", "b")


def test_as_many_as_there_may_be_are_innocent() -> None:
    assert found(plan_of(CASE, [THREE_HOSTS])) == []


def test_a_session_that_stands_there_three_times_is_two_too_many() -> None:
    (breach,) = found(plan_of(CASE, [DUTY, DUTY, DUTY]))
    assert breach.amount == 2


def test_a_role_with_nobody_in_it_needs_no_seats() -> None:
    assert found(plan_of(CASE, [of_part(DUTY, "q", roles={"guide": ()})])) == []


def test_a_line_that_the_part_has_may_not_be_left_out() -> None:
    (breach,) = found(plan_of(CASE, [of_part(DUTY, "p", line=None)]))
    assert breach.message.say("en") == "Duty 2027-01-04 (Mon): the service line none is not possible"
    assert breach.message.say("zh") == "值守 2027-01-04 (周一)：不能选服务线无"


def test_a_part_that_needs_no_room_and_serves_no_line_may_have_neither() -> None:
    walk = of_part(WALK, "main", room="red", line="law")
    said = [breach.message.say("en") for breach in found(plan_of(CASE, [DUTY, walk]))]
    assert said == [
        "walk 2027-01-11 (Mon) cannot use the room red",
        "walk 2027-01-11 (Mon): the service line law is not possible",
    ]


def test_a_name_that_the_case_does_not_have_is_said_as_it_stands() -> None:
    (breach,) = found(plan_of(CASE, [of_part(DUTY, "p", room="cellar")]))
    assert breach.message.say("en") == "Duty 2027-01-04 (Mon) cannot use the room cellar"


def open_seat(session: str, missing: int, part: str | None = "p", role: str | None = "host") -> OpenSeat:
    return OpenSeat(session=session, part=part, role=role, missing=missing)


@pytest.mark.parametrize(
    ("sessions", "listed"),
    [
        ([ONE_HOST], [open_seat(FIRST, 1)]),
        ([of_part(DUTY, "p", roles={})], [open_seat(FIRST, 2)]),
        ([], [open_seat(FIRST, 3, None, None)]),  # the session itself and its two seats
        ([DUTY, of_part(WALK, "main", roles={})], [open_seat(WALK.id, 1, "main")]),
    ],
)
def test_what_the_plan_lists_as_open_is_not_missing(sessions: list[Session], listed: list[OpenSeat]) -> None:
    assert found(with_open(sessions, *listed)) == []


NOT_SO = {
    "fewer are open": ([ONE_HOST], [open_seat(FIRST, 2)], (2, 1)),
    "none are open": ([DUTY], [open_seat(FIRST, 1)], (1, 0)),
    "they are listed twice": ([ONE_HOST], [open_seat(FIRST, 1), open_seat(FIRST, 1)], (2, 1)),
    "of no such part": ([DUTY], [open_seat(FIRST, 1, "r")], (1, 0)),
    "of no such role": ([DUTY], [open_seat(FIRST, 1, "p", "guide")], (1, 0)),
    "without a role": ([DUTY], [open_seat(FIRST, 1, "p", None)], (1, 0)),
    "more than enough sit there": ([THREE_HOSTS], [open_seat(FIRST, 1)], (1, 0)),
    "the session takes place": ([DUTY], [open_seat(FIRST, 3, None, None)], (3, 0)),
    "the session may be left out": ([DUTY], [open_seat(WALK.id, 2, None, None)], (2, 0)),
    "of a session left out": ([DUTY], [open_seat(WALK.id, 1, "main")], (1, 0)),
    "more are open": ([], [open_seat(FIRST, 1, None, None)], (1, 3)),
    "of no such session": ([DUTY], [open_seat("party@2027-01-04", 1)], (1, 0)),
}


@pytest.mark.parametrize("named", NOT_SO)
def test_what_is_listed_as_open_and_is_not(named: str) -> None:
    sessions, listed, (n, lacking) = NOT_SO[named]
    (breach,) = found(with_open(sessions, *listed))
    assert (breach.amount, breach.sessions) == (1, (listed[0].session,))
    assert breach.message.say("en").endswith(f" is listed with {n} open; {lacking} are")
    assert breach.message.say("zh").endswith(f" 列出空缺 {n} 个；实际为 {lacking} 个")


def test_a_seat_that_is_open_and_listed_with_too_few_is_missing_besides() -> None:
    none = of_part(DUTY, "p", roles={})
    assert [breach.amount for breach in found(with_open([none], open_seat(FIRST, 1)))] == [1, 1]


def test_a_seat_listed_as_open_elsewhere_is_no_excuse() -> None:
    empty = of_part(WALK, "main", roles={})
    (breach,) = found(with_open([ONE_HOST, empty], open_seat(WALK.id, 1, "main")))
    assert (breach.sessions, breach.amount) == ((FIRST,), 1)


def test_seats_taken_in_one_part_fill_none_in_another() -> None:
    case = case_of(*units("a"), series(rounds="1"), part("duty", "p"), part("duty", "q"), seats())
    session = held(case, FIRST, parts={"q": {"host": "a"}})
    plan = plan_of(case, [session]).model_copy(update={"open": (open_seat(FIRST, 1),)})
    assert list(check_structure(Roster(case, plan))) == []


def test_a_session_is_open_only_as_a_whole() -> None:
    missing, listed = found(with_open([], open_seat(FIRST, 2)))
    assert "must take place" in missing.message.en
    assert listed.message.say("en") == "Duty 2027-01-04 (Mon) is listed with 2 open; 0 are"


def with_open(sessions: list[Session], *listed: OpenSeat) -> Plan:
    return plan_of(CASE, sessions).model_copy(update={"open": listed})
