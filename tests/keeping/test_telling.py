"""Sentences of changes: sessions are named by when they took place at the time of the change."""

from __future__ import annotations

import datetime as dt

from rota.changes.seats import Declined
from rota.plan import Plan
from scheduler.keeping.journal import Journal
from tests.keeping.station import DAYS, STREAM, WHO, hosted
from tests.rota.small import with_activity

NAMED = "服务日 2027-03-06 (周六)"
MOVED = f"{NAMED}（2027-03-07 (周日) 09:00 举办）"


def on_sunday(plan: Plan) -> Plan:
    """The first of the Saturdays a day later."""
    first, *others = plan.sessions
    day = dt.timedelta(days=1)
    later = first.model_copy(update={"start": first.start + day, "end": first.end + day})
    return plan.model_copy(update={"sessions": (later, *others)})


def test_a_session_that_was_moved_is_named_with_its_day_from_then_on(journal: Journal) -> None:
    case = with_activity(days_after=1)
    journal.begin(case, actor=WHO)
    plan = hosted(case, "bank", "court", "bank", "court")
    journal.publish(STREAM, plan, base=None, actor=WHO)
    declined = [Declined(session=f"day@{DAYS[0]}", part="main", role="host", who=who) for who in ("bank", "court")]
    journal.record(STREAM, declined[0], actor=WHO)
    state = journal.state(STREAM)
    again = on_sunday(hosted(state.case, "court", "court", "bank", "court"))
    journal.publish(STREAM, again, base=1, actor=WHO)
    journal.record(STREAM, declined[1], actor=WHO)
    said = [each.message.say("zh") for each in journal.told(STREAM) if each.recorded.kind == "declined"]
    assert NAMED in said[0]
    assert MOVED not in said[0]
    assert MOVED in said[1]
    assert [each.message.say("zh") for each in journal.told(STREAM, 4)][-1] == said[1]
