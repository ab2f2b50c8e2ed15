"""The group robots of DingTalk (钉钉).

Sources: open.dingtalk.com/document/robots/custom-robot-access (20 messages a minute, else none for ten; mentions by
mobile number; signature) and the provider's list of codes (34016: texts of more than 5000).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from urllib.parse import urlencode

from delivery.channel import Recipient
from delivery.robots.robot import BUSY, TOO_FAST, TOO_LONG, WRONG_ADDRESS, Call, Door, Provider, by_code, errcode
from rota.text import text

PENALTY = dt.timedelta(minutes=10)
LATER = {-1: dt.timedelta(minutes=1), 130101: PENALTY, 410100: PENALTY, 90030: PENALTY}


def _call(door: Door, content: str, to: Recipient, now: dt.datetime) -> Call:
    body: dict[str, object] = {"msgtype": "text", "text": {"content": content}}
    if to.mobiles:
        body["at"] = {"atMobiles": list(to.mobiles), "isAtAll": False}
    return Call(_signed(door, now), body)


def _signed(door: Door, now: dt.datetime) -> str:
    if not door.secret:
        return door.url
    moment = str(round(now.timestamp() * 1000))
    seal = hmac.new(door.secret.encode(), f"{moment}\n{door.secret}".encode(), hashlib.sha256).digest()
    signature = urlencode({"timestamp": moment, "sign": base64.b64encode(seal).decode()})
    return f"{door.url}{'&' if '?' in door.url else '?'}{signature}"


DINGTALK = Provider(
    label=text("DingTalk", "钉钉"),
    windows=((20, 60.0),),
    most=5000,
    call=_call,
    code=errcode,
    later=by_code(LATER),
    explained={
        -1: BUSY,
        130101: TOO_FAST,
        410100: TOO_FAST,
        90030: TOO_FAST,
        300001: WRONG_ADDRESS,
        400101: WRONG_ADDRESS,
        400102: text("the robot is switched off", "机器人已停用"),
        400106: text("the robot is no longer in the group", "机器人已不在群中"),
        34016: TOO_LONG,
        460101: TOO_LONG,
        310000: text(
            "the robot's security settings refuse it: the keyword, the signature (secret, clock) or the address",
            "不符合机器人的安全设置：请检查关键词、加签密钥与本机时间、网络地址段",
        ),
    },
)
