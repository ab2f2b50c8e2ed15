"""Channels: the one protocol by which letters are sent, whatever carries them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from delivery.outcome import Outcome
from rota.facts import Contact
from rota.text import Language, Message

MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
"""A mobile number of China, with or without the country in front."""


@dataclass(frozen=True)
class Invitation:
    """A calendar to go with a letter, RFC 5545; `method` as in RFC 5546."""

    content: bytes
    method: str = "PUBLISH"


@dataclass(frozen=True)
class Letter:
    """What is said to one recipient: a subject of one line, and the body as plain text."""

    subject: str
    body: str
    language: Language
    invitation: Invitation | None = None


@dataclass(frozen=True)
class Recipient:
    """Whom a letter is for. What a channel needs and does not find here makes it refuse the letter.

    `others` are the phone numbers of those who are to be mentioned beside, in a group.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    language: Language = "zh"
    others: tuple[str, ...] = ()

    @property
    def mobiles(self) -> tuple[str, ...]:
        """The phone numbers as robots know them, where they are mobile ones, each once."""
        found = (MOBILE.fullmatch(re.sub(r"[\s()-]", "", phone)) for phone in (self.phone, *self.others))
        return tuple(dict.fromkeys(each[1] for each in found if each))

    @classmethod
    def of(cls, contact: Contact) -> Recipient:
        """Return the recipient that a row of the contacts names."""
        language: Language = "en" if contact.language == "en" else "zh"
        return cls(contact.name, contact.email, contact.phone, language)


class Channel(Protocol):
    """Carries letters. A channel keeps no record of what it sent: whoever calls it does.

    `deduplicates` tells whether the receiver drops a second letter with the same key, so that an `Unknown` may be sent
    again without harm; `ambiguity` says what an `Unknown` means here.
    """

    name: str
    label: Message
    deduplicates: bool
    ambiguity: Message

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Hand over one letter, and wait neither for a rate nor for another try.

        Args:
            letter: what is said.
            to: whom it is for.
            key: names this letter for ever; it is the same at every try.
            done: so many parts were taken at an earlier try, as its outcome said.
        """
        ...
