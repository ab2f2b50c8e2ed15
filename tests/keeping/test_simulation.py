"""A simulated year: no session moves without need, every revision holds, and the same seed makes the same year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from threading import Event

import pytest

from constraints.reading import read_rules, rule_problems
from constraints.registry import catalogue
from rota.case import Case
from rota.changes.swaps import SwapAsked
from rota.request import SeatRef
from scheduler.keeping.journal import Journal
from scheduler.keeping.simulation.steps import Step, Year, quantile
from scheduler.keeping.simulation.swapping import broken_by_swap
from scheduler.keeping.simulation.year import Hand, Simulation, horizon, verified_again
from scheduler.solving.control import Control
from scheduler.solving.solve import solve
from tests.keeping.station import WHO, hosted, station
from tests.thoroughness import often
from workbook.output.simulation_page import Happening, Simulated, simulation_html
from workbook.reading import read_case

CHANGES = often(15, 40)
"""So many befall a real station."""
UNITS = [{"id": id_, "name": name, "groups": ["hosts"]} for id_, name in zip("abcde", "甲乙丙丁戊", strict=True)]
WEEKS = [{"id": "weeks", "name": "每周", "first": "2027-03-06", "rrule": "FREQ=WEEKLY;COUNT=20"}]
RULES = [
    {"id": "rest", "kind": "rest_gap", "params": (("role", "host"), ("cycle", "weeks"), ("rounds", "2"))},
    {"id": "fair", "kind": "fair_share", "priority": 1, "params": (("role", "host"),)},
]
SMALL = station({"last": "2027-07-20"}, units=UNITS, people=[], contacts=[], cycles=WEEKS, demands=RULES)


def simulated(
    case: Case, where: Path, *, changes: int, seed: int = 0, stop_after: int | None = None
) -> tuple[Year, Journal]:
    """Simulate a year in a journal of its own; the journal is left open."""
    clock, stop = Hand(horizon(case)[0]), Event()
    journal = Journal.open(where, clock=clock, create=True)
    journal.begin(case, actor=WHO)
    plan = solve(case, read_rules(case), Control(workers=1)).plan
    journal.publish(case.settings.id, plan, base=None, actor=WHO)
    simulation = Simulation(journal, case.settings.id, clock, changes=changes, seed=seed, stop=stop)

    def tell(_: Step) -> None:
        if len(simulation.year.steps) == stop_after:
            stop.set()

    return simulation.run(tell), journal


def hold(year: Year, journal: Journal, stream: str) -> None:
    """Look at everything again that a year left behind."""
    assert (year.needless, year.unproved) == (0, [])
    assert len(year.notice) == year.moved
    assert verified_again(journal, stream) == []
    assert journal.audit() == ()
    assert len(journal.revisions(stream)) == 1 + sum(step.revision is not None for step in year.repairs)


def told(year: Year) -> list[object]:
    return [(s.at, s.change, s.refused and s.refused.said.en, s.changed, s.notice, s.revision) for s in year.steps]


@pytest.mark.slow
def test_nothing_moves_without_need_in_a_year_of_fifteen_changes(tmp_path: Path) -> None:
    year, journal = simulated(SMALL, tmp_path / "one.db", changes=15, seed=3)
    with journal:
        hold(year, journal, "small")
        assert len(year.steps) == 15
        assert year.moved
        assert all(step.seconds < 60 for step in year.steps)
        again, other = simulated(SMALL, tmp_path / "two.db", changes=15, seed=3)
        with other:
            assert told(again) == told(year)
            newest = [each.newest("small") for each in (journal, other)]
            assert newest[0] is not None
            assert newest[1] is not None
            assert journal.plan(newest[0].number) == other.plan(newest[1].number)


@pytest.mark.slow
def test_another_seed_makes_another_year(tmp_path: Path) -> None:
    years = []
    for seed in (1, 2):
        year, journal = simulated(SMALL, tmp_path / f"{seed}.db", changes=3, seed=seed)
        journal.close()
        years.append(told(year))
    assert years[0] != years[1]


@pytest.mark.slow
def test_an_interrupted_year_keeps_what_has_happened_so_far(tmp_path: Path) -> None:
    year, journal = simulated(SMALL, tmp_path / "one.db", changes=15, seed=3, stop_after=4)
    with journal:
        assert (year.interrupted, len(year.steps)) == (True, 4)
        hold(year, journal, "small")


def test_an_exchange_that_breaks_a_rule_is_found_out_beforehand() -> None:
    case = station(
        {"last": "2027-04-30"},
        availability=[{"resource": "court", "level": "cannot", "first": "2027-03-20"}],
    )
    rules = read_rules(case)
    plan = hosted(case, "bank", "court", "bank", "court")

    def swap(mine: str, other: str) -> SwapAsked:
        seats = [
            SeatRef(session=f"day@2027-03-{day}", part="main", role="host", who=who)
            for day, who in ((mine, "bank"), (other, "court"))
        ]
        return SwapAsked(id="swap", mine=seats[0], other=seats[1])

    assert broken_by_swap(case, rules, plan, swap("06", "13"), ()) is None
    found = broken_by_swap(case, rules, plan, swap("20", "27"), ())
    assert found is not None
    assert found[0].say("zh") == "时间意向"


def test_figures_of_a_year_without_changes_are_nothing() -> None:
    year = Year()
    assert (year.moved, year.needless, year.short_notice, quantile(year.seconds, 0.5)) == (0, 0, 0, 0.0)
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert quantile([1.0, 2.0], 0.99) == 2.0


@pytest.mark.parametrize(("language", "words"), [("en", "sessions changed: 3"), ("zh", "改动场次：3")])
def test_the_page_adds_up_what_happened(language: str, words: str) -> None:
    begin, end = horizon(SMALL)
    said = SMALL.settings.label
    days = [begin + dt.timedelta(days=30 * number) for number in range(1, 4)]
    happenings = [
        Happening(at, refused, changed, changed, proved=True, seconds=0.5, said=said)
        for at, refused, changed in zip(days, (False, True, False), (1, 0, 2), strict=True)
    ]
    page = simulation_html(SMALL, Simulated(begin, end, happenings, [(said, said)]), "zh" if language == "zh" else "en")
    assert words in page
    assert page.count("<circle") == 3
    assert page.count('class="refused"') == 1
    assert simulation_html(SMALL, Simulated(begin, end, [], []), "en").count("<circle") == 0


@pytest.mark.slow
def test_nothing_moves_without_need_in_a_year_of_a_real_station(root: Path, tmp_path: Path) -> None:
    case = read_case(root / "examples" / "suzhou", catalogue(), [rule_problems]).required()
    case = case.model_copy(update={"outcomes": ()})
    year, journal = simulated(case, tmp_path / "one.db", changes=CHANGES, seed=1)
    with journal:
        hold(year, journal, case.settings.id)
        assert len(year.steps) == CHANGES
