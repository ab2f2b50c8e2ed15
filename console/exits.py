"""Exit codes: what a script may rely on."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rota.problem import RotaError


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    ERROR = 1
    USAGE = 2
    INFEASIBLE = 3
    NO_PLAN_IN_TIME = 4
    BAD_INPUT = 5
    NOT_PROVED = 6
    CHANGES = 10
    INTERRUPTED = 130


BY_ERROR = {
    "InfeasibleError": Exit.INFEASIBLE,
    "NoPlanFoundError": Exit.NO_PLAN_IN_TIME,
    "InterruptedSearchError": Exit.INTERRUPTED,
    "VerifierError": Exit.ERROR,
    "FileHeldError": Exit.ERROR,
    "OccupiedError": Exit.ERROR,
    "FolderError": Exit.ERROR,
    "PluginError": Exit.ERROR,
    "FetchError": Exit.ERROR,
    "ExecutorError": Exit.ERROR,
}
"""Errors that are not about the input, by the name of their class: naming them here spares importing the solver."""


def exit_of(error: RotaError) -> Exit:
    """Return the exit code of an error; what is not listed is bad input."""
    return BY_ERROR.get(type(error).__name__, Exit.BAD_INPUT)
