"""What a feed says of a session changes only together with the counter of that session, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from calendars.feed import feeds_of
from rota.case import Case
from rota.document import Edit, document_of
from rota.plan import OpenSeat, Plan
from rota.text import LANGUAGES
from scheduler.keeping.editions import editions
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking, opened
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, hosted, station
from tests.rota.small import TABLES

ROLES = [*TABLES["roles"], {"activity": "day", "role": "speaker", "kind": "person", "least": 0, "name": "主讲"}]
PARTS = [
    {"activity": "day", "id": "main", "theme": "税法", "theme_en": "Tax law", "lines": ["legal"], "rooms": ["hall"]}
]
SPOKEN = f"day@{DAYS[2]}"
"""The one session in which a person serves."""
ALL = tuple(f"day@{day}" for day in DAYS)
BANK = tuple(f"day@{day}" for day, host in zip(DAYS, ROTATION, strict=True) if host == "bank")


def planned(case: Case, *gaps: OpenSeat) -> Plan:
    """The rotation, with a speaker at one session."""
    plan = hosted(case, *ROTATION)
    sessions = []
    for session in plan.sessions:
        part = session.parts[0].model_copy(update={"theme": "税法", "line": "legal"})
        if session.id == SPOKEN:
            part = part.model_copy(update={"roles": {**part.roles, "speaker": ("p1",)}})
        sessions.append(session.model_copy(update={"parts": (part,)}))
    return plan.model_copy(update={"sessions": tuple(sessions), "open": gaps})


def edit(journal: Journal, table: str, row: int, cells: Mapping[str, Any]) -> None:
    """Type into a row of a table."""
    before = document_of(journal.state(STREAM))[table][row]
    journal.record_edits(STREAM, [Edit(table=table, before=before, after={**before, **cells}, at=row)], actor=WHO)


def publish(journal: Journal, *gaps: OpenSeat) -> None:
    """Publish the same plan for the case as it is now."""
    newest = journal.newest(STREAM)
    plan = planned(journal.state(STREAM).case, *gaps)
    journal.publish(STREAM, plan, base=newest.number if newest else None, actor=WHO, accept_open=True)


def events(journal: Journal) -> dict[str, tuple[tuple[str, ...], int]]:
    """What all feeds say of each session in both languages, without its stamp; and its counter."""
    found: dict[str, tuple[tuple[str, ...], int]] = {}
    shown = journal.store.read(editions)
    feeds = [feed.content.decode() for language in LANGUAGES for feed in feeds_of(shown, language)]
    for event in re.findall(r"BEGIN:VEVENT.*?END:VEVENT", "".join(feeds), re.DOTALL):
        told = re.sub(r"(DTSTAMP|LAST-MODIFIED|SEQUENCE):.*\r\n", "", event)
        counter = int(re.findall(r"SEQUENCE:(\d+)", event)[0])
        day = re.findall(r"DTSTART;TZID=[^:]*:(\d{4})(\d\d)(\d\d)", event)[0]
        known = found.get("day@{}-{}-{}".format(*day), ((), counter))
        assert known[1] == counter
        found["day@{}-{}-{}".format(*day)] = (tuple(sorted({*known[0], told})), counter)
    return found


def announced(journal: Journal) -> Journal:
    journal.begin(station(roles=ROLES, parts=PARTS), actor=WHO)
    publish(journal)
    return journal


@pytest.fixture
def published(where: str, clock: Ticking) -> Iterator[Journal]:
    """Four Saturdays with a theme, a host and a room each, one of them with a speaker."""
    with opened(where, clock, announced) as found:
        yield found


TOLD: list[tuple[str, int, dict[str, Any], tuple[str, ...]]] = [
    ("units", 0, {"name": "城北银行"}, BANK),
    ("units", 0, {"name_en": "North Bank"}, BANK),
    ("units", 0, {"note": "换了电话", "members": 40}, ()),
    ("units", 2, {"name": "小卖部"}, ()),
    ("people", 0, {"name": "欧阳老师"}, (SPOKEN,)),
    ("people", 0, {"note": "周四不便"}, ()),
    ("contacts", 0, {"phone": "13900002222"}, ()),
    ("rooms", 0, {"name": "一楼大厅"}, ALL),
    ("rooms", 0, {"capacity": 40}, ()),
    ("rooms", 1, {"name": "二角"}, ()),
    ("sites", 0, {"address": "解放路 1 号"}, ALL),
    ("sites", 0, {"latitude": 31.3, "longitude": 120.6}, ALL),
    ("sites", 1, {"name": "城北站"}, ()),
    ("lines", 0, {"name_en": "Law"}, ALL),
    ("activities", 0, {"name": "便民日"}, ALL),
    ("parts", 0, {"theme_en": "Taxes"}, ALL),
    ("roles", 0, {"name": "承办单位"}, ALL),
    ("roles", 1, {"name_en": "Speaker of the day"}, (SPOKEN,)),
    ("settings", 0, {"url": "https://station.example/"}, ()),
    ("settings", 0, {"freeze_days": 7}, ()),
]


@pytest.mark.parametrize(
    ("table", "row", "cells", "touched"),
    [  # each second one is left to the slow tests
        pytest.param(*told, id=f"{told[0]} {told[2]}", marks=pytest.mark.slow if number % 2 else ())
        for number, told in enumerate(TOLD)
    ],
)
def test_the_next_revision_raises_the_counters_of_the_sessions_that_are_told_otherwise(
    published: Journal, table: str, row: int, cells: dict[str, Any], touched: tuple[str, ...]
) -> None:
    before = events(published)
    edit(published, table, row, cells)
    assert events(published) == before  # what is published is told as it was published
    publish(published)
    after = events(published)
    assert tuple(id_ for id_ in before if after[id_][0] != before[id_][0]) == touched
    assert {id_: counter for id_, (_, counter) in after.items()} == {id_: int(id_ in touched) for id_ in ALL}
    publish(published)
    assert events(published) == after
    assert published.audit() == ()


def test_a_name_that_is_put_back_before_anything_is_published_changes_nothing(published: Journal) -> None:
    before = events(published)
    edit(published, "units", 0, {"name": "城北银行"})
    edit(published, "units", 0, {"name": "银行"})
    publish(published)
    assert events(published) == before


def test_a_seat_that_has_become_open_is_told(published: Journal) -> None:
    edit(published, "roles", 1, {"least": 1})
    gaps = [OpenSeat(session=id_, part="main", role="speaker", missing=1) for id_ in ALL if id_ != SPOKEN]
    before = events(published)
    publish(published, *gaps)
    after = events(published)
    assert {id_ for id_ in ALL if after[id_][0] != before[id_][0]} == {id_ for id_ in ALL if after[id_][1] == 1}
    assert after[SPOKEN] == before[SPOKEN]


def test_who_is_forgotten_is_told_no_more_and_the_counters_say_so_at_once(published: Journal) -> None:
    edit(published, "people", 0, {"name": "欧阳老师"})
    publish(published)
    before = events(published)
    published.forget("p1", actor=WHO)
    after = events(published)
    assert {id_ for id_ in ALL if after[id_] != before[id_]} == {SPOKEN}
    assert after[SPOKEN][1] == before[SPOKEN][1] + 1
    assert not any("欧阳" in told for told in after[SPOKEN][0])
    assert published.audit() == ()
    publish(published)
    assert events(published) == after
    assert published.audit() == ()


def test_forgetting_a_contact_touches_no_session(published: Journal) -> None:
    before = events(published)
    published.forget("bank", actor=WHO)
    assert events(published) == before
    assert published.audit() == ()
