"""Two who write at the same time: what is about other facts is recorded beside what came first."""

from __future__ import annotations

import pytest

from rota.change import Change
from scheduler.keeping.again import TRIES, overtaken, until_first
from scheduler.keeping.errors import ConflictError
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import BOTH
from tests.keeping.station import DAYS, STREAM, WHO, away, joining


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def journal(begun_journal: Journal) -> Journal:
    return begun_journal


def interrupted(journal: Journal, change: Change, others: list[Change]) -> int:
    """Look, let somebody else be faster as often as there are other changes, record; return how often it took."""
    looks = 0

    def attempt() -> None:
        nonlocal looks
        looks += 1
        head = journal.head(STREAM)
        if others:
            journal.record(STREAM, others.pop(), actor="另一位")
        journal.record(STREAM, change, actor=WHO, expected=head.version)

    until_first(attempt)
    return looks


def test_who_comes_second_looks_again_and_loses_nothing(journal: Journal) -> None:
    assert interrupted(journal, away(), [joining("u1"), away(DAYS[1])]) == 3
    assert [change.actor for change in journal.changes(STREAM)] == [WHO, "另一位", "另一位", WHO]
    assert len(journal.state(STREAM).case.availability) == 2
    assert journal.audit() == ()


def test_who_comes_second_every_time_is_told_how_much_is_new(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.keeping.again.PAUSE", 0)
    with pytest.raises(ConflictError, match="Others recorded 1 change in the meantime"):
        interrupted(journal, away(), [joining(f"u{number}") for number in range(TRIES)])
    assert journal.state(STREAM).case.availability == ()


def test_facts_are_overtaken_only_where_they_are_about_the_same_rows(journal: Journal) -> None:
    seen = journal.state(STREAM)
    first = away(who="shop")
    now = first.applied(seen)
    assert not overtaken(seen, now, away(who="bank").applied(now))
    assert not overtaken(seen, now, joining().applied(now))
    corrected = now.case.availability[0].model_copy(update={"reason": "改期"})
    other = now.model_copy(update={"case": now.case.model_copy(update={"availability": (corrected,)})})
    assert overtaken(seen, now, other)
