"""What a journal refuses to do, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.problem import RotaError
from rota.text import Message, text

if TYPE_CHECKING:
    from scheduler.keeping.chain import Head


class StoreError(RotaError):
    """The journal cannot be opened, read or written."""


class NoJournalError(StoreError):
    """There is no journal at the place."""


class BusyError(StoreError):
    """Another program kept the journal locked for longer than a writer waits; the change was not made."""

    def __init__(self) -> None:
        super().__init__(
            text(
                "The journal is being written by another program; nothing was changed. Please try again.",
                "变更记录正被其他程序写入；未作任何更改，请重试。",
            )
        )


class ConflictError(StoreError):
    """Somebody else was faster: the stream is not where the caller saw it. `head` is where it is now."""

    def __init__(self, head: Head, expected: int) -> None:
        self.head = head
        super().__init__(
            text(
                "The records have moved on in the meantime: change {found} instead of {expected}. "
                "Look at what changed, then repeat.",
                "变更记录已有新内容：现为第 {found} 号变更，您所见为第 {expected} 号。请查看新变更后重试。",
                found=head.version,
                expected=expected,
            )
        )


class StaleDraftError(StoreError):
    """A plan answers a revision or a case that is no longer the newest."""


class RefusedPlanError(StoreError):
    """A plan breaks what must hold, or leaves seats open that nobody accepted."""

    def __init__(self, message: Message, breaches: tuple[Message, ...] = ()) -> None:
        self.breaches = breaches
        super().__init__(message)


class UndoError(StoreError):
    """A change cannot be taken back."""
