"""Retelling: where published sessions are told otherwise because texts were erased, their stamps say so at once."""

from __future__ import annotations

from collections.abc import Mapping

from rota.caption import Caption, captions
from scheduler.keeping.publication import (
    differing,
    read_plan,
    revisions,
    session_rows,
    told_otherwise,
    write_stamps,
)
from scheduler.keeping.transaction import Transaction


def told_now(transaction: Transaction) -> dict[str, Mapping[str, Caption]]:
    """Return what is told of the sessions of the newest revisions, by stream."""
    newest = {revision.stream: revision for revision in revisions(transaction.connection, None)}
    found: dict[str, Mapping[str, Caption]] = {}
    for stream, revision in newest.items():
        case = transaction.state(transaction.head(stream), revision.case_sequence).case
        found[stream] = captions(case, read_plan(transaction.connection, revision.plan))
    return found


def retell(transaction: Transaction, before: Mapping[str, Mapping[str, Caption]]) -> dict[str, list[str]]:
    """Raise the stamps of the sessions of which something else is told now; return them by stream."""
    found = {}
    for stream, now in told_now(transaction).items():
        sessions = differing(before[stream], now)
        if sessions:
            found[stream] = list(sessions)
            rows = session_rows(transaction.connection, stream)
            write_stamps(transaction.connection, stream, told_otherwise(rows, sessions, transaction.now))
    return found
