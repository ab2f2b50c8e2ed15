"""The group robots of WeCom (企业微信).

Sources: developer.work.weixin.qq.com/document/path/91770 (texts of at most 2048 octets, 20 messages a minute, mentions
by mobile number), /document/path/90313 (codes).
"""

from __future__ import annotations

import datetime as dt

from delivery.channel import Recipient
from delivery.robots.robot import BUSY, TOO_FAST, TOO_LONG, WRONG_ADDRESS, Call, Door, Provider, by_code, errcode
from rota.text import text

MINUTE = dt.timedelta(minutes=1)
LATER = {-1: MINUTE, 45009: MINUTE, 45033: MINUTE}


def _call(door: Door, content: str, to: Recipient, _: dt.datetime) -> Call:
    said: dict[str, object] = {"content": content}
    if to.mobiles:
        said["mentioned_mobile_list"] = list(to.mobiles)
    return Call(door.url, {"msgtype": "text", "text": said})


WECOM = Provider(
    label=text("WeCom", "企业微信"),
    windows=((20, 60.0),),
    most=2048,
    call=_call,
    code=errcode,
    later=by_code(LATER),
    explained={
        -1: BUSY,
        45009: TOO_FAST,
        45033: TOO_FAST,
        93000: WRONG_ADDRESS,
        45002: TOO_LONG,
        40058: text("the message is not in a form that is taken", "消息格式不被接受"),
    },
)
