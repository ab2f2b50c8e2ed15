"""Answers to an invitation as programs send them: written by hand after the manner of each, none of them anybody's."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

UID = "rotation-2023-04-01.suzhou-2023@rota"
WANG = "wang@example.org"
COORDINATOR = "rota@example.org"
AT = dt.datetime(2023, 3, 21, 1, 2, 3, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Answered:
    """What stands in the calendar of an answer, and how it is written."""

    said: str = "ACCEPTED"
    uid: str = UID
    sequence: int | None = 2
    attendee: str = f"ATTENDEE;PARTSTAT={{said}};CN=王敏:mailto:{WANG}"
    method: str = "REPLY"
    comment: str = ""
    product: str = "-//Example//Calendar//EN"
    stamp: str = "20230321T010203Z"

    @property
    def calendar(self) -> str:
        lines = [
            *("BEGIN:VCALENDAR", f"PRODID:{self.product}", "VERSION:2.0"),
            *([f"METHOD:{self.method}"] if self.method else []),
            *("BEGIN:VEVENT", f"UID:{self.uid}", f"DTSTAMP:{self.stamp}", "DTSTART:20230401T013000Z"),
            *([f"SEQUENCE:{self.sequence}"] if self.sequence is not None else []),
            f"ORGANIZER;CN=轮值:mailto:{COORDINATOR}",
            self.attendee.format(said=self.said),
            *([f"COMMENT:{self.comment}"] if self.comment else []),
            *("SUMMARY:轮值服务日 · 税务局", "END:VEVENT", "END:VCALENDAR", ""),
        ]
        return "\r\n".join(lines)


def headers(**more: str) -> list[str]:
    """The head of a mail; what is not ASCII goes as it is, as some programs still send it."""
    return [
        *(f"From: 王敏 <{WANG}>", f"To: {COORDINATOR}", "Message-ID: <1@example.org>", "Subject: Accepted"),
        *("Date: Tue, 21 Mar 2023 09:02:03 +0800", "MIME-Version: 1.0"),
        *(f"{name.replace('_', '-')}: {value}" for name, value in more.items()),
    ]


def joined(head: Iterable[str], body: bytes) -> bytes:
    return "\r\n".join([*head, "", ""]).encode() + body


def packed(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def multipart(kind: str, *parts: bytes, **more: str) -> bytes:
    """A mail in several parts, each with its own head."""
    body = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    return joined([*headers(**more), f'Content-Type: multipart/{kind}; boundary="cut"'], body)


def part(kind: str, content: bytes, *more: str) -> bytes:
    return joined([f"Content-Type: {kind}", *more], content)


SAID = part("text/plain; charset=utf-8", b"Wang Min has accepted this invitation.\r\n")
BASE64 = "Content-Transfer-Encoding: base64"


def gmail(answer: Answered) -> bytes:
    """As Google Calendar: alternatives, and the same calendar once more as a file in base64."""
    content = answer.calendar.encode()
    inside = joined(
        ['Content-Type: multipart/alternative; boundary="in"'],
        b"--in\r\n"
        + SAID
        + b"\r\n--in\r\n"
        + part('text/calendar; charset="UTF-8"; method=REPLY', content, "Content-Transfer-Encoding: 8bit")
        + b"\r\n--in--\r\n",
    )
    file = part('application/ics; name="invite.ics"', packed(content), BASE64)
    return multipart("mixed", inside, file, Auto_Submitted="auto-generated")


def outlook(answer: Answered) -> bytes:
    """As Outlook over Exchange: capitals, base64, the name of the method in the type alone."""
    calendar = part('text/calendar; charset="utf-8"; method=REPLY', packed(answer.calendar.encode()), BASE64)
    return multipart("alternative", SAID, calendar)


def apple(answer: Answered) -> bytes:
    """As Apple Mail: the calendar is one of mixed parts and has a name."""
    calendar = part(
        "text/calendar; charset=utf-8; name=iCal-2023.ics; method=REPLY",
        answer.calendar.encode(),
        "Content-Disposition: attachment; filename=iCal-2023.ics",
    )
    return multipart("mixed", SAID, calendar)


def bare(answer: Answered) -> bytes:
    """As simple programs do: the calendar is the mail."""
    return joined([*headers(), "Content-Type: text/calendar; method=REPLY"], answer.calendar.encode())


def file_only(answer: Answered) -> bytes:
    """A webmail that hangs `invite.ics` on as any file, and has no word for calendars."""
    file = part(
        'application/octet-stream; name="invite.ics"',
        packed(answer.calendar.encode()),
        BASE64,
        'Content-Disposition: attachment; filename="invite.ics"',
    )
    return multipart("mixed", SAID, file)


def in_gbk(answer: Answered) -> bytes:
    """GBK that is said to be UTF-8."""
    calendar = part("text/calendar; charset=utf-8; method=REPLY", packed(answer.calendar.encode("gbk")), BASE64)
    return multipart("mixed", SAID, calendar)


def in_utf16(answer: Answered) -> bytes:
    """UTF-16 with a mark, as some gateways pass it on."""
    calendar = part("text/calendar; charset=utf-16", packed(answer.calendar.encode("utf-16")), BASE64)
    return multipart("mixed", SAID, calendar)


def as_plain_text(answer: Answered) -> bytes:
    """A gateway that calls every text plain."""
    return multipart("mixed", SAID, part("text/plain; charset=utf-8", answer.calendar.encode()))


def outlook_id(uid: str = UID) -> str:
    """A UID inside an id of Outlook's, as Exchange may send it back."""
    inside = b"vCal-Uid\x01\x00\x00\x00" + uid.encode() + b"\0"
    head = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(20) + len(inside).to_bytes(4, "little")
    return (head + inside).hex().upper()
