"""The plan (轮值安排): what was decided, and how good it is. docs/reference/plan-file.md describes its JSON form."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, Strict, ValidationError

from rota.problem import RotaError
from rota.row import Id, Positive, Value, refused
from rota.text import several, text

FORMAT_VERSION = 2
"""The newest format that is read. Only plans made from a revision are written in it; all others keep to the first."""

YEARS = range(1900, 2200)
"""The years that a plan may be about; moments beyond cannot be told in every time zone."""


def _within_years(moment: dt.datetime) -> dt.datetime:
    if moment.year not in YEARS:
        raise refused("lies beyond the years 1900-2199", "超出 1900-2199 年")
    return moment


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_within_years),
    PlainSerializer(lambda moment: moment.isoformat(timespec="minutes"), return_type=str),
]


class PlanPart(Value):
    """What was decided for one part of a session: room, theme, service line, and who sits in each role."""

    id: Id
    room: str | None = None
    theme: str = ""
    line: str | None = None
    roles: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Session(Value):
    """One session (场次) that takes place."""

    id: str
    activity: Id
    start: Moment
    end: Moment
    site: Id
    parts: tuple[PlanPart, ...]

    @cached_property
    def part(self) -> Mapping[str, PlanPart]:
        """Parts by id."""
        return {part.id: part for part in self.parts}

    def serving(self, role: str | None = None) -> tuple[str, ...]:
        """Return who serves in the session, in `role` or in any; each once."""
        found = [
            who
            for part in self.parts
            for each, seated in part.roles.items()
            if role is None or each == role
            for who in seated
        ]
        return tuple(dict.fromkeys(found))


class CaseRef(Value):
    """The case that a plan answers."""

    title: str
    hash: str


class Declined(Value):
    """A session that might have taken place and does not, and why."""

    session: str
    reason: str


class OpenSeat(Value):
    """Seats that nobody takes: `missing` more are needed; without a part, the whole session is missing."""

    session: str
    part: str | None = None
    role: str | None = None
    missing: Positive


class PriorityScore(Value):
    """The cost at one priority, the bound below it, and whether they are proved equal.

    `conditional_on` lists stronger priorities that are not proved: the bound holds only at their values.
    """

    priority: int
    value: int
    bound: int | None = None
    proved: bool = False
    conditional_on: tuple[int, ...] = ()


class RuleScore(Value):
    """The cost of one demand and the number of its breaches."""

    rule: str
    priority: int
    cost: int
    breaches: int


class Solver(Value):
    """What made the plan; with the same case and seed, `reproducible` plans come out the same to the byte."""

    name: str = ""
    version: str = ""
    seed: int = 0
    reproducible: bool = False


class Plan(Value):
    """A plan of one case: sessions in order of their nominal dates, and their score.

    `base` is the published revision that the plan was made from; it has none where nothing was published before.
    """

    format_version: Annotated[int, Strict()] = 1
    case: CaseRef
    base: int | None = None
    sessions: tuple[Session, ...] = ()
    declined: tuple[Declined, ...] = ()
    open: tuple[OpenSeat, ...] = ()
    score: tuple[PriorityScore, ...] = ()
    rules: tuple[RuleScore, ...] = ()
    solver: Solver = Solver()

    @cached_property
    def session(self) -> Mapping[str, Session]:
        """Sessions by id."""
        return {session.id: session for session in self.sessions}

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The numbers by which people call the sessions, by id: 第7场 is the 7th in order of time."""
        in_time = sorted(self.sessions, key=lambda session: (session.start, session.id))
        return {session.id: number for number, session in enumerate(in_time, start=1)}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the plan's file."""
        return hashlib.sha256(dump_plan(self).encode()).hexdigest()

    @property
    def proved(self) -> bool:
        """Whether every priority is proved optimal."""
        return all(score.proved for score in self.score)

    def made_from(self, revision: int | None) -> Plan:
        """Return the plan with the revision noted that it was made from; None where there is none."""
        version = 1 if revision is None else FORMAT_VERSION
        return self.model_copy(update={"base": revision, "format_version": version})


def dump_plan(plan: Plan) -> str:
    """Write a plan as JSON, one session per line, so that line-based tools show changes by session."""
    fields = []
    for field, value in plan.model_dump(mode="json").items():
        if field == "base" and value is None:
            continue
        if isinstance(value, list) and value:
            rows = ",\n".join("  " + _compact(row) for row in value)
            fields.append(f" {json.dumps(field)}: [\n{rows}\n ]")
        else:
            fields.append(f" {json.dumps(field)}: {_compact(value)}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


class PlanError(RotaError):
    """A plan file cannot be read."""


def load_plan(content: str) -> Plan:
    """Read a plan from JSON.

    Raises:
        PlanError: it is not JSON, not a plan, or of a newer format than this program knows.
    """
    content = content.removeprefix("\ufeff")
    with suppress(ValidationError):
        plan = Plan.model_validate_json(content)
        if "format_version" in plan.model_fields_set and 1 <= plan.format_version <= FORMAT_VERSION:
            return plan
    return _load_step_by_step(content)


def _load_step_by_step(content: str) -> Plan:
    """Read what is no plan at the first glance, so as to say what is wrong with it.

    Raises:
        PlanError: it is not JSON, not a plan, or of a newer format than this program knows.
    """
    try:
        body = json.loads(content)
    except RecursionError as error:
        raise PlanError(
            text("The file is not a plan: it is nested too deep.", "这不是轮值安排文件：嵌套过深。")
        ) from error
    except json.JSONDecodeError as error:
        raise PlanError(
            text(
                "The plan is not JSON (line {line}). Plans are made by `rota plan … -o FILE`.",
                "轮值安排文件不是 JSON（第 {line} 行）。请用 `rota plan … -o 文件` 生成。",
                line=error.lineno,
            )
        ) from error
    version = body.get("format_version") if isinstance(body, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PlanError(
            text("The file is not a plan: it has no format_version.", "这不是轮值安排文件：缺少 format_version。")
        )
    if version > FORMAT_VERSION:
        raise PlanError(
            text(
                "The plan has format {found}; this version of Rota reads up to {known}. Please update Rota.",
                "该安排的格式为 {found}，本版 Rota 最高支持 {known}，请升级 Rota。",
                found=version,
                known=FORMAT_VERSION,
            )
        )
    try:
        return Plan.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise PlanError(
            text(
                "The plan cannot be read: {where} {what} ({n} in all).",
                "无法读取轮值安排：{where} {what}（共 {n}）。",
                where=where,
                what=first["msg"],
                n=several(error.error_count(), "error", "处错误"),
            )
        ) from error
