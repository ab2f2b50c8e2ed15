"""Choose in a coordinator's words: seven fixed services, and so many of these besides."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, rule_of, seats, series, unit

ELECTIVES = tuple(series(id_, rounds="1", presence="may", choice="n") for id_ in ("tea", "chess", "law"))

TINY = (
    case_of(*ELECTIVES, demand("choose", choice="n", least=1, most=2)),
    case_of(*ELECTIVES, demand("choose", choice="n", least=2, weight=3)),
    case_of(*ELECTIVES, demand("choose", choice="n", most=1, weight=2)),
    case_of(  # an activity with two sessions is one activity; one that must take place counts as well
        unit("a"),
        series("tea", rounds="1-2", presence="may", choice="n"),
        series("chess", rounds="1", choice="n"),
        series("law", rounds="2-3", presence="may", choice="n"),
        series("other", rounds="1", presence="may", choice="m"),
        seats(activity="tea"),
        demand("choose", choice="n", least=2, most=2),
    ),
    case_of(  # by weeks: chess is moved by a day or not, tea has rounds in both weeks, nothing is foreseen in the third
        series("tea", rounds="1-2", presence="may", choice="n"),
        series("chess", rounds="1", presence="may", choice="n", days_after=7),
        series("law", rounds="2", choice="n"),
        series("other", rounds="3", presence="may"),
        demand("choose", choice="n", per="week", least=1, most=1, weight=2),
    ),
)


def chosen(*activities: str) -> list[int]:
    case = case_of(*ELECTIVES, demand("choose", choice="n", least=1, most=2))
    return amounts(case, [held(case, f"{activity}@2027-01-04") for activity in activities])


def test_from_least_to_most_is_innocent_and_one_less_or_one_more_is_a_breach() -> None:
    assert chosen() == [1]
    assert chosen("tea") == []
    assert chosen("tea", "law") == []
    assert chosen("tea", "law", "chess") == [1]


def test_an_activity_with_several_sessions_is_one_activity() -> None:
    case = case_of(series("tea", rounds="1-3", presence="may", choice="n"), demand("choose", choice="n", most=1))
    assert amounts(case, [held(case, f"tea@2027-01-{day:02}") for day in (4, 11, 18)]) == []


def test_activities_of_another_set_are_not_meant() -> None:
    case = case_of(
        series("tea", rounds="1", presence="may", choice="n"),
        series("run", rounds="1", presence="may", choice="m"),
        demand("choose", choice="n", least=1),
    )
    assert amounts(case, [held(case, "run@2027-01-04")]) == [1]
    assert amounts(case, [held(case, "tea@2027-01-04")]) == []


def test_the_numbers_hold_in_each_period_for_which_something_is_foreseen() -> None:
    case = case_of(
        series("tea", rounds="1-3", presence="may", choice="n"),
        series("chess", rounds="1, 3", presence="may", choice="n"),
        series("run", rounds="4", presence="may"),
        demand("choose", choice="n", per="week", least=1, most=1),
    )
    # Tea on the 4th and the 11th: the third week lacks one; nothing of the set is foreseen for the fourth.
    first_and_second = [held(case, "tea@2027-01-04"), held(case, "tea@2027-01-11")]
    assert amounts(case, [*first_and_second, held(case, "chess@2027-01-18")]) == []
    (breach,) = breaches(case, first_and_second)
    assert (breach.amount, breach.message.say("en")) == (
        1,
        "0 activities of n take place in week 3 of 2027; asked for: exactly 1",
    )
    (breach,) = breaches(case, [*first_and_second, *(held(case, f"{a}@2027-01-18") for a in ("tea", "chess"))])
    assert (
        breach.message.say("en") == "2 activities of n take place in week 3 of 2027 (chess, tea); asked for: exactly 1"
    )
    assert breach.message.say("zh") == "“n”在 2027年第3周举办 2 项（chess、tea）；应为正好 1 项"


def test_a_session_lies_in_the_period_of_its_nominal_date() -> None:
    case = case_of(
        series("tea", rounds="1-2", presence="may", choice="n", days_after=7),
        demand("choose", choice="n", per="week", most=1),
        demand("choose", id="least", choice="n", per="week", least=1),
    )
    moved = held(case, "tea@2027-01-04", start="2027-01-11 09:00")
    assert [b.message.say("en") for b in breaches(case, [moved], "least")] == [
        "0 activities of n take place in week 2 of 2027; asked for: at least 1"
    ]


def test_a_breach_says_what_was_chosen() -> None:
    case = case_of(
        series("tea", rounds="1", presence="may", choice="n", name="茶会", name_en="Tea"),
        demand("choose", choice="n", least=2),
    )
    (breach,) = breaches(case, [held(case, "tea@2027-01-04")])
    assert breach.message.say("en") == "1 activity of n takes place in the whole horizon (Tea); asked for: at least 2"
    assert breach.message.say("zh") == "“n”在全期举办 1 项（茶会）；应为至少 2 项"
    (breach,) = breaches(case, [])
    assert breach.amount == 2
    assert breach.message.say("en") == "0 activities of n take place in the whole horizon; asked for: at least 2"
    assert breach.message.say("zh") == "“n”在全期举办 0 项；应为至少 2 项"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"least": 3}, "Of n, at least 3 activities take place in the whole horizon", "“n”中全期选办至少 3 项"),
        ({"least": 1, "per": "month"}, "Of n, at least 1 activity take place each month", "“n”中每月选办至少 1 项"),
        ({"least": 1, "most": 4}, "Of n, 1 to 4 activities take place in the whole horizon", "“n”中全期选办 1 至 4 项"),
    ],
)
def test_the_rule_is_said_with_its_limits(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(*ELECTIVES, demand("choose", choice="n", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
