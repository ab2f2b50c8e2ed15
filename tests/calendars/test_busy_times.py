"""What of a foreign calendar makes somebody busy, as tables of events and times."""

from __future__ import annotations

import datetime as dt

import pytest

from calendars.identity import uid_of
from calendars.incoming.bounds import BOUNDS
from calendars.incoming.busy import AllDay, Horizon
from calendars.incoming.expanding import Asked, expand
from calendars.incoming.refusal import RefusedError
from calendars.incoming.zones import known_zone
from tests.calendars.foreign import START, asked, calendar, event, left_out, told

MEETING = ["01-05 09:00-10:00"]
MAYBE = ["01-05 09:00-10:00?"]
DAYS = ("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107")
WEEKLY = (*START, "RRULE:FREQ=WEEKLY;COUNT=3")
AFTERNOON = ("DTSTART;TZID=Asia/Shanghai:20260112T140000", "DTEND;TZID=Asia/Shanghai:20260112T160000")
SECOND = "RECURRENCE-ID;TZID=Asia/Shanghai:20260112T090000"

STATES = {
    "nothing said": ([], MEETING),
    "confirmed": (["STATUS:CONFIRMED", "TRANSP:OPAQUE"], MEETING),
    "cancelled": (["STATUS:CANCELLED"], []),
    "cancelled, in small letters": (["status:cancelled"], []),
    "shown as free": (["TRANSP:TRANSPARENT"], []),
    "Outlook: free": (["X-MICROSOFT-CDO-BUSYSTATUS:FREE"], []),
    "Outlook: away": (["X-MICROSOFT-CDO-BUSYSTATUS:OOF"], MEETING),
    "Outlook: tentative": (["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"], MAYBE),
    "Outlook: working elsewhere": (["X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"], MAYBE),
    "tentative": (["STATUS:TENTATIVE"], MAYBE),
    "tentative and free": (["STATUS:TENTATIVE", "TRANSP:TRANSPARENT"], []),
}


@pytest.mark.parametrize("state", STATES)
def test_the_state_of_an_event_says_whether_anybody_is_busy(state: str) -> None:
    lines, times = STATES[state]
    assert told(calendar(event(*START, *lines))) == times


@pytest.mark.parametrize(
    ("all_day", "times"),
    [("busy", ["01-05 00:00-01-07 00:00"]), ("avoid", ["01-05 00:00-01-07 00:00?"]), ("ignore", [])],
)
@pytest.mark.parametrize(
    "days",
    [DAYS, ("DTSTART:20260105T000000", "DTEND:20260107T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")],
    ids=["dates", "Outlook's mark"],
)
def test_whole_days_follow_the_policy(days: tuple[str, ...], all_day: AllDay, times: list[str]) -> None:
    assert told(calendar(event(*days)), asked(all_day)) == times


def test_whole_days_shown_as_free_are_free_under_every_policy() -> None:
    for all_day in ("busy", "avoid", "ignore"):
        assert told(calendar(event(*DAYS, "TRANSP:TRANSPARENT")), asked(all_day)) == []


TIMES = {
    "in UTC": (["DTSTART:20260105T010000Z", "DTEND:20260105T020000Z"], MEETING),
    "floating, so where the case is": (["DTSTART:20260105T090000", "DTEND:20260105T100000"], MEETING),
    "with a duration": (["DTSTART:20260105T010000Z", "DURATION:PT1H"], MEETING),
    "with seconds": (["DTSTART:20260105T010030Z", "DTEND:20260105T015930Z"], MEETING),
    "by the name of Windows": (
        ["DTSTART;TZID=China Standard Time:20260105T090000", "DTEND;TZID=China Standard Time:20260105T100000"],
        MEETING,
    ),
    "in another zone, quoted": (
        ['DTSTART;TZID="Europe/Berlin":20260105T020000', "DTEND;TZID=Europe/Berlin:20260105T030000"],
        MEETING,
    ),
    "with a zone beside the Z of UTC": (
        ["DTSTART;TZID=Europe/Berlin:20260105T010000Z", "DTEND;TZID=Europe/Berlin:20260105T020000Z"],
        MEETING,
    ),
    "no end: it takes no time": (["DTSTART:20260105T010000Z"], []),
    "a date alone is one day": (["DTSTART;VALUE=DATE:20260105"], ["01-05 00:00-01-06 00:00"]),
    "a day that ends on itself": (
        ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260105"],
        ["01-05 00:00-01-06 00:00"],
    ),
    "days by duration": (["DTSTART;VALUE=DATE:20260105", "DURATION:P2D"], ["01-05 00:00-01-07 00:00"]),
    "over New Year, clipped": (["DTSTART:20251230T000000Z", "DTEND:20260101T000000Z"], ["01-01 00:00-08:00"]),
}


@pytest.mark.parametrize("case", TIMES)
def test_times_are_told_where_the_case_is(case: str) -> None:
    lines, times = TIMES[case]
    assert told(calendar(event(*lines))) == times


REPEATED = {
    "three weeks": ([event(*WEEKLY)], ["01-05 09:00-10:00", "01-12 09:00-10:00", "01-19 09:00-10:00"]),
    "one dropped": (
        [event(*WEEKLY, "EXDATE;TZID=Asia/Shanghai:20260112T090000")],
        ["01-05 09:00-10:00", "01-19 09:00-10:00"],
    ),
    "one dropped, told without its zone": (
        [event(*WEEKLY, "EXDATE:20260112T090000")],
        ["01-05 09:00-10:00", "01-19 09:00-10:00"],
    ),
    "one dropped, told by its day": (
        [event(*WEEKLY, "EXDATE;VALUE=DATE:20260112")],
        ["01-05 09:00-10:00", "01-19 09:00-10:00"],
    ),
    "one added": ([event(*START, "RDATE:20260107T010000Z")], ["01-05 09:00-10:00", "01-07 09:00-10:00"]),
    "one added that lasts longer": (
        [event(*START, "RDATE;VALUE=PERIOD:20260107T010000Z/PT3H")],
        ["01-05 09:00-10:00", "01-07 09:00-12:00"],
    ),
    "one moved": (
        [event(*WEEKLY), event(SECOND, "DTSTART:20260113T010000Z", "DTEND:20260113T020000Z")],
        ["01-05 09:00-10:00", "01-13 09:00-10:00", "01-19 09:00-10:00"],
    ),
    "all moved from one on": (
        [event(*WEEKLY), event(SECOND.replace(";", ";RANGE=THISANDFUTURE;"), *AFTERNOON)],
        ["01-05 09:00-10:00", "01-12 14:00-16:00", "01-19 14:00-16:00"],
    ),
    "one moved into the year": (
        [
            event("DTSTART:20251229T010000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=1"),
            event("RECURRENCE-ID:20251229T010000Z", "DTSTART:20260105T010000Z", "DURATION:PT1H"),
        ],
        MEETING,
    ),
    "one cancelled": (
        [event(*WEEKLY), event(SECOND, *START, "STATUS:CANCELLED")],
        ["01-05 09:00-10:00", "01-19 09:00-10:00"],
    ),
    "a change whose event is not in the file": ([event(SECOND, *START)], MEETING),
    "a last day that is a date counts as a whole day": (
        [event(*START, "RRULE:FREQ=WEEKLY;UNTIL=20260112")],
        ["01-05 09:00-10:00", "01-12 09:00-10:00"],
    ),
    "a last time without a zone is in the event's": (
        [event(*START, "RRULE:FREQ=WEEKLY;UNTIL=20260112T090000")],
        ["01-05 09:00-10:00", "01-12 09:00-10:00"],
    ),
    "days until the last second of a day in UTC, as Google writes it": (
        [event(DAYS[0], "RRULE:FREQ=DAILY;UNTIL=20260106T235959Z")],
        ["01-05 00:00-01-07 00:00"],
    ),
    "days until midnight here, told in UTC": (
        [event(DAYS[0], "RRULE:FREQ=DAILY;UNTIL=20260105T160000Z")],
        ["01-05 00:00-01-07 00:00"],
    ),
    "a day dropped by its midnight": (
        [event(DAYS[0], "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20260106T000000")],
        ["01-05 00:00-01-06 00:00"],
    ),
    "an exception that is empty": ([event(*START, "EXDATE:")], MEETING),
    "summer time elsewhere": (
        [
            event(
                "DTSTART;TZID=Europe/Berlin:20260323T090000",
                "DTEND;TZID=Europe/Berlin:20260323T100000",
                "RRULE:FREQ=WEEKLY;COUNT=2",
            )
        ],
        ["03-23 16:00-17:00", "03-30 15:00-16:00"],
    ),
    "an older revision of the same event": (
        [event(*START, "SEQUENCE:1"), event("DTSTART:20260106T010000Z", "DURATION:PT1H", "SEQUENCE:2")],
        ["01-06 09:00-10:00"],
    ),
    "two events of one UID, neither newer": (
        [event(*START), event("DTSTART:20260106T010000Z", "DURATION:PT1H")],
        ["01-05 09:00-10:00", "01-06 09:00-10:00"],
    ),
    "two that meet are one time": (
        [event(*START, uid="a"), event("DTSTART:20260105T013000Z", "DURATION:PT1H", uid="b")],
        ["01-05 09:00-10:30"],
    ),
    "what is certain goes before what is not": (
        [event(*START, uid="a"), event("DTSTART:20260105T013000Z", "DURATION:PT1H", "STATUS:TENTATIVE", uid="b")],
        ["01-05 09:00-10:00", "01-05 10:00-10:30?"],
    ),
    "none have a UID": (
        [event(*START, uid=""), event("DTSTART:20260106T010000Z", "DURATION:PT1H", uid="")],
        ["01-05 09:00-10:00", "01-06 09:00-10:00"],
    ),
}


@pytest.mark.parametrize("case", REPEATED)
def test_repeated_events_fall_where_calendar_programs_show_them(case: str) -> None:
    events, times = REPEATED[case]
    assert told(calendar(*events)) == times


UNREADABLE = {
    "no start": (["SUMMARY:?"], "no-start"),
    "two starts": ([*START, "DTSTART:20260106T010000Z"], "repeated"),
    "no date": (["DTSTART:20261305T010000Z"], "value"),
    "a control character in the start": (["DTSTART:2026\x000105T010000Z", "DURATION:PT1H"], "value"),
    "an end before the start": (["DTSTART:20260105T010000Z", "DTEND:20260105T000000Z"], "order"),
    "a negative duration": (["DTSTART:20260105T010000Z", "DURATION:-PT1H"], "order"),
    "from a day to a time": (["DTSTART;VALUE=DATE:20260105", "DTEND:20260106T010000Z"], "mixed"),
    "every second": ([*START, "RRULE:FREQ=SECONDLY"], "frequency"),
    "every minute": ([*START, "RRULE:FREQ=MINUTELY;INTERVAL=5"], "frequency"),
    "every hour": ([*START, "RRULE:FREQ=HOURLY"], "frequency"),
    "an interval of nothing": ([*START, "RRULE:FREQ=DAILY;INTERVAL=0"], "rule"),
    "minus five times": ([*START, "RRULE:FREQ=DAILY;COUNT=-5"], "rule"),
    "in the Chinese calendar": ([*START, "RRULE:RSCALE=CHINESE;FREQ=YEARLY"], "rule"),
    "an exception rule": ([*START, "RRULE:FREQ=DAILY", "EXRULE:FREQ=WEEKLY"], "rule"),
    "the 40th of the month": ([*START, "RRULE:FREQ=MONTHLY;BYMONTHDAY=40"], "rule"),
    "the month of nothing": ([*START, "RRULE:FREQ=YEARLY;BYMONTH=0"], "rule"),
    "a rule that says one thing twice": ([*START, "RRULE:FREQ=DAILY;COUNT=2;COUNT=3"], "rule"),
    "no frequency": ([*START, "RRULE:COUNT=2"], "rule"),
    "no weekday": ([*START, "RRULE:FREQ=WEEKLY;BYDAY=XX"], "value"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_an_event_without_one_meaning_is_left_out_and_said_so(case: str) -> None:
    lines, code = UNREADABLE[case]
    content = calendar(event(*lines, uid="odd"), event(*START, uid="sound"))
    assert left_out(content) == [code]
    assert told(content) == MEETING


def test_sessions_of_the_case_itself_make_nobody_busy_and_those_of_another_do() -> None:
    ours = event(*START, uid=uid_of("rota-2026", "rotation@2026-01-05"))
    theirs = event(*START, uid=uid_of("clinic-2026", "rotation@2026-01-05"))
    assert told(calendar(ours), asked(own="rota-2026")) == []
    assert told(calendar(ours)) == MEETING
    assert told(calendar(ours, theirs), asked(own="rota-2026")) == MEETING


FREE_BUSY = {
    "busy": ("FREEBUSY:20260105T010000Z/20260105T020000Z", MEETING),
    "for so long": ("FREEBUSY;FBTYPE=BUSY:20260105T010000Z/PT1H", MEETING),
    "several": (
        "FREEBUSY:20260105T010000Z/PT1H,20260106T010000Z/PT1H",
        ["01-05 09:00-10:00", "01-06 09:00-10:00"],
    ),
    "away": ("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260105T010000Z/PT1H", MEETING),
    "tentative": ("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T010000Z/PT1H", MAYBE),
    "free": ("FREEBUSY;FBTYPE=FREE:20260105T010000Z/PT1H", []),
    "a type that nobody knows is busy": ("FREEBUSY;FBTYPE=X-GARDENING:20260105T010000Z/PT1H", MEETING),
}


@pytest.mark.parametrize("case", FREE_BUSY)
def test_free_busy_is_read_by_its_type(case: str) -> None:
    line, times = FREE_BUSY[case]
    assert told(calendar("BEGIN:VFREEBUSY", line, "END:VFREEBUSY")) == times


@pytest.mark.parametrize("period", ["20260105T010000Z/-PT1H", "20260105T010000Z/20260104T010000Z", "soon/later"])
def test_a_period_without_meaning_leaves_its_free_busy_out(period: str) -> None:
    content = calendar("BEGIN:VFREEBUSY", f"FREEBUSY:{period}", "END:VFREEBUSY")
    assert left_out(content)[0] in {"order", "value"}
    assert told(content) == []


def test_a_cancelled_calendar_makes_nobody_busy() -> None:
    assert told(calendar("METHOD:CANCEL", event(*START))) == []


def test_times_without_a_zone_are_in_the_zone_that_the_calendar_names_for_itself() -> None:
    lines = event("DTSTART:20260105T020000", "DURATION:PT1H")
    assert told(calendar("X-WR-TIMEZONE:Europe/Berlin", lines)) == MEETING
    assert told(calendar("X-WR-TIMEZONE:Middle-earth", lines)) == ["01-05 02:00-03:00"]


OWN_ZONE = [
    "BEGIN:VTIMEZONE",
    "TZID:Office\\, second floor",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700",
    "TZOFFSETTO:+0700",
    "END:STANDARD",
    "END:VTIMEZONE",
]
IN_IT = event('DTSTART;TZID="Office, second floor":20260105T080000', "DURATION:PT1H")


@pytest.mark.parametrize("lines", [[*OWN_ZONE, IN_IT], [IN_IT, *OWN_ZONE]], ids=["before", "after"])
def test_a_zone_that_the_file_defines_is_known_wherever_it_stands(lines: list[str]) -> None:
    assert told(calendar(*lines)) == MEETING


def test_a_zone_without_a_name_is_the_one_that_the_file_defines_without_a_name() -> None:
    nameless = [line.replace("Office\\, second floor", "") for line in OWN_ZONE]
    lines = event("DTSTART;TZID=:20260105T080000", "DURATION:PT1H")
    assert told(calendar(*nameless, lines)) == MEETING
    assert told(calendar(lines)) == ["01-05 08:00-09:00"]


def test_two_calendars_in_one_file_may_call_different_zones_alike() -> None:
    other = [line.replace("+0700", "+0600") for line in OWN_ZONE]
    assert told(calendar(*OWN_ZONE, IN_IT) + calendar(*other, IN_IT)) == ["01-05 09:00-11:00"]


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/example.org/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT+8", "Etc/GMT-8"),
        ("UTC+08:00", "Etc/GMT-8"),
        ("Etc/GMT-8", "Etc/GMT-8"),
        ("Customized Time Zone", None),
        ("../../../../etc/passwd", None),
        ("GMT+99", None),
    ],
)
def test_zones_are_known_by_many_names(tzid: str, zone: str | None) -> None:
    assert known_zone(tzid) == zone


def test_an_unknown_zone_refuses_the_file_and_is_named() -> None:
    with pytest.raises(RefusedError) as refused:
        expand(calendar(event("DTSTART;TZID=Nowhere:20260105T090000")), asked())
    assert (refused.value.code, refused.value.detail) == ("zone", "Nowhere")


def test_events_long_past_cost_nothing_and_need_no_known_zone() -> None:
    old = [event(f"DTSTART;TZID=Nowhere:2001010{n % 9 + 1}T090000", uid=f"{n}") for n in range(2000)]
    assert told(calendar(*old, event(*START))) == MEETING


def test_days_begin_where_the_case_is() -> None:
    question = Asked("America/New_York", Horizon(dt.date(2026, 1, 5), dt.date(2026, 1, 5)), "busy", "", BOUNDS)
    assert told(calendar(event("DTSTART;VALUE=DATE:20260105")), question) == ["01-05 13:00-01-06 13:00"]
