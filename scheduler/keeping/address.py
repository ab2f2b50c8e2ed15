"""Where people reach the server: what it was last started with is noted, for those who make links without it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from scheduler.keeping.transaction import read_meta, write_meta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.keeping.transaction import Store, Transaction

ADDRESS = "public_url"
SINCE = "public_url_since"


def remember_address(store: Store, base: str) -> None:
    """Note at which address people reach the server, and since when."""
    if known_address(store) != base:
        said = {ADDRESS: base, SINCE: store.clock().isoformat()}
        store.write(lambda transaction: _write(transaction, said))


def _write(transaction: Transaction, said: Mapping[str, str]) -> None:
    for key, value in said.items():
        write_meta(transaction.connection, key, value)


def known_address(store: Store) -> str:
    """Return at which address people reach the server, as it was last started; nothing where it never was."""
    return store.read(lambda transaction: read_meta(transaction.connection, ADDRESS))


def address_since(store: Store) -> dt.datetime | None:
    """Return since when people reach the server at its address; None where that was never noted."""
    said = store.read(lambda transaction: read_meta(transaction.connection, SINCE))
    return dt.datetime.fromisoformat(said) if said else None
