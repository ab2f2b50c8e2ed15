"""Spacing in a coordinator's words: two lectures do not come within a week of each other."""

from __future__ import annotations

from typing import Any

import pytest

from rota.case import Case
from rota.row import Row
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    rule_of,
    series,
    session_ids,
    site,
)

DAILY = cycle("days", "FREQ=DAILY;COUNT=10")


def lectures(rounds: str, *rows: Row, rule: dict[str, object] | None = None, **cells: object) -> Case:
    """Lectures on days from Monday 4 January 2027 on, in one hall or two."""
    given: dict[str, Any] = {"cycle": "days", "rounds": rounds, "name": "讲座", "name_en": "Lecture", **cells}
    sites = (site("hall"), site("yard"))
    return case_of(DAILY, series("lecture", **given), *sites, *rows, demand("spacing", **{"days": 2, **(rule or {})}))


TINY = (
    lectures("1-3", days_after=2, sites="hall", rule={"weight": 2}),
    lectures("1,3,5", days_before=1, days_after=1, times="09:00; 14:00", sites="hall", rule={"days": 3}),
    lectures("1-3", presence="may", sites="hall", rule={"days": 3}),
    lectures("1-2", days_after=1, rule={"days": 2, "same_site": "是"}),  # both sites are open
    lectures(
        "1-3",
        series("tea", cycle="days", rounds="2", sites="yard"),
        presence="may",
        sites="hall; yard",
        rule={"same_site": "是"},
    ),
    lectures(
        "1-2",
        series("tea", cycle="days", rounds="2", days_before=1, sites="yard"),
        series("free", cycle="days", rounds="2", sites="yard", days_after=1),
        days_after=1,
        rule={"activities": "lecture; tea", "days": 1},
    ),
    lectures("1,4", days_after=1, sites="hall", rule={"days": 4}),
)


def on(case: Case, *days: str) -> list[int]:
    """Hold the sessions in turn on days of January, `04` or `04 yard`, and return the amounts of the breaches."""
    sessions = []
    for session, written in zip(session_ids(case), days, strict=True):
        day, _, place = written.partition(" ")
        sessions.append(held(case, session, start=f"2027-01-{day} 09:00", at=place))
    return amounts(case, sessions)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("04", "07"), []),
        (("04", "06"), [1]),  # two days apart, three are asked for
        (("05", "05"), [3]),
        (("08", "05"), []),  # whichever comes first
        (("07", "05"), [1]),
    ],
)
def test_two_sessions_lie_so_many_days_apart(days: tuple[str, str], expected: list[int]) -> None:
    case = lectures("1-2", days_after=6, rule={"days": 3})
    assert on(case, *days) == expected


def test_all_pairs_are_counted_not_only_neighbours() -> None:
    # 4, 5 and 6 January: two pairs lie one day apart and lack two each, one lies two apart and lacks one
    assert sorted(on(lectures("1-3", rule={"days": 3}), "04", "05", "06")) == [1, 2, 2]


def test_days_are_counted_not_hours() -> None:
    case = lectures("1-2", times="09:00; 20:00", rule={"days": 1})
    late, early = session_ids(case)
    assert amounts(case, [held(case, late, start="20:00"), held(case, early, start="09:00")]) == []


def test_a_session_past_midnight_lies_on_the_day_on_which_it_begins() -> None:
    case = lectures("1-3", times="09:00; 23:30")
    first, second, third = session_ids(case)
    night, morning = held(case, second, start="2027-01-05 23:30"), held(case, third, start="2027-01-06 09:00")
    assert amounts(case, [held(case, first, start="2027-01-04 09:00"), night]) == [1]
    assert amounts(case, [night, morning]) == [1]


def test_sessions_at_other_sites_are_innocent_where_one_site_is_meant() -> None:
    case = lectures("1-3", rule={"same_site": "是"})
    assert on(case, "04 hall", "05 yard", "06 hall") == []
    assert on(case, "04 hall", "05 hall", "06 yard") == [1]
    assert on(lectures("1-3"), "04 hall", "05 yard", "06 hall") == [1, 1]


def test_other_activities_are_not_meant() -> None:
    tea = series("tea", cycle="days", rounds="1")
    assert on(lectures("1", tea, rule={"activities": "lecture"}), "04", "04") == []
    assert on(lectures("1", tea), "04", "04") == [2]
    assert on(lectures("1-2", rule={"activities": "lecture"}), "04", "05") == [1]


def test_a_breach_says_both_starts() -> None:
    case = lectures("1-2")
    sessions = [held(case, session) for session in session_ids(case)]
    (breach,) = breaches(case, sessions)
    assert breach.message.say("en") == (
        "Lecture 2027-01-04 (Mon) 09:00 and Lecture 2027-01-05 (Tue) 09:00 are 1 day apart; asked for: 2 days"
    )
    assert (
        breach.message.say("zh") == "讲座 2027-01-04 (周一) 09:00 与讲座 2027-01-05 (周二) 09:00 仅相隔 1 天；要求 2 天"
    )
    assert breach.sessions == tuple(session_ids(case))


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        ({"days": 1}, "All activities: any two sessions at least 1 day apart", "全部活动项目：任意两场至少相隔 1 天"),
        (
            {"activities": "lecture", "days": 7, "same_site": "是"},
            "Lecture: any two sessions at one site at least 7 days apart",
            "讲座：同一站点任意两场至少相隔 7 天",
        ),
    ],
)
def test_the_rule_is_said(rule: dict[str, object], en: str, zh: str) -> None:
    case = lectures("1-2", rule=rule)
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
