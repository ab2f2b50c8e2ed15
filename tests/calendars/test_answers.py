"""Mails that answer invitations: what is read from those of many programs, and that no mail does any harm."""

from __future__ import annotations

import pytest

from calendars.answers.message import read_message
from calendars.answers.reading import MOST_OCTETS, read_mail, understood, wrapped
from rota.incoming_mail import IncomingMail, InvitationAnswer, MailKind
from tests.calendars import mails
from tests.calendars.mails import AT, SAID, UID, WANG, Answered, headers, joined, multipart, part


def here(content: bytes) -> IncomingMail:
    """Read a mail in this process, which is what the child does in its own."""
    return understood(read_message(content), content)


ACCEPTED = InvitationAnswer(UID, WANG, "ACCEPTED", 2, AT)

ANSWERS = [
    ("Google Calendar", mails.gmail(Answered())),
    ("Outlook and Exchange", mails.outlook(Answered(attendee=f'ATTENDEE;PARTSTAT={{said}};CN="Wang":MAILTO:{WANG}'))),
    ("Exchange, no method in the calendar", mails.outlook(Answered(method=""))),
    ("Exchange, our UID inside an id of its own", mails.outlook(Answered(uid=mails.outlook_id()))),
    (
        "Exchange, the address as a parameter",
        mails.outlook(Answered(attendee=f"ATTENDEE;PARTSTAT={{said}};EMAIL={WANG}:invalid:nomail")),
    ),
    ("Apple Mail", mails.apple(Answered())),
    (
        "Thunderbird, capitals in the address",
        mails.apple(Answered(attendee="ATTENDEE;CN=王敏;RSVP=TRUE;PARTSTAT={said}:mailto:Wang@Example.ORG")),
    ),
    (
        "a quoted colon in the name",
        mails.bare(Answered(attendee=f'ATTENDEE;CN="局: 王; 敏";PARTSTAT={{said}}:mailto:{WANG}')),
    ),
    ("small letters in the status", mails.bare(Answered(said="accepted"))),
    ("a folded line", mails.bare(Answered(attendee="ATTENDEE;PARTSTAT=ACC\r\n EPTED:mailto:wa\r\n\tng@example.org"))),
    ("the calendar is the mail", mails.bare(Answered())),
    ("a file among others", mails.file_only(Answered())),
    ("GBK that is said to be UTF-8", mails.in_gbk(Answered())),
    ("UTF-16", mails.in_utf16(Answered())),
    ("a calendar that is said to be plain text", mails.as_plain_text(Answered())),
    (
        "several attendees, of whom one writes",
        mails.bare(
            Answered(
                attendee=f"ATTENDEE;PARTSTAT=DECLINED:mailto:li@example.org\r\nATTENDEE;PARTSTAT={{said}}:mailto:{WANG}"
            )
        ),
    ),
    ("an encoding that is none", mails.bare(Answered()).replace(b"; method", b"; charset=\xff\0; method")),
    ("taken apart by a service", wrapped(WANG, "<1@example.org>", Answered().calendar)),
]


@pytest.mark.parametrize("content", [content for _, content in ANSWERS], ids=[name for name, _ in ANSWERS])
def test_an_answer_is_read_whichever_program_wrote_it(content: bytes) -> None:
    mail = here(content)
    assert (mail.kind, mail.sender, mail.answers) == (MailKind.ANSWER, WANG, (ACCEPTED,))


def test_an_answer_is_read_in_a_process_of_its_own() -> None:
    assert read_mail(mails.gmail(Answered())) == here(mails.gmail(Answered()))


@pytest.mark.parametrize("said", ["DECLINED", "TENTATIVE", "NEEDS-ACTION", "DELEGATED"])
def test_what_is_said_and_why(said: str) -> None:
    (answer,) = here(mails.gmail(Answered(said=said, comment="当天有会\\, 抱歉\\n王敏"))).answers
    assert (answer.said, answer.comment) == (said, "当天有会, 抱歉 王敏")


def test_another_time_is_proposed() -> None:
    mail = here(mails.bare(Answered(method="COUNTER", said="TENTATIVE")))
    assert (mail.kind, mail.answers[0].uid) == (MailKind.COUNTER, UID)


def test_an_answer_without_a_sequence_is_to_the_first_invitation() -> None:
    assert here(mails.bare(Answered(sequence=None))).answers[0].sequence == 0


def test_the_same_mail_has_one_key_and_another_mail_another() -> None:
    keys = [here(mails.bare(Answered())).key, here(mails.gmail(Answered())).key]
    nameless = [line for line in headers() if not line.startswith("Message-ID")]
    keys += [here(joined(nameless, text)).key for text in (b"a", b"a", b"b")]
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3


def test_a_mail_that_cannot_be_read_has_the_key_that_its_name_says() -> None:
    assert read_mail(mails.bare(Answered()) + b" " * MOST_OCTETS).key == here(mails.bare(Answered())).key


REQUEST = part("text/calendar; method=REQUEST", Answered(method="REQUEST").calendar.encode())
OTHERS = [
    ("absent until Monday", joined(headers(Auto_Submitted="auto-replied"), "本人休假".encode()), MailKind.AUTOMATIC),
    ("absent, of an old kind", joined(headers(Precedence="bulk"), b"away"), MailKind.AUTOMATIC),
    (
        "absent, with our invitation hung on",
        multipart("mixed", SAID, REQUEST, Auto_Submitted="auto-replied"),
        MailKind.AUTOMATIC,
    ),
    ("somebody writes a letter", joined(headers(), "你好".encode()), MailKind.OTHER),
    ("somebody else's invitation", multipart("mixed", SAID, REQUEST), MailKind.OTHER),
    (
        "a calendar without a method",
        joined([*headers(), "Content-Type: text/calendar"], Answered(method="").calendar.encode()),
        MailKind.OTHER,
    ),
    (
        "Outlook's own format",
        multipart("mixed", SAID, part("application/ms-tnef; name=winmail.dat", b'x\x9f>"')),
        MailKind.UNREADABLE,
    ),
    ("half a calendar", mails.bare(Answered())[:-40], MailKind.UNREADABLE),
    ("an answer to an invitation below the first", mails.bare(Answered(sequence=-1)), MailKind.UNREADABLE),
    ("a number of an invitation beyond all numbers", mails.bare(Answered(sequence=10**12)), MailKind.UNREADABLE),
    (
        "returned by a server",
        joined(
            [*headers(), 'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"'],
            b"--cut\r\n\r\nno such user\r\n--cut--\r\n",
        ),
        MailKind.BOUNCED,
    ),
]


@pytest.mark.parametrize(("content", "kind"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_other_mails_are_no_answers(content: bytes, kind: MailKind) -> None:
    mail = here(content)
    assert (mail.kind, mail.answers) == (kind, ())


def nested(depth: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return joined(headers(), b"")[:-2] + opened


HOSTILE = [
    ("nothing at all", b""),
    ("no mail", bytes(range(256)) * 100),
    ("larger than is read", mails.bare(Answered()) + b" " * MOST_OCTETS),
    ("parts in parts in parts", nested(5_000)),
    ("a hundred thousand attendees", mails.bare(Answered(attendee="ATTENDEE:mailto:a@b\r\n" * 40_000))),
    ("two senders", mails.bare(Answered()).replace(b"From: ", b"From: li@example.org\r\nFrom: ", 1)),
    ("two senders in one line", mails.bare(Answered()).replace(b"From: ", b"From: li@example.org, ", 1)),
    (
        "a sender inside a name",
        mails.bare(Answered()).replace(b"<wang@example.org>", b"<wang@example.org> <evil@example.com>"),
    ),
    ("broken base64", mails.outlook(Answered()).replace(b"Q", b"?")),
    ("a sequence without end", mails.bare(Answered(uid="9" * 100_000, stamp="9" * 5000))),
    ("line breaks without end", joined(headers(), b"\n" * 900_000)),
]
LONG = ("parts in parts in parts", "line breaks without end")
"""Those that take some tenths of a second to read."""


@pytest.mark.parametrize(
    "content",
    [pytest.param(content, id=name, marks=pytest.mark.slow if name in LONG else ()) for name, content in HOSTILE],
)
def test_no_mail_makes_anybody_answer_who_did_not(content: bytes) -> None:
    mail = read_mail(content)
    assert mail.sender != WANG or mail.kind is not MailKind.ANSWER or all(a.uid != UID for a in mail.answers)
