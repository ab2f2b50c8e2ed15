"""Every sentence of the project is there in both languages, with the same facts in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest

ROOMS = ("rota", "constraints", "scheduler", "calendars", "workbook", "delivery", "web", "console", "cli.py")
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2}")
COUNTS = {"added", "all", "days", "e", "hours", "lacking", "least", "m", "max", "most", "n", "rounds", "run", "seconds"}
COUNTS |= {"seats", "sessions", "soon", "times", "total", "turns", "w", "wanted"}
"""Names of parameters that are numbers."""
SEVERAL = re.compile(
    r"\{(\w+)\} (?:[a-z]+ )?(?!is\b|does\b|has\b|was\b|this\b|as\b|takes\b|holds\b|waits\b|states\b)[a-z]+s\b"
)
"""A number with a plural noun behind it."""
NEVER_ONE = (
    "({n} sessions from {first} to {last})",  # fewer are listed by their dates
    "is held in {n} rooms",  # more than allowed, which is one at the least
    "uses at most {most} rooms",  # one has a sentence of its own, here and below
    "serves under {n} themes",
    "has {n} different holders",
    "at most {most} different holders",
    "{n} rounds on end",
    "{rounds} rounds on end",
    "{n} consecutive sessions",
    "{n} times in {run} consecutive sessions",
    "has been to {most} {n} times",
    "is used {n} times at once",
    "has {n} seats in one part",
    "each of {n} possible starts",
    "the file holds {n} calendars",
    "means {n} links",
    "the line has {n} octets",
    "longer than {n} characters",  # limits that are far from one
    "within {days} days of a public holiday",
    "in {n} hours",
    "in {n} days",
)
"""Numbers that are never one, and why; all others are said by `several`."""


@dataclass(frozen=True)
class Sentence:
    """A call of `text` or `refused` with literal templates; `given` is None where a mapping passes the parameters."""

    place: str
    en: str
    zh: str
    given: frozenset[str] | None


def sentences(root: Path) -> Iterator[Sentence]:
    for room in ROOMS:
        start = root / room
        for path in [start] if start.is_file() else sorted(start.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (sentence := sentence_of(node, f"{path.relative_to(root)}")):
                    yield sentence


def sentence_of(call: ast.Call, file: str) -> Sentence | None:
    if not isinstance(call.func, ast.Name) or call.func.id not in {"text", "refused"}:
        return None
    templates = [a.value for a in call.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if len(templates) < 2:
        return None
    keywords = [keyword.arg for keyword in call.keywords]
    given = None if None in keywords else frozenset(k for k in keywords if k)
    return Sentence(f"{file}:{call.lineno}", templates[0], templates[1], given)


def only(call: str) -> Sentence:
    expression = ast.parse(call, mode="eval").body
    sentence = sentence_of(expression, "here") if isinstance(expression, ast.Call) else None
    assert sentence is not None
    return sentence


def named(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None and name.isidentifier())


def spoken(template: str) -> str:
    return "".join(literal for literal, *_ in Formatter().parse(template))


def faults(sentence: Sentence) -> Iterator[str]:
    en, zh = named(sentence.en), named(sentence.zh)
    if en != zh and sentence.given is not None and not en | zh <= sentence.given:
        yield f"parameters differ: {sorted(en ^ zh)}"
    if sentence.given and (unused := sentence.given - en - zh):
        yield f"given and never said: {sorted(unused)}"
    en_words, zh_words = spoken(sentence.en), spoken(sentence.zh)
    if LATIN.search(en_words) and not HAN.search(zh_words) and (LATIN.search(zh_words) or not zh):
        yield f"not translated into Chinese: {sentence.zh!r}"
    if any(c[1] in COUNTS for c in SEVERAL.finditer(sentence.en)) and not any(n in sentence.en for n in NEVER_ONE):
        yield f"one would be said as many, `several` would not: {sentence.en!r}"
    if HAN.search(en_words) and not LATIN.search(en_words):
        yield f"not translated into English: {sentence.en!r}"


def test_every_sentence_says_the_same_in_both_languages(root: Path) -> None:
    found = list(sentences(root))
    assert len(found) > 200
    assert [f"{s.place}: {fault}" for s in found for fault in faults(s)] == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('text("{n} open", "空缺 {m}", n=1)', "parameters differ: ['m', 'n']"),
        ('text("{n} open", "空缺 {m}")', "parameters differ: ['m', 'n']"),
        ('text("{n} open", "空缺 {n}", n=1, spare=2)', "given and never said: ['spare']"),
        (
            'text("{n} open seats", "空缺 {n} 个", n=1)',
            "one would be said as many, `several` would not: '{n} open seats'",
        ),
        ('text("all seats", "all seats")', "not translated into Chinese: 'all seats'"),
        ('refused("名额", "名额")', "not translated into English: '名额'"),
    ],
)
def test_a_faulty_sentence_would_be_found(call: str, fault: str) -> None:
    assert list(faults(only(call))) == [fault]


@pytest.mark.parametrize(
    "call",
    [
        'text("{n} open", "空缺 {n}", n=1)',
        'text("{n} open", "空缺 {n}")',
        'text("{who} serves", "{who} 当值", who=1)',
        'text("in {n} days", "{n} 天后", n=2)',
        'text("on {day}", "{zh_day}", day=1, zh_day=2)',
        'text("{a}: {b}", "{a}：{b}", a=1, b=2)',
        'text("write 是 or 否", "请写是或否")',
    ],
)
def test_a_sound_sentence_is_let_pass(call: str) -> None:
    assert list(faults(only(call))) == []
