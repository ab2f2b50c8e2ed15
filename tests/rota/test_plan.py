"""The plan and its file: one session per line, read back as written, refused with the reason."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rota.plan import FORMAT_VERSION, Plan, PlanError, PlanPart, PriorityScore, Session, dump_plan, load_plan
from tests.rota.small import plan_of

IDS = st.text("abc单位-_1", min_size=1, max_size=5)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
"""Fixed offsets, as a file has them: times in a zone whose clocks go back are equal to none of another zone."""
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=OFFSETS).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0)
)
PARTS = st.builds(
    PlanPart,
    id=IDS,
    room=st.none() | IDS,
    line=st.none() | IDS,
    theme=st.text(max_size=5),
    roles=st.dictionaries(IDS, st.lists(IDS, max_size=3).map(tuple), max_size=2),
)
SESSIONS = st.builds(
    Session, id=IDS, activity=IDS, start=MOMENTS, end=MOMENTS, site=IDS, parts=st.lists(PARTS, max_size=2).map(tuple)
)


def refusal(content: str, language: str = "en") -> str:
    with pytest.raises(PlanError) as error:
        load_plan(content)
    return error.value.say("zh" if language == "zh" else "en")


def test_each_session_has_a_line_of_its_own() -> None:
    lines = dump_plan(plan_of({"day": "2027-03-06"}, {"day": "2027-03-13", "host": "court"})).splitlines()
    assert [line.strip()[:24] for line in lines if '"activity"' in line] == [
        '{"id": "day@2027-03-06",',
        '{"id": "day@2027-03-13",',
    ]
    assert all(line == line.rstrip() for line in lines)


def test_changing_one_session_changes_one_line() -> None:
    old = dump_plan(plan_of({"day": "2027-03-06"}, {"day": "2027-03-13"})).splitlines()
    new = dump_plan(plan_of({"day": "2027-03-06"}, {"day": "2027-03-13", "host": "court"})).splitlines()
    assert len([1 for before, after in zip(old, new, strict=True) if before != after]) == 1


def test_times_are_written_to_the_minute_with_their_offset() -> None:
    assert '"start": "2027-03-06T09:00+08:00"' in dump_plan(plan_of({"day": "2027-03-06"}))


def test_names_are_written_as_they_are() -> None:
    plan = plan_of({"day": "2027-03-06", "site": "中心"})
    assert "中心" in dump_plan(plan)


@given(st.lists(SESSIONS, max_size=3))
def test_every_plan_reads_back_as_it_was_written(sessions: list[Session]) -> None:
    plan = plan_of(solver={"name": "x", "seed": 7}).model_copy(update={"sessions": tuple(sessions)})
    again = load_plan(dump_plan(plan))
    assert again == plan
    assert (dump_plan(again), again.hash) == (dump_plan(plan), plan.hash)


def test_a_plan_that_a_text_editor_saved_with_a_byte_order_mark_is_read() -> None:
    plan = plan_of({"day": "2027-03-06"})
    assert load_plan("\ufeff" + dump_plan(plan)) == plan


@pytest.mark.parametrize(
    ("content", "en", "zh"),
    [
        ('{"format_version": 1,\n', "not JSON (line 2)", "不是 JSON（第 2 行）"),
        ("", "not JSON (line 1)", "不是 JSON（第 1 行）"),
        ("[]", "it has no format_version", "缺少 format_version"),
        ('{"sessions": []}', "it has no format_version", "缺少 format_version"),
        ('{"format_version": true}', "it has no format_version", "缺少 format_version"),
        ('{"format_version": 0}', "it has no format_version", "缺少 format_version"),
        ('{"format_version": 1}', "cannot be read: case", "无法读取轮值安排：case"),
    ],
)
def test_what_is_no_plan_is_refused_in_both_languages(content: str, en: str, zh: str) -> None:
    assert en in refusal(content)
    assert zh in refusal(content, "zh")


def test_a_newer_format_is_refused_with_the_advice_to_update() -> None:
    newer = json.dumps({**json.loads(dump_plan(plan_of())), "format_version": FORMAT_VERSION + 1})
    assert f"up to {FORMAT_VERSION}. Please update" in refusal(newer)
    assert "请升级" in refusal(newer, "zh")


def test_the_first_of_several_errors_is_said_with_its_place_and_their_number() -> None:
    body = json.loads(dump_plan(plan_of({"day": "2027-03-06"})))
    body["sessions"][0] |= {"start": "2027-03-06T09:00", "colour": "red"}  # no offset, no such field
    assert "sessions.0.start" in refusal(json.dumps(body))
    assert "(2 errors in all)" in refusal(json.dumps(body))
    assert "共 2 处错误" in refusal(json.dumps(body), "zh")


def test_who_serves_is_said_once_in_a_role_or_in_any() -> None:
    parts = [
        {"id": "p1", "roles": {"host": ["bank"], "partner": ["shop"]}},
        {"id": "p2", "roles": {"host": ["bank", "court"]}},
    ]
    session = plan_of({"day": "2027-03-06", "parts": parts}).sessions[0]
    assert session.serving() == ("bank", "shop", "court")
    assert session.serving("host") == ("bank", "court")
    assert session.serving("guide") == ()
    assert session.part["p2"].roles["host"] == ("bank", "court")


def test_a_plan_is_proved_when_every_priority_is() -> None:
    proved, open_ = (PriorityScore(priority=n, value=3, bound=3 - n, proved=not n) for n in (0, 1))
    assert plan_of(score=[proved]).proved
    assert not plan_of(score=[proved, open_]).proved


def test_sessions_are_found_by_their_id() -> None:
    plan: Plan = plan_of({"day": "2027-03-06"})
    assert plan.session["day@2027-03-06"].site == "center"
