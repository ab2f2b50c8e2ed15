"""Dividing long texts, and keeping a pace."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.outcome import Delivered, Outcome, TryAgain, Unknown
from delivery.pace import Pace
from delivery.parts import in_turn, numbered, octets, split
from delivery.robots.robot import written
from rota.text import text

TEXTS = st.text(st.sampled_from('轮值安排5月13日，。；\n\n  ab. 👨‍👩‍👧"\\\t'), max_size=600)


@given(content=TEXTS, most=st.integers(8, 120), size=st.sampled_from([octets, written, len]))
def test_parts_fit_are_not_empty_and_lose_nothing_but_white_space(content: str, most: int, size: object) -> None:
    parts = split(content, most, size)  # type: ignore[arg-type]
    assert all(part.strip() == part != "" and size(part) <= most for part in parts)  # type: ignore[operator]
    assert "".join("".join(parts).split()) == "".join(content.split())


@given(content=TEXTS, most=st.integers(8, 120))
def test_no_two_parts_would_go_in_half_of_one(content: str, most: int) -> None:
    parts = split(content, most, len)
    assert all(len(part) + len(after) > most // 2 for part, after in pairwise(parts))


@pytest.mark.parametrize(
    ("content", "most", "parts"),
    [
        ("", 10, ()),
        (" \n ", 10, ()),
        ("一二三", 9, ("一二三",)),
        ("第一段\n\n第二段", 12, ("第一段", "第二段")),
        ("第一行\n第二行\n第三行", 24, ("第一行\n第二行", "第三行")),
        ("先到，后走。再来", 18, ("先到，后走。", "再来")),
        ("一二三四五六七", 9, ("一二三", "四五六", "七")),
    ],
)
def test_texts_are_divided_where_they_end(content: str, most: int, parts: tuple[str, ...]) -> None:
    assert split(content, most) == parts


def test_a_character_larger_than_a_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="too small"):
        split("轮", 2)


def test_parts_say_which_they_are() -> None:
    assert numbered(["甲"]) == ("甲",)
    assert numbered(["甲", "乙"]) == ("(1/2) 甲", "(2/2) 乙")


@pytest.mark.parametrize("end", [TryAgain(text("a", "甲")), Unknown(text("a", "甲"))])
def test_sending_stops_at_the_part_that_does_not_arrive_and_says_how_many_did(end: Outcome) -> None:
    sent: list[str] = []

    def send(part: str) -> Outcome:
        sent.append(part)
        return end if part == "c" else Delivered()

    outcome = in_turn(["a", "b", "c", "d"], 1, send)
    assert isinstance(outcome, type(end))
    assert outcome.parts == 2
    assert sent == ["b", "c"]
    assert in_turn(["a", "b"], 2, send) == Delivered(2)


WINDOWS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 20)), min_size=1, max_size=3)


@given(windows=WINDOWS, steps=st.lists(st.integers(0, 9), max_size=60))
def test_in_no_span_are_more_sent_than_its_window_allows(windows: list[tuple[int, int]], steps: list[int]) -> None:
    now, sent = 0, []
    pace = Pace(*windows, clock=lambda: now)
    for step in steps:
        now += step
        left = pace.wait()
        if left == 0:
            sent.append(now)
        else:
            assert left == max(_left(sent, now, window) for window in windows)
    for most, seconds in windows:
        assert all(sum(begin <= moment < begin + seconds for moment in sent) <= most for begin in sent)


def _left(sent: list[int], now: int, window: tuple[int, int]) -> int:
    """How long until one more fits: when the oldest of the `most` newest has left the window."""
    most, seconds = window
    recent = [moment for moment in sent if moment > now - seconds]
    return sorted(recent)[-most] + seconds - now if len(recent) >= most else 0


def test_what_is_held_waits_until_then_and_no_longer() -> None:
    now = 0.0
    pace = Pace((1000, 1.0), clock=lambda: now)
    pace.hold(60)
    pace.hold(30)
    assert pace.wait() == 60
    now = 60.0
    assert pace.wait() == 0
