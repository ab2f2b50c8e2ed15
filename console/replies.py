"""`rota replies`: answers to invitations that came by mail, and the mailbox in which they arrive."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from calendars.answers.reading import MOST_OCTETS, read_mail
from calendars.identity import uid_of
from console.channels import configured
from console.desk import Desk, DeskError
from console.engine import holder
from delivery.mailbox import Looked, Mailbox, MailboxError, look, tried
from delivery.settings_file import FILE
from delivery.turns import Teller, at
from rota.agenda import session_label
from rota.incoming_mail import MailKind
from rota.text import Message, text
from rota.trouble import why_of
from scheduler.keeping.answering import take
from scheduler.keeping.clock import Job
from scheduler.keeping.mails import SETTLED, Noted, Outcome, Taken

if TYPE_CHECKING:
    from console.watching import Watched
    from delivery.settings import MailboxSettings
    from scheduler.keeping.journal import Journal

LOG = logging.getLogger("rota.replies")

LEASE = "mailbox"
TICK = 5.0
"""Seconds after which it is looked whether it is time to read the mailbox."""
MARGIN = 30.0
MAILBOX, BY_WEB, BY_HAND = "mailbox", "web", "file"
WAYS = {MAILBOX: text("mailbox", "邮箱"), BY_WEB: text("web", "接口"), BY_HAND: text("file", "文件")}
TAKEN_AT_THEIR_WORD = text(
    "note: without authserv_id, answers are taken at their word: whoever forges a sender answers for them.",
    "提示：未填写 authserv_id，不验证发件人；冒用他人邮箱发来的答复也会被登记。",
)
OURS = frozenset({MailKind.ANSWER, MailKind.COUNTER, MailKind.AUTOMATIC})
"""Mails that a program wrote to a program; all others stay unseen in the mailbox, for people."""


class Reader:
    """Reads the mailbox of a case into its journal; of several programs one at a time does so."""

    def __init__(self, journal: Journal, mailbox: Mailbox, server: str = "") -> None:
        self._journal, self._mailbox, self._server, self._holder = journal, mailbox, server, holder()
        self._trouble = ""
        self.taken: list[Taken] = []

    def once(self) -> Looked | None:
        """Take what is new; None where another program is about it.

        Raises:
            MailboxError: the mailbox cannot be read.
        """
        with self._journal.leases.held(LEASE, self._holder, self._mailbox.seconds + MARGIN) as mine:
            return look(self._mailbox, self._journal.mails.known, self._take) if mine else None

    def turn(self) -> None:
        """Take what is new; trouble with the mailbox is said once, and is over by itself."""
        try:
            self.once()
        except MailboxError as error:
            if error.code != self._trouble:
                LOG.warning("the mailbox cannot be read: %s", error.say("en"))
            self._trouble = error.code
        else:
            self._trouble = ""

    def _take(self, content: bytes) -> bool:
        mail = read_mail(content)
        taken = take(self._journal, mail, uid_of, MAILBOX, server=self._server)
        self.taken += taken
        return mail.kind in OURS and all(each.outcome in SETTLED for each in taken)


def taking(journal: Journal, via: str) -> Callable[[bytes], tuple[Taken, ...]]:
    """Return what takes a mail into a journal."""
    return lambda content: take(journal, read_mail(content), uid_of, via)


def reading_at(desk: Desk, channels: Watched) -> Job:
    """Return the job that reads the mailbox, as often as it is stated, while one is."""
    reading = _Reading(desk.journal, channels)
    return Job("reading the mailbox", TICK, reading.turn)


class _Reading:
    """Reads the mailbox that is stated by now."""

    def __init__(self, journal: Journal, channels: Watched) -> None:
        self._journal, self._channels = journal, channels
        self._known: object = None
        self._reader: Reader | None = None
        self._due = 0.0

    def turn(self) -> None:
        """Look into it, where it is time."""
        found, stated = self._channels.found, self._channels.found.settings.mailbox
        if (stated, found.trusted) != self._known:
            self._known, self._due = (stated, found.trusted), 0.0
            self._reader = (
                Reader(self._journal, found.mailbox, stated.authserv_id) if found.mailbox and stated else None
            )
        if self._reader is not None and stated is not None and time.monotonic() >= self._due:
            self._due = time.monotonic() + 60.0 * stated.minutes
            self._reader.turn()


def _needed(place: Path) -> tuple[Mailbox, MailboxSettings]:
    found = configured(place)
    if found.mailbox is None or found.settings.mailbox is None:
        raise DeskError(text("{file} states no [mailbox].", "{file} 中没有 [mailbox] 一节。", file=FILE))
    return found.mailbox, found.settings.mailbox


def read_now(desk: Desk) -> None:
    """Read the mailbox once.

    Raises:
        RotaError: none is stated, or it cannot be read.
    """
    mailbox, stated = _needed(desk.place)
    reader = Reader(desk.journal, mailbox, stated.authserv_id)
    found = reader.once()
    if found is None:
        desk.screen.say(text("Another program is reading the mailbox.", "另一个程序正在读取邮箱。"))
    else:
        desk.screen.say(
            text(
                "Mails that nobody has seen: {unseen}; new: {handed}; still to be read: {left}.",
                "未读邮件 {unseen} 封，新处理 {handed} 封，尚待处理 {left} 封。",
                **vars(found),
            )
        )
    desk.screen.each(_counted(reader.taken))
    desk.screen.emit({"looked": vars(found) if found else None, "taken": [each.outcome.value for each in reader.taken]})


def try_mailbox(desk: Desk) -> None:
    """Log in to the mailbox and look; nothing is read or changed.

    Raises:
        RotaError: none is stated, or it cannot be read.
    """
    mailbox, stated = _needed(desk.place)
    about = {"host": mailbox.host, "port": mailbox.port, "folder": mailbox.folder, "n": tried(mailbox)}
    desk.screen.say(
        text(
            "{host}:{port} lets us in; folder {folder}, mails that nobody has seen: {n}. Nothing was changed.",
            "{host}:{port} 登录成功；文件夹 {folder}，未读邮件 {n} 封。未作任何改动。",
            **about,
        )
    )
    if not stated.authserv_id:
        desk.screen.note(TAKEN_AT_THEIR_WORD)
    desk.screen.emit(about)


def take_files(desk: Desk, files: Iterable[Path]) -> bool:
    """Take mails that somebody saved as files, and tell whether all could be read; each is said."""
    taken: list[Taken] = []
    unread: list[str] = []
    for file in files:
        try:
            with file.open("rb") as opened:
                content = opened.read(MOST_OCTETS + 1)
        except OSError as error:
            unread.append(str(file))
            desk.screen.note(
                text("{file}: not read: {why}", "{file}：未能读取：{why}", file=str(file), why=why_of(error))
            )
            continue
        found = take(desk.journal, read_mail(content), uid_of, BY_HAND)
        outcomes = tuple(each.outcome for each in found) or (text("taken before", "此前已处理"),)
        desk.screen.say(text("{file}: {said}", "{file}：{said}", file=file.name, said=outcomes))
        taken += found
    desk.screen.emit({"taken": [each.outcome.value for each in taken], "unread": unread})
    return not unread


def _counted(taken: Iterable[Taken]) -> list[Message]:
    counts = Counter(each.outcome for each in taken)
    return [
        text("{outcome}: {n}", "{outcome}：{n} 封", outcome=outcome, n=counts[outcome])
        for outcome in Outcome
        if counts[outcome]
    ]


def show_replies(desk: Desk, *, everything: bool, most: int) -> None:
    """Print what came in, the newest first; automatic replies are only counted unless everything is asked for."""
    noted = desk.journal.mails.all()
    shown = [each for each in noted if everything or each.taken.outcome is not Outcome.AUTOMATIC][:most]
    rows = [_row(desk, each) for each in shown]
    titles = (
        text("came", "收到时间"),
        text("by", "途径"),
        text("from", "发件人"),
        text("for", "对象"),
        text("session", "场次"),
        text("what became of it", "处理结果"),
    )
    desk.screen.table(titles, rows, otherwise=text("No answers have come in.", "还没有收到答复。"))
    automatic = sum(each.taken.outcome is Outcome.AUTOMATIC for each in noted)
    if automatic and not everything:
        desk.screen.say(text("Automatic replies, not listed: {n}", "另有自动回复 {n} 封，未列出", n=automatic))
    desk.screen.emit({"replies": [_body(desk, each) for each in shown], "automatic": automatic})


def _row(desk: Desk, noted: Noted) -> tuple[str, ...]:
    language, taken = desk.screen.language, noted.taken
    case = desk.journal.state(taken.stream or desk.stream).case
    today = desk.journal.store.clock().astimezone(case.zone).date()
    teller = Teller(case, language, today)
    why = f" ({taken.detail.say(language)})" if taken.detail else ""
    return (
        at(noted.at.astimezone(case.zone), today, language),
        WAYS[noted.via].say(language) if noted.via in WAYS else noted.via,
        noted.sender,
        teller.named(taken.who) if taken.who else "",
        session_label(case, taken.session, _start(desk, taken)).say(language) if taken.session else "",
        taken.outcome.label.say(language) + why,
    )


def _start(desk: Desk, taken: Taken) -> dt.datetime | None:
    """Return when a session takes place that was answered to, as far as it is planned."""
    newest = desk.journal.newest(taken.stream or desk.stream)
    session = desk.journal.plan(newest.number).session.get(taken.session) if newest else None
    return session.start if session else None


def _body(desk: Desk, noted: Noted) -> dict[str, object]:
    taken = noted.taken
    return {
        "at": noted.at.isoformat(),
        "via": noted.via,
        "from": noted.sender,
        "outcome": taken.outcome.value,
        "who": taken.who or None,
        "session": taken.session or None,
        "why": taken.detail.say(desk.screen.language) if taken.detail else None,
    }
