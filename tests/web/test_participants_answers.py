"""Turns that participants exchange, and what they answer by the links in letters."""

from __future__ import annotations

import pytest

from rota.changes.answers import seats_of
from rota.changes.swaps import SwapWithdrawn
from rota.request import SeatRef
from scheduler.keeping.answer_links import AnswerLinks
from scheduler.keeping.journal import Journal
from scheduler.keeping.participation import ask_swap
from tests.keeping.station import DAYS, STREAM, WHO
from tests.web.conftest import Running
from tests.web.forms import CONFIRM, DECLINE, EVIL, form_with, forms_of, kinds, send


def test_two_units_exchange_their_turns_on_their_pages(
    running: Running, journal: Journal, bank: str, court: str
) -> None:
    offers = f"{bank}/swap?stream={STREAM}&session=day@{DAYS[2]}"
    form = form_with(running.ask(offers).body, "发出申请")
    assert "请选择" in send(running, f"{bank}/swap", form, "发出申请").said
    other = running.ask(offers).body.decode().split('name="other" value="')[1].split('"')[0]
    asked = send(running, f"{bank}/swap", form, "发出申请", other=other, note="请帮忙")
    assert "换班申请已发出" in asked.followed(running)
    again = send(running, f"{bank}/swap", form, "发出申请", other=other, note="请帮忙")
    assert "无需重复提交" in again.followed(running)
    theirs = running.ask(court)
    assert "银行希望与您互换" in theirs.body.decode()
    assert "请帮忙" in theirs.body.decode()
    agreeing = form_with(theirs.body, "同意互换")
    assert "您已同意互换" in send(running, court, agreeing, "同意互换").followed(running)
    assert kinds(journal) == ["swap_asked", "swap_answered"]
    own = form_with(running.ask(bank).body, "撤回申请")
    send(running, bank, own, "撤回申请").followed(running)
    assert kinds(journal)[-1] == "swap_withdrawn"


def test_nobody_answers_for_others(running: Running, journal: Journal, bank: str, court: str) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    form.fields["proof"] = forms_of(running.ask(court).body)[0].fields["proof"]
    form.action = form.action.replace(bank.rpartition("/")[2], court.rpartition("/")[2])
    assert send(running, court, form, CONFIRM).status == 422
    assert kinds(journal) == []


def test_a_link_in_a_letter_shows_a_button_that_answers(running: Running, journal: Journal) -> None:
    newest = journal.newest(STREAM)
    assert newest
    session = journal.plan(newest.number).session[f"day@{DAYS[2]}"]
    (seat,) = seats_of(session)
    links = AnswerLinks(journal.store).issue("", STREAM, session, [seat])[seat]
    shown = running.ask(links.confirm)
    assert (shown.status, kinds(journal)) == (200, [])
    form = form_with(shown.body, CONFIRM)
    taken = send(running, links.confirm, form, CONFIRM)
    assert (taken.status, "已确认到岗" in taken.said) == (200, True)
    assert "无需重复提交" in send(running, links.confirm, form, CONFIRM).said
    declining = form_with(running.ask(links.decline).body, DECLINE)
    assert send(running, links.decline, declining, DECLINE, reason="出差").status == 200
    assert kinds(journal) == ["accepted", "declined"]
    assert send(running, links.decline, declining, DECLINE, {"Sec-Fetch-Site": "cross-site"}).status == 403


def test_a_link_in_a_letter_answers_a_request_to_exchange(running: Running, journal: Journal) -> None:
    mine, other = (
        SeatRef(session=f"day@{day}", part="main", role="host", who=who)
        for day, who in ((DAYS[2], "bank"), (DAYS[3], "court"))
    )
    assert ask_swap(journal, STREAM, mine, other, note=EVIL, actor=WHO)
    newest = journal.newest(STREAM)
    assert newest
    session = journal.plan(newest.number).session[other.session]
    link = AnswerLinks(journal.store).issue("", STREAM, session, [other])[other].swap
    shown = running.ask(link)
    assert "银行希望与您互换" in shown.body.decode()
    assert "3月20日（周六）09:00–11:00" in shown.body.decode()
    assert "<script" not in shown.body.decode()
    form = form_with(shown.body, "同意互换")
    assert "您已同意互换" in send(running, link, form, "同意互换").said
    assert "无需重复提交" in send(running, link, form, "同意互换").said
    assert kinds(journal) == ["swap_asked", "swap_answered"]
    journal.record(STREAM, SwapWithdrawn(id=journal.state(STREAM).requests[0].id), actor=WHO)
    assert "已处理或已撤回" in running.ask(link).body.decode()
    assert "已处理或已撤回" in send(running, link, form, "不同意").said


@pytest.mark.parametrize(
    ("query", "browser", "tag"),
    [
        ("", "", "zh-CN"),
        ("", "en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("", "fr, zh-TW;q=0.5, en;q=0.3", "zh-CN"),
        ("", "fr, *;q=0.1", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=zh", "en", "zh-CN"),
    ],
)
def test_the_page_of_a_letter_speaks_the_letters_language_else_the_browsers_else_the_cases(
    running: Running, journal: Journal, query: str, browser: str, tag: str
) -> None:
    newest = journal.newest(STREAM)
    assert newest
    session = journal.plan(newest.number).session[f"day@{DAYS[2]}"]
    (seat,) = seats_of(session)
    link = AnswerLinks(journal.store).issue("", STREAM, session, [seat])[seat].confirm
    shown = running.ask(link + query, accept_language=browser)
    assert f'<html lang="{tag}">' in shown.body.decode()
