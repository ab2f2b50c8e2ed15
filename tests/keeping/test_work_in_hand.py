"""Drafts, the outbox and leases, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from scheduler.keeping.drafts import DraftState
from scheduler.keeping.errors import StoreError
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, OTHER_ROTATION, ROTATION, STREAM, WHO, away, hosted, station


@pytest.fixture
def kept(begun_journal: Journal) -> Journal:
    return begun_journal


def test_a_draft_is_published_with_its_plan(kept: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    draft = kept.drafts.save(STREAM, plan, base=None, case_sequence=1)
    assert (draft.plan, draft.state, draft.reason) == (plan, DraftState.PROPOSED, "")
    kept.drafts.decide(draft.id, DraftState.APPROVED)
    kept.publish(STREAM, plan, base=None, actor=WHO, draft=draft.id)
    assert kept.drafts.get(draft.id).state is DraftState.PUBLISHED


def test_a_newer_draft_supersedes_the_open_one(kept: Journal) -> None:
    first = kept.drafts.save(STREAM, hosted(station(), *ROTATION), base=None, case_sequence=1)
    second = kept.drafts.save(STREAM, hosted(station(), *OTHER_ROTATION), base=None, case_sequence=1)
    assert kept.drafts.get(first.id).state is DraftState.SUPERSEDED
    assert kept.drafts.newest(STREAM) == second
    assert kept.drafts.newest(STREAM, DraftState.SUPERSEDED) == kept.drafts.get(first.id)


def test_a_refused_draft_is_not_published(kept: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    draft = kept.drafts.save(STREAM, plan, base=None, case_sequence=1)
    assert kept.drafts.decide(draft.id, DraftState.REFUSED, "欧阳明珠不同意").reason == "欧阳明珠不同意"
    with pytest.raises(StoreError, match="refused"):
        kept.publish(STREAM, plan, base=None, actor=WHO, draft=draft.id)
    assert kept.revisions() == ()


def test_a_search_that_failed_says_why(kept: Journal) -> None:
    failed = kept.drafts.save(STREAM, None, base=None, case_sequence=1, state=DraftState.FAILED, reason="没有可行安排")
    assert kept.drafts.newest(STREAM) == failed
    assert failed.plan is None


def test_a_revision_tells_those_whose_turns_differ_and_nobody_else(kept: Journal) -> None:
    case = station()
    kept.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    kept.publish(STREAM, hosted(case, *OTHER_ROTATION), base=1, actor=WHO)
    told = {(item.revision, item.recipient): item.body["sessions"] for item in kept.outbox.items(STREAM)}
    assert told == {
        (1, "bank"): [f"day@{DAYS[0]}", f"day@{DAYS[2]}"],
        (1, "court"): [f"day@{DAYS[1]}", f"day@{DAYS[3]}"],
        (2, "bank"): [f"day@{DAYS[0]}"],
        (2, "court"): [f"day@{DAYS[0]}"],
    }


def test_the_same_plan_again_tells_nobody(kept: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    kept.publish(STREAM, plan, base=None, actor=WHO)
    kept.publish(STREAM, plan, base=1, actor=WHO)
    assert {item.revision for item in kept.outbox.items()} == {1}


def test_an_item_is_claimed_once_until_its_lease_ends(kept: Journal, clock: Ticking) -> None:
    kept.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    (mine,) = kept.outbox.claim("one", seconds=60, most=1)
    (other,) = kept.outbox.claim("two", seconds=60, most=5)
    assert {mine.recipient, other.recipient} == {"bank", "court"}
    assert kept.outbox.claim("three", seconds=60, most=5) == ()
    clock.now += dt.timedelta(seconds=90)
    again = kept.outbox.claim("three", seconds=60, most=5)
    assert [item.attempts for item in again] == [2, 2]
    kept.outbox.settle("one", {mine.key: Fate("dead")})  # it is not theirs any more
    kept.outbox.settle("three", {mine.key: Fate("waiting", clock.now)})
    (last,) = kept.outbox.claim("four", seconds=60, most=1)
    assert (last.key, last.attempts) == (mine.key, 3)
    kept.outbox.settle("three", {mine.key: Fate("sent")})  # whoever holds it: it was sent
    assert kept.outbox.claim("five", seconds=60, most=5) == ()
    clock.now += dt.timedelta(seconds=90)
    assert mine.key not in {item.key for item in kept.outbox.claim("five", seconds=60, most=5)}


def test_an_item_that_is_put_off_comes_back_when_it_is_due(kept: Journal, clock: Ticking) -> None:
    kept.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    keys = [item.key for item in kept.outbox.claim("one", seconds=60, most=5)]
    kept.outbox.settle("one", {key: Fate("waiting", clock.now + dt.timedelta(hours=1)) for key in keys})
    assert kept.outbox.claim("one", seconds=60, most=5) == ()
    clock.now += dt.timedelta(hours=2)
    assert [item.key for item in kept.outbox.claim("one", seconds=60, most=5)] == keys


def test_a_lease_is_held_by_one_and_lost_in_time(journal: Journal, clock: Ticking) -> None:
    with journal.leases.held("engine", "one", 60) as got:
        assert got
        assert not journal.leases.acquire("engine", "two", 60)
        assert journal.leases.acquire("engine", "one", 60)
        clock.now += dt.timedelta(seconds=90)
        assert journal.leases.acquire("engine", "two", 60)
    assert not journal.leases.acquire("engine", "three", 60)
    journal.leases.release("engine", "two")
    assert journal.leases.acquire("engine", "three", 60)


def test_a_lease_is_prolonged_by_its_holder_alone_and_only_while_it_is_held(journal: Journal, clock: Ticking) -> None:
    assert journal.leases.acquire("engine", "one", 60)
    assert journal.leases.holder("engine") == "one"
    assert not journal.leases.prolong("engine", "two", 600)
    assert journal.leases.prolong("engine", "one", 600)
    clock.now += dt.timedelta(seconds=300)
    assert journal.leases.holder("engine") == "one"
    clock.now += dt.timedelta(seconds=600)
    assert not journal.leases.prolong("engine", "one", 600)
    assert journal.leases.holder("engine") is None


def test_leases_that_ran_out_are_reaped(journal: Journal, clock: Ticking) -> None:
    for name, seconds in (("short", 10), ("long", 1000)):
        journal.leases.acquire(name, "one", seconds)
    clock.now += dt.timedelta(seconds=60)
    assert (journal.leases.reap(), journal.leases.reap()) == (1, 0)
    assert journal.leases.holder("long") == "one"


def test_changes_are_answered_once_and_only_while_they_are_the_newest(kept: Journal) -> None:
    kept.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    sequence = kept.record(STREAM, away(), actor=WHO).sequence
    answer = {"base": 1, "case_sequence": sequence, "state": DraftState.NEEDLESS}
    assert kept.drafts.answer(STREAM, None, **{**answer, "base": 7}) is None  # type: ignore[arg-type]
    assert kept.drafts.answer(STREAM, None, **{**answer, "case_sequence": 1}) is None  # type: ignore[arg-type]
    assert kept.drafts.answer(STREAM, None, **answer) is not None  # type: ignore[arg-type]
    assert kept.drafts.answer(STREAM, None, **answer) is None  # type: ignore[arg-type]
