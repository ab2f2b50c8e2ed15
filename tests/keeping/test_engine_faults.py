"""An engine whose repairs fail, break off or go on for ever: it says so, and goes on."""

from __future__ import annotations

from threading import Event

import pytest

from rota.case import Case
from rota.text import text
from scheduler.keeping.apart import Apart, Failed, Repaired, repair_here
from scheduler.keeping.drafts import DraftState
from scheduler.keeping.journal import Journal
from scheduler.solving.control import SearchOverError
from scheduler.solving.repair import Request
from tests.keeping import children
from tests.keeping.conftest import Ticking
from tests.keeping.reacting import away, away_on, database, reacting, reactions
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, hosted, station

__all__ = ["database"]  # a fixture


def test_a_change_that_leaves_no_plan_is_reported_with_what_cannot_hold(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    away(published, "court", DAYS[0])
    engine = reacting(published, clock)
    (reaction,) = reactions(engine)
    assert (reaction.what, reaction.draft and reaction.draft.state) == ("failed", DraftState.FAILED)
    assert reaction.reason is not None
    assert "银行" in reaction.reason.say("zh")
    assert reaction.draft is not None
    assert reaction.draft.reason == reaction.reason.say("zh")
    assert reactions(engine) == []  # not tried again for ever
    published.undo(STREAM, published.head(STREAM).sequence, actor=WHO)
    assert [reaction.what for reaction in reactions(engine)] == ["proposed"]


def test_a_fault_of_the_program_with_one_case_keeps_no_other_waiting(
    published: Journal, clock: Ticking, caplog: pytest.LogCaptureFixture
) -> None:
    other = station({"id": "other"})
    published.begin(other, actor=WHO)
    published.publish("other", hosted(other, *ROTATION), base=None, actor=WHO)
    for stream in (STREAM, "other"):
        published.record(stream, away_on("bank", DAYS[0]), actor=WHO)

    def repairer(case: Case, request: Request, seconds: float) -> Repaired | Failed:
        if case.settings.id == STREAM:
            raise RuntimeError("a fault")
        return repair_here(case, request, seconds)

    (reaction,) = reactions(reacting(published, clock, repairer=repairer))
    assert (reaction.stream, reaction.what) == ("other", "proposed")
    assert "is tried again" in caplog.text
    assert [reaction.stream for reaction in reactions(reacting(published, clock))] == [STREAM]


# Repairs in a process of their own. The sanity of the child itself is the last of these.


@pytest.mark.parametrize(
    ("apart", "patience", "why"),
    [
        pytest.param(
            Apart(grace=2, work=children.runs_for_ever),
            1,
            "ended after 3 seconds",
            id="it runs for ever",
            marks=pytest.mark.slow,
        ),
        pytest.param(Apart(work=children.is_killed), 600, r"exit code -9", id="it is killed", marks=pytest.mark.slow),
        pytest.param(Apart(work=children.goes_wrong), 600, r"exit code 1", id="it goes wrong", marks=pytest.mark.slow),
        pytest.param(
            Apart(most_memory=2**29, work=children.eats_memory),
            600,
            "512 MB of memory",
            id="it eats memory",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_repair_that_goes_wrong_is_cut_off_and_the_engine_goes_on(
    published: Journal, clock: Ticking, apart: Apart, patience: float, why: str
) -> None:
    away(published, "bank", DAYS[0])
    engine = reacting(published, clock, patience=patience, repairer=apart)
    (reaction,) = reactions(engine)
    assert reaction.what == "failed"
    assert reaction.reason is not None
    assert why in reaction.reason.say("en")
    assert reactions(engine) == []
    engine.repairer = repair_here
    away(published, "court", DAYS[1])
    assert [reaction.what for reaction in reactions(engine)] == ["proposed"]


@pytest.mark.slow
def test_a_repair_apart_is_the_same_as_here(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    case, baseline = published.state(STREAM).case, published.plan(1)
    request = Request(baseline, clock(), 3)
    found = Apart()(case, request, 30)
    assert isinstance(found, Repaired)
    assert found == repair_here(case, request, 30)
    away(published, "court", DAYS[0])
    failed = Apart()(published.state(STREAM).case, request, 30)
    assert isinstance(failed, Failed)
    assert "法院" in failed.reason.say("zh")
    assert text("{why}", "{why}", why=failed.reason).say("en") == failed.reason.say("en")


def test_a_program_that_is_to_end_waits_for_no_repair(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    stop = Event()
    stop.set()
    apart = Apart(stop=stop, work=children.runs_for_ever)
    with pytest.raises(SearchOverError):
        apart(published.state(STREAM).case, Request(published.plan(1)), 600)
    assert reactions(reacting(published, clock, repairer=apart)) == []
    assert published.drafts.newest(STREAM) is None  # the next one answers
    assert published.leases.acquire(f"engine:{STREAM}", "two", 1)
