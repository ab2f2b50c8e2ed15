"""What all group robots have in common: pace, parts, and an answer whose code says what became of the message."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from delivery.channel import Letter, Recipient
from delivery.outcome import Delivered, Outcome, Refused, TryAgain, Unknown
from delivery.pace import Pace, Window
from delivery.parts import ROOM, in_turn, numbered, octets, split
from delivery.posting import Post, PostError, Reply, by_status, poster
from rota.plain import clean, one_line
from rota.text import Message, text

JSON = {"Content-Type": "application/json; charset=utf-8"}
MOST_SAID = 120
"""So much of a provider's own explanation is passed on."""
LONE_NUMBER = re.compile(r"-?\d{1,12}")
MENTION = re.compile(r"<(?=/?at\b|@)")
"""What providers read in a text as calling somebody, or all; names and reasons may not do so."""
CONFIRMED = range(200, 300)


@dataclass(frozen=True)
class Call:
    """One message to be posted: the address and the JSON body."""

    url: str
    body: Mapping[str, object]


@dataclass(frozen=True)
class Door:
    """One robot's address, which is a secret, and the secret with which its messages are signed, if any."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Provider:
    """What one provider's robots take, and what their codes mean.

    `most` is the largest text in octets. `code` finds the code in an answer, and what the provider says to it; 0 is
    success. `later` says after how long a code may be another, `explained` what to do about one that stays.
    """

    label: Message
    windows: tuple[Window, ...]
    most: int
    call: Callable[[Door, str, Recipient, dt.datetime], Call]
    code: Callable[[Mapping[str, Any]], tuple[object, object]]
    later: Callable[[int, str, Reply], dt.timedelta | None]
    explained: Mapping[int, Message]


def by_code(waits: Mapping[int, dt.timedelta]) -> Callable[[int, str, Reply], dt.timedelta | None]:
    """Say after how long a code may be another by the code alone, whatever else is answered."""
    return lambda code, _words, _reply: waits.get(code)


AMBIGUITY = text(
    "The robot may have said it in the group. It does not know messages again; the mark at the end lets readers do so.",
    "消息可能已发到群里。机器人不会去重；群成员可凭文末编号认出重复消息。",
)


class Robot:
    """A channel into one group. Those affected are mentioned where the provider knows mobile numbers."""

    deduplicates = False
    ambiguity = AMBIGUITY

    def __init__(
        self,
        name: str,
        provider: Provider,
        door: Door,
        *,
        post: Post | None = None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(tz=dt.UTC),
        pace: Pace | None = None,
    ) -> None:
        self.name = name
        self.label = provider.label
        self._provider = provider
        self._door = door
        self._post = post or poster()
        self._now = now
        self._pace = pace or Pace(*provider.windows)

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Say a letter in the group, as soon as the pace allows."""
        return in_turn(self.said(letter, key), done, lambda part: self._send(part, to))

    def said(self, letter: Letter, key: str) -> tuple[str, ...]:
        """Return the texts that go into the group, the last of them with the mark by which readers know it again."""
        mark = text("[No. {mark}]", "〔编号：{mark}〕", mark=mark_of(key)).say(letter.language)
        whole = MENTION.sub("＜", f"{one_line(letter.subject)}\n\n{clean(letter.body).strip()}\n\n{mark}")  # noqa: RUF001
        return numbered(split(whole, self._provider.most - ROOM, written))

    def _send(self, part: str, to: Recipient) -> Outcome:
        seconds = self._pace.wait()
        if seconds > 0:
            reason = text("So many messages at once are not taken", "发送过于频繁，稍后再发")
            return TryAgain(reason, dt.timedelta(seconds=seconds))
        call = self._provider.call(self._door, part, to, self._now())
        try:
            reply = self._post(call.url, json.dumps(call.body, ensure_ascii=False).encode(), JSON)
        except PostError as error:
            return error.outcome
        outcome = self.judged(reply)
        if isinstance(outcome, TryAgain) and outcome.after:
            self._pace.hold(outcome.after.total_seconds())
        return outcome

    def judged(self, reply: Reply) -> Outcome:
        """Say what an answer means: its code decides, for failures come with the status 200 as well."""
        code, words = self._code(reply)
        if code is None:
            if reply.status in CONFIRMED:
                return Unknown(
                    text("The answer is not one of {provider}", "应答不是{provider}的格式", provider=self.label)
                )
            return by_status(reply, self._now())
        if code == 0:
            return Delivered() if reply.status in CONFIRMED else by_status(reply, self._now())
        after = self._provider.later(code, words, reply)
        reason = self._reason(code, words)
        return Refused(reason) if after is None else TryAgain(reason, after)

    def _code(self, reply: Reply) -> tuple[int | None, str]:
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            return None, ""
        if not isinstance(answer, dict):
            return None, ""
        code, words = self._provider.code(answer)
        if not LONE_NUMBER.fullmatch(str(code)):
            return None, ""
        return int(str(code)), one_line(str(words))[:MOST_SAID]

    def _reason(self, code: int, words: str) -> Message:
        what = self._provider.explained.get(code) or text("“{words}”", "“{words}”", words=words)
        said = {"provider": self.label, "code": code, "what": what}
        return text("{provider} answers {code}: {what}", "{provider}应答 {code}：{what}", **said)


def mark_of(key: str) -> str:
    """Return the short mark of a key, which says nothing about whom it concerns."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def written(content: str) -> int:
    """Return the octets that a text takes in JSON, in which line breaks, quotation marks and backslashes take two."""
    return octets(json.dumps(content, ensure_ascii=False)) - 2


def errcode(answer: Mapping[str, Any]) -> tuple[object, object]:
    """Find the code in an answer of WeCom or DingTalk, which call it the same, and what is said to it."""
    return answer.get("errcode"), answer.get("errmsg", "")


TOO_FAST = text("too many messages; it is tried again later", "发送过于频繁，稍后重试")
BUSY = text("the service is busy; it is tried again later", "对方系统繁忙，稍后重试")
WRONG_ADDRESS = text(
    "the robot's address is not valid; copy it again from the group's settings",
    "机器人地址无效；请在群设置中重新复制",
)
TOO_LONG = text("the message is too long", "消息过长")
