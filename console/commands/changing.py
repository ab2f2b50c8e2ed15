"""Commands that change a published case: one for every kind of change, everyday ones, and working copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from console.commands.keeping import actor_option, case_option, note_option
from console.commands.options import CasePath, dry_run_option, json_option, language_option
from console.help import Brief, Group
from console.places import case_at, has_journal

Param = click.Parameter


def filled(context: click.Context, param: Param, value: Any) -> Any:  # noqa: ANN401 - whatever click has read
    """Let no argument be empty, as it is where a variable of a script is.

    Raises:
        MissingParameter: it is.
    """
    if not all(str(each).strip() for each in (value if isinstance(value, tuple) else (value,))):
        raise click.MissingParameter(ctx=context, param=param)
    return value


def _argument(name: str, *, several: bool = False) -> Param:
    return click.Argument([name], nargs=-1 if several else 1, required=True, callback=filled)


def _option(name: str, said: str, *, several: bool = False, flag: bool = False) -> Param:
    return click.Option([f"--{name.replace('_', '-')}", name], help=said, multiple=several, is_flag=flag)


REASON = _option("reason", "Why. 原因。")
PART = _option("part", "Which part of the session. 分场。")
ROLE = _option("role", "In which role; else the first of the session. 岗位。")
FROM = _option("start", "From this time of day. 开始时刻。")
TO = _option("end", "To this time of day. 结束时刻。")
SITES = _option("sites", "Only at these sites. 站点。", several=True)
REQUESTER = _option("requester", "Who asks for it. 点单人。")
ATTENDANCE = _option("attendance", "People expected. 预计人数。")
FORCE = _option("force", "Even where a rule is then broken. 虽违反规则仍登记。", flag=True)
NAMED = (
    _option("name_en", "The name for readers of English. 英文名称。"),
    _option("groups", "Groups that it is in; may repeat. 分组。", several=True),
    _option("lines", "Service lines, by id; may repeat. 服务线编号。", several=True),
    _option("skills", "Skills; may repeat. 技能。", several=True),
    _option("joined", "The first day. 加入日期。"),
    _option("contact", "Whom to reach. 联系人。"),
    _option("phone", "The contact's phone. 联系电话。"),
    _option("email", "The contact's e-mail. 联系邮箱。"),
)

PARAMS: Mapping[str, tuple[str, Sequence[Param]]] = {
    "unit_joined": (
        "A unit becomes a member. 单位加入。",
        (_argument("id"), _argument("name"), *NAMED, _option("members", "How many members. 成员数。")),
    ),
    "unit_left": ("A unit leaves after LAST. 单位退出。", (_argument("who"), _argument("last"), REASON)),
    "person_joined": (
        "A person becomes available. 人员加入。",
        (_argument("id"), _argument("name"), *NAMED, _option("unit", "Where they come from. 所属单位。"), SITES),
    ),
    "person_left": ("A person leaves after LAST. 人员退出。", (_argument("who"), _argument("last"), REASON)),
    "unavailable": (
        "Somebody, a room or a site cannot serve on DATES, a day or FIRST..LAST. 不能参加、场地关闭。",
        (
            _argument("resource"),
            _argument("dates"),
            FROM,
            TO,
            _option("weekdays", "Only on these weekdays. 星期。"),
            click.Option(["--level"], type=click.Choice(["cannot", "avoid"]), help="How strongly. 不能或尽量避免。"),
            REASON,
        ),
    ),
    "available_again": (
        "What was stated about DATES is taken back. 恢复参加、场地开放。",
        (_argument("resource"), _argument("dates"), FROM, TO),
    ),
    "session_added": (
        "An extra session of ACTIVITY. 加开场次。",
        (_argument("activity"), _argument("day"), _argument("time"), REQUESTER, SITES, ATTENDANCE, REASON),
    ),
    "session_cancelled": ("SESSION does not take place. 取消场次。", (_argument("session"), REASON)),
    "session_moved": (
        "SESSION starts at START, e.g. '2027-05-15 14:00'. 场次改期。",
        (
            _argument("session"),
            _argument("start"),
            _option("widen", "Even where its activity does not foresee it. 允许超出窗口。", flag=True),
            FORCE,
            REASON,
        ),
    ),
    "order_placed": (
        "REQUESTER orders the service ACTIVITY on one of DAYS. 新增点单。",
        (
            _argument("activity"),
            _argument("requester"),
            _argument("days", several=True),
            _option("times", "Starting times wished. 期望时刻。", several=True),
            ATTENDANCE,
            _option("value", "What it is worth. 价值。"),
            SITES,
        ),
    ),
    "order_withdrawn": ("An order is not wanted any more. 撤回点单。", (_argument("order"), REASON)),
    "outcome_recorded": (
        "What became of SESSION. 登记台账。",
        (
            _argument("session"),
            _option("not_held", "It was not held. 未举办。", flag=True),
            _option("host", "Who held it. 实际轮值单位。"),
            _option("served", "People served. 服务人数。"),
        ),
    ),
    "room_set": (
        "SESSION takes place in ROOM. 指定场地。",
        (_argument("session"), _argument("room"), PART, FORCE, REASON),
    ),
    "seat_set": (
        "WHO serves in SESSION. 指定人选。",
        (
            _argument("session"),
            _argument("who"),
            ROLE,
            PART,
            _option("instead_of", "Who then does not. 替换谁。"),
            FORCE,
            REASON,
        ),
    ),
    "pinned": (
        "Something about SESSION is fixed, or banned; without options, that it takes place. 锁定。",
        (
            _argument("session"),
            FROM,
            _option("room", "In this room. 场地。"),
            _option("who", "With them. 对象。"),
            ROLE,
            PART,
            _option("absent", "Not so. 禁止。", flag=True),
            FORCE,
        ),
    ),
    "unpinned": (
        "What is fixed about SESSION is free again. 解除锁定。",
        (_argument("session"), _option("who", "Only about them. 对象。"), ROLE, PART),
    ),
    "accepted": (
        "WHO confirms their turn in SESSION. 确认到岗。",
        (
            _argument("session"),
            _argument("who"),
            ROLE,
            PART,
            _option("tentative", "Not certain yet. 暂不确定。", flag=True),
            REASON,
        ),
    ),
    "declined": ("WHO will not serve in SESSION. 谢绝。", (_argument("session"), _argument("who"), ROLE, PART, REASON)),
    "swap_asked": (
        "The seat in SESSION is to be exchanged for that in OTHER. 提出换班。",
        (
            _argument("session"),
            _argument("other"),
            ROLE,
            _option("who", "Whose seat in SESSION. 己方。"),
            click.Option(["--with", "with_whom"], help="Whose seat in OTHER. 对方。"),
        ),
    ),
    "swap_answered": (
        "The other side of request ID agrees (yes) or not (no). 答复换班。",
        (_argument("id"), _argument("agreed")),
    ),
    "swap_confirmed": (
        "Request ID, which was agreed to, is carried out. 确认换班。",
        (_argument("id"), _option("without_answer", "Though nobody answered. 未经对方答复。", flag=True), FORCE),
    ),
    "swap_withdrawn": ("Request ID is taken back. 撤回换班。", (_argument("id"),)),
    "holiday_moved": (
        "Days are public holidays or make-up workdays. 节假日调整。",
        (
            _option("off", "A day off; may repeat. 放假日期。", several=True),
            _option("work", "A make-up workday; may repeat. 调休上班日期。", several=True),
            _option("drop", "A day that is as in the calendar again; may repeat. 恢复按日历。", several=True),
            _option("name", "The holiday. 名称。"),
            _option("notice", "Number of the notice. 文号。"),
            _option("provisional", "Without a notice as yet. 暂定。", flag=True),
        ),
    ),
    "rule_changed": (
        "Rule ID is stated, or otherwise; PARAMS are KEY=VALUE. 规则调整。",
        (
            _argument("id"),
            click.Argument(["params"], nargs=-1),
            _option("kind", "Which kind of rule. 规则种类。"),
            _option("priority", "必须 (required), or a number from 1. 优先级。"),
            _option("weight", "How much a breach counts. 权重。"),
            _option("remove", "Take it off. 删除。", flag=True),
        ),
    ),
    "settings_changed": ("Settings, as KEY=VALUE, e.g. freeze_days=7. 参数调整。", (_argument("cells", several=True),)),
}
"""What is said on the command line for each kind of change; the others come from calendars and from working copies."""

REASONED = frozenset({"outcome_recorded", "pinned", "rule_changed", "swap_asked", "swap_answered"})
"""Kinds whose particulars hold a note."""


@click.group(cls=Group)
def change() -> None:
    """Record that something changed: who, what and when, in names or ids. 登记变更。

    Each kind is a command of its own. The change is tried first, and refused with every reason why it cannot be.
    每种变更一个命令。先行检验，不可行时列出全部原因。
    """


def _of_kind(kind: str) -> click.Command:
    said, params = PARAMS[kind]

    def record(case: Path | None, lang: str | None, **told: Any) -> None:  # noqa: ANN401 - click's options
        from console.changing import change as make

        common = {name: told.pop(name) for name in ("actor", "note", "dry_run", "as_json")}
        force = told.pop("force", False)
        if kind in REASONED:
            told["note"] = common["note"]
        with _desk(case, lang, as_json=common["as_json"]) as desk:
            make(desk, kind, told, common["actor"], common["note"], dry_run=common["dry_run"], force=force)

    command = click.command(kind, cls=Brief, help=said)(
        case_option(actor_option(note_option(dry_run_option(json_option(language_option(record))))))
    )
    command.params = [*params, *command.params]
    return command


def _desk(case: Path | None, lang: str | None, *, as_json: bool) -> Any:  # noqa: ANN401 - a context manager
    from console.desk import opened

    return opened(case_at(case), lang, as_json=as_json)


for each in PARAMS:
    change.add_command(_of_kind(each))


@click.command(cls=Brief)
@click.argument("who", callback=filled)
@click.argument("dates", metavar="DATE[..DATE]", callback=filled)
@click.option("--reason", default="", help="Why. 原因。")
@case_option
@actor_option
@note_option
@dry_run_option
@json_option
@language_option
def away(who: str, dates: str, reason: str, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Record that a unit, person, room or site cannot serve: `rota away 税务局 2027-05-15`. 登记不能参加。"""
    from console.changing import change as make

    said = {"resource": who, "dates": dates, "reason": reason}
    with _desk(case, lang, as_json=options["as_json"]) as desk:
        make(desk, "unavailable", said, options["actor"], options["note"], dry_run=options["dry_run"])


@click.command(cls=Brief)
@click.argument("session", callback=filled)
@click.argument("other", callback=filled)
@click.option("--role", help="In which role; else the first of the session. 岗位。")
@click.option("--who", help="Whose seat in SESSION, where there are several. 己方。")
@click.option("--with", "with_whom", help="Whose seat in OTHER, where there are several. 对方。")
@click.option("--force", is_flag=True, help="Even where the newest plan then breaks a rule. 虽违反规则仍登记。")
@case_option
@actor_option
@note_option
@dry_run_option
@json_option
@language_option
def swap(session: str, other: str, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Let those who serve in two sessions exchange places: `rota swap 第7场 第9场`. 两场互换。"""
    from console.changing import swap as exchange

    said = {"session": session, "other": other, **{field: options[field] for field in ("role", "who", "with_whom")}}
    with _desk(case, lang, as_json=options["as_json"]) as desk:
        flags = {"dry_run": options["dry_run"], "force": options["force"]}
        exchange(desk, said, options["actor"], options["note"], **flags)


@click.command(cls=Brief)
@click.argument("target", type=CasePath, required=False)
@case_option
@click.option("--discard", is_flag=True, help="Drop edits that were not synced. 放弃尚未登记的修改。")
@language_option
def pull(target: Path | None, case: Path | None, lang: str | None, *, discard: bool) -> None:
    """Write what holds now into TARGET, a folder or workbook; else into the case itself. 取回最新资料。

    A workbook also shows the sessions of the newest plan (场次), to be edited there and synced.
    工作簿中另有最新安排的“场次”表，可在其中修改后同步。
    """
    from console.syncing import pull as take

    place = _place(case, target)
    with _desk(place, lang, as_json=False) as desk:
        take(desk, target or place, discard=discard)


@click.command(cls=Brief)
@click.argument("source", type=CasePath, required=False)
@case_option
@click.option("--allow-delete", is_flag=True, help="Even where most rows of a table are gone. 允许大量删除。")
@click.option(
    "--keep", type=click.Choice(["mine", "theirs"]), help="What holds where both changed a cell. 冲突时以哪方为准。"
)
@actor_option
@dry_run_option
@json_option
@language_option
def sync(source: Path | None, case: Path | None, lang: str | None, **options: Any) -> None:  # noqa: ANN401 - click's options
    """Record what was edited in SOURCE, a folder or workbook; else in the case itself. 登记对资料的修改。

    Edits of others since are merged cell by cell; contradictions are named by cell, and nothing is recorded then.
    他人在此期间的修改按单元格合并；有冲突时按单元格指出，并且不登记任何内容。
    """
    from console.syncing import sync as record

    place = _place(case, source)
    with _desk(place, lang, as_json=options["as_json"]) as desk:
        record(
            desk,
            source or place,
            options["actor"],
            dry_run=options["dry_run"],
            allow_delete=options["allow_delete"],
            keep=options["keep"],
        )


def _place(case: Path | None, copy: Path | None) -> Path:
    """Return where the journal's case lies: what is named, the copy itself where a journal is beside it, or here."""
    if case is None and copy is not None and _holds_case(copy) and has_journal(copy):
        return copy
    return case_at(case)


def _holds_case(copy: Path) -> bool:
    return copy.is_file() or (copy / "rotation.toml").is_file()


COMMANDS: tuple[click.Command, ...] = (change, away, swap, pull, sync)
