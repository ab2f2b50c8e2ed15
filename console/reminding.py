"""`rota remind`: what waits to be sent, what could not be sent, and whom somebody has to telephone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

from console.channels import configured
from console.desk import Desk, DeskError, now
from console.interrupt import stopped_by_interrupt
from console.links import known_base
from console.outgoing import Ready
from console.postman import Postman
from console.sending import sender_at
from console.standings import unanswered as unanswered_invitations
from delivery.robots.robot import mark_of
from delivery.settings_file import FILE
from delivery.templating import Templates
from delivery.turns import Teller, at, on
from rota.facts import Contact
from rota.text import Message, several, text
from scheduler.keeping.answer_links import UNMADE
from scheduler.keeping.arming import DEAD, SENT, WAITING, nth, origin
from scheduler.keeping.outbox import BY_HAND, Item
from scheduler.keeping.publication import NOTICE

if TYPE_CHECKING:
    from rota.reminder import Ahead

KINDS = {
    "notice": text("notice of changes", "变更通知"),
    "reminder": text("reminder", "提醒"),
    "digest": text("summary", "汇总"),
    "group": text("reminder in the group", "群提醒"),
    "invitation": text("invitation", "日历邀请"),
    "swap_asked": text("request to exchange", "换班申请"),
    "swap_answered": text("answer to a request to exchange", "换班答复"),
    "returned": text("an answer that does not count", "答复未能登记"),
}
NOBODY = text("nobody", "无联系人")
BY_PHONE = text("by phone", "电话通知")

TO_BE_MADE = text(
    "The links that answer a turn are made when a letter is sent; “…” stands for their secret here.",
    "答复链接在发送时生成，此处以“…”代替其中的密钥。",
)


class Table:
    """The outbox of a case as it is shown."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.postman = Postman(
            desk.journal, configured(desk.place), Templates.beside(desk.place), now, base=known_base(desk), trying=True
        )
        self.case = desk.state.case
        self.plan = desk.plan()
        self.today = now().astimezone(self.case.zone).date()
        self.teller = Teller(self.case, desk.screen.language, self.today)

    def when(self, item: Item) -> str:
        """Say when an item is due."""
        return at(item.due.astimezone(self.case.zone), self.today, self.desk.screen.language)

    def who(self, item: Item) -> str:
        """Name the recipient."""
        return self.teller.named(item.recipient)

    def what(self, item: Item) -> Message:
        """Say what an item is about."""
        kind = KINDS[item.kind]
        if item.kind == NOTICE:
            return text("{kind}, revision {n}", "{kind}（第 {n} 版）", kind=kind, n=item.revision)
        if item.kind == "digest":
            first = on(dt.date.fromisoformat(item.body["first"]), self.today, self.desk.screen.language)
            days = several(item.body["days"], "day", "天")
            return text("{kind}: {days} from {first}", "{kind}：{first}起 {days}", kind=kind, first=first, days=days)
        session = self.plan.session.get(item.body["session"])
        if session is None:
            return kind
        said = {"kind": kind, "label": self.teller.label(session), "start": self.teller.start(session)}
        return text("{kind}: {label}, {start}", "{kind}：{start} {label}", **said)

    def ways(self, item: Item) -> tuple[tuple[Contact | None, str | None], ...]:
        """Return whom an item reaches, and by which channel; None where somebody telephones."""
        return self.postman.ways(item)

    def way(self, item: Item) -> str:
        """Say by which channel an item goes, and to whom."""
        said = [
            (channel or BY_PHONE.say(self.desk.screen.language)) + (f" {contact.name}" if contact else "")
            for contact, channel in self.ways(item)
        ]
        return "; ".join(said) or NOBODY.say(self.desk.screen.language)

    def way_of(self, ready: Ready) -> str:
        """Say by which channel a letter goes, and to whom."""
        return " ".join(filter(None, (ready.channel or BY_PHONE.say(self.desk.screen.language), ready.to.name)))

    def body(self, item: Item) -> dict[str, object]:
        """Return an item for programs."""
        return {
            "key": item.key,
            "mark": mark_of(item.key),
            "kind": item.kind,
            "recipient": item.recipient,
            "session": item.body.get("session"),
            "due": item.due.isoformat(),
            "until": item.until.isoformat() if item.until else None,
            "state": item.state,
            "attempts": item.attempts,
            "ways": [
                {"contact": contact.name if contact else None, "channel": channel}
                for contact, channel in self.ways(item)
            ],
            "reason": item.reason.say(self.desk.screen.language) if item.reason else None,
        }


def show_waiting(desk: Desk, ahead: Ahead) -> None:
    """Print what is to be sent from now on for a while, and what should have been sent already."""
    table, items = Table(desk), _waiting(desk, ahead)
    titles = text("due", "发送时间"), text("for", "对象"), text("what", "内容"), text("by", "方式")
    rows = [(table.when(item), table.who(item), table.what(item), table.way(item)) for item in items]
    none = text("Nothing is to be sent in this time.", "这段时间内没有要发送的内容。")
    desk.screen.table(titles, rows, otherwise=none)
    desk.screen.emit({"items": [table.body(item) for item in items]})


def _waiting(desk: Desk, ahead: Ahead) -> tuple[Item, ...]:
    until = now() + dt.timedelta(days=ahead.days, minutes=ahead.minutes)
    return desk.journal.outbox.items(desk.stream, states=(WAITING,), before=until)


def send_due(desk: Desk) -> bool:
    """Send what is due now, and tell whether nothing was refused.

    Raises:
        DeskError: no channels are stated.
    """
    stop = Event()
    found = configured(desk.place)
    if not found.channels:
        raise DeskError(text("{file} states no channels.", "{file} 中没有通知渠道。", file=FILE))
    sender, _, alone = sender_at(desk, found, stop)
    try:
        with stopped_by_interrupt(stop):
            sender.turn()
    finally:
        alone.release()
    counts = sender.counts
    desk.screen.say(
        text(
            "Sent: {sent}; to be tried again: {waiting}; refused: {dead}; to be telephoned: {by_hand}.",
            "已发送 {sent} 条；稍后重试 {waiting} 条；未能发送 {dead} 条；待电话通知 {by_hand} 条。",
            **{state: counts.get(state, 0) for state in (SENT, WAITING, DEAD, BY_HAND)},
        )
    )
    desk.screen.emit({"counts": dict(counts)})
    return not counts.get(DEAD)


def show_due(desk: Desk) -> None:
    """Print what would be sent now, letter by letter; nothing is sent."""
    table, said = Table(desk), list[dict[str, Any]]()
    waiting = desk.journal.outbox.items(desk.stream, states=(WAITING,), before=now())
    keys = {item.key for item in waiting}
    for item in waiting:
        for each in _divided(item, len(table.ways(item)), keys):
            ready = table.postman.ready(each)
            if ready is None or (item.until and item.until <= now()):
                continue
            desk.screen.say(f"── {table.when(each)}  {table.who(each)}  {table.way_of(ready)}")
            desk.screen.say(f"{ready.letter.subject}\n\n{ready.letter.body}")
            said.append({**table.body(each), "subject": ready.letter.subject, "body": ready.letter.body})
    if any(f"/{UNMADE}/" in letter["body"] for letter in said):
        desk.screen.say(TO_BE_MADE)
    if not said:
        desk.screen.say(text("Nothing is due now.", "目前没有要发送的内容。"))
    else:
        desk.screen.say(text("Nothing was sent.", "以上均未发送。"))
    desk.screen.emit({"items": said, "sent": False})


def _divided(item: Item, count: int, keys: Collection[str]) -> Iterator[Item]:
    """Yield an item as it is sent, a letter of its own to each of several contacts, but for those that wait already."""
    yield item
    if origin(item.key)[1]:
        return
    for number in range(2, count + 1):
        if nth(item.key, number) not in keys:
            yield replace(item, key=nth(item.key, number))


def show_dead(desk: Desk) -> None:
    """Print what could not be sent, and why."""
    table, items = Table(desk), desk.journal.outbox.items(desk.stream, states=(DEAD,))
    titles = (
        text("no.", "编号"),
        text("due", "发送时间"),
        text("for", "对象"),
        text("what", "内容"),
        text("why", "原因"),
    )
    rows = [
        (mark_of(item.key), table.when(item), table.who(item), table.what(item), item.reason or "") for item in items
    ]
    desk.screen.table(titles, rows, otherwise=text("Everything could be sent.", "没有未能发送的内容。"))
    if rows:
        desk.screen.say(
            text(
                "`rota remind resend NO` sends one again, `--dead` all of them.",
                "`rota remind resend 编号` 重新发送一条，加 --dead 重新发送全部。",
            )
        )
    desk.screen.emit({"items": [table.body(item) for item in items]})


def resend(desk: Desk, marks: Sequence[str], *, dead: bool, unanswered: bool) -> None:
    """Let what could not be sent, or was sent, or invitations without an answer, be sent once more at the next turn.

    Raises:
        DeskError: nothing has such a number.
    """
    if unanswered:
        chosen = unanswered_invitations(desk)
    else:
        chosen = desk.journal.outbox.items(desk.stream, states=(DEAD,)) if dead else _marked(desk, marks)
    count = desk.journal.outbox.replay([item.key for item in chosen])
    desk.screen.say(
        text(
            "To be sent again: {n}. `rota serve` does so of itself, `rota remind run` at once.",
            "将重新发送 {n} 条：`rota serve` 会自动发送，`rota remind run` 立即发送。",
            n=count,
        )
    )
    desk.screen.emit({"resent": count})


def _marked(desk: Desk, marks: Sequence[str]) -> tuple[Item, ...]:
    items = desk.journal.outbox.items(desk.stream)
    unknown = [mark for mark in marks if not any(_is(item, mark) for item in items)]
    if unknown:
        raise DeskError(
            text(
                "Nothing has the number {mark}. `rota remind dead` and `rota remind list --json` show the numbers.",
                "没有编号为 {mark} 的通知。编号见 `rota remind dead` 和 `rota remind list --json`。",
                mark=unknown[0],
            )
        )
    return tuple(item for item in items if any(_is(item, mark) for mark in marks))


def _is(item: Item, mark: str) -> bool:
    return mark in {item.key, mark_of(item.key)}


def show_calls(desk: Desk, ahead: Ahead) -> None:
    """Print whom somebody has to telephone: what no channel carries, due by now or within a while."""
    table, ready = Table(desk), desk.journal.outbox.items(desk.stream, states=(BY_HAND,))
    items = [*ready, *(item for item in _waiting(desk, ahead) if _by_hand(table.ways(item)))]
    rows = [
        (
            mark_of(item.key),
            table.when(item),
            table.who(item),
            contact.name if contact else NOBODY,
            contact.phone if contact else "",
            table.what(item),
        )
        for item in items
        for contact, channel in table.ways(item)
        if channel is None
    ]
    titles = (
        text("no.", "编号"),
        text("by", "最迟"),
        text("for", "对象"),
        text("contact", "联系人"),
        text("phone", "电话"),
        text("what", "内容"),
    )
    desk.screen.table(titles, rows, otherwise=text("Nobody has to be telephoned.", "没有需要电话通知的。"))
    desk.screen.emit({"items": [table.body(item) for item in items]})


def _by_hand(ways: Iterable[tuple[Contact | None, str | None]]) -> bool:
    return any(channel is None for _, channel in ways)


def telephoned(desk: Desk, marks: Sequence[str]) -> None:
    """Note that somebody was told by telephone.

    Raises:
        DeskError: nothing has such a number.
    """
    count = desk.journal.outbox.told([item.key for item in _marked(desk, marks)])
    desk.screen.say(text("Noted as told: {n}.", "已登记电话通知 {n} 条。", n=count))
    desk.screen.emit({"told": count})
