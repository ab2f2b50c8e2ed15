"""Reading the particulars of a change: what cannot be read is said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rota.text import Message, Word, name, text

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


def reasons_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Message]:
    """Yield everything that keeps particulars from being read, each with the field that it is about."""
    found = error.errors()
    for details in found:
        if details["type"] == "too_short" and any(_within(each, details) for each in found):
            continue  # what stood there could not be read, which is said
        context: Mapping[str, Any] = details.get("ctx", {})
        path = [str(step) for step in details["loc"]] or [str(context.get("field") or "")]
        info = _field(model, path)
        field = _titled(info, path)
        if details["type"] == "missing":
            yield text("{field} is missing", "缺少{field}", field=field)
            continue
        said = {"field": field, "cell": _cell(details["input"], path[-1]), "what": _fault(details, info)}
        yield text('{field} "{cell}" {what}', "{field}“{cell}”{what}", **said)


def texts_of(particulars: BaseModel) -> Iterator[tuple[Message, str]]:
    """Yield every text among particulars, nested ones included, each with what its field is called."""
    for field, value in particulars:
        info = type(particulars).model_fields.get(field)
        for part in _parts(value):
            if isinstance(part, BaseModel):
                yield from texts_of(part)
            elif isinstance(part, str):
                yield _titled(info, [field]), part


def _parts(value: object) -> Iterator[object]:
    """Yield the values that a field holds: itself, or what is listed in it."""
    if isinstance(value, Mapping):
        value = (*value, *value.values())
    if isinstance(value, tuple | list):
        for each in value:
            yield from _parts(each)
    else:
        yield value


def _within(one: ErrorDetails, other: ErrorDetails) -> bool:
    return one is not other and one["loc"][: len(other["loc"])] == other["loc"]


TITLES: Mapping[str, str] = {
    "activity": "活动项目",
    "agreed": "是否同意",
    "attendance": "预计人数",
    "cells": "参数",
    "day": "日期",
    "dropped": "日期",
    "end": "结束时刻",
    "first": "开始日期",
    "held": "是否举办",
    "host": "实际轮值单位",
    "id": "编号",
    "instead_of": "替换对象",
    "last": "结束日期",
    "level": "意向",
    "order": "点单",
    "note": "备注",
    "part": "分场",
    "reason": "原因",
    "requester": "点单人",
    "resource": "对象",
    "role": "岗位",
    "room": "场地",
    "served": "服务人数",
    "session": "场次",
    "sites": "站点",
    "source": "来源",
    "start": "开始",
    "tentative": "是否待定",
    "time": "时刻",
    "weekdays": "星期",
    "who": "对象",
    "widen": "放宽",
}
"""What the particulars of changes are called in Chinese; those of rows are called like their columns."""


def _field(model: type[BaseModel], path: list[str]) -> FieldInfo | None:
    """Return the field that a path leads to, through nested rows."""
    info = None
    for step in path:
        if not step.isdigit():
            info = model.model_fields.get(step)
            model = next(iter(_models(info.annotation)), model) if info else model
    return info


def _titled(info: FieldInfo | None, path: list[str]) -> Message:
    """Return what a field is called: one of a row as its column, else as the particulars of changes are."""
    last = next((step for step in reversed(path) if not step.isdigit()), "")
    return name((info.title if info else None) or TITLES.get(last, last), last)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)


def _cell(found: object, field: str) -> str:
    """Return what was typed; what contradicts another field stands among all of them."""
    if isinstance(found, Mapping):
        found = found.get(field)
    return str(found) if isinstance(found, str | int | float) else "…"


FAULTS: Mapping[str, Message] = {
    "extra_forbidden": text("is not known here", "不是可用的项目"),
    "string_pattern_mismatch": text("is not an id", "不能作编号"),
    "string_too_short": text("is empty", "为空"),
    "too_short": text("is empty", "为空"),
    "int_parsing": text("is not a whole number", "不是整数"),
    "int_from_float": text("is not a whole number", "不是整数"),
    "int_type": text("is not a whole number", "不是整数"),
    "greater_than_equal": text("is less than {ge}", "小于 {ge}"),
    "less_than_equal": text("is more than {le}", "大于 {le}"),
    "literal_error": text("is none of {expected}", "不在可选项之内：{expected}"),
}
"""What is said for the types of errors that pydantic knows."""


def _fault(details: ErrorDetails, info: FieldInfo | None) -> Message:
    context: Mapping[str, Any] = details.get("ctx", {})
    if details["type"] == "refused":
        return Message(str(context["en"]), str(context["zh"]))
    if details["type"] == "enum" and info and isinstance(info.annotation, type(Word)):
        words = tuple(word.label for word in info.annotation)
        return text("is none of {words}", "应为 {words} 之一", words=words)
    fault = FAULTS.get(details["type"], Message(details["msg"].replace("{", "("), "无法读取"))
    return Message(fault.en, fault.zh, context if "{" in fault.en else {})
