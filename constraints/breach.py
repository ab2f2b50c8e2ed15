"""A breach: one way in which a plan falls short of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from rota.text import Message


@dataclass(frozen=True)
class Breach:
    """Who, when, by how much: `amount` is in the unit of the rule's cost, and `message` says it in a sentence."""

    rule: str
    amount: int
    message: Message
    sessions: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
