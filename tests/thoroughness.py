"""How often slow tests try what they try: in moderation, or, with ROTA_THOROUGH=1 in the environment, at length."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("ROTA_THOROUGH", "") not in {"", "0"}


def often(usual: int, thorough: int) -> int:
    """Return a number of examples, kills or questions."""
    return thorough if THOROUGH else usual


def kills(usual: int) -> int:
    """Return how many processes are killed: ROTA_KILLS, where it is set."""
    return int(os.environ.get("ROTA_KILLS", "0")) or often(usual, 100)
