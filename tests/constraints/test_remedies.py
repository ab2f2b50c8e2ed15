"""Which row to change so that an instance no longer stands in the way."""

from __future__ import annotations

import pytest

from constraints.instances import Instance
from constraints.reading import read_rules
from constraints.remedies import remedies
from constraints.structure import LEAST, TAKES_PLACE
from tests.constraints.building import (
    case_of,
    demand,
    held,
    line,
    pin,
    plan_of,
    room,
    seats,
    series,
    site,
    states,
    unit,
    way,
)

FIRST, SECOND = "duty@2027-01-04", "duty@2027-01-11"
CASE = case_of(
    site("hall"),
    site("yard"),
    room("big"),
    line("aid"),
    unit("a", joined="2027-01-11"),
    unit("b"),
    series("talk", "1"),
    series(rooms="big", needs_room=True, attendance=50, lines="aid"),
    seats(activity="talk"),
    seats(),
    seats("help"),
    states("b", "avoid", "2027-01-04"),
    states("b", "cannot", "2027-01-04"),
    states("b", "cannot", "2027-01-11"),
    states("big", "cannot", "2027-01-04"),
    pin(SECOND, role="host", resource="b"),
    pin(FIRST, start="2027-01-04 09:00"),
    pin(FIRST, role="host", resource="b"),
    way("hall", "yard", 30),
    demand("eligibility", id="able", roles="host"),
    demand("cover", role="host", times=1),
)


def changed(*instances: Instance) -> list[tuple[str, int | None, str | None]]:
    return [(p.table, p.row, p.field) for p in remedies(CASE, read_rules(CASE), instances)]


@pytest.mark.parametrize(
    ("instance", "place"),
    [
        (Instance(TAKES_PLACE, (FIRST,)), ("activities", 1, "rounds")),
        (Instance(LEAST, (FIRST, "main", "host")), ("roles", 1, "least")),
        (Instance("rule", ("a",)), ("demands", 1, "priority")),
        (Instance("availability", ("b", FIRST)), ("availability", 1, None)),
        (Instance("availability", ("big", FIRST)), ("availability", 3, None)),
        (Instance("pins", (FIRST, "b")), ("pins", 2, None)),
        (Instance("pins", (FIRST, "2027-01-04 09:00")), ("pins", 1, None)),
        (Instance("membership", ("a", FIRST)), ("units", 0, None)),
        (Instance("able", ("b", FIRST)), ("units", 1, None)),
        (Instance("opening_hours", ("big", FIRST)), ("rooms", 0, None)),
        (Instance("opening_hours", ("yard", FIRST)), ("sites", 1, None)),
        (Instance("room_fit", (FIRST, "main")), ("activities", 1, "attendance")),
        (Instance("staffing_sites", ("a", FIRST)), ("staffing", None, None)),
        (Instance("travel_time", ("a", "2027-01-04")), ("travel", None, None)),
    ],
    ids=lambda value: value.demand if isinstance(value, Instance) else value[0],
)
def test_what_is_stated_somewhere_is_changed_there(
    instance: Instance, place: tuple[str, int | None, str | None]
) -> None:
    assert changed(instance) == [place]


def test_nobody_can_be_made_to_be_in_two_places_by_any_table() -> None:
    assert changed(Instance("no_overlap", ("a", FIRST))) == []


def test_a_row_that_several_instances_come_from_is_named_once() -> None:
    assert changed(Instance("rule", ("a",)), Instance("rule", ("b",)), Instance(TAKES_PLACE, (FIRST,))) == [
        ("demands", 1, "priority"),
        ("activities", 1, "rounds"),
    ]


def test_what_to_do_is_said_in_both_languages() -> None:
    (remedy,) = remedies(CASE, read_rules(CASE), [Instance("rule", ("a",))])
    assert remedy.message.say("en") == "write 1 here: a wish at priority 1 is given up only where it has to be"
    assert remedy.message.say("zh") == "改为 1：作为优先级 1 的希望，只在不得已处放宽"


@pytest.mark.parametrize(
    ("instance", "narrow"),
    [
        (Instance(TAKES_PLACE, (SECOND,)), "在此去掉第 2 轮，即只取消 duty 2027-01-11 (周一)"),
        (Instance("availability", ("a", SECOND)), "此条不再包括 2027-01-11 (周一)：可拆成前后两条"),
        (Instance("availability", ("b", FIRST)), "修改或删除此条时间意向"),
        (Instance("opening_hours", ("big", SECOND)), "周一 09:00-10:00 也开放（每周均生效）"),
        (Instance(LEAST, (FIRST, "main", "host")), "只空缺确实排不满的岗位"),
        (Instance(LEAST, ("talk@2027-01-04", "main", "host")), "减少该岗位最少人数"),
        (Instance("staffing_sites", ("a", FIRST)), "也可在"),
    ],
)
def test_a_change_is_as_narrow_as_the_exception(instance: Instance, narrow: str) -> None:
    case = CASE.model_copy(
        update={
            "availability": (
                *CASE.availability,
                *case_of(states("a", "cannot", "2027-01-05", last="2027-03-01")).availability,
            )
        }
    )
    (remedy,) = remedies(case, read_rules(case), [instance])
    assert narrow in remedy.message.say("zh")


def test_only_the_statement_that_the_plan_goes_against_is_to_be_changed() -> None:
    case = case_of(
        *[unit("a")],
        series(rounds="1", days_after=1),
        seats(),
        states("a", "cannot", "2027-01-04"),
        states("a", "cannot", "2027-01-05"),
    )
    exception = [Instance("availability", ("a", FIRST))]
    plan = plan_of(case, [held(case, FIRST, start="2027-01-05 09:00", host="a")])
    assert [p.row for p in remedies(case, read_rules(case), exception)] == [0, 1]
    assert [p.row for p in remedies(case, read_rules(case), exception, plan)] == [1]
