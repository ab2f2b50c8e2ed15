"""What tests need beside the program: where it is missing they skip with a reason, and fail under CI=true."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def require(name: str, found: bool, how_to_get_it: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Skip the test where a component is missing; under CI=true it fails, for there nothing may go untested unseen."""
    __tracebackhide__ = True
    if found:
        return
    reason = f"{name} is missing: {how_to_get_it}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def extra(module: str) -> Any:
    """Return a package that an extra of the program brings."""
    __tracebackhide__ = True
    require(module, find_spec(module) is not None, "`make .venv/dev.stamp` installs what tests need")
    return import_module(module)
