"""What a foreign calendar is refused for, and what of it could not be read: codes from the child, sentences here."""

from __future__ import annotations

from collections.abc import Mapping

from rota.plain import one_line
from rota.problem import RotaError
from rota.text import Message, text

LONGEST = 60
"""Characters of a foreign word that are repeated in a sentence."""


class CalendarRefusedError(RotaError):
    """A foreign calendar cannot be used; `code` says why, in one word for programs."""

    def __init__(self, code: str, detail: str | Message = "") -> None:
        super().__init__(sentence(REFUSALS, code, detail))
        self.code = code


class RefusedError(Exception):
    """Inside the child: the whole file is refused; a code and the foreign word or number that it is about."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = str(detail)


class UnreadableError(Exception):
    """Inside the child: one event cannot be read, and is left out under this code."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = str(detail)


def sentence(table: Mapping[str, Message], code: str, detail: str | Message) -> Message:
    """Return the sentence for a code, with a short and harmless form of the foreign word."""
    known = table[code]
    return text(known.en, known.zh, detail=detail if isinstance(detail, Message) else _harmless(detail))


def _harmless(detail: str) -> str:
    word = one_line(detail)
    return word if len(word) <= LONGEST else word[: LONGEST - 1] + "…"


REFUSALS: Mapping[str, Message] = {
    "octets": text(
        "The calendar has more than {detail} octets. Export a shorter span of time.",
        "该日历超过 {detail} 字节。请导出较短的时间范围。",
    ),
    "lines": text(
        "The calendar has more than {detail} lines. Export a shorter span of time.",
        "该日历超过 {detail} 行。请导出较短的时间范围。",
    ),
    "events": text(
        "The calendar has more than {detail} events. Export a shorter span of time.",
        "该日历的日程超过 {detail} 个。请导出较短的时间范围。",
    ),
    "occurrences": text(
        "The events of the calendar fall on more than {detail} times in the year; that is no person's calendar.",
        "该日历的日程在本期内超过 {detail} 次，不像是个人日历。",
    ),
    "encoding": text(
        "The calendar is neither UTF-8, UTF-16 nor GB18030 text. Export it again as UTF-8.",
        "该日历既不是 UTF-8、UTF-16，也不是 GB18030 文本。请重新导出为 UTF-8。",
    ),
    "no-calendar": text(
        "There is no calendar in it: no line says BEGIN:VCALENDAR. Is it the address of a page that asks to sign in?",
        "其中没有日历：找不到 BEGIN:VCALENDAR 一行。该地址打开的是否为登录页面？",
    ),
    "no-calendar-in-file": text(
        "There is no calendar in the file: no line says BEGIN:VCALENDAR. Export the calendar as .ics.",
        "文件中没有日历：找不到 BEGIN:VCALENDAR 一行。请将日历导出为 .ics 文件。",
    ),
    "bare": text(
        "What begins at line {detail} stands in no calendar: BEGIN:VCALENDAR is missing. Export the whole calendar.",
        "第 {detail} 行开始的内容不在日历之中：缺少 BEGIN:VCALENDAR。请导出整个日历。",
    ),
    "structure": text(
        "The calendar is damaged at line {detail}: parts of it are not closed in the order in which they were opened.",
        "该日历在第 {detail} 行损坏：各部分的起止不成对。",
    ),
    "truncated": text(
        "The calendar breaks off: what begins at line {detail} does not end. Export or download it again.",
        "该日历不完整：第 {detail} 行开始的部分没有结束。请重新导出或下载。",
    ),
    "depth": text(
        "The calendar nests its parts too deep at line {detail}; no calendar program does so.",
        "该日历在第 {detail} 行嵌套过深，日历软件不会这样写。",
    ),
    "calscale": text(
        'The calendar counts its days by "{detail}"; only the Gregorian calendar can be read.',
        "该日历采用“{detail}”历法；只能读取公历。",
    ),
    "zone": text(
        'It uses the time zone "{detail}", which is neither known nor defined there. Its times cannot be told.',
        "该日历使用时区“{detail}”，既不是已知时区，文件中也没有定义，无法确定时间。",
    ),
    "nothing-readable": text(
        "None of the events of the calendar can be read: {detail}.",
        "该日历的日程都无法读取：{detail}。",
    ),
    "too-slow": text(
        "Reading the calendar took too long and was stopped: its events repeat, by rules or on dates given one by one, "
        "more than can be worked out. Export a shorter span of time.",
        "读取该日历耗时过长，已停止：其中日程的重复（按规则或逐一列出日期）计算量过大。请导出较短的时间范围。",
    ),
    "memory": text(
        "Reading the calendar took too much memory and was stopped. Export a shorter span of time.",
        "读取该日历占用内存过多，已停止。请导出较短的时间范围。",
    ),
    "failed": text(
        "The calendar cannot be read: the reader stopped on it. Nothing of it was used.",
        "无法读取该日历：读取程序中途停止，未采用任何内容。",
    ),
}

OMISSIONS: Mapping[str, Message] = {
    "no-start": text("it has no start", "没有开始时间"),
    "repeated": text("it states {detail} more than once", "{detail} 写了不止一次"),
    "value": text("its {detail} cannot be read", "{detail} 无法读取"),
    "order": text("it ends before it starts", "结束早于开始"),
    "mixed": text(
        "it mixes days with times of day in {detail}",
        "{detail} 把整天与时刻混在一起",
    ),
    "frequency": text(
        "it repeats {detail}; events that repeat more often than daily are not read",
        "重复频率为 {detail}；不读取比每天更密的重复日程",
    ),
    "rule": text(
        "its rule of repetition cannot be used: {detail}",
        "重复规则无法使用：{detail}",
    ),
    "years": text(
        "its times lie outside of the years 1 to 9999",
        "时间超出公元 1 年至 9999 年的范围",
    ),
    "reader": text("it cannot be worked out: {detail}", "无法推算：{detail}"),
    "availability": text(
        "it states office hours (VAVAILABILITY), which are not read",
        "内容为办公时间（VAVAILABILITY），不予读取",
    ),
}
