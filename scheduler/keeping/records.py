"""Recorded changes as they are read: with their texts, as far as these are not erased."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from rota.change import Change
from rota.changes import CHANGES
from rota.document import Edit
from scheduler.keeping.chain import Entry, Head
from scheduler.keeping.sealing import Sealer, model_of

OPENED = "opened"
UNDONE = "undone"
FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Recorded:
    """One change of a journal: its place in the chain, who made it when, its particulars, and the rows it exchanged."""

    sequence: int
    stream: str
    version: int
    kind: str
    schema: int
    actor: str
    at: dt.datetime
    cause: int | None
    note: str
    change: Mapping[str, Any]
    edits: tuple[Edit, ...]
    digest: str

    @property
    def head(self) -> Head:
        """The head of the stream when this was its newest change."""
        return Head(self.stream, self.version, self.sequence, self.digest)


def recorded(sealer: Sealer, entry: Entry, model: type[BaseModel] | None = None) -> Recorded:
    """Return a stored change with its texts; `model` is the class of its particulars where it is not one of ours."""
    body = json.loads(entry.body)
    particulars = sealer.unseal(model or CHANGES.get(entry.kind), [body["change"]])[0]
    return Recorded(
        sequence=entry.sequence,
        stream=entry.stream,
        version=entry.version,
        kind=entry.kind,
        schema=entry.schema,
        actor=sealer.unseal_text(entry.actor),
        at=dt.datetime.fromisoformat(entry.at),
        cause=entry.cause,
        note=sealer.unseal_text(body.get("note", "")),
        change=sealer.sweep(particulars),
        edits=tuple(unsealed_edit(sealer, Edit.model_validate(edit)) for edit in body["edits"]),
        digest=entry.digest,
    )


def unsealed_edit(sealer: Sealer, edit: Edit) -> Edit:
    """Return an edit with its texts."""
    rows = {side: row for side in ("before", "after") if (row := getattr(edit, side)) is not None}
    opened = dict(zip(rows, sealer.unseal(model_of(edit.table), list(rows.values())), strict=True))
    return edit.model_copy(update=opened)


def sealed_change(sealer: Sealer, change: Change) -> dict[str, Any]:
    """Return the particulars of a change as they are stored."""
    return sealer.seal(type(change), [change.model_dump(mode="json")])[0]
