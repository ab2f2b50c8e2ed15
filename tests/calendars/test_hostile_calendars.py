"""Calendars that cost without end, lie or break off: each ends in busy times or in a clear refusal, within bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from calendars.incoming.bounds import BOUNDS, Bounds
from calendars.incoming.busy import Horizon
from calendars.incoming.reading import read_calendar
from calendars.incoming.refusal import OMISSIONS, REFUSALS, CalendarRefusedError, sentence
from rota.text import LANGUAGES
from tests.calendars.foreign import START, YEAR, calendar, event
from tests.calendars.hostile.written import WRITTEN
from tests.conftest import ROOT

PATIENT = Bounds(wall=300, processor=60)
"""The bounds that users have, but for time: tests run on machines that do much else."""
HURRIED = Bounds(wall=300, processor=1)
"""For calendars that would never end."""


def outcome(content: bytes, horizon: Horizon = YEAR, bounds: Bounds = PATIENT) -> str:
    """What becomes of a calendar: how many busy times (and which events were left out), or why it was refused."""
    try:
        read = read_calendar(content, horizon, "Asia/Shanghai", bounds=bounds)
    except CalendarRefusedError as refused:
        return refused.code
    return f"{len(read.busy)} busy" + (f", {read.unread} left out" if read.unread else "")


OUTCOMES = {
    # Repetition: a rule is judged before it is worked out; what is left is bounded by processor time and numbers.
    "every second, in 230 octets": "nothing-readable",
    "every second by lists": "nothing-readable",
    "a thousand million times": "361 busy",  # only the year is worked out
    "a number of a thousand digits": "nothing-readable",
    "interval of nothing": "nothing-readable",
    "never, told two thousand times": "too-slow",  # each is searched to the year 9999
    "every hour by lists, since 1601, two thousand times": "too-slow",
    "50,000 dates": "11 busy",  # hours that follow each other are one time
    "50,000 exceptions": "29 busy",
    "a rule that takes back what it gives": "nothing-readable",
    "two thousand events daily for years": "occurrences",
    "a thousand changes of one event": "114 busy",  # 361 days, of which 248 were moved to one, and 1
    "a rule in Chinese words": "nothing-readable",
    # Zones: known by name, or defined in the file by yearly rules; a time that cannot be told is never guessed.
    "a zone that changes every second": "zone",
    "a zone of no offset": "zone",
    "a zone without rules": "zone",
    "a zone of a hundred hours": "zone",
    "a zone of its own": "1 busy",
    "a zone that is not there": "zone",
    "a path for a zone": "zone",
    "a zone with control characters": "zone",
    "the zone of Outlook in Chinese": "1 busy",
    # Octets: the encoding is decided first, and folds are undone before it.
    "GBK": "1 busy",
    "GBK, folded within characters": "1 busy",
    "UTF-8, folded within characters": "1 busy",
    "UTF-16 with its mark": "1 busy",
    "UTF-16 without": "1 busy",
    "UTF-16 that breaks off": "encoding",
    "UTF-32": "encoding",
    "Latin-1": "encoding",
    "octets of a picture": "encoding",
    "nothing but NUL": "no-calendar",
    "NUL and BEL in a title": "1 busy",  # titles are not read
    "NUL in a date": "nothing-readable",
    "a line of 9 MB": "1 busy",
    "a line of 12 MB": "octets",
    "9 MB of colons after a quote": "nothing-readable",
    "9 MB of folds": "lines",
    "400,000 empty lines": "1 busy",
    # Structure
    "nothing": "no-calendar",
    "a page that asks to sign in": "no-calendar",
    "an archive": "no-calendar",
    "5,000 parts in each other": "depth",
    "calendars in each other": "structure",
    "an event in an event": "structure",
    "parts closed across": "structure",
    "ends that nothing begins": "no-calendar",
    "an event without its calendar": "bare",
    "broken off": "truncated",
    "60,000 events": "events",
    "40,000 events": "0 busy",  # they take no time
    "a calendar of the moon": "calscale",
    "an empty calendar": "0 busy",
    # Values: an event without one meaning is left out and named; where none is left, the file is refused.
    "no start": "nothing-readable",
    "an end before the start": "nothing-readable",
    "a negative duration": "nothing-readable",
    "a duration beyond all years": "nothing-readable",
    "a duration of 2,000 years": "1 busy",
    "the year 9999": "0 busy",
    "the year 1": "1 busy",
    "a rule until the year 9999": "12 busy",
    "the 30th of February": "nothing-readable",
    "one UID for 2,000 events": "1 busy",
    "a UID of 1 MB": "1 busy",
    "a change of an event that is not there": "1 busy",
    "a sequence beyond all numbers": "nothing-readable",
    "100,000 free-busy periods": "8064 busy",
}


def test_every_written_calendar_has_its_outcome() -> None:
    assert OUTCOMES.keys() == WRITTEN.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", OUTCOMES)
def test_a_hostile_calendar_ends_in_busy_times_or_in_a_refusal(name: str) -> None:
    bounds = HURRIED if OUTCOMES[name] == "too-slow" else PATIENT
    assert outcome(WRITTEN[name](), bounds=bounds) == OUTCOMES[name]


GENERATED = {
    "rrule_secondly_forever": "nothing-readable",
    "rrule_daily_count_1e9": "361 busy",
    "rrule_minutely_since_1970": "nothing-readable",
    "rrule_never_matches": "1 busy",  # the start itself always counts
    "rrule_yearly_cross_product": "nothing-readable",
    "exrule_equals_rrule": "nothing-readable",
    "exdate_50k": "29 busy",
    "rdate_50k": "325 busy",
    "enc_gbk": "1 busy",
    "enc_utf16": "1 busy",
    "enc_bom": "1 busy",
    "enc_fold_inside_utf8": "1 busy",
    "lf_only": "1 busy",
    "cr_only": "1 busy",
    "leading_blank_line": "1 busy",
    "no_final_newline": "1 busy",
    "truncated": "truncated",
    "line_1mb": "1 busy",
    "neg_duration": "nothing-readable",
    "dtend_before_dtstart": "nothing-readable",
    "no_dtend": "0 busy",
    "no_dtstart": "nothing-readable",
    "no_uid": "1 busy",
    "no_dtstamp": "1 busy",
    "zero_day_allday": "1 busy",
    "mixed_date_datetime": "nothing-readable",
    "floating": "1 busy",
    "tzid_windows_no_vtimezone": "1 busy",
    "tzid_unknown": "zone",
    "tzid_path_traversal": "zone",
    "tzid_lying_vtimezone": "1 busy",  # a known name means what it says, whatever the file says of it
    "tz_rrule_secondly": "zone",
    "deep_nesting": "structure",
    "orphan_override": "1 busy",
    "dup_uid": "2 busy",
    "year_0001": "1 busy",
    "year_9999": "0 busy",
    "huge_duration": "nothing-readable",
    "until_type_mismatch": "8 busy",
    "exdate_date_for_datetime": "4 busy",
    "exdate_tz_missing": "4 busy",
    "html_200": "no-calendar",
    "empty_file": "no-calendar",
    "empty_calendar": "0 busy",
    "control_chars": "1 busy",
    "unescaped_comma_semicolon": "1 busy",
    "transparent_busy": "0 busy",
    "ms_busystatus_free": "0 busy",
    "events_100k": "octets",
}


@pytest.mark.slow
def test_the_hostile_calendars_beside_the_project_end_as_they_should(shared: Path, tmp_path: Path) -> None:
    script = shared / "data" / "ics" / "make_hostile.py"
    subprocess.run([sys.executable, script], cwd=tmp_path, check=True, capture_output=True)
    found = {file.stem: outcome(file.read_bytes()) for file in sorted((tmp_path / "hostile").glob("*.ics"))}
    assert found == GENERATED


REFUSED_OF_OTHERS: dict[str, str] = {
    # Latin-1, or no text
    "valid__1106817412": "encoding",
    "fuzzing__corpus__Index_Error": "encoding",
    "fuzzing__corpus__Type_Error": "encoding",
    # alarms, to-dos or journals alone, or no calendar at all
    "tests__alarms__example": "no-calendar",
    "tests__alarms__rfc_5545_absolute_alarm_example": "no-calendar",
    "tests__alarms__rfc_5545_end": "no-calendar",
    "tests__alarms__start_date": "no-calendar",
    "tests__calendars__fuzz_testcase_0_char_in_component_name": "no-calendar",
    "tests__calendars__fuzz_testcase_invalid_month": "no-calendar",
    "tests__calendars__issue_178_component_with_invalid_name_represented": "no-calendar",
    "tests__calendars__issue_178_custom_component_contains_other": "no-calendar",
    "tests__journals__example": "no-calendar",
    "tests__todos__example": "no-calendar",
    # no event has a start, or each a fault that the sentence names
    "invalid__0": "nothing-readable",
    "invalid__boeing": "nothing-readable",
    "valid__categories": "nothing-readable",
    "valid__friday13-NOT": "nothing-readable",
    "valid__mansour": "nothing-readable",
    "fuzzing__corpus__america_new_york": "nothing-readable",
    "fuzzing__corpus__pacific_fiji": "nothing-readable",
    "tests__calendars__america_new_york_forward_reference": "nothing-readable",
    "tests__calendars__broken_dtstart": "nothing-readable",
    "tests__calendars__invalid_duration": "nothing-readable",
    "tests__calendars__issue_1050_multiple_calendars": "nothing-readable",
    "tests__calendars__issue_1050_uid_in_description": "nothing-readable",
    "tests__calendars__issue_1081_invalid_rrule_freq": "nothing-readable",
    "tests__calendars__issue_1081_invalid_start_and_end": "nothing-readable",
    "tests__calendars__issue_1081_invalid_start_valid_end": "nothing-readable",
    "tests__calendars__issue_1081_with_summary": "nothing-readable",
    "tests__calendars__issue_1549_binary_attachment": "nothing-readable",
    "tests__calendars__issue_1561_image_value": "nothing-readable",
    "tests__calendars__issue_165_missing_event": "nothing-readable",
    "tests__calendars__issue_322_expected_calendar": "nothing-readable",
    "tests__calendars__issue_798_related_to": "nothing-readable",
    "tests__calendars__multiple_timezones": "nothing-readable",
    "tests__calendars__pacific_fiji": "nothing-readable",
    "tests__calendars__rfc_5545_RDATE_example": "nothing-readable",
    "tests__calendars__rfc_6868": "nothing-readable",
    "tests__calendars__rfc_7256_multi_value_parameters": "nothing-readable",
    "tests__calendars__rfc_7529": "nothing-readable",
    "tests__calendars__rfc_7953_3": "nothing-readable",
    "tests__calendars__rfc_7986_conferences": "nothing-readable",
    "tests__calendars__rfc_7986_image": "nothing-readable",
    "tests__calendars__rfc_9253_gap": "nothing-readable",
    "tests__calendars__rfc_9253_related_to": "nothing-readable",
    # parts that are not closed in order
    "invalid__smallcluster": "structure",
    "fuzzing__corpus__timezone_same_start_and_offset": "structure",
    "tests__calendars__empty_RDATE": "structure",
    "tests__calendars__timezone_same_start_and_offset": "structure",
    # broken off
    "invalid__13-MoonPhase": "truncated",
    "tests__calendars__big_bad_calendar": "truncated",
    "tests__calendars__pr_480_summary_with_colon": "truncated",
    "tests__calendars__small_bad_calendar": "truncated",
    # a zone that is neither known nor defined
    "tests__calendars__issue_526_calendar_with_different_events": "zone",
    "tests__calendars__issue_526_calendar_with_event_subset": "zone",
    "tests__calendars__issue_526_calendar_with_events": "zone",
    "tests__calendars__issue_526_calendar_with_shuffeled_events": "zone",
    "tests__calendars__issue_722_missing_VTIMEZONE_custom": "zone",
}
"""What of the two parsers' own calendars is refused, and why."""
PARTLY_READ: dict[str, str] = {
    "invalid__phpicalendar_sample": "partly-read",
    "valid__incoming": "partly-read",
    "tests__calendars__created_calendar_with_unicode_fields": "partly-read",
    "tests__calendars__issue_722_missing_timezones": "partly-read",
    "tests__calendars__issue_1050_all_components": "partly-read",
}
"""Those of which some events are left out."""
FRAGMENTS = (
    *("tests__events__", "tests__timezones__", "tests__freebusy__", "tests__availabilities__", "fuzzing__corpus__"),
    *("invalid__overlaps", "tests__calendars__fuzz_testcase_vtimezone_lone_cr"),
    "tests__calendars__issue_82_expected_output",
)
"""Where parts of calendars are kept, which stand in none and are refused as such."""


@pytest.mark.slow
def test_the_calendars_of_two_parsers_suites_are_read_or_refused_within_the_bounds(shared: Path) -> None:
    files = sorted(map(str, (shared / "data" / "ics").glob("ical*/*.ics")))
    command = [sys.executable, "-m", "tests.calendars.hostile.bounded", *files]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    read: dict[str, tuple[str, float]] = json.loads(done.stdout)
    slowest = max(seconds for _, seconds in read.values())
    assert slowest < 4 * BOUNDS.processor  # for 32 years, where a case has one
    found = {name: code for name, (code, _) in read.items()}
    assert {
        name: code for name, code in found.items() if code not in {"read", "bare"}
    } == PARTLY_READ | REFUSED_OF_OTHERS
    assert all(name.startswith(FRAGMENTS) for name, code in found.items() if code == "bare")
    assert sum(code == "read" for code in found.values()) > len(files) / 2


def test_reading_ends_when_the_clock_on_the_wall_says_so() -> None:
    assert outcome(WRITTEN["never, told two thousand times"](), bounds=Bounds(wall=0.2)) == "too-slow"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds no address space")
def test_reading_ends_when_its_memory_is_used_up() -> None:
    assert outcome(WRITTEN["40,000 events"](), bounds=Bounds(memory=64 << 20, wall=60)) in {"memory", "failed"}


@pytest.mark.parametrize("code", sorted(REFUSALS.keys() | OMISSIONS.keys()))
def test_every_reason_is_said_in_both_languages_without_harm(code: str) -> None:
    table = REFUSALS if code in REFUSALS else OMISSIONS
    for language in LANGUAGES:
        said = sentence(table, code, "\x1b[31m{odd}\n" * 30).say(language)
        assert "\x1b" not in said
        assert "\n" not in said
        assert "{detail}" not in said


def test_what_is_left_out_is_said_with_its_line() -> None:
    read = read_calendar(
        calendar(event("SUMMARY:秘密"), event(*START, uid="sound")), YEAR, "Asia/Shanghai", bounds=PATIENT
    )
    (left_out,) = read.left_out
    assert left_out.message.say("zh") == "第 4 行的日程：没有开始时间，未计入"
    assert left_out.message.say("en") == "line 4: it has no start; it was left out"
    assert (read.events, read.unread, len(read.busy)) == (1, 1, 1)


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(CalendarRefusedError) as refused:
        read_calendar(b"<html>", YEAR, "Asia/Shanghai", bounds=PATIENT)
    assert "登录页面" in refused.value.say("zh")
