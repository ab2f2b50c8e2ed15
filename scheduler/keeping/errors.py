"""What a journal refuses to do, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rota.problem import RotaError
from rota.text import Message, clauses, several, text

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
                "Others recorded {n} in the meantime, so nothing of yours was recorded. Look at what is new with `rota "
                "history`, then do it again.",
                "其间他人已登记 {n}，您的操作尚未登记。请用 `rota history` 查看新内容后重新操作。",
                n=several(head.version - expected, "change", "项变更"),
            )
        )


class OvertakenError(StoreError):
    """Somebody else changed the same facts at the same time."""

    def __init__(self, meanwhile: Iterable[Message]) -> None:
        super().__init__(
            text(
                "Nothing of yours was recorded: others have just changed the same ({changes}). Look whether it is "
                "still wanted, then do it again.",
                "您的操作尚未登记：他人刚刚更改了同一内容（{changes}）。请确认是否仍需操作，再重新执行。",
                changes=clauses(tuple(meanwhile)),
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
