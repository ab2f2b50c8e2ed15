"""`rota replies turns`: who has accepted, declined, or not answered yet, session by session, and who was invited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.desk import now
from delivery.robots.robot import mark_of
from delivery.turns import Teller
from rota.changes.answers import answer_lines, reply_to, seats_of
from rota.request import Reply, SeatRef
from rota.text import text
from scheduler.keeping.arming import DEAD, SENT, WAITING, WITHDRAWN, origin
from scheduler.keeping.inviting import INVITATION
from scheduler.keeping.outbox import BY_HAND, TOLD, Item

if TYPE_CHECKING:
    from console.desk import Desk
    from rota.plan import Session

UNANSWERED = text("no answer", "未答复")
INVITED = {
    WAITING: text("to be sent", "待发送"),
    SENT: text("sent", "已发送"),
    DEAD: text("failed", "未能发送"),
    BY_HAND: text("by phone", "电话通知"),
    TOLD: text("told", "已告知"),
}


@dataclass(frozen=True)
class Standing:
    """One seat of a session to come, what its holder said, and the invitation to it, one item for each contact."""

    session: Session
    seat: SeatRef
    reply: Reply | None
    invitations: tuple[Item, ...]


def standings(desk: Desk) -> Iterator[Standing]:
    """Yield the seats of all sessions that have not begun, in order of time.

    Raises:
        DeskError: nothing is published.
    """
    state, plan, at, invited = desk.state, desk.plan(), now(), _invitations(desk)
    for session in sorted(plan.sessions, key=lambda each: (each.start, each.id)):
        if session.start > at:
            for seat in seats_of(session):
                items = invited.get((session.id, seat.who), ())
                yield Standing(session, seat, reply_to(state, session, seat), tuple(items))


def _invitations(desk: Desk) -> Mapping[tuple[str, str], Sequence[Item]]:
    """Return the newest invitation to each turn, unless it has been taken back."""
    found: dict[tuple[str, str], list[Item]] = {}
    items = (each for each in desk.journal.outbox.items(desk.stream) if each.kind == INVITATION)
    for item in sorted(items, key=lambda each: (each.revision, origin(each.key)[1])):
        if item.state == WITHDRAWN:
            continue
        mine = found.setdefault((item.body["session"], item.recipient), [])
        if mine and mine[0].revision != item.revision:
            mine.clear()
        mine.append(item)
    return {place: items for place, items in found.items() if items[0].body["method"] == "REQUEST"}


def unanswered(desk: Desk) -> tuple[Item, ...]:
    """Return the invitations that were sent and to which nothing was said."""
    waiting = (each for each in standings(desk) if each.reply is None)
    sent = {item.key: item for each in waiting for item in each.invitations if item.state == SENT}
    return tuple(sent.values())


def show_standings(desk: Desk, *, open_only: bool) -> None:
    """Print them, or only those that are not confirmed."""
    rows = [each for each in standings(desk) if not (open_only and each.reply is Reply.ACCEPTED)]
    language, case = desk.screen.language, desk.state.case
    teller = Teller(case, language, now().astimezone(case.zone).date())
    titles = (
        text("when", "时间"),
        text("session", "场次"),
        text("role", "岗位"),
        text("for", "对象"),
        text("answer", "答复"),
        text("invitation", "邀请"),
        text("no.", "编号"),
    )
    cells = [
        (
            teller.start(each.session),
            teller.label(each.session),
            teller.role(each.seat.role),
            teller.named(each.seat.who),
            each.reply.label if each.reply else UNANSWERED,
            "; ".join(dict.fromkeys(INVITED[item.state].say(language) for item in each.invitations)) or "–",
            " ".join(mark_of(item.key) for item in each.invitations),
        )
        for each in rows
    ]
    none = text("All turns to come are confirmed.", "今后的岗位均已确认。")
    desk.screen.table(titles, cells, otherwise=none)
    desk.screen.each(answer_lines(desk.state, desk.plan()))
    if any(each.reply is None and each.invitations for each in rows):
        desk.screen.say(
            text(
                "`rota remind resend NO` sends an invitation again, `--unanswered` all that nobody has answered.",
                "`rota remind resend 编号` 重新发送一封邀请，加 --unanswered 重新发送全部未答复的邀请。",
            )
        )
    desk.screen.emit({"turns": [_body(each) for each in rows]})


def _body(each: Standing) -> dict[str, object]:
    return {
        **each.seat.model_dump(),
        "start": each.session.start.isoformat(),
        "reply": each.reply.value if each.reply else None,
        "invitations": [{"mark": mark_of(item.key), "state": item.state} for item in each.invitations],
    }
