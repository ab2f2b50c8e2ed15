"""How to subscribe: the addresses of a feed, its QR code, and the steps for each program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import segno

from rota.text import Message, name, text


@dataclass(frozen=True)
class Addresses:
    """Where a feed is: for browsers and QR codes, and for programs that subscribe at a tap."""

    https: str
    webcal: str
    code: str


@lru_cache(maxsize=2000)
def addresses(https: str, label: str) -> Addresses:
    """Return the addresses of a feed with a QR code, which carries the one for browsers; `label` names the code."""
    code = segno.make_qr(https, error="m")
    drawn = code.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr", lineclass=None, title=label)
    return Addresses(https, "webcal:" + https.partition(":")[2], drawn)


INSIDE: Mapping[str, Message] = {
    "wxwork": text("WeCom", "企业微信"),
    "micromessenger": text("WeChat", "微信"),
    "dingtalk": text("DingTalk", "钉钉"),
}
"""Programs whose built-in browser cannot subscribe, by a word of their User-Agent; WeCom's says WeChat's word, too."""


def inside(agent: str) -> Message | None:
    """Return the program in whose built-in browser a page is open; None for browsers of their own."""
    said = agent.lower()
    return next((program for word, program in INSIDE.items() if word in said), None)


STEPS: tuple[tuple[Message, tuple[Message, ...]], ...] = (
    (
        text("iPhone, iPad or Mac", "iPhone、iPad 或 Mac"),
        (
            text(
                "Open this page in Safari and tap “Subscribe at a tap”, then confirm.",
                "用 Safari 打开本页，点“一键订阅”，再点“订阅”。",
            ),
            text(
                "Or: Settings → Apps → Calendar → Calendar Accounts → Add Account → Other → Add Subscribed Calendar, "
                "and paste the address.",
                "或：设置 → App → 日历 → 日历账户 → 添加账户 → 其他 → 添加已订阅的日历，粘贴订阅地址。",
            ),
            text("Changes arrive about once an hour.", "有变动时约每小时更新一次。"),
        ),
    ),
    (
        text("Android (Huawei, Xiaomi, OPPO, vivo …)", "安卓（华为、小米、OPPO、vivo 等）"),
        (
            text(
                "Most built-in calendars cannot subscribe to an address: install ICSx⁵ (free, on F-Droid), tap +, and "
                "paste the address.",
                "多数自带日历不支持网址订阅：可安装免费的 ICSx⁵（F-Droid 可下载），点“+”，粘贴订阅地址。",
            ),
            text(
                "Some (Xiaomi, OPPO) have Calendar → Settings → Subscribed calendars → Add by URL.",
                "部分机型（如小米、OPPO）可在 日历 → 设置 → 日历订阅 → 通过网址添加。",
            ),
            text(
                "Else download the .ics file and open it with the calendar: this is a copy that does not change later.",
                "也可下载 .ics 文件并用日历打开；这样导入的内容以后不会自动更新。",
            ),
        ),
    ),
    (
        name("Outlook"),
        (
            text(
                "Calendar → Add calendar → Subscribe from web, paste the address, name it, Import.",
                "日历 → 添加日历 → 从 Web 订阅，粘贴订阅地址，填写名称，点“导入”。",
            ),
            text("It looks for changes every few hours.", "每隔数小时更新一次。"),
        ),
    ),
    (
        text("Google Calendar", "谷歌日历"),
        (
            text(
                "On a computer: Other calendars → + → From URL, and paste the address.",
                "在电脑上：其他日历 → “+” → 通过网址添加，粘贴订阅地址。",
            ),
            text(
                "Google looks for changes only every 8 to 24 hours, and nobody can hurry it: look here before you "
                "set off.",
                "谷歌每 8–24 小时才更新一次，无法手动加快；出发前请以本页为准。",
            ),
        ),
    ),
)
"""What to do in each program, and how late it is."""
