"""Reading the particulars of a change: what cannot be read is said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rota.text import Message, name, text

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails


def reasons_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Message]:
    """Yield everything that keeps particulars from being read, each with the field that it is about."""
    for details in error.errors():
        context: Mapping[str, Any] = details.get("ctx", {})
        path = [str(step) for step in details["loc"]] or [str(context.get("field") or "")]
        field = _titled(model, path)
        if details["type"] == "missing":
            yield text("{field} is missing", "缺少{field}", field=field)
            continue
        yield text(
            '{field} "{cell}" {what}',
            "{field}“{cell}”{what}",
            field=field,
            cell=_cell(details),
            what=_fault(details),
        )


def _titled(model: type[BaseModel], path: list[str]) -> Message:
    """Return the title of a field where it has one, else its path."""
    info = model.model_fields.get(path[0])
    if len(path) == 1 and info is not None and info.title:
        return name(info.title, path[0])
    return name(".".join(path))


def _cell(details: ErrorDetails) -> str:
    found = details["input"]
    return str(found) if isinstance(found, str | int | float) else "…"


FAULTS: Mapping[str, Message] = {
    "extra_forbidden": text("is not known here", "不是可用的项目"),
    "string_pattern_mismatch": text("is not an id", "不能作编号"),
    "string_too_short": text("is empty", "为空"),
    "int_parsing": text("is not a whole number", "不是整数"),
    "int_from_float": text("is not a whole number", "不是整数"),
    "int_type": text("is not a whole number", "不是整数"),
    "greater_than_equal": text("is less than {ge}", "小于 {ge}"),
    "less_than_equal": text("is more than {le}", "大于 {le}"),
    "enum": text("is none of {expected}", "不在可选项之内：{expected}"),
    "literal_error": text("is none of {expected}", "不在可选项之内：{expected}"),
}
"""What is said for the types of errors that pydantic knows."""


def _fault(details: ErrorDetails) -> Message:
    context: Mapping[str, Any] = details.get("ctx", {})
    if details["type"] == "refused":
        return Message(str(context["en"]), str(context["zh"]))
    fault = FAULTS.get(details["type"], Message(details["msg"].replace("{", "("), "无法读取"))
    return Message(fault.en, fault.zh, context if "{" in fault.en else {})
