"""Reminders on the command line: what waits, what is sent by real channels, what fails, and whom to telephone."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from shutil import copytree

import pytest

from rota.plan import load_plan
from scheduler.keeping.address import remember_address
from scheduler.keeping.answer_links import AnswerLinks
from scheduler.keeping.journal import Journal
from scheduler.keeping.outbox import Fate
from tests.cli.conftest import Rota
from tests.cli.process import served
from tests.delivery.receivers import Mailroom, Receiver, http_receiver, json_answer, mail_server

CONTACTS = """所属 of,姓名 name,电话 phone,邮箱 email,渠道 channel,语言 language,备注 note
U01,王敏,13900000001,wang@x.example,邮件,zh,
U01,John,13900000002,john@x.example,邮件,en,
U02,李静,13900000003,,企业微信,zh,
U03,赵刚,021-55550000,,电话,zh,
"""
RULES = """内容 what,提前 before,星期 weekdays,时刻 at,岗位 roles,对象 to,渠道 channel,备注 note
每场,1天,,,host,联系人,,
每场,2小时,,,,群,工作群,
"""


@pytest.fixture
def mailroom() -> Mailroom:
    return Mailroom()


@pytest.fixture
def robot() -> Iterator[Receiver]:
    with http_receiver(json_answer({"errcode": 0})) as found:
        yield found


class Set:
    """The present moment, which the test sets."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Set:
    made = Set()
    for module in ("console.desk", "console.sending", "console.reminding"):
        monkeypatch.setattr(f"{module}.now", made)
    return made


@pytest.fixture
def announced(
    rota: Rota,
    planned: Path,
    clock: Set,
    made_once: dict[tuple[str, ...], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The starter case, published on 5 January: once for all tests, and copied from then on."""
    if ("announced",) not in made_once:
        assert clock.now.year == 2026
        (planned / "contacts.csv").write_text(CONTACTS, "utf-8")
        (planned / "reminders.csv").write_text(RULES, "utf-8")
        settings = (planned / "rotation.toml").read_text("utf-8").replace('quiet = "22:00-07:00"', 'quiet = ""')
        (planned / "rotation.toml").write_text(settings, "utf-8")
        assert rota("apply", "--case", planned).code == 0
        made_once["announced",] = copytree(planned, tmp_path_factory.mktemp("announced") / "case")
    return copytree(made_once["announced",], planned, dirs_exist_ok=True)


@pytest.fixture
def published(announced: Path, mailroom: Mailroom, robot: Receiver) -> Iterator[Path]:
    """That case with a mail server and a group robot."""
    with mail_server(mailroom) as port:
        (announced / "channels.toml").write_text(
            f'[channels.mail]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            f'sender = "rota@x.example"\n[channels."工作群"]\nkind = "wecom"\nurl = "{robot.url}"\n',
            "utf-8",
        )
        yield announced


def listed(rota: Rota, case: Path, *arguments: object) -> list[dict[str, object]]:
    """What a command lists, for programs."""
    items: list[dict[str, object]] = json.loads(rota("remind", *arguments, "--case", case, "--json").out)["items"]
    return items


def test_notices_wait_for_everybody_with_the_way_that_each_is_reached_by(rota: Rota, published: Path) -> None:
    ways = {item["recipient"]: item["ways"] for item in listed(rota, published, "list", "--next", "1h")}
    assert ways["U01"] == [{"contact": "王敏", "channel": "mail"}, {"contact": "John", "channel": "mail"}]
    assert ways["U02"] == [{"contact": "李静", "channel": "工作群"}]
    assert ways["U03"] == [{"contact": "赵刚", "channel": None}]
    assert ways["P01"] == [{"contact": None, "channel": None}]


def test_a_dry_run_shows_the_letters_and_sends_nothing(rota: Rota, published: Path, mailroom: Mailroom) -> None:
    said = rota("remind", "run", "--dry-run", "--case", published).out
    assert "王敏" in said
    assert "Nothing was sent." in said
    assert (mailroom.taken, listed(rota, published, "dead")) == ([], [])
    assert listed(rota, published, "list", "--next", "1h")


def test_what_is_due_is_sent_once_each_in_their_language(
    rota: Rota, published: Path, mailroom: Mailroom, robot: Receiver
) -> None:
    ended = rota("remind", "run", "--case", published)
    assert ended.code == 0, ended.out + ended.err
    assert sorted(to for each in mailroom.to for to in each) == ["john@x.example", "wang@x.example"]
    assert len(robot.bodies) == 1
    assert robot.bodies[0]["text"]["mentioned_mobile_list"] == ["13900000003"]
    assert "Sent: 3" in ended.out
    again = rota("remind", "run", "--case", published)
    assert (again.code, len(mailroom.to), len(robot.bodies)) == (0, 2, 1)


def test_whoever_no_channel_reaches_is_listed_for_telephoning(rota: Rota, published: Path) -> None:
    assert rota("remind", "run", "--case", published).code == 0
    said = rota("remind", "phone", "--next", "0h", "--case", published).out
    assert "赵刚" in said
    assert "021-55550000" in said
    marks = {item["recipient"]: item["mark"] for item in listed(rota, published, "phone", "--next", "0h")}
    assert rota("remind", "phone", "--done", marks["U03"], "--case", published).out == "Noted as told: 1.\n"
    assert "U03" not in {item["recipient"] for item in listed(rota, published, "phone", "--next", "0h")}


@pytest.mark.slow
def test_an_answer_of_200_with_an_error_code_is_a_failure_that_can_be_sent_again(
    rota: Rota, published: Path, robot: Receiver
) -> None:
    robot.answers[:] = [json_answer({"errcode": 93000, "errmsg": "invalid webhook url"}), json_answer({"errcode": 0})]
    ended = rota("remind", "run", "--case", published)
    assert ended.code == 1
    assert "refused: 1" in ended.out
    said = rota("remind", "dead", "--case", published).out
    assert "93000" in said
    assert rota("remind", "resend", "--dead", "--case", published).code == 0
    assert rota("remind", "run", "--case", published).code == 0
    assert (listed(rota, published, "dead"), len(robot.bodies)) == ([], 2)
    texts = [body["text"]["content"] for body in robot.bodies]
    assert texts[0] == texts[1]  # with the same mark at the end


def test_a_number_that_nothing_has_is_said(rota: Rota, published: Path) -> None:
    ended = rota("remind", "resend", "00000000", "--case", published)
    assert ended.code == 5
    assert "has the number 00000000" in ended.err


def test_the_group_is_reminded_of_a_session_and_those_who_serve_are_mentioned(
    rota: Rota, published: Path, robot: Receiver, clock: Set
) -> None:
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    session = next(each for each in plan.sessions if "U02" in each.serving("host"))
    clock.now = session.start - dt.timedelta(hours=1, minutes=50)
    waiting = {item["session"]: item for item in listed(rota, published, "list", "--next", "1h")}
    assert waiting[session.id]["kind"] == "group"
    before = len(robot.bodies)
    rota("remind", "run", "--case", published)  # what was due long ago is given up
    said = [body["text"] for body in robot.bodies[before:] if "2 小时后" in body["text"]["content"]]
    assert [text["mentioned_mobile_list"] for text in said][-1][0] in {"13900000001", "13900000003"}
    assert all("13900000003" in text["mentioned_mobile_list"] for text in said)


@pytest.mark.slow
def test_what_may_have_arrived_is_said_again_twice_at_the_most(
    rota: Rota, published: Path, robot: Receiver, clock: Set
) -> None:
    robot.answers[:] = [json_answer({"hello": "who are you?"})]  # no answer of WeCom: nobody knows
    for _ in range(6):
        rota("remind", "run", "--case", published)
        clock.now += dt.timedelta(hours=1)
    (item,) = listed(rota, published, "dead")
    assert (item["recipient"], item["attempts"], len(robot.bodies)) == ("U02", 3, 3)
    assert "nobody knows" in str(item["reason"]).lower()


def test_a_channel_may_hold_what_may_have_arrived(rota: Rota, published: Path, robot: Receiver) -> None:
    file = published / "channels.toml"
    file.write_text(file.read_text("utf-8") + 'unsure = "hold"\n', "utf-8")
    robot.answers[:] = [json_answer({"hello": "who are you?"})]
    rota("remind", "run", "--case", published)
    assert (len(listed(rota, published, "dead")), len(robot.bodies)) == (1, 1)


def test_a_reminder_carries_links_that_answer_where_the_server_is_known(
    rota: Rota, published: Path, mailroom: Mailroom, clock: Set
) -> None:
    assert rota("remind", "run", "--case", published).code == 0
    assert not any("/a/" in body_of(taken) for taken in mailroom.taken)
    assert rota("change", "settings_changed", "url=https://rota.example.org/", "--case", published).code == 0
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    session = max((each for each in plan.sessions if "U01" in each.serving("host")), key=lambda each: each.start)
    clock.now = session.start - dt.timedelta(hours=23, minutes=50)
    before = len(mailroom.taken)
    assert rota("remind", "run", "--case", published).code in {0, 1}
    address = re.compile(r"https://rota\.example\.org/a/([\w-]{43})/(\w+)")
    found = [links for mail in mailroom.taken[before:] if (links := address.findall(body_of(mail)))]
    assert found
    with Journal.open(published / "journal.db", clock=clock) as journal:
        for (confirm, first), (decline, second) in found:
            assert (confirm, first, second) == (decline, "confirm", "decline")
            asked = AnswerLinks(journal.store).find(confirm)
            assert asked is not None
            assert asked.seat.who == "U01"


def test_what_a_robot_says_in_a_group_carries_no_link_by_which_everybody_could_answer(
    rota: Rota, published: Path, mailroom: Mailroom, robot: Receiver, clock: Set
) -> None:
    with Journal.open(published / "journal.db", clock=clock) as journal:
        remember_address(journal.store, "https://rota.example.org")
    assert rota("remind", "run", "--case", published).code == 0
    assert any("https://rota.example.org/a/" in body_of(taken) for taken in mailroom.taken)
    assert robot.bodies
    assert not any("/a/" in str(body) for body in robot.bodies)


def test_how_many_are_told_counts_those_who_have_turns_to_come(rota: Rota, published: Path, clock: Set) -> None:
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    last = max(plan.sessions, key=lambda session: session.start)
    clock.now = last.start - dt.timedelta(hours=1)
    (published / "journal.db").unlink()
    applied = rota("apply", "--case", published, "--json")
    assert json.loads(applied.out)["affected"] == len(set(last.serving()))
    assert {item["recipient"] for item in listed(rota, published, "list", "--next", "1h")} == set(last.serving())


@pytest.mark.slow
def test_a_dry_run_shows_the_letters_that_are_sent_but_for_the_secrets_of_their_links(
    rota: Rota, published: Path, mailroom: Mailroom, clock: Set
) -> None:
    assert rota("remind", "run", "--case", published).code == 0
    with Journal.open(published / "journal.db", clock=clock) as journal:
        remember_address(journal.store, "https://rota.example.org")
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    session = max((each for each in plan.sessions if "U01" in each.serving("host")), key=lambda each: each.start)
    clock.now = session.start - dt.timedelta(hours=23, minutes=50)
    tried = rota("remind", "run", "--dry-run", "--case", published, "--json")
    shown = [each["body"].strip() for each in json.loads(tried.out)["items"] if each["kind"] == "reminder"]
    with sqlite3.connect(published / "journal.db") as journal_file:
        assert journal_file.execute("SELECT count(*) FROM answer_link").fetchone() == (0,)
    assert "“…” stands for" in rota("remind", "run", "--dry-run", "--case", published).out
    before = len(mailroom.taken)
    assert rota("remind", "run", "--case", published).code in {0, 1}
    secret = re.compile(r"(?<=/a/)[\w-]{43}")
    sent = [secret.sub("…", body_of(mail)).replace("\r\n", "\n") for mail in mailroom.taken[before:]]
    assert len(sent) == 2
    assert {"?lang=zh" in body for body in sent} == {"?lang=en" in body for body in sent} == {True, False}
    assert all(any(letter in body for letter in shown) for body in sent)


@pytest.mark.slow
def test_who_is_asked_to_exchange_and_who_asked_are_told(
    rota: Rota, published: Path, mailroom: Mailroom, clock: Set
) -> None:
    rota("remind", "run", "--case", published)
    assert rota("change", "settings_changed", "url=https://rota.example.org", "--case", published).code == 0
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    theirs = next(each for each in plan.sessions if "U01" in each.serving("host"))
    mine = next(each for each in plan.sessions if "U01" not in each.serving() and each.serving("host"))
    clock.now = min(theirs.start, mine.start) - dt.timedelta(days=3)
    asked = rota("change", "swap_asked", mine.id, theirs.id, "--role", "host", "--case", published)
    assert asked.code == 0, asked.err
    assert [item["recipient"] for item in listed(rota, published, "list") if item["kind"] == "swap_asked"] == ["U01"]
    mailroom.taken.clear()
    rota("remind", "run", "--case", published)
    links = [re.findall(r"https://rota\.example\.org/a/[\w-]{43}/(\w+)", body_of(mail)) for mail in mailroom.taken]
    assert ["swap"] in links
    assert rota("change", "swap_answered", "swap-1", "no", "--case", published).code == 0
    told = [item for item in listed(rota, published, "list") if item["kind"] == "swap_answered"]
    assert [item["recipient"] for item in told] == list(mine.serving("host"))


@pytest.mark.slow
def test_a_request_that_is_taken_back_is_not_told_any_more(
    rota: Rota, published: Path, mailroom: Mailroom, clock: Set
) -> None:
    rota("remind", "run", "--case", published)
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    theirs = next(each for each in plan.sessions if "U01" in each.serving("host"))
    mine = next(each for each in plan.sessions if "U01" not in each.serving() and each.serving("host"))
    clock.now = min(theirs.start, mine.start) - dt.timedelta(days=3)
    assert rota("change", "swap_asked", mine.id, theirs.id, "--role", "host", "--case", published).code == 0
    assert rota("change", "swap_withdrawn", "swap-1", "--case", published).code == 0
    mailroom.taken.clear()
    rota("remind", "run", "--case", published)
    assert not any("换班" in body_of(mail) or "exchange" in body_of(mail) for mail in mailroom.taken)


def body_of(mail: bytes) -> str:
    """The text of a mail."""
    part = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    return str(part.get_content()) if part else ""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there a program is not asked to end, but ended")
def test_rota_serve_sends_what_is_due_and_one_that_leaves_it_to_others_does_not(
    published: Path, mailroom: Mailroom, robot: Receiver, clock: Set
) -> None:
    later = clock.now + dt.timedelta(hours=1)
    with Journal.open(published / "journal.db", clock=clock) as journal:
        keys = [item.key for item in journal.outbox.items() if item.kind == "notice"]
        journal.outbox.settle("", dict.fromkeys(keys, Fate("sent")))
        journal.outbox.replay(keys)
        with served(published, "--no-engine", "--no-sending", at=later.isoformat()):
            assert len(journal.outbox.items(states=("waiting",))) >= len(keys)
        with served(published, "--no-engine", at=later.isoformat()):
            limit = time.monotonic() + 120
            while any(item.key in keys for item in journal.outbox.items(states=("waiting",))):
                assert time.monotonic() < limit
                time.sleep(0.2)
    assert sorted(to for each in mailroom.to for to in each) == ["john@x.example", "wang@x.example"]
    assert len(robot.bodies) == 1
