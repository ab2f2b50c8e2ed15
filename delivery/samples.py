"""Samples: what each template is given, to try a coordinator's own words on before anybody is written to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from delivery.turns import Turn

_TURN = Turn(
    what="changed",
    label="综合服务日",
    start="5月20日（周六）09:30",
    when="5月20日（周六）09:30–11:30",
    where="中心服务站 多功能厅",
    address="中心路 1 号",
    line="居民服务",
    role="轮值单位",
    roles=("host",),
    with_others=("讲师：陈老师",),
    was_when="5月13日（周六）09:30–11:30",
    was_where="中心服务站 中庭",
    seats=("轮值单位：税务局 → 司法局",),
    confirm="https://example.com/a/x/confirm",
    decline="https://example.com/a/x/decline",
)
_COMMON: Final[Mapping[str, object]] = {
    "name": "王敏",
    "who": "税务局",
    "person": False,
    "alliance": "中心党建联盟",
    "ask": "李静（电话 0512-0000-0000）",
    "link": "https://example.com/",
    "confirm": "https://example.com/a/x/confirm",
    "decline": "https://example.com/a/x/decline",
}
_SWAP = {**_COMMON, "yours": _TURN, "theirs": _TURN, "partner": "司法局", "note": "当天有会议"}

SAMPLES: Final[Mapping[str, Mapping[str, object]]] = {
    "notice": {**_COMMON, "turns": (_TURN,), "first": False, "paged": True},
    "reminder": {**_COMMON, "turn": _TURN, "ahead": "明天", "days": 1},
    "invitation": {**_COMMON, "turn": _TURN, "gone": False, "calendar": True},
    "returned": {**_COMMON, "turn": _TURN, "why": "stale"},
    "swap_asked": _SWAP,
    "swap_answered": {**_SWAP, "agreed": True},
    "swap_confirmed": _SWAP,
    "availability": {
        **_COMMON,
        "title": "2027 年度轮值",
        "period": "2027年1月1日 – 12月31日",
        "deadline": "12月1日（周二）",
    },
    "digest": {**_COMMON, "turns": (_TURN,), "begin": "5月15日（周一）", "end": "5月21日（周日）"},
    "approval": {**_COMMON, "turns": (_TURN,), "first": False, "open": 0, "units": 2, "people": 1, "equipment": 0},
    "trial": {**_COMMON, "channel": "企业微信群"},
}
"""By the name of the template."""
