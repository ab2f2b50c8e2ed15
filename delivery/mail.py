"""Mail: a letter as an Internet message, RFC 5322, in UTF-8, as text and as simple HTML."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import re
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from io import BytesIO

from delivery.channel import Invitation, Letter, Recipient
from rota.plain import clean, one_line
from rota.text import Language

LINK = re.compile(r"https?://[^\s<>\"'，。；、（）《》]+[^\s<>\"'，。；、（）《》.,;:!?)]")
WIRE = compat32.clone(linesep="\r\n")
ATTACHED = "invite.ics"
TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a key: the same at every try, so that mail programs show two copies as one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def mailbox(said: str) -> Address | None:
    """Read `name <user@host>` or `user@host`; None where it is neither, or the user's part is not in ASCII."""
    shown, spec = parseaddr(one_line(said))
    user, _, host = spec.rpartition("@")
    if not user or not host or not user.isascii():
        return None
    try:
        return Address(one_line(shown), user, host.encode("idna").decode() if not host.isascii() else host)
    except (ValueError, UnicodeError):
        return None


def compose(
    letter: Letter, sender: Address, to: Address, key: str, moment: dt.datetime, reply_to: Address | None = None
) -> bytes:
    """Return a letter as a message in ASCII: text, the same as HTML and, where there is one, the calendar.

    The older classes of the standard library write it: its newer ones put spaces into long headers as they fold them.
    """
    message = _body(letter, key)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    if reply_to is not None:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = _words(one_line(letter.subject))
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = message_id(key, sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in return
    message["Content-Language"] = TAGS[letter.language]
    written = BytesIO()
    BytesGenerator(written, policy=WIRE).flatten(message)
    return written.getvalue()


def _body(letter: Letter, key: str) -> MIMEMultipart:
    """Return what a message holds, without its head.

    A calendar stands there twice, as the large senders of invitations do it: as an alternative to the text, by which
    programs offer to accept and decline (RFC 6047 §2.4), and as a file for those that show attachments alone.
    """
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    said = MIMEMultipart("alternative", boundary=f"=_{digest}", policy=WIRE)
    said.attach(MIMEText(clean(letter.body).strip().replace("\n", "\r\n") + "\r\n", "plain", "utf-8", policy=WIRE))
    said.attach(MIMEText(as_html(letter).replace("\n", "\r\n"), "html", "utf-8", policy=WIRE))
    if letter.invitation is None:
        return said
    said.attach(_calendar(letter.invitation))
    message = MIMEMultipart("mixed", boundary=f"=_m{digest}", policy=WIRE)
    message.attach(said)
    message.attach(_file(letter.invitation))
    return message


def _words(said: str) -> str:
    """Return text as a header carries it: encoded words of RFC 2047 where it is more than ASCII."""
    plain = said.isascii() and "=?" not in said
    return said if plain else Header(said, "utf-8", maxlinelen=60).encode(linesep="\r\n")


def _address(address: Address) -> str:
    shown = one_line(address.display_name)
    if shown.isascii() and "=?" not in shown:
        return formataddr((shown, address.addr_spec))
    return f"{_words(shown)} <{address.addr_spec}>"


def _calendar(invitation: Invitation) -> MIMENonMultipart:
    part = MIMENonMultipart("text", "calendar", policy=WIRE, method=invitation.method, charset="utf-8")
    part.set_payload(invitation.content)
    encode_base64(part)
    return part


def _file(invitation: Invitation) -> MIMENonMultipart:
    part = MIMENonMultipart("application", "ics", policy=WIRE, name=ATTACHED)
    part.add_header("Content-Disposition", "attachment", filename=ATTACHED)
    part.set_payload(invitation.content)
    encode_base64(part)
    return part


def addressed(to: Recipient) -> Address | None:
    """Return the mailbox of a recipient, None where there is none."""
    found = mailbox(to.email)
    return Address(one_line(to.name), found.username, found.domain) if found else None


def as_html(letter: Letter) -> str:
    """Return the body as HTML: paragraphs, line breaks and links, and nothing from elsewhere."""
    paragraphs = re.split(r"\n{2,}", clean(letter.body).strip())
    inside = "\n".join(f"<p>{_paragraph(each)}</p>" for each in paragraphs)
    title = html.escape(one_line(letter.subject))
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return (
        f'<!doctype html>\n<html lang="{TAGS[letter.language]}"><head>{head}</head>\n'
        f'<body style="font-family:sans-serif;line-height:1.6">\n{inside}\n</body></html>\n'
    )


def _paragraph(paragraph: str) -> str:
    return "<br>\n".join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> str:
    pieces, end = [], 0
    for found in LINK.finditer(line):
        address = html.escape(found[0])
        pieces += [_spaced(line[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*pieces, _spaced(line[end:])])


def _spaced(piece: str) -> str:
    """Escape a piece of a line, keeping the spaces by which it is indented."""
    return html.escape(piece).replace("  ", "&nbsp; ")
