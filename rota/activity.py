"""What is to take place: activities, their parts and their roles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from rota.hours import Weekdays
from rota.row import (
    SEPARATORS,
    Clocks,
    Count,
    Flag,
    Id,
    Ids,
    Named,
    OptionalId,
    PersonalText,
    Positive,
    Row,
    Texts,
    refused,
)
from rota.text import Message, Word, name

_ROUNDS = re.compile(r"(\d{1,4})(?:\s*([-–—－~～至到])\s*(\d{1,4})?)?")  # noqa: RUF001 - what input methods type


def _round_selection(cell: str) -> str:
    try:
        selected(cell, 1)
    except ValueError:
        raise refused("is not a choice of rounds; e.g. 1, 3-20", "不是轮次的选择；例如 1, 3-20") from None
    return cell


def selected(cell: str, rounds: int) -> frozenset[int]:
    """Read a choice of rounds, `1, 3-20` or `2-` (to the end), numbered from 1; an empty cell means all `rounds`.

    Raises:
        ValueError: the cell is in no such form.
    """
    if not cell.strip():
        return frozenset(range(1, rounds + 1))
    chosen: set[int] = set()
    for part in filter(None, (part.strip() for part in SEPARATORS.split(cell))):
        found = _ROUNDS.fullmatch(part)
        if not found:
            raise ValueError(part)
        first, last = int(found[1]), int(found[3] or found[1])
        if not 1 <= first <= last:
            raise ValueError(part)
        chosen.update(range(first, (rounds if found[2] and not found[3] else last) + 1))
    return frozenset(chosen)


def rounds_without(cell: str, dropped: int, rounds: int) -> str:
    """Return a choice of rounds without one of them: `2-` without 7 is `2-6, 8-`. Nothing is left of the only one."""
    return _rounds_said(cell, selected(cell, rounds) - {dropped}, rounds)


def rounds_with(cell: str, added: Iterable[int], rounds: int) -> str:
    """Return a choice of rounds with more of them: `2-6, 8-` with 7 is `2-`; all of them are the empty cell."""
    chosen = selected(cell, rounds).union(added)
    return "" if len(chosen) == rounds else _rounds_said(cell, chosen, rounds)


def _rounds_said(cell: str, chosen: frozenset[int], rounds: int) -> str:
    """Say which rounds are chosen; a cell that goes on to the end still does."""
    goes_on = rounds + 1 in selected(cell, rounds + 1) - selected(cell, rounds)
    runs: list[list[int]] = []
    for number in sorted(chosen):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_run(run, to_the_end=goes_on and run[-1] == rounds) for run in runs)


def _run(run: list[int], *, to_the_end: bool) -> str:
    if to_the_end:
        return f"{run[0]}-"
    return f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0])


Rounds = Annotated[str, AfterValidator(_round_selection)]


class OnHoliday(Word):
    """What an activity does when a round falls on a public holiday, or on a make-up workday."""

    KEEP = "keep", "照常", "keep"
    MOVE = "move", "顺延", "move"
    SKIP = "skip", "取消", "skip"


class Service(Word):
    """Fixed services return in the same form; special ones are made for the occasion."""

    FIXED = "fixed", "固定服务", "fixed service"
    SPECIAL = "special", "特色服务", "special service"


class Presence(Word):
    """Whether a session has to take place; `order` has none of its own, and takes place only when ordered."""

    MUST = "must", "必办", "must"
    MAY = "may", "可办", "may"
    ORDER = "order", "点单", "order"


class Activity(Named):
    """A series of sessions (活动项目), one per selected round of a cycle.

    A session of it may start at one of `times` (the first is the nominal one) on any of the `weekdays` from
    `days_before` to `days_after` around the round's date, and lasts `minutes`. `rooms` and `sites` left empty mean all.
    `attendance` is the number of people expected, `value` what a session that `may` take place is worth, `choice` names
    the set of activities of which some are to be chosen, `requester` who asked for it. One that takes place only when
    ordered needs no cycle, and its `rounds` say nothing.
    """

    cycle: OptionalId = Field("", title="轮次表")
    rounds: Rounds = Field("", title="轮次")
    times: Clocks = Field(title="时刻", min_length=1)
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(title="时长分钟")
    days_before: Annotated[int, Field(ge=0, le=60)] = Field(0, title="可提前天数")
    days_after: Annotated[int, Field(ge=0, le=60)] = Field(0, title="可推后天数")
    weekdays: Weekdays = Field("", title="可用星期")
    holidays: OnHoliday = Field(OnHoliday.MOVE, title="遇节假日")
    makeup_days: OnHoliday = Field(OnHoliday.KEEP, title="遇调休上班日")
    service: Service = Field(Service.SPECIAL, title="服务类别")
    presence: Presence = Field(Presence.MUST, title="是否必办")
    value: Count = Field(1, title="价值")
    choice: OptionalId = Field("", title="选择组")
    lines: Ids = Field((), title="服务线")
    theme: str = Field("", title="特色")
    theme_en: str = Field("", title="英文特色")
    sites: Ids = Field((), title="站点")
    needs_room: Flag = Field(default=True, title="需要场地")
    rooms: Ids = Field((), title="场地")
    attendance: Count = Field(0, title="预计人数")
    features: Texts = Field((), title="所需设施")
    requester: PersonalText = Field("", title="点单人")
    note: PersonalText = Field("", title="备注")

    @model_validator(mode="after")
    def _in_a_cycle(self) -> Activity:
        if not self.cycle and self.presence is not Presence.ORDER:
            raise refused(
                "a cycle is needed here, unless the activity takes place only when ordered",
                "此处必须填写轮次表，除非“是否必办”为“点单”",
                "cycle",
            )
        return self


class Part(Row):
    """One part (分场) of the sessions of an activity: a point with its theme and service line.

    An activity without rows here has one part, `main`. Empty cells fall back to the activity's.
    """

    activity: Id = Field(title="活动项目")
    id: Id = Field(title="编号")
    theme: str = Field("", title="特色")
    theme_en: str = Field("", title="英文特色")
    lines: Ids = Field((), title="服务线")
    rooms: Ids = Field((), title="场地")
    attendance: Count = Field(0, title="预计人数")
    features: Texts = Field((), title="所需设施")


class Kind(Word):
    """Which kind of resource takes a seat."""

    UNIT = "unit", "单位", "unit"
    PERSON = "person", "人员", "person"
    EQUIPMENT = "equipment", "设备", "equipment"


ROLE_NAMES = {
    "host": name("轮值单位", "Host"),
    "partner": name("协办单位", "Partner"),
    "guide": name("指导员", "Guide"),
    "instructor": name("讲师", "Instructor"),
    "volunteer": name("志愿者", "Volunteer"),
    "lawyer": name("律师", "Lawyer"),
    "resident": name("驻站讲师", "Resident instructor"),
    "rotating": name("轮值讲师", "Rotating instructor"),
    "equipment": name("设备", "Equipment"),
}


class Role(Row):
    """Seats (岗位) of an activity: from `least` to `most` resources of a kind, out of `groups`, with all the `skills`.

    `part` names the part that has the seats; empty means every part. No groups means any resource of the kind.
    """

    activity: Id = Field(title="活动项目")
    role: Id = Field(title="岗位")
    part: OptionalId = Field("", title="分场")
    kind: Kind = Field(Kind.UNIT, title="来源")
    groups: Texts = Field((), title="分组")
    skills: Texts = Field((), title="技能")
    least: Count = Field(1, title="最少")
    most: Positive = Field(1, title="最多")
    name: str = Field("", title="岗位名称")
    name_en: str = Field("", title="英文岗位名称")

    @model_validator(mode="after")
    def _ordered(self) -> Role:
        if self.least > self.most:
            raise refused("least is greater than most", "最少大于最多", "most")
        return self

    @property
    def label(self) -> Message:
        """The role's name in both languages."""
        return name(self.name, self.name_en) if self.name else ROLE_NAMES.get(self.role, name(self.role))
