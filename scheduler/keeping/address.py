"""Where people reach the server: what it was last started with is noted, for those who make links without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.keeping.transaction import read_meta, write_meta

if TYPE_CHECKING:
    from scheduler.keeping.transaction import Store

ADDRESS = "public_url"


def remember_address(store: Store, base: str) -> None:
    """Note at which address people reach the server."""
    if known_address(store) != base:
        store.write(lambda transaction: write_meta(transaction.connection, ADDRESS, base))


def known_address(store: Store) -> str:
    """Return at which address people reach the server, as it was last started; nothing where it never was."""
    return store.read(lambda transaction: read_meta(transaction.connection, ADDRESS))
