"""`rota why --session`: what else a session could be, all else staying as it is, and what that would cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.choices import candidate_body, candidate_line, effect_body, start_line
from console.naming import UnclearNameError
from constraints.alternatives import Alternatives, Effect
from rota.text import Message, text

if TYPE_CHECKING:
    import datetime as dt

    from console.screen import Screen
    from constraints.rule import Rule
    from rota.agenda import Occurrence
    from rota.case import Case
    from rota.plan import Plan

MOST_SHOWN = 5
"""So many alternatives to one decision are shown in full."""


def why_session(
    case: Case, rules: Sequence[Rule], plan: Plan, occurrence: Occurrence, role: str | None, screen: Screen
) -> None:
    """Print what else a session could be, all else staying as it is: who else could serve, and when it could start.

    Raises:
        UnclearNameError: the session has no such role.
    """
    alternatives = Alternatives(case, rules, plan)
    held = plan.session[occurrence.id]
    number = plan.number[occurrence.id]
    screen.say(_headline(number, occurrence, held.start.astimezone(case.zone)))
    body: dict[str, object] = {"session": occurrence.id, "number": number}
    starts = alternatives.starts(occurrence.id)
    if starts and role is None:
        screen.say("")
        screen.say(text("Other starts:", "可改的开始时间："))
        _some(screen, [(other.effect, start_line(rules, other)) for other in starts])
        body["starts"] = [{"start": o.start.isoformat(), **effect_body(o.effect, screen)} for o in starts]
    roles = [(part, seats) for part in occurrence.parts for seats in part.seats if role in {None, seats.name}]
    if not roles:
        raise UnclearNameError(_no_role(occurrence))
    seats_body = []
    for part, seats in roles:
        seated = held.part[part.id].roles.get(seats.name, ())
        found = alternatives.candidates(occurrence.id, part.id, seats.name)
        screen.say("")
        screen.say(_seated(case, part.theme, seats.role.label, seated, several=len(occurrence.parts) > 1))
        _some(screen, [(candidate.effect, candidate_line(case, rules, candidate)) for candidate in found])
        seats_body.append(
            {
                "part": part.id,
                "role": seats.name,
                "holds": list(seated),
                "candidates": [candidate_body(candidate, screen) for candidate in found],
            }
        )
    screen.emit({**body, "seats": seats_body})
    screen.note(
        text(
            "Each is tried with all else as it is; `rota whynot WHO SESSION` plans the rest anew around one choice.",
            "以上各项均以其余不变为前提；`rota whynot 单位 场次` 会围绕该选择重新排其余场次。",
        )
    )


def _headline(number: int, occurrence: Occurrence, start: dt.datetime) -> Message:
    said = {"number": number, "session": occurrence.label}
    if start.date() == occurrence.nominal.date():
        return text("No. {number}: {session} {time}", "第{number}场：{session} {time}", time=start.time(), **said)
    return text(
        "No. {number}: {session}, moved to {start}", "第{number}场：{session}，改在 {start}", start=start, **said
    )


def _some(screen: Screen, effects: Sequence[tuple[Effect, Message]]) -> None:
    """Print the best few, and how many more there are."""
    if not effects:
        screen.say(text("  - nobody else is a candidate", "  - 没有其他候选"))
    screen.each(f"  - {line.say(screen.language)}" for _, line in effects[:MOST_SHOWN])
    rest = [effect.possible for effect, _ in effects[MOST_SHOWN:]]
    if rest:
        counts = (
            text("{n} possible", "{n} 项可行", n=sum(rest)),
            text("{n} not possible", "{n} 项不可行", n=len(rest) - sum(rest)),
        )
        more = text(
            "and more ({counts}); --json lists all",
            "另有 {counts}；--json 可列出全部",
            counts=tuple(count for count in counts if count.params["n"]),
        )
        screen.say(f"    {more.say(screen.language)}")


def _seated(case: Case, theme: Message, role: Message, seated: Sequence[str], *, several: bool) -> Message:
    return text(
        "{role}{theme}: {who}. Instead:",
        "{role}{theme}：{who}。可换为：",
        role=role,
        theme=text(" ({theme})", "（{theme}）", theme=theme) if several else text("", ""),
        who=tuple(case.label[who] for who in seated) or text("nobody", "空缺"),
    )


def _no_role(occurrence: Occurrence) -> Message:
    return text(
        "{session} has no such role; it has: {roles}",
        "{session} 没有该岗位；已有：{roles}",
        session=occurrence.label,
        roles=tuple(dict.fromkeys(seats.role.label for part in occurrence.parts for seats in part.seats))
        or text("none", "无"),
    )
