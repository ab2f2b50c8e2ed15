"""What is wrong with a cell, in words: every error of pydantic as a sentence of our own in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from rota.row import ID_PATTERN
from rota.text import Message, text
from workbook.layout import Column

_LIMITS = {
    "greater_than_equal": text("is less than {limit}", "小于 {limit}"),
    "greater_than": text("is not greater than {limit}", "必须大于 {limit}"),
    "less_than_equal": text("is greater than {limit}", "大于 {limit}"),
    "less_than": text("is not less than {limit}", "必须小于 {limit}"),
}
_PLAIN = {
    "int_parsing": text("is not a whole number; e.g. 3", "不是整数；例如 3"),
    "int_from_float": text("is not a whole number; e.g. 3", "不是整数；例如 3"),
    "int_parsing_size": text("is too large a number", "数字过大"),
    "float_parsing": text("is not a number; e.g. 31.3", "不是数字；例如 31.3"),
    "finite_number": text("is not a finite number", "不是有限的数字"),
    "date_type": text("is not a date; e.g. 2027-01-08", "不是日期；例如 2027-01-08"),
    "time_type": text("is not a time of day; e.g. 09:30", "不是时刻；例如 09:30"),
    "bool_parsing": text("is neither yes nor no; write 是 or 否", "既不是“是”也不是“否”"),
    "too_short": text("holds no value", "没有内容"),
}
_EMPTY = text("a value is needed here: {hint}", "此处必须填写：{hint}")
_PATTERNS = {
    "id": text(
        "is not an id: it may not hold spaces or any of ; , @ / \\ * ? [ ] : | < > and quotation marks",
        "不能作编号：不得含空格或 ; , 、 @ / \\ * ? [ ] : | < > 与引号",
    ),
    "email": text("is not an e-mail address; e.g. wang@example.org", "不是邮箱地址；例如 wang@example.org"),
}
_HINTS = {
    "text": text("text", "文字"),
    "number": text("a whole number", "整数"),
    "decimal": text("a number", "数字"),
    "flag": text("是 or 否 (yes or no)", "是 或 否"),
    "date": text("a date, e.g. 2027-01-08", "日期，例如 2027-01-08"),
    "time": text("a time of day, e.g. 09:30", "时刻，例如 09:30"),
    "list": text("one or more, separated by ;", "一项或多项，用分号或顿号隔开"),
    "params": text("key=value; key=value", "名=值; 名=值"),
}


def hint(column: Column) -> Message:
    """Say what a column accepts: its words, the sheet whose ids it names, or the form of its cells."""
    if column.words:
        return Message(
            "one of " + ", ".join(word.say("en") for _, word in column.words),
            "、".join(word.say("zh") for _, word in column.words) + " 之一",
        )
    return _HINTS.get(column.kind, _HINTS["text"])


def missing(column: Column) -> Message:
    """Say that a cell may not be empty."""
    return text(_EMPTY.en, _EMPTY.zh, hint=hint(column))


def not_among(cell: str, column: Column) -> Message:
    """Say that a cell is none of the words that its column accepts."""
    return _about(cell, text("is not accepted; write {hint}", "不可用；请填：{hint}", hint=hint(column)))


def sentence(error: ErrorDetails, column: Column | None, cell: str) -> Message:
    """Return the sentence for one error of pydantic about `cell`; errors of a whole row stand by themselves."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if column is None:
        return _verbatim(error, context)
    if not cell.strip() and error["type"] == "refused":
        return _verbatim(error, context)
    if not cell.strip() or error["type"] == "missing":
        return missing(column)
    shown = error["input"] if isinstance(error["input"], str) and error["input"] else cell
    return _about(shown, _predicate(error, context, column))


def _verbatim(error: ErrorDetails, context: Mapping[str, Any]) -> Message:
    if error["type"] == "refused":
        return Message(str(context["en"]), str(context["zh"]))
    return Message(error["msg"], error["msg"])


def _predicate(error: ErrorDetails, context: Mapping[str, Any], column: Column) -> Message:
    """Return what is said about the cell: `is not a date; e.g. 2027-01-08`."""
    kind = error["type"]
    if kind == "refused":
        return _verbatim(error, context)
    if column.words or kind == "string_pattern_mismatch":
        return _unaccepted(context, column)
    if kind in _LIMITS:
        limit = next(iter(context.values()))
        return text(_LIMITS[kind].en, _LIMITS[kind].zh, limit=limit)
    if kind == "string_too_long":
        return text("is longer than {n} characters", "超过 {n} 个字符", n=context["max_length"])
    return _PLAIN.get(kind, Message(error["msg"], error["msg"]))


def _unaccepted(context: Mapping[str, Any], column: Column) -> Message:
    if column.words:
        return text("is not accepted; write {hint}", "不可用；请填：{hint}", hint=hint(column))
    pattern = str(context["pattern"])
    if ID_PATTERN in pattern:
        return _PATTERNS["id"]
    if column.name == "email":
        return _PATTERNS["email"]
    if pattern.startswith("^(") and pattern.endswith(")$"):
        words = tuple(pattern[2:-2].split("|"))
        return text("is not accepted; write one of {words}", "不可用；请填：{words} 之一", words=words)
    return text("is not in the form {pattern}", "不符合格式 {pattern}", pattern=pattern)


def _about(cell: str, predicate: Message) -> Message:
    """Put the cell's own text before what is said about it."""
    return text('"{cell}" {what}', '"{cell}" {what}', cell=shortened(cell), what=predicate)


def shortened(cell: str, most: int = 60) -> str:
    """Return a cell on one line, cut where it is long."""
    line = " ".join(cell.split())
    return line if len(line) <= most else line[: most - 1] + "…"
