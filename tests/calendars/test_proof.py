"""Authentication-Results as mail servers write it: of which domain which server says that a mail is from there."""

from __future__ import annotations

import pytest

from calendars.answers.message import read_message
from calendars.answers.proof import proofs
from calendars.answers.reading import understood
from tests.calendars import mails
from tests.calendars.mails import Answered

GOOGLE = (
    "mx.google.com;\r\n dkim=pass header.i=@bank.example header.s=s1 header.b=abc;\r\n spf=pass (google.com: domain of "
    "a@bank.example designates 1.2.3.4 as permitted sender) smtp.mailfrom=a@bank.example;\r\n"
    " dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bank.example"
)
BY_GOOGLE = ("mx.google.com", "bank.example")
SAID: list[tuple[str, list[str], list[tuple[str, str]]]] = [
    ("Gmail", [GOOGLE], [BY_GOOGLE, BY_GOOGLE]),
    ("with a version", ["mx.x.cn 1; dkim=pass header.d=x.cn"], [("mx.x.cn", "x.cn")]),
    ("nothing was found", ["mx.x.cn; none"], []),
    ("it failed", ["mx.x.cn; dmarc=fail header.from=bank.example; dkim=neutral header.d=bank.example"], []),
    ("SPF alone says nothing of From", ["mx.x.cn; spf=pass smtp.mailfrom=bank.example"], []),
    ("a pass inside a comment", ["mx.x.cn; dmarc=fail (was (dmarc=pass; dmarc=pass)) header.from=bank.example"], []),
    ("a semicolon inside a comment", ["mx.x.cn (a; dmarc=pass header.from=y.cn); none"], []),
    ("a forged header below", ["mx.x.cn; none", "mx.x.cn; dmarc=pass header.from=bank.example"], []),
    ("empty", ["", ";", "mx.x.cn"], []),
]


@pytest.mark.parametrize(("headers", "expected"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_what_a_mail_server_vouches_for(headers: list[str], expected: list[tuple[str, str]]) -> None:
    assert list(proofs(headers)) == expected


def test_a_mail_carries_what_its_server_says() -> None:
    content = b"Authentication-Results: mx.x.cn; dmarc=pass header.from=example.org\r\n" + mails.bare(Answered())
    mail = understood(read_message(content), content)
    assert mail.is_proved("mx.x.cn")
    assert not mail.is_proved("mx.google.com")
