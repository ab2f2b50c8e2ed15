"""When a series takes place, in a phrase."""

import datetime as dt

import pytest

from rota.case import Case
from rota.plan import CaseRef, Plan, PlanPart, Session
from rota.text import Language
from workbook.output.entries import entries
from workbook.output.when import when

FRIDAY = dt.date(2023, 3, 24)


def said(case: Case, days: list[dt.date], language: Language) -> str:
    sessions = tuple(
        Session(
            id=f"lawyers@{day}",
            activity="lawyers",
            start=dt.datetime.combine(day, dt.time(14), case.zone),
            end=dt.datetime.combine(day, dt.time(16), case.zone),
            site="park",
            parts=(PlanPart(id="main"),),
        )
        for day in days
    )
    return when(entries(case, Plan(case=CaseRef(title="", hash=""), sessions=sessions)), language)


def every(days: int, count: int, first: dt.date = FRIDAY) -> list[dt.date]:
    return [first + dt.timedelta(days=days * n) for n in range(count)]


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        ([FRIDAY], "2023年3月24日", "24 Mar 2023"),
        (every(7, 10), "每周五", "Every Friday"),
        (every(14, 6), "2023年3月24日起每两周周五", "Every other Friday from 24 Mar 2023"),
        (every(1, 40), "每天", "Every day"),
        (every(7, 3), "3月24日、31日、4月7日", "24, 31 Mar; 7 Apr"),
        ([d for d in every(7, 10) if d != dt.date(2023, 4, 7)], "每周五（4月7日除外）", "Every Friday (not on 7 Apr)"),
        (
            [dt.date(2023, 4, 8), dt.date(2023, 5, 13), dt.date(2023, 6, 10), dt.date(2023, 7, 8)],
            "每月第二个周六",
            "The second Saturday of each month",
        ),
        (
            [dt.date(2023, 8, 4), dt.date(2023, 9, 1), dt.date(2023, 10, 13), dt.date(2023, 11, 3)],
            "每月第一个周五（另：10月13日）",
            "The first Friday of each month (but 13 Oct)",
        ),
        (
            [dt.date(2023, 4, 28), dt.date(2023, 5, 26), dt.date(2023, 6, 30), dt.date(2023, 7, 28)],
            "每月最后一个周五",
            "The last Friday of each month",
        ),
        (
            sorted([*every(7, 10), *every(7, 10, dt.date(2023, 3, 21))]),
            "每周二、五",
            "Every Tue, Fri",
        ),
    ],
)
def test_rhythm_is_said_as_people_say_it(case: Case, days: list[dt.date], zh: str, en: str) -> None:
    assert said(case, days, "zh") == f"{zh} 14:00–16:00"
    assert said(case, days, "en") == f"{en} 14:00–16:00"


def test_many_days_without_a_rhythm_are_counted(case: Case) -> None:
    days = [FRIDAY + dt.timedelta(days=n * n) for n in range(1, 26)]
    assert said(case, days, "zh") == "2023年3月25日 – 2024年12月8日，共 25 天 14:00–16:00"


def test_workdays_are_said_as_a_range(case: Case) -> None:
    days = [day for day in every(1, 35, dt.date(2023, 3, 20)) if day.weekday() < 5]
    assert said(case, days, "zh") == "每周一至周五 14:00–16:00"
    assert said(case, days, "en") == "Every Mon–Fri 14:00–16:00"


def test_no_sessions_are_no_phrase(case: Case) -> None:
    assert said(case, [], "zh") == ""
