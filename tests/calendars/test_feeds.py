"""Which feeds there are, which sessions and parts they show, and what an event says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import icalendar
import pytest

from calendars.addressing import Addresses, addressed
from calendars.conformance import check
from calendars.feed import Feed, feeds, feeds_of
from calendars.identity import uid_of
from calendars.subject import Subject
from rota.case import Case
from rota.edition import Edition
from rota.plan import Plan
from rota.stamp import Stamp
from tests.calendars.station import SECRETS, case_of, dropped, opening, plan_of

OPENING = "opening-2023-03-18.suzhou-2023@rota"
SECOND = "rotation-2023-04-01.suzhou-2023@rota"
ADDRESSES = Addresses(
    "https://example.org/%E6%97%A5%E5%8E%86/all.ics",
    "https://example.org/%E6%97%A5%E5%8E%86/a/page/with/an/address/that/is/longer/than/one/line/may/be",
)
HALF_HOUR = dt.timedelta(minutes=30)


def events(feed: Feed) -> dict[str, Any]:
    calendar = icalendar.Calendar.from_ical(feed.content)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def cancelled(feed: Feed) -> Any:
    (event,) = (event for event in events(feed).values() if event["STATUS"] == "CANCELLED")
    return event


def test_every_feed_conforms(published: Mapping[str, Feed]) -> None:
    assert {feed.path: check(feed.content) for feed in published.values()} == {
        feed.path: [] for feed in published.values()
    }


def test_every_feed_conforms_in_english_with_alarms_and_addresses(case: Case, plan: Plan) -> None:
    for feed in feeds(case, plan, "en", alarms=[HALF_HOUR]):
        assert check(addressed(feed.content, ADDRESSES)) == []


def test_there_is_a_feed_for_everybody_and_everything(case: Case, published: Mapping[str, Feed]) -> None:
    rows = (*case.units, *case.people, *case.equipment, *case.rooms, *case.sites, *case.activities)
    assert list(published) == ["", *(row.id for row in rows)]
    assert published["U1"].path == "units/U1-税务局.ics"
    assert published["U1"].subject is Subject.UNIT
    assert published["U1"].title == "税务局 · 苏州中心2023年轮值"
    assert published[""].path == "all.ics"


def test_one_who_has_no_session_yet_has_a_feed_to_subscribe_to(published: Mapping[str, Feed]) -> None:
    assert events(published["U4"]) == {}


def test_the_year_shows_all_sessions_in_order_of_time(published: Mapping[str, Feed]) -> None:
    starts = [event.DTSTART for event in events(published[""]).values()]
    assert len(starts) == 6
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("of", "sessions"), [("U1", 3), ("U2", 2), ("P2", 3), ("E1", 1), ("R1", 4), ("R4", 2), ("S2", 2), ("opening", 1)]
)
def test_a_feed_shows_the_sessions_that_concern_the_one_meant(
    published: Mapping[str, Feed], of: str, sessions: int
) -> None:
    assert len(events(published[of])) == sessions


def test_a_unit_sees_its_own_part_of_a_session(published: Mapping[str, Feed]) -> None:
    mine = events(published["U2"])[OPENING]
    assert mine["SUMMARY"] == "启动仪式 · 便民 · 司法局"
    assert mine["LOCATION"] == "1号点位，苏州中心站，苏州工业园区苏州大道西229号, 3层; 东"
    assert mine["DESCRIPTION"] == "特色：便民\n场地：1号点位\n轮值单位：司法局\n设备：健康服务车"
    assert "CATEGORIES" not in mine


def test_a_room_sees_what_happens_in_it(published: Mapping[str, Feed]) -> None:
    assert events(published["R3"])[OPENING]["SUMMARY"] == "启动仪式 · 商务 · 苏州银行; 园区, 支行"


def test_the_year_and_the_site_see_all_parts(published: Mapping[str, Feed]) -> None:
    for of in ("", "S1", "opening"):
        event = events(published[of])[OPENING]
        assert event["SUMMARY"] == "启动仪式 · 税务局、司法局、苏州银行; 园区, 支行"
        assert str(event["DESCRIPTION"]).count("\n\n") == 2
        assert event.categories == ["党群服务", "商务服务, 税费"]


def test_a_session_has_the_same_uid_and_times_in_every_feed(published: Mapping[str, Feed]) -> None:
    whole = events(published[""])
    for feed in published.values():
        for uid, event in events(feed).items():
            assert (event.DTSTART, event.DTEND, event["DTSTAMP"].dt) == (
                whole[uid].DTSTART,
                whole[uid].DTEND,
                whole[uid]["DTSTAMP"].dt,
            )


def test_a_moved_session_keeps_its_uid(case: Case, plan: Plan) -> None:
    moved = plan.sessions[1].model_copy(
        update={"start": plan.sessions[1].start + HALF_HOUR, "end": plan.sessions[1].end + HALF_HOUR}
    )
    later = plan.model_copy(update={"sessions": (plan.sessions[0], moved, *plan.sessions[2:])})
    assert events(next(feeds(case, later))).keys() == events(next(feeds(case, plan))).keys()


def test_roles_stand_in_the_order_of_the_case_and_vacant_seats_are_told(published: Mapping[str, Feed]) -> None:
    event = events(published[""])["rotation-2023-04-15.suzhou-2023@rota"]
    assert event["DESCRIPTION"] == (
        "服务线：政务服务\n场地：多功能厅\n轮值单位：司法局\n协办单位：苏州银行; 园区, 支行\n主讲：待定 1 个"
    )


def test_english_feeds_are_english(case: Case, plan: Plan, stamps: dict[str, Stamp]) -> None:
    whole = next(feeds(case, plan, "en", stamps=stamps))
    event = events(whole)[SECOND]
    assert event["SUMMARY"] == "Service day · Tax Bureau"
    assert event["LOCATION"] == "Hall, Suzhou Center, 229 Suzhou Avenue West, 3rd floor; east"
    assert event["DESCRIPTION"] == (
        "Service line: Government\nRoom: Hall\nHost: Tax Bureau\nPartner: Bank\nSpeaker: Zhang"
    )
    assert cancelled(whole)["SUMMARY"] == "[Cancelled] Law lecture · Civil code · Li"
    assert whole.content.isascii() is False  # the separator is the same in both languages


def test_an_event_is_stamped_by_the_journal(published: Mapping[str, Feed]) -> None:
    event = events(published[""])[SECOND]
    assert event["SEQUENCE"] == 2
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == dt.datetime(2023, 3, 20, 8, 30, tzinfo=dt.UTC)


def test_without_a_journal_a_session_carries_sequence_0_and_the_date_of_issue(case: Case, plan: Plan) -> None:
    event = events(next(feeds(case, plan)))[SECOND]
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == dt.datetime(2023, 3, 9, 16, 0, tzinfo=dt.UTC)  # midnight of 10 March in Shanghai


def test_without_a_date_of_issue_the_first_day_counts() -> None:
    case = case_of(issued=None)
    event = events(next(feeds(case, plan_of(case))))[SECOND]
    assert event["DTSTAMP"].dt == dt.datetime(2023, 2, 28, 16, 0, tzinfo=dt.UTC)


def test_a_dropped_session_stays_as_a_tombstone_where_it_was(published: Mapping[str, Feed]) -> None:
    for of in ("", "P2", "R4", "S2", "讲座"):
        event = cancelled(published[of])
        assert event["SUMMARY"] == "【取消】普法讲座 · 民法典 · 李𠮷"
        assert event["SEQUENCE"] == 1
        assert event["TRANSP"] == "TRANSPARENT"
    assert not [event for event in events(published["U1"]).values() if event["STATUS"] == "CANCELLED"]


def test_a_session_in_the_plan_can_be_cancelled_too(case: Case, plan: Plan) -> None:
    stamp = Stamp(3, dt.datetime(2023, 3, 11, tzinfo=dt.UTC), cancelled=True)
    event = cancelled(next(feeds(case, plan, stamps={"rotation@2023-04-01": stamp}, alarms=[HALF_HOUR])))
    assert event["UID"] == SECOND
    assert event.subcomponents == []


def test_a_tombstone_without_its_session_is_refused(case: Case, plan: Plan) -> None:
    stamp = Stamp(1, dt.datetime(2023, 3, 11, tzinfo=dt.UTC), cancelled=True)
    with pytest.raises(ValueError, match="needs `last`"):
        next(feeds(case, plan, stamps={"gone@2023-04-01": stamp}))


def test_a_stamp_of_another_plan_shows_nothing(case: Case, plan: Plan) -> None:
    stamp = Stamp(1, dt.datetime(2023, 3, 11, tzinfo=dt.UTC), last=dropped(case))
    assert len(events(next(feeds(case, plan, stamps={"讲座@2023-11-11": stamp})))) == 5


@pytest.mark.parametrize("modified", ["2023-03-11T00:00", "2023-03-11T00:00+00:00"])
def test_a_stamp_needs_a_zone_and_a_sequence_from_0(modified: str) -> None:
    with pytest.raises(ValueError, match=r"no time zone|negative"):
        Stamp(-1 if "+" in modified else 0, dt.datetime.fromisoformat(modified))


def test_alarms_stand_only_where_they_are_asked_for(case: Case, plan: Plan, published: Mapping[str, Feed]) -> None:
    assert all(b"VALARM" not in feed.content for feed in published.values())
    event = events(next(feeds(case, plan, alarms=[HALF_HOUR, dt.timedelta(days=1), HALF_HOUR])))[SECOND]
    assert [alarm["TRIGGER"].dt for alarm in event.subcomponents] == [-dt.timedelta(days=1), -HALF_HOUR]


def test_an_alarm_after_the_start_is_refused(case: Case, plan: Plan) -> None:
    with pytest.raises(ValueError, match="before the start"):
        next(feeds(case, plan, alarms=[-HALF_HOUR]))


def test_contacts_and_notes_never_stand_in_a_feed(case: Case, plan: Plan, stamps: dict[str, Stamp]) -> None:
    assert case.contacts
    for feed in (*feeds(case, plan, "zh", stamps=stamps), *feeds(case, plan, "en", stamps=stamps)):
        unfolded = feed.content.replace(b"\r\n ", b"").decode()
        assert not [secret for secret in SECRETS if secret in unfolded or secret in feed.title + feed.path]


def test_a_calendar_says_what_programs_ask_for(case: Case, plan: Plan) -> None:
    content = addressed(next(feeds(case, plan)).content, ADDRESSES)
    lines = content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    for line in (
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "NAME:苏州中心2023年轮值",
        "X-WR-CALNAME:苏州中心2023年轮值",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        f"SOURCE;VALUE=URI:{ADDRESSES.source}",
        f"URL:{ADDRESSES.page}",
        "GEO:31.317200;120.679600",
        "DTSTART;TZID=Asia/Shanghai:20230401T093000",
    ):
        assert line in lines


def test_addresses_are_the_calendar_s_and_change_nothing_else(case: Case, plan: Plan) -> None:
    for feed in feeds(case, plan):
        found = addressed(feed.content, ADDRESSES)
        assert found.replace(ADDRESSES.lines, b"") == feed.content
        properties, _, components = found.partition(b"BEGIN:VTIMEZONE")
        assert properties.count(b"\r\nSOURCE") == properties.count(b"\r\nURL") == 1
        assert b"example.org" not in components


def test_events_lead_to_the_page_of_their_activity_where_it_is_for_everybody(case: Case, plan: Plan) -> None:
    pages = {row.id: f"https://example.org/activity/{at}.html" for at, row in enumerate(case.activities)}
    shown, *others = feeds_of([Edition(case, plan, {})], "zh", pages)
    activities = {uid_of(case.settings.id, each.id): each.activity for each in plan.sessions}
    assert {uid: pages[activities[uid]] for uid in events(shown)} == {
        uid: str(event["URL"]) for uid, event in events(shown).items()
    }
    assert [check(feed.content) for feed in (shown, *others)] == [[]] * (1 + len(others))
    assert all(b"\r\nURL" not in feed.content for feed in feeds(case, plan))


def test_a_site_in_another_zone_tells_its_own_time(case: Case, plan: Plan) -> None:
    abroad = case.model_copy(
        update={"sites": (case.sites[0], case.sites[1].model_copy(update={"zone": "Europe/Berlin"}))}
    )
    content = next(feeds(abroad, plan)).content
    assert check(content) == []
    assert b"DTSTART;TZID=Europe/Berlin:20231029T120000" in content  # 19:00 in Shanghai, after the end of summer time
    assert content.count(b"BEGIN:VTIMEZONE") == 2


def test_a_long_list_of_hosts_and_rooms_is_counted_where_space_is_short(case: Case, plan: Plan) -> None:
    first = opening(case)
    crowd = first.parts[0].model_copy(update={"roles": {"host": ("U1", "U2", "U3", "U4")}})
    crowded = plan.model_copy(update={"sessions": (first.model_copy(update={"parts": (crowd,)}),)})
    assert events(next(feeds(case, crowded)))[OPENING]["SUMMARY"].endswith("等 4 个")
    assert events(next(feeds(case, crowded, "en")))[OPENING]["SUMMARY"].endswith("Bank and 1 more")
