"""Compilation of what runs some million times a second, by Numba; imported where it is about to run, nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return a function that is compiled when it is first called, and kept on disk where there is a place for it."""
    made: Function
    try:
        made = njit(function, cache=True, error_model="numpy")
    except RuntimeError:  # nothing can be written, neither beside the file nor where the user's caches are
        made = njit(function, error_model="numpy")
    return made


def compiled_within(function: Function) -> Function:
    """Return a function that is compiled into those that call it: handing over some thirty arrays would cost more."""
    made: Function = njit(function, error_model="numpy", forceinline=True)
    return made
