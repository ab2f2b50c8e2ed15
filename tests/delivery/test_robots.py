"""Group robots: what is posted, and what each answer of a provider means."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from delivery.channel import Letter, Recipient
from delivery.outcome import Delivered, Outcome, Refused, TryAgain, Unknown
from delivery.pace import Pace
from delivery.posting import Post, Reply, poster
from delivery.robots import DINGTALK, FEISHU, WECOM, Provider, Robot
from delivery.robots.robot import Door
from rota.text import LANGUAGES
from tests.delivery.conftest import NOW
from tests.delivery.receivers import Answer, closed_port, http_receiver, json_answer

IMPATIENT = poster(seconds=1.5)
PATIENT = poster(seconds=30)


def robot(provider: Provider, url: str, *, secret: str = "", post: Post = PATIENT) -> Robot:
    return Robot("group", provider, Door(url, secret), post=post, now=lambda: NOW)


def said(outcome: Outcome, language: str = "zh") -> str:
    assert not isinstance(outcome, Delivered)
    return outcome.reason.say("zh" if language == "zh" else "en")


SITUATIONS: list[tuple[str, Provider, Answer, type, float | None]] = [
    ("WeCom takes it", WECOM, json_answer({"errcode": 0, "errmsg": "ok"}), Delivered, None),
    ("WeCom: too many", WECOM, json_answer({"errcode": 45009, "errmsg": "api freq out of limit"}), TryAgain, 60),
    ("WeCom is busy", WECOM, json_answer({"errcode": -1, "errmsg": "system busy"}), TryAgain, 60),
    ("WeCom: no such robot", WECOM, json_answer({"errcode": 93000, "errmsg": "invalid webhook url"}), Refused, None),
    ("WeCom: an unlisted code", WECOM, json_answer({"errcode": 40096, "errmsg": "invalid"}), Refused, None),
    ("WeCom: a code in quotation marks", WECOM, json_answer({"errcode": "0"}), Delivered, None),
    ("DingTalk takes it", DINGTALK, json_answer({"errcode": 0, "errmsg": "ok"}), Delivered, None),
    (
        "DingTalk: too many, none for ten minutes",
        DINGTALK,
        json_answer({"wait": 5, "errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        TryAgain,
        600,
    ),
    ("DingTalk: signature", DINGTALK, json_answer({"errcode": 310000, "errmsg": "sign not match"}), Refused, None),
    ("DingTalk: no such robot", DINGTALK, json_answer({"errcode": 300001, "errmsg": "no token"}), Refused, None),
    ("Feishu takes it", FEISHU, json_answer({"code": 0, "msg": "success", "data": {}}), Delivered, None),
    ("Feishu, as it used to say", FEISHU, json_answer({"StatusCode": 0, "StatusMessage": "success"}), Delivered, None),
    ("Feishu: too many", FEISHU, json_answer({"code": 11232, "msg": "frequency limited"}), TryAgain, 60),
    ("Feishu: too many, as 400", FEISHU, json_answer({"code": 9499, "msg": "too many request"}, 400), TryAgain, 60),
    ("Feishu: bad request", FEISHU, json_answer({"code": 9499, "msg": "Bad Request"}, 400), Refused, None),
    (
        "Feishu: too many, and for how long",
        FEISHU,
        json_answer({"code": 99991400, "msg": "request trigger frequency limit"}, 429, x_ogw_ratelimit_reset="52"),
        TryAgain,
        52,
    ),
    ("Feishu: signature", FEISHU, json_answer({"code": 19021, "msg": "sign match fail"}), Refused, None),
    ("Feishu: keywords", FEISHU, json_answer({"code": 19024, "msg": "Key Words Not Found"}), Refused, None),
    ("a page in place of an answer", WECOM, Answer(200, b"<html>Please log in</html>"), Unknown, None),
    ("JSON without a code", WECOM, json_answer({"hello": 1}), Unknown, None),
    ("a code that is none", WECOM, json_answer({"errcode": True}), Unknown, None),
    ("JSON nested without end", WECOM, Answer(200, b"[" * 60_000), Unknown, None),
    ("success that the status denies", WECOM, json_answer({"errcode": 0}, 502), Unknown, None),
    ("a redirect, not followed", WECOM, Answer(302, b"", {"Location": "http://127.0.0.1:1/"}), Refused, None),
    ("404 without words", WECOM, Answer(404), Refused, None),
    ("429 without words", WECOM, Answer(429, b"", {"Retry-After": "17"}), TryAgain, 17),
    ("503 until a date", WECOM, Answer(503, b"", {"Retry-After": "Sat, 06 May 2023 01:35:00 GMT"}), TryAgain, 300),
    ("500", WECOM, Answer(500), Unknown, None),
    ("502", WECOM, Answer(502, b"<html>Bad Gateway</html>"), Unknown, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("provider", "answer", "kind", "after"), [s[1:] for s in SITUATIONS], ids=[s[0] for s in SITUATIONS]
)
def test_the_outcome_of_each_answer(
    provider: Provider, answer: Answer, kind: type, after: float | None, letter: Letter, wang: Recipient
) -> None:
    with http_receiver(answer) as receiver:
        outcome = robot(provider, receiver.url).send(letter, wang, "notice:3:tax")
    assert isinstance(outcome, kind)
    if isinstance(outcome, TryAgain):
        assert outcome.after == (dt.timedelta(seconds=after) if after else None)
    assert len(receiver.asked) == 1
    assert "SECRET" not in repr(outcome)


BROKE, LATE = "与 127.0.0.1 的连接中断", "127.0.0.1 未及时应答"
BROKEN = [
    ("hangs up", "hang_up", PATIENT, BROKE),
    ("is silent", "be_silent", IMPATIENT, LATE),
    ("drips its headers", "drip_headers", IMPATIENT, LATE),
    ("breaks off in the answer", "half_a_body", PATIENT, BROKE),
    ("speaks something else", "speak_nonsense", PATIENT, BROKE),
]


@pytest.mark.parametrize(("behaviour", "post", "reason"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_server_that_has_the_message_and_breaks_leaves_the_outcome_unknown(
    behaviour: str, post: Post, reason: str, letter: Letter, wang: Recipient
) -> None:
    with http_receiver(Answer(behaviour=behaviour)) as receiver:
        outcome = robot(WECOM, receiver.url, post=post).send(letter, wang, "k")
    assert isinstance(outcome, Unknown)
    assert said(outcome) == reason
    assert len(receiver.asked) == 1


def test_nobody_listening_is_tried_again(letter: Letter, wang: Recipient) -> None:
    with closed_port() as port:
        outcome = robot(WECOM, f"http://127.0.0.1:{port}/").send(letter, wang, "k")
    assert isinstance(outcome, TryAgain)
    assert said(outcome) == "无法连接 127.0.0.1"


def test_an_unknown_certificate_ends_before_anything_is_said(
    letter: Letter, wang: Recipient, tls: tuple[object, object]
) -> None:
    server, _ = tls
    with http_receiver(json_answer({"errcode": 0}), context=server) as receiver:  # type: ignore[arg-type]
        outcome = robot(WECOM, receiver.url).send(letter, wang, "k")
    assert isinstance(outcome, TryAgain)
    assert not receiver.asked


def test_a_known_certificate_is_trusted(letter: Letter, wang: Recipient, tls: tuple[object, object]) -> None:
    server, client = tls
    with http_receiver(json_answer({"errcode": 0}), context=server) as receiver:  # type: ignore[arg-type]
        outcome = robot(WECOM, receiver.url, post=poster(context=client)).send(letter, wang, "k")  # type: ignore[arg-type]
    assert outcome == Delivered()


def test_wecom_mentions_by_mobile_number_and_marks_the_letter(letter: Letter, wang: Recipient) -> None:
    with http_receiver(json_answer({"errcode": 0})) as receiver:
        robot(WECOM, receiver.url).send(letter, wang, "notice:3:tax")
    assert receiver.bodies == [
        {
            "msgtype": "text",
            "text": {
                "content": "轮值安排有变动\n\n王敏，您好！\n\n5月13日（周六）09:30 的综合服务日改到 5月20日。\n\n"
                f"〔编号：{hashlib.sha256(b'notice:3:tax').hexdigest()[:8]}〕",
                "mentioned_mobile_list": ["13800001111"],
            },
        }
    ]


@pytest.mark.parametrize("phone", ["0512-6666-0001", "12345", ""])
def test_a_number_that_is_not_mobile_is_not_mentioned(phone: str, letter: Letter) -> None:
    with http_receiver(json_answer({"errcode": 0})) as receiver:
        robot(WECOM, receiver.url).send(letter, Recipient("王敏", phone=phone), "k")
    assert "mentioned_mobile_list" not in receiver.bodies[0]["text"]


def test_dingtalk_signs_time_and_secret_in_the_address(letter: Letter, wang: Recipient) -> None:
    agreed = "SECabc"
    with http_receiver(json_answer({"errcode": 0})) as receiver:
        robot(DINGTALK, receiver.url, secret=agreed).send(letter, wang, "k")
    asked = parse_qs(urlsplit(receiver.asked[0][0]).query)
    moment = str(int(NOW.timestamp() * 1000))
    assert asked["key"] == ["SECRET"]
    assert asked["timestamp"] == [moment]
    expected = hmac.new(b"SECabc", f"{moment}\nSECabc".encode(), hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"][0]) == expected
    assert receiver.bodies[0]["at"] == {"atMobiles": ["13800001111"], "isAtAll": False}


def test_feishu_signs_nothing_with_time_and_secret_as_the_key(letter: Letter, wang: Recipient) -> None:
    agreed = "abc"
    with http_receiver(json_answer({"code": 0})) as receiver:
        robot(FEISHU, receiver.url, secret=agreed).send(letter, wang, "k")
    body = receiver.bodies[0]
    moment = str(int(NOW.timestamp()))
    assert body["timestamp"] == moment
    assert base64.b64decode(body["sign"]) == hmac.new(f"{moment}\nabc".encode(), b"", hashlib.sha256).digest()
    assert body["content"]["text"].startswith("轮值安排有变动\n\n王敏，您好！")


@pytest.mark.parametrize("call", ['<at user_id="all">所有人</at>', "<@all>", "</at>"])
def test_a_name_in_a_letter_calls_nobody(call: str, wang: Recipient) -> None:
    with http_receiver(json_answer({"code": 0, "errcode": 0})) as receiver:
        robot(FEISHU, receiver.url).send(Letter("主题", f"活动：{call}", "zh"), wang, "k")
    assert "<" not in receiver.bodies[0]["content"]["text"]


LONG = Letter("周报", "\n\n".join(f"第 {n} 场 “综合服务日”\n  税务局" for n in range(1, 200)), "zh")


@pytest.mark.parametrize(("provider", "most"), [(WECOM, 2048), (DINGTALK, 5000), (FEISHU, 20_000)])
def test_a_long_letter_goes_in_parts_that_each_fit(provider: Provider, most: int, wang: Recipient) -> None:
    letter = Letter("周报", LONG.body * 3 + "一" * 30_000, "zh")
    with http_receiver(json_answer({"code": 0, "errcode": 0})) as receiver:
        quick = Robot("group", provider, Door(receiver.url), now=lambda: NOW, pace=Pace())
        outcome = quick.send(letter, wang, "k")
    texts = [(body.get("text") or body.get("content")) for body in receiver.bodies]
    contents = [found.get("content") or found.get("text") for found in texts]
    assert outcome == Delivered(len(contents))
    assert len(contents) > 1
    assert all(len(content.encode()) <= most for content in contents)
    assert contents[0].startswith(f"(1/{len(contents)}) 周报")
    if provider is FEISHU:
        assert all(len(body) <= most for _, _, body in receiver.asked)


def test_what_was_taken_of_a_long_letter_is_not_said_again(wang: Recipient) -> None:
    fine, busy = json_answer({"errcode": 0}), json_answer({"errcode": 45009})
    clock = iter(range(0, 10_000, 100))
    with http_receiver(fine, busy, fine) as receiver:
        pace = Pace((20, 60.0), clock=lambda: next(clock))
        group = Robot("group", WECOM, Door(receiver.url), now=lambda: NOW, pace=pace)
        first = group.send(LONG, wang, "k")
        assert isinstance(first, TryAgain)
        assert first.parts == 1
        again = group.send(LONG, wang, "k", done=first.parts)
    contents = [body["text"]["content"] for body in receiver.bodies]
    assert again == Delivered(len(contents) - 1)
    assert contents[1] == contents[2]
    assert contents[0].startswith("(1/")
    assert len({*contents}) == len(contents) - 1


@pytest.mark.parametrize(("provider", "minute"), [(WECOM, 20), (DINGTALK, 20), (FEISHU, 100)])
def test_no_provider_gets_more_in_a_minute_than_it_takes(
    provider: Provider, minute: int, letter: Letter, wang: Recipient
) -> None:
    now = 0.0
    sent = []

    def post(*_: object) -> Reply:
        sent.append(now)
        return Reply(200, {}, b'{"errcode": 0, "code": 0}')

    group = Robot("group", provider, Door("http://x/"), post=post, pace=Pace(*provider.windows, clock=lambda: now))
    while len(sent) < 3 * minute:
        outcome = group.send(letter, wang, "k")
        if isinstance(outcome, TryAgain):
            assert outcome.after
            now += outcome.after.total_seconds()
    for begin in sent:
        assert sum(begin <= moment < begin + 60 for moment in sent) <= minute
        if provider is FEISHU:
            assert sum(begin <= moment < begin + 1 for moment in sent) <= 5
    assert now >= 119


def test_a_robot_told_to_be_quiet_asks_nobody_until_then(letter: Letter, wang: Recipient) -> None:
    now = 0.0
    with http_receiver(json_answer({"errcode": 130101}), json_answer({"errcode": 0})) as receiver:
        group = Robot("g", DINGTALK, Door(receiver.url), now=lambda: NOW, pace=Pace((20, 60.0), clock=lambda: now))
        group.send(letter, wang, "a")
        now = 599.0
        outcome = group.send(letter, wang, "b")
        assert isinstance(outcome, TryAgain)
        assert outcome.after == dt.timedelta(seconds=1)
        assert len(receiver.asked) == 1
        now = 600.0
        assert group.send(letter, wang, "b") == Delivered()


@pytest.mark.parametrize("provider", [WECOM, DINGTALK, FEISHU])
def test_every_explained_code_is_said_without_an_english_word_in_chinese(provider: Provider) -> None:
    group = robot(provider, "http://127.0.0.1:1/")
    for code in provider.explained:
        reply = Reply(200, {}, json.dumps({"code": code, "errcode": code, "msg": "x", "errmsg": "x"}).encode())
        reasons = {language: said(group.judged(reply), language) for language in LANGUAGES}
        assert str(code) in reasons["zh"]
        assert reasons["zh"].replace(str(code), "").isascii() is False
        assert not any("a" <= character.lower() <= "z" for character in reasons["zh"])
