"""Channels that go nowhere: a folder of files, to be handed on by people, and the terminal."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable
from email.headerregistry import Address
from pathlib import Path
from typing import Literal, TextIO

from delivery.channel import Letter, Recipient
from delivery.mail import addressed, compose
from delivery.outcome import Delivered, Outcome, TryAgain
from rota.plain import clean, one_line
from rota.text import name, text
from rota.trouble import why_of

Form = Literal["txt", "eml"]
UNSAFE = re.compile(r"[^\w-]+")
LONGEST_NAME = 40
NOBODY = Address("", "rota", "localhost")


class Folder:
    """A channel into a folder, one file for each letter: text, or a message that mail programs open.

    A file appears as a whole or not at all, and a letter sent again replaces its own file.
    """

    label = text("folder of files", "文件夹")
    deduplicates = True
    ambiguity = text("It does not occur: a file is there or not.", "不会出现：文件要么在，要么不在。")

    def __init__(
        self,
        name: str,
        folder: Path,
        form: Form = "txt",
        *,
        sender: Address = NOBODY,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(tz=dt.UTC),
    ) -> None:
        self.name = name
        self._folder = folder
        self._form = form
        self._sender = sender
        self._now = now

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Write one file."""
        try:
            _replace(self._folder / file_name(to, key, self._form), self._content(letter, to, key))
        except OSError as error:
            about = {"folder": str(self._folder), "why": why_of(error)}
            return TryAgain(text("{folder} cannot be written: {why}", "无法写入 {folder}：{why}", **about))
        return Delivered()

    def _content(self, letter: Letter, to: Recipient, key: str) -> bytes:
        if self._form == "txt":
            return in_words(letter, to).encode()
        address = addressed(to) or Address(one_line(to.name), "nobody", "localhost")
        return compose(letter, self._sender, address, key, self._now())


def file_name(to: Recipient, key: str, form: Form) -> str:
    """Return the name of a letter's file: whom it is for, and the digest of its key."""
    spoken = UNSAFE.sub("-", one_line(to.name)).strip("-")[:LONGEST_NAME]
    return f"{spoken}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.{form}".lstrip("-")


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=".rota-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(partial).replace(file)
    finally:
        Path(partial).unlink(missing_ok=True)


class Printed:
    """A channel onto the terminal, to see what would be sent."""

    label = text("terminal", "终端")
    deduplicates = False
    ambiguity = text("It does not occur.", "不会出现。")

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self.name = name
        self._stream = stream

    def send(self, letter: Letter, to: Recipient, key: str, *, done: int = 0) -> Outcome:
        """Print one letter."""
        (self._stream or sys.stdout).write(in_words(letter, to) + "\n")
        return Delivered()


def in_words(letter: Letter, to: Recipient) -> str:
    """Return a letter with whom it is for and its subject above it."""
    ways = tuple(one_line(way) for way in (to.name, to.email, to.phone) if way)
    head = (
        text("To: {ways}", "收件人：{ways}", ways=name(", ".join(ways))),
        text("Subject: {subject}", "主题：{subject}", subject=name(one_line(letter.subject))),
    )
    return "\n".join([*(line.say(letter.language) for line in head), "", clean(letter.body).strip(), ""])
