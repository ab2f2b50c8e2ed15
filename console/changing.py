"""`rota change`: what a coordinator says, in names, becomes a change, in ids; it is made and told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.desk import DeskError
from console.hints import published_plan
from console.making import make
from console.naming import activity_named, resource_named, role_named, room_named, session_named, thing_named
from rota.agenda import agenda_of
from rota.case import Settings
from rota.changes import CHANGES, read_change
from rota.changes.making import CheckedChange
from rota.changes.swaps import SwapAsked, request_lines
from rota.changes.wording import called, role_called, session_called
from rota.document import State
from rota.row import SEPARATORS
from rota.row_title import rule_called
from rota.text import Message, text

if TYPE_CHECKING:
    from console.desk import Desk
    from rota.case import Case
    from rota.plan import Plan

RANGE = re.compile(r"\.\.|～|~|至| to ")
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Speaker:
    """What names mean in a case and its newest plan."""

    state: State
    plan: Plan | None = None

    @property
    def case(self) -> Case:
        """The case."""
        return self.state.case

    def session(self, said: str) -> str:
        """Return the session meant."""
        return session_named(self.case, said, self.plan).id

    def role(self, session: str, said: str | None) -> str:
        """Return the role meant; where none is said, the first that the session has.

        Raises:
            RotaError: none is meant.
        """
        if said:
            return role_named(self.case, said)
        occurrence = agenda_of(self.case).by_id[session]
        return next((seats.name for part in occurrence.parts for seats in part.seats), "")

    def start_of(self, session: str, role: str, who: str) -> str:
        """Return when the session starts in which somebody has a role.

        Raises:
            DeskError: they have none there.
        """
        planned = self.plan.session.get(session) if self.plan else None
        if planned is None or who not in {seat["who"] for seat in self.held(session, role)}:
            raise DeskError(
                text(
                    "{who} does not serve as {role} in {session} according to the newest plan.",
                    "最新安排中，{who} 不担任 {session} 的{role}。",
                    who=called(self.case, who),
                    role=role_called(self.case, role),
                    session=session_called(self.case, session),
                )
            )
        return f"{planned.start:%Y-%m-%d %H:%M}"

    def held(self, session: str, role: str) -> list[dict[str, str]]:
        """Return who has the seats of a role in the plan."""
        planned = self.plan.session.get(session) if self.plan else None
        return [
            {"session": session, "part": part.id, "role": role, "who": who}
            for part in (planned.parts if planned else ())
            for who in part.roles.get(role, ())
        ]


def listed(said: Iterable[str] | str | None) -> list[str]:
    """Return the items of what was said: several options, or one cell as people type it."""
    cells = [said] if isinstance(said, str) else said or ()
    return [item.strip() for cell in cells for item in SEPARATORS.split(cell) if item.strip()]


def days(said: str) -> dict[str, str]:
    """Read a day, or from one to another: `2027-05-15..2027-05-20`."""
    first, *last = (part.strip() for part in RANGE.split(said, maxsplit=1))
    return {"first": first, **({"last": last[0]} if last else {})}


def minted(state: State, stem: str) -> str:
    """Return an id that no activity, order or request has."""
    taken = {*state.case.activity, *(order.id for order in state.case.orders), *(each.id for each in state.requests)}
    return next(id_ for n in range(1, len(taken) + 2) if (id_ := f"{stem}-{n}") not in taken)


def body_of(kind: str, said: Said, state: State, plan: Plan | None) -> dict[str, Any]:
    """Return the particulars of a change, in ids, for what was said in names; what was not said is left out.

    Raises:
        RotaError: a name is unclear.
    """
    body = {field: value for field, value in said.items() if value not in (None, "", (), False)}
    build = BUILDERS.get(kind, _of_session if "session" in said else _as_said)
    return build(kind, body, Speaker(state, plan))


def _as_said(_: str, body: Said, __: Speaker) -> dict[str, Any]:
    return dict(body)


def _time(_: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    named = thing_named(speaker.case, body["resource"])
    return {**_except(body, "dates"), "resource": named, **days(body["dates"])}


def _leaving(_: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    return {**body, "who": resource_named(speaker.case, body["who"])}


def _except(body: Said, *fields: str) -> dict[str, Any]:
    return {field: value for field, value in body.items() if field not in fields}


def _joining(_: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    beside = ("contact", "phone", "email", "sites")
    row = {cell: listed(said) if isinstance(said, tuple) else said for cell, said in _except(body, *beside).items()}
    if "unit" in body:
        row["unit"] = resource_named(speaker.case, body["unit"])
    joining: dict[str, Any] = {"row": row, "contacts": list(_contacts(body))}
    if "sites" in body:
        joining["sites"] = [thing_named(speaker.case, site) for site in listed(body["sites"])]
    return joining


def _contacts(body: Said) -> Iterator[dict[str, str]]:
    reached = {cell: body[cell] for cell in ("phone", "email") if cell in body}
    if reached or "contact" in body:
        channel = "email" if "email" in reached else "phone"
        yield {"of": body["id"], "name": body.get("contact", body["name"]), "channel": channel, **reached}


def _ordering(kind: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    case, state = speaker.case, speaker.state
    named = activity_named(case, body["activity"])
    sites = {"sites": [thing_named(case, site) for site in listed(body["sites"])]} if "sites" in body else {}
    if kind == "session_added":
        return {"id": minted(state, f"{named}-extra"), **body, "activity": named, **sites}
    row = {"id": minted(state, "order"), **_except(body, "activity"), "service": named, **sites}
    return {"row": {**row, "days": listed(body["days"]), "times": listed(body.get("times"))}}


def _holidays(_: str, body: Said, __: Speaker) -> dict[str, Any]:
    about = {cell: body[cell] for cell in ("name", "notice", "provisional") if cell in body}
    rows = [{"day": day, "kind": kind, **about} for kind in ("off", "work") for day in listed(body.get(kind))]
    return {"rows": rows, "dropped": listed(body.get("drop"))}


def _settings(_: str, body: Said, __: Speaker) -> dict[str, Any]:
    """Return settings by their fields, each of which may be said by its label as well."""
    fields = {info.title: field for field, info in Settings.model_fields.items()}
    return {"cells": {fields.get(cell, cell): value for cell, value in _pairs(body["cells"])}}


def _pairs(said: Sequence[str]) -> Iterator[tuple[str, str]]:
    for pair in said:
        key, mark, value = pair.partition("=")
        if not mark:
            raise DeskError(text('"{pair}" is not in the form KEY=VALUE.', "“{pair}”不是“名称=值”的形式。", pair=pair))
        yield key.strip(), value.strip()


def _rule(_: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    """Return a rule as stated before with what is said of it now; a parameter without a value is taken off.

    The cells that every rule has may be said like parameters: `weight=5`.
    """
    if "remove" in body:
        return {"id": body["id"]}
    old = next((demand for demand in speaker.case.demands if demand.id == body["id"]), None)
    if old is None and "kind" not in body and not any(pair.startswith("kind=") for pair in body.get("params", ())):
        raise DeskError(_unstated(speaker.case, body["id"]))
    row: dict[str, Any] = old.model_dump(mode="json") if old else {}
    said = dict(_pairs(body.get("params", ())))
    frame = {cell: said.pop(cell) for cell in ("kind", "priority", "weight") if cell in said}
    params = {**dict(row.get("params", ())), **said}
    return {"id": body["id"], "row": {**row, **frame, **_except(body, "params"), "params": params}}


def _unstated(case: Case, id_: str) -> Message:
    return text(
        'There is no rule "{id}" yet; to state it, say of which kind it is: --kind KIND (`rota rules` lists the '
        "kinds). Stated are: {stated}.",
        "尚无规则“{id}”；如为新增，请写明规则种类：--kind 种类（可用 `rota rules` 查看）。已有规则：{stated}。",
        id=id_,
        stated=tuple(rule_called(demand) for demand in case.demands) or text("none", "无"),
    )


def _of_session(kind: str, body: Said, speaker: Speaker) -> dict[str, Any]:
    """Return what is said about one session: the names in it, each where its kind has one."""
    session = speaker.session(body["session"])
    named: dict[str, Any] = {"session": session}
    if "who" in body:
        named["who"] = resource_named(speaker.case, body["who"])
    if "instead_of" in body:
        named["instead_of"] = resource_named(speaker.case, body["instead_of"])
    if "host" in body:
        named["host"] = resource_named(speaker.case, body["host"])
    if "room" in body:
        named["room"] = room_named(speaker.case, body["room"])
    if "role" in body or kind in {"seat_set", "declined", "accepted"} or (kind == "pinned" and "who" in body):
        named["role"] = speaker.role(session, body.get("role"))
    if kind == "accepted":
        named["start"] = speaker.start_of(session, named["role"], named["who"])
    if kind == "swap_asked":
        return _swap(body, speaker, session)
    if kind == "outcome_recorded":
        return {**_except(body, "not_held"), **named, "held": not body.get("not_held")}
    if kind == "pinned":
        pin = {**_except({**body, **named}, "who"), **({"resource": named["who"]} if "who" in named else {})}
        return {"pin": pin}
    return {**body, **named}


def _swap(body: Said, speaker: Speaker, session: str) -> dict[str, Any]:
    """Return the two seats that are exchanged: those of one role in two sessions of the plan."""
    other = speaker.session(body["other"])
    role = speaker.role(session, body.get("role"))
    seats = []
    for each, who in ((session, body.get("who")), (other, body.get("with_whom"))):
        wanted = resource_named(speaker.case, who) if who else None
        held = [seat for seat in speaker.held(each, role) if wanted in {None, seat["who"]}]
        if len(held) != 1:
            raise DeskError(_unclear_seat(speaker.case, each, role, held))
        seats.append(held[0])
    note = {"note": body["note"]} if "note" in body else {}
    return {"id": body.get("id", ""), "mine": seats[0], "other": seats[1], **note}


def _unclear_seat(case: Case, session: str, role: str, held: Sequence[Said]) -> Any:  # noqa: ANN401 - a message
    said = {
        "session": agenda_of(case).by_id[session].label,
        "role": case.role_label.get(role, role),
        "who": tuple(case.label[seat["who"]] for seat in held),
    }
    if held:
        return text(
            "{session} has several in the role {role}: {who}. Say who exchanges (--who, --with).",
            "{session} 的{role}有多人：{who}。请写明由谁互换（--who、--with）。",
            **said,
        )
    return text(
        "Nobody has the role {role} in {session} according to the newest plan.",
        "最新安排中，{session} 没有人担任{role}。",
        **said,
    )


BUILDERS: Mapping[str, Callable[[str, Said, Speaker], dict[str, Any]]] = {
    "unavailable": _time,
    "available_again": _time,
    "unit_joined": _joining,
    "person_joined": _joining,
    "unit_left": _leaving,
    "person_left": _leaving,
    "session_added": _ordering,
    "order_placed": _ordering,
    "holiday_moved": _holidays,
    "settings_changed": _settings,
    "rule_changed": _rule,
}
"""How what was said becomes particulars, where it is not about one session."""


# Making changes.


def change(
    desk: Desk, kind: str, said: Said, actor: str | None, note: str, *, dry_run: bool, force: bool = False
) -> None:
    """Make a change that was said in names, and tell it.

    Raises:
        RotaError: a name is unclear, or the change cannot be made; nothing is recorded.
    """

    def build(state: State) -> list[CheckedChange]:
        body = body_of(kind, said, state, published_plan(desk))
        if kind == "swap_asked":
            body["id"] = body["id"] or minted(state, "swap")
        return [read_change(kind, CHANGES[kind].version, body)]

    made = make(desk, build, actor, note, dry_run=dry_run, force=force)
    asked = {each.id for each in made if isinstance(each, SwapAsked)}
    if asked and not dry_run:
        desk.screen.each(line for line in request_lines(desk.state) if line.params["id"] in asked)


AGREED = text("both agree, as the coordinator notes", "双方同意，由联络员登记")


def swap(desk: Desk, said: Said, actor: str | None, note: str, *, dry_run: bool, force: bool = False) -> None:
    """Exchange two seats of the newest plan: a coordinator says that both agree, and confirms it at once.

    Raises:
        RotaError: it is unclear whose seats are meant, or they cannot be exchanged.
    """

    def build(state: State) -> list[CheckedChange]:
        body = {**body_of("swap_asked", said, state, published_plan(desk)), "id": minted(state, "swap")}
        agreed = {"id": body["id"], "agreed": True, "note": AGREED.say(desk.screen.language)}
        said_of = {"swap_asked": body, "swap_answered": agreed, "swap_confirmed": {"id": body["id"]}}
        return [read_change(kind, CHANGES[kind].version, particulars) for kind, particulars in said_of.items()]

    make(desk, build, actor, note, dry_run=dry_run, force=force)
