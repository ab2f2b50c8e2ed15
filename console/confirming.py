"""Asking before something is done that cannot be taken back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from console.desk import DeskError
from rota.text import Message

if TYPE_CHECKING:
    from console.screen import Screen

YES = frozenset({"y", "yes", "是", "确定"})


def confirm(screen: Screen, question: Message, *, refused: Message) -> None:
    """Ask on the terminal; where nobody can be asked, nobody has agreed.

    Raises:
        DeskError: the answer is no, or there is none.
    """
    if not sys.stdin.isatty():
        raise DeskError(refused)
    sys.stderr.write(f"{question.say(screen.language)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in YES:
        raise DeskError(refused)
