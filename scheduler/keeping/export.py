"""The journal as lines of JSON, for those who keep it in version control: sealed, so that people can be forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import select

from rota.document import canonical
from scheduler.keeping.chain import Entry, entries
from scheduler.keeping.publication import PUBLISHED
from scheduler.keeping.tables import PLAN
from scheduler.keeping.transaction import Transaction


def exported(transaction: Transaction, stream: str | None, since: int) -> Iterator[str]:
    """Yield each change as one line, with what its digest is made of; a published plan stands on a line after it."""
    for entry in entries(transaction.connection, stream, after=since):
        yield canonical({"change": _opened(entry)})
        if entry.kind == PUBLISHED:
            digest = json.loads(entry.body)["change"]["plan"]
            body = transaction.connection.execute(select(PLAN.c.body).where(PLAN.c.digest == digest)).scalar_one()
            yield canonical({"plan": {"digest": digest, "body": json.loads(body)}})


def _opened(entry: Entry) -> dict[str, object]:
    """Return a change with its body as JSON, whose canonical form is what was digested."""
    return {**asdict(entry), "body": json.loads(entry.body)}
