"""Mails that come in: what somebody answers to invitations, as it was read from a message; nothing is checked yet."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from rota.text import Word


class MailKind(Word):
    """What a mail is."""

    ANSWER = "answer", "答复", "answer"
    COUNTER = "counter", "另提时间", "proposal of another time"
    AUTOMATIC = "automatic", "自动回复", "automatic reply"
    BOUNCED = "bounced", "退信", "returned mail"
    OTHER = "other", "其他邮件", "other mail"
    UNREADABLE = "unreadable", "无法读取", "unreadable"


@dataclass(frozen=True)
class InvitationAnswer:
    """What one attendee says to one invitation, RFC 5546 §3.2.3.

    `said` is the PARTSTAT in capitals, `sequence` that of the invitation which is answered, `stamp` when the answer was
    written, by the clock of whoever wrote it.
    """

    uid: str
    attendee: str
    said: str
    sequence: int = 0
    stamp: dt.datetime | None = None
    comment: str = ""


@dataclass(frozen=True)
class IncomingMail:
    """A mail as far as it concerns us: `key` names it for ever, `sender` is the address in From, `reason` a code.

    `proofs` are pairs: a mail server, and a domain of which it says that the mail is from there.
    """

    key: str
    sender: str
    kind: MailKind
    answers: tuple[InvitationAnswer, ...] = ()
    reason: str = ""
    proofs: tuple[tuple[str, str], ...] = ()

    def is_proved(self, server: str) -> bool:
        """Tell whether a mail server vouches for the domain of the sender, or for one that it lies in."""
        _, _, host = self.sender.casefold().rpartition("@")
        known = (domain for by, domain in self.proofs if by == server.casefold())
        return bool(host) and any(host == domain or host.endswith(f".{domain}") for domain in known if "." in domain)


def mail_key(message_id: str, content: bytes = b"") -> str:
    """Return what names a mail: the digest of its Message-ID, or of its octets where it has none."""
    named = message_id.strip().encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"id\0" + named if named else b"octets\0" + content).hexdigest()
