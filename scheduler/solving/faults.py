"""What goes wrong in searches beside the main one: it costs their help, never a plan that another one finds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from scheduler.solving.control import SearchOverError
from scheduler.solving.errors import InfeasibleError

Found = TypeVar("Found")

_LOG = logging.getLogger(__name__)


@dataclass
class Faults:
    """Keeps the first fault, which is raised where there is no plan in the end; each is logged as it comes."""

    first: Exception | None = None

    def attempt(self, search: Callable[[], Found]) -> Found | None:
        """Return what a search beside the main one finds, None where it fails.

        Raises:
            InfeasibleError: it proves that there is no plan.
            SearchOverError: it is over before it has found anything.
        """
        try:
            return search()
        except (InfeasibleError, SearchOverError):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, others may find a plan
            _LOG.exception("a search beside the main one failed; the others go on")
            self.first = self.first or fault
            return None
