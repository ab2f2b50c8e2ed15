"""The group robots of Feishu (飞书).

Source: open.feishu.cn/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN (100 messages a minute and 5 a second, bodies of at
most 20 KB, signature, codes) and …/server-docs/api-call-guide/frequency-control (99991400 and its header). Robots of a
group know no mobile numbers, so whoever is meant is called by name.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from delivery.channel import Recipient
from delivery.posting import Reply
from delivery.robots.robot import TOO_FAST, WRONG_ADDRESS, Call, Door, Provider
from rota.text import text

LATER = {11232: dt.timedelta(seconds=60), 99991400: dt.timedelta(seconds=60)}
AMBIGUOUS = 9499
"""`Bad Request` for good, or `too many request` for now; only the words tell which."""
RESET = "x-ogw-ratelimit-reset"


def _call(door: Door, content: str, _: Recipient, now: dt.datetime) -> Call:
    body: dict[str, object] = {"msg_type": "text", "content": {"text": content}}
    if door.secret:
        moment = str(int(now.timestamp()))
        seal = hmac.new(f"{moment}\n{door.secret}".encode(), b"", hashlib.sha256).digest()
        body |= {"timestamp": moment, "sign": base64.b64encode(seal).decode()}
    return Call(door.url, body)


def _code(answer: Mapping[str, Any]) -> tuple[object, object]:
    if "code" in answer:
        return answer["code"], answer.get("msg", "")
    return answer.get("StatusCode"), answer.get("StatusMessage", "")


def _later(code: int, words: str, reply: Reply) -> dt.timedelta | None:
    if code == AMBIGUOUS and "too many" in words.lower():
        return dt.timedelta(seconds=60)
    stated = reply.headers.get(RESET, "")
    if code in LATER and stated.isascii() and stated.isdigit():
        return dt.timedelta(seconds=min(int(stated[:6]), 3600))
    return LATER.get(code)


FEISHU = Provider(
    label=text("Feishu", "飞书"),
    windows=((5, 1.0), (100, 60.0)),
    most=18_000,
    call=_call,
    code=_code,
    later=_later,
    explained={
        11232: TOO_FAST,
        99991400: TOO_FAST,
        19001: WRONG_ADDRESS,
        19021: text(
            "the signature does not match; check the secret and this computer's clock",
            "签名不符；请检查签名密钥和本机时间",
        ),
        19022: text("the robot takes nothing from this computer's address", "机器人不接受本机网络地址的消息"),
        19024: text(
            "the robot wants one of its keywords in every message; take the keyword out of its settings",
            "机器人要求消息含关键词；请在机器人设置中取消关键词",
        ),
    },
)
