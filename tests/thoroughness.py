"""How often tests try what they try: seldom among fast ones, else in moderation, or at length with ROTA_THOROUGH=1."""

from __future__ import annotations

import os

from hypothesis import settings

THOROUGH = os.environ.get("ROTA_THOROUGH", "") not in {"", "0"}


def often(usual: int, thorough: int) -> int:
    """Return a number of examples, kills or questions."""
    return thorough if THOROUGH else usual


def sparing(brief: int, usual: int) -> int:
    """Return a number of examples: few where the slow tests are left out."""
    return brief if settings.get_current_profile_name() == "brief" else usual


def kills(usual: int) -> int:
    """Return how many processes are killed: ROTA_KILLS, where it is set."""
    return int(os.environ.get("ROTA_KILLS", "0")) or often(usual, 100)
