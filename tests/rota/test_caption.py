"""Captions: which tables they speak of. Publishing relies on it, and compares little where only others have changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from constraints.registry import catalogue
from rota.agenda import Occurrence, PartFrame, agenda_of
from rota.caption import UNTOLD, captions
from rota.case import Case
from rota.document import BESIDE
from rota.plan import CaseRef, Plan, PlanPart, Session
from workbook.reading import read_case

EXAMPLES = Path(__file__).parents[2] / "examples"
STATIONS = ("suzhou", "fuzhou", "jiangning", "baoshan", "hengdu")
TOLD = ("lines", "sites", "rooms", "units", "people", "activities", "roles")


@cache
def station(name: str) -> tuple[Case, Plan]:
    """Return a worked case, and a plan in which every seat is taken by whoever comes first."""
    case = read_case(EXAMPLES / name, catalogue()).required()
    sessions = tuple(held(occurrence) for occurrence in agenda_of(case).occurrences if occurrence.starts)
    return case, Plan(case=CaseRef(title="", hash=""), sessions=sessions)


def held(occurrence: Occurrence) -> Session:
    start, parts = occurrence.starts[0], tuple(map(filled, occurrence.parts))
    return Session(
        id=occurrence.id,
        activity=occurrence.activity.id,
        start=start,
        end=occurrence.end_of(start),
        site=occurrence.sites[0],
        parts=parts,
    )


def filled(frame: PartFrame) -> PlanPart:
    room, line = next(iter(frame.rooms), None), next(iter(frame.lines), None)
    roles = {seats.name: seats.candidates[:1] for seats in frame.seats}
    return PlanPart(id=frame.id, room=room, theme=frame.theme.zh, line=line, roles=roles)


def without(case: Case, table: str) -> Case:
    return case.model_copy(update={table: ()})


@pytest.mark.parametrize("table", sorted(UNTOLD - BESIDE.keys()))
def test_captions_say_nothing_of_it(table: str) -> None:
    for case, plan in map(station, STATIONS):
        assert captions(without(case, table), plan) == captions(case, plan)


@pytest.mark.parametrize("table", TOLD)
def test_captions_do_speak_of_other_tables(table: str) -> None:
    case, plan = station("suzhou")
    renamed = tuple(row.model_copy(update={"name": "另名"}) for row in getattr(case, table))
    assert captions(case.model_copy(update={table: renamed}), plan) != captions(case, plan)


def test_most_of_the_tables_that_are_not_told_have_rows_in_some_station() -> None:
    tables = UNTOLD - BESIDE.keys()
    filled_in = {table for table in tables for case, _ in map(station, STATIONS) if getattr(case, table)}
    assert tables - filled_in == {"reminders"}


def test_captions_of_some_sessions_are_those_among_all() -> None:
    case, plan = station("fuzhou")
    some = [plan.sessions[0].id, plan.sessions[-1].id, "gone@2023-01-01"]
    assert captions(case, plan, some) == {id_: captions(case, plan)[id_] for id_ in some[:2]}
