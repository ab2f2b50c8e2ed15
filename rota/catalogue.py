"""How a kind of rule is presented to those who write cases: its names and its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rota.text import Message, name


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


Catalogue = Callable[[], tuple[RuleKind, ...]]
_catalogues: list[Catalogue] = []


def enter(catalogue: Catalogue) -> None:
    """Make kinds of rules known to sentences; whoever defines the kinds enters them, for no noun knows a rule."""
    _catalogues.append(catalogue)


def kind_of(code: str) -> RuleKind | None:
    """Return a kind of rule; None where nobody has entered it."""
    return next((kind for catalogue in _catalogues for kind in catalogue() if kind.kind == code), None)


def kind_label(code: str) -> Message:
    """Say a kind of rule; its code where nobody has entered it."""
    kind = kind_of(code)
    return kind.label if kind else name(code)


def param_label(code: str, param: str) -> Message:
    """Say a parameter of a kind of rule by its header; a field of every rule and an unknown one by their own names."""
    kind = kind_of(code)
    found = next((each for each in kind.params if each.name == param), None) if kind else None
    return name(found.title, param) if found else name(param)
