"""Reading a mail that may be an answer: its octets go to the child process with limits, plain values come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP
from typing import Any, Final

from calendars.incoming.apart import asked
from calendars.incoming.bounds import Bounds
from calendars.incoming.refusal import CalendarRefusedError
from rota.incoming_mail import IncomingMail, InvitationAnswer, MailKind, mail_key
from rota.plain import one_line

MOST_OCTETS: Final = 1 << 20
"""Of one mail; an answer to an invitation has a few thousand."""
LONGEST_HEAD: Final = 1 << 16
BOUNDS: Final = Bounds(wall=60.0)
"""A mail is read once for ever: on a machine that is busy it gets time, though no more of the processor."""
KINDS = {kind.value: kind for kind in MailKind}


def read_mail(content: bytes) -> IncomingMail:
    """Return what a mail says. Whatever it is, it ends in an answer, in another kind of mail, or in `UNREADABLE`."""
    if len(content) > MOST_OCTETS:
        return IncomingMail(key_of(content), "", MailKind.UNREADABLE, reason="octets")
    try:
        found = asked({"about": "mail"}, content, BOUNDS)
    except CalendarRefusedError as refused:
        return IncomingMail(key_of(content), "", MailKind.UNREADABLE, reason=refused.code)
    if "refused" in found:
        return IncomingMail(key_of(content), "", MailKind.UNREADABLE, reason=str(found["refused"]))
    return understood(found, content)


def key_of(content: bytes) -> str:
    """Return the key of a mail, whether the rest of it can be read or not."""
    head = BytesHeaderParser().parsebytes(content[:LONGEST_HEAD])
    return mail_key(str(head.get("Message-ID") or ""), content)


def understood(found: Mapping[str, Any], content: bytes) -> IncomingMail:
    """Return what the child found in a mail."""
    answers = tuple(_answer(each) for each in found["answers"])
    proofs = tuple((str(by), str(domain)) for by, domain in found["proofs"])
    sender, reason = one_line(str(found["sender"])), str(found["reason"])
    return IncomingMail(key_of(content), sender, KINDS[found["kind"]], answers, reason, proofs)


def _answer(found: Mapping[str, Any]) -> InvitationAnswer:
    stamp = dt.datetime.fromisoformat(found["stamp"]) if found["stamp"] else None
    return InvitationAnswer(
        found["uid"], found["attendee"], found["said"], int(found["sequence"]), stamp, found["comment"]
    )


def wrapped(sender: str, message_id: str, calendar: str) -> bytes:
    """Return a mail around a calendar, for services that take a mail apart before they hand it on.

    Raises:
        ValueError: an address or id holds a line break.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    if message_id:
        message["Message-ID"] = message_id
    message.set_content(calendar, subtype="calendar", charset="utf-8", cte="base64")
    return message.as_bytes()
