"""Sentences in Chinese and English: what Rota says before a reader's language is known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from typing import Literal, Self

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

ERASED = "（已删除）"
"""What is kept where a personal text was erased that may not be empty; readers of English are told so in English."""
_ERASED_EN = "(erased)"

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Message:
    """One sentence in both languages; `params` are filled in only when it is said.

    Parameters may be messages, words, dates, times, numbers, or tuples of these; each is said in the reader's language.
    """

    en: str
    zh: str
    params: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: Language) -> str:
        """Return the sentence in `language`."""
        template = self.zh if language == "zh" else self.en
        if not self.params:
            return template
        spoken = {name: said(value, language) for name, value in self.params.items()}
        return _closed_up(template, spoken) if language == "zh" else template.format(**spoken)

    def __hash__(self) -> int:
        return hash((self.en, self.zh))


_WIDE = r"[\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_SPACE_BEFORE = re.compile(f"(?<={_WIDE}) $")
_SPACE_AFTER = re.compile(f"^ (?={_WIDE})")
_ENDS_WIDE = re.compile(f"{_WIDE} ?$")
_BEGINS_WIDE = re.compile(f"^ ?{_WIDE}")


def _closed_up(template: str, spoken: Mapping[str, str]) -> str:
    """Fill a Chinese template; its spaces around a parameter part Chinese from Latin, not Chinese from Chinese."""
    filled = ""
    for literal, parameter, _, _ in Formatter().parse(template):
        for piece in (literal, spoken[parameter] if parameter else ""):
            if _ENDS_WIDE.search(filled) and _BEGINS_WIDE.search(piece):
                filled = _SPACE_BEFORE.sub("", filled) + _SPACE_AFTER.sub("", piece)
            else:
                filled += piece
    return filled


def text(en: str, zh: str, /, **params: object) -> Message:
    """Make a message; braces in the templates name the parameters, as in `str.format`."""
    return Message(en, zh, params)


def name(zh: str, en: str = "") -> Message:
    """Make the message that says a proper name; without an English form the given one serves both languages."""
    return Message(en or (_ERASED_EN if zh == ERASED else zh), zh)


def several(n: int, noun: str, zh: str, nouns: str = "") -> Message:
    """Say a number of something, `1 day` or `3 days`, whose Chinese form carries its measure word."""
    return text("{n} {noun}", "{n} " + zh, n=n, noun=counted(n, noun, nouns))


def counted(n: int, noun: str, nouns: str = "") -> str:
    """Return the English noun that goes with a number; `nouns` is its plural where that is not simply formed."""
    return noun if n == 1 else nouns or f"{noun}s"


def clauses(parts: Iterable[Message]) -> Message:
    """Join clauses that may hold lists of their own; a clause alone is what it is."""
    found = tuple(parts)
    if len(found) == 1:
        return found[0]
    numbered = {f"part{number}": part for number, part in enumerate(found)}
    fields = [f"{{{field}}}" for field in numbered]
    return Message("; ".join(fields), "；".join(fields), numbered)


def said(value: object, language: Language) -> str:
    """Say one parameter: messages, words, dates, times, numbers and tuples each in their usual form."""
    if isinstance(value, Word):
        return value.label.say(language)
    if isinstance(value, Message):
        return value.say(language)
    if isinstance(value, dt.date | dt.time):
        return _said_when(value, language)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ("、" if language == "zh" else ", ").join(said(item, language) for item in value)
    return _ERASED_EN if value == ERASED and language == "en" else str(value)


def _said_when(value: dt.date | dt.time, language: Language) -> str:
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.datetime):
        return f"{_said_when(value.date(), language)} {value:%H:%M}"
    return f"{value.isoformat()} ({weekday_name(value.weekday(), language)})"


def weekday_name(weekday: int, language: Language) -> str:
    """Return the short name of a weekday, Monday being 0."""
    return f"周{WEEKDAYS_ZH[weekday]}" if language == "zh" else WEEKDAYS_EN[weekday]


class Word(StrEnum):
    """A closed vocabulary: each member has its code, its Chinese word and its English word.

    Any of the three is understood on reading, so a coordinator may type what the drop-down shows.
    """

    zh: str
    en: str

    def __new__(cls, code: str, zh: str, en: str = "") -> Self:
        """Make a member; without an English word its code serves as one."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en or code
        return member

    @property
    def label(self) -> Message:
        """The word as shown to people."""
        return name(self.zh, self.en)

    @classmethod
    def _missing_(cls, value: object) -> Word | None:
        wanted = str(value).strip().casefold()
        return next((m for m in cls if wanted in {m.value.casefold(), m.zh.casefold(), m.en.casefold()}), None)
