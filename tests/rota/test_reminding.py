"""When reminders are due: by the calendar of the place, outside quiet hours, each once."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from rota.case import Case
from rota.inspection import inspect
from rota.plan import Plan
from rota.reminder import Reminder
from rota.reminding import calls
from tests.rota.small import case_of, plan_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def reminded(*rules: dict[str, object], **settings: object) -> Case:
    """The small case with rules of reminding."""
    return case_of(settings, reminders=list(rules))


def planned(*days: str) -> Plan:
    """A plan of sessions from 09:00 to 11:00 with the bank as host and Ms Li as instructor."""
    roles = {"host": ["bank"], "instructor": ["li"]}
    return plan_of(*({"day": day, "parts": [{"id": "main", "room": "hall", "roles": roles}]} for day in days))


def due(case: Case, plan: Plan, zone: ZoneInfo = SHANGHAI) -> list[tuple[str, str]]:
    """Who is reminded when, by the clock on the wall."""
    return sorted((call.recipient, f"{call.due.astimezone(zone):%m-%d %H:%M}") for call in calls(case, plan))


RULES = [
    ({"before": "7天"}, "02-27 09:00"),
    ({"before": "1 day", "at": "18:00"}, "03-05 18:00"),
    ({"before": "2小时"}, "03-06 07:00"),
    ({"before": 3}, "03-03 09:00"),
    ({"what": "汇总", "weekdays": "周一"}, "03-01 08:00"),
    ({"what": "汇总", "weekdays": "周日", "at": "18:00"}, "02-28 18:00"),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_everybody_who_serves_on_saturday_is_reminded_when_the_rule_says(
    rule: dict[str, object], expected: str
) -> None:
    assert due(reminded(rule), planned("2027-03-06")) == [("bank", expected), ("li", expected)]


def test_only_those_in_the_named_roles_are_reminded() -> None:
    assert due(reminded({"before": "1天", "roles": "host"}), planned("2027-03-06")) == [("bank", "03-05 09:00")]


def test_a_group_is_told_once_for_all() -> None:
    case = reminded({"before": "1天", "to": "群", "channel": "工作群"})
    (call,) = calls(case, planned("2027-03-06"))
    assert (call.kind, call.recipient, call.body["channel"]) == ("group", "center", "工作群")


def test_two_rules_that_say_the_same_remind_once() -> None:
    case = reminded({"before": "1天", "roles": "host"}, {"before": "1 day"})
    keys = [call.key for call in calls(case, planned("2027-03-06"))]
    assert len(keys) == len(set(keys)) == 2


def test_a_summary_holds_a_week_and_each_session_stands_in_one() -> None:
    case = reminded({"what": "汇总", "weekdays": "周一", "roles": "host"})
    found = [(call.body["first"], call.body["days"]) for call in calls(case, planned("2027-03-06", "2027-03-07"))]
    assert found == [("2027-03-01", 7)]
    twice = reminded({"what": "汇总", "weekdays": "周一、周四", "roles": "host"})
    found = [(call.body["first"], call.body["days"]) for call in calls(twice, planned("2027-03-03", "2027-03-06"))]
    assert found == [("2027-03-01", 3), ("2027-03-04", 4)]


QUIET = [
    ("it waits for the morning", "1天", "23:00", "03-06 07:00"),
    ("the same before dawn", "1天", "05:00", "03-05 07:00"),
    ("nothing is moved by day", "1天", "21:59", "03-05 21:59"),
    ("the end is no quiet hour", "1天", "07:00", "03-05 07:00"),
]


@pytest.mark.parametrize(("before", "at", "expected"), [row[1:] for row in QUIET], ids=[row[0] for row in QUIET])
def test_nobody_is_disturbed_in_quiet_hours(before: str, at: str, expected: str) -> None:
    case = reminded({"before": before, "at": at, "roles": "host"}, quiet="22:00-07:00")
    assert due(case, planned("2027-03-06")) == [("bank", expected)]


def test_what_would_come_too_late_after_quiet_hours_comes_before_them() -> None:
    case = reminded({"before": "2小时", "roles": "host"}, quiet="22:00 至 09:00")
    assert due(case, planned("2027-03-06")) == [("bank", "03-05 21:59")]


def test_quiet_hours_may_lie_within_one_day() -> None:
    case = reminded({"before": "1天", "at": "12:30", "roles": "host"}, quiet="12:00-14:00")
    assert due(case, planned("2027-03-06")) == [("bank", "03-05 14:00")]


def test_a_day_before_is_the_same_time_of_day_where_clocks_are_changed_in_between() -> None:
    """In Berlin the night to 28 March 2027 has 23 hours: a day before 09:30 is 09:30, 24 hours before is 08:30."""
    plan = planned("2027-03-28")
    case = reminded({"before": "1天", "roles": "host"}, {"before": "24小时", "roles": "host"}, zone="Europe/Berlin")
    start = dt.datetime(2027, 3, 28, 9, 30, tzinfo=BERLIN)
    (session,) = plan.sessions
    plan = plan.model_copy(update={"sessions": (session.model_copy(update={"start": start}),)})
    assert due(case, plan, BERLIN) == [("bank", "03-27 08:30"), ("bank", "03-27 09:30")]


def test_days_are_those_of_the_site_where_it_has_a_zone_of_its_own() -> None:
    case = reminded({"before": "1天", "at": "09:00", "roles": "host"})
    sites = tuple(site.model_copy(update={"zone": "Asia/Urumqi"}) for site in case.sites)
    assert due(case.model_copy(update={"sites": sites}), planned("2027-03-06")) == [("bank", "03-05 11:00")]


WRONG = [
    ({}, "is needed"),
    ({"before": "soon"}, "no time span"),
    ({"before": "400天"}, "longer than a year"),
    ({"before": "2小时", "at": "09:00"}, "days ahead only"),
    ({"before": "1天", "weekdays": "周一"}, "summaries only"),
    ({"what": "汇总"}, "is needed"),
    ({"what": "汇总", "weekdays": "周一", "before": "1天"}, "single sessions only"),
    ({"before": "1天", "to": "群"}, "the group's robot"),
]


@pytest.mark.parametrize(("rule", "said"), WRONG)
def test_a_rule_that_cannot_be_is_refused(rule: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Reminder.model_validate(rule)


@pytest.mark.parametrize("quiet", ["22:00", "22:00-22:00", "night", "25:00-07:00"])
def test_quiet_hours_that_are_none_are_refused(quiet: str) -> None:
    with pytest.raises(ValidationError, match="no span of hours"):
        case_of({"quiet": quiet})


def test_a_role_that_no_activity_has_is_an_error_at_its_cell() -> None:
    found = [p for p in inspect(reminded({"before": "1天", "roles": "hots"})) if p.table == "reminders"]
    assert [(problem.row, problem.field) for problem in found] == [(0, "roles")]


def test_reminders_are_no_part_of_what_a_plan_answers() -> None:
    assert reminded({"before": "1天"}, quiet="22:00-07:00").hash == case_of().hash
