"""What all tests share: where the project lies, and how a test asks for something that may be missing."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.components import require

if TYPE_CHECKING:
    from rota.plan import Plan

ROOT = Path(__file__).resolve().parent.parent

RequireComponent = Callable[[str, bool, str], None]

LONG = (
    "test_forcing.py",
    "test_planted.py",
    "test_enclosing.py",
    "test_examples.py",
    "test_opened.py",
    "test_killed.py",
    "test_agreement.py",
    "test_suzhou_by_address.py",
    "test_repair.py",
    "test_commands.py",
    "test_processes.py",
    "test_hostile_calendars.py",
    "test_simulation.py",
    "test_benchmarks_run.py",
    "test_cluster_killed.py",
    "test_sending_killed.py",
    "test_random_cases.py",
    "test_participants_in_a_browser.py",
    "test_flow.py",
    "test_print.py",
    "test_large.py",
    "test_unmoved.py",
    "test_plugins.py",
    "test_wheel.py",
)
"""The files of tests that take longest, the longest first."""
HEAVIEST_FIRST = {name: place for place, name in enumerate(LONG)}


sys.dont_write_bytecode = False
"""Compiled tests are kept, whatever the shell says: to compile them anew is a tenth of a fast run."""


def pytest_configure(config: pytest.Config) -> None:
    """Try properties on fewer examples where the slow tests are left out; a busy machine is no fault of an example."""
    settings.register_profile("whole", deadline=None)
    settings.register_profile("brief", max_examples=10, deadline=None)
    settings.load_profile("brief" if config.getoption("markexpr") == "not slow" else "whole")


def pytest_collection() -> None:
    """Collect tests without looking for garbage: there is hardly any."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: HEAVIEST_FIRST.get(item.path.name, len(HEAVIEST_FIRST)))


def pytest_collection_finish() -> None:
    """Leave what was collected, some million objects that stay to the end, out of every later look for garbage.

    From then on that is looked for more seldom: tests make much that goes at once.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def best_of_suzhou(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The best plan of Suzhou's year, found once in all processes that run tests."""
    from tests.suzhou import best_plan  # noqa: PLC0415 - it loads the solver, which most tests never ask for

    mine = tmp_path_factory.getbasetemp()
    return best_plan((mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "suzhou.db")


@pytest.fixture(scope="session")
def require_component() -> RequireComponent:
    """Say what a test needs beside Python packages: `require_component(name, found, how_to_get_it)`."""
    return require


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the project: benchmark instances, calendars and notices too large to keep inside."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder.name} beside the project")
    return folder
