"""The golden sentences: every rule of ours is said, and so is a breach of it, in two languages that do not mix."""

from __future__ import annotations

import re

import pytest

from constraints.golden import golden, golden_case, sentence
from constraints.reading import rule_problems
from constraints.registry import OURS
from rota.inspection import inspect
from rota.text import Language, Message

PAIRS = [(kind, face, message) for kind, pair in golden().items() for face, message in pair._asdict().items()]
NAMED = [f"{kind}-{face}" for kind, face, _ in PAIRS]
SENTENCES = pytest.mark.parametrize("message", [message for _, _, message in PAIRS], ids=NAMED)

WORD = re.compile(r"[A-Za-z]{2,}")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
DATE: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"\d{4}-\d\d-\d\d \((Mon|Tue|Wed|Thu|Fri|Sat|Sun)\)"),
    "zh": re.compile(r"\d{4}-\d\d-\d\d \(周[一二三四五六日]\)"),
}
BARE_DATE = re.compile(r"\d{4}-(\d|Q|W)")
TABLES = ("lines", "sites", "rooms", "units", "people", "audience", "cycles", "activities", "orders", "demands")


def both(message: Message) -> tuple[str, str]:
    return sentence(message, "en"), sentence(message, "zh")


def test_the_station_is_a_sound_case() -> None:
    case = golden_case()
    assert [*inspect(case), *rule_problems(case)] == []


def test_every_rule_of_ours_is_said_and_broken() -> None:
    assert set(golden()) == {rule.kind for rule in OURS}


@SENTENCES
def test_the_two_languages_do_not_mix(message: Message) -> None:
    en, zh = both(message)
    assert not WORD.search(zh), zh
    assert not CHINESE.search(en), en
    assert CHINESE.search(zh)
    assert WORD.search(en)


@SENTENCES
def test_no_id_of_the_case_is_said(message: Message) -> None:
    case = golden_case()
    ids = {row.id for table in TABLES for row in getattr(case, table)}
    ids |= {part.id for part in case.parts}
    for said in both(message):
        words = set(re.findall(r"[\w@-]+", said))
        assert not words & ids
        assert "@" not in said


@SENTENCES
def test_dates_and_periods_are_said_as_people_write_them(message: Message) -> None:
    for language in ("en", "zh"):
        assert not BARE_DATE.search(DATE[language].sub("", sentence(message, language)))


@SENTENCES
def test_english_numbers_and_nouns_agree(message: Message) -> None:
    en, _ = both(message)
    assert "(s)" not in en
    assert not re.search(r"(?<![\d.:-])1 (turns|days|rounds|minutes|parts|times|people|activities|themes|orders)\b", en)
    assert not re.search(r"\b(0|[2-9]|\d\d+) (turn|day|round|minute|part|time|person|activity|theme)\b", en)


@SENTENCES
def test_a_sentence_has_no_gap_and_ends_once(message: Message) -> None:
    for said in both(message):
        assert "  " not in said
        assert not re.search(r"[.。；;，,] *[.。；;，,]|\(\)|（）", said)
        assert said == said.strip()
    assert not re.search(r"[\u3400-\u9fff] [\u3400-\u9fff]", both(message)[1])
