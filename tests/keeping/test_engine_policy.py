"""The policy decides which repairs and exchanges the engine publishes, and which wait for approval."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.change import Change
from rota.changes.availability import Unavailable
from rota.changes.rules import OutcomeRecorded
from rota.changes.sessions import SessionAdded, SessionCancelled
from rota.changes.swaps import SwapAnswered, SwapAsked, SwapConfirmed
from rota.request import SeatRef, Stage
from scheduler.keeping.journal import Journal
from tests.keeping.conftest import Ticking
from tests.keeping.reacting import database, hosts, reacting, reactions
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, announced

__all__ = ["database"]  # a fixture


SMALL = {"approve_sessions": 1, "approve_after_days": 7}
AWAY = Unavailable(resource="bank", first=DAYS[0])  # type: ignore[arg-type]
TWICE = [AWAY, Unavailable(resource="court", first=DAYS[1])]  # type: ignore[arg-type]
EXTRA = SessionAdded(id="extra", activity="day", day="2027-03-31", time="09:00")  # type: ignore[arg-type]
CANCELLED = SessionCancelled(session=f"day@{DAYS[0]}")


@pytest.mark.parametrize(
    ("settings", "changes", "today", "what"),
    [
        pytest.param({}, [AWAY], "2027-01-04", "proposed", id="a person approves everything"),
        pytest.param(SMALL, [AWAY], "2027-01-04", "published", id="one session, two months ahead"),
        pytest.param(SMALL, [AWAY], "2027-03-01", "proposed", id="one session, in five days"),
        pytest.param(SMALL, [AWAY], "2027-02-26", "published", id="one session, in eight days"),
        pytest.param(SMALL, TWICE, "2027-01-04", "proposed", id="two sessions where one is allowed"),
        pytest.param({**SMALL, "approve_sessions": 2}, TWICE, "2027-01-04", "published", id="two where two are"),
        pytest.param({**SMALL, "freeze_days": 7}, [AWAY], "2027-02-28", "proposed", id="a frozen session"),
        pytest.param(SMALL, [EXTRA], "2027-01-04", "published", id="an extra session counts as one"),
        pytest.param(
            SMALL, [EXTRA, CANCELLED], "2027-01-04", "proposed", id="an extra one and a cancelled one are two"
        ),
        pytest.param(SMALL, [CANCELLED], "2027-03-01", "proposed", id="a session of this week is cancelled"),
        pytest.param(SMALL, [AWAY], "2028-01-04", "proposed", id="the year is over"),
    ],
)
def test_the_policy_decides_what_needs_nobodys_approval(
    journal: Journal, clock: Ticking, settings: dict[str, int], changes: list[Change], today: str, what: str
) -> None:
    announced(journal, **settings)
    for change in changes:
        journal.record(STREAM, change, actor=WHO)
    clock.now = dt.datetime.fromisoformat(f"{today}T09:00+08:00")
    (reaction,) = reactions(reacting(journal, clock))
    assert reaction.what == what
    assert len(journal.revisions()) == 1 + (what == "published")
    if what == "published":
        told = {item.recipient for item in journal.outbox.items(STREAM) if item.revision == 2}
        assert told
        assert journal.drafts.newest(STREAM) is None


def test_an_outcome_makes_no_revision_even_where_the_policy_would_allow_one(journal: Journal, clock: Ticking) -> None:
    announced(journal, **SMALL)
    clock.now = dt.datetime.fromisoformat("2027-03-08T09:00+08:00")
    journal.record(STREAM, OutcomeRecorded(session=f"day@{DAYS[0]}", held=True, served=30), actor=WHO)
    assert [reaction.what for reaction in reactions(reacting(journal, clock))] == ["kept"]
    assert len(journal.revisions()) == 1


TWO = {"approve_sessions": 2, "approve_after_days": 7}
SWAP = SwapAsked(
    id="s1",
    mine=SeatRef(session=f"day@{DAYS[2]}", part="main", role="host", who="bank"),
    other=SeatRef(session=f"day@{DAYS[3]}", part="main", role="host", who="court"),
)
YES = SwapAnswered(id="s1", agreed=True)
NO = SwapAnswered(id="s1", agreed=False)
BUSY = Unavailable(resource="court", first=DAYS[2])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "changes", "today", "confirmed"),
    [
        pytest.param(TWO, [SWAP, YES], "2027-01-04", True, id="both agree, two months ahead"),
        pytest.param(TWO, [SWAP, YES], "2027-03-12", True, id="in eight days"),
        pytest.param(TWO, [SWAP, YES], "2027-03-15", False, id="in five days"),
        pytest.param({**TWO, "freeze_days": 30}, [SWAP, YES], "2027-03-01", False, id="frozen"),
        pytest.param({**TWO, "approve_sessions": 1}, [SWAP, YES], "2027-01-04", False, id="one session is allowed"),
        pytest.param({}, [SWAP, YES], "2027-01-04", False, id="a person approves everything"),
        pytest.param(TWO, [SWAP], "2027-01-04", False, id="nobody answered"),
        pytest.param(TWO, [SWAP, NO], "2027-01-04", False, id="the other side does not agree"),
        pytest.param(TWO, [BUSY, SWAP, YES], "2027-01-04", False, id="it breaks a rule"),
        pytest.param(TWO, [SWAP, YES], "2028-01-04", False, id="the year is over"),
    ],
)
def test_a_swap_that_both_agree_to_is_confirmed_where_the_policy_allows_it(
    journal: Journal, clock: Ticking, settings: dict[str, int], changes: list[Change], today: str, *, confirmed: bool
) -> None:
    announced(journal, **settings)
    journal.record_all(STREAM, changes, actor=WHO)
    clock.now = dt.datetime.fromisoformat(f"{today}T09:00+08:00")
    engine = reacting(journal, clock)
    found = [reaction.what for reaction in reactions(engine)]
    assert ("published" in found) is confirmed
    confirmations = [change for change in journal.changes(STREAM) if change.kind == "swap_confirmed"]
    assert [change.actor for change in confirmations] == ["engine"] * confirmed
    swapped = ["bank", "court", "court", "bank"] if confirmed else list(ROTATION)
    newest = journal.newest(STREAM)
    assert newest is not None
    assert hosts(journal.plan(newest.number)) == swapped
    assert reactions(engine) == []


def test_a_swap_whose_confirmation_was_taken_back_is_not_confirmed_again(journal: Journal, clock: Ticking) -> None:
    announced(journal, **TWO)
    *_, confirmation = journal.record_all(STREAM, [SWAP, YES, SwapConfirmed(id="s1")], actor=WHO)
    journal.undo(STREAM, confirmation.sequence, actor=WHO)
    reactions(reacting(journal, clock))
    assert [request.stage for request in journal.state(STREAM).requests] == [Stage.WITHDRAWN]
    assert len(journal.revisions()) == 1
