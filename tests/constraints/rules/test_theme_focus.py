"""Theme focus in a coordinator's words: at the opening, a unit with several points keeps to one theme."""

from __future__ import annotations

import pytest

from tests.constraints.building import amounts, breaches, case_of, demand, held, part, rule_of, seats, series, units

POINTS = (
    part("duty", "p1", theme="文旅", theme_en="Culture"),
    part("duty", "p2", theme="文旅", theme_en="Culture"),
    part("duty", "p3", theme="便民", theme_en="Convenience"),
    part("duty", "p4", theme="商务", theme_en="Business"),
)

TINY = (
    case_of(*units("a b c"), series(rounds="1"), *POINTS, seats(), demand("theme_focus", role="host", weight=2)),
    case_of(*units("a b c"), series(rounds="1"), *POINTS, seats(), demand("theme_focus", most=2)),
    case_of(  # two roles, a point without a theme, a session that may take place
        *units("a b"),
        series(rounds="1", presence="may"),
        *POINTS[1:3],
        part("duty", "p0"),
        seats(least=0),
        seats("partner", part="p3"),
        demand("theme_focus", role=""),
    ),
    case_of(
        *units("a b"),
        series(rounds="1"),
        series("talk", rounds="1"),
        *POINTS[:3],
        part("talk", "p", theme="文旅"),
        part("talk", "q", theme="便民"),
        seats(),
        seats(activity="talk"),
        seats("partner", "talk", part="q"),
        demand("theme_focus", role="host", activities="talk"),
    ),
)


def themes(*hosts: str, **params: object) -> list[int]:
    """Return the amounts of an opening whose points are hosted by so and so, one after the other."""
    case = case_of(
        *units("a b"),
        series(rounds="1"),
        *POINTS,
        seats(most=2),
        seats("guest", least=0),
        demand("theme_focus", **params),
    )
    parts = {point.id: {"host": who} for point, who in zip(POINTS, hosts, strict=True)}
    return amounts(case, [held(case, "duty@2027-01-04", parts=parts)])


def test_several_points_under_one_theme_are_innocent_and_a_second_theme_is_not() -> None:
    assert themes("a", "a", "b", "-") == []
    assert themes("b", "a", "a", "b") == [1, 1]  # each has two themes
    assert themes("a", "a", "a", "a") == [2]  # three themes: two too many


def test_more_themes_may_be_allowed() -> None:
    assert themes("b", "a", "a", "b", most=2) == []
    assert themes("a", "a", "a", "a", most=2) == [1]


def test_two_who_share_a_point_are_counted_each() -> None:
    assert themes("a", "a b", "b", "-") == [1]


def test_themes_of_another_role_or_of_another_session_do_not_count() -> None:
    assert themes("a", "a", "a", "a", role="guest") == []
    case = case_of(*units("a"), series(rounds="1-2"), *POINTS, seats(least=0), demand("theme_focus"))
    sessions = [
        held(case, "duty@2027-01-04", parts={"p1": {"host": "a"}}),
        held(case, "duty@2027-01-11", parts={"p3": {"host": "a"}}),
    ]
    assert amounts(case, sessions) == []


def test_a_point_without_a_theme_is_under_none() -> None:
    case = case_of(*units("a"), series(rounds="1"), *POINTS[:1], part("duty", "p0"), seats(), demand("theme_focus"))
    assert amounts(case, [held(case, "duty@2027-01-04", parts={"p1": {"host": "a"}, "p0": {"host": "a"}})]) == []


def test_a_breach_names_the_themes() -> None:
    case = case_of(
        *units("a"),
        series(rounds="1", name="启动日", name_en="Opening"),
        *POINTS[1:3],
        seats(),
        demand("theme_focus", role="host"),
    )
    (breach,) = breaches(case, [held(case, "duty@2027-01-04", parts={"p2": {"host": "a"}, "p3": {"host": "a"}})])
    assert (breach.sessions, breach.who) == (("duty@2027-01-04",), ("a",))
    assert breach.message.say("en") == (
        "a serves under 2 themes in Opening 2027-01-04 (Mon): Culture, Convenience; at most 1"
    )
    assert breach.message.say("zh") == "a 在启动日 2027-01-04 (周一) 涉及 2 个特色：文旅、便民；至多 1 个"


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        ({"role": "host"}, "As Host: at most 1 theme per session", "任“轮值单位”：每场至多 1 个特色"),
        ({"most": 2}, "Everybody: at most 2 themes per session", "每人每场至多 2 个特色"),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(*units("a"), series(), seats(), demand("theme_focus", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
