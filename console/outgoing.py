"""What the postman knows of a letter that is to go: what holds in its case, what it is to tell, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass

from delivery.channel import Letter, Recipient
from rota.case import Case
from scheduler.keeping.outbox import Item
from scheduler.keeping.publication import Revision


@dataclass(frozen=True)
class Standing:
    """What holds in one case: its rows, and its revisions, the oldest first."""

    case: Case
    revisions: tuple[Revision, ...]


@dataclass(frozen=True)
class Ready:
    """A letter that is to go, whom it is for, and by which channel; without one somebody telephones."""

    letter: Letter
    to: Recipient
    channel: str | None


@dataclass(frozen=True)
class News:
    """What a notice is to tell: the notices that it stands for, the revision that was told last, and the sessions."""

    since: tuple[Item, ...]
    before: Revision | None
    sessions: tuple[str, ...]
