"""The screen: results to standard output, everything else to standard error, in one language."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, TextIO

from rota.text import Language, Message
from rota.width import display_width, pad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

JSON_VERSION = 1
NARROWEST = 60
WHERE_NOBODY_LOOKS = 160
"""The width of tables that go into a file or a pipe, in columns."""
GAP = "  "
"""What stands between two columns of a table."""


class Screen:
    """Says things to a person, or to a program where `as_json` is set: then nothing but one JSON object is printed."""

    emitted: ClassVar[bool] = False
    """Whether that object has been printed."""

    def __init__(self, language: Language, *, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json

    def say(self, message: Message | str) -> None:
        """Print one line of the result."""
        if not self.as_json:
            sys.stdout.write(self._line(message))

    def note(self, message: Message | str) -> None:
        """Print one line beside the result."""
        sys.stderr.write(self._line(message))

    def emit(self, body: Mapping[str, object]) -> None:
        """Print the result for programs."""
        if self.as_json:
            Screen.emitted = True
            sys.stdout.write(json.dumps({"format_version": JSON_VERSION, **body}, ensure_ascii=False, indent=1) + "\n")

    def each(self, messages: Iterable[Message | str]) -> None:
        """Print lines of the result."""
        for message in messages:
            self.say(message)

    def table(
        self, titles: Sequence[Message], rows: Sequence[Sequence[Message | str]], *, otherwise: Message | str
    ) -> None:
        """Print a table; what there is to say `otherwise` where it has no rows."""
        self.each(tabled(titles, rows, self.language) if rows else (otherwise,))

    @property
    def width(self) -> int:
        """The columns that a table may use."""
        if not sys.stdout.isatty():
            return WHERE_NOBODY_LOOKS
        return max(NARROWEST, shutil.get_terminal_size().columns)

    def _line(self, message: Message | str) -> str:
        return (message.say(self.language) if isinstance(message, Message) else message) + "\n"


def tabled(titles: Sequence[Message], rows: Sequence[Sequence[Message | str]], language: Language) -> Iterator[str]:
    """Yield the lines of a table with its titles."""
    return aligned(
        [tuple(cell.say(language) if isinstance(cell, Message) else cell for cell in row) for row in (titles, *rows)]
    )


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines whose columns stand below each other; the last column takes what it needs."""
    columns = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield GAP.join(pad(cell, columns[i]) for i, cell in enumerate(row)).rstrip()


def speak_utf8(streams: Iterable[TextIO]) -> None:
    """Make streams speak UTF-8 also where they are redirected and the locale says otherwise."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
