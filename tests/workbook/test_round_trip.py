"""Folder and workbook hold the same case: what is written reads back equal, whatever was typed."""

from __future__ import annotations

import datetime as dt
import string
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rota.activity import Activity, Kind, Role
from rota.case import Case, Settings
from rota.demand import Availability, Demand, Level
from rota.facts import Audience, Site, Unit
from rota.order import Order
from rota.row import SEPARATORS
from rota.term import Term
from rota.text import Language
from tests.thoroughness import often, sparing
from workbook.folder import write_folder
from workbook.judging import Readings
from workbook.layout import SETTINGS, Catalogue
from workbook.reading import read_case
from workbook.sheets import write_workbook
from workbook.starter import starter_case

TRICKY = (
    "007",
    "1-2",
    "=1+1",
    "+86 21",
    "-5",
    "@cmd",
    "'=1",
    "''@x",
    "3.0",
    "2027-01-08",
    "TRUE",
    "#N/A?",
    "_x0041_",
    "1e5",
)
words = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=12),
    st.text("轮值单位党建服务，。“”\n ", max_size=8),
).map(str.strip)
needed = words.filter(bool)
items = st.lists(needed.filter(lambda word: not SEPARATORS.search(word)), max_size=3, unique=True).map(tuple)
ids = st.text(string.ascii_letters + string.digits + "单位-_.+=", min_size=1, max_size=8)
days = st.dates(dt.date(1850, 1, 1), dt.date(2200, 1, 1))
clocks = st.times().map(lambda time: time.replace(second=0, microsecond=0))
counts = st.integers(1, 10**6)

units = st.builds(
    Unit, id=ids, name=needed, name_en=words, groups=items, lines=st.lists(ids, max_size=2).map(tuple), skills=items,
    joined=st.none() | days, left=st.none() | days, parallel=counts, members=counts, note=words,
)  # fmt: skip
sites = st.builds(
    Site, id=ids, name=needed, name_en=words, address=words, note=words,
    latitude=st.none() | st.floats(-90, 90), longitude=st.none() | st.floats(-180, 180),
)  # fmt: skip
audience = st.builds(Audience, id=ids, name=needed, start=clocks, end=clocks, size=counts, note=words)
activities = st.builds(
    Activity, id=ids, name=needed, cycle=ids, times=st.lists(clocks, min_size=1, max_size=3).map(tuple),
    minutes=st.integers(1, 600), needs_room=st.booleans(), features=items, theme=words, requester=words,
)  # fmt: skip
orders = st.builds(
    Order, id=ids, service=ids, requester=needed, days=st.lists(days, min_size=1, max_size=3).map(tuple),
    times=st.lists(clocks, max_size=2).map(tuple), attendance=counts, sites=st.lists(ids, max_size=2).map(tuple),
)  # fmt: skip
roles = st.builds(Role, activity=ids, role=ids, kind=st.sampled_from(Kind), groups=items, name=words)
availability = st.builds(Availability, resource=ids, level=st.sampled_from(Level), first=days, reason=words)
params = st.dictionaries(st.sampled_from(("role", "least", "per", "unheard", "of")), words, max_size=4)
demands = st.builds(Demand, id=ids, kind=st.sampled_from(("load", "cover")), priority=st.integers(0, 9), params=params)
terms = st.builds(Term, word=needed, name=words, name_en=words)
cases = st.builds(
    Case,
    settings=st.builds(
        Settings, id=ids, title=needed, title_en=words, alliance=words, note=words, issued=st.none() | days,
        first=st.just(dt.date(2027, 1, 1)), last=st.just(dt.date(2027, 12, 31)), language=st.sampled_from(("zh", "en")),
    ),
    units=st.lists(units, max_size=3).map(tuple),
    sites=st.lists(sites, max_size=2).map(tuple),
    audience=st.lists(audience, max_size=2).map(tuple),
    activities=st.lists(activities, max_size=2).map(tuple),
    roles=st.lists(roles, max_size=2).map(tuple),
    orders=st.lists(orders, max_size=2).map(tuple),
    availability=st.lists(availability, max_size=2).map(tuple),
    demands=st.lists(demands, max_size=3).map(tuple),
    terms=st.lists(terms, max_size=2).map(tuple),
)  # fmt: skip


def all_rows(readings: Readings) -> Case:
    tables = {table: reading.rows for table, reading in readings.items() if table != SETTINGS}
    return Case(settings=readings[SETTINGS].rows[0], **tables)  # type: ignore[arg-type]  # rows of each table's model


def compare_round_trip(place: Path, case: Case, language: Language) -> None:
    known: Catalogue = ()

    write_folder(case, place / "first", known, language)
    from_folder = read_case(place / "first", known)
    assert [p.say("en") for reading in from_folder.readings.values() for p in reading.problems] == []
    write_workbook(all_rows(from_folder.readings), place / "case.xlsx", known, language)
    from_workbook = read_case(place / "case.xlsx", known)
    assert [p.say("en") for reading in from_workbook.readings.values() for p in reading.problems] == []
    write_folder(all_rows(from_workbook.readings), place / "second", known, language)

    assert all_rows(from_workbook.readings) == case
    for file in (place / "first").iterdir():
        assert file.read_bytes() == (place / "second" / file.name).read_bytes()


@settings(max_examples=sparing(2, 6), deadline=None, phases=(Phase.explicit, Phase.generate))
@given(case=cases, language=st.sampled_from(("zh", "en")))
def test_folder_to_workbook_to_folder_gives_an_equal_case(
    tmp_path_factory: pytest.TempPathFactory, case: Case, language: Language
) -> None:
    compare_round_trip(tmp_path_factory.mktemp("case"), case, language)


@pytest.mark.slow
@settings(max_examples=often(20, 60), deadline=None, phases=(Phase.explicit, Phase.generate))
@given(case=cases, language=st.sampled_from(("zh", "en")))
def test_folder_to_workbook_to_folder_gives_an_equal_case_many_times(
    tmp_path_factory: pytest.TempPathFactory, case: Case, language: Language
) -> None:
    compare_round_trip(tmp_path_factory.mktemp("case"), case, language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["folder", "case.xlsx"])
def test_starter_case_reads_back_without_a_problem(
    tmp_path: Path, catalogue: Catalogue, language: Language, name: str
) -> None:
    case = starter_case(2026, language)
    write = write_workbook if name.endswith(".xlsx") else write_folder
    write(case, tmp_path / name, catalogue, language)

    found = read_case(tmp_path / name, catalogue)

    assert [located.say("en") for located in found.problems] == []
    assert found.case == case


def test_the_same_case_gives_the_same_bytes(tmp_path: Path, case: Case, catalogue: Catalogue) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(case, tmp_path / name, catalogue)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_parameters_in_one_column_and_in_their_own_are_the_same_demand(
    tmp_path: Path, case: Case, catalogue: Catalogue
) -> None:
    write_folder(case, tmp_path, catalogue)
    (tmp_path / "demands.csv").write_text(
        "规则,编号,优先级,参数,role\nfair share,D1,1,,host\n公平分担,D2,1,role = host,\n", encoding="utf-8"
    )

    found = read_case(tmp_path, catalogue).required()

    assert found.demands[0].params == found.demands[1].params == (("role", "host"),)
    assert found.demands[0].kind == found.demands[1].kind == "fair_share"
