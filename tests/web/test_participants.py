"""Pages of participants over HTTP: what they show, what their forms record, and who is not let in."""

from __future__ import annotations

import io
import json
import logging
from urllib.parse import urljoin

import icalendar
import pytest

from rota.facts import Unit
from scheduler.keeping.journal import Journal
from scheduler.keeping.subscribers import feed_token
from tests.keeping.station import DAYS, STREAM, WHO, away, hosted, station
from tests.web.conftest import Running, serving
from tests.web.forms import CONFIRM, DECLINE, EVIL, form_with, forms_of, kinds, send
from web.limiting import Rates
from web.logs import log_to


def test_a_page_shows_the_turns_and_every_way_into_a_calendar(running: Running, bank: str) -> None:
    shown = running.ask(bank)
    said = shown.body.decode()
    assert shown.status == 200
    assert shown.headers["x-robots-tag"] == "noindex, nofollow"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "script-src" not in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert shown.headers["cache-control"] == "private, no-store"
    for expected in ("银行", "3月20日（周六）09:00–11:00", "服务日", "大厅", "第 2 版", "待答复"):
        assert expected in said
    assert "3月13日" not in said, "the court hosts that day"
    english = running.ask(f"{bank}?lang=en").body.decode()
    assert "Sat 20 Mar, 09:00–11:00" in english
    assert "Next turns" in english


def test_a_turn_that_went_to_others_is_said_to_be_so(running: Running, journal: Journal, bank: str) -> None:
    chip = '<span class="chip status off">不再参加</span>'
    assert running.ask(bank).body.decode().count(chip) == 1, "the first revision had it, the second has not"
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *["court"] * 4), base=2, actor=WHO)
    said = running.ask(bank).body.decode()
    assert said.count(chip) == 2
    assert '<button name="reply"' not in said


def test_the_feed_on_the_page_is_the_feed_behind_its_link(journal: Journal, bank: str) -> None:
    token = bank.rpartition("/")[2]
    with serving(journal, base="https://rota.example.org/rota") as running:
        said = running.ask(bank).body.decode()
        assert f"https://rota.example.org/rota/f/{feed_token(token)}.ics" in said
        assert f"webcal://rota.example.org/rota/f/{feed_token(token)}.ics" in said
        assert "<svg" in said
        kept = running.ask(f"{bank}/calendar.ics")
        feed = icalendar.Calendar.from_ical(running.feed(feed_token(token)).body)
        assert (feed.pop("SOURCE"), feed.pop("URL")) != (None, None), "the link's own, which the file does not pass on"
        assert icalendar.Calendar.from_ical(kept.body) == feed
        assert kept.headers["content-disposition"].startswith("attachment")
        assert running.ask(f"/p/{feed_token(token)}").status == 404, "a feed's link opens no page"


def test_links_that_lead_nowhere_are_answered_alike(running: Running, journal: Journal, bank: str) -> None:
    gone = journal.subscribers.issue("unit/court", "zh")
    journal.subscribers.revoke(gone.subscriber.id)
    old = journal.subscribers.issue("unit/court", "zh")
    journal.subscribers.rotate(old.subscriber.id)
    tokens = [gone.page, old.page, "A" * 43, "x"]
    answers = [running.ask(f"/p/{token}") for token in tokens] + [
        running.ask(f"/a/{token}/confirm") for token in tokens
    ]
    first = answers[0]
    assert first.status == 404
    for each in answers[1:4]:
        assert (each.status, each.body) == (first.status, first.body)
        assert {k: v for k, v in each.headers.items() if k != "date"} == {
            k: v for k, v in first.headers.items() if k != "date"
        }
    assert {each.status for each in answers} == {404}
    assert running.ask(bank).status == 200


def test_opening_a_page_records_nothing(running: Running, journal: Journal, bank: str) -> None:
    before = journal.head(STREAM)
    for path in ("", "/answer", "/swap", "/times", "/sheet", "/swap/x", "/times/x", "/calendar.ics"):
        running.ask(f"{bank}{path}?reply=declined&session=day@{DAYS[2]}&stream={STREAM}")
    assert journal.head(STREAM) == before


def test_a_turn_is_confirmed_and_sent_twice_counts_once(running: Running, journal: Journal, bank: str) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    said = send(running, bank, form, CONFIRM).followed(running)
    assert "已确认到岗，谢谢。" in said
    assert "status accepted" in said
    assert "无需重复提交" in send(running, bank, form, CONFIRM).followed(running)
    assert kinds(journal) == ["accepted"]
    assert next(reversed(list(journal.changes(STREAM)))).actor == "银行#1"


@pytest.mark.parametrize("said", ["", "maybe"])
def test_an_answer_that_is_none_is_asked_for_again(running: Running, journal: Journal, bank: str, said: str) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    form.buttons[CONFIRM] = ("reply", said)
    assert send(running, bank, form, CONFIRM).status == 422
    assert kinds(journal) == []


def test_a_turn_is_declined_with_a_reason_that_stays_text(running: Running, journal: Journal, bank: str) -> None:
    form = form_with(running.ask(bank).body, DECLINE)
    said = send(running, bank, form, DECLINE, reason=EVIL).followed(running)
    assert "正在另行安排" in said
    assert kinds(journal) == ["declined"]
    (pin,) = journal.state(STREAM).case.pins
    assert (pin.resource, pin.absent, pin.note) == ("bank", True, EVIL)


def test_once_the_plan_does_without_who_declined_nobody_is_looked_for(
    running: Running, journal: Journal, bank: str
) -> None:
    form = form_with(running.ask(bank).body, DECLINE)
    send(running, bank, form, DECLINE)
    journal.publish(STREAM, hosted(journal.state(STREAM).case, *["court"] * 4), base=2, actor=WHO)
    said = running.ask(bank).body.decode()
    assert ("正在另行安排" in said, said.count("安排已调整，您无需到岗。")) == (False, 1)
    assert "you need not come" in running.ask(f"{bank}?lang=en").body.decode()


def test_names_and_reasons_never_become_markup(running: Running, journal: Journal, bank: str) -> None:
    case = journal.state(STREAM).case
    units = tuple(
        Unit(**{**unit.model_dump(), "name": f"行{EVIL}", "name_en": f"B{EVIL}"}) if unit.id == "bank" else unit
        for unit in case.units
    )
    from rota.document import State, document_of, edits_between  # noqa: PLC0415

    edits = edits_between(
        document_of(State(case=case)), document_of(State(case=case.model_copy(update={"units": units})))
    )
    journal.record_edits(STREAM, edits, actor=WHO)
    journal.record(STREAM, away(DAYS[3], reason=EVIL), actor=WHO)
    newest = journal.newest(STREAM)
    assert newest
    plan = journal.plan(newest.number)
    case = journal.state(STREAM).case
    journal.publish(
        STREAM, plan.model_copy(update={"case": plan.case.model_copy(update={"hash": case.hash})}), base=2, actor=WHO
    )
    for language in ("zh", "en"):
        said = running.ask(f"{bank}?lang={language}&done={EVIL}").body.decode()
        assert "&lt;script&gt;" in said
        assert "<script" not in said


def test_what_was_moved_meanwhile_is_refused_with_what_holds(running: Running, journal: Journal, bank: str) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    form.fields["start"] = f"{DAYS[2]} 08:00"
    refused = send(running, bank, form, CONFIRM)
    assert refused.status == 422
    assert "已改到" in refused.said
    form.fields["session"] = "day@2030-01-01"
    assert "您已没有该场次" in send(running, bank, form, CONFIRM).said
    assert kinds(journal) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": ""}, 303),
        ({"Sec-Fetch-Site": "", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "", "Origin": "https://rota.example.org", "Host": "rota.example.org"}, 303),
        ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_page_only(
    running: Running, bank: str, headers: dict[str, str], status: int
) -> None:
    form = form_with(running.ask(bank).body, CONFIRM)
    assert send(running, bank, form, CONFIRM, headers).status == status


def test_behind_a_proxy_the_public_address_counts(journal: Journal, bank: str) -> None:
    with serving(journal, base="https://rota.example.org/rota") as running:
        form = form_with(running.ask(bank).body, CONFIRM)
        said = {"Sec-Fetch-Site": "", "Origin": "https://rota.example.org"}
        assert send(running, bank, form, CONFIRM, said).status == 303


def test_two_years_stand_on_one_page_and_are_answered_apart(running: Running, journal: Journal, bank: str) -> None:
    case = station({"id": "next", "title": "明年"})
    journal.begin(case, actor=WHO)
    journal.publish("next", hosted(case, "bank", "court", "court", "bank"), base=None, actor=WHO)
    shown = running.ask(bank)
    for day in ("3月6日（周六）", "3月20日（周六）", "3月27日（周六）"):
        assert day in shown.body.decode()
    send(running, bank, form_with(shown.body, CONFIRM, stream="next", session=f"day@{DAYS[3]}"), CONFIRM)
    assert [answer.session for answer in journal.state("next").answers] == [f"day@{DAYS[3]}"]
    assert journal.state(STREAM).answers == ()


@pytest.mark.parametrize("subject", ["room/hall", "site/center", "activity/day", "all"])
def test_pages_of_rooms_and_sites_are_read_only(running: Running, journal: Journal, subject: str) -> None:
    at = f"/p/{journal.subscribers.issue(subject, 'zh').page}"
    shown = running.ask(at)
    assert shown.status == 200
    assert "服务日" in shown.body.decode()
    assert forms_of(shown.body) == []


@pytest.mark.parametrize(
    ("agent", "program"),
    [("MicroMessenger/8.0", "微信"), ("wxwork/4.1 MicroMessenger/7.0", "企业微信"), ("AliApp(DingTalk/7.0)", "钉钉")],
)
def test_inside_a_messenger_the_page_says_how_to_get_out(running: Running, bank: str, agent: str, program: str) -> None:
    said = running.ask(bank, user_agent=f"Mozilla/5.0 (Linux; Android 14) {agent}").body.decode()
    assert f"当前在{program}内打开" in said
    assert "当前在" not in running.ask(bank, user_agent="Mozilla/5.0 Safari/604.1").body.decode()


def test_a_visit_is_noted_for_the_coordinator(running: Running, journal: Journal, bank: str) -> None:
    running.ask(bank)
    running.server.visits.flush()
    (link,) = journal.subscribers.all()
    assert (link.shown, link.newest_seen, link.visited is not None, link.fetched) == (2, 2, True, None)


def test_no_secret_of_a_page_is_logged(journal: Journal, bank: str) -> None:
    stream, token = io.StringIO(), bank.rpartition("/")[2]
    handler = log_to(stream)
    try:
        with serving(journal) as running:
            for path in (bank, f"{bank}/", f"{bank}/answer", f"{bank}/swap?x=1", f"/a/{token}/confirm", f"//p/{token}"):
                running.ask(path, referer=f"https://rota.example.org{bank}")
    finally:
        logging.getLogger().removeHandler(handler)
    assert token not in stream.getvalue()
    assert len([json.loads(line) for line in stream.getvalue().splitlines() if "answered" in line]) == 6


def test_forms_are_bounded_in_size_number_and_pace(journal: Journal, bank: str) -> None:
    with serving(journal, Rates("100000/minute", "100000/minute", "100000/minute", "3/minute")) as running:
        form = form_with(running.ask(bank).body, CONFIRM)
        answers = [send(running, bank, form, CONFIRM).status for _ in range(5)]
        assert answers == [303, 303, 303, 429, 429]
        many = "&".join(f"a{n}=" for n in range(2000)).encode()
        assert running.ask(f"{bank}/answer", "POST", many).status == 400
        assert running.ask(f"{bank}/answer", "POST", b"a=%ff", sec_fetch_site="same-origin").status == 400
        assert running.ask(f"{bank}/answer", "POST", content_length="70002").status == 413


def test_the_stylesheet_is_ours_and_kept(running: Running, bank: str) -> None:
    said = running.ask(bank).body.decode()
    address = said.split('rel="stylesheet" href="')[1].split('"')[0]
    sent = running.ask(urljoin(bank, address))
    assert (sent.status, sent.headers["content-type"].partition(";")[0]) == (200, "text/css")
    assert "immutable" in sent.headers["cache-control"]
    assert b"url(" not in sent.body
    assert "http" not in said.partition("</head>")[0].replace("http-equiv", "")
