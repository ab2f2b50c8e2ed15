"""Compilation of what runs some million times a second, by Numba; imported where it is about to run, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])

# Numba counts references to each array that a function looks at, which takes longer than the rest. Nothing is made and
# nothing is kept in these functions, so that nothing needs counting. Other threads may run meanwhile.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "nogil": True}


def compiled(function: Function) -> Function:
    """Return a function that is compiled when it is first called, and kept on disk where there is a place for it."""
    made: Function
    try:
        made = njit(function, cache=True, **OPTIONS)
    except RuntimeError:  # nothing can be written, neither beside the file nor where the user's caches are
        made = njit(function, **OPTIONS)
    return made


def compiled_within(function: Function) -> Function:
    """Return a function that is compiled into those that call it: handing over some thirty arrays would cost more."""
    made: Function = njit(function, forceinline=True, **OPTIONS)
    return made
