"""A change (变更): one event after which another case holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from rota.document import State
from rota.problem import RotaError
from rota.row import Value
from rota.text import Message, clauses


class ChangeError(RotaError):
    """A change cannot be made: everything that stands against it, and what to do."""

    def __init__(self, reasons: Iterable[Message]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(clauses(self.reasons))


class Change(Value, ABC):
    """One kind of change with its particulars. `kind` and `version` are written into journals and never change meaning.

    `version` counts the forms that the particulars of this kind have had; older ones are brought up to date on reading.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    label: ClassVar[Message]

    @abstractmethod
    def applied(self, state: State) -> State:
        """Return the state after the change.

        Raises:
            ChangeError: it cannot be made; the sentence names every reason.
        """

    @abstractmethod
    def say(self, state: State) -> Message:
        """Say the change in one sentence; `state` is the one before it."""
