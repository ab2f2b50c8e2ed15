"""Home sites in a coordinator's words: shared people serve where they belong, all others anywhere."""

from __future__ import annotations

from constraints.board import Board
from constraints.quick import impossibilities
from constraints.reading import read_rules
from constraints.rules.staffing_sites import StaffingSites
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
    site,
    staffing,
)

DAY = "@2027-01-04"
PLACES = (site("hall"), site("yard"), site("park"))

TINY = (
    case_of(  # one site to each session; li serves at two of three, wang anywhere
        person("li"),
        person("wang"),
        *PLACES,
        staffing("li", "hall; yard"),
        *(series(x, rounds="1", sites=at) for x, at in (("x", "hall"), ("y", "yard"), ("z", "park"))),
        *(seats("guide", each, kind="person") for each in "xyz"),
        demand("staffing_sites", weight=2),
    ),
    case_of(  # the site is chosen, the session may not take place, and two seats in it are one turn
        person("li"),
        person("wang"),
        *PLACES,
        staffing("li", "hall"),
        series(rounds="1-2", sites="hall; yard; park", presence="may"),
        part("duty", "p"),
        seats("guide", kind="person"),
        seats("speaker", kind="person", least=0),
        demand("staffing_sites"),
    ),
    case_of(  # two seats in a session that has but one site, and two starts
        person("li"),
        person("wang"),
        *PLACES,
        staffing("li", "hall"),
        staffing("wang", "yard"),
        series(rounds="1", sites="yard", times="09:00; 14:00"),
        series("talk", rounds="1", sites="hall; park"),
        seats("guide", kind="person"),
        seats("speaker", kind="person", least=0),
        seats("guide", "talk", kind="person"),
        demand("staffing_sites"),
    ),
)


def test_a_shared_person_serves_at_the_home_sites_and_everybody_else_anywhere() -> None:
    case = case_of(
        person("li"),
        person("wang"),
        *PLACES,
        staffing("li", "hall; yard"),
        series(rounds="1"),
        seats("guide", kind="person"),
        seats("speaker", kind="person", least=0),
        demand("staffing_sites"),
    )
    assert amounts(case, [held(case, f"duty{DAY}", at="hall", guide="li")]) == []
    assert amounts(case, [held(case, f"duty{DAY}", at="yard", guide="li")]) == []
    assert amounts(case, [held(case, f"duty{DAY}", at="park", guide="wang")]) == []
    assert amounts(case, [held(case, f"duty{DAY}", at="park", guide="li", speaker="li")]) == [1]  # one turn


def test_a_candidate_who_is_never_at_home_is_dropped_from_the_board() -> None:
    case = case_of(
        person("li"),
        *PLACES,
        staffing("li", "hall"),
        series(rounds="1", sites="park; yard", presence="may"),
        series("talk", rounds="1", sites="park; hall"),
        seats("guide", kind="person"),
        seats("speaker", kind="person"),
        seats("guide", "talk", kind="person"),
    )
    board = Board(case)
    board.post([StaffingSites(id="staffing_sites")])
    assert [place.occurrence.id for place in board.places("li")] == [f"talk{DAY}"]


def test_the_check_of_a_case_counts_who_is_at_home() -> None:
    rows = (
        person("li"),
        person("wang"),
        site("hall", hours="Mon 14:00-18:00"),
        site("park"),
        series(rounds="1"),
        seats("guide", kind="person", least=2, most=2),
    )
    free, away = case_of(*rows), case_of(*rows, staffing("li", "hall"))  # nine o'clock: only the park is open
    assert impossibilities(free, read_rules(free)) == []
    (problem,) = impossibilities(away, read_rules(away))
    assert problem.message.say("en") == (
        "duty 2027-01-04 (Mon) cannot take place at any possible start: "
        "at 2027-01-04 (Mon) 09:00 1 of 2 candidates can be Guide; it takes 2"
    )
    wished = case_of(*rows, staffing("li", "hall"), demand("staffing_sites", priority=1))
    assert impossibilities(wished, read_rules(wished)) == []


def test_the_check_of_a_case_counts_the_sessions_at_home() -> None:
    case = case_of(
        person("li"),
        *PLACES,
        staffing("li", "hall"),
        series(rounds="1-3", sites="park"),
        series("talk", rounds="1", sites="park; hall"),
        seats("guide", kind="person", least=0),
        seats("guide", "talk", kind="person"),
        demand("cover", role="guide", times=2),
    )
    (problem,) = impossibilities(case, read_rules(case))
    assert problem.message.say("en") == "li should have at least 2 turns as Guide, but could serve in 1 session"


def test_a_breach_says_who_serves_where_and_where_home_is() -> None:
    case = case_of(
        person("li", name="李老师", name_en="Ms Li"),
        site("hall", name="党群中心", name_en="Center"),
        site("yard", name="乙站", name_en="Yard"),
        site("park", name="公园", name_en="Park"),
        staffing("li", "hall; yard"),
        series(rounds="1", name="值守", name_en="Duty", sites="park"),
        seats("guide", kind="person"),
        demand("staffing_sites"),
    )
    (breach,) = breaches(case, [held(case, f"duty{DAY}", guide="li")])
    assert breach.message.say("en") == "Ms Li serves in Duty 2027-01-04 (Mon) at Park; home sites: Center, Yard"
    assert breach.message.say("zh") == "李老师在公园参加值守 2027-01-04 (周一)；其常驻站点为：党群中心、乙站"
    assert (breach.sessions, breach.who) == ((f"duty{DAY}",), ("li",))


def test_the_rule_is_said() -> None:
    case = case_of(series(), demand("staffing_sites"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "People shared between sites serve at their home sites"
    assert said.say("zh") == "共用人员只在其常驻站点当值"
