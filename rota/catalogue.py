"""How a kind of rule is presented to those who write cases: its names and its parameters."""

from __future__ import annotations

from dataclasses import dataclass

from rota.text import Message


@dataclass(frozen=True)
class RuleParam:
    """One parameter: its field name, its Chinese header, whether it must be given, the words it accepts (if few)."""

    name: str
    title: str
    summary: Message
    needed: bool = False
    choices: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True)
class RuleKind:
    """One kind of rule: its code, its short name, what it demands, and what its cost counts.

    A `standing` rule holds in every case without being stated; stating it replaces the standing one.
    """

    kind: str
    label: Message
    summary: Message
    unit: Message
    params: tuple[RuleParam, ...]
    standing: bool = False
