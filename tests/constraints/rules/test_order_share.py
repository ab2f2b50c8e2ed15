"""Order share in a coordinator's words: every shop gets one of its orders, and no shop gets them all."""

from __future__ import annotations

import pytest

from constraints.reading import rule_problems
from tests.constraints.building import amounts, breaches, case_of, demand, held, order, rule_of, series, service, unit

SERVICES = (service("aid"), service("tea", times="14:00"))
ORDERS = (
    order("s1", "aid", "2027-01-04", "shop"),
    order("s2", "aid", "2027-01-11; 2027-01-04", "shop"),
    order("s3", "tea", "2027-02-01", "shop"),
    order("b1", "aid", "2027-01-04", "bank"),
)

TINY = (
    case_of(*SERVICES, *ORDERS, demand("order_share", least=1, most=2, weight=2)),
    case_of(*SERVICES, *ORDERS, demand("order_share", least=2, per="month")),
    case_of(*SERVICES, *ORDERS, demand("order_share", most=1, activities="aid", per="month", weight=3)),
    case_of(  # a series of a requester; what must take place is no order
        unit("a"),
        *SERVICES,
        *ORDERS[:2],
        series(rounds="1-2", presence="may", requester="shop"),
        series("talk", rounds="1", requester="bank"),
        series("walk", rounds="1", presence="may"),
        demand("order_share", least=1, most=2, per="week"),
    ),
)


def accepted(*orders: str, **params: object) -> list[int]:
    """Return the amounts if these orders are accepted, each on the day wished for most."""
    case = case_of(*SERVICES, *ORDERS, demand("order_share", **params))
    days = {order.id: order.days[0] for order in ORDERS}
    return amounts(case, [held(case, f"{id_}@{days[id_]}") for id_ in orders])


def test_from_least_to_most_is_innocent_and_one_less_or_one_more_is_a_breach() -> None:
    assert accepted("s1", "b1", least=1, most=2) == []
    assert accepted("s1", "s2", "b1", least=1, most=2) == []
    assert accepted("s1", least=1, most=2) == [1]  # the bank has none
    assert accepted("s1", "s2", "s3", "b1", least=1, most=2) == [1]
    assert accepted(least=1) == [1, 1]


def test_no_more_is_asked_for_than_was_ordered() -> None:
    assert accepted("s1", "s2", "b1", least=2) == []  # the bank has but one order
    assert accepted("s1", least=2) == [1, 1]


def test_each_period_is_looked_at_by_itself_by_the_day_wished_for_most() -> None:
    # In January the shop has two orders, in February one.
    assert accepted("s1", "s3", "b1", least=1, most=1, per="month") == []
    assert accepted("s1", "s2", "b1", least=1, most=1, per="month") == [1, 1]
    case = case_of(*SERVICES, order("s1", "aid", "2027-02-01; 2027-01-04"), demand("order_share", least=1, per="month"))
    assert amounts(case, [held(case, "s1@2027-02-01", start="2027-01-04 09:00")]) == []


def test_only_orders_of_the_activities_named_count() -> None:
    assert accepted("s3", "b1", least=1, activities="aid") == [1]
    assert accepted("s1", "b1", least=1, activities="tea") == [1]


def test_an_activity_that_may_take_place_for_a_requester_is_an_order() -> None:
    case = case_of(
        series("aid", rounds="1", presence="may", requester="shop"),
        series("tea", rounds="1", requester="bank"),
        series("walk", rounds="1", presence="may"),
        demand("order_share", least=1),
    )
    assert amounts(case, [held(case, "tea@2027-01-04")]) == [1]
    assert amounts(case, [held(case, "aid@2027-01-04"), held(case, "tea@2027-01-04")]) == []


def test_what_must_take_place_is_no_order() -> None:
    case = case_of(series("tea", rounds="1", requester="bank"), demand("order_share", most=0))
    assert amounts(case, [held(case, "tea@2027-01-04")]) == []


def test_the_most_is_not_less_than_the_least() -> None:
    (problem,) = rule_problems(case_of(*SERVICES, *ORDERS, demand("order_share", least=2, most=1)))
    assert problem.field == "most"


def test_a_breach_says_how_many_of_how_many() -> None:
    case = case_of(*SERVICES, *ORDERS, demand("order_share", least=1, most=1, per="month"))
    sessions = [held(case, session) for session in ("s1@2027-01-04", "s2@2027-01-11", "s3@2027-02-01")]
    too_few, too_many = sorted(breaches(case, sessions), key=lambda breach: len(breach.sessions))
    assert too_many.message.say("en") == "shop has 2 of 2 orders accepted in January 2027; exactly 1"
    assert too_many.message.say("zh") == "shop 在 2027年1月点单 2 个，接单 2 个；应接正好 1 个"
    assert too_few.message.say("en") == "bank has 0 of 1 order accepted in January 2027; exactly 1"
    assert too_few.message.say("zh") == "bank 在 2027年1月点单 1 个，接单 0 个；应接正好 1 个"
    assert too_many.sessions == ("s1@2027-01-04", "s2@2027-01-11")


@pytest.mark.parametrize(
    ("params", "en", "zh"),
    [
        (
            {"least": 1},
            "Orders accepted of each requester in the whole horizon: at least 1",
            "每个点单人全期接单至少 1 个",
        ),
        (
            {"most": 2, "per": "month"},
            "Orders accepted of each requester each month: at most 2",
            "每个点单人每月接单至多 2 个",
        ),
    ],
)
def test_the_rule_is_said(params: dict[str, object], en: str, zh: str) -> None:
    case = case_of(*SERVICES, *ORDERS, demand("order_share", **params))
    said = rule_of(case).describe(case)
    assert (said.say("en"), said.say("zh")) == (en, zh)
