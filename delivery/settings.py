"""Settings: the channels of one case, as `channels.toml` beside it states them."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from email.headerregistry import Address
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo

from delivery.long_tail import AppriseError, checked
from delivery.mail import mailbox
from delivery.smtp import Security
from rota.facts import Channel, Contact
from rota.row import Value, refused

PORTS: Mapping[Security, int] = {"ssl": 465, "starttls": 587, "none": 25}
MAILBOX_PORTS: Mapping[Security, int] = {"ssl": 993, "starttls": 143, "none": 143}
SHORTEST_TOKEN = 20
SHORTEST_SIGNING = 24
"""Octets of a secret that signs, as Standard Webhooks 1.0.0 asks for."""


def _secret(given: object, info: ValidationInfo) -> object:
    """Read a secret: as it stands, or from the variable of the environment that `{ env = "NAME" }` names."""
    if isinstance(given, Mapping):
        variable = given.get("env")
        if set(given) != {"env"} or not isinstance(variable, str):
            raise refused('is not in the form { env = "NAME" }', '应写成 { env = "变量名" }')
        environment = (info.context or {}).get("environment", {})
        if not environment.get(variable):
            raise refused(
                f"names the environment variable {variable}, which is not set", f"所指的环境变量 {variable} 未设置"
            )
        given = environment[variable]
    return SecretStr(given.strip()) if isinstance(given, str) else given


def _link(secret: SecretStr) -> SecretStr:
    parts = _parts(secret)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise refused("is not an address that begins with https://", "不是以 https:// 开头的网址")
    return secret


def _sealed_link(secret: SecretStr) -> SecretStr:
    if _parts(_link(secret)).scheme == "http" and not _is_here(_parts(secret).hostname or ""):
        raise refused("begins with http://, by which anybody could read the secret", "是 http:// 网址，密钥会被窃读")
    return secret


def _parts(secret: SecretStr) -> Any:  # noqa: ANN401 - urlsplit's result is a tuple without a public name
    try:
        parts = urlsplit(secret.get_secret_value())
        _ = parts.port
    except ValueError:
        raise refused("is not an address of the web", "不是网址") from None
    return parts


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mailbox(given: str) -> str:
    if mailbox(given) is None:
        raise refused("is not an e-mail address; e.g. rota@example.org", "不是邮箱地址；例如 rota@example.org")
    return given


def _signing(secret: SecretStr) -> SecretStr:
    stated = secret.get_secret_value()
    if not stated:
        raise refused("is empty", "为空")
    encoded = stated.removeprefix("whsec_")
    try:
        octets = base64.b64decode(encoded, validate=True) if encoded != stated else stated.encode()
    except binascii.Error:
        raise refused("begins with whsec_ but goes on in no base64", "以 whsec_ 开头，但其后不是编码") from None
    if len(octets) < SHORTEST_SIGNING:
        raise refused(
            f"is too short: {len(octets)} bytes, at least {SHORTEST_SIGNING} are needed",
            f"过短：只有 {len(octets)} 字节，至少须 {SHORTEST_SIGNING} 字节",
        )
    return secret


def _long(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_TOKEN:
        raise refused(f"has fewer than {SHORTEST_TOKEN} characters", f"少于 {SHORTEST_TOKEN} 个字符")
    return secret


def _allowed(secret: SecretStr) -> SecretStr:
    try:
        checked(secret.get_secret_value())
    except AppriseError as error:
        raise refused(f"is not used: {error.say('en')}", f"不可用：{error.say('zh')}") from None
    return secret


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
NONE = SecretStr("")


class Stated(Value):
    """What all channels share: what is done where nobody knows whether a letter arrived.

    `again` sends it once more, with the same key; `hold` puts it aside for a person to decide.
    """

    unsure: Literal["again", "hold"] = "again"


class Networked(Stated):
    """What all channels over the network share: how long an exchange may take, and whose certificates are trusted."""

    seconds: Annotated[int, Field(ge=1, le=300)] = 20
    ca: str = ""


class MailSettings(Networked):
    """E-mail by one server. `port` follows from `security` where it is not stated."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1)
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    security: Security = "ssl"
    user: str = ""
    password: Secret = NONE
    sender: Mailbox
    reply_to: Mailbox | None = None

    @property
    def from_address(self) -> Address:
        """As whom mail is sent."""
        address = mailbox(self.sender)
        assert address is not None  # noqa: S101 - else it would have been refused
        return address

    @property
    def at(self) -> int:
        """The port."""
        return self.port or PORTS[self.security]


class RobotSettings(Networked):
    """A group robot of one of three providers; `secret` signs, where the robot's settings ask for it."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    url: Annotated[Secret, AfterValidator(_sealed_link)]
    secret: Secret = NONE


class WebhookSettings(Networked):
    """A program of one's own."""

    kind: Literal["webhook"]
    url: Annotated[Secret, AfterValidator(_link)]
    secret: Annotated[Secret, AfterValidator(_signing)]


def _of_mails(sender: str | None, info: ValidationInfo) -> str | None:
    if sender and info.data.get("form") == "txt":
        raise refused('is for mails alone: state form = "eml", too', '只用于邮件：另写 form = "eml"')
    return sender


class FolderSettings(Stated):
    """A folder of files, beside the case unless it says otherwise; `sender` is from whom its mails are."""

    kind: Literal["folder"]
    path: str = Field("outbox", min_length=1)
    form: Literal["txt", "eml"] = "txt"
    sender: Annotated[Mailbox | None, AfterValidator(_of_mails)] = None

    @property
    def from_address(self) -> Address | None:
        """From whom the mails are; None where nobody is stated."""
        return mailbox(self.sender) if self.sender else None


class TerminalSettings(Stated):
    """The terminal."""

    kind: Literal["terminal"]


class AppriseSettings(Stated):
    """A service that Apprise knows."""

    kind: Literal["apprise"]
    url: Annotated[Secret, AfterValidator(_allowed)]


ChannelSettings = (
    MailSettings | RobotSettings | WebhookSettings | FolderSettings | TerminalSettings | AppriseSettings
)  # fmt: skip
KINDS: Mapping[str, type[ChannelSettings]] = {
    "smtp": MailSettings,
    **dict.fromkeys(("wecom", "dingtalk", "feishu"), RobotSettings),
    "webhook": WebhookSettings,
    "folder": FolderSettings,
    "terminal": TerminalSettings,
    "apprise": AppriseSettings,
}
BY_NATURE: Mapping[Channel, str] = {
    Channel.EMAIL: "smtp",
    Channel.WECOM: "wecom",
    Channel.DINGTALK: "dingtalk",
    Channel.FEISHU: "feishu",
}
"""Which kind serves contacts that want to be reached in a way for which no route is stated."""


class Coordinator(Value):
    """Whom participants ask, and who is told of drafts."""

    name: str = Field(min_length=1)
    phone: str = ""
    email: str = Field("", pattern=r"^$|^[^@\s]+@[^@\s]+$")
    language: Literal["zh", "en"] = "zh"
    channel: Channel = Channel.EMAIL

    @property
    def contact(self) -> Contact:
        """The coordinator as a contact."""
        said = self.model_dump(include={"name", "phone", "email", "language", "channel"})
        return Contact.model_validate({"of": "coordinator", **said})


class MailboxSettings(Networked):
    """Where answers to invitations arrive: the mailbox of the sender, read over IMAP every so many `minutes`.

    `authserv_id` is what the mail server calls itself in Authentication-Results (RFC 8601); where it is stated, answers
    count only if this server has found out that they are from the domain of their sender.
    """

    host: str = Field(min_length=1)
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    security: Security = "ssl"
    user: str = Field(min_length=1)
    password: Secret = NONE
    folder: str = Field("INBOX", min_length=1)
    delete: bool = False
    authserv_id: str = Field("", pattern=r"^[^\s;]*$")
    minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    seconds: Annotated[int, Field(ge=1, le=300)] = 120

    @property
    def at(self) -> int:
        """The port."""
        return self.port or MAILBOX_PORTS[self.security]


class RepliesSettings(Value):
    """What else brings answers: programs that hand mails on to the server, and say `token` to be let in."""

    token: Annotated[Secret, AfterValidator(_long)]


class Settings(Value):
    """All of `channels.toml`. `routes` says by which channel contacts of each kind are reached."""

    coordinator: Coordinator | None = None
    mailbox: MailboxSettings | None = None
    replies: RepliesSettings | None = None
    channels: dict[str, ChannelSettings] = Field(default_factory=dict)
    routes: dict[Channel, str] = Field(default_factory=dict)

    def channel_for(self, wanted: Channel) -> str | None:
        """Return the name of the channel that serves contacts of a kind, None where they are reached by hand."""
        if wanted in self.routes:
            return self.routes[wanted]
        kind = BY_NATURE.get(wanted)
        return next((name for name, channel in self.channels.items() if channel.kind == kind), None)

    def organizer_by(self, channel: str | None) -> Address | None:
        """Return to whom programs answer invitations that go by a channel; None where it carries none to answer."""
        stated = self.channels.get(channel or "")
        return stated.from_address if isinstance(stated, MailSettings | FolderSettings) else None
