"""Compilation of what runs some million times a second, by Numba, which is imported where something is compiled."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., object])

# Numba counts references to each array that a function looks at, which takes longer than the rest. Nothing is made and
# nothing is kept in these functions, so that nothing needs counting. Other threads may run meanwhile.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "nogil": True}

_LOG = logging.getLogger(__name__)


def can_compile() -> bool:
    """Tell whether moves can be compiled here; say so where they cannot."""
    try:
        import_module("numba")
    except ImportError as error:
        _LOG.warning("Plans are improved by windows alone, as moves cannot be compiled: %s", error)
        return False
    return True


def compiled(function: Function) -> Function:
    """Return a function that is compiled when it is first called, and kept on disk where there is a place for it."""
    from numba import njit  # noqa: PLC0415 - takes a second

    made: Function
    try:
        made = njit(function, cache=True, **OPTIONS)
    except RuntimeError:  # nothing can be written, neither beside the file nor where the user's caches are
        made = njit(function, **OPTIONS)
    return made


def compiled_within(function: Function) -> Function:
    """Return a function that is compiled into those that call it: handing over some thirty arrays would cost more."""
    from numba import njit  # noqa: PLC0415 - takes a second

    made: Function = njit(function, forceinline=True, **OPTIONS)
    return made
