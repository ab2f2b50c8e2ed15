"""Text goes into a feed and comes out as it was."""

from __future__ import annotations

import datetime as dt
import re

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calendars.conformance import check
from calendars.feed import feeds
from calendars.stamp import stamped
from calendars.subject import Subject, shown_by_key
from calendars.text import Text, uri
from calendars.variants import with_alarms
from calendars.wording import Wording
from rota.case import Case
from rota.plain import clean, one_line
from rota.text import Language
from tests.calendars.station import case_of, plan_of

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=200)
EMOJI = st.lists(
    st.sampled_from(["🎉", "👩\u200d👩\u200d👧", "🇨🇳", "👍🏽", "❤️", "e\u0301", "轮", "𠮷", "㊗️", " ", "\u3000"])
).map("".join)
"""Marks of several characters, which a fold may part, each character whole."""
ANY = (
    st.text(st.characters(), max_size=200)
    | CHINESE
    | EMOJI
    | st.text('\\,;:"\n\r\t nN税务局𠮷\x00\x07\x85\u2028', max_size=200)
)
NAMES = ANY.map(lambda said: said.encode("utf-8", "replace").decode())
"""What can stand in a case, whose values pydantic validates: no half of a character."""


@given(ANY)
@example("D:\\Notes, and; more\\n")
@example("税" * 80)
@example("\\" * 160)
@example("a\r\nb\rc\nd\u2028e")
def test_any_text_is_read_back_as_it_was_cleaned(text: str) -> None:
    event = icalendar.Event()
    event["DESCRIPTION"] = Text(clean(text))
    octets = event.to_ical(sorted=False)

    assert all(len(line) <= 75 for line in octets.split(b"\r\n"))
    for line in octets.split(b"\r\n"):
        line.decode()  # no fold parts a character
    assert str(icalendar.Event.from_ical(octets)["DESCRIPTION"]) == clean(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=100))
def test_text_without_control_characters_is_not_changed(text: str) -> None:
    assert clean(text) == text


@given(NAMES)
def test_a_unit_may_have_any_name(name: str) -> None:
    case = case_of()
    unit = case.units[0].model_copy(update={"name": name})
    named = case.model_copy(update={"units": (unit, *case.units[1:])})

    feed = next(feed for feed in feeds(named, plan_of(named)) if feed.of == "U1")

    assert check(feed.content) == []
    opening = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")[0]
    assert one_line(name) in str(opening["DESCRIPTION"])


@given(st.lists(NAMES, min_size=7, max_size=7), st.sampled_from(["zh", "en"]))
def test_whatever_anything_is_called_its_feed_is_read_back_word_for_word(names: list[str], language: Language) -> None:
    case = called(case_of(), names)
    plan = plan_of(case)
    said, shown = Wording(case, plan.open, language), shown_by_key(case, stamped(case, plan, {}))[Subject.ALL, ""]
    feed = next(feeds(case, plan, language))
    for octets in (feed.content, with_alarms(feed.content, [dt.timedelta(hours=1)])):
        assert check(octets) == []
        assert max(len(line.decode().encode()) for line in octets.split(b"\r\n")) <= 75
        calendar = icalendar.Calendar.from_ical(octets)
        for name in ("NAME", "X-WR-CALNAME"):  # icalendar knows neither to be TEXT, and leaves them escaped
            assert re.sub(r"\\(.)", r"\1", str(calendar[name])) == feed.title
        for event, each in zip(calendar.walk("VEVENT"), shown, strict=True):
            told = said.caption(each)
            assert str(event["SUMMARY"]) == said.summary(each, told)
            assert str(event["DESCRIPTION"]) == said.description(told)
            assert str(event["LOCATION"]) == said.location(told)
            assert all(str(alarm["DESCRIPTION"]) == said.summary(each, told) for alarm in event.walk("VALARM"))


def called(case: Case, names: list[str]) -> Case:
    """The case with other names for its alliance, and for the first of everything that a feed names."""
    title, *others = names
    tables = ("units", "people", "rooms", "sites", "activities", "lines")
    first = {
        table: (getattr(case, table)[0].model_copy(update={"name": name, "name_en": name}), *getattr(case, table)[1:])
        for table, name in zip(tables, others, strict=True)
    }
    return case.model_copy(update={"settings": case.settings.model_copy(update={"title": title}), **first})


def test_control_characters_vanish_and_line_breaks_become_one_kind() -> None:
    assert clean("税\x00务\x07局\x7f\ta\r\nb\rc\u2029d") == "税务局\ta\nb\nc\nd"


def test_half_a_character_is_replaced() -> None:
    assert clean("\ud842") == "\ufffd"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("https://example.org/a;b,c?q=1#f", "https://example.org/a;b,c?q=1#f"),
        ("https://example.org/轮值 表", "https://example.org/%E8%BD%AE%E5%80%BC%20%E8%A1%A8"),
        ("https://轮值.example/", "https://xn--zk6az5a.example/"),
        ("https://example.org/%E8%BD%AE", "https://example.org/%E8%BD%AE"),
        ("javascript:alert(1)", ""),
        ("example.org", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_addresses_become_uris_in_ascii_or_nothing(given_: str, expected: str) -> None:
    if "xn--" in expected:
        expected = "https://" + "轮值".encode("idna").decode() + ".example/"
    assert uri(given_) == expected
