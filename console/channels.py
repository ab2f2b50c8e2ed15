"""`rota channels`: which channels there are, whom they serve, and a test message by one of them."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from delivery import letters
from delivery.channel import MOBILE, Channel, Letter, Recipient
from delivery.letters import Envelope
from delivery.local import in_words
from delivery.opening import certificates, certificates_of, digest_of, mailbox_of, opened
from delivery.outcome import Delivered, Outcome, Refused, TryAgain, Unknown
from delivery.robots import Robot
from delivery.settings import (
    AppriseSettings,
    ChannelSettings,
    FolderSettings,
    MailSettings,
    RobotSettings,
    Settings,
    WebhookSettings,
)
from delivery.settings_file import FILE, file_beside, read_settings
from delivery.templating import Templates
from rota.facts import Channel as Wanted
from rota.problem import RotaError
from rota.text import Message, name, text

if TYPE_CHECKING:
    from console.screen import Screen
    from delivery.mailbox import Mailbox
    from rota.case import Case


WORDS = {Delivered: "delivered", Refused: "refused", TryAgain: "try_again", Unknown: "unknown"}
"""What programs are told of an outcome."""


class UnknownChannelError(RotaError):
    """No channel has this name."""


@dataclass(frozen=True)
class Configured:
    """The channels of a case, as stated and opened, and the mailbox in which answers arrive."""

    file: Path
    settings: Settings
    channels: dict[str, Channel]
    mailbox: Mailbox | None = None
    trusted: Mapping[Path, str] = field(default_factory=dict)
    """By file of certificates: its digest as it was read."""


def configured(place: Path, before: Configured | None = None) -> Configured:
    """Read and open the channels of the case at `place`; nothing is sent.

    Those that are stated as `before`, with the same certificates, stay open, so that each still knows how many messages
    its provider was sent.

    Raises:
        RotaError: they cannot be used; with all that is wrong.
    """
    file = file_beside(place)
    settings = read_settings(file, os.environ)
    old, known = (before.settings.channels, before.trusted) if before else ({}, {})
    trusted = {each: digest_of(each) for each in certificates(settings, file.parent)}
    kept = {
        name
        for name, each in settings.channels.items()
        if old.get(name) == each and all(known.get(ca) == trusted[ca] for ca in certificates_of(each, file.parent))
    }
    new = settings.model_copy(update={"channels": {n: e for n, e in settings.channels.items() if n not in kept}})
    open_now = {**(before.channels if before else {}), **opened(new, file.parent)}
    mailbox = mailbox_of(settings.mailbox, file.parent) if settings.mailbox else None
    return Configured(file, settings, {name: open_now[name] for name in settings.channels}, mailbox, trusted)


def show_channels(found: Configured, case: Case, place: Path, screen: Screen) -> None:
    """Print the channels, whom they serve, and the templates that the coordinator has written."""
    served = served_by(found.settings, case)
    titles = text("name", "名称"), text("kind", "类型"), text("where", "去向"), text("contacts", "联系人")
    rows = [
        (each, channel.label, whereto(found.settings.channels[each]), str(served[each]))
        for each, channel in found.channels.items()
    ]
    none = text("There is no {file} yet: no channels.", "尚无 {file}，没有通知渠道。", file=str(found.file))
    if found.file.is_file():
        none = text("{file} states no channels.", "{file} 中没有通知渠道。", file=FILE)
    screen.table(titles, rows, otherwise=none)
    screen.each(_by_hand(served[None], found.settings))
    for missing in missing_channels(found.settings, case):
        screen.note(missing)
    templates = Templates.beside(place)
    screen.each(own_words(templates))
    for refusal in templates.refusals:
        screen.note(refusal.message)
    screen.emit(_body(found, served, templates, screen))


def served_by(settings: Settings, case: Case) -> Counter[str | None]:
    """Count the contacts that each channel serves; those without one are reached by hand."""
    return Counter(settings.channel_for(contact.channel) for contact in case.contacts)


def missing_channels(settings: Settings, case: Case) -> Iterator[Message]:
    """Say what reminders and invitations ask of channels and none does: on the day itself it would be too late."""
    named = {row.channel for row in case.reminders if row.channel}
    if unknown := tuple(sorted(named - set(settings.channels))):
        yield text(
            "Reminders go by channels that {file} does not have: {names}.",
            "“提醒”表中用到 {file} 中没有的渠道：{names}。",
            file=FILE,
            names=unknown,
        )
    if case.settings.invitations and settings.organizer_by(channel := settings.channel_for(Wanted.EMAIL)) is None:
        yield text(
            "Invitations are on, but go without the calendar that asks for an answer: {why}. In {file}, state a mail "
            'server (kind = "smtp") or a folder with form = "eml" and a sender, and name it in [routes] as email.',
            '已启用邮件邀请，但邀请不附可答复的日历：{why}。请在 {file} 中写明邮件服务器（kind = "smtp"），'
            '或写明 form = "eml" 和 sender 的文件夹，并在 [routes] 中把 email 指向它。',
            why=_without_calendar(channel),
            file=FILE,
        )


def _without_calendar(channel: str | None) -> Message:
    if channel is None:
        return text("contacts by e-mail have no channel", "“邮件”方式没有渠道")
    return text("e-mail goes by {c}, which carries none", "“邮件”方式走渠道“{c}”，它不附日历", c=channel)


def whereto(settings: ChannelSettings) -> Message:
    """Say where a channel leads, without what is secret about it."""
    match settings:
        case MailSettings():
            about = {"host": settings.host, "port": settings.at, "sender": settings.from_address.addr_spec}
            return text("{host}:{port}, from {sender}", "{host}:{port}，发件人 {sender}", **about)
        case RobotSettings() | WebhookSettings():
            return name(urlsplit(settings.url.get_secret_value()).hostname or "")
        case FolderSettings():
            return name(settings.path)
        case AppriseSettings():
            return name(settings.url.get_secret_value().partition(":")[0])
        case _:
            return name("")


def _by_hand(count: int, settings: Settings) -> Iterator[Message]:
    if count:
        ways = tuple(wanted for wanted in Wanted if settings.channel_for(wanted) is None)
        yield text(
            "Contacts reached by hand: {n} (no channel for: {ways}).",
            "{n} 位联系人由人工通知（以下方式没有渠道：{ways}）。",
            n=count,
            ways=ways,
        )


def own_words(templates: Templates) -> Iterator[Message]:
    """Say which letters the coordinator has written, where there are any."""
    if templates.overridden:
        known = tuple(f"{template}.{language}" for template, language in templates.overridden)
        yield text("Letters in your own words: {known}", "采用自定义模板：{known}", known=known)


def _body(found: Configured, served: Counter[str | None], templates: Templates, screen: Screen) -> dict[str, object]:
    return {
        "file": str(found.file),
        "channels": [
            {
                "name": each,
                "kind": settings.kind,
                "where": whereto(settings).say(screen.language),
                "contacts": served[each],
                "deduplicates": found.channels[each].deduplicates,
            }
            for each, settings in found.settings.channels.items()
        ],
        "by_hand": served[None],
        "templates": [f"{template}.{language}" for template, language in templates.overridden],
        "refused_templates": [refusal.message.say(screen.language) for refusal in templates.refusals],
    }


def try_channel(
    found: Configured, case: Case, place: Path, screen: Screen, channel: str, *, to: str | None, send: bool
) -> bool:
    """Show the test message of one channel and, where asked, send it; tell whether all is well.

    Raises:
        UnknownChannelError: there is no channel of this name.
    """
    if channel not in found.channels:
        known = tuple(found.channels) or (text("none", "无"),)
        raise UnknownChannelError(
            text('No channel is called "{c}"; known: {known}', "没有渠道“{c}”；现有：{known}", c=channel, known=known)
        )
    now = dt.datetime.now(tz=case.zone)
    letter, recipient = _test_letter(found, case, place, channel, to, now)
    key = f"trial:{channel}:{now.isoformat()}"
    shown = shown_as(found.channels[channel], letter, recipient, key)
    screen.say(shown)
    if not send:
        screen.say(text("Nothing was sent; --send sends it.", "未发送；加 --send 才会发出。"))
        screen.emit({"channel": channel, "message": shown, "sent": False})
        return True
    outcome = found.channels[channel].send(letter, recipient, key)
    said = outcome_said(outcome)
    screen.say(said)
    screen.emit({"channel": channel, "message": shown, "sent": True, **_outcome_body(outcome, screen)})
    return isinstance(outcome, Delivered)


def _test_letter(
    found: Configured, case: Case, place: Path, channel: str, to: str | None, now: dt.datetime
) -> tuple[Letter, Recipient]:
    coordinator = found.settings.coordinator
    contact = coordinator.contact if coordinator else None
    recipient = Recipient.of(contact) if contact else Recipient(language=case.settings.language)
    if to is not None:
        recipient = Recipient(email=to, language=recipient.language)
        if MOBILE.fullmatch(to):
            recipient = Recipient(phone=to, language=recipient.language)
    envelope = Envelope(case, "", recipient, now.date(), ask=contact)
    return Templates.beside(place).write(letters.trial(envelope, channel)).letter, recipient


def shown_as(channel: Channel, letter: Letter, to: Recipient, key: str) -> str:
    """Return what a channel would send."""
    if not isinstance(channel, Robot):
        return in_words(letter, to)
    mobiles = name(", ".join(to.mobiles), "、".join(to.mobiles))
    called = (
        [text("Mentions: {mobiles}", "提醒：{mobiles}", mobiles=mobiles).say(letter.language)] if to.mobiles else []
    )
    return "\n\n".join([*called, *channel.said(letter, key)]) + "\n"


def outcome_said(outcome: Outcome) -> Message:
    """Say what became of a message."""
    if isinstance(outcome, Delivered):
        return text("Sent.", "已发出。")
    about = {"reason": outcome.reason}
    if isinstance(outcome, TryAgain):
        return text("Not sent, to be tried again later: {reason}", "未发出，可稍后重试：{reason}", **about)
    if isinstance(outcome, Refused):
        return text("Refused: {reason}", "被拒绝：{reason}", **about)
    return text("Sent, but nobody knows whether it arrived: {reason}", "已发出，但不知是否送达：{reason}", **about)


def _outcome_body(outcome: Outcome, screen: Screen) -> dict[str, object]:
    reason = None if isinstance(outcome, Delivered) else outcome.reason.say(screen.language)
    after = outcome.after.total_seconds() if isinstance(outcome, TryAgain) and outcome.after else None
    return {"outcome": WORDS[type(outcome)], "reason": reason, "after_seconds": after}
