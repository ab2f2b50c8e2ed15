"""What is wrong with the input, where it stands and what would be accepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rota.text import Language, Message

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One finding about one cell: `table` is a field name of `Case`, `row` counts its rows from 0, `field` its columns.

    `row` is None where the whole table is meant, `field` is None where the whole row is meant.
    """

    table: str
    row: int | None
    field: str | None
    message: Message
    severity: Severity = "error"


class RotaError(Exception):
    """Base of every error that Rota raises on purpose; carries the sentence for the reader."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message

    def say(self, language: Language) -> str:
        """Return the error as one sentence in `language`."""
        return self.message.say(language)


class CaseError(RotaError):
    """The case cannot be used: all its problems at once, each with its place."""

    def __init__(self, message: Message, problems: Iterable[Problem]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = (f"{p.table}[{p.row}].{p.field}: {p.message.say('en')}" for p in self.problems)
        return "\n".join([self.message.say("en"), *lines])
