"""Messages: one sentence, two languages, parameters said in the reader's."""

from __future__ import annotations

import datetime as dt

import pytest

from rota.activity import Presence
from rota.text import ERASED, LANGUAGES, Message, Word, clauses, name, said, several, text, weekday_name


def test_a_message_is_said_in_the_readers_language_with_its_parameters() -> None:
    message = text("{n} seats", "{n} 个名额", n=3)
    assert (message.say("en"), message.say("zh")) == ("3 seats", "3 个名额")


@pytest.mark.parametrize(
    ("message", "en", "zh"),
    [
        (several(0, "error", "处错误"), "0 errors", "0 处错误"),
        (several(1, "session", "场"), "1 session", "1 场"),
        (several(8, "session", "场"), "8 sessions", "8 场"),
        (several(1, "person is", "人", "people are"), "1 person is", "1 人"),
        (several(2, "person is", "人", "people are"), "2 people are", "2 人"),
    ],
)
def test_one_is_said_as_one_and_all_else_as_many(message: Message, en: str, zh: str) -> None:
    assert (message.say("en"), message.say("zh")) == (en, zh)


def test_without_parameters_braces_stand_for_themselves() -> None:
    assert text("{}", "{}").say("en") == "{}"


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (name("银行", "Bank"), "Bank", "银行"),
        (Presence.MAY, "may", "可办"),
        (dt.date(2027, 3, 6), "2027-03-06 (Sat)", "2027-03-06 (周六)"),
        (dt.datetime.fromisoformat("2027-03-06T09:05"), "2027-03-06 (Sat) 09:05", "2027-03-06 (周六) 09:05"),
        (dt.time(9, 5), "09:05", "09:05"),
        (("a", name("乙", "b")), "a, b", "a、乙"),
        ((), "", ""),
        (7, "7", "7"),
        ("{braces}", "{braces}", "{braces}"),
    ],
)
def test_each_kind_of_parameter_is_said_in_its_usual_form(value: object, en: str, zh: str) -> None:
    assert (said(value, "en"), said(value, "zh")) == (en, zh)
    assert text("<{x}>", "《{x}》", x=value).say("en") == f"<{en}>"


def test_messages_with_the_same_words_and_parameters_are_equal_and_hash_alike() -> None:
    one, other = text("{n} seats", "{n} 个名额", n=3), text("{n} seats", "{n} 个名额", n=3)
    assert one == other
    assert hash(one) == hash(other)
    assert one != text("{n} seats", "{n} 个名额", n=4)


def test_weekdays_begin_on_monday() -> None:
    assert [weekday_name(day, "en") for day in (0, 6)] == ["Mon", "Sun"]
    assert [weekday_name(day, "zh") for day in (0, 6)] == ["周一", "周日"]


def test_a_proper_name_without_an_english_form_serves_both() -> None:
    assert name("银行") == Message("银行", "银行")


def all_words(base: type[Word] = Word) -> list[Word]:
    return [word for kind in base.__subclasses__() for word in (*kind, *all_words(kind))]


def test_every_word_has_a_label_in_both_languages() -> None:
    words = all_words()
    assert len(words) > 20
    for word in words:
        assert all(word.label.say(language) for language in LANGUAGES), word


def test_no_two_words_of_one_vocabulary_are_said_alike() -> None:
    for kind in Word.__subclasses__():
        for form in ("value", "zh", "en"):
            spoken = [getattr(word, form).casefold() for word in kind]
            assert len(set(spoken)) == len(spoken), kind


@pytest.mark.parametrize(
    ("who", "day", "zh"),
    [
        ("税务局", 8, "税务局在 8 日"),
        ("Tax", 8, "Tax 在 8 日"),
        ("税务局（甲）", "初八", "税务局（甲）在初八日"),
        ("", "", " 在日"),
    ],
)
def test_spaces_of_a_chinese_sentence_part_it_from_what_is_not_chinese(who: str, day: object, zh: str) -> None:
    assert text("{who}, {day}", "{who} 在 {day} 日", who=who, day=day).say("zh") == zh


def test_names_keep_the_spaces_they_are_written_with() -> None:
    assert text("{a} {b}", "{a} {b}", a="苏州中心 商场", b=name("甲 乙")).say("zh") == "苏州中心 商场甲 乙"


def test_clauses_are_parted_more_strongly_than_the_items_of_their_lists() -> None:
    listed = [text("a: {n}", "甲：{n}", n=("1", "2")), text("b", "乙")]
    assert (clauses(listed).say("en"), clauses(listed).say("zh")) == ("a: 1, 2; b", "甲：1、2；乙")
    assert clauses([]).say("en") == ""


def test_an_erased_text_is_said_in_the_readers_language_as_a_name_and_as_a_parameter() -> None:
    message = text("{who}: {why}", "{who}：{why}", who=name(ERASED), why=ERASED)
    assert (message.say("en"), message.say("zh")) == ("(erased): (erased)", "（已删除）：（已删除）")
