"""Watching files: a program that runs for weeks goes by what channels, certificates and templates say by now."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from console.channels import Configured, configured, missing_channels, own_words
from delivery.opening import certificates
from delivery.settings_file import FILE
from delivery.templating import Templates, overrides
from rota.problem import RotaError
from rota.text import Message, text
from scheduler.keeping.clock import Job

if TYPE_CHECKING:
    from console.desk import Desk

EVERY = 2.0
"""Seconds after which files are looked at; they are read once they have not changed between two looks."""
Look = tuple[tuple[Path, int, int, int], ...]
"""Of files that are there: when they were written, how long they are, and which they are."""


class Files:
    """Some files that are watched; what they are may change as they do."""

    def __init__(self, named: Callable[[], Iterable[Path]]) -> None:
        self._named = named
        self._read = self._last = self._look()
        self._contents = self._octets()

    def changed(self) -> bool:
        """Tell whether something else stands in them than before, and none is just being written."""
        looked, before = self._look(), self._last
        self._last = looked
        if looked == self._read or looked != before:
            return False
        known = self._contents
        self._read, self._contents = looked, self._octets()
        return self._contents != known

    def renew(self) -> None:
        """Take files that are named by now, and were not before, as known."""
        self._contents = {file: self._contents.get(file, content) for file, content in self._octets().items()}

    def _look(self) -> Look:
        found = ((file, _stat(file)) for file in self._named())
        return tuple((file, stat.st_mtime_ns, stat.st_size, stat.st_ino) for file, stat in found if stat)

    def _octets(self) -> dict[Path, bytes]:
        return {file: _content(file) for file in self._named()}


class Watched:
    """The channels of a case, and the letters in its coordinator's own words.

    A file with errors changes nothing: `found` stays, and the errors are said once. Certificates are read anew with the
    channels that name them.
    """

    def __init__(self, desk: Desk) -> None:
        """Read the files for the first time.

        Raises:
            RotaError: they cannot be used; with all that is wrong.
        """
        self._desk = desk
        self.found: Configured = configured(desk.place)
        self.templates = Templates.beside(desk.place)
        self._stated = Files(lambda: (self.found.file, *certificates(self.found.settings, self.found.file.parent)))
        self._own = Files(lambda: overrides(desk.place))
        self._trouble: Message | None = None

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
        """Read anew what has changed, and what could not be used: a file that was missing may be there by now."""
        if self._stated.changed() or self._trouble:
            self._take()
        if self._own.changed():
            self._take_letters()

    def _take(self) -> None:
        screen = self._desk.screen
        try:
            self.found = configured(self._desk.place, self.found)
        except RotaError as error:
            if error.message != self._trouble:
                screen.note(error.message)
                screen.note(text("The channels stated before go on to be used.", "仍沿用原来的渠道设置。"))
            self._trouble = error.message
            return
        self._trouble = None
        self._stated.renew()
        screen.note(_read_anew(self.found))
        for missing in missing_channels(self.found.settings, self._desk.state.case):
            screen.note(missing)

    def _take_letters(self) -> None:
        screen = self._desk.screen
        self.templates = Templates.beside(self._desk.place)
        for refusal in self.templates.refusals:
            screen.note(refusal.message)
        for known in own_words(self.templates):
            screen.note(known)
        if not self.templates.overridden:
            screen.note(text("All letters are in Rota's own words.", "所有消息均采用内置模板。"))


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _read_anew(found: Configured) -> Message:
    known = tuple(found.channels) or (text("none", "无"),)
    about = {"file": FILE, "known": known}
    return text("{file} was read anew; channels: {known}", "已重新读取 {file}，现有渠道：{known}", **about)
