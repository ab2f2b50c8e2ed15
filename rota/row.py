"""The kinds of cells and rows that every table of a case is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from rota.text import Message, name

SEPARATORS = re.compile(r"[;；,，、\n]+")
ID_PATTERN = r"^[^\s;；,，、@/\\*?\[\]:|\"<>]+$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=64)]
OptionalId = Annotated[str, StringConstraints(pattern=f"^$|{ID_PATTERN}", max_length=64)]


def refused(en: str, zh: str, field: str = "") -> PydanticCustomError:
    """Make the error of a cell that cannot be read, with its advice in both languages.

    `field` names the cell that is to be corrected where several are looked at together.
    """
    return PydanticCustomError("refused", "{en}", {"en": en, "zh": zh, "field": field})


def split_cell(value: object) -> object:
    """Read `"a; b、c"` as a tuple, in the separators that people type; leave sequences as they are."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for raw in SEPARATORS.split(value) if (part := raw.strip()))
    if isinstance(value, int | float):
        return (str(value),)
    return value


def read_date(value: object) -> object:
    """Read the ways in which people write a date; leave everything else to be judged as it stands."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if not isinstance(value, str):
        return value
    parts = re.fullmatch(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", value)
    if not parts:
        raise refused("is not a date; e.g. 2027-01-08", "不是日期；例如 2027-01-08")
    try:
        return dt.date(*(int(part) for part in parts.groups()))
    except ValueError:
        raise refused("is not a date; e.g. 2027-01-08", "不是日期；例如 2027-01-08") from None


def read_time(value: object) -> object:
    """Read `9:30`, `09:30`, `9：30` or a time cell."""
    if isinstance(value, dt.datetime):
        return value.time()
    if not isinstance(value, str):
        return value
    parts = re.fullmatch(r"\s*(\d{1,2})[:：](\d{2})(?:[:：]00)?\s*", value)
    if not parts or int(parts[1]) > 23 or int(parts[2]) > 59:  # noqa: PLR2004 - a clock's own limits
        raise refused("is not a time of day; e.g. 09:30", "不是时刻；例如 09:30")
    return dt.time(int(parts[1]), int(parts[2]))


def read_flag(value: object) -> object:
    """Read yes and no as people tick them in a sheet."""
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in {"是", "有", "对", "yes", "y", "true", "1", "x", "√", "✓", "✔"}:
            return True
        if word in {"", "否", "无", "不", "no", "n", "false", "0"}:
            return False
        raise refused("is neither yes nor no; write 是 or 否", "既不是“是”也不是“否”")
    return value


Day = Annotated[dt.date, BeforeValidator(read_date)]
Clock = Annotated[dt.time, BeforeValidator(read_time)]
OptionalDay = Annotated[dt.date | None, BeforeValidator(lambda v: None if v == "" else read_date(v))]
OptionalClock = Annotated[dt.time | None, BeforeValidator(lambda v: None if v == "" else read_time(v))]
Flag = Annotated[bool, BeforeValidator(read_flag)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(split_cell)]
Texts = Annotated[tuple[str, ...], BeforeValidator(split_cell)]
Clocks = Annotated[tuple[Clock, ...], BeforeValidator(split_cell)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Value(BaseModel):
    """A frozen value with named fields; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields exchanged; what was worked out from the old fields is not taken along."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[derived]
        return copied


class Row(Value):
    """One row of a table of the case. The title of each field is its Chinese header, its name the English one."""


class Named(Row):
    """A row with an identifier and a name; `name_en` is said to readers of English where it is given."""

    id: Id = Field(title="编号")
    name: str = Field(title="名称", min_length=1)
    name_en: str = Field("", title="英文名称")

    @property
    def label(self) -> Message:
        """The name in both languages."""
        return name(self.name, self.name_en)
