"""The engine: each change is answered once, by the smallest repair, whoever else is at work meanwhile."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.case import Case
from rota.changes.answers import Accepted
from rota.changes.availability import AvailableAgain
from scheduler.keeping.apart import Failed, Repaired, repair_here
from scheduler.keeping.drafts import DraftState
from scheduler.keeping.engine import Engine, Reaction
from scheduler.keeping.errors import StaleDraftError
from scheduler.keeping.journal import Journal
from scheduler.solving.repair import Request
from tests.keeping.conftest import Ticking
from tests.keeping.reacting import LATER, ON_BOTH, Counted, away, away_on, database, hosts, note, reacting, reactions
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, hosted, station

__all__ = ["database"]  # a fixture


def test_a_change_leads_to_the_smallest_repair_which_waits_for_approval(published: Journal, clock: Ticking) -> None:
    sequence = away(published, "bank", DAYS[0])
    engine = reacting(published, clock)
    (reaction,) = reactions(engine)
    assert (reaction.what, reaction.differing, reaction.least) == ("proposed", (f"day@{DAYS[0]}",), 1)
    assert reaction.draft is not None
    draft = published.drafts.get(reaction.draft.id)
    assert (draft.state, draft.base, draft.case_sequence) == (DraftState.PROPOSED, 1, sequence)
    assert hosts(draft.plan) == ["court", *ROTATION[1:]]
    assert published.newest(STREAM).number == 1  # type: ignore[union-attr]
    assert reactions(engine) == []


def test_a_change_that_the_plan_bears_is_answered_without_a_revision(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[1])
    engine = reacting(published, clock)
    (reaction,) = reactions(engine)
    assert reaction.what == "kept"
    assert published.drafts.newest(STREAM).state is DraftState.NEEDLESS  # type: ignore[union-attr]
    assert len(published.revisions()) == 1
    assert reactions(engine) == []


def test_a_change_that_is_taken_back_takes_its_draft_along(published: Journal, clock: Ticking) -> None:
    sequence = away(published, "bank", DAYS[0])
    engine = reacting(published, clock)
    reactions(engine)
    published.undo(STREAM, sequence, actor=WHO)
    assert [reaction.what for reaction in reactions(engine)] == ["kept"]
    assert published.drafts.newest(STREAM, DraftState.PROPOSED) is None
    assert reactions(engine) == []


def test_a_turn_that_is_confirmed_asks_for_no_repair(published: Journal, clock: Ticking) -> None:
    host = published.plan(1).session[f"day@{DAYS[0]}"].serving("host")[0]
    said = {"session": f"day@{DAYS[0]}", "part": "main", "role": "host", "who": host, "start": f"{DAYS[0]} 09:00"}
    published.record(STREAM, Accepted.model_validate(said), actor=host)
    assert reactions(reacting(published, clock)) == []


def test_a_year_without_a_revision_is_left_alone(journal: Journal, clock: Ticking) -> None:
    journal.begin(station(), actor=WHO)
    away(journal, "bank", DAYS[0])
    assert reactions(reacting(journal, clock)) == []


def test_five_changes_in_quick_succession_lead_to_one_repair(published: Journal, clock: Ticking) -> None:
    repairer = Counted()
    engine = reacting(published, clock, debounce=30, repairer=repairer)
    for day in ("2027-03-01", "2027-03-02", "2027-03-03", "2027-03-04", DAYS[0]):
        away(published, "bank", day)
        assert reactions(engine) == []
    clock.now += LATER
    assert [reaction.what for reaction in reactions(engine)] == ["proposed"]
    assert repairer.times == 1


def test_a_clock_that_was_set_back_keeps_no_change_waiting(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    clock.now -= dt.timedelta(hours=1)
    assert [reaction.what for reaction in reactions(reacting(published, clock, debounce=30))] == ["proposed"]


def test_a_draft_is_made_anew_where_a_person_published_meanwhile(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])

    def publish() -> None:
        if len(published.revisions()) == 1:
            case = published.state(STREAM).case
            published.publish(STREAM, hosted(case, "court", "bank", "bank", "court"), base=1, actor=WHO)

    engine = reacting(published, clock, repairer=Counted(publish))
    assert [reaction.what for reaction in reactions(engine)] == ["overtaken"]
    assert published.drafts.newest(STREAM) is None
    assert reactions(engine) == []  # what the person published answers the change
    away(published, "court", DAYS[0])
    (again,) = reactions(engine)
    assert (again.what, again.draft and again.draft.base) == ("failed", 2)


@ON_BOTH
def test_a_draft_is_made_anew_where_another_change_came_meanwhile(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    repairer = Counted(lambda: away(published, "court", DAYS[1]) if repairer.times == 1 else None)
    engine = reacting(published, clock, repairer=repairer)
    assert [reaction.what for reaction in reactions(engine)] == ["overtaken"]
    (again,) = reactions(engine)
    assert (again.what, len(again.differing)) == ("proposed", 2)


# Changes that come faster than they are answered.


def test_a_change_does_not_wait_for_ever_for_others_to_follow(published: Journal, clock: Ticking) -> None:
    engine = reacting(published, clock, debounce=30)
    said: list[Reaction] = []
    away(published, "bank", DAYS[0])
    for number in range(12):
        clock.now += dt.timedelta(seconds=10)
        note(published, f"手机 {number}")
        said += reactions(engine)
    assert [reaction.what for reaction in said][:1] == ["proposed"]


class Pressed:
    """A repairer that uses all of its time; where that is long, a change comes which makes the repair impossible."""

    def __init__(self, journal: Journal, clock: Ticking, every: float) -> None:
        self.journal, self.clock, self.every = journal, clock, every
        self.asked: list[float] = []

    def __call__(self, case: Case, request: Request, seconds: float) -> Repaired | Failed:
        self.asked.append(seconds)
        if seconds >= self.every:
            self.clock.now += dt.timedelta(seconds=self.every)
            who, other = ("bank", "court") if len(self.asked) % 2 else ("court", "bank")
            back = AvailableAgain(resource=who, first=DAYS[0])  # type: ignore[arg-type]  # read as a day
            self.journal.record_all(STREAM, [back, away_on(other, DAYS[0])], actor=WHO)
        return repair_here(case, request, 60)


def test_changes_that_come_faster_than_repairs_are_caught_up_with(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    pressed = Pressed(published, clock, every=20)
    engine = reacting(published, clock, repairer=pressed, patience=60)
    said = [reaction for _ in range(6) for reaction in reactions(engine)]
    assert pressed.asked == [60, 30, 15]
    assert [reaction.what for reaction in said][:2] == ["overtaken", "overtaken"]
    away(published, "court", DAYS[1])
    reactions(engine)
    assert pressed.asked[3] == 60  # caught up with: there is time again


def test_what_does_not_touch_the_plan_overtakes_no_repair(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    engine = reacting(published, clock, repairer=Counted(lambda: note(published, "换了电话")))
    (reaction,) = reactions(engine)
    assert (reaction.what, reaction.proved) == ("proposed", True)
    assert reactions(engine) == []


def test_a_repair_that_holds_after_a_change_it_did_not_know_is_a_draft_until_there_is_a_better_one(
    published: Journal, clock: Ticking
) -> None:
    away(published, "bank", DAYS[0])
    engine = reacting(published, clock, repairer=Counted(lambda: away(published, "shop", DAYS[2])))
    (reaction,) = reactions(engine)
    assert (reaction.what, reaction.proved) == ("overtaken", False)
    assert reaction.draft is not None
    assert reaction.draft.plan is not None
    assert hosts(reaction.draft.plan) == ["court", *ROTATION[1:]]
    engine.repairer = Counted()
    (again,) = reactions(engine)
    assert (again.what, again.proved) == ("proposed", True)
    assert published.drafts.get(reaction.draft.id).state is DraftState.SUPERSEDED
    assert again.draft is not None
    assert again.draft.plan is not None
    published.publish(STREAM, again.draft.plan, base=1, actor=WHO, draft=again.draft.id)


def test_a_repair_that_was_overtaken_can_be_published_where_it_holds(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    (reaction,) = reactions(reacting(published, clock, repairer=Counted(lambda: away(published, "shop", DAYS[2]))))
    assert reaction.draft is not None
    assert reaction.draft.plan is not None
    published.publish(STREAM, reaction.draft.plan, base=1, actor=WHO, draft=reaction.draft.id)
    assert reactions(reacting(published, clock)) == []


@ON_BOTH
def test_a_draft_that_was_overtaken_is_not_published(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    (reaction,) = reactions(reacting(published, clock))
    away(published, "court", DAYS[1])
    assert reaction.draft is not None
    assert reaction.draft.plan is not None
    with pytest.raises(StaleDraftError):
        published.publish(STREAM, reaction.draft.plan, base=1, actor=WHO, draft=reaction.draft.id)


def test_a_draft_that_a_person_refused_is_not_made_again(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    engine = reacting(published, clock)
    (reaction,) = reactions(engine)
    assert reaction.draft is not None
    published.drafts.decide(reaction.draft.id, DraftState.REFUSED)
    assert reactions(engine) == []


@ON_BOTH
def test_a_case_under_the_lease_of_another_engine_is_left_to_it(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    published.leases.acquire(f"engine:{STREAM}", "two", 300)
    engine = reacting(published, clock)
    assert reactions(engine) == []
    clock.now += dt.timedelta(minutes=10)  # the other one died
    assert [reaction.what for reaction in reactions(engine)] == ["proposed"]


@ON_BOTH
def test_of_two_engines_that_both_work_on_a_change_one_answers(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    other = Engine(published, "two", clock, debounce=0, repairer=repair_here)

    def let_the_other_one_go_on() -> None:
        clock.now += dt.timedelta(hours=1)  # the lease has run out: this process slept
        assert [reaction.what for reaction in reactions(other)] == ["proposed"]

    engine = reacting(published, clock, repairer=Counted(let_the_other_one_go_on))
    assert [reaction.what for reaction in reactions(engine)] == ["overtaken"]
    assert published.drafts.newest(STREAM).id == 1  # type: ignore[union-attr]


@ON_BOTH
def test_a_heartbeat_keeps_the_lease_of_a_long_repair(published: Journal, clock: Ticking) -> None:
    away(published, "bank", DAYS[0])
    other = Engine(published, "two", clock, debounce=0, repairer=repair_here)

    def take_long() -> None:
        for _ in range(5):
            clock.now += dt.timedelta(seconds=20)
            engine.beat()
            assert reactions(other) == []

    engine = reacting(published, clock, lease=30, repairer=Counted(take_long))
    assert [reaction.what for reaction in reactions(engine)] == ["proposed"]
    engine.beat()  # nothing is held any more, and nothing is taken
    assert published.leases.acquire(f"engine:{STREAM}", "two", 1)
