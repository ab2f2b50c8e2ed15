"""A notice of new and moved turns lets its reader answer them, and nobody else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.keeping.answer_links import AnswerLinks
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, ROTATION
from tests.keeping.test_notices_together import FIRST_TO_COURT, Office

LINK = re.compile(r"(确认到岗|无法到岗)：https://rota\.example\.org/a/([\w-]{43})/(confirm|decline)\?lang=zh")


@pytest.fixture
def office(tmp_path: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr("console.postman.FRESH", 0.0)
    with Journal.open(tmp_path / "journal.db", clock=clock, create=True) as journal:
        yield Office(journal, clock, tmp_path, base="https://rota.example.org")


def answerable(office: Office, letter: str) -> list[str]:
    """The sessions that the links of a letter answer, which come in pairs."""
    found = LINK.findall(letter)
    pair = [("确认到岗", "confirm"), ("无法到岗", "decline")]
    assert [(word, action) for word, _, action in found] == pair * (len(found) // 2)
    links = AnswerLinks(office.journal.store)
    asked = [links.find(token) for _, token, _ in found]
    assert all(asked)
    return [each.seat.session for each in asked[::2] if each]


def test_a_plan_that_is_new_is_answered_turn_by_turn(office: Office) -> None:
    office.publish(ROTATION)
    told = office.sent()
    assert answerable(office, told["bank"]) == [f"day@{DAYS[0]}", f"day@{DAYS[2]}"]
    assert answerable(office, told["court"]) == [f"day@{DAYS[1]}", f"day@{DAYS[3]}"]


def test_who_gains_a_turn_can_answer_it_and_who_lost_it_cannot(office: Office) -> None:
    office.publish(ROTATION)
    office.sent()
    office.publish(FIRST_TO_COURT)
    told = office.sent()
    assert answerable(office, told["court"]) == [f"day@{DAYS[0]}"]
    assert "不再参加" in told["bank"]
    assert answerable(office, told["bank"]) == []


def test_of_many_turns_the_first_are_asked_and_the_others_on_the_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.letter_links.MOST_ASKED", 1)
    office.journal.subscribers.issue("unit/bank", "zh")
    office.publish(ROTATION)
    told = office.sent()
    assert answerable(office, told["bank"]) == [f"day@{DAYS[0]}"]
    assert "其后的场次可在您的个人页面答复" in told["bank"]
    assert answerable(office, told["court"]) == [f"day@{DAYS[1]}"]
    assert "个人页面" not in told["court"], "nobody gave them one"


def test_the_links_of_many_letters_are_made_in_one_transaction(office: Office) -> None:
    """Each letter would stand in line for one of its own, when a plan is published to thousands."""
    made: list[int] = []
    store, write = office.journal.store, office.journal.store.write

    def counted(work: Callable[..., Any], *, alone: bool = True) -> Any:
        made.append(1)
        return write(work, alone=alone)

    office.publish(ROTATION)
    office.clock.now += dt.timedelta(minutes=5)
    claimed = office.journal.outbox.claim("one", seconds=60, most=32)
    assert {item.kind for item in claimed} == {"notice"}
    store.write = counted  # type: ignore[method-assign]
    office.postman.prepare(claimed)
    assert len(made) == 1
    for item in claimed:
        ready = office.postman.ready(item)
        assert ready is not None
        assert len(answerable(office, ready.letter.body)) == 2
    assert len(made) == 1
