"""The kinds of cells and rows that every table of a case is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Never, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
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
    """Read `"a; b、c"` as a tuple, in the separators that people type; a lone number, date or time is the only item."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for raw in SEPARATORS.split(value) if (part := raw.strip()))
    if isinstance(value, float) and value.is_integer():
        return (str(int(value)),)
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, dt.date | dt.time):
        return (value,)
    return value


_DASH = r"\-/.－／．"  # noqa: RUF001 - what input methods type
_DATE = re.compile(rf"(\d{{4}})\s*[{_DASH}年]\s*(\d{{1,2}})\s*[{_DASH}月]\s*(\d{{1,2}})\s*日?(?:[ T]0?0:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2})\s*[:：]\s*(\d{2})(?:[:：]00)?|(\d{1,2})\s*[点时](?:\s*(?:(\d{1,2})\s*分?|(半)|整))?")


def read_date(value: object) -> object:
    """Read the ways in which people write a date; leave everything but texts and numbers to be judged as it stands."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if isinstance(value, int | float):
        value = str(value)  # 20270108; any other number would be taken for seconds since 1970
    if not isinstance(value, str):
        return value
    parts = _DATE.fullmatch(value.strip()) or _COMPACT_DATE.fullmatch(value.strip())
    if not parts:
        _no_date()
    try:
        return dt.date(*(int(part) for part in parts.groups()))
    except ValueError:
        _no_date()


def _no_date() -> Never:
    raise refused("is not a date; e.g. 2027-01-08", "不是日期；例如 2027-01-08") from None


def read_time(value: object) -> object:
    """Read `9:30`, `09:30`, `9：30`, `9点30分`, `9点半`, `9时` or a time cell; times are whole minutes."""
    if isinstance(value, dt.datetime):
        value = value.time()
    if value is None:
        return None
    if isinstance(value, dt.time) and not value.second and not value.microsecond:
        return value
    parts = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if not parts:
        _no_time()
    hour, minute, hour_in_words, minute_in_words, half = parts.groups()
    try:
        return dt.time(int(hour or hour_in_words), 30 if half else int(minute or minute_in_words or 0))
    except ValueError:
        _no_time()


def _no_time() -> Never:
    raise refused("is not a time of day; e.g. 09:30", "不是时刻；例如 09:30") from None


def read_moment(value: object) -> dt.datetime:
    """Read a day and a time of day in the ways of both, `2027-01-08 09:30` or `2027年1月8日 9：30`, as a local time."""
    day, _, time = str(value).strip().replace("T", " ").rpartition(" ")
    if "日" in time:
        day, _, time = str(value).strip().rpartition("日")
    try:
        found = read_date(day), read_time(time)
    except PydanticCustomError:
        found = None
    if not found or not isinstance(found[0], dt.date) or not isinstance(found[1], dt.time):
        raise refused("is not a start; e.g. 2027-01-08 09:30", "不是开始时间；例如 2027-01-08 09:30")
    return dt.datetime.combine(found[0], found[1])


def read_flag(value: object) -> object:
    """Read yes and no as people tick them in a sheet."""
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in {"是", "有", "对", "需要", "yes", "y", "true", "1", "x", "√", "✓", "✔"}:
            return True
        if word in {"", "否", "无", "不", "不是", "没有", "不需要", "no", "n", "false", "0"}:
            return False
        raise refused("is neither yes nor no; write 是 or 否", "既不是“是”也不是“否”；请填写 是 或 否")
    return value


def known_zone(zone: str) -> str:
    """Let the name of an IANA time zone pass; an empty one is no name."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused("is not an IANA time zone; e.g. Asia/Shanghai", "不是 IANA 时区；例如 Asia/Shanghai") from None
    return zone


class Personal:
    """Marks a field as text about a person, or free text that may name one: kept where it can be erased."""


PersonalText = Annotated[str, Personal()]
Day = Annotated[dt.date, BeforeValidator(read_date)]
Clock = Annotated[dt.time, BeforeValidator(read_time)]
OptionalDay = Annotated[dt.date | None, BeforeValidator(lambda v: None if v == "" else read_date(v))]
OptionalClock = Annotated[dt.time | None, BeforeValidator(lambda v: None if v == "" else read_time(v))]
Flag = Annotated[bool, BeforeValidator(read_flag)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(split_cell)]
Texts = Annotated[tuple[str, ...], BeforeValidator(split_cell)]
Days = Annotated[tuple[Day, ...], BeforeValidator(split_cell)]
Clocks = Annotated[tuple[Clock, ...], BeforeValidator(split_cell)]
Zone = Annotated[str, AfterValidator(known_zone)]
OptionalZone = Annotated[str, AfterValidator(lambda zone: known_zone(zone) if zone else "")]
LARGEST = 1_000_000
"""The largest number that a cell of counts or weights takes; more is a slip, and would overflow their sums."""
Count = Annotated[int, Field(ge=0, le=LARGEST)]
OptionalCount = Annotated[Count | None, BeforeValidator(lambda v: None if v == "" else v)]
Positive = Annotated[int, Field(ge=1, le=LARGEST)]


class Value(BaseModel):
    """A frozen value with named fields; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields exchanged; what was worked out from the old fields is not taken along."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[derived]
        return copied


def personal_fields(model: type[BaseModel]) -> set[str]:
    """Return the fields of a model that are marked as texts about a person."""
    marked = model.model_fields.items()
    return {field for field, info in marked if any(isinstance(mark, Personal) for mark in info.metadata)}


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
