"""Opening: from the settings of channels to the channels themselves."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Mapping
from pathlib import Path

from delivery.channel import Channel
from delivery.local import NOBODY, Folder, Printed
from delivery.long_tail import LongTail
from delivery.mail import mailbox
from delivery.mailbox import Mailbox
from delivery.posting import Post, poster
from delivery.robots import DINGTALK, FEISHU, WECOM, Provider, Robot
from delivery.robots.robot import Door
from delivery.settings import (
    AppriseSettings,
    ChannelSettings,
    FolderSettings,
    MailboxSettings,
    MailSettings,
    Networked,
    RobotSettings,
    Settings,
    TerminalSettings,
    WebhookSettings,
)
from delivery.smtp import Mail, Server
from delivery.webhook import Webhook
from rota.problem import RotaError
from rota.text import text

PROVIDERS: Mapping[str, Provider] = {"wecom": WECOM, "dingtalk": DINGTALK, "feishu": FEISHU}


class OpeningError(RotaError):
    """A channel cannot be opened: a file of certificates is missing, or a package."""


def opened(settings: Settings, folder: Path) -> dict[str, Channel]:
    """Return all channels by name; `folder` is where the settings lie. Nothing is sent, and nobody is asked.

    Raises:
        OpeningError: a file that a channel needs is missing or no certificate.
        AppriseError: Apprise is not installed, or does not know an address.
    """
    return {name: opened_one(name, channel, folder) for name, channel in settings.channels.items()}


def opened_one(name: str, settings: ChannelSettings, folder: Path) -> Channel:
    """Return one channel, as `opened` does."""
    match settings:
        case MailSettings():
            return Mail(name, server_of(settings, folder))
        case RobotSettings():
            door = Door(settings.url.get_secret_value(), settings.secret.get_secret_value())
            return Robot(name, PROVIDERS[settings.kind], door, post=_post(settings, folder))
        case WebhookSettings():
            url, secret = settings.url.get_secret_value(), settings.secret.get_secret_value()
            return Webhook(name, url, secret, post=_post(settings, folder))
        case FolderSettings():
            return Folder(name, folder / settings.path, settings.form, sender=settings.from_address or NOBODY)
        case TerminalSettings():
            return Printed(name)
        case AppriseSettings():
            return LongTail(name, settings.url.get_secret_value())


def server_of(settings: MailSettings, folder: Path) -> Server:
    """Return the mail server that the settings state."""
    return Server(
        host=settings.host,
        port=settings.at,
        security=settings.security,
        sender=settings.from_address,
        user=settings.user,
        password=settings.password.get_secret_value(),
        reply_to=mailbox(settings.reply_to) if settings.reply_to else None,
        seconds=settings.seconds,
        context=_context(settings, folder),
    )


def mailbox_of(settings: MailboxSettings, folder: Path) -> Mailbox:
    """Return the mailbox that the settings state; nobody is asked.

    Raises:
        OpeningError: the file of certificates is missing or holds none.
    """
    return Mailbox(
        host=settings.host,
        port=settings.at,
        security=settings.security,
        user=settings.user,
        password=settings.password.get_secret_value(),
        folder=settings.folder,
        delete=settings.delete,
        seconds=settings.seconds,
        context=_context(settings, folder),
    )


def certificates(settings: Settings, folder: Path) -> tuple[Path, ...]:
    """Return the files of certificates that channels and mailbox name, each once."""
    stated = (*settings.channels.values(), *filter(None, [settings.mailbox]))
    return tuple(dict.fromkeys(file for each in stated for file in certificates_of(each, folder)))


def certificates_of(settings: object, folder: Path) -> tuple[Path, ...]:
    """Return the file of certificates that one channel names, if it names any."""
    return (folder / settings.ca,) if isinstance(settings, Networked) and settings.ca else ()


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file; nothing where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _post(settings: Networked, folder: Path) -> Post:
    return poster(settings.seconds, _context(settings, folder))


def _context(settings: Networked, folder: Path) -> ssl.SSLContext | None:
    if not settings.ca:
        return None
    file = folder / settings.ca
    try:
        return ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError):
        raise OpeningError(
            text("{file} is missing or holds no certificates", "{file} 不存在，或不是证书文件", file=str(file))
        ) from None
