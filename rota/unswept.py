"""Unswept: while facts are read by the million, nobody looks through them for garbage, of which there is little."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """Let nobody look for garbage: each time, millions of facts of a wide case would be looked through.

    What is made meanwhile counts as old at the end, as if it had been looked through already.
    """
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if swept and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if swept:
            gc.enable()
