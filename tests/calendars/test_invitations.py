"""Invitations to one session: what programs act upon, read by others; the same octets for the same revision."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import icalendar
import pytest

from calendars.conformance import check
from calendars.feed import feeds
from calendars.invitations import Invitation, Party
from rota.case import Case
from rota.plan import Plan
from rota.stamp import Stamp
from tests.calendars.readers import by_khal, by_libical, has_libical, utc
from tests.calendars.station import PUBLISHED, dropped, opening
from tests.conftest import RequireComponent

SENDER = Party("苏州中心轮值", "rota@example.org")
WANG = Party('王"小"敏, 税务局', "wang@example.org")


@pytest.fixture
def invitation(case: Case, plan: Plan, stamps: dict[str, Stamp]) -> Invitation:
    """The tax bureau is invited to a session that has changed twice."""
    session = plan.session["rotation@2023-04-01"]
    return Invitation(case, session, stamps[session.id], "U1", SENDER, WANG)


def event_of(content: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return event


def test_a_request_asks_one_attendee_of_one_organizer(invitation: Invitation) -> None:
    content = invitation.request("zh")
    calendar, event = icalendar.Calendar.from_ical(content), event_of(content)
    assert calendar["METHOD"] == "REQUEST"
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:rota@example.org", "苏州中心轮值")
    assert event["ATTENDEE"] == "mailto:wang@example.org"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "王'小'敏, 税务局",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }


def test_uid_sequence_and_times_are_those_of_the_feed(invitation: Invitation, case: Case, plan: Plan) -> None:
    stamps = {invitation.session.id: invitation.stamp}
    feed = next(each for each in feeds(case, plan, stamps=stamps) if each.of == "U1")
    events = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(feed.content).walk("VEVENT")}
    event = event_of(invitation.request("zh"))
    shown = events[str(event["UID"])]
    for name in ("SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS"):
        assert event[name].to_ical() == shown[name].to_ical(), name


def test_only_the_parts_in_which_somebody_serves_are_told(case: Case) -> None:
    content = Invitation(case, opening(case), Stamp(0, PUBLISHED), "U2", SENDER, WANG).request("zh")
    said = str(event_of(content)["DESCRIPTION"])
    assert "便民" in said
    assert "文旅" not in said


def test_who_leaves_a_session_that_takes_place_is_not_told_that_it_is_cancelled(invitation: Invitation) -> None:
    content = invitation.cancel("zh")
    event = event_of(content)
    assert icalendar.Calendar.from_ical(content)["METHOD"] == "CANCEL"
    assert "STATUS" not in event
    assert "RSVP" not in event["ATTENDEE"].params
    assert event["SEQUENCE"] == 2


def test_a_cancelled_session_is_told_to_be_cancelled(case: Case) -> None:
    stamp = Stamp(1, PUBLISHED, cancelled=True, last=dropped(case))
    event = event_of(Invitation(case, dropped(case), stamp, "P2", SENDER, WANG).cancel("zh"))
    assert event["STATUS"] == "CANCELLED"
    assert str(event["SUMMARY"]).startswith("【取消】")


def test_what_was_answered_and_still_counts_is_not_asked_again(invitation: Invitation) -> None:
    event = event_of(dataclasses.replace(invitation, standing="ACCEPTED").request("zh"))
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_the_same_revision_gives_the_same_octets_and_a_later_one_says_so(invitation: Invitation) -> None:
    later = dataclasses.replace(invitation, stamp=Stamp(3, PUBLISHED + dt.timedelta(days=1)))
    assert invitation.request("zh") == dataclasses.replace(invitation).request("zh")
    assert event_of(later.request("zh"))["UID"] == event_of(invitation.request("zh"))["UID"]
    assert event_of(later.request("zh"))["SEQUENCE"] == 3


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_programs_of_others_read_an_invitation(
    invitation: Invitation, language: str, tmp_path: Path, require_component: RequireComponent
) -> None:
    require_component("libical", has_libical(), "apt-get install gir1.2-ical-3.0 python3-gi")
    file = tmp_path / "invite.ics"
    file.write_bytes(invitation.request("en" if language == "en" else "zh"))
    (with_libical,), (with_khal,) = by_libical(file, tmp_path), by_khal(file, tmp_path)
    assert with_libical["uid"] == with_khal["uid"] == "rotation-2023-04-01.suzhou-2023@rota"
    assert with_libical["start"] == with_khal["start"] == utc(invitation.session.start)


def test_an_invitation_keeps_to_the_standard_in_all_but_what_feeds_must_not_hold(invitation: Invitation) -> None:
    assert [finding.code for finding in check(invitation.request("zh"))] == ["forbidden-property"] * 3
