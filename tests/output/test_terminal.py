"""The year on the terminal and the difference in words."""

import dataclasses
import datetime as dt

import pytest

from rota.case import Case
from rota.difference import difference
from rota.order import Order
from rota.plan import Declined, OpenSeat, Plan
from rota.term import Term
from rota.text import LANGUAGES, Language
from rota.width import cut, display_width, pad, shrunk, wrapped
from workbook.output.changes import diff_lines
from workbook.output.terminal import year_table


def without_session(plan: Plan, session: str) -> Plan:
    return plan.model_copy(update={"sessions": tuple(s for s in plan.sessions if s.id != session)})


def with_host(plan: Plan, session: str, host: str) -> Plan:
    changed = plan.session[session]
    part = changed.parts[0].model_copy(update={"roles": {**changed.parts[0].roles, "host": (host,)}})
    replaced = changed.model_copy(update={"parts": (part,)})
    return plan.model_copy(update={"sessions": tuple(replaced if s.id == session else s for s in plan.sessions)})


def rows_of(table: str) -> list[str]:
    return [line for line in table.splitlines() if "2023-" in line]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_session_of_the_rotation_has_one_line(case: Case, plan: Plan, language: Language) -> None:
    assert len(rows_of(year_table(case, plan, language, 160))) == 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(case: Case, plan: Plan, language: Language, columns: int) -> None:
    table = year_table(case, plan, language, columns)
    assert max(display_width(line) for line in table.splitlines()) <= max(columns, 78)


def test_columns_stand_under_their_headers_though_characters_differ_in_width(case: Case, plan: Plan) -> None:
    table = year_table(case, plan, "zh", 200).splitlines()
    header = next(line for line in table if line.startswith("场次"))
    at = display_width(header[: header.index("讲师")])
    for row in rows_of("\n".join(table)):
        assert display_width(row[: row.index("王老师")]) == at


def test_fixed_service_is_summed_up_in_one_line(case: Case, plan: Plan) -> None:
    table = year_table(case, plan, "zh", 160)
    assert table.count("周五律师咨询") == 1
    assert "每周五 14:00–17:00" in table


def test_hours_common_to_all_sessions_stand_in_the_title_only(case: Case, plan: Plan) -> None:
    assert year_table(case, plan, "en", 160).count("09:30") == 1


def test_session_of_many_points_says_how_many(case: Case, plan: Plan) -> None:
    assert "6 points" in year_table(case, plan, "en", 200)


def test_plan_of_fixed_services_alone_shows_their_sessions(case: Case, plan: Plan) -> None:
    fixed = plan.model_copy(update={"sessions": tuple(s for s in plan.sessions if s.activity == "lawyers")})
    assert len(rows_of(year_table(case, fixed, "zh", 160))) == 30


def test_empty_plan_has_a_table_without_rows(case: Case, plan: Plan) -> None:
    empty = plan.model_copy(update={"sessions": ()})
    assert rows_of(year_table(case, empty, "zh", 80)) == []


def test_open_seats_and_declined_sessions_are_said(case: Case, plan: Plan) -> None:
    gap = OpenSeat(session="rotation@2023-04-01", part="main", role="host", missing=2)
    draft = plan.model_copy(update={"open": (gap,), "declined": (Declined(session="x@2023-04-01", reason="r"),)})
    table = year_table(case, draft, "zh", 200)
    assert "（缺2）" in table
    assert "尚缺 2 个岗位" in table
    assert "1 场可办活动未安排" in table


def test_orders_that_were_declined_say_why(case: Case, plan: Plan) -> None:
    order = Order(id="o1", service="lawyers", requester="银行", days=(dt.date(2023, 4, 4),))
    asked = case.model_copy(update={"orders": (order,)})
    declined = tuple(Declined(session=id_, reason="没有合适且空闲的场地") for id_ in ("o1@2023-04-04", "x@2023-04-01"))
    draft = plan.model_copy(update={"declined": declined})
    lines = year_table(asked, draft, "zh", 200).splitlines()
    at = lines.index("未接点单")
    assert lines[at + 1 : at + 3] == ["  银行点单的周五律师咨询 2023-04-04 (周二)：没有合适且空闲的场地", ""]
    assert "  Friday lawyers for 银行 2023-04-04 (Tue): 没有合适且空闲的场地" in year_table(asked, draft, "en", 200)
    assert "未接点单" not in year_table(case, draft, "zh", 200)
    narrow = year_table(asked, draft, "zh", 40).splitlines()
    assert max(display_width(line) for line in narrow[narrow.index("未接点单") :]) <= 40


def test_control_characters_never_reach_the_terminal(case: Case, plan: Plan) -> None:
    unit = case.units[0].model_copy(update={"name": "税务\x1b[31m局\r\n二"})
    hostile = case.model_copy(update={"units": (unit, *case.units[1:])})
    table = year_table(hostile, plan, "zh", 200)
    assert "\x1b" not in table
    assert len(rows_of(table)) == 20


def test_nothing_differs_between_a_plan_and_itself(case: Case, plan: Plan) -> None:
    assert diff_lines(case, difference(plan, plan), "en") == ["Nothing differs."]


def test_exchange_of_hosts_is_one_line_and_one_line_for_each_of_them(case: Case, plan: Plan) -> None:
    new = with_host(plan, "rotation@2023-04-15", "bank")
    assert diff_lines(case, difference(plan, new), "en") == [
        "1 session differs; 2 gain or lose turns.",
        "Rotating activity 2023-04-15 (Sat)",
        "  Host: Tax Office → Rural Bank",
        "Who gains (+) or loses (-) turns:",
        "  Tax Office: - Rotating activity 2023-04-15 (Sat) (Host)",
        "  Rural Bank: + Rotating activity 2023-04-15 (Sat) (Host)",
    ]


def test_dropped_session_is_said_with_its_former_time(case: Case, plan: Plan) -> None:
    lines = diff_lines(case, difference(plan, without_session(plan, "rotation@2023-12-09")), "zh")
    assert "  取消，原定 2023-12-09 (周六) 09:30" in lines
    assert "  轮值单位：税务局退出" in lines


def test_added_session_is_said_with_its_time(case: Case, plan: Plan) -> None:
    lines = diff_lines(case, difference(without_session(plan, "rotation@2023-12-09"), plan), "en")
    assert "  added at 2023-12-09 (Sat) 09:30" in lines


def test_time_room_line_and_site_are_said_from_and_to(case: Case, plan: Plan) -> None:
    session = plan.session["rotation@2023-04-15"]
    later = dt.timedelta(days=1)
    part = session.parts[0].model_copy(update={"room": "hall", "line": "gov"})
    moved = session.model_copy(
        update={"start": session.start + later, "end": session.end + later, "site": "park", "parts": (part,)}
    )
    new = plan.model_copy(update={"sessions": tuple(moved if s.id == session.id else s for s in plan.sessions)})
    assert diff_lines(case, difference(plan, new), "en")[2:] == [
        "  time: 2023-04-15 (Sat) 09:30 → 2023-04-16 (Sun) 09:30",
        "  site: Plaza → Riverside Park",
        "  room: Point 1 → Hall",
        "  service line: Residents' affairs → Government",
    ]


def test_a_session_that_was_moved_before_is_named_with_its_day(case: Case, plan: Plan) -> None:
    session, later = plan.session["rotation@2023-04-15"], dt.timedelta(days=1)
    moved = session.model_copy(update={"start": session.start + later, "end": session.end + later})
    before = plan.model_copy(update={"sessions": tuple(moved if s.id == session.id else s for s in plan.sessions)})
    lines = diff_lines(case, difference(before, with_host(before, session.id, "bank")), "zh")
    named = "轮值活动 2023-04-15 (周六)（2023-04-16 (周日) 09:30 举办）"
    assert lines[1] == named
    assert f"  农商银行：+ {named}（轮值单位）" in lines


@pytest.mark.parametrize(
    ("session", "english", "chinese"),
    [
        ("rotation@2023-06-10", "Rotating activity 2023-06-10 (Sat)", "轮值活动 2023-06-10 (周六)"),
        ("o1@2023-06-10", "Rotating activity for Yard 2023-06-10 (Sat)", "大院点单的轮值活动 2023-06-10 (周六)"),
        ("old@2020-01-01", "old 2020-01-01 (Wed)", "old 2020-01-01 (周三)"),
        ("rotation@tomorrow", "rotation@tomorrow", "rotation@tomorrow"),
    ],
)
def test_session_that_the_case_holds_no_more_is_called_by_its_activity_and_day(
    case: Case, plan: Plan, session: str, english: str, chinese: str
) -> None:
    order = Order(id="o1", service="rotation", requester="大院", days=(dt.date(2020, 1, 1),))
    asked = case.model_copy(update={"orders": (order,), "terms": (Term(word="大院", name_en="Yard"),)})
    asked = Case.model_validate(asked.model_dump())
    found = difference(plan, without_session(plan, "rotation@2023-12-09"))
    strange = dataclasses.replace(found, changes=tuple(dataclasses.replace(c, session=session) for c in found.changes))
    for language, said in (("en", english), ("zh", chinese)):
        lines = diff_lines(asked, strange, language)  # type: ignore[arg-type]  # one of both languages
        assert lines[1] == said
        assert any(said in line for line in lines[2:])


def test_cut_leaves_no_half_of_a_wide_character() -> None:
    assert cut("轮值单位", 6) == "轮值…"
    assert display_width(cut("轮值单位", 6)) <= 6
    assert cut("abc", 3) == "abc"


def test_padding_counts_wide_characters_twice() -> None:
    assert pad("轮值", 6) == "轮值  "
    assert display_width("é") == 1


def test_widest_column_gives_way_first() -> None:
    assert shrunk([10, 30], [5, 5], 30) == [10, 20]
    assert shrunk([10, 10], [10, 10], 5) == [10, 10]


def test_state_is_broken_between_its_statements() -> None:
    assert wrapped("优先级 1：代价 0；优先级 2：代价 3 · 方案 ab", 20) == [
        "优先级 1：代价 0；",
        "优先级 2：代价 3",
        "方案 ab",
    ]
    assert wrapped("a; b · c", 80) == ["a; b · c"]
