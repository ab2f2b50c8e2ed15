"""Site rotation in a coordinator's words: a volunteer goes round all stations before coming to one again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from constraints.board import Board
from constraints.reading import rule_problems
from constraints.trial import Trial
from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    demand,
    held,
    part,
    person,
    rule_of,
    seats,
    series,
    session_ids,
    site,
    staffing,
    unit,
    units,
)

if TYPE_CHECKING:
    from rota.case import Case
    from rota.plan import Session

SITES = (site("hall"), site("park"), site("yard"))

TINY = (
    case_of(*SITES[1:], *units("a b"), series(rounds="1-3"), seats(), demand("site_rotation", role="host")),
    case_of(*SITES, unit("a"), series(rounds="1-4"), seats(), demand("site_rotation", weight=2)),
    case_of(  # the yard opens in the third week, and there are two sites before
        *SITES,
        unit("a"),
        series(rounds="1-4", sites="hall; park"),
        series("open", rounds="3-4", sites="yard", times="18:00"),
        seats(),
        seats(activity="open", least=0),
        demand("site_rotation", role="host"),
    ),
    case_of(  # the hall opens on 4 January alone, and is over after 11 January
        *SITES,
        unit("a"),
        series(rounds="1-2", sites="hall"),
        series("open", rounds="2-4", sites="park; yard"),
        seats(least=0),
        seats(activity="open"),
        demand("site_rotation", role="host"),
    ),
    case_of(  # b joins and c leaves; only members of a group are sent round
        *SITES[:2],
        unit("b", joined="2027-01-05", groups="old"),
        unit("c", left="2027-01-11", groups="old"),
        unit("d"),
        series(rounds="1-3"),
        seats(),
        demand("site_rotation", role="host", groups="old"),
    ),
    case_of(  # home sites of the one, sites of the rule, an activity and a role that do not count
        *SITES,
        person("a"),
        person("b"),
        staffing("a", "hall"),
        series(rounds="1-2"),
        series("open", rounds="1", sites="hall"),
        seats(kind="person"),
        seats("partner", kind="person", groups="none", least=0),
        seats(activity="open", kind="person"),
        demand("site_rotation", role="host", sites="hall; park", activities="duty"),
    ),
    case_of(  # sessions that may take place, at several times and in two parts
        *SITES[:2],
        unit("a"),
        series(rounds="1-2", presence="may", days_after=1),
        part("duty", "p"),
        part("duty", "q"),
        seats(least=0),
        demand("site_rotation"),
    ),
)


def visits(case: Case, at: Iterable[str]) -> list[Session]:
    """Hold the sessions in order, each with a at the next of the sites; `-` leaves one out."""
    return [
        held(case, id_, at=where, host="a") for id_, where in zip(session_ids(case), at, strict=True) if where != "-"
    ]


def tour(*at: str, **params: object) -> list[int]:
    """Send a volunteer to one site a week."""
    case = case_of(*SITES, unit("a"), series(rounds="1-5"), seats(), demand("site_rotation", **params))
    return amounts(case, visits(case, at))


def test_whoever_goes_round_all_sites_keeps_the_rule_in_whatever_order() -> None:
    assert tour("hall", "park", "yard", "yard", "hall") == []


def test_a_site_visited_again_before_the_others_is_a_breach_until_they_have_been() -> None:
    assert tour("hall", "park", "hall", "yard", "park") == [1]  # after the third week: hall 2, yard 0
    assert tour("hall", "hall", "park", "-", "-") == [1, 1, 1, 1]  # the yard is never visited
    assert tour("hall", "hall", "hall", "park", "yard") == [1, 2, 2, 1]


def test_only_the_sites_of_the_rule_are_compared() -> None:
    assert tour("yard", "yard", "hall", "park", "hall", sites="hall; park") == []
    assert tour("hall", "hall", "park", "park", "hall", sites="hall; park") == [1]  # after the second week


def test_a_day_is_counted_once_and_only_where_there_is_something_to_visit() -> None:
    case = case_of(
        *SITES,
        unit("a"),
        series(rounds="1-2", sites="hall; park"),
        series("late", rounds="1", sites="hall; park", times="18:00"),
        series("open", rounds="3-4", sites="yard"),
        *(seats(activity=activity, least=0) for activity in ("duty", "late", "open")),
        demand("site_rotation", role="host", sites="hall; park"),
    )
    assert amounts(case, visits(case, ["hall", "hall", "-", "yard", "yard"])) == [1, 1]  # in the first two weeks


def test_sites_where_one_cannot_serve_are_not_asked_for() -> None:
    case = case_of(
        *SITES,
        unit("a"),
        unit("b", groups="old"),
        series(rounds="1-3", sites="hall; park"),
        series("open", rounds="1-3", sites="yard", times="18:00"),
        seats(least=0, most=2),
        seats(activity="open", least=0, groups="old"),
        demand("site_rotation", role="host"),
    )
    plan = [
        held(case, id_, at=at, host="a b")
        for id_, at in zip(session_ids(case)[::2], ["hall", "park", "hall"], strict=True)
    ]
    assert [breach.who for breach in breaches(case, plan)] == [("b",)]


def test_each_volunteer_goes_round_alone() -> None:
    case = case_of(*SITES[:2], *units("a b"), series(rounds="1-4"), seats(), demand("site_rotation", role="host"))
    first, second, third, fourth = session_ids(case)
    plan = [
        held(case, first, at="hall", host="a"),
        held(case, second, at="hall", host="b"),
        held(case, third, at="hall", host="b"),
        held(case, fourth, at="park", host="a"),
    ]
    (one, other) = breaches(case, plan)
    assert (one.amount, one.who, one.sessions) == (1, ("b",), (second, third))  # after the third week
    assert other.amount == 1  # and after the fourth


def later(*at: str) -> list[int]:
    """Send a volunteer to the hall or the park each week, and on the evenings of the last two to the new yard."""
    case = case_of(
        *SITES,
        unit("a"),
        series(rounds="1-5", sites="hall; park"),
        series("open", rounds="4-5", sites="yard", times="18:00"),
        seats(least=0),
        seats(activity="open", least=0),
        demand("site_rotation", role="host"),
    )
    return amounts(case, visits(case, at))


def test_a_site_that_opens_later_comes_next_and_is_not_made_up_for() -> None:
    # before 25 January hall 2 and park 1: the yard starts at 1, so that park and yard come before the hall
    assert later("hall", "park", "hall", "park", "-", "-", "yard") == []
    assert later("hall", "park", "hall", "park", "-", "hall", "-") == [1]  # hall 3, park 2, yard 1
    # hall 1: the yard starts at 0
    assert later("hall", "-", "-", "-", "-", "hall", "yard") == [1]  # hall 2, park 0, yard 1: the park lacks


def test_a_site_without_further_sessions_holds_nobody_up() -> None:
    case = case_of(
        *SITES,
        unit("a"),
        series(rounds="1-5", sites="hall; park"),
        series("open", rounds="1", sites="yard", times="18:00"),
        seats(),
        seats(activity="open", least=0),
        demand("site_rotation", role="host"),
    )
    weekly = [id_ for id_ in session_ids(case) if id_.startswith("duty")]
    plan = [held(case, id_, at=at, host="a") for id_, at in zip(weekly, ["hall", "park"] * 2 + ["hall"], strict=True)]
    assert amounts(case, plan) == []


def test_home_sites_are_all_that_one_goes_round() -> None:
    case = case_of(
        *SITES,
        person("a"),
        person("b"),
        staffing("a", "hall; park"),
        series(rounds="1-3"),
        seats(kind="person", least=0, most=2),
        demand("site_rotation", role="host"),
    )
    plan = [
        held(case, id_, at=at, host="a b") for id_, at in zip(session_ids(case), ["hall", "park", "hall"], strict=True)
    ]
    assert [breach.who for breach in breaches(case, plan)] == [("b",)]  # b has not been to the yard


@pytest.mark.parametrize(("left", "expected"), [("", [1, 1]), ("2027-01-17", [1]), ("2027-01-18", [1, 1])])
def test_nobody_is_sent_round_after_leaving(left: str, expected: list[int]) -> None:
    case = case_of(
        *SITES[:2], unit("a", left=left), series(rounds="1-3"), seats(least=0), demand("site_rotation", role="host")
    )
    first, second, _ = session_ids(case)
    plan = [held(case, first, at="hall", host="a"), held(case, second, at="hall", host="a")]
    assert amounts(case, plan) == expected


def test_a_visit_counts_on_the_nominal_date_wherever_the_session_is_moved() -> None:
    case = case_of(
        *SITES[:2], unit("a"), series(rounds="1-3", days_after=10), seats(), demand("site_rotation", role="host")
    )
    first, second, third = session_ids(case)
    plan = [
        held(case, first, at="hall", host="a"),
        held(case, second, start="2027-01-20 09:00", at="park", host="a"),
        held(case, third, at="hall", host="a"),
    ]
    assert amounts(case, plan) == []


def test_what_is_past_and_wrong_rules_nothing_out_that_mends_it() -> None:
    case = case_of(*SITES[:2], unit("a"), series(rounds="1-3"), seats(), demand("site_rotation", role="host"))
    first, second, third = session_ids(case)
    board = Board(case, {third}, {id_: held(case, id_, at="hall", host="a") for id_ in (first, second)})
    board.post([rule_of(case)])
    trial = Trial(board)
    assert [trial.least_cost({third: held(case, third, at=at, host="a")}) for at in ("hall", "park")] == [None, 0]


def test_a_breach_names_the_two_sites() -> None:
    case = case_of(
        site("hall", name="大厅", name_en="Hall"),
        site("yard", name="院子", name_en="Yard"),
        unit("a", name="税务局", name_en="Tax Office"),
        series(rounds="1-3", sites="hall"),
        series("open", rounds="2", sites="yard", times="18:00"),
        seats(),
        seats(activity="open", least=0),
        demand("site_rotation", role="host"),
    )
    first, second, evening, _ = session_ids(case)
    plan = [held(case, id_, host="a") for id_ in (first, second)]
    (breach,) = breaches(case, plan)
    assert breach.message.say("en") == "By 2027-01-11 (Mon) Tax Office has been to Hall 2 times as Host, to Yard 0"
    assert breach.message.say("zh") == "截至 2027-01-11 (周一)，税务局任“轮值单位”到大厅 2 次，到院子仅 0 次"
    assert breach.sessions == (first, second)
    assert amounts(case, [*plan, held(case, evening, host="a")]) == []


def test_a_breach_says_how_a_site_that_opened_later_is_counted() -> None:
    case = case_of(
        *SITES[:2],
        unit("a"),
        series(rounds="1-4", sites="hall"),
        series("open", rounds="3-4", sites="park", times="18:00"),
        seats(),
        seats(activity="open", least=0),
        demand("site_rotation", role="host"),
    )
    plan = [held(case, id_, host="a") for id_ in session_ids(case) if id_.startswith("duty")]
    first, second = breaches(case, plan)
    # two visits to the hall before the park opens, which starts at 1; on 18 January 3 against 1, then 4
    assert (first.amount, second.amount) == (1, 2)
    assert first.message.say("en") == (
        "By 2027-01-18 (Mon) a has been to hall 3 times as Host, to park 1; a site that opened later starts one behind"
    )
    assert first.message.say("zh") == (
        "截至 2027-01-18 (周一)，a 任“轮值单位”到 hall 3 次，到 park 仅 1 次（后开放的站点按少一次起计）"
    )


def test_the_rule_is_said_with_its_sites() -> None:
    case = case_of(*SITES, unit("a"), series(), seats(), demand("site_rotation", role="host", sites="hall; park"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "As Host: each of hall, park is visited before any is visited again"
    assert said.say("zh") == "任“轮值单位”：走遍hall、park后，才再到同一站点"
    everywhere = rule_of(case).model_copy(update={"sites": ()}).describe(case)
    assert everywhere.say("en") == "As Host: every site is visited before any is visited again"
    assert everywhere.say("zh") == "任“轮值单位”：走遍各站点后，才再到同一站点"


def test_an_unknown_site_is_said_at_its_cell() -> None:
    case = case_of(*SITES, unit("a"), series(), seats(), demand("site_rotation", sites="pool"))
    assert [problem.field for problem in rule_problems(case)] == ["sites"]
