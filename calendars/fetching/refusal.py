"""Why a calendar could not be fetched."""

from __future__ import annotations

from collections.abc import Mapping

from rota.plain import one_line
from rota.problem import RotaError
from rota.text import Message, text

REASONS: Mapping[str, Message] = {
    "address": text(
        "{detail} is no address of a calendar; it begins with https://, http:// or webcal://.",
        "{detail} 不是日历地址；应以 https://、http:// 或 webcal:// 开头。",
    ),
    "password": text(
        "The address holds a user name or password, which is not sent. Use the calendar's secret address instead.",
        "地址中含有用户名或密码，不予发送。请改用日历的私密链接。",
    ),
    "unknown-host": text(
        "No computer is known by the name {detail}. Check the address and the connection.",
        "找不到名为 {detail} 的主机。请检查地址和网络。",
    ),
    "forbidden-host": text(
        "{detail} lies inside a private network and is not asked. Name its network in --allow if that is meant.",
        "{detail} 位于内部网络，不予访问。确需访问时，请用 --allow 写明其网段。",
    ),
    "certificate": text(
        "{detail} cannot prove that it is {detail}: its certificate is not trusted here.",
        "{detail} 的证书不受信任，无法确认其身份。",
    ),
    "connection": text("{detail} does not answer as a server of calendars.", "{detail} 没有按日历服务器的方式应答。"),
    "too-slow": text("{detail} did not send the calendar in time.", "{detail} 未能按时发来日历。"),
    "too-large": text(
        "The calendar at {detail} is too large. Subscribe to a shorter span of time.",
        "{detail} 上的日历过大。请订阅较短的时间范围。",
    ),
    "redirects": text("{detail} sends on to other addresses without end.", "{detail} 不断转到别的地址。"),
    "downgrade": text(
        "{detail} sends on from https to http, where others could read along; it was not followed.",
        "{detail} 由 https 转到 http，可能被他人窃读，未予跟随。",
    ),
    "encoding": text(
        "{detail} sends the calendar packed in a way that is not known.", "{detail} 发来的日历压缩方式未知。"
    ),
    "status": text(
        "The server answers {detail} in place of the calendar. Is the address still the right one?",
        "服务器应答 {detail}，没有给出日历。地址是否仍然有效？",
    ),
}


class FetchError(RotaError):
    """A calendar cannot be fetched; `code` says why. Addresses are secrets, so only the host is ever named."""

    def __init__(self, code: str, detail: str = "") -> None:
        known = REASONS[code]
        super().__init__(text(known.en, known.zh, detail=one_line(detail)[:80]))
        self.code = code
