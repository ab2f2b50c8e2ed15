"""The difference between two plans whose case is not at hand: by the ids that stand in the plans."""

from __future__ import annotations

from collections.abc import Iterator

from rota.difference import Change, Difference
from rota.text import Message, several, text

WHAT = {
    "added": text("takes place now", "新增"),
    "dropped": text("no longer takes place", "取消"),
    "moved": text("moved", "改期"),
    "room": text("another place", "换场地"),
    "line": text("another service line", "换服务线"),
    "joined": text("joins", "加入"),
    "left": text("leaves", "退出"),
}


def difference_by_ids(changes: Difference) -> Iterator[Message]:
    """Yield one line per change, and a last one that counts."""
    for change in changes.changes:
        yield _line(change)
    sessions, people = len(changes.sessions), len(changes.people)
    yield text(
        "{sessions}; {people}",
        "{sessions}；{people}",
        sessions=several(sessions, "session differs", "场不同", "sessions differ"),
        people=text(
            "1 gains or loses turns" if people == 1 else "{m} gain or lose turns", "{m} 个对象轮值有增减", m=people
        ),
    )


def _line(change: Change) -> Message:
    if change.who:
        return text(
            "{session}: {who} {what} ({role})",
            "{session}：{who} {what}（{role}）",
            session=change.session,
            who=change.who,
            what=WHAT[change.what],
            role=change.role,
        )
    return text(
        "{session}: {what}: {before} → {after}",
        "{session}：{what}：{before} → {after}",
        session=change.session,
        what=WHAT[change.what],
        before=change.before if change.before is not None else "-",
        after=change.after if change.after is not None else "-",
    )
