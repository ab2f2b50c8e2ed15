"""Why there is no plan: the instances named cannot hold together, and without any one of them they can."""

import pytest

from constraints.board import Board
from constraints.instances import Instance
from constraints.reading import read_rules
from rota.case import Case
from rota.demand import Availability, Demand, Level
from scheduler.solving.conflict import find_conflict
from scheduler.solving.control import Control
from scheduler.solving.run import Effort, run
from workbook.starter import starter_case


def away_all_year(case: Case, *units: str) -> Case:
    first, last = case.settings.first, case.settings.last
    rows = tuple(Availability(resource=unit, level=Level.CANNOT, first=first, last=last) for unit in units)
    return case.model_copy(update={"availability": (*case.availability, *rows)})


def with_demand(case: Case, demand: Demand) -> Case:
    return case.model_copy(update={"demands": (*case.demands, demand)})


CASES = {
    "an absent unit that has to host": lambda case: away_all_year(case, "U02"),
    "nobody there": lambda case: away_all_year(case, *(unit.id for unit in case.units)),
    "no instructor": lambda case: away_all_year(case, *(person.id for person in case.people)),
    "more turns due than there are": lambda case: with_demand(
        case, Demand(id="more", kind="cover", params=tuple({"role": "host", "times": "3"}.items()))
    ),
    "too long a rest": lambda case: with_demand(
        case,
        Demand(id="long", kind="rest_gap", params=tuple({"role": "host", "cycle": "fortnight", "rounds": "7"}.items())),
    ),
}
MANY_INSTANCES = (
    "no instructor",
    "more turns due than there are",
    "too long a rest",
    "an absent unit that has to host",
    "nobody there",
)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=name, marks=[pytest.mark.slow] if name in MANY_INSTANCES else [])
        for name, change in CASES.items()
    ],
)
def test_a_conflict_conflicts_and_is_minimal(change: object) -> None:
    case = change(starter_case(2026))  # type: ignore[operator]
    rules = read_rules(case)

    conflict = find_conflict(case, rules, Control(seconds=60))

    assert conflict is not None
    assert conflict.minimal
    assert _conflicts(case, conflict.instances)
    for left_out in conflict.instances:
        assert not _conflicts(case, tuple(i for i in conflict.instances if i != left_out)), left_out
    for sentence in conflict.sentences:
        assert sentence.say("en") != sentence.say("zh")


def test_a_case_with_a_plan_has_no_conflict() -> None:
    case = starter_case(2026)
    assert find_conflict(case, read_rules(case), Control(seconds=60)) is None


def _conflicts(case: Case, instances: tuple[Instance, ...]) -> bool:
    """Ask on a model of its own in which just these instances are enforced."""
    board = Board(case, mode="explain")
    board.post([rule for rule in read_rules(case) if rule.required])
    board.model.add_bool_and([board.instances[instance] for instance in instances])
    return run(board.model, Control(), Effort()).infeasible
