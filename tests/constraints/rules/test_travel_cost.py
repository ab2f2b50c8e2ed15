"""Travel cost in a coordinator's words: nobody is sent from site to site in one day more than need be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.constraints.building import (
    amounts,
    breaches,
    case_of,
    cycle,
    demand,
    held,
    part,
    rule_of,
    seats,
    series,
    site,
    unit,
    units,
    way,
)

if TYPE_CHECKING:
    from rota.row import Row

DAY = "@2027-01-04"
PLACES = (site("hall"), site("yard"), site("park"))
WAYS = (way("hall", "yard", 10), way("yard", "park", 20), way("park", "yard", 25), way("hall", "park", 40))


def at(*sites: str) -> list[Row]:
    """Make sessions x, y, z at nine, ten and eleven of one day, each at one of the sites, with a host each."""
    hours = ("09:00", "10:00", "11:00")
    days = [series(x, rounds="1", times=t, sites=s) for x, t, s in zip("xyz", hours, sites, strict=False)]
    return [*days, *(seats(activity=x) for x, _ in zip("xyz", sites, strict=False))]


TINY = (
    case_of(  # the one in the middle may lie on the way, or not be taken
        *units("a b"), *PLACES, *WAYS, *at("hall", "yard", "park"), demand("travel_cost", role="host", weight=2)
    ),
    case_of(  # sites and starts are chosen: the order too; the third may not take place
        *units("a"),
        *PLACES,
        *WAYS,
        series("x", rounds="1", times="09:00; 11:00", sites="hall; park"),
        series("y", rounds="1", times="09:00; 10:00; 12:00", sites="hall; yard"),
        series("z", rounds="1", times="10:00; 12:00", sites="park", presence="may"),
        *(seats(activity=each, least=0) for each in "xyz"),
        demand("travel_cost"),
    ),
    case_of(  # a long one begins before and ends after another; two begin together
        unit("a", parallel=2),
        unit("b"),
        *PLACES,
        *WAYS,
        series("w", rounds="1", sites="park", minutes=30),
        series("x", rounds="1", sites="hall", minutes=240),
        series("y", rounds="1", times="10:00", sites="yard", minutes=30),
        series("z", rounds="1", times="13:30", sites="park"),
        *(seats(activity=each) for each in "wxyz"),
        demand("travel_cost"),
    ),
    case_of(  # another role, another activity and a group besides are no turns that count
        unit("a", groups="old"),
        unit("b"),
        *PLACES,
        *WAYS,
        *at("hall", "yard", "park"),
        seats("partner", activity="x"),
        demand("travel_cost", role="host", activities="x; z", groups="old"),
    ),
    case_of(  # whoever is in between at a site to which no way is known has none
        *units("a b"), *PLACES, way("hall", "park", 40), *at("hall", "yard", "park"), demand("travel_cost", role="host")
    ),
    case_of(  # the day that begins ends the way; two parts of one session are one turn
        *units("a b"),
        *PLACES,
        *WAYS,
        cycle("days", "FREQ=DAILY;COUNT=2"),
        series("x", cycle="days", rounds="1", times="23:00", days_after=1, sites="hall"),
        series("y", cycle="days", rounds="2", times="00:30; 22:00", sites="yard"),
        part("y", "p"),
        part("y", "q"),
        seats(activity="x"),
        seats(activity="y"),
        demand("travel_cost"),
    ),
)


def cost(*sites: str, who: str = "aaa") -> list[int]:
    case = case_of(*units("a b"), *PLACES, *WAYS, *at(*sites), demand("travel_cost"))
    return amounts(case, [held(case, f"{x}{DAY}", host=host) for x, host, _ in zip("xyz", who, sites, strict=False)])


def test_each_way_from_one_turn_to_the_next_is_counted() -> None:
    assert cost("hall", "yard", "park") == [10, 20]
    assert cost("park", "yard", "hall") == [25, 10]  # the way from the park has its own row, that from the yard not


def test_whoever_stays_has_no_way() -> None:
    assert cost("hall", "hall", "hall") == []


def test_the_turn_of_somebody_else_does_not_lie_between() -> None:
    assert cost("hall", "yard", "park", who="aba") == [40]


def test_the_next_turn_ends_the_way_even_where_it_is_not_known_how_long_it_took() -> None:
    case = case_of(*units("a"), *PLACES, way("hall", "park", 40), *at("hall", "yard", "park"), demand("travel_cost"))
    assert amounts(case, [held(case, f"{x}{DAY}", host="a") for x in "xyz"]) == []


def test_the_next_turn_begins_once_one_has_ended_and_what_overlaps_is_no_next_turn() -> None:
    case = case_of(
        unit("a", parallel=2),
        *PLACES,
        *WAYS,
        series("x", rounds="1", sites="hall"),
        series("y", rounds="1", times="09:59", minutes=31, sites="yard"),
        series("z", rounds="1", times="11:00", sites="park"),
        *(seats(activity=each) for each in "xyz"),
        demand("travel_cost"),
    )
    x, y, z = (held(case, f"{each}{DAY}", host="a") for each in "xyz")
    assert amounts(case, [x, y]) == []
    assert amounts(case, [x, y, z]) == [40, 20]  # from both of the two that overlap


def test_of_several_turns_that_begin_together_each_is_the_next() -> None:
    case = case_of(
        unit("a", parallel=2),
        *PLACES,
        *WAYS,
        series("x", rounds="1", sites="hall"),
        series("y", rounds="1", times="11:00", sites="yard"),
        series("z", rounds="1", times="11:00", sites="park"),
        *(seats(activity=each) for each in "xyz"),
        demand("travel_cost"),
    )
    assert amounts(case, [held(case, f"{each}{DAY}", host="a") for each in "xyz"]) == [10, 40]


def test_the_turns_of_two_days_are_two_journeys() -> None:
    case = case_of(
        *units("a"),
        *PLACES,
        *WAYS,
        series("x", rounds="1", times="09:00", sites="hall"),
        series("y", rounds="2", times="09:00", sites="yard"),
        seats(activity="x"),
        seats(activity="y"),
        demand("travel_cost"),
    )
    assert amounts(case, [held(case, f"x{DAY}", host="a"), held(case, "y@2027-01-11", host="a")]) == []


def test_a_breach_says_who_goes_where() -> None:
    case = case_of(
        unit("a", name="税务局", name_en="Tax Office"),
        site("hall", name="党群中心", name_en="Center"),
        site("yard", name="乙站", name_en="Yard"),
        way("hall", "yard", 10),
        series("x", rounds="1", name="值守", name_en="Duty", sites="hall"),
        series("y", rounds="1", times="10:00", name="讲座", name_en="Talk", sites="yard"),
        seats(activity="x"),
        seats(activity="y"),
        demand("travel_cost"),
    )
    (breach,) = breaches(case, [held(case, f"x{DAY}", host="a"), held(case, f"y{DAY}", host="a")])
    assert breach.message.say("en") == (
        "Tax Office is 10 min on the way from Duty 2027-01-04 (Mon) "
        "09:00 (Center) to Talk 2027-01-04 (Mon) 10:00 (Yard)"
    )
    assert breach.message.say("zh") == (
        "税务局从值守 2027-01-04 (周一) 09:00（党群中心）到讲座 2027-01-04 (周一) 10:00（乙站），路上 10 分钟"
    )
    assert (breach.sessions, breach.who) == ((f"x{DAY}", f"y{DAY}"), ("a",))


def test_the_rule_is_said() -> None:
    case = case_of(series(), seats(), demand("travel_cost", role="host"))
    said = rule_of(case).describe(case)
    assert said.say("en") == "As Host: no travel between sites from one turn to the next on the same day"
    assert said.say("zh") == "任“轮值单位”：同一天内两次当值之间不在站点间奔波"
