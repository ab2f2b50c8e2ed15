"""Reminders in the outbox follow the newest revision and the rules, in the same transaction as these."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.case import Case
from rota.changes.rules import SettingsChanged
from rota.document import Edit, document_of
from rota.plan import Plan
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from tests.keeping.conftest import Ticking
from tests.keeping.station import DAYS, OTHER_ROTATION, ROTATION, STREAM, WHO, hosted, station


def reminded(*rules: dict[str, object]) -> Case:
    """The station with rules of reminding; a day before where none are given."""
    return station(reminders=list(rules) or [{"before": "1天"}])


@pytest.fixture
def kept(journal: Journal) -> Journal:
    """A journal with the station and its first revision, published on 4 January."""
    case = reminded()
    journal.begin(case, actor=WHO)
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    return journal


def armed(journal: Journal, *states: str) -> dict[str, list[str]]:
    """Who is to be reminded on which days, of all that is in one of the states."""
    found: dict[str, list[str]] = {}
    for item in journal.outbox.items(STREAM, states=states or ("waiting",)):
        if item.kind != "notice":
            found.setdefault(item.recipient, []).append(f"{item.due:%m-%d %H:%M}")
    return found


def moved(plan: Plan, number: int, days: int) -> Plan:
    """A plan with one session on another day."""
    session = plan.sessions[number]
    step = dt.timedelta(days=days)
    other = session.model_copy(update={"start": session.start + step, "end": session.end + step})
    return plan.model_copy(update={"sessions": tuple(other if each is session else each for each in plan.sessions)})


FIRST = {"bank": ["03-05 01:00", "03-19 01:00"], "court": ["03-12 01:00", "03-26 01:00"]}
"""A day before each of the Saturdays at nine in Shanghai, in UTC."""


def test_a_publication_arms_what_the_rules_ask_for(kept: Journal) -> None:
    assert armed(kept) == FIRST


def test_a_seat_that_goes_to_another_takes_its_reminder_along(kept: Journal) -> None:
    kept.publish(STREAM, hosted(reminded(), *OTHER_ROTATION), base=1, actor=WHO)
    assert armed(kept) == {"bank": ["03-19 01:00"], "court": ["03-05 01:00", "03-12 01:00", "03-26 01:00"]}
    assert armed(kept, "withdrawn") == {"bank": ["03-05 01:00"]}


def test_going_back_to_the_first_plan_lets_the_first_reminders_wait_again(kept: Journal) -> None:
    kept.publish(STREAM, hosted(reminded(), *OTHER_ROTATION), base=1, actor=WHO)
    kept.publish(STREAM, hosted(reminded(), *ROTATION), base=2, actor=WHO)
    assert armed(kept) == FIRST
    assert armed(kept, "withdrawn") == {"court": ["03-05 01:00"]}


def test_what_was_sent_is_not_sent_again_when_the_plan_goes_back(kept: Journal, clock: Ticking) -> None:
    clock.now = dt.datetime(2027, 3, 5, 1, 1, tzinfo=dt.UTC)
    claimed = kept.outbox.claim("one", seconds=60, most=9)
    (mine,) = [item for item in claimed if item.kind == "reminder"]
    kept.outbox.settle("one", {item.key: Fate("sent") for item in claimed})
    kept.publish(STREAM, hosted(reminded(), *OTHER_ROTATION), base=1, actor=WHO)
    kept.publish(STREAM, hosted(reminded(), *ROTATION), base=2, actor=WHO)
    assert mine.key not in {item.key for item in kept.outbox.items(STREAM, states=("waiting",))}


def test_what_was_withdrawn_while_it_was_sent_counts_as_sent(kept: Journal, clock: Ticking) -> None:
    clock.now = dt.datetime(2027, 3, 5, 1, 1, tzinfo=dt.UTC)
    claimed = kept.outbox.claim("one", seconds=60, most=9)
    kept.publish(STREAM, hosted(reminded(), *OTHER_ROTATION), base=1, actor=WHO)
    kept.outbox.settle("one", {item.key: Fate("sent") for item in claimed})
    assert armed(kept, "withdrawn") == {}
    assert armed(kept, "sent") == {"bank": ["03-05 01:00"]}


def test_what_is_due_before_it_is_asked_for_is_left_to_the_notice(journal: Journal, clock: Ticking) -> None:
    clock.now = dt.datetime(2027, 3, 10, tzinfo=dt.UTC)
    case = reminded({"before": "7天"})
    journal.begin(case, actor=WHO)
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    assert armed(journal) == {"bank": ["03-13 01:00"], "court": ["03-20 01:00"]}


def test_another_rule_arms_anew_and_taking_it_back_does_so_too(kept: Journal) -> None:
    row = document_of(kept.state(STREAM))["reminders"][0]
    edit = Edit(table="reminders", before=row, after={**row, "before": "2小时"})
    made = kept.record_edits(STREAM, [edit], actor=WHO)
    assert armed(kept)["bank"] == ["03-05 23:00", "03-19 23:00"]
    kept.undo(STREAM, made.sequence, actor=WHO)
    assert armed(kept) == FIRST


def test_quiet_hours_move_what_waits(kept: Journal) -> None:
    kept.record(STREAM, SettingsChanged(cells={"quiet": "20:00-10:00"}), actor=WHO)
    assert armed(kept)["bank"] == ["03-05 02:00", "03-19 02:00"]


def test_no_rules_no_reminders(journal: Journal) -> None:
    journal.begin(station(), actor=WHO)
    journal.publish(STREAM, hosted(station(), *ROTATION), base=None, actor=WHO)
    assert armed(journal) == {}


def test_a_notice_of_the_night_waits_for_the_morning(journal: Journal, clock: Ticking) -> None:
    clock.now = dt.datetime(2027, 1, 4, 15, 0, tzinfo=dt.UTC)  # 23:00 in Shanghai
    case = station({"quiet": "22:00-07:00"})
    journal.begin(case, actor=WHO)
    journal.publish(STREAM, hosted(case, *ROTATION), base=None, actor=WHO)
    assert {f"{item.due:%d %H:%M}" for item in journal.outbox.items()} == {"04 23:00"}


def test_a_reminder_is_known_by_session_recipient_and_rule(kept: Journal) -> None:
    found = [item for item in kept.outbox.items() if item.kind == "reminder"]
    assert found[0].key == f"reminder:{STREAM}:day@{DAYS[0]}:20270306T0100:1d:bank:"
    assert found[0].until == dt.datetime(2027, 3, 6, 1, 0, tzinfo=dt.UTC)
