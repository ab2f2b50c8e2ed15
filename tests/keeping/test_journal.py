"""What a journal keeps, on both databases: changes, states, revisions and stamps."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from rota.change import ChangeError
from rota.changes.answers import Accepted
from rota.changes.seats import Declined as DeclinedSeat
from rota.document import Edit, document_of
from rota.plan import Declined, OpenSeat
from rota.stamp import Stamp
from rota.text import LANGUAGES
from scheduler.keeping.database import connect
from scheduler.keeping.errors import ConflictError, RefusedPlanError, StaleDraftError, StoreError, UndoError
from scheduler.keeping.journal import Journal
from scheduler.keeping.transaction import Transaction
from tests.keeping.conftest import BOTH, Ticking, opened
from tests.keeping.station import DAYS, OTHER_ROTATION, ROTATION, STREAM, WHO, away, hosted, joining, station

NEXT = {"id": "next", "title": "明年"}
OPTIONAL = {"id": "day", "name": "服务日", "cycle": "weeks", "times": ["09:00"], "minutes": 120, "presence": "may"}


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest) -> str:
    """Here, where all that a journal does is tried, also the fast tests use both databases."""
    return str(request.param)


@pytest.fixture
def empty(where: str, clock: Ticking) -> Iterator[Journal]:
    with opened(where, clock) as found:
        yield found


@pytest.fixture
def journal(begun_journal: Journal) -> Journal:
    return begun_journal


def test_what_was_put_in_comes_out(journal: Journal) -> None:
    head = journal.head(STREAM)
    assert (head.stream, head.version, head.sequence) == (STREAM, 1, 1)
    assert journal.state(STREAM).case == station()
    assert journal.streams() == (STREAM,)


def test_another_program_sees_the_same(journal: Journal, where: str, clock: Ticking) -> None:
    journal.record(STREAM, away(reason="王经理住院"), actor=WHO)
    with Journal.open(where, clock=clock) as other:
        assert other.state(STREAM) == journal.state(STREAM)
        assert [change.kind for change in other.changes(STREAM)] == ["opened", "unavailable"]


def test_a_second_year_opens_a_stream_of_its_own(journal: Journal) -> None:
    journal.begin(station(NEXT), actor=WHO)
    assert journal.streams() == (STREAM, "next")
    assert journal.head("next").sequence == 2
    assert journal.head("next").version == 1


def test_a_case_is_begun_once(journal: Journal) -> None:
    with pytest.raises(StoreError, match="already"):
        journal.begin(station(), actor=WHO)


def test_an_id_that_gives_away_a_name_is_warned_of(empty: Journal) -> None:
    people = [{"id": "欧阳明珠", "name": "欧阳明珠"}, {"id": "p2", "name": "李律师"}]
    (warning,) = empty.begin(station(people=people), actor=WHO).warnings
    assert (warning.table, warning.row, warning.severity) == ("people", 0, "warning")


def test_a_change_is_made_and_written_down(journal: Journal) -> None:
    made = journal.record(STREAM, away(reason="王经理住院"), actor="刘主任", note="电话告知")
    assert (made.sequence, made.version, made.kind, made.actor, made.note) == (
        2,
        2,
        "unavailable",
        "刘主任",
        "电话告知",
    )
    assert (made.change["resource"], made.change["reason"]) == ("bank", "王经理住院")
    (row,) = journal.state(STREAM).case.availability
    assert (row.resource, row.reason) == ("bank", "王经理住院")
    (read,) = journal.changes(STREAM, since=1)
    assert (read.edits, read.digest, read.at) == (made.edits, made.digest, made.at)


def test_earlier_states_can_be_asked_for(journal: Journal) -> None:
    states = [journal.state(STREAM)]
    for day in DAYS:
        journal.record(STREAM, away(day), actor=WHO)
        states.append(journal.state(STREAM))
    assert [journal.state(STREAM, sequence) for sequence in range(1, 6)] == states
    with pytest.raises(StoreError, match="no case"):
        journal.state(STREAM, 0)


def test_who_saw_an_older_state_is_told_where_it_is_now(journal: Journal) -> None:
    head = journal.head(STREAM)
    journal.record(STREAM, away(), actor=WHO, expected=head.version)
    with pytest.raises(ConflictError) as error:
        journal.record(STREAM, away(DAYS[1]), actor=WHO, expected=head.version)
    assert error.value.head == journal.head(STREAM)
    assert len(journal.state(STREAM).case.availability) == 1


def test_several_changes_are_made_together(journal: Journal) -> None:
    head = journal.head(STREAM)
    changes = [joining(), away(who="school")]  # the second is possible after the first alone
    made = journal.record_all(STREAM, changes, actor=WHO, expected=head.version, note="一并登记")
    assert [(each.version, each.kind, each.note) for each in made] == [
        (2, "unit_joined", "一并登记"),
        (3, "unavailable", "一并登记"),
    ]
    assert made[-1].head == journal.head(STREAM)
    assert [each.digest for each in journal.changes(STREAM, since=1)] == [each.digest for each in made]
    assert journal.state(STREAM).case.availability[0].resource == "school"
    assert journal.audit() == ()


def test_where_one_of_several_changes_cannot_be_made_none_is(journal: Journal) -> None:
    head, before = journal.head(STREAM), journal.state(STREAM)
    with pytest.raises(ChangeError):
        journal.record_all(STREAM, [joining(), away(who="nobody"), away()], actor=WHO, expected=head.version)
    assert (journal.head(STREAM), journal.state(STREAM)) == (head, before)
    assert journal.record(STREAM, away(), actor=WHO, expected=head.version).version == head.version + 1


def test_several_changes_after_an_older_state_are_all_refused(journal: Journal) -> None:
    seen = journal.head(STREAM)
    head = journal.record(STREAM, away(), actor=WHO).head
    with pytest.raises(ConflictError):
        journal.record_all(STREAM, [joining(), away(DAYS[1])], actor=WHO, expected=seen.version)
    assert journal.head(STREAM) == head


def test_several_changes_that_are_interrupted_leave_nothing(
    journal: Journal, where: str, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = journal.head(STREAM)
    real, called = Transaction.advance, []

    def interrupted(self: Transaction, *arguments: Any) -> Any:
        called.append(arguments)
        if len(called) == 2:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(Transaction, "advance", interrupted)
    with pytest.raises(KeyboardInterrupt):
        journal.record_all(STREAM, [joining(), away(who="school")], actor=WHO, expected=head.version)
    with Journal.open(where, clock=clock) as other:
        assert (other.head(STREAM), other.audit()) == (head, ())


def test_an_unknown_case_is_named(journal: Journal) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        journal.head("nowhere")


def test_edited_rows_are_written_down(journal: Journal) -> None:
    rows = document_of(journal.state(STREAM))["people"]
    edit = Edit(table="people", before=rows[0], after={**rows[0], "note": "改为周五"})
    made = journal.record_edits(STREAM, [edit], actor=WHO)
    assert made.kind == "edited"
    assert made.edits == (edit.model_copy(update={"at": 0}),)
    assert journal.state(STREAM).case.people[0].note == "改为周五"


def test_an_edit_of_a_row_that_is_gone_changes_nothing(journal: Journal) -> None:
    head = journal.head(STREAM)
    with pytest.raises(ChangeError):
        journal.record_edits(STREAM, [Edit(table="people", before={"id": "nobody"})], actor=WHO)
    assert journal.head(STREAM) == head


def test_the_id_of_a_case_stays(journal: Journal) -> None:
    settings = document_of(journal.state(STREAM))["settings"][0]
    with pytest.raises((StoreError, ChangeError)):
        journal.record_edits(
            STREAM, [Edit(table="settings", before=settings, after={**settings, "id": "other"})], actor=WHO
        )


def test_a_change_is_taken_back_by_another(journal: Journal) -> None:
    first = journal.record(STREAM, away(reason="住院"), actor=WHO)
    journal.record(STREAM, joining(), actor=WHO)
    undone = journal.undo(STREAM, first.sequence, actor=WHO)
    assert (undone.kind, undone.change, undone.cause) == ("undone", {"sequence": 2}, 2)
    assert journal.state(STREAM).case.availability == ()
    assert journal.state(STREAM).case.units[-1].id == "school"
    again = journal.undo(STREAM, undone.sequence, actor=WHO)
    assert journal.state(STREAM).case.availability[0].reason == "住院"
    assert again.version == 5


def test_rows_that_have_moved_on_are_not_taken_back(journal: Journal) -> None:
    made = journal.record(STREAM, joining(), actor=WHO)
    row = document_of(journal.state(STREAM))["units"][-1]
    journal.record_edits(STREAM, [Edit(table="units", before=row, after={**row, "name": "中学"})], actor=WHO)
    with pytest.raises(UndoError) as error:
        journal.undo(STREAM, made.sequence, actor=WHO)
    assert "学校" in error.value.say("zh")
    assert "~" not in error.value.say("zh")


@pytest.mark.parametrize("sequence", [1, 2, 99])
def test_what_is_no_change_of_rows_is_not_taken_back(journal: Journal, sequence: int) -> None:
    journal.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    with pytest.raises(UndoError):
        journal.undo(STREAM, sequence, actor=WHO)


def test_a_plan_becomes_a_revision(journal: Journal) -> None:
    journal.record(STREAM, away(who="shop"), actor=WHO)
    plan = hosted(journal.state(STREAM).case, *ROTATION)
    revision = journal.publish(STREAM, plan, base=None, actor=WHO, note="第一版")
    assert (revision.number, revision.case_sequence, revision.sequence) == (1, 2, 3)
    assert revision.case_hash == plan.case.hash
    assert revision.head == journal.head(STREAM).digest
    assert journal.plan(1) == plan
    assert journal.revisions(STREAM) == (revision,)
    assert journal.newest(STREAM) == journal.revision(1) == revision


def test_revisions_are_counted_over_all_cases(journal: Journal) -> None:
    other = station(NEXT)
    journal.begin(other, actor=WHO)
    journal.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    assert journal.publish("next", hosted(other, *ROTATION), base=None, actor=WHO).number == 2
    assert journal.publish(STREAM, hosted(station(), *ROTATION), base=1, actor=WHO).number == 3
    assert [revision.number for revision in journal.revisions(STREAM)] == [1, 3]


def test_why_sessions_were_declined_is_not_kept(journal: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    told = plan.model_copy(update={"declined": (Declined(session="order@1", reason="欧阳明珠不能来"),)})
    journal.publish(STREAM, told, base=None, actor=WHO)
    assert journal.plan(1).declined == (Declined(session="order@1", reason=""),)


def test_a_draft_of_an_older_revision_is_refused(journal: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    journal.publish(STREAM, plan, base=None, actor=WHO)
    for base in (None, 2):
        with pytest.raises(StaleDraftError):
            journal.publish(STREAM, plan, base=base, actor=WHO)
    assert len(journal.revisions()) == 1


def test_a_draft_of_an_older_case_is_refused(journal: Journal) -> None:
    plan = hosted(station(), *ROTATION)
    journal.record(STREAM, away(DAYS[0]), actor=WHO)
    with pytest.raises(StaleDraftError, match="changed"):
        journal.publish(STREAM, plan, base=None, actor=WHO)


def test_a_plan_that_does_not_hold_is_refused(journal: Journal) -> None:
    with pytest.raises(RefusedPlanError) as error:
        journal.publish(STREAM, hosted(station(), "shop", "court", "bank", "court"), base=None, actor=WHO)
    assert error.value.breaches
    assert journal.revisions() == ()


def test_open_seats_are_published_only_where_somebody_accepts_them(journal: Journal) -> None:
    full = hosted(station(), *ROTATION)
    part = full.sessions[0].parts[0].model_copy(update={"roles": {"host": ()}})
    session = full.sessions[0].model_copy(update={"parts": (part,)})
    gap = OpenSeat(session=session.id, part="main", role="host", missing=1)
    plan = full.model_copy(update={"sessions": (session, *full.sessions[1:]), "open": (gap,)})
    with pytest.raises(RefusedPlanError, match="open"):
        journal.publish(STREAM, plan, base=None, actor=WHO)
    assert journal.publish(STREAM, plan, base=None, actor=WHO, accept_open=True).number == 1


def counters(journal: Journal) -> list[int]:
    return [journal.stamps(STREAM)[f"day@{day}"].sequence for day in DAYS]


def test_the_counter_of_a_session_goes_up_with_every_real_change_and_never_back(journal: Journal) -> None:
    case = station()
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    assert counters(journal) == [0, 0, 0, 0]
    first = journal.stamps(STREAM)
    journal.publish(STREAM, hosted(case, *OTHER_ROTATION), base=1, actor=WHO)
    assert counters(journal) == [1, 0, 0, 0]
    assert journal.stamps(STREAM)[f"day@{DAYS[1]}"] == first[f"day@{DAYS[1]}"]
    journal.publish(STREAM, hosted(case, *ROTATION), base=2, actor=WHO)
    assert counters(journal) == [2, 0, 0, 0]
    assert journal.stamps(STREAM)[f"day@{DAYS[0]}"].modified == journal.revision(3).at


def test_a_session_that_is_dropped_stays_as_cancelled_and_may_return(empty: Journal) -> None:
    case = station(
        activities=[
            {"id": "day", "name": "服务日", "cycle": "weeks", "times": ["09:00"], "minutes": 120, "presence": "may"}
        ]
    )
    empty.begin(case, actor=WHO)
    full = hosted(case, *ROTATION)
    dropped = full.sessions[1]
    without = full.model_copy(update={"sessions": tuple(s for s in full.sessions if s is not dropped)})
    empty.publish(STREAM, full, base=None, actor=WHO)
    two = empty.publish(STREAM, without, base=1, actor=WHO)
    assert empty.stamps(STREAM)[dropped.id] == Stamp(1, two.at, cancelled=True, last=dropped)
    empty.publish(STREAM, without, base=2, actor=WHO)
    assert empty.stamps(STREAM)[dropped.id] == Stamp(1, two.at, cancelled=True, last=dropped)
    four = empty.publish(STREAM, full, base=3, actor=WHO)
    assert empty.stamps(STREAM)[dropped.id] == Stamp(2, four.at, cancelled=False, last=dropped)


def answers(journal: Journal) -> dict[str, str]:
    """Who answered what, by who serves."""
    return {answer.who: answer.reply for answer in journal.state(STREAM).answers}


def confirmed(day: str, who: str, **more: object) -> Accepted:
    said = {"session": f"day@{day}", "part": "main", "role": "host", "who": who, "start": f"{day} 09:00"}
    return Accepted.model_validate({**said, **more})


def test_a_confirmation_lasts_until_the_seat_is_somebody_elses(journal: Journal) -> None:
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=None, actor=WHO)
    journal.record(STREAM, confirmed(DAYS[0], "bank"), actor=WHO)
    journal.record(STREAM, confirmed(DAYS[1], "court", tentative=True), actor=WHO)
    assert answers(journal) == {"bank": "accepted", "court": "tentative"}
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *OTHER_ROTATION), base=1, actor=WHO)
    assert answers(journal) == {"court": "tentative"}
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=2, actor=WHO)
    assert answers(journal) == {"court": "tentative"}, "who is put back is asked anew"
    assert journal.audit() == ()


def test_who_declined_by_mistake_takes_it_back_by_confirming(journal: Journal) -> None:
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *ROTATION), base=None, actor=WHO)
    published, seat = journal.state(STREAM).case.hash, {"session": "day@2027-03-06", "role": "host", "who": "bank"}
    declined = journal.record(STREAM, DeclinedSeat.model_validate(seat), actor=WHO)
    assert answers(journal) == {"bank": "declined"}
    journal.record(STREAM, confirmed(DAYS[0], "bank"), actor=WHO)
    assert (answers(journal), journal.state(STREAM).case.hash) == ({"bank": "accepted"}, published)
    with pytest.raises(UndoError):
        journal.undo(STREAM, declined.sequence, actor=WHO)


def test_moments_are_those_of_the_clock(journal: Journal, clock: Ticking) -> None:
    made = journal.record(STREAM, away(), actor=WHO)
    assert made.at.tzinfo == dt.UTC
    assert made.at <= clock.now


def test_a_past_state_comes_with_the_head_that_it_belongs_to(journal: Journal) -> None:
    then = journal.head(STREAM)
    journal.record(STREAM, away(), actor=WHO)
    assert journal.at(STREAM, then.sequence)[0] == then
    assert journal.at(STREAM)[0] == journal.head(STREAM) != then


def test_a_server_that_is_not_reached_is_not_said_to_be_damaged() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))  # and not listened at: the connection is refused
        with pytest.raises(StoreError) as raised:
            connect(f"postgresql://rota:secret@127.0.0.1:{free.getsockname()[1]}/rota")
    said = {language: raised.value.say(language) for language in LANGUAGES}
    assert said["en"].startswith("The PostgreSQL server of postgresql://rota:***@127.0.0.1")
    assert "cannot be reached" in said["en"]
    assert "?." not in said["en"]
    assert "请检查服务器是否运行" in said["zh"]
    assert not any("audit" in each for each in said.values())
