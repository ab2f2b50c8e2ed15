"""Letters: what they say, in both languages, and what becomes of a coordinator's own words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest

from delivery import letters
from delivery.channel import Letter, Recipient
from delivery.letters import Draft, Envelope
from delivery.samples import SAMPLES
from delivery.templating import Templates
from rota.case import Case
from rota.text import LANGUAGES, Language
from tests.delivery import golden
from tests.delivery.station import AFTER, BEFORE, CASE, COORDINATOR, IDS, NOW, all_drafts, envelope

DRAFTS = all_drafts()
NAMES = [f"{name}, {language}" for language, name, _ in DRAFTS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_are_those_that_were_read_and_kept(language: Language) -> None:
    kept = (golden.FOLDER / f"letters.{language}.txt").read_text(encoding="utf-8")
    assert golden.letters_in(language) == kept, (
        "if this is meant: python -m tests.delivery.golden, and read what it wrote"
    )


@pytest.mark.parametrize("draft", [draft for _, _, draft in DRAFTS], ids=NAMES)
def test_no_letter_shows_an_id(draft: Draft) -> None:
    letter = Templates().write(draft).letter
    assert not [each for each in IDS if each in letter.subject + letter.body]


@pytest.mark.parametrize("draft", [draft for _, _, draft in DRAFTS], ids=NAMES)
def test_a_letter_has_a_subject_of_one_line_and_no_gaps(draft: Draft) -> None:
    letter = Templates().write(draft).letter
    assert letter.subject
    assert "\n" not in letter.subject
    assert not re.search(r"\n{3}| \n|\n$\n", letter.body)
    assert letter.language == draft.language


@pytest.mark.parametrize("draft", [draft for language, _, draft in DRAFTS if language == "zh"])
def test_a_chinese_letter_has_no_english_word(draft: Draft) -> None:
    letter = Templates().write(draft).letter
    without_links = re.sub(r"https?://\S+", "", letter.subject + letter.body)
    assert not re.findall(r"[A-Za-z]{2,}", without_links)


@pytest.mark.parametrize("draft", [draft for _, _, draft in DRAFTS], ids=NAMES)
def test_each_template_is_tried_on_just_what_it_is_given(draft: Draft) -> None:
    assert SAMPLES[draft.template].keys() == draft.values.keys()
    for key, value in SAMPLES[draft.template].items():
        assert type(value) is type(draft.values[key]), key


def test_every_template_is_written_in_both_languages() -> None:
    assert {(draft.template, language) for language, _, draft in DRAFTS} == {
        (template, language) for template in SAMPLES for language in LANGUAGES
    }


def said(draft: Draft | None) -> Letter:
    assert draft is not None
    return Templates().write(draft).letter


def test_what_was_removed_since_is_told_by_the_name_it_had() -> None:
    without = CASE.model_copy(update={"sites": CASE.sites[:1], "rooms": CASE.rooms[:1]})
    gone = {"A-DAY@2023-05-13"}
    known = Envelope(without, "U-TAX", Recipient(), NOW.date(), earlier=CASE)
    assert "湖西服务站 会议室" in said(letters.notice(known, AFTER, BEFORE, gone)).body
    unknown = dataclasses.replace(known, earlier=None)
    assert "（已撤销）" in said(letters.notice(unknown, AFTER, BEFORE, gone)).body


def test_whom_to_ask_is_the_coordinator_or_else_who_is_at_the_site() -> None:
    to = envelope("U-TAX", "王敏", "zh")
    reminder = letters.reminder(to, AFTER.sessions[1], NOW)
    assert "李静（电话 0512-0000-0001）" in said(reminder).body
    lead = COORDINATOR.model_copy(update={"name": "赵主任", "phone": "", "email": "lead@example.com"})
    asked = letters.reminder(dataclasses.replace(to, ask=lead), AFTER.sessions[1], NOW)
    assert "赵主任（邮箱 lead@example.com）" in said(asked).body
    second = COORDINATOR.model_copy(update={"name": "孙雷"})
    case = CASE.model_copy(update={"contacts": (*CASE.contacts, second)})
    assert "李静" in said(letters.reminder(dataclasses.replace(to, case=case), AFTER.sessions[1], NOW)).body
    nobody = letters.reminder(to, AFTER.sessions[0], NOW)
    assert "联系" not in said(nobody).body


@pytest.mark.parametrize(
    ("before", "zh", "en"),
    [
        (dt.timedelta(days=7), "7 天后", "in 7 days"),
        (dt.timedelta(days=1), "明天", "tomorrow"),
        (dt.timedelta(hours=33), "明天", "tomorrow"),
        (dt.timedelta(hours=2), "2 小时后", "in 2 hours"),
        (dt.timedelta(minutes=40), "1 小时后", "in one hour"),
        (dt.timedelta(hours=12, minutes=-1), "明天", "tomorrow"),
    ],
)
def test_how_far_off_a_session_is(before: dt.timedelta, zh: str, en: str) -> None:
    session = AFTER.sessions[1]
    expected: dict[Language, str] = {"zh": zh, "en": en}
    for language, words in expected.items():
        draft = letters.reminder(envelope("U-TAX", "", language), session, session.start - before)
        assert draft.values["ahead"] == words


@pytest.mark.parametrize(
    ("end", "language", "said_as"),
    [
        ("2023-05-27T11:30", "zh", "5月27日（周六）09:30–11:30"),
        ("2023-05-28T00:30", "zh", "5月27日（周六）09:30 – 5月28日（周日）00:30"),
        ("2023-05-28T00:30", "en", "Sat 27 May, 09:30 – Sun 28 May, 00:30"),
    ],
)
def test_a_session_past_midnight_is_told_with_both_days(end: str, language: Language, said_as: str) -> None:
    moment = dt.datetime.fromisoformat(end).replace(tzinfo=CASE.zone)
    session = AFTER.sessions[1].model_copy(update={"end": moment})
    draft = letters.reminder(envelope("U-TAX", "", language), session, NOW)
    assert said_as in said(draft).body


@pytest.mark.parametrize(("day", "turns"), [("05-14", 1), ("05-15", 1), ("05-20", 1), ("05-21", 1), ("05-13", 0)])
def test_a_digest_holds_its_first_day_and_its_seventh(day: str, turns: int) -> None:
    draft = letters.digest(envelope("U-TAX", "", "zh"), AFTER, dt.date.fromisoformat(f"2023-{day}"))
    assert (len(draft.values["turns"]) if draft else 0) == turns  # type: ignore[arg-type]  # a tuple


def test_a_week_without_turns_brings_no_digest() -> None:
    assert letters.digest(envelope("U-TAX", "", "zh"), AFTER, dt.date(2023, 7, 3)) is None


def test_the_contact_of_a_site_hears_of_all_that_takes_place_there() -> None:
    draft = letters.digest(envelope("S-MID", "李静", "zh"), AFTER, dt.date(2023, 5, 22))
    assert "中心服务站有 1 场活动" in said(draft).body


def test_an_unchanged_session_is_no_reason_to_speak_of_change() -> None:
    draft = letters.notice(envelope("U-TAX", "", "zh"), BEFORE, BEFORE, ["A-DAY@2023-05-13"])
    assert "【" not in said(draft).body


def override(folder: Path, content: str, file: str = "notice.zh.txt") -> Templates:
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / file).write_bytes(content.encode())
    return Templates.beside(folder)


NOTICE = next(draft for language, name, draft in DRAFTS if (language, name) == ("zh", "notice to a person"))


def test_a_coordinator_says_it_in_words_of_their_own(tmp_path: Path) -> None:
    templates = override(
        tmp_path, "\ufeff变动通知\n\n{{ name }}：\n{% for turn in turns %}\n- {{ turn.when }}\n{% endfor %}\n"
    )
    written = templates.write(NOTICE)
    assert written.refusal is None
    assert templates.overridden == (("notice", "zh"),)
    assert written.letter == Letter("变动通知", "陈老师：\n- 5月20日（周六）09:30–11:30\n", "zh")


def test_the_templates_of_a_workbook_lie_beside_it(tmp_path: Path) -> None:
    override(tmp_path, "主题\n\n正文\n")
    (tmp_path / "2027.xlsx").touch()
    assert Templates.beside(tmp_path / "2027.xlsx").overridden == (("notice", "zh"),)


BROKEN: list[tuple[str, str, int | None, str]] = [
    ("变动\n\n{{ nmae }}您好\n", "未采用 notice.zh.txt，第 3 行：没有“nmae”", 3, "it knows no “nmae”"),
    ("变动\n\n{% for t in turns %}\n{{ t.wann }}\n{% endfor %}", "第 4 行：没有“wann”", 4, "it knows no “wann”"),
    ("变动\n\n{% for t in turns %}\n{{ t.when }}\n", "第 4 行：语法有误", 4, "near"),
    ("变动\n{{ name }\n", "第 2 行：语法有误：“{{ name }”", 2, "near “{{ name }”"),
    ("\n\n正文\n", "", None, ""),
    ("{# 空 #}\n\n", "第 1 行：首行（主题）为空", 1, "first line"),
    ("变动\n{{ turns.__class__.__mro__ }}\n", "第 2 行", 2, "line 2"),
    ("变动\n{% include 'other.txt' %}\n", "第 2 行：无法填入内容", 2, "cannot be filled in"),
    ("变动\n{{ 1 / 0 }}\n", "第 2 行：无法填入内容", 2, "cannot be filled in"),
    ("变动\n{% for i in range(90000) %}\n一二三四五\n{% endfor %}\n", "生成的内容过长", None, "without end"),
    ("变动\n{% for i in range(999999999) %}{% endfor %}\n", "第 2 行：无法填入内容", 2, "cannot be filled in"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "zh", "line", "en"), BROKEN)
def test_a_broken_template_is_refused_with_file_line_and_reason(
    content: str, zh: str, line: int | None, en: str, tmp_path: Path
) -> None:
    templates = override(tmp_path, content)
    letter = templates.write(NOTICE).letter
    if not zh:  # leading empty lines are no part of a letter
        assert letter.subject == "正文"
        return
    (refusal,) = templates.refusals
    assert zh in refusal.message.say("zh")
    assert en in refusal.message.say("en")
    assert refusal.line == line
    assert letter == Templates().write(NOTICE).letter


def test_a_name_that_no_letter_has_and_an_unknown_encoding_are_refused(tmp_path: Path) -> None:
    override(tmp_path, "x", "notcie.zh.txt")
    (tmp_path / "templates" / "digest.zh.txt").write_bytes("主题\n\n正文".encode("gb18030"))
    refusals = [each.message.say("zh") for each in Templates.beside(tmp_path).refusals]
    assert refusals[0] == "未采用 digest.zh.txt：请另存为 UTF-8 编码"
    assert refusals[1].startswith("未采用 notcie.zh.txt：没有这个名称的消息；可用名称：notice.zh.txt")


def test_words_that_fail_only_on_some_letters_give_way_to_ours_there(tmp_path: Path) -> None:
    templates = override(tmp_path, "变动\n\n{{ turns[0].with_others[0] }}\n{{ 10 // (turns | length - 2) }}\n")
    assert not templates.refusals
    draft = dataclasses.replace(NOTICE, values={**NOTICE.values, "turns": NOTICE.values["turns"] * 2})  # type: ignore[operator]
    written = templates.write(draft)
    assert written.refusal is not None
    assert written.refusal.line == 4
    assert written.letter == Templates().write(draft).letter


def test_names_are_text_and_no_template() -> None:
    sly = Case.model_validate({**CASE.model_dump(), "units": [{"id": "U-TAX", "name": "{{ 7 * 7 }}{% include 'x' %}"}]})
    letter = said(letters.availability(Envelope(sly, "U-TAX", Recipient(), NOW.date()), None))
    assert "{{ 7 * 7 }}{% include 'x' %}" in letter.body
