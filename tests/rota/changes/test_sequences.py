"""Whatever happens one after the other: a change is refused, or leads to a sound case by edits that can be replayed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rota.change import ChangeError
from rota.changes import read_change
from rota.document import State, document_of, edited, edits_between, reversed_edits, state_of
from rota.inspection import inspect
from tests.rota.small import case_of
from tests.thoroughness import sparing

DAYS = st.dates(dt.date(2027, 2, 20), dt.date(2027, 4, 10)).map(str)
SESSIONS = st.sampled_from(
    ["day@2027-03-06", "day@2027-03-13", "day@2027-03-20", "day@2027-03-27", "x-1@2027-04-01", "x-2@2027-03-13"]
)
WHO = st.sampled_from(["bank", "court", "shop", "li", "tax", "hall"])
TIMES = st.sampled_from([None, "09:00", "12:00", "15:30"])


def of(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.fixed_dictionaries(fields).map(lambda body: (kind, body))


SEATS = st.fixed_dictionaries({"session": SESSIONS, "part": st.just("main"), "role": st.just("host"), "who": WHO})
HAPPENING = st.one_of(
    of("unit_joined", row=st.just({"id": "tax", "name": "税务局", "groups": ["hosts"]})),
    of("unit_left", who=WHO, last=DAYS),
    of("unavailable", resource=WHO, first=DAYS, last=DAYS, start=TIMES, end=TIMES),
    of("available_again", resource=WHO, first=DAYS, last=DAYS, start=TIMES, end=TIMES),
    of("session_added", id=st.sampled_from(["x-1", "x-2"]), activity=st.just("day"), day=DAYS, time=st.just("10:00")),
    of("session_cancelled", session=SESSIONS),
    of("session_moved", session=SESSIONS, start=DAYS.map(lambda day: f"{day} 14:00"), widen=st.booleans()),
    of("room_set", session=SESSIONS, room=st.sampled_from(["hall", "corner", "loft"])),
    of("seat_set", session=SESSIONS, role=st.just("host"), who=WHO, instead_of=st.just("") | WHO),
    of("declined", session=SESSIONS, role=st.just("host"), who=WHO),
    of("unpinned", session=SESSIONS),
    of("outcome_recorded", session=SESSIONS, held=st.booleans()),
    of("order_withdrawn", order=st.sampled_from(["x-1", "x-2"])),
    of("swap_asked", id=st.sampled_from(["s1", "s2"]), mine=SEATS, other=SEATS),
    of("swap_confirmed", id=st.sampled_from(["s1", "s2"])),
    of("holiday_moved", rows=DAYS.map(lambda day: [{"day": day, "kind": "off"}])),
    of("settings_changed", cells=st.fixed_dictionaries({"first": DAYS})),
)


@settings(max_examples=sparing(25, 150), deadline=None)
@given(st.lists(HAPPENING, max_size=8))
def test_every_change_is_refused_with_reasons_or_leads_to_a_sound_case(
    happening: list[tuple[str, dict[str, Any]]],
) -> None:
    state, refused = State(case=case_of()), list[str]()
    for kind, body in happening:
        try:
            change = read_change(kind, 1, body)
            said = change.say(state)
            after = change.applied(state)
        except ChangeError as refusal:
            refused.append(refusal.say("zh"))
            continue
        assert said.say("en")
        assert not [problem for problem in inspect(after.case) if problem.severity == "error"]
        before, now = document_of(state), document_of(after)
        edits = edits_between(before, now)
        assert edited(before, edits) == now
        assert edited(now, reversed_edits(edits)) == before
        assert state_of(now) == after
        state = after
    assert all(refused)
