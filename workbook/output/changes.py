"""The difference between two plans in words: session by session, then by those whose own calendar changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from rota.agenda import MAIN_PART, session_label
from rota.case import Case
from rota.difference import Change, Difference
from rota.text import Language, Message, several, text
from workbook.output.names import Names

INDENT = "  "


def diff_lines(case: Case, difference: Difference, language: Language) -> list[str]:
    """Say a difference line by line; one line saying so where there is none.

    Each session that differs heads its changes, which are indented. Who left and who joined the same role of the same
    part are one line. Then each person or unit that gains (+) or loses (-) turns has a line of these.
    """
    if not difference:
        return [text("Nothing differs.", "没有差异。").say(language)]
    names = Names(case, language)
    lines = [_count(difference).say(language)]
    for session, changes in groupby(difference.changes, lambda change: change.session):
        mine = list(changes)
        moved = any(change.what == "moved" for change in mine)  # which its own line says
        lines.append(session_label(case, session, None if moved else difference.starts.get(session)).say(language))
        lines += [f"{INDENT}{line}" for line in _of_session(case, mine, names)]
    gains = _gains(case, difference, names)
    if gains:
        lines.append(text("Who gains (+) or loses (-) turns:", "轮值增减（+ 新增，- 减少）：").say(language))
        lines += [f"{INDENT}{line}" for line in gains]
    return lines


def _count(difference: Difference) -> Message:
    n, people = len(difference.sessions), len(difference.people)
    sessions = several(n, "session differs", "场有变", "sessions differ")
    if not people:
        return text("{sessions}.", "{sessions}。", sessions=sessions)
    gain = text(
        "{p} gains or loses turns" if people == 1 else "{p} gain or lose turns", "{p} 个单位或人员轮值有增减", p=people
    )
    return text("{sessions}; {gain}.", "{sessions}，{gain}。", sessions=sessions, gain=gain)


def _of_session(case: Case, changes: Sequence[Change], names: Names) -> list[str]:
    plain = [_plain(case, change, names) for change in changes if change.what not in {"joined", "left"}]
    seats: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.what in {"joined", "left"}:
            seats.setdefault((change.part or "", change.role or ""), []).append(change)
    exchanged = [_exchange(part, role, group, names) for (part, role), group in seats.items()]
    return [message.say(names.language) for message in (*plain, *exchanged)]


def _plain(case: Case, change: Change, names: Names) -> Message:
    """Say a change of time, place or line, or that a session comes or goes."""
    before, after = (_value(case, change, value, names) for value in (change.before, change.after))
    match change.what:
        case "added":
            return text("added at {at}", "新增，时间 {at}", at=after)
        case "dropped":
            return text("dropped; it was at {at}", "取消，原定 {at}", at=before)
        case "moved" if before == after:
            return text("other length, from {at}", "时长有变，{at} 开始", at=after)
        case "moved":
            what: Message = text("time", "时间")
        case "line":
            what = text("service line", "服务线")
        case _:
            what = text("room", "场地") if change.part else text("site", "站点")
    return text(
        "{what}{part}: {before} → {after}",
        "{what}{part}：{before} → {after}",
        what=what,
        part=_part(change.part),
        before=before,
        after=after,
    )


def _value(case: Case, change: Change, value: str | dt.datetime | None, names: Names) -> object:
    if isinstance(value, dt.datetime):
        return value.astimezone(case.zone)
    if value is None:
        return text("none", "无")
    if change.what == "line":
        return names.line(value)
    return names.room(value) if change.part else names.site(value)


def _part(part: str | None) -> Message:
    """Name the part only where a session has several."""
    return text("", "") if part in {None, MAIN_PART} else text(" ({part})", "（{part}）", part=part)


def _exchange(part: str, role: str, changes: Sequence[Change], names: Names) -> Message:
    left = tuple(names.who(change.who or "") for change in changes if change.what == "left")
    joined = tuple(names.who(change.who or "") for change in changes if change.what == "joined")
    said = {"role": names.role(role), "part": _part(part), "left": left, "joined": joined}
    if left and joined:
        return text("{role}{part}: {left} → {joined}", "{role}{part}：{left} → {joined}", **said)
    if left:
        return text("{role}{part}: without {left}", "{role}{part}：{left} 退出", **said)
    return text("{role}{part}: {joined} joins", "{role}{part}：{joined} 加入", **said)


def _gains(case: Case, difference: Difference, names: Names) -> list[str]:
    order = {who: number for number, who in enumerate(case.resources)}
    people = sorted(difference.people, key=lambda who: (order.get(who, len(order)), who))
    return [_calendar(case, who, difference, names).say(names.language) for who in people]


def _calendar(case: Case, who: str, difference: Difference, names: Names) -> Message:
    """List what enters and what leaves the calendar of one resource; another role in a session counts as both."""
    signs = {"joined": "+", "left": "-"}
    mine = [
        text(
            "{sign} {session} ({role})",
            "{sign} {session}（{role}）",
            sign=signs[change.what],
            session=session_label(case, change.session, difference.starts.get(change.session)),
            role=names.role(change.role or ""),
        )
        for change in difference.changes
        if change.who == who
    ]
    return text("{who}: {sessions}", "{who}：{sessions}", who=names.who(who), sessions=tuple(mine))
