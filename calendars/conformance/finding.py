"""What the checker finds."""

from __future__ import annotations

from dataclasses import dataclass

from rota.text import Message


@dataclass(frozen=True)
class Finding:
    """One fault: the line of the file, from 1, a stable code, and what is wrong."""

    line: int
    code: str
    message: Message
