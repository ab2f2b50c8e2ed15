"""Watching `channels.toml`: what a program that runs for weeks goes by is what the file states by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.channels import Configured, configured, missing_channels
from delivery.settings_file import FILE
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.keeping.clock import Job

if TYPE_CHECKING:
    from console.desk import Desk

EVERY = 2.0
"""Seconds after which the file is looked at; it is read once it has not changed between two looks."""
Look = tuple[int, int, int] | None


class Watched:
    """The channels of a case. A file with errors changes nothing: `found` stays, and the errors are said once."""

    def __init__(self, desk: Desk) -> None:
        """Read the file for the first time.

        Raises:
            RotaError: it cannot be used; with all that is wrong.
        """
        self._desk = desk
        self.found: Configured = configured(desk.place)
        self._read = self._last = self._look()
        self._content = self._octets()

    @property
    def job(self) -> Job:
        """What is to be done from time to time."""
        return Job("looking at the channels", EVERY, self.turn)

    @property
    def token(self) -> str:
        """What programs have to say that hand on mails; nothing where none may."""
        stated = self.found.settings.replies
        return stated.token.get_secret_value() if stated else ""

    def turn(self) -> None:
        """Read the file anew where it has changed, and is not just being written."""
        looked, before = self._look(), self._last
        self._last = looked
        if looked == self._read or looked != before:
            return
        self._read, content = looked, self._octets()
        if content != self._content:
            self._content = content
            self._take()

    def _take(self) -> None:
        screen = self._desk.screen
        try:
            self.found = configured(self._desk.place, self.found)
        except RotaError as error:
            screen.note(error.message)
            screen.note(text("The channels stated before go on to be used.", "仍沿用原来的渠道设置。"))
            return
        screen.note(_read_anew(self.found))
        for missing in missing_channels(self.found.settings, self._desk.state.case):
            screen.note(missing)

    def _look(self) -> Look:
        try:
            stat = self.found.file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _octets(self) -> bytes:
        try:
            return self.found.file.read_bytes()
        except OSError:
            return b""


def _read_anew(found: Configured) -> Message:
    known = tuple(found.channels) or (text("none", "无"),)
    about = {"file": FILE, "known": known}
    return text("{file} was read anew; channels: {known}", "已重新读取 {file}，现有渠道：{known}", **about)
