"""`rota busy`: a member's own calendar becomes availability, again and again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from calendars.identity import uid_of
from console.loading import case_file
from rota.demand import Availability
from tests.calendars.foreign import calendar, event
from tests.cli.conftest import Rota

WEEKLY = event("DTSTART:20260106T010000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=10", "SUMMARY:Dr. Wang, heart")
HOLIDAY = event("DTSTART;VALUE=DATE:20260501", "DTEND;VALUE=DATE:20260506", uid="may")


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The work calendar of the tax office: a weekly meeting and a journey."""
    file = tmp_path / "work.ics"
    file.write_bytes(calendar(WEEKLY, HOLIDAY))
    return file


def rows(case: Path) -> list[Availability]:
    return [row for row in case_file(case).required().availability if row.source]


def test_a_calendar_becomes_rows_that_name_it_and_never_its_titles(rota: Rota, case_folder: Path, work: Path) -> None:
    ended = rota("busy", work, case_folder, "--for", "U01")
    assert ended.code == 0
    assert "cannot: 2026-01-06 (Tue) to 2026-03-10 (Tue); Tue; 09:00-10:00" in ended.out
    assert "cannot: 2026-05-01 (Fri) to 2026-05-05 (Tue)" in ended.out
    assert "events read: 2, left out: 0" in ended.out
    found = rows(case_folder)
    assert [(row.resource, row.source, row.reason) for row in found] == [("U01", "work", "日历中有安排")] * 2
    assert "heart" not in (case_folder / "availability.csv").read_text("utf-8-sig")


@pytest.mark.slow
def test_the_same_calendar_replaces_what_it_said_and_nothing_else(rota: Rota, case_folder: Path, work: Path) -> None:
    rota("busy", work, case_folder, "--for", "U01")
    rota("busy", work, case_folder, "--for", "U02")
    before = case_file(case_folder).required().availability
    work.write_bytes(calendar(HOLIDAY))
    ended = rota("busy", work, case_folder, "--for", "U01")
    assert "new times: 0, gone: 1" in ended.out
    after = case_file(case_folder).required().availability
    assert [row for row in before if row not in after] == [
        row for row in before if row.resource == "U01" and row.weekdays
    ]
    assert [row for row in after if row not in before] == []


@pytest.mark.slow
def test_in_a_published_case_the_same_is_a_change(
    rota: Rota, planned: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROTA_JOURNAL", raising=False)
    assert rota("apply", "--case", planned).code == 0
    tried = rota("busy", work, planned, "--for", "U01", "--dry-run")
    assert (tried.code, rows(planned)) == (0, [])
    ended = rota("busy", work, planned, "--for", "U01", "--actor", "Li")
    assert (ended.code, "Next: `rota replan`" in ended.out) == (0, True), ended.err
    again = json.loads(rota("busy", work, planned, "--for", "U01", "--json", "--lang", "zh").out)
    assert (len(again["rows"]), again["recorded"]) == (2, False)
    work.write_bytes(calendar(HOLIDAY))
    assert json.loads(rota("busy", work, planned, "--for", "U01", "--json").out)["recorded"]
    changes = json.loads(rota("history", planned, "--all", "--json").out)["changes"]
    assert [(change["kind"], change["actor"]) for change in changes[2:3]] == [("calendar_refreshed", "Li")]
    assert [change["kind"] for change in changes].count("calendar_refreshed") == 2
    assert [row.last for row in rows(planned)] == [dt.date(2026, 5, 5)]  # the working copy came along


@pytest.mark.slow
def test_nothing_is_written_for_a_trial_or_where_nothing_is_new(rota: Rota, case_folder: Path, work: Path) -> None:
    table = case_folder / "availability.csv"
    before = table.read_bytes()
    tried = rota("busy", work, case_folder, "--for", "U01", "--dry-run", "--lang", "zh")
    assert (tried.code, "未写入" in tried.out, "已更新" in tried.out) == (0, True, False), tried.out
    assert table.read_bytes() == before
    rota("busy", work, case_folder, "--for", "U01")
    written = table.read_bytes()
    assert written != before
    assert str(table) not in rota("busy", work, case_folder, "--for", "U01").out
    assert table.read_bytes() == written


@pytest.mark.parametrize(("policy", "said"), [("avoid", "avoid: 2026-05-01"), ("ignore", "new times: 0")])
def test_whole_days_follow_the_policy(rota: Rota, case_folder: Path, work: Path, policy: str, said: str) -> None:
    work.write_bytes(calendar(HOLIDAY))
    assert said in rota("busy", work, case_folder, "--for", "U01", "--all-day", policy).out


def test_sessions_of_the_case_in_the_same_calendar_are_not_counted(rota: Rota, case_folder: Path, work: Path) -> None:
    ours = uid_of(case_file(case_folder).required().settings.id, "rotation@2026-01-10")
    work.write_bytes(calendar(event("DTSTART:20260110T013000Z", "DURATION:PT2H", uid=ours)))
    body = json.loads(rota("busy", work, case_folder, "--for", "U01", "--json").out)
    assert (body["rows"], body["own"], body["format_version"]) == ([], 1, 1)


def test_what_is_left_out_is_said_in_the_readers_language(rota: Rota, case_folder: Path, work: Path) -> None:
    work.write_bytes(calendar(WEEKLY, event("SUMMARY:?", uid="odd")))
    ended = rota("busy", work, case_folder, "--for", "U01", "--lang", "zh")
    assert "第 11 行的日程：没有开始时间，未计入" in ended.out
    assert "不能：2026-01-06 (周二) 至 2026-03-10 (周二)；周二；09:00-10:00" in ended.out


def test_times_beyond_all_years_are_said_in_words(rota: Rota, case_folder: Path, work: Path) -> None:
    ancient = event("DTSTART;TZID=Asia/Shanghai:00010101T000000", "DTEND;TZID=Asia/Shanghai:20260101T000000", uid="a")
    endless = event("DTSTART:20260101T000000Z", "DURATION:P9999999D", uid="b")
    work.write_bytes(calendar(WEEKLY, ancient, endless))
    ended = rota("busy", work, case_folder, "--for", "U01", "--lang", "zh")
    assert ended.out.count("时间超出公元 1 年至 9999 年的范围，未计入") == 2
    assert "OverflowError" not in ended.out


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(b"<html>", 5, "no calendar"), (calendar(event("DTSTART;TZID=Mars:20260106T010000")), 5, "time zone")],
)
def test_a_calendar_that_is_refused_changes_nothing(
    rota: Rota, case_folder: Path, work: Path, content: bytes, code: int, said: str
) -> None:
    before = (case_folder / "availability.csv").read_bytes()
    work.write_bytes(content)
    ended = rota("busy", work, case_folder, "--for", "U01")
    assert ended.code == code
    assert said in ended.err
    assert "sign in" not in ended.err
    assert (case_folder / "availability.csv").read_bytes() == before


def test_addresses_inside_the_own_network_are_not_asked(rota: Rota, case_folder: Path) -> None:
    ended = rota("busy", "http://127.0.0.1:9/secret", case_folder, "--for", "U01")
    assert ended.code == 1
    assert "private network" in ended.err
    assert "secret" not in ended.err


def test_a_network_that_is_none_is_a_slip_of_usage(rota: Rota, case_folder: Path) -> None:
    assert rota("busy", "http://127.0.0.1:9/", case_folder, "--for", "U01", "--allow", "here").code == 2
