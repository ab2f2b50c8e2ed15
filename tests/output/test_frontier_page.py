"""The page of a frontier: what it plots, what it says of its figures, and when there is nothing to plot."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rota.text import Language, text
from workbook.output.frontier_page import Mark, Trade, frontier_html
from workbook.starter import starter_case

CASE = starter_case(2026)
TRADE = Trade(
    axes=(text("priority 1: Fair share", "优先级 1：公平分担"), text("sessions changed", "改动场次")),
    weaker=(text("priority 2: Availability", "优先级 2：时间意向"),),
    marks=(Mark(0, 2, proved=True, weaker=((21, True),)), Mark(200, 1, proved=True, weaker=((19, False),))),
    apart=None,
    complete=True,
)


def said(trade: Trade, language: Language = "en") -> str:
    """Return the page's words, row by row."""
    return re.sub(r"<[^>]+>", " ", frontier_html(CASE, trade, language))


def rows(trade: Trade, language: Language = "en") -> list[list[str]]:
    body = re.findall(r"<tr[^>]*>(.*?)</tr>", frontier_html(CASE, trade, language), re.DOTALL)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in body]


def test_columns_say_what_a_priority_holds_and_weaker_ones_follow() -> None:
    assert rows(TRADE)[0] == ["priority 1: Fair share", "sessions changed", "priority 2: Availability", "proved"]


def test_a_cost_that_is_not_proved_the_least_is_marked_and_explained() -> None:
    assert rows(TRADE)[1:] == [["0", "2", "21", "yes"], ["200", "1", "≤19", "yes"]]
    assert "≤: not proved, perhaps less." in said(TRADE)
    proved = replace(TRADE, marks=TRADE.marks[:1])
    assert "≤" not in said(proved)


def test_the_present_plan_is_marked_among_the_others_or_apart_from_them() -> None:
    first, second = TRADE.marks
    among = replace(TRADE, marks=(replace(first, present=True), second))
    assert rows(among)[1][-1] == "yes ← the present plan"
    apart = replace(TRADE, apart=Mark(210, 3, proved=False, weaker=((30, True),), present=True))
    assert rows(apart)[-1] == ["210", "3", "30", "the present plan, which is not one of these"]
    assert frontier_html(CASE, apart, "en").count("<circle") == 2
    assert frontier_html(CASE, apart, "en").count("<rect") == 1


@pytest.mark.parametrize(
    ("complete", "sentence"), [(True, "There is nothing to trade"), (False, "This is the only plan found")]
)
def test_of_one_plan_there_is_a_table_and_no_plot(*, complete: bool, sentence: str) -> None:
    alone = replace(TRADE, marks=TRADE.marks[:1], complete=complete)
    page = frontier_html(CASE, alone, "en")
    assert "<svg" not in page
    assert sentence in page
    assert len(rows(alone)) == 2


def test_the_page_is_said_in_chinese_without_an_english_word() -> None:
    trade = replace(TRADE, apart=Mark(210, 3, proved=False, weaker=((30, True),), present=True), complete=False)
    body = said(trade, "zh").split("}")[-1]
    assert "现有安排（不在其列）" in body
    assert not re.search("[A-Za-z]{2,}", body.replace("--points", "").replace("--time-limit", ""))
