"""The engine: each change is answered once, by the smallest repair, and the policy decides who approves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Event

import pytest

from rota.case import Case
from rota.change import Change
from rota.changes.answers import Accepted
from rota.changes.availability import AvailableAgain, Unavailable
from rota.changes.rules import OutcomeRecorded
from rota.changes.sessions import SessionAdded, SessionCancelled
from rota.changes.swaps import SwapAnswered, SwapAsked
from rota.document import Edit, document_of
from rota.plan import Plan
from rota.request import SeatRef
from rota.text import text
from scheduler.keeping.apart import Apart, Failed, Repaired, repair_here
from scheduler.keeping.drafts import DraftState
from scheduler.keeping.engine import Engine, Reaction
from scheduler.keeping.errors import StaleDraftError
from scheduler.keeping.journal import Journal
from scheduler.solving.control import SearchOverError
from scheduler.solving.repair import Request
from tests.keeping import children
from tests.keeping.conftest import BOTH, Ticking
from tests.keeping.station import DAYS, ROTATION, STREAM, WHO, announced, hosted, station

LATER = dt.timedelta(minutes=1)
ON_BOTH = pytest.mark.parametrize("database", BOTH)


class Counted:
    """A repairer that counts, and does something else first."""

    def __init__(self, first: Callable[[], object] = lambda: None) -> None:
        self.first, self.times = first, 0

    def __call__(self, case: Case, request: Request, seconds: float) -> Repaired | Failed:
        self.times += 1
        self.first()
        return repair_here(case, request, seconds)


@pytest.fixture
def database() -> str:
    """What an engine does depends on no database, but for who is the first."""
    return "sqlite"


def reactions(engine: Engine) -> list[Reaction]:
    found: list[Reaction] = []
    engine.react(found.append)
    return found


def reacting(journal: Journal, clock: Ticking, **options: object) -> Engine:
    return Engine(journal, "one", clock, **{"debounce": 0, "repairer": Counted(), **options})  # type: ignore[arg-type]


def away(journal: Journal, who: str, day: str) -> int:
    return journal.record(STREAM, Unavailable(resource=who, first=day), actor=WHO).sequence  # type: ignore[arg-type]


def _away(who: str, day: str) -> Unavailable:
    return Unavailable(resource=who, first=day)  # type: ignore[arg-type]  # read as a day


def note(journal: Journal, said: str) -> None:
    """Record something that no plan depends on."""
    row = document_of(journal.state(STREAM))["contacts"][0]
    edit = Edit(table="contacts", before=row, after={**row, "note": said}, at=0)
    journal.record_edits(STREAM, [edit], actor=WHO)


def hosts(plan: Plan | None) -> list[str]:
    assert plan is not None
    return [session.serving("host")[0] for session in plan.sessions]


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


# Policy.

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


# Debounce, and those who are faster.


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
            self.journal.record_all(STREAM, [back, _away(other, DAYS[0])], actor=WHO)
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


# What goes wrong.


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
        published.record(stream, AWAY, actor=WHO)

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
        pytest.param(Apart(grace=2, work=children.runs_for_ever), 1, "ended after 3 seconds", id="it runs for ever"),
        pytest.param(Apart(work=children.is_killed), 600, r"exit code -9", id="it is killed", marks=pytest.mark.slow),
        pytest.param(Apart(work=children.goes_wrong), 600, r"exit code 1", id="it goes wrong"),
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
